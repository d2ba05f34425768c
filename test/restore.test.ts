import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import t, { type Test } from 'tap'
import { createVault, keyIdOf, vaultKeys } from '../src/accounts/vault.ts'
import { record } from '../src/activity/record.ts'
import { makeBackup } from '../src/backup.ts'
import { readConfig, WrongSetting } from '../src/config.ts'
import { restoreBackup, useFolder } from '../src/restore.ts'
import { describe, readArchive, writeArchive, type Manifest } from '../src/archive.ts'
import { openDatabase, type Database } from '../src/db/database.ts'
import { accounts, activity, connections, mails, sessions, signInLinks } from '../src/db/schema/index.ts'
import { migrateDatabase } from '../src/db/migrate.ts'
import { openImageFiles } from '../src/images/image-files.ts'
import { layOut, sandboxSecrets, stamp, WrongInstallation } from '../src/installation.ts'
import { noticeOlderCopy, writeRecordEnd } from '../src/older-copy.ts'
import { queueMail } from '../src/mail/outbox.ts'
import { findPersonByEmail } from '../src/people/people.ts'
import { saveGrant } from '../src/accounts/connection.ts'
import { systemClock } from '../src/clock.ts'
import { VERSION } from '../src/version.ts'
import { run, startServer } from './support/command.ts'
import { OWN_USER } from './support/network.ts'
import { picture } from './support/publishing-desk.ts'
import { ACCOUNT, anAccount, LEAD } from './support/story.ts'

const base = mkdtempSync(join(tmpdir(), 'week-restore-'))
t.teardown(() => rmSync(base, { recursive: true, force: true }))

const KEY = 'ab'.repeat(32)
const LIVE = {
  PUBLIC_URL: 'http://127.0.0.1:3991',
  SMTP_URL: 'smtp://127.0.0.1:1',
  MAIL_FROM: 'week@north.example',
  SESSION_SECRET: 's'.repeat(64),
  ENCRYPTION_KEY: KEY,
  X_CLIENT_ID: 'id',
  X_CLIENT_SECRET: 'secret',
  PORT: '3991',
}
const HELEN = 'helen@north.example'
let folders = 0
const aFolder = () => join(base, `folder-${++folders}`)

async function within<T>(folder: string, work: (db: Database) => Promise<T>): Promise<T> {
  const db = openDatabase(layOut(folder).database)
  try {
    return await work(db)
  } finally {
    db.close()
  }
}

/** A live installation with a connected account, a picture, a mail in the outbox and a session. */
async function live(): Promise<{
  folder: string
  settings: typeof LIVE & { DATA_DIR: string }
  hash: string
}> {
  const folder = aFolder()
  const settings = { ...LIVE, DATA_DIR: folder }
  if (made) {
    cpSync(made.folder, folder, { recursive: true })
    return { folder, settings, hash: made.hash }
  }
  const { status, err } = await run(['setup', HELEN], settings)
  if (status !== 0) throw new Error(err)
  const hash = await within(folder, async (db) => {
    const [account] = await db.read.select().from(accounts)
    const helen = (await findPersonByEmail(db.read, HELEN))!
    const now = systemClock.now()
    await saveGrant(
      { db, clock: systemClock, vault: createVault(vaultKeys(Buffer.from(KEY, 'hex'))) },
      {
        accountId: account!.id,
        grant: { accessToken: 'access', refreshToken: 'refresh', expiresIn: 7200, scope: ['tweet.write'] },
        user: { id: '900', handle: 'account', name: 'Our account', avatarUrl: null },
        personId: helen.id,
      },
    )
    await db.write(async (tx) => {
      await tx.insert(sessions).values({ idHash: 'a', personId: helen.id, data: '{}', expiresAt: now })
      await queueMail(tx, {
        accountId: account!.id,
        personId: helen.id,
        kind: 'draft-approved',
        to: HELEN,
        subject: 'Approved',
        text: 'Yes',
        now,
        machineNow: now,
      })
    })
    return pictureOf(db, folder, account!.id)
  })
  const first = aFolder()
  cpSync(folder, first, { recursive: true })
  made = { folder: first, hash }
  return { folder, settings, hash }
}
let made: { folder: string; hash: string } | undefined

const pictureOf = (db: Database, folder: string, accountId: string) =>
  picture(db, openImageFiles(layOut(folder).images), systemClock.now(), accountId)

async function backedUp({ DATA_DIR }: { DATA_DIR: string }): Promise<string> {
  const file = `${aFolder()}.tar`
  await makeBackup(DATA_DIR, { file, key: Buffer.from(KEY, 'hex'), overwrite: false, incomplete: false })
  return file
}

const putBack = (file: string, settings: Record<string, string>, more: { withoutKey?: boolean } = {}) =>
  restoreBackup(readConfig(settings), { file, withoutKey: false, ...more })

