import { and, eq, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import t from 'tap'
import type { Writer } from '../../src/db/database.ts'
import { lean } from '../../src/db/lean-statement.ts'
import { accounts, people, roles, weekHosts } from '../../src/db/schema/index.ts'
import { testDatabase } from '../support/database.ts'
import { ACCOUNT, anAccount, LEAD } from '../support/story.ts'

const NOBODY = 'nobody'
const given = (name: string) => sql.placeholder(name)

/** Statements as the app has them, with what each is run with; built anew each time, so that none knows of another. */
const SELECTS: Record<string, [build: (tx: Writer) => Select, given: Record<string, unknown>]> = {
  'a table, with dates, flags and JSON': [
    (tx) =>
      tx
        .select()
        .from(accounts)
        .where(eq(accounts.id, given('id'))),
    { id: ACCOUNT },
  ],
  'some columns': [(tx) => tx.select({ id: people.id, since: people.createdAt }).from(people), {}],
  'two tables': [
    (tx) =>
      tx.select({ person: people, role: roles }).from(people).innerJoin(roles, eq(roles.personId, people.id)),
    {},
  ],
  'a left join that finds nothing': [
    (tx) =>
      tx
        .select({ person: people, host: weekHosts })
        .from(people)
        .leftJoin(weekHosts, eq(weekHosts.personId, people.id)),
    {},
  ],
  'a left join that finds something': [
    (tx) =>
      tx.select({ person: people, role: roles }).from(people).leftJoin(roles, eq(roles.personId, people.id)),
    {},
  ],
  'some columns of a left join': [
    (tx) =>
      tx
        .select({ id: people.id, role: { kind: roles.role, accountId: roles.accountId } })
        .from(people)
        .leftJoin(roles, and(eq(roles.personId, people.id), eq(roles.role, 'approver'))),
    {},
  ],
  'columns of two tables in one object': [
    (tx) =>
      tx
        .select({ both: { kind: roles.role, name: people.name } })
        .from(people)
        .leftJoin(roles, and(eq(roles.personId, people.id), eq(roles.role, 'approver'))),
    {},
  ],
  'an object whose first column is empty': [
    (tx) =>
      tx
        .select({ account: { brakeAt: accounts.brakeAt, id: accounts.id } })
        .from(people)
        .leftJoin(accounts, sql`true`),
    {},
  ],
  'a table under another name': [
    (tx) => {
      const other = alias(people, 'other')
      return tx
        .select({ person: people, other: { id: other.id, name: other.name } })
        .from(people)
        .leftJoin(other, and(eq(other.id, people.id), eq(other.id, given('id'))))
    },
    { id: LEAD.id },
  ],
  'expressions, with and without a reader, and one with a name': [
    (tx) =>
      tx
        .select({
          plain: sql`${people.name} || '!'`,
          read: sql`${people.id} = ${given('id')}`.mapWith(Boolean),
          named: sql<string>`upper(${people.name})`.as('named'),
          inside: { date: people.createdAt, nothing: sql`null` },
        })
        .from(people),
    { id: LEAD.id },
  ],
  'no row at all': [
    (tx) =>
      tx
        .select()
        .from(people)
        .where(eq(people.id, given('id'))),
    { id: NOBODY },
  ],
  'a value that is no placeholder': [(tx) => tx.select().from(people).where(eq(people.name, LEAD.name)), {}],
}

/** What the table needs of Drizzle’s builders, whose types have nothing else in common. */
interface Select {
  prepare(): { get(given: Record<string, unknown>): unknown; all(given: Record<string, unknown>): unknown }
}

t.test('a lean statement reads what Drizzle’s own reads', async (t) => {
  const { db } = testDatabase(t)
  await anAccount(db, { now: new Date('2026-11-18T10:42:00Z') })
  await db.write(async (tx) => {
    for (const [what, [build, given]] of Object.entries(SELECTS)) {
      const [plain, quick] = [build(tx).prepare(), lean(build(tx).prepare())]
      t.ok(Object.hasOwn(quick, 'all') && Object.hasOwn(quick, 'get'), `${what}: is lean`)
      t.strictSame(quick.all(given), plain.all(given), `${what}: all`)
      t.strictSame(quick.get(given), plain.get(given), `${what}: one`)
      t.strictSame(quick.all(given), plain.all(given), `${what}: once more`)
    }
  })
})

t.test('it writes what Drizzle’s own writes', async (t) => {
  const { db } = testDatabase(t)
  const createdAt = new Date('2026-11-18T10:42:00Z')
  await db.write(async (tx) => {
    const insert = () =>
      tx
        .insert(people)
        .values({ id: given('id'), email: given('email'), name: 'Ada', createdAt: given('createdAt') })
        .prepare()
    insert().run({ id: 'plain', email: 'plain@north.example', createdAt })
    lean(insert()).run({ id: 'lean', email: 'lean@north.example', createdAt })
    const [one, other] = await tx.select().from(people).orderBy(people.id)
    t.strictSame(one, { ...other, id: 'lean', email: 'lean@north.example' })
    t.strictSame(one?.createdAt, createdAt, 'a date is written as the column wants it')
    const rename = lean(
      tx
        .update(people)
        .set({ name: sql`${given('name')}` })
        .where(eq(people.id, given('id')))
        .returning({ id: people.id, name: people.name })
        .prepare(),
    )
    t.strictSame(rename.all({ id: 'lean', name: 'Bea' }), [{ id: 'lean', name: 'Bea' }])
    t.strictSame(rename.get({ id: NOBODY, name: 'Bea' }), undefined)
  })
})

t.test('what is missing is said, as Drizzle says it', async (t) => {
  const { db } = testDatabase(t)
  const build = () =>
    db.read
      .select()
      .from(people)
      .where(eq(people.id, given('id')))
      .prepare()
  for (const statement of [build(), lean(build())]) {
    t.throws(() => statement.all({}), { message: 'No value for placeholder "id" was provided' })
    t.throws(() => statement.get(), { message: 'No value for placeholder "id" was provided' })
  }
})

t.test('what is built otherwise than expected stays as it is', (t) => {
  const unknown = { run: () => 'as ever' }
  t.equal(lean(unknown), unknown)
  t.equal(unknown.run(), 'as ever')
  const mapped = { stmt: {}, query: { params: [] }, customResultMapper: () => null, get: () => 'as ever' }
  t.equal(lean(mapped).get(), 'as ever')
  const deep = {
    stmt: {},
    query: { params: [] },
    fields: [{ path: ['a', 'b', 'c'], field: people.id }],
    get: () => 'as ever',
  }
  t.equal(lean(deep).get(), 'as ever')
  t.end()
})
