import t, { type Test } from 'tap'
import { charges, mails, secondPosts } from '../../src/db/schema/index.ts'
import { fingerprintAsSeen, sendAgain } from '../../src/drafts/deliveries/let-go.ts'
import { takeDown } from '../../src/listening/take-down.ts'
import { cancelFrom, leaveIt } from '../../src/publishing/settle-delivery.ts'
import { findReleasable } from '../../src/publishing/release.ts'
import { openSecondPosts } from '../../src/publishing/second-posts.ts'
import { findActor } from '../../src/rota/powers.ts'
import { problem } from '../support/network.ts'
import { desk, refused, unknown } from '../support/publishing-desk.ts'
import { ACCOUNT, LEAD } from '../support/story.ts'

/** Of one post X gave no clear answer, all looks have missed it, and a person is asked. */
async function notKnown(t: Test, ...parts: string[]) {
  const world = await desk(t)
  const { db, clock, network, publisher, queue, deps, state, now } = world
  await queue(...(parts.length > 0 ? parts : ['Said once']))
  const at = clock.now()
  network.steps.push({ publish: false, answer: unknown })
  await publisher.run()
  const after = async (minutes: number) => {
    clock.pass(minutes)
    return publisher.run()
  }
  for (let minute = 0; minute < 5; minute++) await after(1)
  t.match(await state(), /^unknown/)
  /** The account shows now what X had taken then. */
  const shows = (minutesAfterwards = 0) =>
    network.byHand({
      text: 'Said once',
      id: '1001',
      createdAt: new Date(at.getTime() + minutesAfterwards * 60_000),
    })
  const settling = async () => {
    const [delivery] = await now()
    const { id: deliveryId, version } = delivery!
    const fingerprint = fingerprintAsSeen(await findReleasable(db.read, delivery!))
    const actor = (await findActor(db.read, LEAD.id, clock.now()))!
    return { deliveryId, version, fingerprint, actor }
  }
  const repeated = async () => {
    await sendAgain(deps, await settling())
    await publisher.run()
    t.equal(await state(), 'posted')
  }
  const told = async (words: RegExp) =>
    (await db.read.select().from(mails)).filter(({ to, subject }) => to === LEAD.email && words.test(subject))
  const twice = () => openSecondPosts(db.read, ACCOUNT)
  return { ...world, after, shows, settling, repeated, told, twice }
}

t.test(
  'a post that X never answered for, and that shows only after its repeat, is told of as standing twice',
  async (t) => {
    const { network, after, shows, repeated, told, twice, now } = await notKnown(t)
    await repeated()
    await after(5)
    shows()
    await after(4)
    t.same(await twice(), [], 'not looked for all the time')
    await after(60)
    t.match(await twice(), [{ second: { networkId: '1001', state: 'standing' } }])
    const [delivery] = await now()
    t.match(delivery, { state: 'posted', networkId: '1002' })
    t.match(await told(/stands twice/), [{ text: /shows on the account only now[^]*1002[^]*1001/ }])
    const looks = network.calls['ownPosts']
    for (let hour = 0; hour < 30; hour++) await after(60)
    t.equal(network.calls['ownPosts'], looks, 'and then no more')
    t.equal((await told(/stands twice/)).length, 1)
  },
)

t.test('what shows of a repeat without an answer does not hide what shows of the first try', async (t) => {
  const { deps, network, publisher, after, shows, settling, told, twice, state, now } = await notKnown(t)
  await sendAgain(deps, await settling())
  network.steps.push({ publish: true, answer: unknown, lag: 4 })
  await publisher.run()
  for (let minute = 0; minute < 5; minute++) await after(1)
  t.equal(await state(), 'unknown', 'the looks missed the repeat, too')
  await after(5)
  t.equal(await state(), 'unknown', 'it is younger than the repeat')
  await after(6)
  t.match(await now(), [{ state: 'posted', networkId: '1002' }])
  shows()
  await after(60)
  t.match(await twice(), [{ second: { networkId: '1001', state: 'standing' } }])
  t.match(await told(/stands twice/), [{ text: /1002[^]*1001/ }])
})

t.test('the same words by hand, some time after it was sent, are no second post', async (t) => {
  const { after, shows, repeated, twice } = await notKnown(t)
  await repeated()
  shows(20)
  await after(120)
  t.same(await twice(), [])
})

t.test('what shows after the last look is found without anybody’s doing', async (t) => {
  const { db, after, shows, state, now, publisher } = await notKnown(t)
  shows()
  await after(15)
  t.equal(await state(), 'posted')
  const reads = (await db.read.select().from(charges)).filter(({ kind }) => kind === 'own-read')
  t.match(reads, [{ units: 1 }], 'and what was read is charged')
  t.match(await now(), [{ networkId: '1001' }])
  t.equal((await publisher.run()).nextAt, null)
})

t.test('the timeline is read four times within a day, and then no more', async (t) => {
  const { network, after, state } = await notKnown(t)
  const before = network.calls['ownPosts']!
  const looks = async (minutes: number) => {
    await after(minutes)
    return network.calls['ownPosts']! - before
  }
  t.same(
    [await looks(9), await looks(2), await looks(60), await looks(300), await looks(1140)],
    [0, 1, 2, 3, 4],
  )
  t.equal((await after(600)).nextAt, null)
  t.equal(await state(), 'unknown')
})

t.test('a timeline that can’t be read is asked for again, for a week', async (t) => {
  const { network, after, shows, state } = await notKnown(t)
  network.looks.push(problem('unreachable'), problem('unreachable'))
  await after(15)
  await after(15)
  t.equal(await state(), 'unknown')
  shows()
  await after(15)
  t.equal(await state(), 'posted')

  const other = await notKnown(t)
  for (let look = 0; look < 9; look++) other.network.looks.push(problem('unreachable'))
  for (let day = 0; day < 8; day++) await other.after(1440)
  t.equal((await other.after(0)).nextAt, null)
})

