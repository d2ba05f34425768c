import { createServer, request, Agent, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Call, Fault, FaultKind } from './plan.ts'

export interface Proxy {
  port: number
  /** Begins to count calls anew; these faults and no others from now on. */
  begin(faults: Fault[], at: Moments): void
  /** Resolves when nothing of what arrived is on its way to the stand-in any more. */
  untilIdle(): Promise<void>
  /** How often each fault struck. */
  struck: Map<FaultKind, number>
  close(): Promise<void>
}

/** Moments of a post that only X and the way to it know. */
export interface Moments {
  /** A whole request is there, and X does not have it yet. False: it never gets it. */
  inRequest(nth: number): boolean
  /** X has accepted it, and the app does not know yet. */
  accepted(nth: number): void
}

interface Answer {
  status: number
  headers: IncomingMessage['headers']
  body: Buffer
}

/** Stands between the app and the stand-in, on loopback, and lets single calls suffer. */
export async function startProxy({
  standInPort,
  machine,
}: {
  standInPort: () => number
  machine: () => Date
}): Promise<Proxy> {
  const agent = new Agent({ keepAlive: false })
  const struck = new Map<FaultKind, number>()
  const underWay = new Set<Promise<void>>()
  let faults: Fault[] = []
  let moments: Moments = { inRequest: () => true, accepted: () => undefined }
  let calls = new Map<Call, number>()
  /** Posts that the timeline does not show before then. Machine time. */
  let lagging = new Map<string, number>()

  function strike(call: Call | null): FaultKind | null {
    if (!call) return null
    const nth = (calls.get(call) ?? 0) + 1
    calls.set(call, nth)
    const fault = faults.find((one) => one.call === call && one.nth === nth)
    if (fault) struck.set(fault.kind, (struck.get(fault.kind) ?? 0) + 1)
    return fault?.kind ?? null
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming).catch(() => null)
    // The app died while it was sending: X has not got the whole request.
    if (!body) return
    const call = callOf(incoming)
    const kind = strike(call)
    const nth = calls.get('post') ?? 0
    if (call === 'post' && !moments.inRequest(nth)) return void outgoing.destroy()
    if (kind === 'cut-before') return void outgoing.destroy()
    const refusal = kind && refusalOf(kind, machine())
    if (refusal) return send(outgoing, refusal)
    const answer = await forward(incoming, body).catch(() => null)
    // The stand-in is down: as when X is.
    if (!answer) return void outgoing.destroy()
    if (call === 'post' && answer.status === 201) moments.accepted(nth)
    if (kind === 'hold') return
    if (kind === 'lagging') lagging.set(idOf(answer), machine().getTime() + LAGS_FOR)
    if (kind === 'cut-after' || kind === 'lagging') return void outgoing.destroy()
    if (kind === 'cut-in-answer') return cutInAnswer(outgoing, answer)
    if (kind === 'unavailable-after') return send(outgoing, unavailable)
    send(outgoing, call === 'timeline' ? without(lagging, machine(), answer) : answer)
  }

  function forward({ method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: standInPort(), method, path: url, headers, agent }
      const asked = request(options, (response) => {
        bodyOf(response).then(
          (bytes) => resolve({ status: response.statusCode!, headers: response.headers, body: bytes }),
          reject,
        )
      })
      asked.once('error', reject)
      asked.end(body)
    })
  }

  const server = createServer((incoming, outgoing) => {
    outgoing.on('error', () => undefined)
    const serving = serve(incoming, outgoing).finally(() => underWay.delete(serving))
    underWay.add(serving)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    begin(planned, at) {
      faults = planned
      moments = at
      calls = new Map()
      lagging = new Map()
    },
    async untilIdle() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
    struck,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function callOf({ method, url }: IncomingMessage): Call | null {
  const path = url!.split('?')[0]!
  if (method === 'POST' && path === '/2/tweets') return 'post'
  if (method === 'POST' && path === '/2/oauth2/token') return 'token'
  if (method === 'GET' && /^\/2\/users\/\d+\/tweets$/.test(path)) return 'timeline'
  return path.startsWith('/2/media/') ? 'media' : null
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function problem(
  status: number,
  title: string,
  detail: string,
  headers: Record<string, string> = {},
): Answer {
  const body = Buffer.from(JSON.stringify({ title, detail, type: 'about:blank', status }))
  return { status, headers: { 'content-type': 'application/problem+json', ...headers }, body }
}

const unavailable = problem(503, 'Service Unavailable', 'Service Unavailable')

function refusalOf(kind: FaultKind, machine: Date): Answer | null {
  switch (kind) {
    case 'limited': {
      const reset = String(Math.ceil(machine.getTime() / 1000) + 1)
      const headers = {
        'x-rate-limit-limit': '100',
        'x-rate-limit-remaining': '0',
        'x-rate-limit-reset': reset,
      }
      return problem(429, 'Too Many Requests', 'Too Many Requests', headers)
    }
    case 'credit':
      return problem(402, 'CreditsDepleted', 'Your enrolled account does not have any credits.')
    case 'unauthorised':
      return problem(401, 'Unauthorized', 'Unauthorized')
    case 'unavailable-before':
      return unavailable
    case 'duplicate':
      return problem(403, 'Forbidden', 'You are not allowed to create a Tweet with duplicate content.')
    default:
      return null
  }
}

/** Longer than the publisher's looks last, and not as long as it watches. Milliseconds. */
const LAGS_FOR = 1300

function idOf({ body }: Answer): string {
  const { data } = JSON.parse(body.toString()) as { data?: { id: string } }
  return data?.id ?? ''
}

/** The same timeline, less what it does not show yet. */
function without(lagging: Map<string, number>, machine: Date, answer: Answer): Answer {
  const hidden = [...lagging].filter(([, until]) => until > machine.getTime()).map(([id]) => id)
  if (hidden.length === 0 || answer.status !== 200) return answer
  const { data, ...rest } = JSON.parse(answer.body.toString()) as { data?: { id: string }[] }
  const shown = data?.filter(({ id }) => !hidden.includes(id))
  return { ...answer, body: Buffer.from(JSON.stringify({ ...rest, data: shown })) }
}

function send(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  const { 'transfer-encoding': _, connection: __, ...kept } = headers
  outgoing.writeHead(status, { ...kept, 'content-length': body.length })
  outgoing.end(body)
}

function cutInAnswer(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  outgoing.writeHead(status, { 'content-type': headers['content-type'], 'content-length': body.length })
  outgoing.write(body.subarray(0, body.length / 2), () => outgoing.destroy())
}