async function refuses(
  t: Test,
  name: string,
  args: string[],
  settings: Record<string, string>,
  says: RegExp,
) {
  const { status, err } = await run(args, settings)
  t.equal(status, 1, name)
  t.equal(err.trimEnd().split('\n').length, 1, `${name}: one line, not ${err}`)
  t.match(err, says, name)
}

t.test('a backup is one file with all that belongs together, and without the key', async (t) => {
  const { folder, settings, hash } = await live()
  const { end } = await startServer(t, settings)
  const file = `${aFolder()}.tar`
  const { status, out, err } = await run(['backup', file], settings)
  t.equal(status, 0, err)
  const id = keyIdOf(Buffer.from(KEY, 'hex'))
  t.match(out, /the database and 1 picture, .* MB\. It was read again, and is whole\./)
  t.match(out, `the ENCRYPTION_KEY with the id ${id}, which is not in it`)
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.notOk(existsSync(`${file}.making`))
  const manifest = await readArchive(file)
  t.match(manifest, { mode: 'live', keyId: id, lost: [], version: VERSION })
  t.same(
    manifest.files.map(({ path }) => path),
    ['week.db', `images/${hash.slice(0, 2)}/${hash}`],
  )
  t.match(
    execFileSync('tar', ['-tf', file]).toString(),
    /^manifest\.json\nweek\.db\nimages\//,
    'any tar opens it',
  )
  const bytes = readFileSync(file)
  for (const secret of [KEY, LIVE.SESSION_SECRET]) t.notOk(bytes.includes(secret))
  t.notOk(bytes.includes(Buffer.from(KEY, 'hex')))

  await refuses(t, 'what is there already', ['backup', file], settings, /is there already\. .*--overwrite/)
  t.equal((await run(['backup', file, '--overwrite'], settings)).status, 0)
  await refuses(t, 'while it runs', ['restore', file], settings, /My Working Week runs in .* Stop it first\./)
  await end('SIGKILL')
  const put = await run(['restore', file], settings)
  t.equal(put.status, 0, `a killed one holds nothing: ${put.err}`)
  t.match(
    put.out,
    /Put back into .*the database and 1 picture.*\nWhat was there before lies in .*\nThe brake is on: look/,
  )
  const again = await startServer(t, settings)
  t.equal((await fetch(`${LIVE.PUBLIC_URL}/readyz`)).status, 200)
  t.equal(await again.end('SIGTERM'), 0)

  const image = join(layOut(folder).images, hash.slice(0, 2), hash)
  appendFileSync(image, 'more')
  const making = { file, key: undefined, overwrite: true, incomplete: false }
  await t.rejects(makeBackup(folder, making), { message: /One picture is missing or damaged/ })
  await readArchive(file)
  const without = await makeBackup(folder, { ...making, incomplete: true })
  t.same(without.lost, [hash])
  t.equal(without.keyId, id, 'the seals say it themselves')
  await putBack(file, settings)
})

t.test('a restore into an empty and into a used folder', async (t) => {
  const { folder, settings, hash } = await live()
  const file = await backedUp(settings)
  await within(folder, async (db) => {
    const [later] = await db.write((tx) => tx.update(accounts).set({ name: 'Later' }).returning())
    const entry = { accountId: later!.id, personId: null, at: systemClock.now() }
    await db.write((tx) => record(tx, { ...entry, kind: 'account.changed' }))
    await writeRecordEnd(db, layOut(folder).recordEnd)
  })
  for (const [name, target] of [
    ['empty', aFolder()],
    ['used', folder],
  ] as const) {
    const into = { ...settings, DATA_DIR: target }
    const { aside } = await putBack(file, into)
    await within(target, async (db) => {
      t.match(await db.read.select().from(accounts), [
        { name: 'Our account', brakeReason: /A backup was put back/ },
      ])
      t.match(await db.read.select().from(connections), [{ state: 'connected' }])
      t.same(await db.read.select().from(sessions), [], 'everybody has to sign in again')
      t.same(await db.read.select().from(signInLinks), [], 'no link of then opens anything')
      t.match(await db.read.select().from(mails), [{ state: 'held', subject: 'Approved' }])
      const restored = (await db.read.select().from(activity)).filter(
        ({ kind }) => kind === 'installation.restored',
      )
      t.match(restored, [{ details: { copyOf: (await readArchive(file)).takenAt } }])
      const { recordEnd } = layOut(target)
      t.ok(existsSync(recordEnd))
      const noticed = await noticeOlderCopy(db, { file: recordEnd, now: systemClock.now() })
      t.equal(noticed, null, 'the start after it does not take it for one that was put back by hand')
    })
    t.ok((await openImageFiles(layOut(target).images).read(hash)).length > 0)
    const others = readdirSync(target).filter(
      (one) => !/^(week\.db.*|images|record-end\.json|in-use\.lock)$/.test(one),
    )
    if (name === 'empty') t.same(others, [])
    else {
      t.match(others, [/^before-restore-\d{4}-\d\d-\d\dT/])
      t.equal(aside, join(target, others[0]!))
      await within(join(target, others[0]!), async (db) =>
        t.match(await db.read.select().from(accounts), [{ name: 'Later' }], 'nothing is deleted'),
      )
    }
  }
})

