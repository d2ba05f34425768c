import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { deliveries, drafts, posts, weeks } from '../../src/db/schema/index.ts'
import { dropOut } from '../../src/drafts/week/drop-out.ts'
import { calendarOf } from '../../src/today/calendar-feed.ts'
import { acceptInvitation } from '../../src/rota/invitations/accept-invitation.ts'
import { letOpen } from '../../src/rota/readiness/let-open.ts'
import { tendOpenings } from '../../src/rota/readiness/tend-openings.ts'
import { sendWeekMails } from '../../src/rota/mails/send-week-mails.ts'
import { addStandby, callIn } from '../../src/rota/planner/standby.ts'
import { hostingInNumbers } from '../../src/recaps/certificate/hosting-numbers.ts'
import { findHostedWeek, findWeekOfSlot } from '../../src/rota/weeks.ts'
import { approved } from '../support/approved.ts'
import { PUBLIC_URL, testApp } from '../support/app.ts'
import { actorWith, aWeek, MEI, PRIYA, sentMails } from '../support/bookings.ts'
import { said } from '../support/told-week.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'

/** Sunday evening before Priya’s week, 21:40, with something of hers approved; Mei is on standby, and hosted in October. */
async function sundayNight(t: Test) {
  const world = await testApp(t, { at: '2026-10-01T10:00:00Z' })
  const { db, clock } = world
  await anAccount(db, { now: clock.now() })
  await aWeek(db, clock.now(), { slot: '2026-10-05', who: MEI, accepted: true })
  const weekId = await aWeek(db, clock.now(), { accepted: true, asked: true, theme: 'Finding the word' })
  const hers = await approved(db, {
    dueAt: new Date('2026-11-23T10:00:00Z'),
    now: clock.now(),
    weekId,
    hosted: true,
    parts: ['Good morning.'],
  })
  clock.moveTo(new Date('2026-11-22T21:40:00Z'))
  const actor = await actorWith(db, LEAD.email, clock.now())
  await addStandby(db, {
    id: randomUUID(),
    accountId: ACCOUNT,
    ...MEI,
    job: 'Dietitian',
    organisation: '',
    note: 'Any week',
    actor,
    publicUrl: PUBLIC_URL,
    now: clock.now(),
    machineNow: clock.machine(),
  })
  await sentMails(db, clock)
  const helen = await world.visitor(LEAD.email)
  const path = `/weeks/${weekId}/drop-out`
  const press = async (instead: string) => {
    const { body } = await helen.get(path)
    const value = instead === 'standby' ? /value="(standby-[^"]+)"/.exec(body)![1]! : instead
    const version = /name="version" value="(\d+)"/.exec(body)![1]!
    return helen.post(path, path, { version, reason: 'Flu.', instead: value })
  }
  return { ...world, weekId, hers, helen, press, path, actor }
}

t.test('somebody on standby is called in, and has the week once they accept', async (t) => {
  const { db, clock, weekId, hers, helen, press, path, visitor } = await sundayNight(t)
  const { body } = await helen.get(path)
  for (const piece of [
    'Priya Nair can’t host. Who instead?',
    'Their one post that waits to go out is cancelled',
    'Dietitian. Any week',
  ])
    t.match(body, piece)
  t.equal((await press('standby')).statusCode, 303)
  t.match(
    (await helen.get(`/weeks/${weekId}`)).body,
    'Mei Lin Chan instead of Priya Nair. Told by mail: Priya Nair, Mei Lin Chan, Owen Price',
  )
  t.match(await findHostedWeek(db.read, weekId), {
    week: { state: 'booked', announcedAt: null, theme: 'Finding the word' },
    host: { name: MEI.name, job: 'Dietitian', acceptedAt: null },
  })
  t.same((await actorWith(db, PRIYA.email, clock.now())).hosting, [])
  t.notMatch(
    (await (await visitor()).get('/@NorthDaleHealth/rota')).body,
    MEI.name,
    'nobody is named before they said yes',
  )
  const [sent] = await db.read.select().from(deliveries).where(eq(deliveries.draftId, hers.draftId))
  const [draft] = await db.read.select().from(drafts).where(eq(drafts.id, hers.draftId))
  t.match([sent!.state, draft!.state], ['cancelled', 'writing'])
  const mails = await sentMails(db, clock)
  t.same(mails.map(({ to }) => to).toSorted(), [APPROVER.email, MEI.email, PRIYA.email].toSorted())
  const toOwen = mails.find(({ to }) => to === APPROVER.email)!.text
  t.match(mails.find(({ to }) => to === MEI.email)!.text, 'Helen Marsh writes: Flu.', 'a word to everybody')
  t.match(
    (await helen.get('/activity')).body,
    'entered that Priya Nair can’t host any more: Mei Lin Chan instead',
  )
  const today = (await helen.get('/today')).body
  t.match(today, 'Mei Lin Chan has not accepted 23 to 27 November yet', 'who opens the week is not certain')
  clock.moveTo(new Date('2026-11-23T09:30:00Z'))
  t.match(
    (await helen.get('/today')).body,
    'The week is not open, and nothing of it goes out, until they accept.',
  )
  for (const piece of ['Mei Lin Chan is called in, and has it once they accept', 'Helen Marsh writes: Flu.'])
    t.match(toOwen, piece)
})

