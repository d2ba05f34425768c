import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { eraseDetails, record } from '../src/activity/record.ts'
import { endOfRecord } from '../src/activity/record-end.ts'
import { tendPerson, tendRecord } from '../src/commands.ts'
import { openSandbox } from '../src/compose.ts'
import { readConfig } from '../src/config.ts'
import { openDatabase, type Database } from '../src/db/database.ts'
import { accounts, activity, mails, sessions } from '../src/db/schema/index.ts'
import { layOut, stamp } from '../src/installation.ts'
import { queueMail } from '../src/mail/outbox.ts'
import { keepRecordEnd, noticeOlderCopy, writeRecordEnd } from '../src/older-copy.ts'
import { newDatabase, testDatabase } from './support/database.ts'
import { until } from './support/in-time.ts'
import { ACCOUNT, anAccount, anotherAccount, LEAD, OTHER_ACCOUNT } from './support/story.ts'

const MORNING = new Date('2026-11-18T09:00:00Z')
const LATER = new Date('2026-11-18T15:00:00Z')

/** Something happens that is worth an entry. */
const happens = (db: Database, at = MORNING) =>
  db.write((tx) => record(tx, { accountId: ACCOUNT, kind: 'person.signed-in', personId: LEAD.id, at }))

const restoresOnRecord = (db: Database) =>
  db.read.select().from(activity).where(eq(activity.kind, 'installation.restored'))

/** An installation of two accounts, with some entries on its record, and the file beside its database. */
async function kept(t: Test) {
  const { db, folder } = testDatabase(t)
  const file = layOut(folder).recordEnd
  await anAccount(db, { now: MORNING })
  await anotherAccount(db, { now: MORNING })
  await happens(db)
  await writeRecordEnd(db, file)
  /** As it was when it is called, opened beside. */
  const copied = async () => {
    const copy = join(folder, 'copy.db')
    await db.backup(copy)
    return () => {
      const older = openDatabase(copy)
      t.teardown(() => older.close())
      return older
    }
  }
  const report = (error: unknown) => t.fail(String(error))
  return { db, folder, file, copied, report }
}

t.test('an older copy that is put back by hand while the app does not run is noticed, once', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'week-older-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const { database } = layOut(folder)
  newDatabase(database)
  /** From one start to a clean end. */
  const life = async <T>(work: (db: Database, now: Date) => Promise<T>): Promise<T> => {
    const running = await openSandbox(readConfig({ DATA_DIR: folder }), {
      publicUrl: () => 'http://127.0.0.1',
    })
    try {
      const { db, clock } = running.deps
      return await work(db, clock.now())
    } finally {
      await running.close()
    }
  }
  const stands = async (db: Database) => ({
    brakes: (await db.read.select().from(accounts)).map(({ brakeReason }) => brakeReason),
    sessions: (await db.read.select().from(sessions)).length,
    mails: (await db.read.select().from(mails)).map(({ state }) => state),
    restores: (await restoresOnRecord(db)).map(({ accountId, details }) => [accountId, details['copyOf']]),
  })
  const end = await life(async (db, now) => {
    await stamp(db, 'sandbox', now)
    await anAccount(db, { now })
    await anotherAccount(db, { now })
    await db.write(async (tx) => {
      await tx.insert(sessions).values({ idHash: 'a', personId: LEAD.id, data: '{}', expiresAt: now })
      // It is not due yet: as one that could not be sent is.
      const machineNow = new Date(now.getTime() + 3_600_000)
      const mail = { accountId: ACCOUNT, personId: LEAD.id, kind: 'draft-approved', to: LEAD.email } as const
      await queueMail(tx, { ...mail, subject: 'Approved', text: 'Yes', now, machineNow })
    })
    await happens(db, now)
    return (await endOfRecord(db.read))!
  })
  copyFileSync(database, `${folder}.db`)
  t.teardown(() => rmSync(`${folder}.db`))
  t.same(await life(stands), { brakes: [null, null], sessions: 1, mails: ['queued'], restores: [] })
  await life(happens)

  copyFileSync(`${folder}.db`, database)
  const copyOf = end.at.toISOString()
  const noticed = {
    brakes: [/^A backup was put back: this is how things stood on/, /^A backup was put back/],
    sessions: 0,
    mails: ['held'],
    restores: [
      [ACCOUNT, copyOf],
      [OTHER_ACCOUNT, copyOf],
    ],
  }
  const said = t.capture(console, 'error')
  t.match(await life(stands), noticed)
  t.match(said(), [{ args: [`The database is an older copy, as of ${copyOf}, that was put back by hand.`] }])
  t.match(await life(stands), noticed, 'and it goes on from there')
  t.same(said(), [])
  t.equal((await life(restoresOnRecord)).length, 2)

  copyFileSync(`${folder}.db`, database)
  t.match(await life(stands), noticed, 'the same copy once more is noticed once more')
})

t.test('what the file says lags behind, as after a crash: nothing is noticed', async (t) => {
  const { db, file, report } = await kept(t)
  t.equal(await noticeOlderCopy(db, { file, now: LATER }), null)
  await keepRecordEnd(db, { file, everyMs: 3_600_000, report })
  const said = readFileSync(file, 'utf8')
  await happens(db)
  await happens(db)
  t.equal(readFileSync(file, 'utf8'), said, 'the process died before it wrote it')
  t.equal(await noticeOlderCopy(db, { file, now: LATER }), null)
  t.same(await restoresOnRecord(db), [])
})

