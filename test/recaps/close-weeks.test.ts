import { eq } from 'drizzle-orm'
import t from 'tap'
import { accounts, activity, mails, posts, recapBlocks, recaps, weeks } from '../../src/db/schema/index.ts'
import type { Database } from '../../src/db/database.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { publishedRecap, weekPageModel } from '../../src/recaps/public-page.ts'
import { findWeek } from '../../src/rota/weeks.ts'
import { saveWords } from '../../src/recaps/editor/edit-recap.ts'
import { actorWith } from '../support/bookings.ts'
import { LEAD } from '../support/story.ts'
import { testDatabase } from '../support/database.ts'
import { at, ruthsWeek, said, SAYINGS, WEEK } from '../support/told-week.ts'

const PLACE = { publicUrl: 'https://weeks.example', sandbox: false }
const close = (db: Database, now: Date) =>
  closeDueWeeks(db, { now, machineNow: now, publicUrl: PLACE.publicUrl })

const blocks = async (db: Database) =>
  (await db.read.select().from(recapBlocks).orderBy(recapBlocks.position)).map((block) => block.source)
const kinds = async (db: Database) => (await db.read.select().from(activity)).map((entry) => entry.kind)

t.test('a week closes by the clock, and its story is told from what stands', async (t) => {
  const { db } = testDatabase(t)
  await ruthsWeek(db)
  await said(db, SAYINGS)
  t.same(await close(db, at('Fri 17:59')), at('Fri 18:00'), 'says when the next one closes')
  t.equal((await findWeek(db.read, WEEK))!.state, 'announced', 'not before its end')

  t.match(await close(db, at('Fri 18:00')), new Date('2026-11-27T18:00:00Z'))
  t.equal((await findWeek(db.read, WEEK))!.state, 'closed')
  t.same(await blocks(db), [
    'opening',
    'day:2026-11-09',
    'post:101',
    'post:102',
    'post:103',
    'post:110',
    'day:2026-11-11',
    'post:120',
    'post:121',
    'day:2026-11-13',
    'post:130',
    'numbers',
    'people',
    'next',
    'join',
  ])
  const headings = (await db.read.select().from(recapBlocks)).filter((block) => block.kind === 'day')
  t.same(
    headings.map((block) => block.content.heading),
    ['Eight posts, two replies', 'Live from the flu clinic', 'One post'],
    'a day is named by its event, else counted',
  )
  t.match(await kinds(db), ['person.role-given', 'person.role-given', 'recap.generated', 'week.closed'])
  const [mail, ...none] = await db.read.select().from(mails)
  t.match(mail, { kind: 'recap-ready', to: 'helen@north.example', state: 'queued' }, 'the lead is told')
  t.match(mail!.text, `https://weeks.example/weeks/${WEEK}/recap`)
  t.same(none, [], 'only leads')
  t.equal(await publishedRecap(db.read, WEEK, PLACE), null, 'nobody published it')

  await close(db, at('Fri 18:10'))
  t.equal((await db.read.select().from(mails)).length, 1, 'once')
})

t.test('each evening closes its chapter, and keeps what people did to the ones before', async (t) => {
  const { db } = testDatabase(t)
  await ruthsWeek(db)
  await close(db, at('Tue 0:10'))
  t.same(await db.read.select().from(recaps), [], 'nothing was said yet')
  await said(db, SAYINGS.slice(0, 5))
  t.same(await close(db, at('Tue 0:15')), at('Wed 0:00'), 'says when the next day ends')
  t.same(await blocks(db), [
    'opening',
    'day:2026-11-09',
    'post:101',
    'post:102',
    'post:103',
    'numbers',
    'people',
    'next',
    'join',
  ])
  await db.write(
    async (tx) =>
      void (await tx.update(recapBlocks).set({ hidden: true }).where(eq(recapBlocks.source, 'post:102'))),
  )
  await said(db, SAYINGS.slice(5))
  await close(db, at('Wed 12:00'))
  t.ok((await blocks(db)).includes('post:110'))
  const [wednesday] = await db.read.select().from(recaps)
  await close(db, at('Wed 18:00'))
  t.same(await db.read.select().from(recaps), [wednesday], 'once a day')
  await close(db, at('Thu 0:00'))
  t.match(
    (await db.read.select().from(recapBlocks)).filter(({ hidden }) => hidden),
    [{ source: 'post:102' }],
  )
  const week = (await findWeek(db.read, WEEK))!
  t.equal(week.state, 'announced')
  const running = JSON.stringify(await weekPageModel(db.read, week, { ...PLACE, now: at('Thu 9:00') }))
  t.match(running, 'Good morning from Hallbeck')
  t.notMatch(running, 'four miles', 'what is hidden in the story is not on the running page either')
  t.same(await db.read.select().from(mails), [], 'nobody is disturbed')
})

