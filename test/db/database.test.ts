import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import { eq } from 'drizzle-orm'
import t from 'tap'
import {
  isUniqueViolation,
  openDatabase,
  type Database,
  type Reader,
  type Writer,
} from '../../src/db/database.ts'
import { DEFAULT_BRIEFING } from '../../src/accounts/briefing.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { prepared } from '../../src/db/prepared.ts'
import { people, roles } from '../../src/db/schema/index.ts'
import { testDatabase } from '../support/database.ts'

const createdAt = new Date('2026-11-18T10:42:00Z')
const add = async (tx: Writer, id: string) =>
  void (await tx.insert(people).values({ id, email: `${id}@north.example`, name: id, createdAt }))
const names = async (read: Reader) =>
  (await read.select({ name: people.name }).from(people).orderBy(people.name)).map(({ name }) => name)

t.test('readers see what is committed, and nothing before', async (t) => {
  const { db } = testDatabase(t)
  await db.write(async (tx) => {
    await add(tx, 'ada')
    t.same(await names(tx), ['ada'], 'its own transaction sees the change')
    t.same(await names(db.read), [], 'the reader does not yet')
  })
  t.same(await names(db.read), ['ada'])
})

t.test('the reader can’t write', async (t) => {
  const { db } = testDatabase(t)
  await t.rejects(add(db.read as Writer, 'ada'), /readonly/)
})

t.test('a throw takes everything back, and the next one works', async (t) => {
  const { db } = testDatabase(t)
  await t.rejects(
    db.write(async (tx) => {
      await add(tx, 'ada')
      throw new Error('no')
    }),
    /^no$/,
  )
  await t.rejects(
    db.write(async (tx) => {
      await add(tx, 'ada')
      await add(tx, 'ada')
    }),
    'a refused statement does too',
  )
  t.same(await names(db.read), [])
  await db.write((tx) => add(tx, 'bea'))
  t.same(await names(db.read), ['bea'])
})

t.test('who wrote is told also where not even taking it back works', async (t) => {
  const { db } = testDatabase(t)
  let reading: IterableIterator<unknown> | undefined
  await t.rejects(
    db.write(async (tx) => {
      // A connection that is in the middle of reading takes nothing back.
      const { $client } = tx as unknown as { $client: Sqlite.Database }
      reading = $client.prepare('select 1 union select 2').iterate()
      reading.next()
      throw new Error('no')
    }),
    /busy executing a query/,
  )
  reading?.return?.()
})

t.test('write() inside write() throws, also from a function in between', async (t) => {
  const { db } = testDatabase(t)
  const deeper = async () => db.write((tx) => add(tx, 'bea'))
  await t.rejects(
    db.write(async (tx) => {
      await add(tx, 'ada')
      await deeper()
    }),
    /pass the Writer on/,
  )
  t.same(await names(db.read), [], 'and the outer one is taken back')
})

t.test('a Writer is dead once its transaction ended', async (t) => {
  const { db } = testDatabase(t)
  let kept: Writer | undefined
  await db.write(async (tx) => {
    kept = tx
  })
  await t.rejects(async () => add(kept!, 'late'), /revoked/)
  await db
    .write(async (tx) => {
      kept = tx
      throw new Error('no')
    })
    .catch(() => undefined)
  await t.rejects(async () => names(kept!), /revoked/)
  t.same(await names(db.read), [])
})

t.test('waiting for anything but queries is refused', async (t) => {
  const { db } = testDatabase(t)
  await t.rejects(
    db.write(async (tx) => {
      await add(tx, 'ada')
      await setTimeout(5)
      await add(tx, 'bea')
    }),
    /waited for something other/,
  )
  t.same(await names(db.read), [])
})

t.test('what waits for ever keeps nobody else waiting', async (t) => {
  const { db } = testDatabase(t)
  const never = new Promise<void>(() => undefined)
  const hanging = db.write(async (tx) => {
    await add(tx, 'ada')
    await never
  })
  await t.rejects(hanging, /waited for something other/)
  await db.write((tx) => add(tx, 'bea'))
  t.same(await names(db.read), ['bea'])
})

t.test(
  'reading before a write waits its turn, sees what the write before left, and takes no write into it',
  async (t) => {
    const { db } = testDatabase(t)
    const written = db.write((tx) => add(tx, 'ada'))
    t.same(await db.readBeforeWrite(names), ['ada'])
    await written
    await t.rejects(
      db.readBeforeWrite(async () => db.write((tx) => add(tx, 'bea'))),
      /inside write/,
    )
    await t.rejects(
      db.write(async () => db.readBeforeWrite(names)),
      /inside write/,
    )
    t.same(await names(db.read), ['ada'])
  },
)

