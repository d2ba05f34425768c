import { readFileSync } from 'node:fs'
import { eq } from 'drizzle-orm'
import t from 'tap'
import type { Database } from '../../src/db/database.ts'
import { posts, recaps, weekNumbers, weeks } from '../../src/db/schema/index.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { generateRecap } from '../../src/recaps/story/generate-recap.ts'
import { publishEdition } from '../../src/recaps/publish-recap.ts'
import { publishedRecap } from '../../src/recaps/public-page.ts'
import { weekFacts } from '../../src/recaps/story/week-facts.ts'
import { findWeek } from '../../src/rota/weeks.ts'
import { createHandlebars } from '../../src/web/view-helpers.ts'
import { testDatabase } from '../support/database.ts'
import { ACCOUNT } from '../support/story.ts'
import { at, ruthsWeek, said, SAYINGS, WEEK } from '../support/told-week.ts'

const handlebars = createHandlebars({ assets: { path: (name) => `/assets/${name}` }, viewsDir: 'views' })
const template = handlebars.compile(readFileSync('views/recaps/page.hbs', 'utf8'))
const PLACE = { publicUrl: 'https://weeks.example', sandbox: false }
const run = (db: Database, now: Date) =>
  closeDueWeeks(db, { now, machineNow: now, publicUrl: PLACE.publicUrl })
const page = async (db: Database) =>
  template(await publishedRecap(db.read, WEEK, PLACE)).replaceAll(/\s+/g, ' ')
const days = (count: number) => new Date(at('Fri 18:00').getTime() + count * 86_400_000)
const seen = (db: Database, networkId: string, impressions: number, numbersReadAt: Date) =>
  db.write(async (tx) => {
    const numbers = { replies: 3, reposts: 1, likes: 90, quotes: 0, impressions }
    await tx.update(posts).set({ numbers, numbersReadAt }).where(eq(posts.networkId, networkId))
  })

t.test('for two weeks the numbers follow what the network tells, then they stay', async (t) => {
  const { db } = testDatabase(t)
  await ruthsWeek(db, { policy: { publishRecap: true } })
  await said(db, SAYINGS)
  t.same(await run(db, at('Fri 18:05')), new Date('2026-11-27T18:00:00Z'))
  t.match(await page(db), 'seen <a href="#what-seen-means"><strong>10,000</strong></a> times')

  const before = db.latestChangeOf([`numbers ${WEEK}`])
  await seen(db, '101', 5000, days(3))
  await run(db, days(3))
  t.not(db.latestChangeOf([`numbers ${WEEK}`]), before, 'pages that are kept are made anew')
  const third = await page(db)
  t.match(third, '<strong>14,000</strong>')
  t.match(third, /Views read <time datetime="2026-11-13T18:00:00.000Z">/, 'the oldest reading is told')
  t.notMatch(third, 'Final since')
  t.match(third, 'like the people who walk past a poster in a street')
  const closes = await run(db, days(13))
  t.ok(closes! <= days(14), 'it is woken when they become final')

  await run(db, days(14))
  await seen(db, '101', 9000, days(15))
  await db.write(async (tx) => void (await tx.delete(posts).where(eq(posts.networkId, '130'))))
  await run(db, days(15))
  const last = await page(db)
  t.match(last, '<strong>14,000</strong>', 'final')
  t.match(last, 'Final since <time datetime="2026-11-27">Friday 27 November</time>.')
  t.match(last, 'still stood')

  await db.write(async (tx) => {
    const facts = await weekFacts(tx, (await findWeek(tx, WEEK))!)
    const { recap } = await generateRecap(tx, facts, { personId: null, now: days(16) })
    await publishEdition(tx, facts, {
      recap,
      personId: null,
      now: days(16),
      machineNow: days(16),
      publicUrl: '',
    })
  })
  t.match((await db.read.select().from(recaps))[0], { edition: 2 })
  t.match(await page(db), '<strong>14,000</strong>', 'also in a new edition')
})

t.test('a week is compared with the account’s usual one, from three weeks on', async (t) => {
  const { db } = testDatabase(t)
  await ruthsWeek(db, { policy: { publishRecap: true } })
  await said(db, SAYINGS)
  const earlier = async (slot: string, numbers: object[]) =>
    db.write(async (tx) => {
      const opensAt = new Date(`${slot}T09:00:00Z`)
      const closesAt = new Date(opensAt.getTime() + 5 * 86_400_000)
      const week = { accountId: ACCOUNT, kind: 'hosted', state: 'closed', slot, opensAt, closesAt } as const
      await tx.insert(weeks).values({ ...week, id: slot, theme: '', why: '', createdAt: opensAt })
      const counted = { numbers, readAt: null, seenReadAt: null, charts: null, usual: null, finalSince: null }
      await tx
        .insert(weekNumbers)
        .values({ weekId: slot, counted: counted as never, countedAt: closesAt, finalAt: closesAt })
    })
  const week = (posts: number, replies: number) => [
    { what: 'posts', count: posts },
    { what: 'replies', count: replies },
  ]
  await earlier('2026-10-12', week(10, 100))
  await earlier('2026-10-19', week(30, 60))
  await earlier('2026-10-05', week(0, 0))
  await run(db, at('Fri 18:05'))
  t.notMatch(await page(db), 'usual week', 'two are no habit, and one without a post is none')
  await earlier('2026-10-26', week(20, 81))
  await seen(db, '101', 5000, at('Fri 19:00'))
  await run(db, at('Fri 19:00'))
  t.match(
    await page(db),
    'A usual week of this account: 20 posts, 81 replies. That is the middle of the three weeks before it.',
    'and of views there is nothing to compare with',
  )
})

t.test('where the network gives nothing, nothing is said', async (t) => {
  const { db } = testDatabase(t)
  await ruthsWeek(db, { policy: { publishRecap: true } })
  const none = { replies: null, reposts: null, likes: null, quotes: null, impressions: null }
  await said(
    db,
    SAYINGS.filter(({ by }) => by === undefined).map((one) => ({ ...one, more: { numbers: none } })),
  )
  await run(db, at('Fri 18:05'))
  const html = await page(db)
  t.match(html, 'The account posted <strong>10</strong> times.')
  t.notMatch(html, /were seen|What “seen” means|likes|<svg[^>]*aria-label="Bar chart|People who joined/)
})
