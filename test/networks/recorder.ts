import { createServer, type IncomingMessage, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One call and its answer, as they went over the wire. */
export interface Exchange {
  method: string
  path: string
  query: URLSearchParams
  requestType: string
  requestBody: unknown
  status: number
  type: string
  body: unknown
}

/** Passes calls on to the stand-in and keeps what was said. */
export async function startRecorder(port: number) {
  const exchanges: Exchange[] = []
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const sent = await bytesOf(incoming)
      const { method, url, headers } = incoming
      const forward = httpRequest({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
        void (async () => {
          const bytes = await bytesOf(answer)
          const { pathname, searchParams } = new URL(url!, 'http://x')
          const requestType = headers['content-type'] ?? ''
          exchanges.push({
            method: method!.toLowerCase(),
            path: pathname,
            query: searchParams,
            requestType,
            requestBody: requestType.includes('json') ? jsonOf(sent) : undefined,
            status: answer.statusCode!,
            type: answer.headers['content-type'] ?? '',
            body: jsonOf(bytes),
          })
          outgoing.writeHead(answer.statusCode!, answer.headers)
          outgoing.end(bytes)
        })()
      })
      forward.end(sent)
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    exchanges,
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function jsonOf(bytes: Buffer): unknown {
  return bytes.length > 0 ? JSON.parse(bytes.toString()) : undefined
}
