import { createServer } from 'node:http'
import { existsSync, readFileSync, statSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { Test } from 'tap'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.xml': 'application/xml',
  '.csv': 'text/csv; charset=utf-8',
  '.ics': 'text/calendar',
  '.txt': 'text/plain; charset=utf-8',
}

/** A web server that knows nothing but files, as any does: a folder answers with its index.html. Gives its origin. */
export async function servesFiles(t: Test, folder: string): Promise<string> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://here')
    const asked = join(folder, decodeURIComponent(pathname))
    if (existsSync(asked) && statSync(asked).isDirectory() && !pathname.endsWith('/'))
      return void response.writeHead(301, { location: `${pathname}/` }).end()
    const file = pathname.endsWith('/') ? join(asked, 'index.html') : asked
    const type = TYPES[extname(file)]
    if (!existsSync(file) || !type) return void response.writeHead(404).end()
    return void response.writeHead(200, { 'content-type': type }).end(readFileSync(file))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
