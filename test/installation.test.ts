import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readConfig } from '../src/config.ts'
import { checkLive, checkSandbox, isEmpty, liveSetting, stamp, stampOf } from '../src/installation.ts'
import { testDatabase } from './support/database.ts'

const LIVE = {
  PUBLIC_URL: 'https://week.example.org',
  SMTP_URL: 'smtps://mail.example.org',
  MAIL_FROM: 'The Week <week@example.org>',
  SESSION_SECRET: 's'.repeat(32),
  ENCRYPTION_KEY: 'ab'.repeat(32),
  X_CLIENT_ID: 'id',
  X_CLIENT_SECRET: 'secret',
}
type Name = keyof typeof LIVE
const without = (...names: Name[]) => ({ ...LIVE, ...Object.fromEntries(names.map((name) => [name, ''])) })

t.test('a live installation has all it needs, or says what it misses first', async (t) => {
  t.match(checkLive(readConfig(LIVE)), { publicUrl: LIVE.PUBLIC_URL, x: { clientId: 'id' } })
  t.ok(checkLive(readConfig({ ...LIVE, PUBLIC_URL: 'http://127.0.0.1:3000' })), 'plain HTTP on this machine')
  const cases: [env: Record<string, string>, says: RegExp][] = [
    [without('PUBLIC_URL'), /^PUBLIC_URL is missing.*Example: PUBLIC_URL=https:/],
    [{ ...LIVE, PUBLIC_URL: 'http://week.example.org' }, /^PUBLIC_URL must begin with https:/],
    [without('SMTP_URL'), /^SMTP_URL is missing/],
    [without('MAIL_FROM'), /^MAIL_FROM must be an address of yours/],
    [without('SESSION_SECRET'), /^SESSION_SECRET is missing.*openssl rand/],
    [without('ENCRYPTION_KEY'), /^ENCRYPTION_KEY is missing.*openssl rand/],
    [without('X_CLIENT_ID', 'X_CLIENT_SECRET'), /^X_CLIENT_ID is missing/],
    [without('PUBLIC_URL', 'SMTP_URL'), /^PUBLIC_URL is missing/],
  ]
  for (const [env, says] of cases) {
    t.throws(() => checkLive(readConfig(env)), says)
  }
})

t.test('a sandbox takes nothing that is meant for a live one, and stays on this machine', async (t) => {
  for (const HOST of ['127.0.0.1', 'localhost', '::1'])
    t.doesNotThrow(() => checkSandbox(readConfig({ HOST })))
  for (const HOST of ['0.0.0.0', '::', '192.168.1.5', 'week.example.org'])
    t.throws(() => checkSandbox(readConfig({ HOST })), /^HOST must be loopback/, HOST)
  const cases: [names: Name[], named: string | null][] = [
    [[], null],
    [['SESSION_SECRET', 'ENCRYPTION_KEY'], null],
    [['PUBLIC_URL'], 'PUBLIC_URL'],
    [['SMTP_URL'], 'SMTP_URL'],
    [['X_CLIENT_ID', 'X_CLIENT_SECRET'], 'X_CLIENT_ID'],
  ]
  for (const [names, named] of cases) {
    const config = readConfig(Object.fromEntries(names.map((name) => [name, LIVE[name]])))
    t.equal(liveSetting(config), named)
    if (named) t.throws(() => checkSandbox(config), new RegExp(`${named} is set`))
    else t.doesNotThrow(() => checkSandbox(config))
  }
})

t.test('a folder is stamped once, for good', async (t) => {
  const { db } = testDatabase(t)
  await t.rejects(stampOf(db), /was never finished/)
  await stamp(db, 'live', new Date('2026-11-18T10:42:00Z'))
  t.equal(await stampOf(db), 'live')
  await t.rejects(stamp(db, 'sandbox', new Date('2026-11-18T10:42:00Z')))
  t.equal(await stampOf(db), 'live')
})

t.test('a folder is empty until something lies in it', async (t) => {
  const folder = join(t.testdir(), 'data')
  t.ok(isEmpty(folder), 'it is not there')
  mkdirSync(folder)
  t.ok(isEmpty(folder))
  writeFileSync(join(folder, 'week.db'), '')
  t.notOk(isEmpty(folder))
})
