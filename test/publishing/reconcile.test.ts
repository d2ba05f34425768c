import t, { type Test } from 'tap'
import { accounts, attempts, connections, deliveries, mails, weeks } from '../../src/db/schema/index.ts'
import { pauseForCredit } from '../../src/accounts/credit.ts'
import type { Actor } from '../../src/people/person.ts'
import { findDeliveryFor } from '../../src/publishing/found-delivery.ts'
import { fingerprintAsSeen, letGo, sendAgain } from '../../src/drafts/deliveries/let-go.ts'
import { findReleasable } from '../../src/publishing/release.ts'
import { deliveryInWords, deliveryTimeLine } from '../../src/publishing/pages.ts'
import { cancelFrom, itIsThere, leaveIt } from '../../src/publishing/settle-delivery.ts'
import { findActor } from '../../src/rota/powers.ts'
import { approved } from '../support/approved.ts'
import { OWN_USER, problem } from '../support/network.ts'
import { desk, picture, refused, unknown } from '../support/publishing-desk.ts'
import { ACCOUNT, APPROVER, LEAD } from '../support/story.ts'

async function court(t: Test) {
  const world = await desk(t)
  const { db, clock, publisher, now } = world
  const lead = (await findActor(db.read, LEAD.id, clock.now()))!
  /** The first delivery, as its page shows it to the lead. */
  const seen = async (actor: Actor = lead) => {
    const delivery = (await now())[0]!
    const fingerprint = fingerprintAsSeen(await findReleasable(db.read, delivery))
    return { deliveryId: delivery.id, version: delivery.version, fingerprint, actor }
  }
  /** Lets so many seconds pass, then the publisher work. */
  const after = async (seconds: number) => {
    clock.pass(seconds / 60)
    return publisher.run()
  }
  const lookUntilTheLast = async () => {
    for (const seconds of [5, 10, 45, 120]) await after(seconds)
  }
  return { ...world, lead, seen, after, lookUntilTheLast }
}

t.test('the timeline is read after 5, 15, 60 and 180 seconds, then a person is asked', async (t) => {
  const { db, network, publisher, queue, state, now, after } = await court(t)
  await queue('One')
  network.steps.push({ publish: true, answer: unknown, lag: 99 })
  await publisher.run()
  const label = async () =>
    deliveryInWords((await now())[0]!, { now: new Date('2026-11-18T09:00:00Z'), zone: 'UTC' }).label
  t.equal(await label(), 'Being checked')
  const before = network.calls['ownPosts']!
  for (const [seconds, looks] of [
    [4.9, 0],
    [0.1, 1],
    [9.9, 1],
    [0.1, 2],
    [44.9, 2],
    [0.1, 3],
    [119.9, 3],
    [0.1, 4],
    [600, 4],
  ] as const) {
    await after(seconds)
    t.equal(network.calls['ownPosts']! - before, looks)
  }
  t.equal(await label(), 'Not known')
  t.equal(await state(), 'unknown')
  t.match(await db.read.select().from(mails), [
    { subject: 'A post of @NorthDaleHealth may have gone out or not' },
  ])
})

t.test(
  'a look for which a renewed permission is refused too says that the account must be connected again',
  async (t) => {
    const { db, network, publisher, queue, state, after, mailsTo } = await court(t)
    await queue('One')
    network.steps.push({ publish: true, answer: unknown })
    await publisher.run()
    network.looks.push(problem('unauthorised'), problem('unauthorised', 'The app was suspended.'))
    await after(5)
    t.match(await db.read.select().from(connections), [
      { state: 'reconnect', trouble: 'The app was suspended.' },
    ])
    t.match(await mailsTo(), [{ subject: '@NorthDaleHealth must be connected again' }])
    t.equal(network.calls['ownPosts'], 3, 'the first before it was sent')
    await after(60)
    t.equal(network.calls['ownPosts'], 3, 'and X is not asked again and again')
    t.equal(await state(), 'unknown')
  },
)

