import { eq, getTableColumns, getTableName, is, sql } from 'drizzle-orm'
import { SQLiteTable, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import t, { type Test } from 'tap'
import { record } from '../../src/activity/record.ts'
import { instantOf } from '../../src/calendar.ts'
import type { Database } from '../../src/db/database.ts'
import { FOLLOWED_TABLES } from '../../src/db/followed.ts'
import * as schema from '../../src/db/schema/index.ts'
import { choosePost } from '../../src/listening/choose-post.ts'
import { forgetPerson } from '../../src/recaps/removal/forget-person.ts'
import { withdrawRecap } from '../../src/recaps/withdraw-recap.ts'
import { findActor } from '../../src/rota/powers.ts'
import { buildApp } from '../../src/app.ts'
import { PUBLIC_URL, type TestApp } from '../support/app.ts'
import { publishedWeek } from '../support/exported.ts'
import { ACCOUNT, anotherAccount, LEAD, OTHER_ACCOUNT } from '../support/story.ts'
import { RUTH, WEEK } from '../support/told-week.ts'

const { accounts, posts, weekHosts, weeks } = schema
const HOME = '/@NorthDaleHealth'
const TOLD = `${HOME}/weeks/2026-11-09`
const RUNNING = `${HOME}/weeks/2026-11-23`
const ANNOUNCED = `${HOME}/weeks/2026-11-30`
const PAGES = [
  '/',
  HOME,
  `${HOME}/rota`,
  `${HOME}/recaps`,
  TOLD,
  `${TOLD}/card`,
  RUNNING,
  ANNOUNCED,
  `${HOME}/rota.ics`,
  `${HOME}/feed.xml`,
  `${HOME}/feed.json`,
  '/sitemap.xml',
  '/privacy',
]
/** Made of the same things as another one of them. */
const ALIKE = [`${TOLD}/card`, `${HOME}/feed.xml`]
const day = (date: string, time: string) => instantOf(date, time, 'Europe/London')

/** Two accounts; one has a week whose story is told, one that runs with something said, and one that is announced. */
async function world(t: Test, when = day('2026-11-24', '12:00')) {
  let made = 0
  const here = await publishedWeek(t)
  const { db, clock, deps } = here
  await anotherAccount(db, { now: clock.now() })
  clock.moveTo(when)
  await db.write(async (tx) => {
    const [joseph] = await tx.select().from(weeks).where(eq(weeks.id, 'week-joseph'))
    const [host] = await tx.select().from(weekHosts).where(eq(weekHosts.id, 'host-joseph'))
    await tx.insert(weeks).values({
      ...joseph!,
      id: 'week-maya',
      slot: '2026-11-30',
      theme: 'Night shift at the bakery',
      opensAt: day('2026-11-30', '09:00'),
      closesAt: day('2026-12-04', '18:00'),
    })
    await tx
      .insert(weekHosts)
      .values({ ...host!, id: 'host-maya', weekId: 'week-maya', name: 'Maya Lindqvist' })
    const event = { name: 'Night walk', hashtag: '', place: 'Main corridor' }
    for (const [id, weekId, date] of [
      ['event-walk', 'week-joseph', '2026-11-25'],
      ['event-oven', 'week-maya', '2026-12-01'],
    ] as const)
      await tx
        .insert(schema.events)
        .values({ ...event, id, weekId, startsAt: day(date, '10:00'), endsAt: day(date, '11:00') })
    const [first] = await tx.select().from(posts).where(eq(posts.networkId, '101'))
    const [reply] = await tx.select().from(posts).where(eq(posts.networkId, '111'))
    const running = { weekId: 'week-joseph', createdAt: day('2026-11-24', '08:00') }
    await tx.insert(posts).values([
      { ...first!, ...running, id: 'now-1', networkId: '201', text: 'Nine miles before lunch. ^JA' },
      { ...reply!, ...running, id: 'now-2', networkId: '202', replyTo: '201', text: 'Good legs.' },
    ])
  })
  // Each page says its own address, so whoever makes one asks for it.
  deps.settings.publicUrl = () => {
    made += 1
    return PUBLIC_URL
  }
  return { ...here, get: (url: string, headers = {}) => here.app.inject({ url, headers }), made: () => made }
}

/** The same pages of the same rows, each made anew whenever somebody asks. */
async function neverKept(t: Test, { deps }: Pick<TestApp, 'deps'>, read = deps.db.read) {
  let asked = 0
  const db: Database = {
    ...deps.db,
    read,
    changes: () => (asked += 1),
    latestChangeOf: () => (asked += 1),
  }
  const app = await buildApp({ ...deps, db }, null)
  t.teardown(() => app.close())
  return async (url: string) => {
    const { statusCode, body } = await app.inject(url)
    return { statusCode, body }
  }
}

t.test('what stands on no public page has none of them made anew', async (t) => {
  const { db, clock, get, made } = await world(t)
  const tags = new Map<string, string>()
  for (const url of PAGES) {
    const { statusCode, headers } = await get(url)
    t.equal(statusCode, 200, url)
    tags.set(url, String(headers.etag))
  }
  const by = { personId: LEAD.id, at: clock.now() }
  const [own] = await db.read.select().from(posts).where(eq(posts.networkId, '101'))
  const changes: [what: string, change: Parameters<Database['write']>[0]][] = [
    [
      'a draft is saved',
      (tx) => record(tx, { accountId: ACCOUNT, weekId: WEEK, kind: 'draft.submitted', ...by }),
    ],
    [
      'a mail is sent',
      (tx) =>
        tx.insert(schema.mails).values({
          id: 'mail-1',
          kind: 'sign-in',
          to: RUTH.email,
          subject: 'A link',
          text: 'Here.',
          state: 'sent',
          createdAt: by.at,
          nextTryAt: by.at,
        }),
    ],
    ['somebody signs in', (tx) => record(tx, { accountId: ACCOUNT, kind: 'person.signed-in', ...by })],
    [
      'another account posts',
      (tx) =>
        tx
          .insert(posts)
          .values({ ...own!, id: 'south', accountId: OTHER_ACCOUNT, weekId: null, networkId: '900' }),
    ],
    [
      'somebody says that a reply needs no answer',
      (tx) => tx.update(posts).set({ leftAt: by.at, leftBy: LEAD.id }).where(eq(posts.networkId, '113')),
    ],
    [
      'a story is edited, and not published',
      (tx) =>
        tx
          .update(schema.recaps)
          .set({ version: 9, generatedAt: by.at })
          .where(eq(schema.recaps.weekId, WEEK)),
    ],
  ]
  for (const [what, change] of changes) {
    await db.write(change)
    const before = made()
    for (const url of PAGES) {
      const { statusCode, headers } = await get(url, { 'if-none-match': tags.get(url)! })
      t.same([statusCode, headers.etag], [304, tags.get(url)], `${url} when ${what}`)
    }
    t.equal(made(), before, `none is made anew when ${what}`)
  }

  const before = made()
  clock.pass(3)
  for (const url of [TOLD, `${HOME}/recaps`, `${HOME}/feed.xml`, RUNNING, ANNOUNCED, HOME, `${HOME}/rota`])
    await get(url)
  t.equal(made(), before, 'nor when minutes pass')
  await db.write((tx) => tx.update(posts).set({ text: 'Ten miles.' }).where(eq(posts.networkId, '201')))
  for (const url of [TOLD, `${TOLD}/card`, `${HOME}/recaps`, `${HOME}/feed.xml`, `${HOME}/rota`, ANNOUNCED])
    await get(url)
  t.equal(made(), before, 'and what is said in the week that runs has only its own pages made')
  t.match((await get(RUNNING)).body, 'Ten miles.')
  t.match((await get(HOME)).body, 'Ten miles.')
})

t.test('whatever changes on a page is there at once', async (t) => {
  const here = await world(t)
  const { db, clock, get } = here
  const actor = (await findActor(db.read, LEAD.id, clock.now()))!
  const now = clock.now()
  const setting = (change: Partial<typeof accounts.$inferInsert>) =>
    db.write((tx) => tx.update(accounts).set(change).where(eq(accounts.id, ACCOUNT)))
  const account = async () => (await db.read.select().from(accounts).where(eq(accounts.id, ACCOUNT)))[0]!
  const cases: [
    what: string,
    pages: string[],
    change: () => Promise<unknown>,
    gone: string,
    there: string,
  ][] = [
    [
      'a chosen reply loses its consent',
      [TOLD, `${HOME}/feed.xml`],
      () => choosePost(db, { postId: 'row-111', chosen: false, actor, now }),
      'hoovered the stairs',
      '',
    ],
    [
      'a post is taken down',
      [TOLD, `${HOME}/feed.json`],
      () => db.write((tx) => tx.update(posts).set({ removedAt: now }).where(eq(posts.networkId, '120'))),
      'past the phone box',
      '',
    ],
    [
      'a name is removed',
      [TOLD],
      async () => {
        await db.write((tx) =>
          tx.insert(schema.removalRequests).values({
            id: 'asked-1',
            accountId: ACCOUNT,
            state: 'open',
            about: '@leg_club_skelby',
            words: '',
            email: '',
            askedAt: now,
          }),
        )
        const meant = { authorNetworkId: 'user-Leg Club Skelby', handle: '', looked: true }
        await forgetPerson(db, { requestId: 'asked-1', ...meant, actor, now })
      },
      'Leg Club Skelby',
      '',
    ],
    [
      'the next week gets another host',
      [HOME, `${HOME}/rota`, ANNOUNCED, RUNNING, `${HOME}/rota.ics`],
      () =>
        db.write((tx) =>
          tx.update(weekHosts).set({ name: 'Priya Nair' }).where(eq(weekHosts.id, 'host-maya')),
        ),
      'Maya Lindqvist',
      'Priya Nair',
    ],
    [
      'the week after a told one is not announced any more',
      [TOLD],
      () =>
        db.write((tx) =>
          tx
            .update(weeks)
            .set({ announcedAt: null, unannouncedAt: now, state: 'booked' })
            .where(eq(weeks.id, 'week-joseph')),
        ),
      'Joseph Adeyemi',
      '',
    ],
    [
      'somebody posts',
      [RUNNING, HOME],
      async () => {
        await db.write((tx) =>
          tx
            .update(weeks)
            .set({ announcedAt: now, unannouncedAt: null, state: 'announced' })
            .where(eq(weeks.id, 'week-joseph')),
        )
        const [one] = await db.read.select().from(posts).where(eq(posts.networkId, '201'))
        await db.write((tx) =>
          tx.insert(posts).values({ ...one!, id: 'now-3', networkId: '203', text: 'A late lift.' }),
        )
      },
      '',
      'A late lift.',
    ],
    [
      'the account says other words',
      ['/privacy'],
      async () => setting({ texts: { ...(await account()).texts, privacy: 'We keep very little.' } }),
      '',
      'We keep very little.',
    ],
    [
      'the account has another name',
      ['/', `${HOME}/feed.xml`],
      () => setting({ name: 'NorthDale and Moor' }),
      'NorthDale Health<',
      'NorthDale and Moor',
    ],
    [
      'numbers are counted anew',
      [TOLD, `${HOME}/feed.xml`],
      () =>
        db.write((tx) =>
          tx
            .update(schema.weekNumbers)
            .set({ counted: sql`replace(${schema.weekNumbers.counted}, '10000', '76543')` }),
        ),
      '10,000',
      '76,543',
    ],
    [
      'a story is taken back',
      [TOLD, `${HOME}/recaps`, HOME, `${HOME}/feed.xml`],
      async () => {
        const [recap] = await db.read.select().from(schema.recaps).where(eq(schema.recaps.weekId, WEEK))
        await withdrawRecap(db, { weekId: WEEK, version: recap!.version, actor, now })
      },
      '76,543',
      '',
    ],
    [
      'an account ends and takes its pages with it',
      ['/', '/privacy', '/sitemap.xml'],
      () =>
        db.write((tx) =>
          tx
            .update(accounts)
            .set({ retiredAt: now, pagesAfter: 'withdrawn' })
            .where(eq(accounts.id, OTHER_ACCOUNT)),
        ),
      'SouthDale',
      '',
    ],
  ]
  for (const [what, pages, change, gone, there] of cases) {
    const before = new Map<string, string>()
    for (const url of pages) {
      const { headers } = await get(url)
      before.set(url, String(headers.etag))
    }
    await change()
    for (const url of pages) {
      const { statusCode, headers, body } = await get(url, { 'if-none-match': before.get(url)! })
      t.not(statusCode, 304, `${url} when ${what}`)
      t.not(headers.etag, before.get(url), `${url} has another tag when ${what}`)
      if (gone) t.notMatch(body, gone, `${url} when ${what}`)
      if (there) t.match(body, there, `${url} when ${what}`)
    }
  }
})

t.test('no page is kept when anything changed that it reads, whatever and by whomever', async (t) => {
  const here = await world(t)
  const { db, get, made } = here
  const fresh = await neverKept(t, here)
  const differences: string[] = []
  let looks = 0
  const compare = async (what: string) => {
    for (const url of PAGES.filter((one) => !ALIKE.includes(one))) {
      const before = made()
      const { statusCode, body } = await get(url)
      looks += 1
      // What was made just now is not stale.
      if (made() > before) continue
      const wanted = await fresh(url)
      // Nonsense in a column may be more than a page can show.
      if (wanted.statusCode >= 500) continue
      if (statusCode !== wanted.statusCode || body !== wanted.body) differences.push(`${url}: ${what}`)
    }
  }
  for (const table of Object.values(schema).filter((one) => is(one, SQLiteTable)) as SQLiteTable[]) {
    const name = getTableName(table)
    if (!FOLLOWED_TABLES.includes(name)) continue
    const rows = sampleOf(name, await db.read.select({ rowid: sql<number>`rowid` }).from(table))
    const columns = Object.values(getTableColumns(table))
    for (const column of columns.filter(({ primary }) => !primary))
      for (const { rowid } of rows) {
        const row = sql`rowid = ${rowid}`
        const [kept] = await db.read
          .select({ value: sql<string | number | null>`${column}` })
          .from(table)
          .where(row)
        const set = (value: unknown) =>
          db.write((tx) =>
            tx
              .update(table)
              .set({ [keyOf(table, column)]: sql`${value}` })
              .where(row),
          )
        for (const other of othersOf(column, kept!.value)) {
          // A constraint of the database's forbids some.
          const wasSet = await set(other).then(
            () => true,
            () => false,
          )
          if (!wasSet) continue
          await compare(`${name}.${column.name} ${String(kept!.value)} -> ${String(other)}`.slice(0, 200))
          await set(kept!.value)
        }
      }
  }
  await compare('all is as it was')
  t.comment(`${looks} looks at pages`)
  t.same(differences, [])
})

t.test('no page is kept beyond the moment at which it would say something else', async (t) => {
  const here = await world(t, day('2026-11-22', '20:00'))
  const { clock, get } = here
  const fresh = await neverKept(t, here)
  const turns = [
    ...['23', '24', '27', '28'].map((date) => day(`2026-11-${date}`, '00:00')),
    day('2026-11-23', '09:00'),
    day('2026-11-27', '17:00'),
    day('2026-11-27', '17:30'),
    day('2026-11-27', '18:00'),
    day('2026-11-30', '09:00'),
    day('2026-12-04', '18:00'),
  ].toSorted((a, b) => a.getTime() - b.getTime())
  for (const turn of turns)
    for (const minutes of [-1, 0, 1]) {
      clock.moveTo(new Date(turn.getTime() + minutes * 60_000))
      for (const url of ['/', HOME, `${HOME}/rota`, RUNNING, ANNOUNCED]) {
        const { statusCode, body } = await get(url)
        const wanted = await fresh(url)
        t.ok(
          statusCode === wanted.statusCode && body === wanted.body,
          `${url} at ${clock.now().toISOString()}`,
        )
      }
    }
})

t.test('every table that a public page asks is followed', async (t) => {
  const here = await world(t)
  const asked = new Set<string>()
  const noting = <T extends object>(builder: T): T =>
    new Proxy(builder, {
      get(target, property) {
        const found: unknown = Reflect.get(target, property, target)
        if (typeof found !== 'function') return found
        return (...given: unknown[]) => {
          const [first] = given
          if (/^(from|.*Join|\$count)$/.test(String(property)) && is(first, SQLiteTable))
            asked.add(getTableName(first))
          const made: unknown = found.apply(target, given)
          return made !== null && typeof made === 'object' && 'from' in made ? noting(made) : made
        }
      },
    })
  const joining = noting(here.db.read)
  const fresh = await neverKept(t, here, joining)
  for (const url of PAGES) await fresh(url)
  t.ok(asked.has('posts') && asked.has('weeks'))
  t.same(
    [...asked].filter((name) => !FOLLOWED_TABLES.includes(name)),
    [],
  )
})

/** One row is enough, but for what is told and what goes on. */
function sampleOf<T>(name: string, rows: T[]): T[] {
  return rows.length > 1 && /^(posts|weeks)$/.test(name) ? [rows[0]!, rows.at(-1)!] : rows.slice(-1)
}

function keyOf(table: SQLiteTable, column: SQLiteColumn): string {
  return Object.entries(getTableColumns(table)).find(([, one]) => one === column)![0]
}

/** What might stand in a column instead, as SQLite keeps it. */
function othersOf(column: SQLiteColumn, kept: string | number | null): unknown[] {
  const nothing = column.notNull || kept === null ? [] : [null]
  if (column.enumValues) return [...column.enumValues.filter((one) => one !== kept).slice(0, 3), ...nothing]
  if (column.dataType === 'json') return [changedWithin(String(kept)), ...nothing]
  if (column.dataType === 'boolean') return [kept === 1 ? 0 : 1]
  if (column.getSQLType() === 'integer') return [Number(kept ?? 1_795_000_000_000) + 86_400_000, ...nothing]
  return [`${String(kept ?? '')}x`, ...nothing]
}

/** The same JSON with other words and numbers. */
function changedWithin(json: string): string {
  const other = (value: unknown): unknown => {
    if (typeof value === 'string') return value.includes(' ') ? `${value} indeed` : value
    if (typeof value === 'number') return value + 1
    if (Array.isArray(value)) return value.map(other)
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, other(one)]))
  }
  return JSON.stringify(other(JSON.parse(json === 'null' ? '{}' : json)))
}
