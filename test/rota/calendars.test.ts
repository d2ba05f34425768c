import { eq } from 'drizzle-orm'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { accounts, weeks } from '../../src/db/schema/index.ts'
import { cancelWeek } from '../../src/drafts/week/cancel-week.ts'
import { declineWeek } from '../../src/drafts/week/decline-week.ts'
import { moveWeek } from '../../src/drafts/week/move-week.ts'
import { agreeToSwap, askSwap } from '../../src/drafts/week/swap-weeks.ts'
import { replaceHost } from '../../src/drafts/week/replace-host.ts'
import { acceptInvitation } from '../../src/rota/invitations/accept-invitation.ts'
import { announceWeek } from '../../src/rota/announce-week.ts'
import { calendarFile, type CalendarEntry } from '../../src/rota/calendar/calendar-file.ts'
import { changeWeek } from '../../src/rota/change-week.ts'
import { sendWeekMails } from '../../src/rota/mails/send-week-mails.ts'
import { slotSpan } from '../../src/rota/slot.ts'
import { findHostedWeek } from '../../src/rota/weeks.ts'
import { calendarOf } from '../../src/today/calendar-feed.ts'
import { anyText } from '../support/any-text.ts'
import { PUBLIC_URL, testApp } from '../support/app.ts'
import { actorWith, aHost, aWeek, MEI, PRIYA, sentMails } from '../support/bookings.ts'
import { readCalendar } from '../support/calendar.ts'
import { anAccount, LEAD } from '../support/story.ts'

const FEED = '/@NorthDaleHealth/rota.ics'

/** Priya’s week of the Monday after the clocks went forward, accepted, with an event; and the feed as another program reads it. */
async function world(t: Test, { zone = 'Europe/London' } = {}) {
  const made = await testApp(t, { at: '2027-03-01T12:00:00Z' })
  const { app, db, clock } = made
  await anAccount(db, { now: clock.now() })
  await db.write(async (tx) => void (await tx.update(accounts).set({ timeZone: zone })))
  const weekId = await aWeek(db, clock.now(), {
    accepted: true,
    slot: '2027-03-29',
    theme: 'Finding the word',
    events: [
      {
        name: 'Choir; tea, and cake',
        hashtag: '#Sings',
        place: 'Day room, ward 4',
        startsAt: new Date('2027-03-30T13:00:00Z'),
        endsAt: new Date('2027-03-30T14:30:00Z'),
      },
    ],
  })
  const feed = async () => readCalendar((await app.inject(FEED)).body)
  const lead = async () => ({
    actor: await actorWith(db, LEAD.email, clock.now()),
    now: clock.now(),
    machineNow: clock.machine(),
  })
  const version = async () => (await findHostedWeek(db.read, weekId))!.week.version
  const change = async (what: Parameters<typeof changeWeek>[1]['change']) =>
    changeWeek(db, { weekId, version: await version(), change: what, ...(await lead()) })
  const cancel = async () =>
    cancelWeek(db, { weekId, version: await version(), reason: '', ...(await lead()) })
  /** What the outbox and the planned mails send now, as mail programs read their entries. */
  const mailed = async () => {
    const mailing = { numbersOf: async () => '', publicUrl: PUBLIC_URL, ...(await lead()) }
    await sendWeekMails(db, mailing)
    clock.moveMachine(1)
    return (await sentMails(db, clock)).flatMap(({ to, subject, calendar }) =>
      calendar ? [{ to, subject, ...readCalendar(calendar) }] : [],
    )
  }
  return { ...made, weekId, feed, lead, version, change, cancel, mailed }
}