t.test('the same words by hand, some time before it was sent, are not it', async (t) => {
  const { deps, after, shows, settling, state } = await notKnown(t)
  await leaveIt(deps, await settling())
  shows(-20)
  await after(20)
  t.equal(await state(), 'abandoned')
})

t.test('what was left as it is, and stands after all, is told to those who decide', async (t) => {
  const { deps, after, shows, settling, told, state, recorded } = await notKnown(t)
  await leaveIt(deps, await settling())
  shows()
  await after(20)
  t.equal(await state(), 'posted')
  t.match(await told(/stands on X after all/), [
    { text: /X had taken it[^]*Said once[^]*take it down|take it down[^]*Said once/ },
  ])
  t.match(await recorded('delivery.posted'), [{ details: { found: true } }])
})

t.test('what X refused at its repeat, and stands after all, is told to those who decide', async (t) => {
  const { deps, network, publisher, after, shows, settling, told, state } = await notKnown(t)
  await sendAgain(deps, await settling())
  network.steps.push({ publish: false, answer: refused('forbidden') })
  await publisher.run()
  t.equal(await state(), 'failed')
  shows()
  await after(20)
  t.equal(await state(), 'posted')
  t.match(await told(/stands on X after all/), [{ text: /had taken it before[^]*Said once/ }])
})

t.test('of several that look like what was given up, the oldest is taken for it, and told of', async (t) => {
  const { deps, network, after, shows, settling, told, state, now } = await notKnown(t)
  await leaveIt(deps, await settling())
  shows()
  network.byHand({ text: 'Said once', createdAt: network.timeline[0]!.createdAt })
  await after(20)
  t.equal(await state(), 'posted')
  t.match(await now(), [{ networkId: '1001' }])
  t.equal((await told(/stands on X after all/)).length, 1)
})

t.test(
  'words that were given up after a doubtful try, and approved anew, are looked for before they go',
  async (t) => {
    const { deps, network, publisher, queue, shows, settling, told, now } = await notKnown(t)
    await leaveIt(deps, await settling())
    shows()
    await queue('Said once')
    await publisher.run()
    t.equal(network.timeline.length, 1, 'nothing stands twice')
    const states = (await now()).map(({ state, heldReason, networkId }) => [state, heldReason, networkId])
    t.same(
      new Set(states.map(String)),
      new Set([String(['posted', null, '1001']), String(['held', 'undecided', null])]),
    )
    t.equal((await told(/stands on X after all/)).length, 1)
    t.match(await told(/is held/), [{ text: /Something like it stands/ }])
    const held = (await now()).find(({ state }) => state === 'held')!
    const { actor } = await settling()
    await cancelFrom(deps, { deliveryId: held.id, version: held.version, actor })
  },
)

t.test('where the timeline shows none of it, words that are approved anew go', async (t) => {
  const { deps, network, publisher, queue, settling, now } = await notKnown(t)
  await leaveIt(deps, await settling())
  network.looks.push(problem('unreachable'))
  await queue('Said once')
  await publisher.run()
  t.equal(network.timeline.length, 0, 'and not before it could be read')
  deps.clock.pass(1)
  await publisher.run()
  t.equal(network.timeline.length, 1)
  t.same(new Set((await now()).map(({ state }) => state)), new Set(['abandoned', 'posted']))
})

t.test('what may be either of two stands for the one that has no post', async (t) => {
  const { deps, network, publisher, queue, after, shows, settling, told, twice, now } = await notKnown(t)
  await leaveIt(deps, await settling())
  await queue('Said once')
  network.steps.push({ publish: false, answer: unknown })
  await publisher.run()
  for (let minute = 0; minute < 4; minute++) await after(1)
  const second = (await now()).find(({ state }) => state === 'unknown')!
  const fingerprint = fingerprintAsSeen(await findReleasable(deps.db.read, second))
  const { actor } = await settling()
  await sendAgain(deps, { deliveryId: second.id, version: second.version, fingerprint, actor })
  await publisher.run()
  await after(7)
  shows(6)
  await after(6)
  t.same(await twice(), [], 'the account is read for the second one, and the post may be the first one’s')
  await after(60)
  t.same(await twice(), [])
  t.same(new Set((await now()).map(({ state }) => state)), new Set(['posted']))
  t.equal((await told(/stands on X after all/)).length, 1)
})

t.test('in an older copy, what followed a part that shows late is not sent again', async (t) => {
  const { network, after, shows, state } = await notKnown(t, 'Said once', 'And more')
  shows()
  network.byHand({ text: 'And more', replyTo: '1001' })
  await after(11)
  await after(1)
  t.equal(await state(), 'posted posted')
  t.equal(network.sent.length, 1)
})

t.test('a second one that is only seen is not taken down by itself with the first', async (t) => {
  const { db, clock, network, after, shows, settling, repeated, told, twice } = await notKnown(t)
  await repeated()
  const { deliveryId, actor } = await settling()
  const asked = { deliveryId, scope: 'part', seen: 'posted', reason: 'A name in it.', actor } as const
  await takeDown({ db, clock, publicUrl: 'http://week.example' }, asked)
  shows()
  await after(20)
  t.same(network.removals, ['1002'])
  t.match(await twice(), [{ second: { networkId: '1001', state: 'standing' } }])
  t.match(await told(/stands on X after all/), [{ text: /It was taken down[^]*1001/ }])
  t.match(await db.read.select().from(secondPosts), [{ state: 'standing' }])
})
