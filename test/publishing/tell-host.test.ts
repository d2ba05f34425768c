import t, { type Test } from 'tap'
import { accounts, mails, roles } from '../../src/db/schema/index.ts'
import { fingerprintAsSeen, letGo, sendAgain } from '../../src/drafts/deliveries/let-go.ts'
import { findReleasable } from '../../src/publishing/release.ts'
import { sendDueMails } from '../../src/mail/outbox.ts'
import { cancelFrom, itIsThere, leaveIt } from '../../src/publishing/settle-delivery.ts'
import { tellHostLetGo } from '../../src/publishing/tell-host.ts'
import { approved } from '../support/approved.ts'
import { actorWith, aWeek, PRIYA } from '../support/bookings.ts'
import { desk, refused, unknown } from '../support/publishing-desk.ts'
import { ACCOUNT, LEAD } from '../support/story.ts'

/** A desk on a Wednesday, with Priya in her week. */
async function hosted(t: Test) {
  const made = await desk(t)
  const { db, clock } = made
  const weekId = await aWeek(db, clock.now(), { slot: '2026-11-16', accepted: true })
  const write = (...parts: string[]) =>
    approved(db, {
      parts,
      dueAt: clock.now(),
      now: clock.now(),
      weekId,
      hosted: true,
      networkUserId: '900',
    })
  const news = async () => (await made.mailsTo(PRIYA.email)).filter(({ kind }) => kind === 'post-news')
  return { ...made, write, news }
}

t.test('a host hears of the first post of their week that stands, and of no other', async (t) => {
  const { clock, publisher, write, news, queue } = await hosted(t)
  await queue('By the desk')
  const { draftId } = await write('Good morning from the ward', 'And more')
  await publisher.run()
  clock.pass(1)
  await write('Again')
  await publisher.run()
  const told = await news()
  t.same(
    told.map(({ subject }) => subject),
    ['Your first post is out: @NorthDaleHealth'],
  )
  t.match(told[0]!.text, `“Good morning from the ward”`)
  t.match(told[0]!.text, `http://week.example/drafts/${draftId}\n`)
})

t.test(
  'what does not go out is told to its host in one mail for one cause, and nothing internal',
  async (t) => {
    const { network, publisher, write, news, mailsTo } = await hosted(t)
    for (const text of ['One', 'Two']) await write(text)
    network.steps.push({ publish: false, answer: refused('credit', 'The enrolled account owes money.') })
    await publisher.run()
    const [held, ...others] = await news()
    t.same(others, [])
    t.equal(held!.subject, '2 posts of yours have not gone out yet: @NorthDaleHealth')
    t.notMatch(held!.text, /credit|owes|10 minutes|deliveries/)
    t.match(held!.text, 'The account can’t post to X at the moment.')
    t.equal(
      (await mailsTo()).filter(({ kind }) => kind === 'delivery-trouble').length,
      1,
      'the desk has its own',
    )
  },
)

t.test('failed, not known, cancelled by somebody else: each is told', async (t) => {
  const { deps, clock, network, publisher, write, news, now } = await hosted(t)
  await write('Refused words')
  network.steps.push({ publish: false, answer: refused('forbidden', 'Too many hashtags.') })
  await publisher.run()
  await write('Who knows')
  network.steps.push({ publish: false, answer: unknown })
  await publisher.run()
  for (let look = 0; look < 5; look++) {
    clock.pass(1)
    await publisher.run()
  }
  const actor = await actorWith(deps.db, LEAD.email, clock.now())
  const failed = (await now()).find(({ state }) => state === 'failed')!
  await cancelFrom(deps, { deliveryId: failed.id, version: failed.version, actor })
  const told = Object.fromEntries((await news()).map(({ subject, text }) => [subject, text]))
  t.match(told['Your post did not go out: @NorthDaleHealth'], 'X said: “Too many hashtags.”')
  t.match(told['We don’t know whether your post went out: @NorthDaleHealth'], 'Please don’t write it again')
  t.match(told['Your post was cancelled: @NorthDaleHealth'], 'Helen Marsh decided that it does not go out.')
})

t.test('a host who heard that a post may not be out hears when it is found, in one mail', async (t) => {
  const { deps, clock, network, publisher, write, news, now } = await hosted(t)
  const sendMails = async () =>
    sendDueMails(deps.db, {
      transport: { send: async () => {} },
      links: {},
      now: clock.now,
      machine: clock.machine,
    })
  for (const text of ['Who knows', 'Nobody does']) {
    await write(text)
    network.steps.push({ publish: true, answer: unknown, lag: 100 })
    await publisher.run()
  }
  for (let look = 0; look < 5; look++) {
    clock.pass(1)
    await publisher.run()
  }
  await sendMails()
  t.same(
    (await news()).map(({ subject }) => subject),
    ['2 posts of yours may have gone out or not: @NorthDaleHealth'],
  )
  const actor = await actorWith(deps.db, LEAD.email, clock.now())
  for (const { id, version, payload } of await now()) {
    const stands = network.timeline.find(({ text }) => text === payload.text)!
    await itIsThere(deps, { deliveryId: id, version, actor }, { address: stands.id, sure: false })
  }
  const told = (await news()).filter(({ state }) => state === 'queued')
  t.same(
    told.map(({ subject }) => subject),
    ['2 posts of yours went out after all: @NorthDaleHealth'],
  )
  t.match(told[0]!.text, 'It stands on the account.')
  t.match(told[0]!.text, '“Nobody does”')
})