t.test('a policy publishes at once, on the record, and again when a thread goes on', async (t) => {
  const { db } = testDatabase(t)
  await ruthsWeek(db, { policy: { publishRecap: true } })
  await said(db, SAYINGS)
  await close(db, at('Fri 18:00'))
  const [recap] = await db.read.select().from(recaps)
  t.match(recap, { state: 'published', edition: 1, publishedBy: null })
  t.ok((await kinds(db)).includes('recap.published'))
  t.match(
    (await db.read.select().from(mails)).map(({ kind, to }) => [kind, to]),
    [['recap-published', 'ruth@north.example']],
    'the host is told',
  )

  await said(db, [{ id: '131', when: 'Fri 18:03', text: 'And that is all.', answers: '130' }])
  await close(db, at('Fri 18:05'))
  t.match((await db.read.select().from(recaps))[0], { edition: 2, publishedBy: null })
  await said(db, [{ id: '140', when: 'Fri 19:00', by: 'Pete W', text: 'Thank you', answers: '130' }])
  await close(db, at('Fri 19:05'))
  t.match((await db.read.select().from(recaps))[0], { edition: 2 }, 'an unchosen reply changes nothing')
  const chosen = { chosenAt: at('Fri 20:00'), chosenBy: 'ruth' }
  await db.write(async (tx) => void (await tx.update(posts).set(chosen).where(eq(posts.networkId, '140'))))
  await close(db, at('Fri 20:05'))
  t.match((await db.read.select().from(recaps))[0], { edition: 3 }, 'a chosen one comes onto the page')
})

t.test('while somebody is at the story it waits until they have paused, with a limit', async (t) => {
  const { db } = testDatabase(t)
  await ruthsWeek(db, { policy: { publishRecap: true } })
  await said(db, SAYINGS)
  await close(db, at('Thu 9:00'))
  const lead = await actorWith(db, LEAD.email, at('Fri 17:00'))
  const story = async () => (await db.read.select().from(recaps))[0]!
  const page = async () => JSON.stringify(await publishedRecap(db.read, WEEK, PLACE))
  const type = async (when: string, text: string, was: string | null) => {
    const id = (await db.read.select().from(recapBlocks)).find(({ source }) => source === 'post:101')!.id
    const written = [
      { id: 'note', after: id, heading: '', text, ...(was ? { was: { heading: '', text: was } } : {}) },
    ]
    const { version } = await story()
    await saveWords(db, {
      weekId: WEEK,
      version,
      actor: lead,
      now: at(when),
      words: { reworded: [], written },
    })
  }
  await type('Fri 17:58', 'The kettle was', null)
  t.same(await close(db, at('Fri 18:00')), at('Fri 18:03'), 'says when they will have paused')
  t.match(await story(), { state: 'draft', edition: 0, publishBy: at('Fri 18:30') })
  t.equal(await page(), 'null', 'nobody’s half sentence')
  await type('Fri 18:02', 'The kettle was on.', 'The kettle was')
  t.same(await close(db, at('Fri 18:03')), at('Fri 18:07'))
  t.match(await story(), { edition: 0 })
  await close(db, at('Fri 18:07'))
  t.match(await story(), { state: 'published', edition: 1, publishedBy: null, publishBy: null })
  t.match(await page(), 'The kettle was on.')

  await said(db, [{ id: '131', when: 'Fri 18:30', text: 'And that is all.', answers: '130' }])
  for (const minute of [30, 34, 38, 42, 46, 50, 54, 58]) {
    const before = (await db.read.select().from(recapBlocks)).find(({ source }) => source === 'text:note')!
    await type(`Fri 18:${minute}`, `Half a sent ${minute}`, before.content.text!)
    await close(db, at(`Fri 18:${minute + 1}`))
    t.match(await story(), { edition: 1 }, `at 18:${minute}`)
  }
  t.match(await story(), { publishBy: at('Fri 19:01') }, 'of a new edition as well')
  await close(db, at('Fri 19:01'))
  t.match(await story(), { edition: 2, publishBy: null }, 'half an hour at most')
})

