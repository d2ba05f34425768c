import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t from 'tap'
import type { LivePolicy } from '../../src/accounts/account.ts'
import type { Database } from '../../src/db/database.ts'
import {
  accounts,
  activity,
  decisions,
  drafts,
  liveWindows,
  mails,
  weeks,
} from '../../src/db/schema/index.ts'
import { changeLiveWindow, type WindowChange } from '../../src/drafts/live/change-live-window.ts'
import { canonicalJson, fingerprint } from '../../src/drafts/freeze.ts'
import { withHashtag } from '../../src/drafts/live/live.ts'
import { postLive, type LivePress } from '../../src/drafts/live/post-live.ts'
import { deliveriesOfDrafts } from '../../src/publishing/deliveries.ts'
import { changeWeek } from '../../src/rota/change-week.ts'
import { liveWindowsOf } from '../../src/rota/live-windows.ts'
import { approved } from '../support/approved.ts'
import { actorWith } from '../support/bookings.ts'
import { testDatabase } from '../support/database.ts'
import { anAccount, APPROVER, LEAD } from '../support/story.ts'
import { anOpenDay, JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'

const at = (time: string, day = '2026-11-18') => new Date(`${day}T${time}Z`)
const OPEN = at('10:42:00')
type Tap = Parameters<typeof testDatabase>[0]

async function aLiveDesk(
  t: Tap,
  policy: { live?: LivePolicy; liveStopMinutes?: number; lateAfterMinutes?: number } = {},
) {
  const { db } = testDatabase(t)
  await anAccount(db, { now: OPEN, policy })
  await josephsWeek(db)
  await anOpenDay(db)
  return db
}

async function press(db: Database, now: Date, more: Partial<LivePress> = {}) {
  return postLive(db, {
    id: randomUUID(),
    weekId: WEEK,
    text: 'Doors are open.',
    images: [],
    hashtag: true,
    pressedAt: null,
    actor: await actorWith(db, JOSEPH.email, now),
    now,
    machineNow: now,
    publicUrl: 'https://week.example',
    ...more,
  })
}

const ends = (result: Awaited<ReturnType<typeof press>>) => ({
  ruling: result.ruling,
  state: result.draft.state,
  due: result.decided?.dueAt.toISOString().slice(11, 19) ?? null,
})

const PRESSES: {
  name: string
  live: LivePolicy
  now: string
  pressed?: string
  text?: string
  expect: { ruling: string; state: string; due: string | null }
}[] = [
  // window × policy × time
  ...(['at-once', 'delay', 'lane'] as const).flatMap((live) => [
    {
      name: 'before it is open waits like any other',
      live,
      now: '09:59:59',
      expect: { ruling: 'ordinary', state: 'submitted', due: null },
    },
    {
      name: 'at its end waits like any other',
      live,
      now: '13:00:00',
      expect: { ruling: 'ordinary', state: 'submitted', due: null },
    },
    {
      name: 'with an NHS number waits for somebody',
      live,
      now: '10:42:00',
      text: 'Bed 4, 943 476 5919.',
      expect: { ruling: 'lane', state: 'submitted', due: null },
    },
    {
      name: 'of before it was open, arriving while it is, waits like any other',
      live,
      now: '10:05:00',
      pressed: '09:50:00',
      expect: { ruling: 'ordinary', state: 'submitted', due: null },
    },
  ]),
  {
    name: 'goes at its instant',
    live: 'at-once',
    now: '10:00:00',
    expect: { ruling: 'at-once', state: 'approved', due: '10:00:00' },
  },
  {
    name: 'goes after the delay',
    live: 'delay',
    now: '10:00:00',
    expect: { ruling: 'delay', state: 'approved', due: '10:02:00' },
  },
  {
    name: 'waits in the lane',
    live: 'lane',
    now: '12:59:59',
    expect: { ruling: 'lane', state: 'submitted', due: null },
  },
  {
    name: 'of a phone without a connection counts from the press',
    live: 'at-once',
    now: '13:10:00',
    pressed: '12:58:00',
    expect: { ruling: 'at-once', state: 'approved', due: '12:58:00' },
  },
  {
    name: 'of a phone without a connection can be stopped from its arrival on',
    live: 'delay',
    now: '13:10:00',
    pressed: '12:58:00',
    expect: { ruling: 'delay', state: 'approved', due: '13:12:00' },
  },
  {
    name: 'that would be late after the delay is late from its press',
    live: 'delay',
    now: '11:29:00',
    pressed: '11:00:00',
    expect: { ruling: 'delay', state: 'approved', due: '11:00:00' },
  },
  {
    name: 'of a phone whose clock is ahead was pressed now',
    live: 'at-once',
    now: '10:42:00',
    pressed: '12:30:00',
    expect: { ruling: 'at-once', state: 'approved', due: '10:42:00' },
  },
]

for (const { name, live, now, pressed, text, expect } of PRESSES) {
  t.test(`${live}: a press ${name}`, async (t) => {
    const db = await aLiveDesk(t, { live })
    const result = await press(db, at(now), {
      ...(pressed ? { pressedAt: at(pressed) } : {}),
      ...(text ? { text } : {}),
    })
    t.same(ends(result), expect)
    const queued = await deliveriesOfDrafts(db.read, [result.draft.id])
    t.equal(queued.length, expect.state === 'approved' ? 1 : 0)
  })
}

t.test('the policy decides with a row of its own, frozen like an approval', async (t) => {
  const db = await aLiveDesk(t, { live: 'at-once' })
  const { draft } = await press(db, OPEN, { text: ' Doors.\nCome in. ' })
  const [decision] = await db.read.select().from(decisions)
  const frozen = {
    account: draft.accountId,
    networkUser: null,
    parts: [{ text: 'Doors.\nCome in. #NorthDaleOpen ^JA', images: [] }],
    replyTo: null,
    at: null,
  }
  t.match(decision, { kind: 'approved', personId: null, ground: 'live', fingerprint: fingerprint(frozen) })
  t.equal(decision!.frozen, canonicalJson(frozen))
  const [delivery] = await deliveriesOfDrafts(db.read, [draft.id])
  t.match(delivery, { state: 'waiting', payload: { text: 'Doors.\nCome in. #NorthDaleOpen ^JA' } })
  t.match(
    (await db.read.select().from(activity)).filter((one) => one.draftId === draft.id),
    [
      { kind: 'draft.submitted', personId: JOSEPH.id, details: { live: true } },
      { kind: 'draft.approved', personId: null, details: { ground: 'live' } },
    ],
  )
  t.same(await db.read.select().from(mails), [], 'nobody is asked, so nobody is mailed')
})

t.test('who decides is told in one mail of what comes within some seconds', async (t) => {
  const db = await aLiveDesk(t, { live: 'lane' })
  await press(db, OPEN, { text: 'One.' })
  await press(db, at('10:42:05'), { text: 'Two.' })
  const told = await db.read.select().from(mails)
  t.same(told.map(({ to }) => to).toSorted(), [LEAD.email, APPROVER.email].toSorted())
  t.match(told[0]!.text, /“One\. #NorthDaleOpen”[^]*“Two\. #NorthDaleOpen”[^]*\/weeks\/week-joseph\/live/)
})

t.test('what was to go at once and a check keeps back is told to who decides', async (t) => {
  const db = await aLiveDesk(t, { live: 'at-once' })
  const checkRules = { levels: { shouting: 'answer' as const }, secondApprover: false }
  await db.write(async (tx) => void (await tx.update(accounts).set({ checkRules })))
  const { decided } = await press(db, OPEN, { text: 'COME AND SEE THE KITCHEN, EVERYBODY, IT IS OPEN NOW!' })
  t.equal(decided, null)
  const told = await db.read.select().from(mails)
  t.same(told.map(({ to }) => to).toSorted(), [LEAD.email, APPROVER.email].toSorted())
  t.match(told[0]!.text, 'It waits for somebody to approve it.')
})

t.test('sent twice it posts once, and under the same key nothing else', async (t) => {
  const db = await aLiveDesk(t, { live: 'at-once' })
  const id = randomUUID()
  await press(db, OPEN, { id })
  await press(db, at('10:45:00'), { id })
  t.equal((await deliveriesOfDrafts(db.read, [id])).length, 1)
  t.equal(await db.read.$count(drafts), 1)
  await t.rejects(press(db, OPEN, { id, text: 'Other words.' }), /posted already/)
  await t.rejects(press(db, OPEN), /on their way already/, 'nor the same words under another key')
})

t.test('while the brake is on it is held', async (t) => {
  const db = await aLiveDesk(t, { live: 'at-once' })
  await db.write((tx) => tx.update(accounts).set({ brakeAt: at('10:30:00') }))
  const { draft, decided } = await press(db, OPEN)
  t.equal(decided!.held, true)
  t.match(await deliveriesOfDrafts(db.read, [draft.id]), [{ state: 'held', heldReason: 'brake' }])
})

t.test('only the week’s host posts live, and only while the week is open', async (t) => {
  const db = await aLiveDesk(t, { live: 'at-once' })
  for (const [email, why] of [
    [LEAD.email, /for the week’s host/],
    [APPROVER.email, /Writing is for the week’s host/],
  ] as const)
    await t.rejects(press(db, OPEN, { actor: await actorWith(db, email, OPEN) }), why)
  await t.rejects(press(db, at('08:59:00', '2026-11-16')), /has not opened yet/)
  await t.rejects(press(db, at('18:00:00', '2026-11-20')), /week is over/)
  t.equal(await db.read.$count(drafts), 0)
})

t.test('what X would refuse is not taken, and nothing of it stays', async (t) => {
  const db = await aLiveDesk(t, { live: 'at-once' })
  await t.rejects(press(db, OPEN, { text: ' ' }), /nothing here yet|is empty/)
  await t.rejects(press(db, OPEN, { text: 'x'.repeat(270) }), /too long/)
  await t.rejects(press(db, OPEN, { images: [{ hash: 'lost', alt: 'A bed' }] }), /not here any more/)
  t.equal(await db.read.$count(drafts), 0)
})

t.test('the hashtag is put at the end once', async (t) => {
  for (const [text, expected] of [
    ['Doors.', 'Doors. #NorthDaleOpen'],
    ['#northdaleopen is on!', '#northdaleopen is on!'],
    ['Nearly #NorthDaleOpening', 'Nearly #NorthDaleOpening #NorthDaleOpen'],
    ['', '#NorthDaleOpen'],
  ] as const)
    t.equal(withHashtag(text, '#NorthDaleOpen'), expected)
  t.equal(withHashtag('Doors.', ''), 'Doors.')
})

type Who = 'host' | 'approver' | 'lead'
const EMAILS: Record<Who, string> = { host: JOSEPH.email, approver: APPROVER.email, lead: LEAD.email }
const times = (from: string, to: string): WindowChange => ({
  kind: 'times',
  startsAt: at(from),
  endsAt: at(to),
})
const longer: WindowChange = { kind: 'extend', minutes: 60 }

const CHANGES: { who: Who; now: string; day?: string; change: WindowChange; expect: string | RegExp }[] = [
  { who: 'lead', now: '08:00:00', change: times('09:30:00', '14:00:00'), expect: '09:30 14:00' },
  { who: 'lead', now: '10:30:00', change: longer, expect: '10:00 14:00' },
  { who: 'lead', now: '10:30:00', change: { kind: 'end' }, expect: '10:00 10:30' },
  { who: 'lead', now: '08:00:00', change: { kind: 'end' }, expect: /not open at this moment/ },
  { who: 'lead', now: '08:00:00', change: times('14:00:00', '13:00:00'), expect: /before the beginning/ },
  {
    who: 'lead',
    now: '08:00:00',
    change: { kind: 'times', startsAt: at('10:00:00'), endsAt: at('19:00:00', '2026-11-20') },
    expect: /after the week’s end/,
  },
  {
    who: 'lead',
    now: '08:00:00',
    change: { kind: 'times', startsAt: at('10:00:00', '2026-11-15'), endsAt: at('13:00:00') },
    expect: /outside the week/,
  },
  { who: 'host', now: '12:30:00', change: longer, expect: '10:00 14:00' },
  { who: 'host', now: '15:00:00', change: longer, expect: '10:00 16:00' },
  { who: 'host', now: '17:30:00', day: '2026-11-20', change: longer, expect: '10:00 18:00' },
  { who: 'host', now: '10:30:00', change: { kind: 'end' }, expect: '10:00 10:30' },
  { who: 'host', now: '09:30:00', change: longer, expect: /has not opened yet/ },
  { who: 'host', now: '10:30:00', change: times('09:30:00', '14:00:00'), expect: /Only a lead/ },
  { who: 'host', now: '18:00:00', day: '2026-11-20', change: longer, expect: /over/ },
  { who: 'approver', now: '10:30:00', change: longer, expect: /leads to say/ },
]

for (const { who, now, day, change, expect } of CHANGES) {
  t.test(`at ${day ?? ''} ${now} a ${who}: ${change.kind}, ${String(expect)}`, async (t) => {
    const db = await aLiveDesk(t)
    const then = at(now, day)
    const changing = changeLiveWindow(db, {
      weekId: WEEK,
      eventId: 'open-day',
      version: 0,
      change,
      actor: await actorWith(db, EMAILS[who], then),
      now: then,
    })
    if (typeof expect !== 'string') {
      await t.rejects(changing, { message: expect })
      t.equal(await db.read.$count(liveWindows), 0)
      return
    }
    await changing
    const [window] = await liveWindowsOf(db.read, WEEK)
    const time = (instant: Date) => instant.toISOString().slice(11, 16)
    t.equal(`${time(window!.startsAt)} ${time(window!.endsAt)}`, expect)
    t.equal(time(window!.event.endsAt), '13:00', 'its public times stay')
    const recorded = await db.read.select().from(activity).where(eq(activity.kind, 'live.changed'))
    t.match(recorded, [{ personId: (await actorWith(db, EMAILS[who], then)).personId }])
  })
}

t.test('its times outlive a change of the week, and two changes at once are one', async (t) => {
  const db = await aLiveDesk(t)
  const actor = await actorWith(db, LEAD.email, OPEN)
  const changed = { weekId: WEEK, eventId: 'open-day', version: 0, actor, now: OPEN }
  await changeLiveWindow(db, { ...changed, change: longer })
  await t.rejects(changeLiveWindow(db, { ...changed, change: longer }), /Somebody changed/)
  const [week] = await db.read.select().from(weeks).where(eq(weeks.id, WEEK))
  const open = {
    name: 'Open house',
    hashtag: '',
    place: '',
    startsAt: at('10:00:00'),
    endsAt: at('13:00:00'),
  }
  await changeWeek(db, { weekId: WEEK, version: week!.version, change: { events: [open] }, actor, now: OPEN })
  t.match(await liveWindowsOf(db.read, WEEK), [
    { event: { name: 'Open house' }, endsAt: at('14:00:00'), version: 1 },
  ])
})

t.test('the week’s scheduled posts step aside while an event is live, and come back', async (t) => {
  const db = await aLiveDesk(t, { live: 'at-once' })
  const scheduled = (time: string, words: string) =>
    approved(db, { parts: [words, `${words} More.`], dueAt: at(time), now: OPEN, weekId: WEEK, hosted: true })
  const before = await scheduled('09:59:00', 'Before.')
  const during = await scheduled('12:00:00', 'During.')
  const after = await scheduled('13:00:00', 'After.')
  const host = await actorWith(db, JOSEPH.email, OPEN)
  const change = async (version: number, change: WindowChange, now: Date) =>
    changeLiveWindow(db, { weekId: WEEK, eventId: 'open-day', version, change, actor: host, now })
  const states = async (...made: { draftId: string }[]) =>
    (
      await Promise.all(
        made.map(async ({ draftId }) =>
          (await deliveriesOfDrafts(db.read, [draftId])).map((one) => one.heldReason ?? one.state).join(' '),
        ),
      )
    ).join(', ')
  await change(0, { kind: 'aside' }, OPEN)
  t.equal(await states(before, during, after), 'waiting waiting, live live, waiting waiting')
  const live = await press(db, OPEN)
  t.equal(await states({ draftId: live.draft.id }), 'waiting', 'what is posted live goes on')
  const late = await scheduled('12:30:00', 'Approved meanwhile.')
  t.equal(await states(late), 'live live')
  await change(1, { kind: 'extend', minutes: 30 }, OPEN)
  t.equal(await states(after), 'live live', 'it is live for longer')
  await change(2, { kind: 'end' }, at('12:40:00'))
  t.equal(
    await states(during, late, after),
    'live live, waiting waiting, waiting waiting',
    'what can still keep its time goes; what is too late asks people',
  )
  t.match((await db.read.select().from(activity)).filter(({ kind }) => kind === 'live.changed')[0], {
    personId: JOSEPH.id,
    details: { aside: true },
  })
})
