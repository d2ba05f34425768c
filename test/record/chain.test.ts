import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { ACTIVITY_KINDS, type Activity } from '../../src/activity/activity.ts'
import { eraseDetails, record } from '../../src/activity/record.ts'
import { openDatabase, type Database } from '../../src/db/database.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { checkRecord } from '../../src/record/check-record.ts'
import { testApp } from '../support/app.ts'
import { run } from '../support/command.ts'
import { testDatabase } from '../support/database.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'

const NOW = new Date('2026-11-18T10:42:00Z')
const tell = (db: Database, entry: Partial<Activity> = {}) =>
  db.write((tx) =>
    record(tx, { accountId: ACCOUNT, kind: 'draft.declined', personId: 'owen', ...entry, at: NOW }),
  )

/** Six entries that differ in all that they can, and a hand on the file itself. */
async function sixEntries(t: Test) {
  const { db, folder } = testDatabase(t)
  await tell(db, { details: { comment: 'Not this name: Mrs Ünder “Quote”\n\u2028', count: 1, own: true } })
  await tell(db, { kind: 'week.booked', weekId: 'w', personId: null, details: { host: 'Priya' } })
  await tell(db, { kind: 'delivery.posted', weekId: 'w', draftId: 'd', deliveryId: 'x' })
  await tell(db, { accountId: null, kind: 'person.signed-in' })
  await tell(db, { details: { comment: '' } })
  await tell(db, { kind: 'draft.approved', details: { at: null } })
  const file = new Sqlite(join(folder, 'week.db'))
  t.teardown(() => file.close())
  const troubles = async () => (await checkRecord(db, NOW)).troubles
  return { db, file, troubles }
}

t.test('a record that nobody touched is sound', async (t) => {
  const { db, troubles } = await sixEntries(t)
  t.same(await troubles(), [])
  await tell(db)
  t.match(await checkRecord(db, NOW), { entries: 7, erased: 0, lastId: 7, troubles: [] })
  const { db: empty } = testDatabase(t)
  t.match(await checkRecord(empty, NOW), { entries: 0, lastId: 0, troubles: [] })
})

t.test('whatever of an entry is changed shows, and which entry it was', async (t) => {
  const changes = [
    "account_id = 'other'",
    "account_id = coalesce(account_id || 'x', 'x')",
    "kind = 'draft.stopped'",
    "person_id = 'helen'",
    "week_id = 'other'",
    "draft_id = 'other'",
    "delivery_id = 'other'",
    "details = '{}'",
    'details = details || char(32)',
    'at = at + 1',
    "salt = 'other'",
    "hash = 'other'",
  ]
  for (const change of changes) {
    const { file, troubles } = await sixEntries(t)
    file.prepare(`update activity set ${change} where id = 2`).run()
    t.equal((await troubles())[0], 'Entry 2 is not as it was written.', change)
  }
})

t.test('what is missing, put in or put in another order shows', async (t) => {
  for (const [sql, found] of [
    ['delete from activity where id = 1', ['Entry 1 is missing.']],
    ['delete from activity where id in (3, 4)', ['Entries 3 to 4 are missing.']],
    ['delete from activity where id > 4', ['Entries 5 to 6 are missing.']],
    ['delete from activity', ['Entries 1 to 6 are missing.']],
    [
      `update activity set id = 99 where id = 2; update activity set id = 2 where id = 5; update activity set id = 5 where id = 99`,
      ['Entry 2 is not as it was written.'],
    ],
    [
      `insert into activity (account_id, kind, details, at, salt, hash) select account_id, kind, details, at, salt, hash from activity where id = 1`,
      ['Entry 7 is not as it was written.'],
    ],
    [`delete from activity where id = 6; update sqlite_sequence set seq = 5`, []],
  ] as const) {
    const { file, troubles } = await sixEntries(t)
    file.exec(sql)
    t.same((await troubles()).slice(0, found.length || 1), found, sql)
  }
})