t.test('who is called in while the week is open is not told that it never opened', async (t) => {
  const { db, clock, weekId, helen, press, visitor } = await sundayNight(t)
  const letItOpen = async () =>
    letOpen(db, {
      weekId,
      version: (await findHostedWeek(db.read, weekId))!.week.version,
      reason: '',
      actor: await actorWith(db, LEAD.email, clock.now()),
      now: clock.now(),
    })
  await letItOpen()
  clock.moveTo(new Date('2026-11-25T10:46:00Z'))
  await press('standby')
  const invitation = (await sentMails(db, clock)).find(({ to }) => to === MEI.email)!
  t.match(invitation.text, 'for a week: 25 to 27 November.', 'no days that are past')
  const moment = () => ({ now: clock.now(), machineNow: clock.machine(), publicUrl: PUBLIC_URL })
  t.match((await helen.get('/today')).body, 'since today 10:46', 'from when the week has been without a host')
  await acceptInvitation(db, {
    weekId,
    actor: await actorWith(db, MEI.email, clock.now()),
    now: clock.now(),
  })
  await tendOpenings(db, moment())
  const waiting = (await sentMails(db, clock)).find(({ to }) => to === LEAD.email)!.text
  t.match(waiting, 'Mei Lin Chan has accepted 23 to 27 November, and the week is not open for them yet.')
  const page = (await helen.get(`/weeks/${weekId}`)).body
  t.match(page, 'Mei Lin Chan came to a week that had begun. It opens for them when nothing is missing')
  t.match(page, 'began Monday 9:00')
  t.notMatch(page, 'was to open')
  await sendWeekMails(db, { numbersOf: async () => '', ...moment() })
  const entry = (await sentMails(db, clock)).find(({ calendar }) => calendar?.includes(`UID:week-${weekId}`))
  for (const fact of ['DTSTART;VALUE=DATE:20261125', 'DESCRIPTION:From Wednesday\\, closes Friday 18:00'])
    t.match(entry?.calendar, fact, 'it does not open on a day that is past')
  const own = await calendarOf(db.read, {
    actor: await actorWith(db, MEI.email, clock.now()),
    publicUrl: PUBLIC_URL,
    now: clock.now(),
  })
  t.same(
    own
      .filter(({ id }) => id.endsWith(weekId))
      .map(({ id, when }) => [id.split('-')[0], 'first' in when && when]),
    [
      ['week', { first: '2026-11-25', last: '2026-11-27' }],
      ['closes', false],
    ],
    'nor in the calendar that they keep of their own',
  )
  await letItOpen()
  await tendOpenings(db, moment())
  const [mail] = await sentMails(db, clock)
  t.match([mail!.to, mail!.subject], [MEI.email, '@NorthDaleHealth is open to you now'])

  await said(db, [
    {
      id: '1',
      when: 'Mon 9:00',
      text: 'Priya here.',
      more: { weekId, createdAt: new Date('2026-11-23T09:00:00Z') },
    },
    {
      id: '2',
      when: 'Tue 9:00',
      text: 'Priya again.',
      more: { weekId, createdAt: new Date('2026-11-24T09:00:00Z') },
    },
    {
      id: '3',
      when: 'Thu 9:00',
      text: 'Mei Lin, from today.',
      more: { weekId, createdAt: new Date('2026-11-26T09:00:00Z') },
    },
  ])
  const told = (await (await visitor()).get('/@NorthDaleHealth/weeks/2026-11-23')).body
  t.match(told, MEI.name)
  t.match(
    told.replaceAll(/<[^>]+>/g, ''),
    'Until Wednesday 25 November the account was with Priya Nair',
    'her posts stand here, and not as Mei Lin’s',
  )
  clock.moveTo(new Date('2026-12-01T10:00:00Z'))
  await sendWeekMails(db, { numbersOf: hostingInNumbers, ...moment() })
  const after = (await sentMails(db, clock)).find(({ subject }) => subject.includes('thank you'))!
  t.match([after.to, after.text], [MEI.email, /\nOne post\./], 'what somebody else posted is not theirs')
  const certificate = (await (await visitor(MEI.email)).get(`/weeks/${weekId}/certificate`)).body
  for (const fact of ['25 to 27 November 2026', 'One post.']) t.match(certificate, fact)
})