t.test('whatever people write comes out of another reader as it was written', async (t) => {
  const at = new Date('2027-03-30T13:00:00Z')
  const hostile = fc.constantFrom(
    'A\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Theirs',
    '\u0000\u0007\u001b[31m',
    '"quoted";X=1:mailto:other@x.org',
    'a\\nb \\; \\,',
    '\u2028\u0085',
    ' \t folded\r\n  more',
  )
  const text = fc.oneof(anyText({ most: 400 }), hostile, fc.string({ unit: 'binary', maxLength: 90 }))
  /** Line breaks are one kind, and control characters have no place in it. */
  const kept = (typed: string) =>
    // oxlint-disable-next-line no-control-regex
    typed.replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
  fc.assert(
    fc.property(text, text, text, text, (name, summary, description, place) => {
      const entry: CalendarEntry = {
        id: 'week-1',
        sequence: 3,
        changedAt: at,
        standing: 'confirmed',
        when: { from: at, to: at },
        busy: true,
        summary,
        description,
        place,
        url: 'https://week.example/weeks/1',
      }
      const invitation = {
        method: 'request' as const,
        organiser: { name: name || 'x', email: 'week@x.org' },
        attendee: { name: name || 'x', email: 'host@x.org' },
        at,
      }
      const file = calendarFile([entry, { ...entry, id: 'week-2' }], {
        name,
        publicUrl: 'https://week.example',
        invitation,
      })
      const read = readCalendar(file)
      t.same(read.components, ['vevent', 'vevent'])
      const oneLine = kept(name)
        .replace(/[\n\\;,]+/g, ' ')
        .trim()
      t.equal(read.name, oneLine)
      t.match(read.entries[0], { summary: kept(summary), description: kept(description) })
      t.equal(read.entries[0]!.place ?? '', kept(place))
      t.equal(read.entries[1]!.attendee!.address.toLowerCase(), 'mailto:host@x.org')
    }),
    { numRuns: 120 },
  )
})

t.test('days are the account’s own, times are instants, whatever the clocks do', async (t) => {
  for (const [zone, opens] of [
    ['Europe/London', '9:00'],
    ['Pacific/Auckland', '20:00'],
    ['America/Los_Angeles', '0:00'],
  ] as const) {
    const { db, feed, weekId } = await world(t, { zone })
    if (zone !== 'Europe/London') {
      const span = slotSpan('2027-03-29', { days: [1, 2, 3, 4, 5], opens: '09:00', closes: '18:00' }, zone)
      await db.write(async (tx) => void (await tx.update(weeks).set(span).where(eq(weeks.id, weekId))))
    }
    const [week, event] = (await feed()).entries
    t.match(week, { start: '2027-03-29', end: '2027-04-03', busy: false }, `${zone} ${opens}`)
    const city = zone.split('/')[1]!.replace('_', ' ')
    t.match(week!.description, `Opens Monday 9:00, closes Friday 18:00, ${city} time.`)
    t.match(event, {
      start: '2027-03-30T13:00:00.000Z',
      end: '2027-03-30T14:30:00.000Z',
      summary: 'Choir; tea, and cake',
      place: 'Day room, ward 4',
      busy: true,
    })
  }
})

t.test('a change keeps the ids, and raises the sequence and the stamp', async (t) => {
  const { clock, feed, change, weekId } = await world(t)
  const [before, eventBefore] = (await feed()).entries
  t.match(before, { id: `week-${weekId}@127.0.0.1`, status: 'CONFIRMED', stamp: '2027-03-01T12:00:00.000Z' })
  clock.pass(90)
  await change({
    theme: 'Lost for words',
    events: [
      {
        name: 'Choir; tea, and cake',
        hashtag: '#Sings',
        place: 'Garden',
        startsAt: new Date('2027-03-31T13:00:00Z'),
        endsAt: new Date('2027-03-31T14:30:00Z'),
      },
    ],
  })
  const [after, eventAfter] = (await feed()).entries
  t.equal(after!.id, before!.id)
  t.equal(eventAfter!.id, eventBefore!.id)
  t.ok(after!.sequence > before!.sequence)
  t.ok(eventAfter!.sequence > eventBefore!.sequence)
  t.match(eventAfter, {
    start: '2027-03-31T13:00:00.000Z',
    place: 'Garden',
    stamp: '2027-03-01T13:30:00.000Z',
  })
  t.equal(after!.changed, '2027-03-01T13:30:00.000Z')
})

t.test('a cancelled week stays in the feed as cancelled for a month, and names nobody', async (t) => {
  const { app, clock, feed, cancel, db } = await world(t)
  const before = (await feed()).entries
  clock.pass(60)
  await cancel()
  const booked = await aWeek(db, clock.now(), { accepted: true, slot: '2027-03-29', who: MEI })
  const after = (await feed()).entries
  const gone = after.filter(({ status }) => status === 'CANCELLED')
  t.same(
    gone.map(({ id }) => id),
    before.map(({ id }) => id),
    'with its event',
  )
  for (const [i, entry] of gone.entries()) t.ok(entry.sequence > before[i]!.sequence)
  t.match(
    after.find(({ id }) => id.includes(booked)),
    { status: 'CONFIRMED' },
    'its place is taken by another one',
  )
  t.notMatch((await app.inject(FEED)).body, /Priya|Finding the word/)
  clock.pass(31 * 24 * 60)
  t.same(
    (await feed()).entries.map(({ id }) => id),
    [`week-${booked}@127.0.0.1`],
  )
})