t.test('a look that can’t be made does not count as one', async (t) => {
  const { db, network, publisher, queue, state, after } = await court(t)
  await queue('One')
  network.steps.push({ publish: true, answer: unknown })
  await publisher.run()
  for (let round = 0; round < 6; round++) network.looks.push(problem('unreachable'))
  const told = async () => (await db.read.select().from(mails)).map(({ text }) => text)
  for (let round = 0; round < 2; round++) await after(60)
  t.same(await told(), [], 'the time for looking is not over')
  for (let round = 0; round < 4; round++) await after(60)
  t.equal(await state(), 'unknown')
  t.match(await told(), [/can’t be read/], 'once, and not first when it can be read again')
  await after(60)
  t.equal(await state(), 'posted')
})

t.test(
  'what is found must be that post: words, answered post, pictures, and newer than the attempt',
  async (t) => {
    const media = (mediaKey: string) => ({
      mediaKey,
      kind: 'photo' as const,
      url: null,
      alt: null,
      width: 1,
      height: 1,
    })
    const rows: { name: string; posts: object[]; state: string }[] = [
      { name: 'the same words', posts: [{ text: 'Read  this' }], state: 'posted' },
      { name: 'other words', posts: [{ text: 'Read that' }], state: 'unknown' },
      { name: 'an answer', posts: [{ text: 'Read this', replyTo: '5' }], state: 'unknown' },
      { name: 'with a picture', posts: [{ text: 'Read this', media: [media('x')] }], state: 'unknown' },
      {
        name: 'with a poll',
        posts: [{ text: 'Read this', poll: { options: [{ label: 'Tea', votes: 0 }], endsAt: null } }],
        state: 'unknown',
      },
      { name: 'two of them', posts: [{ text: 'Read this' }, { text: 'Read this' }], state: 'unknown' },
      { name: 'an older one', posts: [{ text: 'Read this', id: '900' }], state: 'unknown' },
    ]
    for (const { name, posts, state: expected } of rows) {
      const { network, publisher, queue, state, lookUntilTheLast } = await court(t)
      await queue('First, to know the timeline')
      await publisher.run()
      await queue('Read this')
      network.steps.push({ publish: false, answer: unknown })
      await publisher.run()
      for (const post of posts) network.byHand({ text: '', ...post })
      await lookUntilTheLast()
      t.equal(await state(), `posted ${expected}`, name)
    }
  },
)

t.test('a look reads what came since, and takes for each only what is newer than its attempt', async (t) => {
  const { network, publisher, queue, now, after } = await court(t)
  const since: (string | undefined)[] = []
  const { ownPosts } = network
  network.ownPosts = (token, user, given) => {
    since.push(given.sinceId)
    return ownPosts(token, user, given)
  }
  network.byHand({ text: 'Before we came' })
  await queue('First')
  network.steps.push({ publish: false, answer: unknown })
  await publisher.run()
  const byHand = network.byHand({ text: 'Read this' })
  await queue('Between')
  await publisher.run()
  await queue('Read this')
  network.steps.push({ publish: false, answer: unknown })
  await publisher.run()
  for (let look = 0; look < 4; look++) await after(60)
  t.same(new Set(since), new Set([undefined, '1001']), 'all of it once, then since the older attempt')
  t.match(
    (await now())
      .filter(({ state }) => state === 'unknown')
      .map(({ payload }) => payload.text)
      .toSorted(),
    ['First', 'Read this'],
    `${byHand.id} stood there before it was sent`,
  )
})

t.test('a media key of ours proves a post, whatever became of its words', async (t) => {
  const { db, clock, network, images, publisher, state, after } = await court(t)
  const hash = await picture(db, images, clock.now())
  const parts = [{ text: 'Look', images: [{ hash, alt: '' }] }]
  await approved(db, { parts, dueAt: clock.now(), now: clock.now() })
  network.steps.push({ publish: true, answer: unknown })
  await publisher.run()
  network.timeline[0]!.text = 'Look …'
  network.byHand({ text: 'Look' })
  await after(5)
  t.equal(await state(), 'posted')
})

