import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { deliveries, drafts, weeks } from '../../src/db/schema/index.ts'
import { moveWeek } from '../../src/drafts/week/move-week.ts'
import { INVITATION_LINK } from '../../src/mail/mail.ts'
import { mailsToHost } from '../../src/mail/outbox.ts'
import { acceptInvitation } from '../../src/rota/invitations/accept-invitation.ts'
import { keepLiveWindow, liveWindowsOf } from '../../src/rota/live-windows.ts'
import { sendWeekMails } from '../../src/rota/mails/send-week-mails.ts'
import { setHiatus } from '../../src/rota/planner/set-hiatus.ts'
import { findHostedWeek } from '../../src/rota/weeks.ts'
import { approved } from '../support/approved.ts'
import { testApp } from '../support/app.ts'
import { actorWith, aWeek, linkIn, MEI, PRIYA, sentMails } from '../support/bookings.ts'
import { ACCOUNT, anAccount, LEAD } from '../support/story.ts'

/** Priya accepted the week of 22 March, which lies before the change of the clocks; Mei has the week after Easter. */
async function booked(t: Test) {
  const world = await testApp(t, { at: '2027-01-11T10:00:00Z' })
  const { db, clock } = world
  await anAccount(db, { now: clock.now() })
  const weekId = await aWeek(db, clock.now(), {
    slot: '2027-03-22',
    accepted: true,
    events: [
      {
        name: 'Singing for lungs',
        hashtag: '',
        place: 'Hall',
        startsAt: new Date('2027-03-24T14:00:00Z'),
        endsAt: new Date('2027-03-24T15:30:00Z'),
      },
    ],
  })
  await aWeek(db, clock.now(), { slot: '2027-04-12', who: MEI, accepted: true })
  await sentMails(db, clock)
  const move = async (slot: string, more: Partial<Parameters<typeof moveWeek>[1]> = {}) =>
    moveWeek(db, {
      weekId,
      version: (await findHostedWeek(db.read, weekId))!.week.version,
      slot,
      reason: 'The hall is being painted.',
      actor: await actorWith(db, LEAD.email, clock.now()),
      now: clock.now(),
      machineNow: clock.machine(),
      ...more,
    })
  const mailing = () => ({
    numbersOf: async () => '',
    publicUrl: 'http://127.0.0.1:3000',
    now: clock.now(),
    machineNow: clock.machine(),
  })
  return { ...world, weekId, move, mailing }
}

t.test('all that belongs to a week moves with it, by the clocks on the wall', async (t) => {
  const { db, clock, weekId, move, mailing } = await booked(t)
  const [window] = await liveWindowsOf(db.read, weekId)
  await db.write(
    async (tx) =>
      void (await keepLiveWindow(
        tx,
        { eventId: window!.event.id, weekId, version: 0 },
        { startsAt: new Date('2027-03-24T13:30:00Z'), endsAt: new Date('2027-03-24T16:00:00Z'), aside: true },
      )),
  )
  const by = { now: clock.now(), weekId, hosted: true }
  const thread = await approved(db, {
    ...by,
    dueAt: new Date('2027-03-23T09:00:00Z'),
    parts: ['One.', 'Two.'],
  })
  const out = await approved(db, { ...by, dueAt: new Date('2027-03-22T09:30:00Z'), parts: ['Early.'] })
  await db.write(async (tx) => {
    const wishedAt = new Date('2027-03-23T09:00:00Z')
    await tx.update(drafts).set({ wishedAt }).where(eq(drafts.weekId, weekId))
    await tx
      .update(deliveries)
      .set({ state: 'posted', networkId: '7' })
      .where(eq(deliveries.draftId, out.draftId))
  })

  t.match(await move('2027-04-05'), { asked: true, held: 1 })

  const found = (await findHostedWeek(db.read, weekId))!
  t.match(found.week, {
    slot: '2027-04-05',
    state: 'booked',
    announcedAt: null,
    opensAt: new Date('2027-04-05T08:00:00Z'),
    closesAt: new Date('2027-04-09T17:00:00Z'),
  })
  t.equal(found.host!.acceptedAt, null)
  t.match(await liveWindowsOf(db.read, weekId), [
    {
      event: { startsAt: new Date('2027-04-07T13:00:00Z'), endsAt: new Date('2027-04-07T14:30:00Z') },
      startsAt: new Date('2027-04-07T12:30:00Z'),
      endsAt: new Date('2027-04-07T15:00:00Z'),
      aside: true,
    },
  ])
  const kept = await db.read.select().from(drafts).where(eq(drafts.weekId, weekId))
  t.same(
    kept
      .map(({ id, slot, wishedAt }) => `${id === out.draftId} ${slot} ${wishedAt!.toISOString()}`)
      .toSorted(),
    ['false 2027-04-05 2027-04-06T08:00:00.000Z', 'true 2027-04-05 2027-03-23T09:00:00.000Z'],
    'of what went out the time stays',
  )
  const sent = await db.read.select().from(deliveries).where(eq(deliveries.draftId, thread.draftId))
  t.match(
    sent.map(({ state, heldReason, dueAt }) => [state, heldReason, dueAt.toISOString()]),
    [
      ['held', 'week-changed', '2027-04-06T08:00:00.000Z'],
      ['held', 'thread-broken', '2027-04-06T08:00:00.000Z'],
    ],
    'it was approved for another time',
  )

  await sendWeekMails(db, mailing())
  const planned = (await mailsToHost(db.read, found.host!.id)).filter(({ plannedFor }) => plannedFor)
  const times = Object.fromEntries(planned.map(({ kind, plannedFor }) => [kind, plannedFor!.toISOString()]))
  t.match(times, {
    'week-four-weeks': '2027-03-08T10:00:00.000Z',
    'week-eve': '2027-04-04T16:00:00.000Z',
    'week-welcome': '2027-04-05T08:00:00.000Z',
  })
})