t.test('a lead takes it over, and the week opens on their word', async (t) => {
  const { db, clock, weekId, press } = await sundayNight(t)
  await press('lead')
  t.match(await findHostedWeek(db.read, weekId), {
    week: { state: 'announced' },
    host: { personId: LEAD.id, opening: 'word', openedBy: LEAD.id, signOff: '^HM' },
  })
  clock.moveTo(new Date('2026-11-23T09:00:00Z'))
  t.match((await actorWith(db, LEAD.email, clock.now())).hosting, [{ weekId, powers: 'post' }])
  await sendWeekMails(db, {
    numbersOf: async () => '',
    now: clock.now(),
    machineNow: clock.machine(),
    publicUrl: PUBLIC_URL,
  })
  const entry = (await sentMails(db, clock)).find(({ to, calendar }) => to === LEAD.email && calendar)
  t.match(entry?.calendar, `UID:week-${weekId}`, 'with an entry for their calendar')
})

t.test('the week is cancelled, and its place is free', async (t) => {
  const { db, clock, weekId, press, path, helen } = await sundayNight(t)
  await press('cancel')
  t.match((await findHostedWeek(db.read, weekId))!.week, { state: 'cancelled' })
  t.same(
    (await sentMails(db, clock)).map(({ to }) => to).toSorted(),
    [APPROVER.email, PRIYA.email].toSorted(),
  )
  t.equal((await helen.get(path)).statusCode, 409)
})

t.test('of a week that is cancelled in its middle, what was said stands at its address', async (t) => {
  const { db, clock, weekId, press, visitor } = await sundayNight(t)
  const page = async () => (await visitor()).get('/@NorthDaleHealth/weeks/2026-11-23')
  const picture = async () => (await visitor()).get('/@NorthDaleHealth/weeks/2026-11-23/share.png')
  await letOpen(db, {
    weekId,
    version: (await findHostedWeek(db.read, weekId))!.week.version,
    reason: '',
    actor: await actorWith(db, LEAD.email, clock.now()),
    now: clock.now(),
  })
  clock.moveTo(new Date('2026-11-25T10:46:00Z'))
  const createdAt = new Date('2026-11-23T09:00:00Z')
  await said(db, [{ id: '1', when: 'Mon 9:00', text: 'Priya here.', more: { weekId, createdAt } }])
  t.equal((await page()).statusCode, 200)
  const before = (await picture()).headers['etag']
  await press('cancel')
  const { statusCode, body } = await page()
  t.match(
    (await (await visitor()).get('/@NorthDaleHealth')).body,
    /This week ended early\.[^]*href="\/@NorthDaleHealth\/weeks\/2026-11-23">Read what was said until then/,
  )
  t.equal(statusCode, 200)
  for (const piece of ['Priya here.', 'This week ended early. What was said until then stands here.'])
    t.match(body, piece)
  t.match(
    body,
    /<h1[^>]*>A week at NorthDale Health<\/h1>\s*<p class="opening-note"/,
    'which is said under its title, and its days above it',
  )
  t.notMatch(body, 'Finding the word', 'what it was to be about is nobody’s any more')
  t.match(body, '2026-11-25')
  t.notMatch(body, '2026-11-27', 'days that never came are not on it')
  clock.moveTo(new Date('2026-12-01T10:00:00Z'))
  t.match((await page()).body, 'This week ended early.', 'and later too')
  const shared = await picture()
  t.equal(shared.statusCode, 200, 'links to it have the picture that the page names')
  t.not(shared.headers['etag'], before, 'on which neither host nor subject stand')
  const announced = (announcedAt: Date | null, unannouncedAt: Date | null) =>
    db.write((tx) => tx.update(weeks).set({ announcedAt, unannouncedAt }).where(eq(weeks.id, weekId)))
  await announced(null, new Date('2026-11-22T21:40:00Z'))
  t.equal((await page()).statusCode, 404, 'of one that nobody could see while it ran there is no page')
  await announced(null, new Date('2026-11-24T21:40:00Z'))
  t.equal((await page()).statusCode, 200)
  await db.write((tx) => tx.update(posts).set({ removedAt: clock.now() }))
  t.equal((await page()).statusCode, 404, 'with nothing of it there is nothing to find')
})

