import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import type { Shape } from '../../src/accounts/account.ts'
import { accounts, deliveries, drafts, posts, weeks } from '../../src/db/schema/index.ts'
import { findDraft } from '../../src/drafts/store.ts'
import { suggestedTimesOf } from '../../src/drafts/plan/suggested-times.ts'
import { testApp } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { testClock } from '../support/clock.ts'
import { scriptedNetwork } from '../support/network.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
import { said } from '../support/told-week.ts'
import { aSubmittedDraft, JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'

const NOW = '2026-11-18T10:42:00Z'
const DAYS = `/weeks/${WEEK}/days`
const SETTINGS = `/accounts/${ACCOUNT}`

/** Wednesday 18 November 2026, 10:42, in Joseph's week. */
async function world(t: Test, { shape }: { shape?: Shape } = {}) {
  const made = await testApp(t, { network: scriptedNetwork(testClock(NOW)) })
  await anAccount(made.db, { now: new Date('2026-10-01T09:00:00Z'), ...(shape ? { shape } : {}) })
  await josephsWeek(made.db)
  const joseph = await made.visitor(JOSEPH.email)
  const helen = await made.visitor(LEAD.email)
  const owen = await made.visitor(APPROVER.email)
  return { ...made, joseph, helen, owen }
}

/** The times of the plan's free places, as their links say them. */
const freeIn = (body: string) =>
  [
    ...body.matchAll(
      /data-state="free"[^>]*><time[^>]*>[^<]*<\/time> <a [^>]*aria-label="Free, write for ([^"]+)"/g,
    ),
  ].map(([, when]) => when)

