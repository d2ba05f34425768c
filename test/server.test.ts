import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { openDatabase, type Database } from '../src/db/database.ts'
import { accounts, connections } from '../src/db/schema/index.ts'
import { migrateDatabase } from '../src/db/migrate.ts'
import { layOut, sandboxSecrets, stamp } from '../src/installation.ts'
import { run, startServer } from './support/command.ts'

const base = mkdtempSync(join(tmpdir(), 'week-server-'))
t.teardown(() => rmSync(base, { recursive: true, force: true }))

const LIVE = {
  PUBLIC_URL: 'http://127.0.0.1:3990',
  SMTP_URL: 'smtp://127.0.0.1:1',
  MAIL_FROM: 'week@north.example',
  SESSION_SECRET: 's'.repeat(64),
  ENCRYPTION_KEY: 'ab'.repeat(32),
  X_CLIENT_ID: 'id',
  X_CLIENT_SECRET: 'secret',
}

async function sandboxFolder(name: string): Promise<string> {
  const folder = join(base, name)
  mkdirSync(folder)
  migrateDatabase(layOut(folder).database)
  const db = openDatabase(layOut(folder).database)
  await stamp(db, 'sandbox', new Date('2026-11-18T10:42:00Z'))
  db.close()
  return folder
}

/** As a process does that is killed while it renews the permission of X. */
async function leaveRenewal(db: Database): Promise<void> {
  await db.write(async (tx) => {
    const [account] = await tx.select().from(accounts)
    const left = { refreshOwner: 'the dead', refreshUntil: new Date('2100-01-01T00:00:00Z') }
    const changedAt = new Date('2026-11-18T10:42:00Z')
    await tx.insert(connections).values({ accountId: account!.id, state: 'connected', changedAt, ...left })
  })
}

t.test('a start that can’t be is refused in one line that says what to do', async (t) => {
  const sandbox = await sandboxFolder('a-sandbox')
  const photos = join(base, 'photos')
  mkdirSync(photos)
  writeFileSync(join(photos, 'boots.jpg'), 'a picture')
  const other = createServer().listen(0, '127.0.0.1')
  t.teardown(() => other.close())
  await once(other, 'listening')
  const taken = String((other.address() as AddressInfo).port)
  const cases: [name: string, args: string[], settings: Record<string, string>, says: RegExp][] = [
    ['a wrong setting', [], { PORT: 'eighty' }, /^PORT must be a port from 0 to 65535\. Example: PORT=3000$/],
    ['live settings, empty folder', [], { ...LIVE, DATA_DIR: join(base, 'none') }, /npm run setup/],
    [
      'a sandbox with X’s id',
      [],
      { DATA_DIR: sandbox, X_CLIENT_ID: 'a', X_CLIENT_SECRET: 'b' },
      /X_CLIENT_ID/,
    ],
    ['a sandbox for all to see', [], { DATA_DIR: sandbox, HOST: '0.0.0.0' }, /^HOST must be loopback/],
    [
      'setup without its settings',
      ['setup', 'helen@north.example'],
      { DATA_DIR: join(base, 'x') },
      /^PUBLIC_URL is missing/,
    ],
    [
      'setup without an address',
      ['setup'],
      { ...LIVE, DATA_DIR: join(base, 'x') },
      /npm run setup -- helen@/,
    ],
    [
      'setup where something is',
      ['setup', 'helen@north.example'],
      { ...LIVE, DATA_DIR: sandbox },
      /is not empty/,
    ],
    [
      'a link for nobody we know',
      ['sign-in', 'stranger@north.example'],
      { DATA_DIR: sandbox },
      /Nobody has the address/,
    ],
    ['a backup to nowhere', ['backup'], { DATA_DIR: sandbox }, /npm run backup -- /],
    [
      'a backup to no folder',
      ['backup', join(base, 'no/copy.tar')],
      { DATA_DIR: sandbox },
      /There is no folder/,
    ],
    [
      'a backup into the data folder',
      ['backup', join(sandbox, 'copy.tar')],
      { DATA_DIR: sandbox },
      /lies in the data folder itself/,
    ],
    ['a restore of nothing', ['restore'], { DATA_DIR: sandbox }, /npm run restore -- /],
    ['a restore of no file', ['restore', join(base, 'none.tar')], { DATA_DIR: sandbox }, /There is no file/],
    ['a flag that is none', ['backup', 'a.tar', '--fast'], { DATA_DIR: sandbox }, /There is no --fast here/],
    [
      'a backup of something else',
      ['backup', join(base, 'copy.tar')],
      { DATA_DIR: photos },
      /holds no installation/,
    ],
    ['a start in something else', [], { DATA_DIR: photos }, /holds no installation/],
    ['a port that is taken', [], { DATA_DIR: sandbox, PORT: taken }, /^PORT is taken by another program/],
    [
      'a taken port for the stand-in',
      [],
      { DATA_DIR: sandbox, PORT: '0', SANDBOX_PORT: taken },
      /^SANDBOX_PORT is taken by another program/,
    ],
    ['a command that is none', ['dance'], { DATA_DIR: sandbox }, /There is no command "dance"/],
  ]
  for (const [name, args, settings, says] of cases) {
    const { status, err } = await run(args, settings)
    t.equal(status, 1, name)
    t.equal(err.trimEnd().split('\n').length, 1, `${name}: one line, not ${err}`)
    t.match(err.trimEnd(), says, name)
  }
  t.same(readdirSync(photos), ['boots.jpg'], 'what lies in a folder of something else is left alone')
})

