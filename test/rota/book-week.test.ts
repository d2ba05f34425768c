import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import type { Shape } from '../../src/accounts/account.ts'
import { accounts, activity, people } from '../../src/db/schema/index.ts'
import { Conflict } from '../../src/errors.ts'
import { announceWeek } from '../../src/rota/announce-week.ts'
import { bookWeek } from '../../src/rota/book-week.ts'
import { changeWeek } from '../../src/rota/change-week.ts'
import { keepLiveWindow, liveWindowsOf } from '../../src/rota/live-windows.ts'
import { setHiatus } from '../../src/rota/planner/set-hiatus.ts'
import { findCurrentHost, findHostedWeek, listEvents, listWeeks } from '../../src/rota/weeks.ts'
import { actorWith, aHost, aWeek, bookingOf, MEI, PRIYA, sentMails } from '../support/bookings.ts'
import { testClock } from '../support/clock.ts'
import { testDatabase } from '../support/database.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'

async function rota(t: Test, { shape }: { shape?: Shape } = {}) {
  const { db } = testDatabase(t)
  const clock = testClock('2026-11-18T10:42:00Z')
  await anAccount(db, { now: clock.now(), ...(shape ? { shape } : {}) })
  const book = async (more: Parameters<typeof bookingOf>[2] = {}) =>
    bookWeek(db, await bookingOf(db, clock.now(), more))
  return { db, clock, now: clock.now(), book }
}

t.test('a booked week has its span, its host, its events, and one line in the record', async (t) => {
  const { db, clock, now } = await rota(t)
  const choir = {
    name: 'Choir',
    hashtag: '#Sings',
    place: 'Day room',
    startsAt: new Date('2026-11-26T14:00:00Z'),
    endsAt: new Date('2026-11-26T15:30:00Z'),
  }
  const host = aHost('Priya Nair', { signOff: '^PN', job: 'speech therapist' })
  const weekId = await aWeek(db, now, { host, theme: 'Finding the word', events: [choir], invite: false })
  const found = (await findHostedWeek(db.read, weekId))!
  t.match(found.week, {
    slot: '2026-11-23',
    state: 'booked',
    opensAt: new Date('2026-11-23T09:00:00Z'),
    closesAt: new Date('2026-11-27T18:00:00Z'),
  })
  t.match(found.host, { ...host, invitedAt: null })
  t.match(await listEvents(db.read, weekId), [choir])
  t.same(await sentMails(db, clock), [], 'nobody hears of it')
  const kinds = (await db.read.select().from(activity).where(eq(activity.weekId, weekId))).map(
    ({ kind }) => kind,
  )
  t.same(kinds, ['week.booked'])
})

t.test('an event keeps its id while it is changed, since calendars know it by that', async (t) => {
  const { db, now } = await rota(t)
  const at = (time: string) => new Date(`2026-11-26T${time}:00Z`)
  const choir = { name: 'Choir', hashtag: '', place: '', startsAt: at('14:00'), endsAt: at('15:30') }
  const round = { name: 'Ward round', hashtag: '', place: '', startsAt: at('09:00'), endsAt: at('10:00') }
  const weekId = await aWeek(db, now, { events: [round, choir] })
  const ids = async () => (await listEvents(db.read, weekId)).map(({ id }) => id)
  const before = await ids()
  const actor = await actorWith(db, LEAD.email, now)
  const events = [
    { ...round, startsAt: at('08:00') },
    { ...choir, name: 'The choir' },
    { ...choir, name: 'Tea', startsAt: at('16:00'), endsAt: at('17:00') },
  ]
  await changeWeek(db, { weekId, version: 1, change: { theme: 'Songs', events }, actor, now })
  t.same((await ids()).slice(0, 2), before)
  t.equal(new Set(await ids()).size, 3)
})

t.test('of events that are called alike each keeps its own id and its live hours', async (t) => {
  const { db, now } = await rota(t)
  const at = (time: string) => new Date(`2026-11-26T${time}:00Z`)
  const chat = (from: string, to: string) => ({
    name: 'Live chat',
    hashtag: '',
    place: '',
    startsAt: at(from),
    endsAt: at(to),
  })
  const [early, late] = [chat('09:00', '10:00'), chat('15:00', '16:00')]
  const weekId = await aWeek(db, now, { events: [early, late] })
  const [, kept] = await listEvents(db.read, weekId)
  const hours = { startsAt: at('15:00'), endsAt: at('17:30'), aside: true }
  await db.write((tx) => keepLiveWindow(tx, { eventId: kept!.id, weekId, version: 0 }, hours))
  const actor = await actorWith(db, LEAD.email, now)
  const change = async (version: number, events: (typeof early)[]) =>
    changeWeek(db, { weekId, version, change: { events }, actor, now })
  await change(1, [late])
  t.match(await liveWindowsOf(db.read, weekId), [{ event: { id: kept!.id }, ...hours }])
  const tea = { ...chat('15:00', '15:30'), name: 'Tea' }
  await change(2, [tea, chat('16:00', '17:00')])
  const moved = { startsAt: at('16:00'), endsAt: at('18:30'), aside: true }
  t.match(
    await liveWindowsOf(db.read, weekId),
    [
      { event: { name: 'Tea' }, aside: false },
      { event: { id: kept!.id }, ...moved },
    ],
    'another one that comes at its old time does not take them',
  )
})