t.test(
  'the plan offers the suggested times that are still free, and leads to a draft with that time',
  async (t) => {
    const { db, joseph, helen, owen } = await world(t)
    await aSubmittedDraft(db, { wishedAt: '2026-11-19T12:45:00Z' })
    const free = [
      'Wednesday 18 November, 12:30',
      'Wednesday 18 November, 17:00',
      'Thursday 19 November, 9:00',
      'Thursday 19 November, 17:00',
      'Friday 20 November, 9:00',
      'Friday 20 November, 12:30',
      'Friday 20 November, 17:00',
    ]
    const mine = await joseph.get('/today')
    t.same(freeIn(mine.body), free, 'not what has passed, nor what is nearer than 30 minutes to a draft')
    t.match(mine.body, /drafts\/new\?week&#x3D;week-joseph&amp;day&#x3D;2026-11-18&amp;time&#x3D;12:30/)
    t.same(freeIn((await helen.get(DAYS)).body), free, 'the lead sees the same of each week')
    t.same(freeIn((await owen.get(DAYS)).body), [], 'who only decides is not asked to write')
    const editor = await joseph.get(`/drafts/new?week=${WEEK}&day=2026-11-18&time=12:30`)
    t.match(editor.body, /name="day"[^>]*value="2026-11-18"/)
    t.match(editor.body, /name="time"[^>]*value="12:30"/)
  },
)

t.test(
  'a lead says which times are suggested, also for single days, and how far posts are apart',
  async (t) => {
    const { db, helen, joseph } = await world(t)
    const version = async () =>
      String((await db.read.select().from(accounts).where(eq(accounts.id, ACCOUNT)))[0]!.version)
    const save = async (fields: Record<string, string>) =>
      helen.post(SETTINGS, `${SETTINGS}/plan`, { version: await version(), gapMinutes: '30', ...fields })
    const saved = await save({ times: '17.00, 8:15 17:00', 'times-4': 'None', 'times-5': '11:00' })
    t.equal(saved.headers.location, `${SETTINGS}#plan`)
    t.same(freeIn((await joseph.get('/today')).body), [
      'Wednesday 18 November, 17:00',
      'Friday 20 November, 11:00',
    ])
    const page = (await helen.get(SETTINGS)).body
    t.match(page, /name="times"[^>]*value="8:15, 17:00"/)
    t.match(page, /name="times-4"[^>]*value="none"/)
    t.match((await helen.get('/activity')).body, 'plan of a week')
    for (const [fields, reason] of [
      [{ times: 'noon' }, /Suggested times: times with a comma between/],
      [{ 'times-2': '25:00' }, /On Tuesdays: times with a comma between/],
      [{ times: Array.from({ length: 13 }, (_, at) => `${at}:00`).join() }, /at most 12 times/],
      [{ times: '', gapMinutes: '-1' }, /a whole number from 0 to 720/],
    ] as const) {
      const refused = await save(fields)
      t.equal(refused.statusCode, 422)
      t.match(refused.body, reason)
    }
  },
)

t.test('two posts nearer to each other than the account wants are pointed out, answers aside', async (t) => {
  const { db, joseph } = await world(t)
  await aSubmittedDraft(db, { text: 'Doors at ten.', wishedAt: '2026-11-19T08:00:00Z', weekId: WEEK })
  await aSubmittedDraft(db, { text: 'Who is coming?', wishedAt: '2026-11-19T08:20:00Z' })
  await aSubmittedDraft(db, { text: 'Thank you, Shirley.', wishedAt: '2026-11-19T08:25:00Z', replyTo: '77' })
  await aSubmittedDraft(db, { text: 'Half an hour later.', wishedAt: '2026-11-19T08:50:00Z' })
  const { body } = await joseph.get('/today')
  t.same(body.match(/<small>[^<]*account wants[^<]*<\/small>/g), [
    '<small>20 minutes after the one before; the account wants 30 minutes</small>',
  ])
})

t.test('suggested times on the days on which the clocks change', (t) => {
  const suggested = { everyDay: ['01:30', '12:00'], onDays: {} }
  const zone = 'Europe/London'
  const timesOf = (opens: string, closes: string) =>
    suggestedTimesOf({
      week: { opensAt: new Date(opens), closesAt: new Date(closes) },
      zone,
      suggested,
      now: new Date(0),
    }).map((at) => at.toISOString())
  t.same(
    timesOf('2026-03-28T00:00:00Z', '2026-03-29T23:00:00Z'),
    ['2026-03-28T01:30:00.000Z', '2026-03-28T12:00:00.000Z', '2026-03-29T11:00:00.000Z'],
    'in spring there is no half past one',
  )
  t.same(
    timesOf('2026-10-24T23:00:00Z', '2026-10-25T20:00:00Z'),
    ['2026-10-25T00:30:00.000Z', '2026-10-25T12:00:00.000Z'],
    'in autumn there are two, and the first counts',
  )
  t.end()
})

t.test('a week of seven days has seven in its plan, also over the change of the clocks', async (t) => {
  const { db, clock, helen } = await world(t, {
    shape: { days: [1, 2, 3, 4, 5, 6, 7], opens: '09:00', closes: '18:00' },
  })
  clock.moveTo(new Date('2026-10-18T09:00:00Z'))
  await db.write((tx) =>
    tx
      .update(weeks)
      .set({
        slot: '2026-10-19',
        opensAt: new Date('2026-10-19T08:00:00Z'),
        closesAt: new Date('2026-10-25T18:00:00Z'),
      })
      .where(eq(weeks.id, WEEK)),
  )
  const free = freeIn((await helen.get(DAYS)).body)
  t.equal(free.filter((when) => when!.endsWith('12:30')).length, 7)
  t.equal(free.at(-1), 'Sunday 25 October, 17:00')
})

t.test('a draft is moved from the plan by who writes it, and by nobody else', async (t) => {
  const { db, joseph, helen, owen } = await world(t)
  const id = await aSubmittedDraft(db, {
    state: 'writing',
    text: 'Who is coming?',
    wishedAt: '2026-11-19T08:20:00Z',
  })
  const ours = await aSubmittedDraft(db, { by: 'helen', state: 'writing', text: 'From the desk.' })
  const page = (await joseph.get('/today')).body
  t.match(page, 'aria-label="Move: Who is coming?"')
  t.notMatch(page, 'aria-label="Move: From the desk.', 'the desk’s own stays where it is')
  t.match(page, '<option value="2026-11-19T17:00:00.000Z">Thursday 17:00</option>')
  t.match(page, 'name="to" value="2026-11-20T08:20:00.000Z"')
  t.notMatch(page, 'value="2026-11-18T08:20:00.000Z"', 'not into the past')
  t.match((await helen.get(DAYS)).body, 'aria-label="Move: From the desk.')
  t.notMatch((await owen.get(DAYS)).body, 'aria-label="Move:')

  const time = `/drafts/${id}/time`
  const moved = await joseph.post('/today', time, { version: '1', at: '2026-11-19T17:00:00.000Z' })
  t.equal(moved.headers.location, DAYS)
  const after = (await joseph.get('/today')).body
  t.match(after, '“Who is coming?” stands at Thursday 19 November, 17:00 now.')
  t.match((await owen.get('/activity')).body, 'moved “Who is coming?” to Thursday 19 November, 17:00')
  const stale = await joseph.post('/today', time, { version: '1', to: '2026-11-20T12:30:00.000Z' })
  t.equal(stale.statusCode, 409)
  t.same((await findDraft(db.read, id))?.wishedAt, new Date('2026-11-19T17:00:00Z'))
  t.equal((await owen.post(DAYS, time, { version: '2', to: '2026-11-20T12:30:00.000Z' })).statusCode, 403)
  t.equal(
    (await joseph.post('/today', `/drafts/${ours}/time`, { version: '1', day: '2026-11-20', time: '12:30' }))
      .statusCode,
    403,
  )

  const rows: [Record<string, string>, RegExp][] = [
    [{ day: '2026-11-20', time: '19:00' }, /outside the week/],
    [{ day: '2026-11-18', time: '10:00' }, /That time has passed/],
    [{ day: '2026-11-20', time: '' }, /Choose a time/],
    [{ day: '', time: '12:00' }, /Choose a day/],
  ]
  for (const [fields, reason] of rows) {
    const refused = await joseph.post(time, time, { version: '2', ...fields })
    t.equal(refused.statusCode, 422)
    t.match(refused.body, reason)
    t.match(refused.body, `value="${fields['time']}"`, 'what was typed stands there')
  }
  const nonsense = await joseph.post(time, time, { version: '2', to: 'soon' })
  t.equal(nonsense.statusCode, 422)
})

t.test('moving what is submitted or approved asks, and takes it back: it is approved anew', async (t) => {
  const { db, joseph } = await world(t)
  const submitted = await aSubmittedDraft(db, { wishedAt: '2026-11-19T12:30:00Z' })
  const { draftId: approvedId } = await approved(db, {
    parts: ['Boots off.'],
    dueAt: new Date('2026-11-19T15:00:00Z'),
    now: new Date('2026-11-17T10:00:00Z'),
    weekId: WEEK,
    hosted: true,
  })
  for (const [id, words] of [
    [submitted, 'It waits for a decision about the time that it has.'],
    [approvedId, 'It is approved for the time that it has.'],
  ] as const) {
    const time = `/drafts/${id}/time`
    const before = (await findDraft(db.read, id))!
    const asked = await joseph.post('/today', time, {
      version: String(before.version),
      to: '2026-11-20T12:30:00.000Z',
    })
    t.equal(asked.statusCode, 303)
    t.same(await findDraft(db.read, id), before, 'nothing is moved silently')
    const page = (await joseph.get(asked.headers.location!)).body
    t.match(page, words)
    t.match(page, 'name="day" type="date" value="2026-11-20"')
    const moved = await joseph.post(time, time, {
      version: String(before.version),
      'take-back': 'yes',
      day: '2026-11-20',
      time: '12:30',
    })
    t.equal(moved.headers.location, DAYS)
    t.match(await findDraft(db.read, id), {
      state: 'writing',
      submittedAt: null,
      wishedAt: new Date('2026-11-20T12:30:00Z'),
    })
    t.match((await joseph.get('/today')).body, 'submit it, so that it can be approved for that time.')
  }
  t.match(await db.read.select().from(deliveries).where(eq(deliveries.draftId, approvedId)), [
    { state: 'cancelled' },
  ])
})

t.test('an answer is said to be public once what it answers was chosen', async (t) => {
  const { db, joseph } = await world(t)
  const { draftId } = await approved(db, {
    parts: ['Number four.'],
    dueAt: new Date('2026-11-18T10:00:00Z'),
    now: new Date('2026-11-17T10:00:00Z'),
    weekId: WEEK,
    hosted: true,
  })
  const createdAt = new Date('2026-11-18T09:00:00Z')
  await said(db, [
    { id: '77', when: 'Wed 9:00', by: 'Shirley M', text: 'Which?', more: { weekId: WEEK, createdAt } },
  ])
  await db.write(async (tx) => {
    await tx.update(drafts).set({ replyTo: '77' }).where(eq(drafts.id, draftId))
    await tx
      .update(deliveries)
      .set({ state: 'posted', networkId: '88' })
      .where(eq(deliveries.draftId, draftId))
    await tx.update(weeks).set({ announcedAt: createdAt }).where(eq(weeks.id, WEEK))
  })
  t.notMatch((await joseph.get('/today')).body, 'On the public page')
  await db.write(async (tx) => {
    await tx.update(posts).set({ chosenAt: createdAt }).where(eq(posts.networkId, '77'))
  })
  t.match((await joseph.get('/today')).body, 'On the public page')
})

t.test('what went out, or is being sent, is not moved', async (t) => {
  for (const state of ['sending', 'unknown', 'posted'] as const) {
    const { db, joseph } = await world(t)
    const { draftId } = await approved(db, {
      parts: ['Boots off.'],
      dueAt: new Date('2026-11-18T10:40:00Z'),
      now: new Date('2026-11-17T10:00:00Z'),
      weekId: WEEK,
      hosted: true,
    })
    await db.write((tx) => tx.update(deliveries).set({ state }).where(eq(deliveries.draftId, draftId)))
    t.notMatch((await joseph.get('/today')).body, 'aria-label="Move:')
    const { version } = (await findDraft(db.read, draftId))!
    const answer = await joseph.post('/today', `/drafts/${draftId}/time`, {
      version: String(version),
      'take-back': 'yes',
      to: '2026-11-20T12:30:00.000Z',
    })
    t.equal(answer.statusCode, 409, state)
    t.match(await findDraft(db.read, draftId), { state: 'approved', version })
  }
})

t.test(
  'a gap has a plan too: its suggested times, what is written for it, and the days around',
  async (t) => {
    const { helen, owen, joseph } = await world(t)
    const gap = `/accounts/${ACCOUNT}/slots/2026-11-23/days`
    t.match((await helen.get('/rota')).body, `href="${gap}"`)
    const empty = (await helen.get(gap)).body
    t.match(empty, 'Nobody hosts 23 to 27 November.')
    t.match(empty, /<a href="\/rota"[^>]*aria-current[^>]*>Rota/, 'it is a page of the rota')
    t.match(empty, 'href="/rota/book?slot&#x3D;2026-11-23"')
    t.equal(freeIn(empty).length, 15, 'three a day')
    t.same(freeIn((await owen.get(gap)).body), [], 'who only decides is not asked to write')
    t.equal((await joseph.get(gap)).statusCode, 404, 'the desk’s own')
    for (const nowhere of ['2026-11-24', 'soon'])
      t.equal((await helen.get(gap.replace('2026-11-23', nowhere))).statusCode, 404, nowhere)
    t.equal((await helen.get(gap.replace('23', '16'))).headers.location, DAYS, 'a week has its own page')

    const form = `/drafts/new?account=${ACCOUNT}&slot=2026-11-23&day=2026-11-24&time=12:30`
    t.match(empty, `href="${form.replaceAll('&', '&amp;').replaceAll('=', '&#x3D;')}"`)
    const id = randomUUID()
    const words = { 'part-1-text': 'Nobody hosts this week.', when: 'time', day: '2026-11-24', time: '12:30' }
    await helen.post(form, '/drafts', { id, account: ACCOUNT, slot: '2026-11-23', ...words })
    const written = (await helen.get(gap)).body
    t.notOk(freeIn(written).includes('Tuesday 24 November, 12:30'))
    t.match(written, 'aria-label="Move: Nobody hosts this week."')

    // The account's own may also stand on a day that the shape has not.
    const page = (await helen.get(`/drafts/${id}/time`)).body
    t.match(page, 'Suggested, and free')
    t.match(page, `href="${gap}"`)
    const moved = await helen.post(gap, `/drafts/${id}/time`, {
      version: '1',
      day: '2026-11-29',
      time: '19:00',
    })
    t.equal(moved.headers.location, gap)
    const sunday = (await helen.get(gap)).body
    t.match(sunday, /data-date="2026-11-29"[^]*Nobody hosts this week\./)
    t.notMatch(sunday, 'day&#x3D;2026-11-29', 'nothing is suggested there')
  },
)

t.test('a hiatus has a plan for what the account says itself', async (t) => {
  const { db, helen } = await world(t)
  const slot = { slot: '2026-11-30', opensAt: new Date('2026-11-30T09:00:00Z') }
  const [week] = await db.read.select().from(weeks).where(eq(weeks.id, WEEK))
  const closesAt = new Date('2026-12-04T18:00:00Z')
  await db.write(async (tx) => {
    await tx.insert(weeks).values({ ...week!, ...slot, closesAt, id: 'rest', kind: 'hiatus', theme: '' })
  })
  const { statusCode, body } = await helen.get('/weeks/rest/days')
  t.equal(statusCode, 200)
  t.equal(freeIn(body).length, 15)
})

t.test('what the team writes for the evening before a week is in its plan', async (t) => {
  const { db, helen } = await world(t)
  await aSubmittedDraft(db, { by: 'helen', text: 'Joseph was here.', wishedAt: '2026-11-21T19:00:00Z' })
  t.match((await helen.get(DAYS)).body, /data-day="ahead" data-date="2026-11-21"[^]*Joseph was here\./)
})
