import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { accounts, deliveries, events } from '../../src/db/schema/index.ts'
import { cancelWeek } from '../../src/drafts/week/cancel-week.ts'
import { moveWeek } from '../../src/drafts/week/move-week.ts'
import { agreeToSwap, askSwap, refuseSwap, withdrawSwap } from '../../src/drafts/week/swap-weeks.ts'
import { mailsToHost } from '../../src/mail/outbox.ts'
import { sendWeekMails } from '../../src/rota/mails/send-week-mails.ts'
import { findHostedWeek } from '../../src/rota/weeks.ts'
import { approved } from '../support/approved.ts'
import { testApp } from '../support/app.ts'
import { actorWith, aWeek, linkIn, MEI, PRIYA, sentMails } from '../support/bookings.ts'
import { anAccount, LEAD } from '../support/story.ts'

const refusal = (other: string) => ({ fields: { other } }) as unknown as { message: string }

/** Priya has the week of 22 March, Mei that of 12 April; Helen asks both whether they swap. */
async function asked(t: Test) {
  const world = await testApp(t, { at: '2027-01-11T10:00:00Z' })
  const { db, clock } = world
  await anAccount(db, { now: clock.now() })
  const priyas = await aWeek(db, clock.now(), { slot: '2027-03-22', accepted: true })
  const meis = await aWeek(db, clock.now(), { slot: '2027-04-12', who: MEI, accepted: true })
  await sentMails(db, clock)
  const swapId = randomUUID()
  const as = async (email: string) => ({
    actor: await actorWith(db, email, clock.now()),
    now: clock.now(),
    machineNow: clock.machine(),
    publicUrl: 'http://127.0.0.1:3000',
  })
  const ask = async (more: object = {}) =>
    askSwap(db, {
      id: swapId,
      weekId: priyas,
      otherId: meis,
      reason: 'The hall.',
      ...(await as(LEAD.email)),
      ...more,
    })
  const agree = async (email: string) => agreeToSwap(db, { swapId, ...(await as(email)) })
  const slots = async () =>
    Promise.all([priyas, meis].map(async (id) => (await findHostedWeek(db.read, id))!.week.slot))
  const act = async (weekId: string) => {
    const { version } = (await findHostedWeek(db.read, weekId))!.week
    return { weekId, version, reason: '', ...(await as(LEAD.email)) }
  }
  return { ...world, priyas, meis, swapId, ask, agree, as, slots, act }
}

t.test('both say yes, and take each other’s days with all that they wrote', async (t) => {
  const world = await asked(t)
  const { db, clock, priyas, meis, ask, agree, slots, visitor } = world
  const post = await approved(db, {
    dueAt: new Date('2027-03-23T09:00:00Z'),
    now: clock.now(),
    weekId: priyas,
    hosted: true,
    parts: ['Good morning.'],
  })
  await db.write((tx) =>
    tx.insert(events).values({
      id: 'choir',
      weekId: priyas,
      name: 'Choir',
      hashtag: '',
      place: '',
      startsAt: new Date('2027-03-25T14:00:00Z'),
      endsAt: new Date('2027-03-25T15:00:00Z'),
    }),
  )
  await ask()
  await ask()
  const mails = await sentMails(db, clock)
  t.same(mails.map(({ to }) => to).toSorted(), [MEI.email, PRIYA.email], 'asked once')
  const toPriya = mails.find(({ to }) => to === PRIYA.email)!
  for (const piece of [
    'You have 22 to 26 March',
    'Mei Lin Chan has 12 to 16 April',
    'Helen Marsh writes: The hall.',
  ])
    t.match(toPriya.text, piece)

  const moved = '“Choir”, Thursday 15 April, 14:00'
  t.match(toPriya.text, `So do your events: ${moved}. If one is not on then, say so.`)
  t.notMatch(mails.find(({ to }) => to === MEI.email)!.text, 'your events', 'she has none')
  const page = linkIn(toPriya.text)
  const priya = await visitor(PRIYA.email)
  t.match((await priya.get(`/weeks/${priyas}`)).body, 'Read it, and answer')
  const today = (await priya.get('/today')).body
  t.match(today, 'Would you take 12 to 16 April instead?')
  t.match(today, `href="${page}"`, 'the question stands on Today, too')
  t.match((await priya.get(page)).body, moved)
  t.match((await priya.get(page)).body, 'Helen Marsh writes: “The hall.”', 'as in the mail')
  t.match(today, 'The team writes: “The hall.”')
  t.equal((await priya.post(page, `${page}/agreement`)).statusCode, 303)
  t.match((await priya.get(page)).body, 'You said yes; Mei Lin Chan is asked still.')
  t.same(await slots(), ['2027-03-22', '2027-04-12'], 'nothing changes before both have said yes')
  t.equal((await priya.post(page, `${page}/agreement`)).statusCode, 303)
  const entries = (await (await visitor(LEAD.email)).get('/activity')).body
  t.match(entries, 'asked Priya Nair and Mei Lin Chan to swap their weeks: “The hall.”')
  t.equal(
    entries.split('said yes to a swap of Priya Nair and Mei Lin Chan').length,
    2,
    'her yes stands on the record, once',
  )

  t.same(await agree(MEI.email), { done: true })
  t.same(await agree(MEI.email), { done: true }, 'twice is once')
  t.same(await slots(), ['2027-04-12', '2027-03-22'])
  for (const id of [priyas, meis])
    t.match(await findHostedWeek(db.read, id), {
      week: { state: 'announced' },
      host: { acceptedAt: clock.now() },
    })
  const [sent] = await db.read.select().from(deliveries).where(eq(deliveries.draftId, post.draftId))
  t.match(sent, { state: 'held', heldReason: 'week-changed', dueAt: new Date('2027-04-13T08:00:00Z') })
  const done = await sentMails(db, clock)
  t.same(done.map(({ to }) => to).toSorted(), [LEAD.email, MEI.email, PRIYA.email].toSorted())
  t.match(done.find(({ to }) => to === LEAD.email)!.text, `Events went with them: ${moved}. Put right`)
  t.match(done.find(({ to }) => to === PRIYA.email)!.subject, '12 to 16 April now')
  await sendWeekMails(db, { numbersOf: async () => '', ...(await world.as(LEAD.email)) })
  const { host } = (await findHostedWeek(db.read, priyas))!
  const welcome = (await mailsToHost(db.read, host!.id)).find(({ kind }) => kind === 'week-welcome')
  t.match(welcome, { plannedFor: new Date('2027-04-12T08:00:00Z'), state: 'planned' })
  clock.moveTo(new Date('2027-04-12T08:00:00Z'))
  t.match((await actorWith(db, PRIYA.email, clock.now())).hosting, [{ powers: 'post' }])
  t.match((await actorWith(db, MEI.email, clock.now())).hosting, [{ powers: 'read' }])
})