t.test('writers queue: one after the other, in the order in which they came', async (t) => {
  const { db } = testDatabase(t)
  const order: string[] = []
  const one = (name: string, fails = false) =>
    db.write(async (tx) => {
      order.push(`${name} begins`)
      await add(tx, name)
      await names(tx)
      order.push(`${name} ends`)
      if (fails) throw new Error(name)
    })
  const results = await Promise.allSettled([one('ada'), one('bea', true), one('cleo')])
  t.same(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  t.same(order, ['ada begins', 'ada ends', 'bea begins', 'bea ends', 'cleo begins', 'cleo ends'])
  t.same(await names(db.read), ['ada', 'cleo'])
})

t.test('foreign keys hold, and a second row under a unique index is told apart', async (t) => {
  const { db } = testDatabase(t)
  await db.write((tx) => add(tx, 'ada'))
  const second = await db
    .write(
      async (tx) =>
        void (await tx.insert(people).values({ id: 'x', email: 'ada@north.example', name: 'x', createdAt })),
    )
    .catch((error: unknown) => error)
  t.ok(isUniqueViolation(second, 'people.email'))
  t.ok(isUniqueViolation(second))
  t.notOk(isUniqueViolation(second, 'weeks_slot'))
  t.notOk(isUniqueViolation(new Error('people.email')))
  const orphan = db.write(
    async (tx) =>
      void (await tx.insert(roles).values({ personId: 'ada', accountId: 'nobody', role: 'lead' })),
  )
  await t.rejects(orphan, /FOREIGN KEY/)
})

t.test('a prepared statement is built once for each handle, and sees later rows', async (t) => {
  const [one, other] = [testDatabase(t).db, testDatabase(t).db]
  let built = 0
  const find = (db: Database) =>
    prepared(db.read, 'names', () => {
      built += 1
      return db.read.select().from(people).prepare()
    }).all()
  t.same(find(one), [])
  await one.write((tx) => add(tx, 'ada'))
  t.equal(find(one).length, 1)
  t.equal(find(other).length, 0)
  t.equal(built, 2)
})

t.test('what one writer prepared serves the next, and no writer whose transaction is over', async (t) => {
  const { db } = testDatabase(t)
  let built = 0
  const find = (tx: Writer) =>
    prepared(tx, 'names', () => {
      built += 1
      return tx.select().from(people).prepare()
    }).all()
  let dead: Writer | undefined
  for (const id of ['ada', 'bea']) {
    await db.write(async (tx) => {
      await add(tx, id)
      t.equal(find(tx).at(-1)!.id, id, 'it sees its own transaction')
      dead = tx
    })
  }
  t.equal(built, 1)
  t.throws(() => find(dead!), /revoked/)
})

t.test('a copy of the running database opens and is complete', async (t) => {
  const { db, folder } = testDatabase(t)
  await db.write(async (tx) => {
    for (let i = 0; i < 500; i += 1) await add(tx, `person-${i}`)
  })
  const copy = join(folder, 'copy.db')
  const [, during] = await Promise.all([db.backup(copy), db.write((tx) => add(tx, 'later'))])
  t.equal(during, undefined, 'writing goes on meanwhile')
  migrateDatabase(copy)
  const restored = openDatabase(copy)
  t.teardown(() => restored.close())
  const there = await names(restored.read)
  t.equal(there.filter((name) => name.startsWith('person-')).length, 500)
  await restored.write(async (tx) => void (await tx.delete(people).where(eq(people.id, 'person-1'))))
  t.equal((await names(db.read)).includes('person-1'), true, 'the copy is a file of its own')
})

t.test('a file is copied before a migration changes it, and only then', async (t) => {
  const folder = t.testdir()
  const file = join(folder, 'week.db')
  const before = () => readdirSync(folder).filter((name) => name.includes('.before-'))
  migrateDatabase(file)
  migrateDatabase(file)
  t.same(before(), [], 'neither the first time nor without a change')

  const db = openDatabase(file)
  await db.write((tx) => add(tx, 'ada'))
  db.close()
  const next = withMigration(join(folder, 'migrations'), 'ALTER TABLE people ADD COLUMN shoe_size integer;')
  migrateDatabase(file, next)
  const [copy] = before()
  t.match(copy, /^week\.db\.before-\d+$/)
  const columns = (path: string) => {
    const connection = new Sqlite(path, { readonly: true })
    const found = connection.prepare("select name from pragma_table_info('people')").pluck().all()
    const people = connection.prepare('select id from people').pluck().all()
    connection.close()
    return { shoes: found.includes('shoe_size'), people }
  }
  t.same(columns(file), { shoes: true, people: ['ada'] })
  t.same(columns(join(folder, copy!)), { shoes: false, people: ['ada'] })

  t.throws(() => migrateDatabase(file), /written by a newer version/, 'an older version refuses it')
})

t.test('the copy before a migration is of the file as it is, and whole', async (t) => {
  const folder = t.testdir()
  const file = join(folder, 'week.db')
  migrateDatabase(file)
  const applied = (
    JSON.parse(readFileSync('migrations/meta/_journal.json', 'utf8')) as { entries: unknown[] }
  ).entries.length
  const copy = `${file}.before-${applied + 1}`
  writeFileSync(copy, 'half of an earlier copy')
  // Another process still has it open and reads, so that its log can't be written back into the file.
  const other = new Sqlite(file)
  t.teardown(() => other.close())
  other.exec('BEGIN')
  other.prepare('select count(*) from people').get()
  const db = openDatabase(file)
  await db.write((tx) => add(tx, 'ada'))
  db.close()
  migrateDatabase(file, withMigration(join(folder, 'migrations'), 'CREATE TABLE shoes (size integer);'))
  const copied = new Sqlite(copy, { readonly: true })
  t.teardown(() => copied.close())
  t.same(copied.prepare('select id from people').pluck().all(), ['ada'])
})

t.test('a migration that fails leaves the file as it was', async (t) => {
  const folder = t.testdir()
  const file = join(folder, 'week.db')
  migrateDatabase(file)
  const broken = withMigration(
    join(folder, 'migrations'),
    'ALTER TABLE people ADD COLUMN shoe_size integer;--> statement-breakpoint\nALTER TABLE nothing ADD COLUMN x integer;',
  )
  t.throws(() => migrateDatabase(file, broken))
  const connection = new Sqlite(file)
  t.teardown(() => connection.close())
  const columns = connection.prepare("select name from pragma_table_info('people')").pluck().all()
  t.notOk(columns.includes('shoe_size'))
})

t.test('drafts of before there were templates keep their writers and words', (t) => {
  const folder = t.testdir()
  const file = join(folder, 'week.db')
  migrateDatabase(file, migrationsBefore(join(folder, 'migrations'), '_post_templates'))
  const old = new Sqlite(file)
  old.pragma('foreign_keys = OFF')
  old.exec(`insert into drafts (id, account_id, slot, author_id, state, revision, content, sign_off, created_at, changed_at)
    values ('one', 'north', '2026-11-16', 'ada', 'writing', 1, '{}', '', 1, 1), ('two', 'north', '2026-11-16', 'ada', 'writing', 1, '{}', '', 1, 1);
    insert into draft_revisions (draft_id, number, content, author_id, at) values ('one', 1, '{"parts":[]}', 'ada', 1)`)
  old.close()
  migrateDatabase(file)
  const migrated = new Sqlite(file, { readonly: true })
  t.teardown(() => migrated.close())
  const drafts = migrated
    .prepare('select id, author_id, template, template_for from drafts order by id')
    .all()
  const mine = { author_id: 'ada', template: null, template_for: null }
  t.same(drafts, [
    { id: 'one', ...mine },
    { id: 'two', ...mine },
  ])
  const revisions = migrated.prepare('select content, author_id from draft_revisions').all()
  t.same(revisions, [{ content: '{"parts":[]}', author_id: 'ada' }])
  t.end()
})

/** A copy of our migrations as they were before one of them. */
function migrationsBefore(folder: string, name: string): string {
  mkdirSync(join(folder, 'meta'), { recursive: true })
  const journal = JSON.parse(readFileSync('migrations/meta/_journal.json', 'utf8')) as {
    entries: { tag: string }[]
  }
  journal.entries.length = journal.entries.findIndex(({ tag }) => tag.endsWith(name))
  for (const { tag } of journal.entries) copyFileSync(`migrations/${tag}.sql`, join(folder, `${tag}.sql`))
  writeFileSync(join(folder, 'meta/_journal.json'), JSON.stringify(journal))
  return folder
}

/** A copy of our migrations with one more, as a newer version would have it. */
function withMigration(folder: string, sql: string): string {
  mkdirSync(join(folder, 'meta'), { recursive: true })
  const journal = JSON.parse(readFileSync('migrations/meta/_journal.json', 'utf8')) as {
    entries: { idx: number; tag: string; when: number; version: string; breakpoints: boolean }[]
  }
  for (const { tag } of journal.entries) copyFileSync(`migrations/${tag}.sql`, join(folder, `${tag}.sql`))
  const last = journal.entries.at(-1)!
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag: 'next' })
  writeFileSync(join(folder, 'meta/_journal.json'), JSON.stringify(journal))
  writeFileSync(join(folder, 'next.sql'), sql)
  return folder
}

t.test('a point of the briefing whose words changed stays ticked', async (t) => {
  const file = join(t.testdir(), 'week.db')
  migrateDatabase(file)
  const connection = new Sqlite(file)
  connection.pragma('foreign_keys = off')
  connection.exec(
    "insert into briefing_ticks values ('host', 'They agree to their photo being shown', 'helen', 0), ('host', 'Something else', 'helen', 0)",
  )
  connection.exec(readFileSync('migrations/0052_briefing_point_in_words_for_both.sql', 'utf8'))
  const points = connection.prepare('select point from briefing_ticks order by point').pluck().all()
  connection.close()
  t.same(points, ['Something else', DEFAULT_BRIEFING[1]])
})