t.test('a live installation, from its making to its end', async (t) => {
  const settings = { ...LIVE, DATA_DIR: join(base, 'live'), PORT: '3990' }
  const made = await run(['setup', 'helen@north.example'], settings)
  t.equal(made.status, 0, made.err)
  const link = /http:\S+\/sign-in\/\S+/.exec(made.out)?.[0] ?? ''
  t.ok(link.startsWith(LIVE.PUBLIC_URL))
  const db = openDatabase(layOut(settings.DATA_DIR).database)
  t.teardown(() => db.close())
  await leaveRenewal(db)

  const { end } = await startServer(t, settings)
  const frees = 'what a killed process had begun to renew is free'
  t.match(await db.read.select().from(connections), [{ refreshOwner: null, refreshUntil: null }], frees)
  t.equal((await fetch(`${LIVE.PUBLIC_URL}/healthz`)).status, 200)
  for (const path of ['/sandbox', '/sandbox/mail', '/sandbox/media/3_1']) {
    t.equal((await fetch(LIVE.PUBLIC_URL + path)).status, 404, `${path} is not there`)
  }
  t.match(await (await fetch(link)).text(), 'One press, and you are in')

  const again = await run(['sign-in', 'HELEN@north.example'], settings)
  t.match(again.out, /\/sign-in\/[\w-]{43}\n$/, 'while it runs, when mail is down')
  const second = await run([], { ...settings, PORT: '0' })
  t.equal(second.status, 1)
  t.match(second.err, /^My Working Week runs in .* already\. Stop that one first\.\n$/, 'one server a folder')
  const slow = connect(3990, '127.0.0.1')
  t.teardown(() => slow.destroy())
  slow.on('error', () => {})
  slow.write(
    'POST /sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\nhalf a form',
  )
  await setTimeout(100)
  const ended = end('SIGTERM')
  const patience = setTimeout(60_000, 'still there', { ref: false })
  t.equal(await Promise.race([ended, patience]), 0, 'it ends properly, whoever still holds a connection')
  const missing = await run([], { ...settings, SMTP_URL: '' })
  t.match(missing.err, /^SMTP_URL is missing/)
})

t.test('a sandbox keeps its secrets to its owner', (t) => {
  const folder = join(base, 'secrets')
  const first = sandboxSecrets(folder)
  t.equal(statSync(layOut(folder).secrets).mode & 0o777, 0o600)
  t.same(sandboxSecrets(folder), first, 'the same at the next start')
  t.end()
})