t.test('a duplicate that is not among the latest posts is told as what X said', async (t) => {
  const { db, network, publisher, queue, state, now, lookUntilTheLast } = await court(t)
  await queue('One')
  network.steps.push({ publish: false, answer: { outcome: 'duplicate', problem: problem('duplicate') } })
  await publisher.run()
  await lookUntilTheLast()
  t.equal(await state(), 'unknown')
  const [mail] = await db.read.select().from(mails)
  t.match(mail!.text, 'X answered that the same words stand there already, and we don’t see them')
  t.notMatch(mail!.text, 'no clear answer')
  const [delivery] = await now()
  const given = { attempts: await db.read.select().from(attempts), records: [], removal: undefined }
  const told = { now: delivery!.dueAt, zone: 'UTC', nameOf: () => null, forHost: false }
  t.match(deliveryTimeLine(delivery!, given, told)[1], {
    text: /^and not taken\. X answered that the same words/,
  })
})

t.test('a duplicate is looked for, and the post that is there adopted', async (t) => {
  const { network, publisher, queue, state, after } = await court(t)
  await queue('One')
  network.steps.push({ publish: true, answer: { outcome: 'duplicate', problem: problem('duplicate') } })
  await publisher.run()
  await after(5)
  t.equal(await state(), 'posted')
})

t.test('“send again” looks once more first', async (t) => {
  const { db, network, deps, publisher, queue, state, seen, lookUntilTheLast } = await court(t)
  await queue('One', 'Two')
  network.steps.push({ publish: true, answer: unknown, lag: 6 })
  await publisher.run()
  const early = sendAgain(deps, await seen())
  await t.rejects(early, { message: /still looking/ })
  await lookUntilTheLast()
  network.looks.push(problem('unreachable', 'X could not be reached.'))
  await t.rejects(sendAgain(deps, await seen()), { message: /not sent again: it may stand there/ })
  await sendAgain(deps, await seen()) // lag: neither the fifth look shows anything, nor the one before it goes
  t.equal(await state(), 'waiting waiting', 'with what follows it')
  await publisher.run()
  t.equal(network.sent.length, 2, 'a person said so: the hole that the documentation tells of')

  const other = await court(t)
  await other.queue('One', 'Two')
  other.network.steps.push({ publish: true, answer: unknown, lag: 4 })
  await other.publisher.run()
  await other.lookUntilTheLast()
  t.equal(await sendAgain(other.deps, await other.seen()), 'found')
  t.equal(await other.state(), 'posted waiting')
  t.equal(other.network.sent.length, 1)

  const several = await court(t)
  await several.queue('One')
  several.network.steps.push({ publish: false, answer: unknown })
  await several.publisher.run()
  several.network.byHand({ text: 'One' })
  several.network.byHand({ text: 'One' })
  await several.after(5)
  await t.rejects(sendAgain(several.deps, await several.seen()), { message: /More than one post/ })
  t.match(await several.db.read.select().from(mails), [{ text: /More than one post/ }])
  t.match(await db.read.select().from(attempts), [{ outcome: 'unknown' }, { outcome: 'posted' }])
})

t.test('what was to be sent again and waited is looked for once more before it goes', async (t) => {
  const waited = async (change: (world: Awaited<ReturnType<typeof court>>) => void) => {
    const world = await court(t)
    const { db, clock, network, deps, publisher, queue, seen, lookUntilTheLast } = world
    await queue('One', 'Two')
    network.steps.push({ publish: false, answer: unknown })
    await publisher.run()
    await lookUntilTheLast()
    await sendAgain(deps, await seen())
    await db.write((tx) => pauseForCredit(tx, ACCOUNT, clock.machine()))
    await publisher.run()
    t.equal(await world.state(), 'credit waiting')
    change(world)
    await world.after(600)
    return world
  }
  const found = await waited(({ network }) => network.byHand({ text: 'One' }))
  t.equal(await found.state(), 'posted waiting')
  await found.after(601)
  t.same(
    found.network.sent.map(({ text }) => text),
    ['One', 'Two'],
    'X took it after our last look',
  )

  const several = await waited(({ network }) => {
    network.byHand({ text: 'One' })
    network.byHand({ text: 'One' })
  })
  t.equal(await several.state(), 'undecided waiting')
  t.equal(several.network.sent.length, 1)

  const unseen = await waited(({ network }) => {
    network.looks.push(problem('unreachable', 'X could not be reached.'))
  })
  t.match(await unseen.now(), [{ state: 'waiting', trouble: 'X could not be reached.', notBefore: Date }, {}])
  t.equal(unseen.network.sent.length, 1)
  await unseen.after(601)
  t.equal(unseen.network.sent.length, 2, 'nothing of it stands there')
})