t.test('what waits for a pause does not go out after the brake was pulled', async (t) => {
  const { db } = testDatabase(t)
  await ruthsWeek(db, { policy: { publishRecap: true } })
  await said(db, SAYINGS)
  await close(db, at('Thu 9:00'))
  const [{ id, version }] = (await db.read.select().from(recapBlocks)).flatMap(({ id, source }) =>
    source === 'day:2026-11-09' ? [{ id, version: 1 }] : [],
  ) as [{ id: string; version: number }]
  const words = { reworded: [{ blockId: id, heading: 'Half a' }], written: [] }
  const actor = await actorWith(db, LEAD.email, at('Fri 17:00'))
  await saveWords(db, { weekId: WEEK, version, actor, now: at('Fri 17:59'), words })
  await close(db, at('Fri 18:00'))
  await db.write(async (tx) => void (await tx.update(accounts).set({ brakeAt: at('Fri 18:01') })))
  await close(db, at('Fri 18:04'))
  t.match((await db.read.select().from(recaps))[0], { edition: 0, publishBy: null })
  t.match(await db.read.select().from(mails), [{ kind: 'recap-ready', text: /The brake is on/ }])
  await db.write(async (tx) => void (await tx.update(accounts).set({ brakeAt: null })))
  await close(db, at('Fri 19:04'))
  t.match((await db.read.select().from(recaps))[0], { edition: 0 }, 'it waits for a lead')
})

t.test('while the brake is on no policy publishes, and afterwards the story waits for a lead', async (t) => {
  const { db } = testDatabase(t)
  await ruthsWeek(db, { policy: { publishRecap: true } })
  await said(db, SAYINGS)
  const brake = (brakeAt: Date | null) =>
    db.write(async (tx) => void (await tx.update(accounts).set({ brakeAt })))
  await brake(at('Fri 17:00'))
  await close(db, at('Fri 18:00'))
  const story = async () => (await db.read.select().from(recaps))[0]
  t.match(await story(), { state: 'draft', edition: 0 })
  t.match(await db.read.select().from(mails), [
    { kind: 'recap-ready', text: /The brake is on, so it did not publish itself/ },
  ])

  await said(db, [{ id: '131', when: 'Fri 18:03', text: 'And that is all.', answers: '130' }])
  await brake(null)
  await close(db, at('Fri 19:00'))
  t.match(await story(), { state: 'draft', edition: 0 }, 'nothing publishes itself late')
  t.equal((await db.read.select().from(mails)).length, 1)
})

t.test('while the brake is on no new edition of a published story comes by itself', async (t) => {
  const { db } = testDatabase(t)
  await ruthsWeek(db, { policy: { publishRecap: true } })
  await said(db, SAYINGS)
  await close(db, at('Fri 18:00'))
  await db.write(async (tx) => void (await tx.update(accounts).set({ brakeAt: at('Fri 18:01') })))
  await said(db, [{ id: '131', when: 'Fri 18:03', text: 'And that is all.', answers: '130' }])
  await close(db, at('Fri 18:05'))
  t.match((await db.read.select().from(recaps))[0], { edition: 1 })
})