t.test('an earlier check sees what the chain alone can’t', async (t) => {
  const { db, file, troubles } = await sixEntries(t)
  t.same(await troubles(), [])
  file.exec("delete from activity where id > 4; update sqlite_sequence set seq = 4 where name = 'activity'")
  t.same(await troubles(), ['Entry 6, which an earlier check saw, is missing.'])
  await tell(db, { kind: 'draft.begun' })
  await tell(db, { kind: 'draft.begun' })
  t.same(await troubles(), ['Entry 6 is another one than an earlier check saw.'], 'chained anew')
})

t.test('any entries in any order hold together, and one changed character shows', async (t) => {
  const { db, folder } = testDatabase(t)
  const file = new Sqlite(join(folder, 'week.db'))
  t.teardown(() => file.close())
  const said = fc.dictionary(
    fc.string({ unit: 'binary', maxLength: 8 }).filter((name) => name !== '__proto__'),
    fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.double(), fc.boolean(), fc.constant(null)),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...ACTIVITY_KINDS), said, async (kind, details) => {
      await tell(db, { kind: kind === 'record.erased' ? 'draft.begun' : kind, details })
    }),
    { numRuns: 200 },
  )
  t.same((await checkRecord(db, NOW)).troubles, [])
  const { id } = file.prepare('select id from activity where details <> ? limit 1').get('{}') as {
    id: number
  }
  file.prepare("update activity set details = replace(details, '\":', '\" :') where id = ?").run(id)
  t.same((await checkRecord(db, NOW)).troubles, [`Entry ${id} is not as it was written.`])
})

t.test('what an entry said can be erased on purpose: the chain holds, and says so', async (t) => {
  const { db, file, troubles } = await sixEntries(t)
  const erase = (ids: number[]) =>
    db.write((tx) => eraseDetails(tx, { ids, why: 'A name in it.', personId: 'helen', at: NOW }))
  await erase([1, 2])
  t.match(await checkRecord(db, NOW), { troubles: [], erased: 2, entries: 7 })
  const kept = JSON.stringify(file.prepare('select * from activity where id < 3').all())
  t.notMatch(kept, /Mrs|Priya/)
  t.match(kept, '"salt":null', 'without it nobody can guess what the digest is of')
  t.match(file.prepare('select * from activity where id = 7').get(), {
    kind: 'record.erased',
    person_id: 'helen',
    account_id: ACCOUNT,
    details: '{"entries":"1 2","count":2,"reason":"A name in it."}',
  })
  await erase([1])
  t.equal(file.prepare('select count(*) from activity').pluck().get(), 7, 'once')
  await t.rejects(erase([5, 40]), { message: 'There is no entry 40 on the record.' })
  await t.rejects(erase([7]), { message: 'Entry 7 tells of an erasure, and has to stay.' })
  t.match(
    file.prepare('select details from activity where id = 5').pluck().get(),
    'comment',
    'all or nothing',
  )

  file.exec(`update activity set details = '{"host":"Mallory"}' where id = 2`)
  t.same(await troubles(), ['Entry 2 is not as it was written.'], 'nor can other words take their place')
  file.exec("update activity set details = '{}' where id = 2")
  file.exec("update activity set details = '{}', erased_digest = 'x', salt = null where id = 5")
  t.match((await troubles())[0], 'Entry 5 is not as it was written.')
  file.exec("update activity set hash = '' where id = 5")
  t.match((await troubles()).join(' '), 'What entry 5 said was taken away, and nothing says by whom.')
})

