import { readFileSync } from 'node:fs'
import { eq } from 'drizzle-orm'
import t from 'tap'
import type { Database } from '../../src/db/database.ts'
import { posts, recapBlocks, recapEditions } from '../../src/db/schema/index.ts'
import { forgetPost } from '../../src/listening/keep.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { publishedRecap, weekPageModel } from '../../src/recaps/public-page.ts'
import { findWeek } from '../../src/rota/weeks.ts'
import { createHandlebars } from '../../src/web/view-helpers.ts'
import { testDatabase } from '../support/database.ts'
import { at, ruthsWeek, said, SAYINGS, WEEK } from '../support/told-week.ts'

const handlebars = createHandlebars({ assets: { path: (name) => `/assets/${name}` }, viewsDir: 'views' })
const template = handlebars.compile(readFileSync('views/recaps/page.hbs', 'utf8'))
const PLACE = { publicUrl: 'https://weeks.example', sandbox: false }
const LINE = 'Something stood here that its author has deleted on X, or shows to fewer people now.'

const close = (db: Database, now: Date) =>
  closeDueWeeks(db, { now, machineNow: now, publicUrl: PLACE.publicUrl })
const page = async (db: Database) => template(await publishedRecap(db.read, WEEK, PLACE))

/** As the look-up does it when X does not know them any more. */
async function vanish(db: Database, now: Date, ...ids: string[]): Promise<void> {
  await db.write(async (tx) => {
    for (const id of ids) {
      const [post] = await tx.select().from(posts).where(eq(posts.networkId, id))
      await forgetPost(tx, post!, now)
    }
  })
}

t.test('what its author deleted leaves a line, and no stored copy', async (t) => {
  const { db } = testDatabase(t)
  await ruthsWeek(db, { policy: { publishRecap: true } })
  await said(db, SAYINGS)
  await close(db, at('Fri 18:05'))
  const before = await page(db)
  for (const words of ['hoovered', 'Margaret Dunn', 'church hall', 'We never look at the stairs'])
    t.match(before, words, 'it stands there')
  t.notMatch(before, 'left-page')

  await vanish(db, at('Sat 9:00'), '111', '113', '121')
  const nothingOf = (html: string, what: string) => {
    for (const words of ['hoovered', 'argaret', 'church hall', 'Leg Club', 'leg_club', 'the stairs'])
      t.notMatch(html, words, `${what}: ${words}`)
    t.equal(
      html.split(LINE).length - 1,
      2,
      `${what}: a line each for the two that stood there, none for the third`,
    )
    t.match(html, /id="p110"[^]*<p class="left-page">/, `${what}: under what it answered`)
    t.notMatch(html, 'replies-label', `${what}: nor is it counted as an answer`)
    t.match(html, '<p class="left-page" id="p121">', `${what}: where the mention stood`)
  }
  nothingOf(await page(db), 'before the copies are swept')

  await close(db, at('Sat 9:05'))
  const editions = await db.read.select().from(recapEditions)
  t.equal(editions.length, 2, 'the policy publishes it anew')
  for (const { page: kept, edition } of editions)
    t.notMatch(JSON.stringify(kept), /hoovered|argaret|church hall|leg_club/i, `edition ${edition}`)
  nothingOf(await page(db), 'told anew')
  const counted = /8 posts, 2 replies|posts, two replies/
  t.match(before, counted)
  t.notMatch(await page(db), counted, 'they are not counted any more')
})

t.test('a running week’s page has the line as well', async (t) => {
  const { db } = testDatabase(t)
  await ruthsWeek(db)
  await said(db, SAYINGS)
  const running = async () =>
    template(
      await weekPageModel(db.read, (await findWeek(db.read, WEEK))!, { ...PLACE, now: at('Tue 9:00') }),
    )
  await vanish(db, at('Tue 8:00'), '111')
  const html = await running()
  t.match(html, LINE)
  t.notMatch(html, /argaret|the stairs/, 'nor what the account answered to it')
})

t.test('what was quoted goes with what it was quoted from', async (t) => {
  const { db } = testDatabase(t)
  await ruthsWeek(db, { policy: { publishRecap: true } })
  await said(db, SAYINGS)
  await close(db, at('Fri 18:05'))
  const [block] = await db.read.select().from(recapBlocks)
  const quote = (id: string, postId: string | null) => ({
    ...block!,
    id,
    position: 90 + id.length,
    kind: 'quote' as const,
    source: `quote:${id}`,
    content: { v: 1, text: `Words ${id}`, by: 'Somebody', postId },
  })
  await db.write(async (tx) => {
    await tx.insert(recapBlocks).values([quote('a', '111'), quote('bb', '110'), quote('ccc', null)])
  })
  await vanish(db, at('Sat 9:00'), '111')
  await close(db, at('Sat 9:05'))
  const kept = (await db.read.select().from(recapBlocks)).filter(({ kind }) => kind === 'quote')
  t.same(kept.map(({ id }) => id).toSorted(), ['bb', 'ccc'])
})