t.test('a person says which post it is, and is held to the account’s own', async (t) => {
  const { network, deps, publisher, queue, state, lookUntilTheLast, lead } = await court(t)
  await queue('One')
  await publisher.run()
  await queue('Two')
  network.steps.push({ publish: false, answer: unknown })
  await publisher.run()
  await lookUntilTheLast()
  const strange = network.byHand({ text: 'Two', author: { ...OWN_USER, id: '7', handle: 'stranger' } })
  const changed = network.byHand({ text: 'Two, as X shows it' })
  const { id: deliveryId, version } = (await deps.db.read.select().from(deliveries)).find(
    ({ state }) => state === 'unknown',
  )!
  const settling = { deliveryId, version, actor: lead }
  const say = (address: string, sure = false) => itIsThere(deps, settling, { address, sure })
  const refusals: [string, RegExp][] = [
    ['somewhere', /not the address of a post/],
    ['https://x.com/NorthDaleHealth/status/4', /knows no such post/],
    [`https://x.com/stranger/status/${strange.id}`, /by @stranger/],
    [`https://x.com/NorthDaleHealth/status/${changed.id}`, /says something else.*Two, as X shows it/],
  ]
  for (const [address, message] of refusals) await t.rejects(say(address), { message }, address)
  for (const sure of [false, true])
    await t.rejects(say('https://x.com/NorthDaleHealth/status/1001', sure), {
      message: /We know this one already/,
    })
  t.equal(await state(), 'posted unknown')
  await say(`https://x.com/NorthDaleHealth/status/${changed.id}?s=20`, true)
  t.equal(await state(), 'posted posted')
  await t.rejects(say('1001'), { message: /Something happened to it/ })
})

t.test('what nobody wants to know is left, and what would follow cancelled', async (t) => {
  const { network, deps, publisher, queue, state, seen, recorded } = await court(t)
  await queue('One', 'Two', 'Three')
  network.steps.push({ publish: false, answer: unknown })
  await publisher.run()
  t.equal(await leaveIt(deps, await seen()), 2)
  t.equal(await state(), 'abandoned cancelled cancelled')
  t.match(await recorded('delivery.abandoned'), [{ personId: LEAD.id }])
})

t.test(
  'an answer that comes after somebody left it is kept: it stands there, and nothing follows it',
  async (t) => {
    const { clock, network, process, deps, queue, state, seen } = await court(t)
    await queue('One', 'Two')
    const [slow, other] = [process(), process()]
    network.steps.push({
      publish: true,
      lag: 99,
      meanwhile: async () => {
        clock.pass(2)
        await other.run()
        await leaveIt(deps, await seen())
        t.equal(await state(), 'abandoned cancelled')
      },
    })
    await slow.run()
    t.equal(await state(), 'posted cancelled')
    clock.pass(2)
    await other.run()
    t.equal(network.sent.length, 1)
  },
)

t.test('a held or failed delivery goes at a new time, with what follows it', async (t) => {
  const { clock, network, deps, publisher, queue, state, seen, after, recorded } = await court(t)
  await queue('One', 'Two')
  await after(3600)
  t.equal(await state(), 'late waiting')
  const past = new Date('2026-11-18T09:30:00Z')
  await t.rejects(letGo(deps, await seen(), past), { message: /has passed/ })
  await letGo(deps, await seen(), new Date('2026-11-18T11:00:00Z'))
  t.match(await recorded('delivery.released'), [
    { personId: LEAD.id, details: { from: 'late', at: '2026-11-18T11:00:00.000Z', part: 1, parts: 2 } },
  ])
  network.steps.push({ publish: false, answer: refused('forbidden') })
  clock.pass(60)
  await publisher.run()
  t.equal(await state(), 'failed thread-broken')
  await letGo(deps, await seen(), null)
  await publisher.run()
  await after(2)
  t.equal(await state(), 'posted posted')
})

