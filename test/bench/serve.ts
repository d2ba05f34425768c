import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import { benchApp } from './bench-app.ts'
import type { Served } from './server.ts'
import { worlds } from './worlds.ts'

/** The process that `server.ts` forks: a world of `worlds.ts`, served by the app, and beside it by a bare handler. */

const [name = '', ...args] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'week-bench-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
process.once('SIGTERM', () => process.exit(0))

let at = Date.parse('2026-11-21T10:00:00Z')
let hurrying = false
// In a hurry each look at the clock is a minute later.
const clock = { now: () => new Date(hurrying ? (at += 60_000) : at), machine: () => new Date(at) }
const { app, db } = await benchApp(folder, clock)
let changing = 0
const asItIs = db.latestChangeOf
// And while everything changes no page is kept.
db.latestChangeOf = (topics) => (changing > 0 ? (changing += 1) : asItIs(topics))
const { path, cookie, refreshes = false } = await worlds[name]!(db, clock, app, args)

const page = await app.inject({ url: path, headers: { cookie } })
if (page.statusCode !== 200) throw new Error(`${path} answers ${page.statusCode}.`)
const {
  'content-length': _length,
  connection: _connection,
  date: _date,
  'set-cookie': _cookie,
  ...headers
} = page.headers
const bare = Fastify()
bare.get('*', async (_request, reply) =>
  refreshes
    ? reply.code(304).header('etag', headers['etag']).send()
    : reply.headers(headers as Record<string, string>).send(page.rawPayload),
)

const served: Served = {
  app: await app.listen({ host: '127.0.0.1', port: 0 }),
  bare: await bare.listen({ host: '127.0.0.1', port: 0 }),
  path,
  headers: { cookie, ...(refreshes ? { 'if-none-match': String(headers['etag']), 'x-quiet': '1' } : {}) },
  status: refreshes ? 304 : 200,
}
process.on('message', (what) => {
  if (what === 'hurry' || what === 'change') hurrying = true
  if (what === 'change') changing = Number.MAX_SAFE_INTEGER / 2
  const { user, system } = process.cpuUsage()
  process.send!(user + system)
})
process.send!(served)