t.test('it is kept while the app runs, whoever writes', async (t) => {
  const { db, folder, file, report } = await kept(t)
  const keeper = await keepRecordEnd(db, { file, everyMs: 10, report })
  const saysTheEnd = async () => {
    const { id, hash } = (await endOfRecord(db.read))!
    return readFileSync(file, 'utf8') === JSON.stringify({ id, hash })
  }
  t.ok(await saysTheEnd(), 'from the start')
  await happens(db)
  await until(t, 'an entry of this process', saysTheEnd)
  const command = openDatabase(join(folder, 'week.db'))
  await happens(command)
  command.close()
  await until(t, 'an entry of a command beside it', saysTheEnd)
  await happens(db)
  await keeper.close()
  t.ok(await saysTheEnd(), 'at the end')
  t.notOk(existsSync(`${file}.part`))
})

t.test(
  'a copy whose record went another way since is noticed, one whose words were erased is not',
  async (t) => {
    const { db, file, copied } = await kept(t)
    const open = await copied()
    await happens(db)
    await writeRecordEnd(db, file)
    const { id } = (await endOfRecord(db.read))!
    await db.write((tx) => eraseDetails(tx, { ids: [id], why: 'A name', personId: null, at: LATER }))
    t.equal(await noticeOlderCopy(db, { file, now: LATER }), null)

    const older = open()
    await happens(older)
    t.equal((await endOfRecord(older.read))!.id, id, 'as many entries')
    t.same(await noticeOlderCopy(older, { file, now: LATER }), MORNING)
  },
)

t.test('what was noticed is not noticed again where the file could not be written anew', async (t) => {
  const { db, file, copied } = await kept(t)
  const open = await copied()
  await happens(db)
  await writeRecordEnd(db, file)
  const older = open()
  t.same(await noticeOlderCopy(older, { file, now: LATER }), MORNING)
  t.equal(await noticeOlderCopy(older, { file, now: LATER }), null)
  t.equal((await restoresOnRecord(older)).length, 2, 'one for each account')
})

t.test('a copy without any account is noticed once, too', async (t) => {
  const { db, folder } = testDatabase(t)
  const file = layOut(folder).recordEnd
  writeFileSync(file, JSON.stringify({ id: 3, hash: 'of an entry that is gone' }))
  t.ok(await noticeOlderCopy(db, { file, now: LATER }))
  const keeper = await keepRecordEnd(db, { file, report: (error) => t.fail(String(error)) })
  await keeper.close()
  t.equal(await noticeOlderCopy(db, { file, now: LATER }), null)
})

t.test(
  'a command that writes refuses a copy that nobody has noticed yet, and leaves it as it is',
  async (t) => {
    const { db, folder, file, copied } = await kept(t)
    await stamp(db, 'live', MORNING)
    const open = await copied()
    const config = readConfig({ DATA_DIR: folder })
    await tendRecord(config, ['erase', '1', '--why=A name'])
    await writeRecordEnd(db, file)
    const older = open()
    const end = await endOfRecord(older.read)
    db.close()
    older.close()
    for (const rest of ['-wal', '-shm']) rmSync(join(folder, `week.db${rest}`), { force: true })
    copyFileSync(join(folder, 'copy.db'), join(folder, 'week.db'))
    const refused = { message: /older copy.*npm start/ }
    await t.rejects(tendRecord(config, ['erase', '1', '--why=A name']), refused)
    await t.rejects(tendPerson(config, ['delete', LEAD.email, '--yes']), refused)
    const now = openDatabase(join(folder, 'week.db'))
    t.teardown(() => now.close())
    t.same(await endOfRecord(now.read), end)
  },
)

t.test('a copy from before the first entry is from when the installation was made', async (t) => {
  const { db, folder } = testDatabase(t)
  const file = layOut(folder).recordEnd
  await stamp(db, 'sandbox', MORNING)
  await writeRecordEnd(db, file)
  t.notOk(existsSync(file), 'of an empty record nothing can be said')
  await anAccount(db, { now: MORNING })
  writeFileSync(file, JSON.stringify({ id: 3, hash: 'of an entry that is gone' }))
  t.same(await noticeOlderCopy(db, { file, now: LATER }), MORNING)
})

t.test('a file that is missing or can’t be read says nothing', async (t) => {
  const { db, file } = await kept(t)
  for (const said of ['', '{', 'null', '{"id":0,"hash":"a"}', '{"id":"1","hash":"a"}', '{"id":2}']) {
    writeFileSync(file, said)
    t.equal(await noticeOlderCopy(db, { file, now: LATER }), null, said)
  }
  rmSync(file)
  t.equal(await noticeOlderCopy(db, { file, now: LATER }), null, 'missing')
  mkdirSync(file)
  t.equal(await noticeOlderCopy(db, { file, now: LATER }), null, 'a folder')
})

t.test('where it can’t be written that is told once, and it is written as soon as it can be', async (t) => {
  const { db, folder } = await kept(t)
  const place = join(folder, 'not there yet')
  const file = join(place, 'record-end.json')
  const told: unknown[] = []
  let looks = 0
  const counted = { ...db, changes: () => (looks++, db.changes()) }
  const keeper = await keepRecordEnd(counted, { file, everyMs: 5, report: (error) => told.push(error) })
  await until(t, 'it was tried again', async () => looks > 3)
  t.match(told, [{ code: 'ENOENT' }])
  mkdirSync(place)
  await until(t, 'it is written', async () => existsSync(file))
  await keeper.close()
})