t.test('what stands in the way of letting go is said', async (t) => {
  const { db, clock, network, deps, publisher, queue, seen, now, lead, state } = await court(t)
  const { deliveries: parts } = await queue('One', 'Two')
  network.steps.push({ publish: false, answer: refused('forbidden') })
  await publisher.run()
  const part = (await now())[1]!
  const fingerprint = fingerprintAsSeen(await findReleasable(db.read, part))
  const second = { deliveryId: parts[1]!.id, version: part.version, fingerprint, actor: lead }
  await t.rejects(letGo(deps, second, null), { message: /part before it has to go out first/ })
  await queue('One')
  await t.rejects(letGo(deps, await seen(), null), { message: /could not be told apart/ })
  await db.write(async (tx) => void (await tx.update(accounts).set({ brakeAt: clock.now(), version: 5 })))
  await t.rejects(letGo(deps, await seen(), null), { message: /The brake is on/ })
  t.equal(await cancelFrom(deps, await seen()), 2)
  t.equal(await state(), 'cancelled waiting cancelled')

  const other = await court(t)
  await other.db.write(async (tx) => {
    await tx.insert(weeks).values({
      id: 'week',
      accountId: ACCOUNT,
      slot: '2026-11-16',
      kind: 'hosted',
      state: 'cancelled',
      theme: '',
      why: '',
      opensAt: other.clock.now(),
      closesAt: other.clock.now(),
      createdAt: other.clock.now(),
    })
  })
  const { clock: itsClock } = other
  await approved(other.db, { parts: ['One'], weekId: 'week', dueAt: itsClock.now(), now: itsClock.now() })
  await other.publisher.run()
  t.equal(await other.state(), 'week-changed')
  await t.rejects(letGo(other.deps, await other.seen(), null), { message: /week was cancelled/ })
})

t.test('leads and approvers decide; nobody else, and never on an old page', async (t) => {
  const { db, clock, deps, queue, seen, after } = await court(t)
  const { deliveries: parts } = await queue('One')
  await after(3600)
  const stranger: Actor = { personId: 'x', name: '', email: '', roles: [], hosting: [] }
  await t.rejects(findDeliveryFor(db.read, parts[0]!.id, stranger), { message: /nothing here/ })
  await t.rejects(cancelFrom(deps, await seen(stranger)), { message: /nothing here/ })
  const old = { ...(await seen()), version: 0 }
  await t.rejects(letGo(deps, old, null), { message: /Something happened to it/ })
  const writer = (await findActor(db.read, APPROVER.id, clock.now()))!
  await t.rejects(letGo(deps, await seen(writer), null), { message: /You wrote in this draft/ })
  await letGo(deps, await seen(), null)
})

for (const how of ['a look finds', 'a person points out']) {
  t.test(`in an older copy, the part that ${how} does not send the next one again`, async (t) => {
    const { network, publisher, queue, clock, deps, seen, state, process } = await court(t)
    await queue('One', 'Two')
    network.steps.push({ publish: true, answer: unknown, lag: 2 })
    await publisher.run()
    // After the copy was made, the first part was found, and the second went out.
    const first = network.timeline[0]!.id
    network.byHand({ text: 'Two', replyTo: first })
    await publisher.stop()
    const next = process()
    await queue('Another')
    network.looks.push(problem('unreachable'))
    clock.pass(0.1)
    await next.run()
    t.match(await state(), 'unknown')
    t.equal(network.timeline.length, 3, 'another thread went out, and the timeline was read for it')
    if (how === 'a person points out') await itIsThere(deps, await seen(), { address: first, sure: false })
    for (let run = 0; run < 4; run++) {
      clock.pass(0.3)
      await next.run()
    }
    t.equal(network.timeline.filter(({ text }) => text === 'Two').length, 1)
    t.equal(await state(), 'posted posted posted')
  })
}

t.test('in an older copy, a post that a look finds does not hide what went out before it', async (t) => {
  const { db, network, publisher, queue, clock, state, process } = await court(t)
  await queue('One')
  const dueAt = new Date(clock.now().getTime() + 600_000)
  await approved(db, { parts: ['Later'], dueAt, now: clock.now() })
  network.steps.push({ publish: false, answer: unknown })
  await publisher.run()
  await publisher.stop()
  // After the copy was made, both went out, the second one first.
  network.byHand({ text: 'Later' })
  network.byHand({ text: 'One' })
  const next = process()
  clock.pass(1)
  await next.run()
  t.match(await state(), /posted/)
  clock.pass(10)
  await next.run()
  t.equal(network.timeline.length, 2)
  t.equal(await state(), 'posted posted')
})