t.test('one says no, or the question is taken back: both keep their days', async (t) => {
  for (const [end, words] of [
    ['refuse', 'Mei Lin Chan said no'],
    ['withdraw', 'took the question back'],
  ] as const) {
    const { db, clock, swapId, ask, agree, as, slots } = await asked(t)
    await ask()
    await agree(PRIYA.email)
    await sentMails(db, clock)
    if (end === 'refuse') await refuseSwap(db, { swapId, ...(await as(MEI.email)) })
    else await withdrawSwap(db, { swapId, ...(await as(LEAD.email)) })
    t.ok(
      (await sentMails(db, clock)).some(({ text }) => text.includes(words)),
      words,
    )
    await t.rejects(agree(MEI.email), { message: /both keep their days/ })
    t.same(await slots(), ['2027-03-22', '2027-04-12'])
  }
})

t.test('a swap of which one side vanished does nothing, and says what happened', async (t) => {
  type World = Awaited<ReturnType<typeof asked>>
  const ways: [string, RegExp, (world: World) => Promise<unknown>][] = [
    [
      'cancelled',
      /Mei Lin Chan’s week was cancelled/,
      async ({ db, meis, act }) => cancelWeek(db, await act(meis)),
    ],
    [
      'moved',
      /Mei Lin Chan’s week was moved meanwhile/,
      async ({ db, meis, act }) => moveWeek(db, { ...(await act(meis)), slot: '2027-05-10' }),
    ],
    [
      'opened',
      /Priya Nair’s week has opened/,
      async ({ clock }) => clock.moveTo(new Date('2027-03-22T09:00:00Z')),
    ],
  ]
  for (const [name, words, happen] of ways) {
    const world = await asked(t)
    const { agree, ask, slots, visitor, swapId } = world
    await ask()
    await agree(PRIYA.email)
    await happen(world)
    const mei = await visitor(name === 'cancelled' ? PRIYA.email : MEI.email)
    const { body } = await mei.get(`/swaps/${swapId}`)
    t.match(body, words, name)
    t.notMatch(body, 'Yes, swap our weeks')
    await t.rejects(agree(name === 'cancelled' ? PRIYA.email : MEI.email), { message: words })
    t.same((await slots())[0], '2027-03-22', `${name}: the other week stays as it is`)
  }
})

t.test('a third week in the way of the new days stops a swap, whatever stepped aside for it', async (t) => {
  const { db, clock, ask, agree, slots } = await asked(t)
  // The account had Saturdays once, and has weeks of seven days by now.
  const shaped = (days: number[]) =>
    db.write((tx) => tx.update(accounts).set({ shape: { days, opens: '09:00', closes: '18:00' } }))
  await shaped([6])
  await aWeek(db, clock.now(), { slot: '2027-03-27', who: { name: 'Una North', email: 'una@north.example' } })
  await shaped([1, 2, 3, 4, 5, 6, 7])
  await ask()
  await agree(PRIYA.email)
  await t.rejects(agree(MEI.email), { message: /Another week lies in the way there/ })
  t.same(await slots(), ['2027-03-22', '2027-04-12'])
})

t.test('what can’t be asked', async (t) => {
  const { db, clock, priyas, meis, ask, as, visitor } = await asked(t)
  await t.rejects(ask({ otherId: '' }), refusal('Choose with whom.'))
  await t.rejects(ask(await as(PRIYA.email)), { message: /Only a lead/ })
  const invited = await aWeek(db, clock.now(), {
    slot: '2027-05-10',
    who: { name: 'Rosa', email: 'rosa@north.example' },
  })
  await t.rejects(
    ask({ otherId: invited }),
    refusal('Rosa has not accepted that week yet. Ask again once they have.'),
  )
  const helen = await visitor(LEAD.email)
  const path = `/weeks/${priyas}/swap`
  t.match(
    (await helen.get(`${path}?with=${meis}`)).body,
    `value="${meis}" selected>Mei Lin Chan, 12 to 16 April`,
  )
  const sent = await helen.post(path, path, { id: randomUUID(), other: meis, reason: '' })
  t.equal(sent.statusCode, 303)
  const again = await helen.post(path, path, { id: randomUUID(), other: meis, reason: 'Please.' })
  t.equal(again.statusCode, 409)
  for (const piece of ['is asked about a swap already', 'Please.']) t.match(again.body, piece)
  t.match((await helen.get('/activity')).body, 'asked Priya Nair and Mei Lin Chan to swap their weeks')
})