t.test('the host has the new days once they say yes to them, and to no others', async (t) => {
  const { db, clock, weekId, move, mailing, visitor } = await booked(t)
  const priya = await visitor(PRIYA.email)
  await move('2027-04-05')
  const [mail] = await sentMails(db, clock)
  t.match(mail, { to: PRIYA.email, subject: 'Other days for your week at @NorthDaleHealth?' })
  t.match(
    (await priya.get('/today')).body,
    /Your week was moved: would Monday \d+ \w+ to Friday \d+ \w+ suit you\?/,
    'her page does not speak of it as of a first invitation',
  )
  for (const piece of ['22 to 26 March', '5 to 9 April', 'Helen Marsh writes: The hall is being painted.'])
    t.match(mail!.text, piece)
  t.notMatch(mail!.text, INVITATION_LINK)
  t.match((await priya.get(linkIn(mail!.text))).body, 'would 5 to 9 April suit you?')

  clock.moveTo(new Date('2027-03-09T10:00:00Z'))
  await sendWeekMails(db, mailing())
  const toPriya = (await sentMails(db, clock)).filter(({ to }) => to === PRIYA.email)
  t.same(toPriya, [], 'no mail speaks of days that are not agreed')
  await move('2027-05-10')
  const path = `/weeks/${weekId}`
  const stale = await priya.post(`${path}/invitation`, `${path}/acceptance`, { slot: '2027-04-05' })
  t.equal(stale.statusCode, 409)
  t.match(stale.body, 'nothing was accepted')
  t.match((await actorWith(db, PRIYA.email, clock.now())).hosting, [{ slot: '2027-05-10', powers: 'draft' }])

  t.equal(
    (await priya.post(`${path}/invitation`, `${path}/acceptance`, { slot: '2027-05-10' })).statusCode,
    303,
  )
  t.match((await findHostedWeek(db.read, weekId))!.week, { state: 'announced', slot: '2027-05-10' })
  await sendWeekMails(db, mailing())
  const planned = await mailsToHost(db.read, (await findHostedWeek(db.read, weekId))!.host!.id)
  t.match(
    planned.find(({ kind, state }) => kind === 'week-four-weeks' && state === 'planned'),
    { plannedFor: new Date('2027-04-12T09:00:00Z') },
    'its time comes again',
  )
  await sentMails(db, clock)
  clock.moveTo(new Date('2027-05-11T10:00:00Z'))
  t.match((await actorWith(db, PRIYA.email, clock.now())).hosting, [{ powers: 'post' }])
})

t.test('what was sent for the old days is planned for the new ones', async (t) => {
  const { db, clock, weekId, move, mailing } = await booked(t)
  clock.moveTo(new Date('2027-02-22T10:01:00Z'))
  await sendWeekMails(db, mailing())
  await sentMails(db, clock)
  await move('2027-05-10')
  const actor = await actorWith(db, PRIYA.email, clock.now())
  await acceptInvitation(db, { weekId, actor, now: clock.now() })
  const { host } = (await findHostedWeek(db.read, weekId))!
  const four = (await mailsToHost(db.read, host!.id)).filter(({ kind }) => kind === 'week-four-weeks')
  t.same(four.map(({ state, plannedFor }) => `${state} ${plannedFor!.toISOString()}`).toSorted(), [
    'planned 2027-04-12T09:00:00.000Z',
    'sent 2027-02-22T10:00:00.000Z',
  ])
})