t.test('what does not fit is refused in one line, and changes nothing', async (t) => {
  const { settings } = await live()
  const file = await backedUp(settings)
  const target = aFolder()
  cpSync(settings.DATA_DIR, target, { recursive: true })
  const before = readdirSync(target)
  const into = { ...settings, DATA_DIR: target }

  const half = `${aFolder()}.tar`
  cpSync(file, half)
  truncateSync(half, Math.floor(statSync(file).size / 2))
  const garbled = `${aFolder()}.tar`
  const bytes = readFileSync(file)
  bytes[Math.floor(bytes.length / 2)]! ^= 1
  writeFileSync(garbled, bytes)
  const text = `${aFolder()}.tar`
  writeFileSync(text, 'Dear diary')
  const link = `${aFolder()}.tar`
  cpSync(file, link)
  const outside = mkdtempSync(join(base, 'outside-'))
  writeFileSync(join(outside, 'more'), 'more')
  execFileSync('tar', ['-rf', link, '-C', outside, 'more'])
  const newer = await rewritten(file, (manifest) => ({ ...manifest, migrations: 900, version: '9.9.9' }))
  const renamed = await rewritten(
    file,
    (manifest) => manifest,
    (database) => {
      database.pragma('foreign_keys = OFF')
      database.exec("UPDATE connections SET account_id = 'nobody'")
    },
  )
  const pictures = await rewritten(
    file,
    (manifest) => manifest,
    (database) => {
      database.exec(`UPDATE images SET hash = '${'0'.repeat(64)}' `)
    },
    false,
  )
  const id = keyIdOf(Buffer.from(KEY, 'hex'))
  const other = keyIdOf(Buffer.from('cd'.repeat(32), 'hex'))
  const cases: [name: string, file: string, settings: Record<string, string>, says: RegExp][] = [
    ['half of it', half, into, /is no whole backup .* Nothing was changed/],
    ['one bit', garbled, into, /is no whole backup .* Nothing was changed/],
    ['a text', text, into, /is no whole backup .* Nothing was changed/],
    ['with something more', link, into, /more does not belong there/],
    ['of a newer version', newer, into, /written by version 9\.9\.9 .* Install that version first/],
    ['with an orphan', renamed, into, /The database in the backup is damaged/],
    ['without a picture', pictures, into, /lacks 1 of the pictures/],
    [
      'with another key',
      file,
      { ...into, ENCRYPTION_KEY: 'cd'.repeat(32) },
      new RegExp(`id ${id}; .* id ${other}.*--without-key`),
    ],
    ['without a setting', file, { ...into, SMTP_URL: '' }, /^SMTP_URL is missing/],
  ]
  for (const [name, from, settings, says] of cases) {
    const refusal = await putBack(from, settings).then(
      () => new Error('It was taken.'),
      (error: Error) => error,
    )
    t.match(refusal.message, says, name)
    t.notMatch(refusal.message, '\n', name)
    t.ok(refusal instanceof WrongInstallation || refusal instanceof WrongSetting, `${name}: ${refusal.stack}`)
  }
  t.same(
    readdirSync(target).filter((one) => one !== 'in-use.lock'),
    before.filter((one) => one !== 'in-use.lock'),
  )
  await within(target, async (db) => t.match(await db.read.select().from(accounts), [{ brakeAt: null }]))

  const photos = aFolder()
  mkdirSync(photos)
  writeFileSync(join(photos, 'boots.jpg'), 'a picture')
  await t.rejects(putBack(file, { ...into, DATA_DIR: photos }), { message: /holds no installation/ })
  t.same(readdirSync(photos), ['boots.jpg'])

  const otherKey = { ...into, ENCRYPTION_KEY: 'cd'.repeat(32) }
  t.match(await putBack(file, otherKey, { withoutKey: true }), { withoutKey: true })
  await within(target, async (db) =>
    t.match(await db.read.select().from(connections), [
      { state: 'reconnect', accessToken: null, refreshToken: null },
    ]),
  )
})