t.test('an empty week closes quietly', async (t) => {
  const { db } = testDatabase(t)
  await ruthsWeek(db, { policy: { publishRecap: true } })
  await db.write(
    async (tx) => void (await tx.update(weeks).set({ kind: 'hiatus' }).where(eq(weeks.id, 'week-joseph'))),
  )
  t.equal(await close(db, new Date('2026-12-01T00:00:00Z')), null)
  t.same(
    (await db.read.select().from(weeks)).map((week) => week.state),
    ['closed', 'closed'],
  )
  t.match(await db.read.select().from(recaps), [{ state: 'draft', edition: 0 }], 'a hiatus has no story')
  t.same(await blocks(db), ['opening'])
  await said(db, [
    { id: '150', when: 'Fri 17:00', text: 'Found late', more: { seenAt: new Date('2026-12-01T01:00:00Z') } },
  ])
  await close(db, new Date('2026-12-01T02:00:00Z'))
  t.match((await db.read.select().from(recaps))[0], { edition: 1 }, 'the first thing to tell is published')
})

t.test('strangers are on the page only when somebody chose them, at any time', async (t) => {
  const { db } = testDatabase(t)
  await ruthsWeek(db, { policy: { publishRecap: true } })
  await said(db, SAYINGS)
  const everything = async (page: unknown) => JSON.stringify(page)
  const running = await everything(
    await weekPageModel(db.read, (await findWeek(db.read, WEEK))!, { ...PLACE, now: at('Fri 17:00') }),
  )
  await close(db, at('Fri 18:00'))
  const published = await everything(await publishedRecap(db.read, WEEK, PLACE))
  for (const page of [running, published]) {
    t.match(page, 'hoovered the stairs')
    t.match(page, 'whether you can get up them', 'with the answer to it')
    t.notMatch(page, 'Hill Road', 'not chosen')
    t.notMatch(page, 'Nobody Chosen')
    t.notMatch(page, 'put your address here', 'nor what was answered to it')
    t.match(page, 'from the church hall', 'a chosen mention')
  }
  t.match(published, 'And 1 other.', 'the others are counted')

  const change = (networkId: string, to: Partial<typeof posts.$inferInsert>) =>
    db.write(async (tx) => void (await tx.update(posts).set(to).where(eq(posts.networkId, networkId))))
  await change('111', { chosenAt: null })
  await change('102', { removedAt: at('Fri 19:00') })
  await change('104', { removedAt: at('Fri 19:00') })
  await change('130', { removedAt: at('Fri 19:00') })
  const after = await publishedRecap(db.read, WEEK, PLACE)
  const later = await everything(after)
  t.notMatch(later, 'hoovered the stairs', 'wanted no more')
  t.notMatch(later, 'Margaret', 'nor named, nor answered')
  t.notMatch(later, 'nine sizes', 'a part that was taken down')
  t.match(later, 'And a notebook', 'the rest of its thread stays')
  t.notMatch(later, 'four miles', 'a post that was taken down')
  t.same(
    after!.chapters.map((chapter) => chapter.id),
    ['monday', 'wednesday', 'numbers', 'people', 'join'],
    'a day without anything is no chapter',
  )
  t.match(later, 'And 2 others.')

  // Her reply stands and is chosen still, but what it hung on is gone.
  await change('111', { chosenAt: at('Fri 19:00') })
  t.match(await everything(await publishedRecap(db.read, WEEK, PLACE)), 'Margaret')
  const under = (await db.read.select().from(posts).where(eq(posts.networkId, '111')))[0]!.replyTo!
  await change(under, { removedAt: at('Fri 19:30') })
  t.notMatch(await everything(await publishedRecap(db.read, WEEK, PLACE)), 'Margaret')

  await db.write(async (tx) => void (await tx.delete(posts)))
  t.match(
    await everything(await publishedRecap(db.read, WEEK, PLACE)),
    'Good morning from Hallbeck',
    'it outlives the table',
  )
})