t.test('a host’s calendar gets the week when they accept, and loses it when it is cancelled', async (t) => {
  const { clock, feed, cancel, mailed, weekId } = await world(t)
  const [entered] = await mailed()
  t.match(entered, {
    to: PRIYA.email,
    method: 'REQUEST',
    components: ['vevent'],
    entries: [
      {
        id: `week-${weekId}@127.0.0.1`,
        status: 'CONFIRMED',
        start: '2027-03-29',
        end: '2027-04-03',
        organiser: 'mailto:week@north.example',
        attendee: { address: `mailto:${PRIYA.email}`, name: PRIYA.name, answer: 'ACCEPTED' },
        stamp: clock.now().toISOString(),
      },
    ],
  })
  t.match(entered!.entries[0]!.description, 'Choir; tea, and cake: Tuesday 30 March, 14:00')
  t.equal((await feed()).entries[0]!.id, entered!.entries[0]!.id)
  clock.pass(60)
  await cancel()
  const [taken, ...more] = await mailed()
  t.same(more, [])
  t.match(taken, {
    to: PRIYA.email,
    method: 'CANCEL',
    entries: [{ id: entered!.entries[0]!.id, status: 'CANCELLED', start: '2027-03-29' }],
  })
  t.ok(taken!.entries[0]!.sequence > entered!.entries[0]!.sequence)
})

t.test('the entry follows the one who has the week', async (t) => {
  const { db, clock, mailed, version, lead, weekId } = await world(t)
  const [first] = await mailed()
  clock.pass(5)
  await replaceHost(db, {
    weekId,
    version: await version(),
    email: MEI.email,
    host: aHost(MEI.name),
    theme: '',
    why: '',
    invite: true,
    reason: '',
    ...(await lead()),
  })
  const told = await mailed()
  t.match(told, [{ to: PRIYA.email, method: 'CANCEL' }], 'Mei has not said yes')
  t.ok(told[0]!.entries[0]!.sequence > first!.entries[0]!.sequence)
})

t.test('who never had it in their calendar is not asked to take it out', async (t) => {
  const { clock, cancel, mailed } = await world(t)
  // Before the confirmation could go.
  await cancel()
  clock.pass(1)
  t.same(await mailed(), [])
  const other = await testApp(t, { at: '2027-03-01T12:00:00Z' })
  await anAccount(other.db, { now: other.clock.now() })
  const asked = await aWeek(other.db, other.clock.now(), { slot: '2027-04-05' })
  await sentMails(other.db, other.clock)
  await cancelWeek(other.db, {
    weekId: asked,
    version: 1,
    reason: '',
    actor: await actorWith(other.db, LEAD.email, other.clock.now()),
    now: other.clock.now(),
    machineNow: other.clock.machine(),
  })
  const sent = await sentMails(other.db, other.clock)
  t.match(sent, [{ to: PRIYA.email, calendar: null }])
})

t.test('what is taken out of the public calendar says so there, and no more than that', async (t) => {
  const { db, clock, feed, change, weekId, lead, version } = await world(t)
  const [week, choir] = (await feed()).entries
  clock.pass(60)
  const tea = { name: 'Tea', hashtag: '', place: '', startsAt: new Date('2027-03-31T13:00:00Z') }
  await change({ events: [{ ...tea, endsAt: new Date('2027-03-31T14:00:00Z') }] })
  const [still, teaEntry, gone, ...more] = (await feed()).entries
  t.same(more, [])
  t.match(still, { id: week!.id, status: 'CONFIRMED' })
  t.match(teaEntry, { summary: 'Tea', status: 'CONFIRMED' })
  t.match(gone, { id: choir!.id, status: 'CANCELLED', start: '2027-03-30T13:00:00.000Z' })
  t.ok(gone!.sequence > choir!.sequence)

  const before = await version()
  await moveWeek(db, { weekId, version: before, slot: '2027-04-12', reason: '', ...(await lead()) })
  const after = (await feed()).entries
  t.match(after[0], { id: week!.id, status: 'CANCELLED', summary: 'Cancelled: a week on @NorthDaleHealth' })
  t.ok(after[0]!.sequence > still!.sequence)
  t.notMatch(JSON.stringify(after), /Tea|Priya|Finding/, 'nobody said yes to the new days')
  const priya = await actorWith(db, PRIYA.email, clock.now())
  await acceptInvitation(db, { weekId, actor: priya, now: clock.now() })
  const again = (await feed()).entries
  t.match(again[0], { id: week!.id, status: 'CONFIRMED', start: '2027-04-12' })
  t.ok(again[0]!.sequence > after[0]!.sequence)
})