t.test('a crash in the middle of a restore leaves the old or the new', async (t) => {
  const { folder, settings } = await live()
  const file = await backedUp(settings)
  await within(folder, async (db) => {
    const [later] = await db.write((tx) => tx.update(accounts).set({ name: 'Later' }).returning())
    const entry = { accountId: later!.id, personId: null, at: systemClock.now() }
    await db.write((tx) => record(tx, { ...entry, kind: 'account.changed' }))
    await writeRecordEnd(db, layOut(folder).recordEnd)
  })
  const names = () =>
    within(folder, async (db) => (await db.read.select().from(accounts)).map(({ name }) => name))

  mkdirSync(join(folder, 'restore-unpacking'))
  writeFileSync(join(folder, 'restore-unpacking/week.db'), 'half')
  useFolder(folder).release()
  t.same(await names(), ['Later'], 'before all of it was checked: the old')

  // As it stands after the decision, with one of the old files moved aside already.
  const other = aFolder()
  await putBack(file, { ...settings, DATA_DIR: other })
  const decided = join(folder, 'restore-decided')
  mkdirSync(decided)
  for (const name of ['week.db', 'images']) renameSync(join(other, name), join(decided, name))
  writeFileSync(join(decided, 'aside'), 'before-restore-then')
  mkdirSync(join(folder, 'before-restore-then'))
  renameSync(join(folder, 'images'), join(folder, 'before-restore-then/images'))
  useFolder(folder).release()
  t.same(await names(), ['Our account'], 'after it: the new')
  t.ok(existsSync(join(folder, 'before-restore-then/week.db')))
  t.ok(existsSync(join(folder, 'images')))

  const entering = join(folder, 'restore-entering')
  mkdirSync(entering)
  writeFileSync(join(entering, 'aside'), 'before-restore-then')
  renameSync(join(folder, 'week.db'), join(entering, 'week.db'))
  useFolder(folder).release()
  t.same(await names(), ['Our account'], 'while it was moved in: the new')
  t.notOk(existsSync(entering))
})

t.test('a sandbox comes back whole, with its pretended X', async (t) => {
  const folder = aFolder()
  await connectedSandbox(folder)
  const { end } = await startServer(t, { DATA_DIR: folder, PORT: '0' })
  const file = await backedUp({ DATA_DIR: folder })
  t.same(
    (await readArchive(file)).files.map(({ path }) => path).filter((path) => !path.startsWith('images/')),
    ['week.db', 'clock.json', 'secrets.json', 'x.db'],
  )
  await end('SIGTERM')
  await t.rejects(putBack(file, { ...LIVE, DATA_DIR: folder }), { message: /is set, which is for a live/ })
  const { settings: there } = await live()
  await t.rejects(putBack(file, { DATA_DIR: there.DATA_DIR }), { message: /holds a live installation/ })
  const target = aFolder()
  await putBack(file, { DATA_DIR: target })
  t.equal(statSync(layOut(target).secrets).mode & 0o777, 0o600)
  const again = await startServer(t, { DATA_DIR: target, PORT: '0' })
  t.equal(await again.end('SIGTERM'), 0)
  await within(target, async (db) =>
    t.match(await db.read.select().from(connections), [{ networkUserId: OWN_USER.id }]),
  )
})

/** A sandbox without the demo, whose making takes its time: one account, connected. */
async function connectedSandbox(folder: string): Promise<void> {
  mkdirSync(folder)
  migrateDatabase(layOut(folder).database)
  const vault = createVault(vaultKeys(sandboxSecrets(folder).encryptionKey))
  await within(folder, async (db) => {
    await stamp(db, 'sandbox', systemClock.now())
    await anAccount(db, { now: systemClock.now() })
    const grant = { accessToken: 'access', refreshToken: 'refresh', expiresIn: 7200, scope: ['tweet.write'] }
    await saveGrant(
      { db, clock: systemClock, vault },
      { accountId: ACCOUNT, grant, user: OWN_USER, personId: LEAD.id },
    )
  })
}

/** The same backup with another manifest or another database, sealed as if it were meant so. */
async function rewritten(
  file: string,
  change: (manifest: Manifest) => Manifest,
  damage: (database: Sqlite.Database) => void = () => {},
  referring = true,
): Promise<string> {
  const folder = aFolder()
  mkdirSync(folder)
  execFileSync('tar', ['-xf', file, '-C', folder])
  chmodSync(join(folder, 'week.db'), 0o600)
  const database = new Sqlite(join(folder, 'week.db'))
  if (!referring) database.exec('DELETE FROM image_uploads')
  damage(database)
  database.close()
  const manifest = await readArchive(file)
  const paths = manifest.files.map(({ path }) => path)
  const files = await describe({ folder, paths })
  const [first, ...images] = paths
  await writeArchive(`${folder}.tar`, change({ ...manifest, files }), {
    prepared: { folder, paths: [first!] },
    images: { folder, paths: images },
  })
  return `${folder}.tar`
}