t.test('where a week can’t go', async (t) => {
  const { db, clock, weekId, move } = await booked(t)
  const actor = await actorWith(db, LEAD.email, clock.now())
  const common = { accountId: ACCOUNT, actor, now: clock.now() }
  await setHiatus(db, { ...common, weekId: 'easter', slot: '2027-03-29', reason: 'Easter' })
  const rows: [slot: string, error: Record<string, unknown>][] = [
    ['2027-04-12', { message: /Mei Lin Chan has 12 to 16 April/ }],
    ['2027-03-29', { message: /is a hiatus/ }],
    ['2027-03-22', { fields: { slot: /already/ } }],
    ['2027-04-06', { fields: { slot: /begin on a Monday/ } }],
    ['2027-01-11', { fields: { slot: /has begun/ } }],
    ['', { fields: { slot: /Choose a week/ } }],
  ]
  for (const [slot, error] of rows) await t.rejects(move(slot), error as { message: RegExp })
  await t.rejects(move('2027-04-05', { version: 1 }), { message: /Somebody changed this week/ })
  await t.rejects(move('2027-04-05', { actor: await actorWith(db, PRIYA.email, clock.now()) }), {
    message: /Only a lead/,
  })
  t.match(await move('2027-04-05', { weekId: 'easter', version: 1 }), { asked: false }, 'a hiatus moves too')
  clock.moveTo(new Date('2027-03-22T09:00:00Z'))
  await t.rejects(move('2027-04-19'), { message: /This week is open, since today 9:00/ })
  const [stays] = await db.read.select().from(weeks).where(eq(weeks.id, weekId))
  t.match(stays, { slot: '2027-03-22', state: 'announced' })
})

t.test('on the pages: the planner leads to the form, which says what follows', async (t) => {
  const { db, clock, weekId, visitor } = await booked(t)
  const helen = await visitor(LEAD.email)
  const path = `/weeks/${weekId}/move`
  const planner = (await helen.get('/rota')).body
  t.match(planner, `data-move-href="${path}"`)
  t.match(planner, 'aria-label="Move Priya Nair, 22 to 26 March"')
  t.match(planner, 'data-free="2027-04-05"')
  t.notMatch(planner, 'data-why-not="Priya')
  const { body } = await helen.get(`${path}?to=2027-04-05`)
  t.match(body, '<option value="2027-04-05" selected>5 to 9 April</option>')
  t.notMatch(body, 'value="2027-04-12"')
  t.match(body, 'Priya Nair gets a mail, and has the new days once they say yes')
  t.match((await helen.get(`${path}?to=2027-04-12`)).body, '12 to 16 April can’t be had')
  const version = /name="version" value="(\d+)"/.exec(body)![1]!
  const refused = await helen.post(path, path, { version, slot: '', reason: 'Paint.' })
  t.equal(refused.statusCode, 422)
  t.match(refused.body, 'Paint.')
  const moved = await helen.post(path, path, { version, slot: '2027-04-05', reason: '' })
  t.equal(moved.statusCode, 303)
  t.match((await helen.get(`/weeks/${weekId}`)).body, 'Moved: it is 5 to 9 April now. Priya Nair is asked')
  t.match((await helen.get('/activity')).body, 'from 22 March to 5 April, and asked its host')
  t.match((await helen.get('/rota')).body, 'data-why-not="Priya Nair has not said yes to 5 to 9 April yet.')
  clock.moveTo(new Date('2027-04-05T08:00:00Z'))
  t.equal((await helen.get(path)).statusCode, 409)
  t.match((await helen.get('/rota')).body, 'data-why-not="The week of 5 to 9 April has begun')
  t.ok(await findHostedWeek(db.read, weekId))
})

t.test('what a lead writes about a move stands where the host answers, and on the record', async (t) => {
  const { db, clock, weekId, move, visitor } = await booked(t)
  await move('2027-04-05')
  const host = await visitor(PRIYA.email)
  const said = 'The team writes: “The hall is being painted.”'
  for (const url of ['/today', `/weeks/${weekId}`, `/weeks/${weekId}/invitation`])
    t.match((await host.get(url)).body, said, url)
  const lead = await visitor(LEAD.email)
  t.match((await lead.get(`/weeks/${weekId}`)).body, 'With it they read: “The hall is being painted.”')
  t.match(
    (await lead.get('/activity')).body,
    'and asked its host to accept the new days: “The hall is being painted.”',
  )
  await move('2027-04-19', { reason: '' })
  t.notMatch((await host.get('/today')).body, 'painted', 'said of other days')
  await acceptInvitation(db, {
    weekId,
    actor: await actorWith(db, PRIYA.email, clock.now()),
    now: clock.now(),
  })
  t.notMatch((await host.get(`/weeks/${weekId}`)).body, 'The team writes')
})