t.test(
  'an announced week that its host declines leaves the public calendar by a cancelled entry',
  async (t) => {
    const { db, clock, feed, lead } = await world(t)
    const weekId = await aWeek(db, clock.now(), { slot: '2027-04-05', who: MEI, theme: 'Quiet' })
    const seen = (await findHostedWeek(db.read, weekId))!.week.version
    await announceWeek(db, { weekId, version: seen, ...(await lead()) })
    const of = async () => (await feed()).entries.find(({ id }) => id === `week-${weekId}@127.0.0.1`)
    const announced = (await of())!
    const actor = await actorWith(db, MEI.email, clock.now())
    const times = { now: clock.now(), machineNow: clock.machine(), publicUrl: PUBLIC_URL }
    await declineWeek(db, { weekId, actor }, { words: '', ...times })
    t.match(await of(), { status: 'CANCELLED', summary: 'Cancelled: a week on @NorthDaleHealth' })
    t.ok((await of())!.sequence > announced.sequence)
    clock.pass(31 * 24 * 60)
    t.equal(await of(), undefined, 'for thirty days')
  },
)

t.test('two weeks that are swapped say in every calendar that they changed, and when', async (t) => {
  const { db, clock, feed, lead, weekId } = await world(t)
  const other = await aWeek(db, clock.now(), { accepted: true, slot: '2027-04-12', who: MEI })
  const own = async (email: string) => {
    const actor = await actorWith(db, email, clock.now())
    const entries = await calendarOf(db.read, { actor, publicUrl: PUBLIC_URL, now: clock.now() })
    return readCalendar(calendarFile(entries, { name: 'Mine', publicUrl: PUBLIC_URL })).entries
  }
  const calendars = async () => [
    await feed().then(({ entries }) => entries),
    await own(LEAD.email),
    await own(PRIYA.email),
    await own(MEI.email),
  ]
  const before = await calendars()
  clock.pass(60)
  await askSwap(db, {
    id: 'swap',
    weekId,
    otherId: other,
    reason: '',
    publicUrl: PUBLIC_URL,
    ...(await lead()),
  })
  for (const { email } of [PRIYA, MEI]) {
    clock.pass(30)
    const actor = await actorWith(db, email, clock.now())
    const at = { now: clock.now(), machineNow: clock.machine(), publicUrl: PUBLIC_URL }
    await agreeToSwap(db, { swapId: 'swap', actor, ...at })
  }
  const after = await calendars()
  for (const [index, calendar] of before.entries()) {
    t.ok(calendar.length > 0)
    for (const entry of calendar.filter(({ id }) => !id.startsWith('ready-'))) {
      const swapped = after[index]!.find(({ id }) => id === entry.id)!
      t.not(swapped.start, entry.start, entry.summary)
      t.ok(swapped.sequence > entry.sequence, `the number of ${entry.summary}`)
      t.equal(swapped.changed, clock.now().toISOString(), `when ${entry.summary} changed`)
    }
  }
})

t.test('a yes to a week that was announced before raises what its host’s calendar goes by', async (t) => {
  const { db, clock, lead } = await world(t)
  const weekId = await aWeek(db, clock.now(), { asked: true, slot: '2027-04-05', who: MEI })
  const seen = (await findHostedWeek(db.read, weekId))!.week.version
  await announceWeek(db, { weekId, version: seen, ...(await lead()) })
  const mine = async () => {
    const actor = await actorWith(db, MEI.email, clock.now())
    return (await calendarOf(db.read, { actor, publicUrl: PUBLIC_URL, now: clock.now() }))[0]!
  }
  const before = await mine()
  t.equal(before.standing, 'tentative')
  clock.pass(5)
  await acceptInvitation(db, {
    weekId,
    actor: await actorWith(db, MEI.email, clock.now()),
    now: clock.now(),
  })
  const after = await mine()
  t.equal(after.standing, 'confirmed')
  t.ok(after.sequence > before.sequence)
  t.same(after.changedAt, clock.now())
})
