import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import type { Shape } from '../../src/accounts/account.ts'
import { accounts, weeks } from '../../src/db/schema/index.ts'
import { freeTimes } from '../../src/drafts/suggested-times.ts'
import { testApp } from '../support/app.ts'
import { testClock } from '../support/clock.ts'
import { scriptedNetwork } from '../support/network.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
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
    ...body.matchAll(/data-state="free"><time[^>]*>[^<]*<\/time> <a [^>]*aria-label="Write for ([^"]+)"/g),
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
    freeTimes(
      {
        week: { opensAt: new Date(opens), closesAt: new Date(closes) },
        zone,
        suggested,
        gapMinutes: 30,
      },
      [],
      new Date(0),
    ).map((at) => at.toISOString())
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
