import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { saveGrant } from '../src/accounts/connection.ts'
import { openSandboxClock } from '../src/clock.ts'
import { openSandbox, SANDBOX_APP } from '../src/compose.ts'
import { readConfig } from '../src/config.ts'
import { openDatabase } from '../src/db/database.ts'
import { migrateDatabase } from '../src/db/migrate.ts'
import { attempts, deliveries } from '../src/db/schema/index.ts'
import { layOut, stamp } from '../src/installation.ts'
import { createSandboxClient, type FaultKind } from '../src/networks/x-sandbox/client.ts'
import { approved } from './support/approved.ts'
import { startServer } from './support/command.ts'
import { ACCOUNT, anAccount, LEAD } from './support/story.ts'

const HANDLE = 'NorthDaleHealth'

/** A sandbox with a connected account and one approved post that is due in some seconds. */
async function sandboxWithPost(t: Test, { inSeconds }: { inSeconds: number }) {
  const base = mkdtempSync(join(tmpdir(), 'week-stop-'))
  t.teardown(() => rmSync(base, { recursive: true, force: true }))
  const folder = join(base, 'data')
  mkdirSync(folder)
  const places = layOut(folder)
  migrateDatabase(places.database)
  const running = await openSandbox(readConfig({ DATA_DIR: folder }), { publicUrl: () => 'http://127.0.0.1' })
  const { deps, sandbox } = running
  await stamp(deps.db, 'sandbox', deps.clock.now())
  await anAccount(deps.db, { now: deps.clock.now() })
  const grant = await sandbox!.standIn.grantFor(HANDLE, { clientId: SANDBOX_APP.clientId })
  const user = await deps.network.me(grant.accessToken)
  if (!user.ok) throw new Error(user.problem.detail)
  await saveGrant(deps, { accountId: ACCOUNT, grant, user: user.value, personId: LEAD.id })
  await running.close()

  const db = openDatabase(places.database)
  t.teardown(() => db.close())
  const now = openSandboxClock(places.clock).now()
  const dueAt = new Date(now.getTime() + inSeconds * 1000)
  await approved(db, { parts: ['What a bed weighs'], dueAt, now })
  const port = await freePort()
  const settings = { DATA_DIR: folder, PORT: '0', SANDBOX_PORT: String(port), LOOKS_AFTER: '1,2' }
  const standIn = createSandboxClient({ port })
  return {
    settings,
    standIn,
    delivery: async () => (await db.read.select().from(deliveries))[0]!,
    sending: () => until(async () => (await db.read.select().from(attempts)).length === 1),
    attempts: () => db.read.select().from(attempts),
    standing: async () => (await standIn.timeline(HANDLE)).map(({ text }) => text),
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 600; look++) {
    if (await holds()) return
    await sleep(50)
  }
  throw new Error('It did not come to that within half a minute.')
}

async function endWhileSending(t: Test, fault: FaultKind) {
  const world = await sandboxWithPost(t, { inSeconds: 8 })
  const server = await startServer(t, world.settings)
  await world.standIn.addFault({ route: 'POST /2/tweets', kind: fault })
  await world.sending()
  t.equal((await world.delivery()).state, 'sending', 'it is being sent when the server is told to end')
  const asked = performance.now()
  const status = await server.end('SIGTERM')
  return { ...world, status, took: performance.now() - asked }
}

t.test('a server that is told to end lets a post in flight end, and knows of it', async (t) => {
  const { status, took, delivery, settings, standing } = await endWhileSending(t, 'slow')
  t.equal(status, 0)
  t.ok(took < 20_000, `it ended after ${Math.round(took)} ms`)
  const { state, networkId } = await delivery()
  t.equal(state, 'posted')
  t.match(networkId, /^\d+$/)
  await startServer(t, settings)
  t.same(await standing(), ['What a bed weighs'], 'and the next start sends nothing again')
})

t.test(
  'where the answer never comes it ends all the same; the next start looks, finds it, and sends nothing',
  async (t) => {
    const { status, took, delivery, attempts, settings, standing } = await endWhileSending(t, 'hang-after')
    t.equal(status, 0)
    t.ok(took < 30_000, `it ended after ${Math.round(took)} ms, within the deadline of a send`)
    t.equal((await delivery()).state, 'unknown')
    t.match(await attempts(), [{ outcome: 'unknown', looks: 0 }], 'nobody has looked for it yet')
    await startServer(t, settings)
    await until(async () => (await delivery()).state === 'posted')
    t.match(await attempts(), [{ outcome: 'posted', networkId: (await delivery()).networkId! }])
    t.same(await standing(), ['What a bed weighs'])
  },
)