t.test('a person who is known is not made again', async (t) => {
  const { db, now } = await rota(t)
  await aWeek(db, now)
  await aWeek(db, now, { slot: '2026-12-07', email: ' PRIYA@north.example ' })
  t.equal((await db.read.select().from(people).where(eq(people.email, PRIYA.email))).length, 1)
})

t.test('two bookings of one slot at the same instant: one, and the other is told who has it', async (t) => {
  const { db, book } = await rota(t)
  const results = await Promise.allSettled([book({ who: PRIYA }), book({ who: MEI })])
  t.same(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  )
  const { reason } = results[1] as PromiseRejectedResult
  t.ok(reason instanceof Conflict)
  t.match(String(reason), 'Priya Nair has 23 to 27 November')
  t.equal((await listWeeks(db.read, ACCOUNT, '2026-11-23', '2026-11-23')).length, 1)
  t.notOk(
    (await db.read.select().from(people)).some(({ email }) => email === MEI.email),
    'nothing of the other stays',
  )
})

t.test('one form sent twice books once', async (t) => {
  const { db, clock, now } = await rota(t)
  const booking = await bookingOf(db, now)
  await Promise.all([bookWeek(db, booking), bookWeek(db, booking)])
  t.equal((await sentMails(db, clock)).length, 1)
})

t.test('what can’t be booked', async (t) => {
  const { db, book, now } = await rota(t)
  const noWeek = { message: /No week begins on that day: those of @NorthDaleHealth begin on a Monday/ }
  await t.rejects(book({ slot: '2026-11-24' }), noWeek)
  await t.rejects(book({ slot: '2026-02-30' }), noWeek)
  await t.rejects(book({ slot: '2026-11-09' }), { message: /This week is over/ })
  await book({ slot: '2026-11-16' })
  t.pass('the week that runs may still be given to somebody')
  const lost = aHost('Priya Nair', { portraitHash: 'a'.repeat(64) })
  await t.rejects(book({ slot: '2026-12-07', host: lost }), { message: /portrait was lost on the way/ })
  const approver = await actorWith(db, APPROVER.email, now)
  await t.rejects(book({ actor: approver }), { message: 'Only a lead can change the rota.' })
  const nothing = { message: /nothing here/ }
  await t.rejects(
    book({ actor: await actorWith(db, PRIYA.email, now) }),
    nothing,
    'a host is not at the desk',
  )
  await t.rejects(book({ accountId: 'another' }), nothing)
})

t.test('weeks keep their span when the account’s shape changes, and nothing overlaps them', async (t) => {
  const { db, book } = await rota(t)
  await book()
  const shape = { days: [3, 4, 5, 6, 7], opens: '09:00', closes: '18:00' }
  await db.write(
    async (tx) => void (await tx.update(accounts).set({ shape }).where(eq(accounts.id, ACCOUNT))),
  )
  await t.rejects(book({ slot: '2026-11-25', who: MEI }), { message: /Priya Nair has 23 to 27 November/ })
  await book({ slot: '2026-12-02', who: MEI })
  const [priyas, meis] = await listWeeks(db.read, ACCOUNT, '2026-11-01', '2026-12-31')
  t.equal(priyas!.week.closesAt.toISOString(), '2026-11-27T18:00:00.000Z')
  t.equal(meis!.week.closesAt.toISOString(), '2026-12-06T18:00:00.000Z')
})

t.test('a seven-day week closes by the clocks of its last day', async (t) => {
  const shape = { days: [1, 2, 3, 4, 5, 6, 7], opens: '09:00', closes: '18:00' }
  const { db, book } = await rota(t, { shape })
  await book({ slot: '2027-03-22' })
  const [found] = await listWeeks(db.read, ACCOUNT, '2027-03-22', '2027-03-22')
  t.equal(found!.week.opensAt.toISOString(), '2027-03-22T09:00:00.000Z')
  t.equal(found!.week.closesAt.toISOString(), '2027-03-28T17:00:00.000Z', 'summer time has begun that night')
})

t.test('a hiatus takes the slot, and has no host', async (t) => {
  const { db, book, now } = await rota(t)
  const actor = await actorWith(db, LEAD.email, now)
  const hiatus = {
    weekId: randomUUID(),
    accountId: ACCOUNT,
    slot: '2026-12-21',
    reason: 'Christmas',
    actor,
    now,
  }
  await setHiatus(db, hiatus)
  await t.rejects(book({ slot: '2026-12-21' }), {
    message: /21 to 25 December is a hiatus now \(Christmas\)/,
  })
  t.equal(await findCurrentHost(db.read, hiatus.weekId), undefined)
  await t.rejects(announceWeek(db, { weekId: hiatus.weekId, version: 1, actor, now }), {
    message: /nobody to announce/,
  })
})

t.test('a lead announces without an answer', async (t) => {
  const { db, now } = await rota(t)
  const weekId = await aWeek(db, now)
  const actor = await actorWith(db, LEAD.email, now)
  const asApprover = await actorWith(db, APPROVER.email, now)
  await t.rejects(announceWeek(db, { weekId, version: 1, actor: asApprover, now }), {
    message: 'Only a lead can change the rota.',
  })
  await announceWeek(db, { weekId, version: 1, actor, now })
  t.match((await findHostedWeek(db.read, weekId))!.week, { state: 'announced', announcedAt: now, version: 2 })
  await t.rejects(
    announceWeek(db, { weekId, version: 1, actor, now }),
    { message: /Somebody changed this week/ },
    'the form is old',
  )
  await t.rejects(
    announceWeek(db, { weekId, version: 2, actor, now }),
    { message: /Somebody changed/ },
    'it is announced',
  )
})