t.test('what does not fit any more is said, and nothing is done', async (t) => {
  const { db, clock, weekId, path, helen, actor } = await sundayNight(t)
  const { body } = await helen.get(path)
  const standby = /value="(standby-[^"]+)"/.exec(body)![1]!
  const version = /name="version" value="(\d+)"/.exec(body)![1]!
  const nothing = await helen.post(path, path, { version, reason: 'Flu.' })
  t.equal(nothing.statusCode, 422)
  for (const piece of ['Choose what becomes of the week.', 'value="Flu."']) t.match(nothing.body, piece)
  await helen.post('/rota/standby', `/rota/standby/${standby.slice(8)}/removal`)
  const gone = await helen.post(path, path, { version, reason: '', instead: standby })
  t.equal(gone.statusCode, 409)
  t.match(gone.body, 'not on the standby list any more')
  t.match((await findHostedWeek(db.read, weekId))!.host, { name: PRIYA.name, endedAt: null })
  const at = { weekId, reason: '', actor, now: clock.now(), machineNow: clock.machine() }
  await t.rejects(dropOut(db, { ...at, version: Number(version) - 1, instead: { kind: 'cancel' } }), {
    message: /Somebody changed this week/,
  })
})

t.test('a gap: somebody on standby is called in by one press from its panel', async (t) => {
  const { db, clock, helen, actor } = await sundayNight(t)
  const panel = (await helen.get('/rota/book?slot=2026-12-07')).body
  t.match(panel, 'aria-label="Call in Mei Lin Chan"')
  const id = /name="standby" value="([^"]+)"/.exec(panel)![1]!
  const weekId = randomUUID()
  const call = () => helen.post('/rota', '/rota/call-in', { id: weekId, slot: '2026-12-07', standby: id })
  t.equal((await call()).statusCode, 303)
  t.equal((await call()).statusCode, 303, 'twice is once')
  t.match(await findWeekOfSlot(db.read, ACCOUNT, '2026-12-07'), { id: weekId, state: 'booked' })
  t.match(
    (await sentMails(db, clock)).map(({ to }) => to),
    [MEI.email],
  )
  const again = { weekId: randomUUID(), accountId: ACCOUNT, slot: '2026-12-07', standbyId: id, actor }
  await t.rejects(callIn(db, { ...again, now: clock.now(), machineNow: clock.machine() }), {
    message: /Mei Lin Chan has 7 to 11 December/,
  })
})

t.test('the standby list', async (t) => {
  const { helen } = await sundayNight(t)
  const add = (more: object = {}) =>
    helen.post('/rota/standby', '/rota/standby', {
      id: randomUUID(),
      name: 'Rosa Quinn',
      email: 'rosa@north.example',
      ...more,
    })
  t.equal((await add()).statusCode, 303)
  const twice = await add()
  t.equal(twice.statusCode, 422)
  t.match(twice.body, 'Rosa Quinn is on the list already.')
  const wrong = await add({ email: 'rosa', name: '' })
  for (const piece of ['The name is missing', 'doesn’t look like an e-mail']) t.match(wrong.body, piece)
  t.match((await helen.get('/activity')).body, 'put Rosa Quinn on the standby list')
})

t.test(
  'somebody who is called in while the week runs is not told that it opens on a day that has passed',
  async (t) => {
    const { db, clock, press, visitor } = await sundayNight(t)
    clock.moveTo(new Date('2026-11-25T10:42:00Z'))
    t.equal((await press('standby')).statusCode, 303)
    const mail = (await sentMails(db, clock)).find(({ to }) => to === MEI.email)!.text
    t.match(mail, 'It opens as soon as all is ready and closes Friday 18:00')
    const page = await (await visitor()).get(/(\/invitations\/\S+)/.exec(mail)![1]!)
    t.match(page.body, 'it has begun, it opens as soon as all is ready and closes Friday 18:00')
    t.match(page.body, 'From when it opens to Friday 18:00')
    t.notMatch(mail + page.body, 'Monday 9:00')
  },
)