t.test('whoever hears that it is sent again hears no second time that it stands', async (t) => {
  const { deps, clock, network, publisher, write, news, now } = await hosted(t)
  await write('The first')
  await publisher.run()
  await write('Who knows')
  network.steps.push({ publish: false, answer: unknown })
  await publisher.run()
  for (let look = 0; look < 5; look++) {
    clock.pass(1)
    await publisher.run()
  }
  const mail = { transport: { send: async () => {} }, links: {}, now: clock.now, machine: clock.machine }
  await sendDueMails(deps.db, mail)
  const open = (await now()).find(({ state }) => state === 'unknown')!
  const fingerprint = fingerprintAsSeen(await findReleasable(deps.db.read, open))
  const actor = await actorWith(deps.db, LEAD.email, clock.now())
  await sendAgain(deps, { deliveryId: open.id, version: open.version, fingerprint, actor })
  await publisher.run()
  t.equal((await now()).find(({ id }) => id === open.id)!.state, 'posted')
  t.same(
    (await news()).slice(1).map(({ subject }) => subject),
    [
      'We don’t know whether your post went out: @NorthDaleHealth',
      'Your post goes out after all: @NorthDaleHealth',
    ],
  )
})

t.test('a host who heard that a post is held hears when it went out by itself after all', async (t) => {
  const { deps, clock, network, publisher, write, news } = await hosted(t)
  await write('Short of credit')
  network.steps.push({ publish: false, answer: refused('credit', 'The enrolled account owes money.') })
  await publisher.run()
  clock.pass(1)
  await sendDueMails(deps.db, {
    transport: { send: async () => {} },
    links: {},
    now: clock.now,
    machine: clock.machine,
  })
  clock.pass(10)
  await publisher.run()
  const [held, out, ...others] = await news()
  t.same(others, [])
  t.match(held!.text, 'the account’s team knows, and sees to it')
  t.equal(out!.subject, 'Your post went out after all: @NorthDaleHealth')
  t.match(out!.text, 'What kept it back is over. It stands on the account.')
})

t.test('what is found before its host was told hears of nothing but a first post', async (t) => {
  const { clock, network, publisher, write, news } = await hosted(t)
  await write('Who knows')
  network.steps.push({ publish: true, answer: unknown })
  await publisher.run()
  clock.pass(1)
  await publisher.run()
  t.same(
    (await news()).map(({ subject }) => subject),
    ['Your first post is out: @NorthDaleHealth'],
  )
})

t.test('the brake is told by its own mail, without a second one', async (t) => {
  const { db, clock, publisher, write, news } = await hosted(t)
  await write('One')
  await db.write(
    async (tx) =>
      void (await tx.update(accounts).set({ brakeAt: clock.now(), brakeReason: 'A secret', version: 9 })),
  )
  await publisher.run()
  t.same(await news(), [])
})

t.test('a new time that the desk decided, and an unknown one left as it is: each is told', async (t) => {
  const { db, deps, clock, network, publisher, write, news, now } = await hosted(t)
  const actor = await actorWith(db, LEAD.email, clock.now())
  const { draftId } = await write('Late words')
  clock.pass(60)
  await publisher.run()
  const late = (await now()).find(({ heldReason }) => heldReason === 'late')!
  const seen = {
    deliveryId: late.id,
    version: late.version,
    fingerprint: fingerprintAsSeen(await findReleasable(db.read, late)),
    actor,
  }
  await letGo(deps, seen, new Date('2026-11-18T14:30:00Z'))
  const goes = (await news()).find(
    ({ subject }) => subject === 'Your post goes out after all: @NorthDaleHealth',
  )
  t.match(goes?.text, 'Helen Marsh decided that it goes out on Wednesday 18 November, 14:30 in London.')
  t.match(goes?.text, `http://week.example/drafts/${draftId}\n`)

  await write('Who knows')
  network.steps.push({ publish: false, answer: unknown })
  await publisher.run()
  for (let look = 0; look < 5; look++) {
    clock.pass(1)
    await publisher.run()
  }
  const open = (await now()).find(({ state }) => state === 'unknown')!
  await leaveIt(deps, { deliveryId: open.id, version: open.version, actor })
  const left = (await news()).find(({ subject }) =>
    subject.startsWith('Whether your post went out stays open'),
  )
  t.match(left?.text, 'Helen Marsh decided to leave it as it is')
  t.match(left?.text, 'you can write it again')
})

t.test('a host who approves for the account too has the desk’s mail, and no second one', async (t) => {
  const { db, network, publisher, write, news, mailsTo } = await hosted(t)
  const priya = await actorWith(db, PRIYA.email, new Date())
  await db.write(async (tx) => {
    await tx.insert(roles).values({ accountId: ACCOUNT, personId: priya.personId, role: 'approver' })
  })
  await write('One')
  network.steps.push({ publish: false, answer: refused('forbidden', 'No.') })
  await publisher.run()
  t.same(await news(), [])
  t.equal((await mailsTo(PRIYA.email)).filter(({ kind }) => kind === 'delivery-trouble').length, 1)
})

t.test('when a post goes its host hears within a minute, also when told of another one lately', async (t) => {
  const { db, clock, write, news } = await hosted(t)
  const by = { personId: LEAD.id, name: LEAD.name }
  for (const text of ['One', 'Two']) {
    const { deliveries } = await write(text)
    const times = { publicUrl: 'http://week.example', now: clock.now(), machineNow: clock.machine() }
    await db.write((tx) => tellHostLetGo(tx, deliveries[0]!, { at: null, by }, times))
    const told = (await news()).find((mail) => mail.text.includes(`“${text}”`))!
    const waits = told.nextTryAt.getTime() - clock.machine().getTime()
    t.ok(waits <= 60_000, `${text}: after ${waits / 1000} s`)
    await db.write(async (tx) => void (await tx.update(mails).set({ state: 'sent', sentAt: clock.now() })))
    clock.pass(1)
  }
})