t.test('a record from before it was chained is chained when the version comes', async (t) => {
  const folder = t.testdir({ migrations: {} })
  const before = join(folder, 'migrations')
  mkdirSync(join(before, 'meta'))
  const journal = JSON.parse(readFileSync('migrations/meta/_journal.json', 'utf8')) as {
    entries: { tag: string }[]
  }
  const chained = journal.entries.findIndex(({ tag }) => tag.endsWith('chained_record'))
  const entries = journal.entries.slice(0, chained)
  for (const { tag } of entries) copyFileSync(`migrations/${tag}.sql`, join(before, `${tag}.sql`))
  writeFileSync(join(before, 'meta/_journal.json'), JSON.stringify({ ...journal, entries }))
  const path = join(folder, 'week.db')
  migrateDatabase(path, before)
  const old = new Sqlite(path)
  const insert = old.prepare(
    'insert into activity (account_id, kind, person_id, week_id, draft_id, delivery_id, details, at) values (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const many = old.transaction(() => {
    for (let i = 0; i < 5_000; i += 1)
      insert.run(
        i % 7 ? ACCOUNT : null,
        'draft.changed',
        i % 3 ? 'hélen "x"' : null,
        null,
        i % 2 ? `d-${i}` : null,
        null,
        JSON.stringify({ words: `“Boots ${i}”\n\t\u0001 ünï` }),
        1_700_000_000_000 + i,
      )
  })
  many()
  // Where older entries were taken out by hand, the numbers have a hole from then on.
  old.exec('delete from activity where id = 7')
  old.close()
  migrateDatabase(path)
  const db = openDatabase(path)
  t.teardown(() => db.close())
  await tell(db)
  t.match(await checkRecord(db, NOW), { entries: 5_000, troubles: ['Entry 7 is missing.'] })
})

t.test('the page says when it was checked, and how it stood; who sits at the desk checks it', async (t) => {
  const { db, visitor, clock } = await testApp(t)
  await anAccount(db, { now: clock.now() })
  await tell(db, { details: { comment: 'Say which ward.' } })
  const lead = await visitor(LEAD.email)
  t.match((await lead.get('/activity')).body, 'Nobody has checked yet')
  t.equal((await (await visitor(APPROVER.email)).post('/activity', '/activity/checks')).statusCode, 303)
  t.match((await lead.get('/activity')).body, 'Checked today 10:42: no entry is missing')
  const entry = Number(/entry-(\d+)"[^]*?Say which ward/.exec((await lead.get('/activity')).body)![1])
  await db.write((tx) => eraseDetails(tx, { ids: [entry], why: 'A name', personId: null, at: clock.now() }))
  await lead.post('/activity', '/activity/checks')
  const { body } = await lead.get('/activity')
  t.match(body, 'each is as it was written, but for what was erased on purpose')
  t.notMatch(body, 'Say which ward.')
  t.match(body, 'Whoever runs this installation')
  t.match(body, 'erased what an entry of this record said')
  t.match(body, '>Erased<')
})

t.test('on the machine itself', async (t) => {
  const DATA_DIR = join(t.testdir({}), 'data')
  const settings = {
    DATA_DIR,
    PUBLIC_URL: 'https://week.north.example',
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'week@north.example',
    SESSION_SECRET: 'a'.repeat(64),
    ENCRYPTION_KEY: 'b'.repeat(64),
    X_CLIENT_ID: 'id',
    X_CLIENT_SECRET: 'secret',
  }
  t.match(await run(['setup', 'helen@north.example'], settings), { status: 0 })
  t.match(await run(['record', 'verify'], settings), {
    status: 0,
    out: 'none is missing, and each is as it was written.',
  })
  t.match(await run(['record', 'erase', '1', '--why=A name'], settings), { status: 0, out: 'is erased' })
  const sound = await run(['record', 'verify'], settings)
  t.match(sound, { status: 0, out: 'but for 1 whose words were erased on purpose' })
  const db = new Sqlite(join(DATA_DIR, 'week.db'))
  db.exec("update activity set kind = 'draft.begun' where id = 1")
  db.close()
  t.match(await run(['record', 'verify'], settings), { status: 1, err: 'Entry 1 is not as it was written.' })
  t.match(await run(['record', 'erase', 'x'], settings), { status: 1, err: 'Say which entries, and why.' })
  t.match(await run(['record'], settings), { status: 1, err: 'npm run record -- verify' })
})
