import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { deliveries } from '../../src/db/schema/index.ts'
import { leaveIt } from '../../src/publishing/settle-delivery.ts'
import { findActor } from '../../src/rota/powers.ts'
import { desk, unknown } from '../support/publishing-desk.ts'
import { LEAD } from '../support/story.ts'
import { compare, type Approval, type Post } from './compare.ts'

/** A thread of two parts, posted as it was approved; `found` compares with what stands there and was approved. */
async function posted(t: Test) {
  const world = await desk(t, { policy: { threadGapSeconds: 0 } })
  const { db, clock, network, publisher, queue } = world
  const { draftId } = await queue('One', 'Two')
  await publisher.run()
  clock.pass(0.1)
  await publisher.run()
  const posts: Post[] = network.timeline.map(({ id, text, replyTo }) => ({ id, text, replyTo, images: [] }))
  const approval = approvalOf(draftId, 'One', 'Two')
  const found = async (standing: Post[] = posts, approvals: Approval[] = [approval]) => {
    const { lost, duplicated, unseen } = await compare({ db, clock }, { posts: standing, approvals })
    return [lost.length, duplicated.length, unseen.length]
  }
  return { ...world, draftId, posts, approval, found }
}

function approvalOf(id: string, ...texts: string[]): Approval {
  const parts = texts.map((text) => ({ text, images: [] }))
  const draft = { id, byHost: false, parts, dueInMs: null, answered: null }
  return { draft, signOff: '', state: 'approved' }
}

t.test('what is called posted and does not stand there so is lost', async (t) => {
  const { posts, found } = await posted(t)
  const [one, two] = posts as [Post, Post]
  t.same(await found(), [0, 0, 0])
  t.same(await found([one]), [1, 0, 0])
  const picture = { hash: 'a picture', alt: '' }
  for (const changed of [{ text: 'Too' }, { replyTo: null }, { images: [picture] }])
    t.same(await found([one, { ...two, ...changed }]), [1, 1, 0], Object.keys(changed).join())
})

t.test('what stands there more often than it was approved is a duplicate', async (t) => {
  const { posts, approval, found } = await posted(t)
  const [one, two] = posts as [Post, Post]
  t.same(await found([...posts, { ...one, id: '2001' }]), [0, 1, 0])
  t.same(await found([...posts, { ...two, id: '2001' }]), [0, 1, 0])
  t.same(await found([...posts, { ...two, id: '2001', replyTo: null }]), [0, 1, 0], 'nobody approved it so')
  t.same(await found(posts, [{ ...approval, state: 'refused' }]), [0, 2, 0])
  t.same(
    await found([...posts, { ...one, id: '2001' }], [approval, { ...approval, state: 'gone' }]),
    [0, 0, 0],
  )
})

t.test('what is neither posted, nor waits, nor is shown to anybody, is unseen', async (t) => {
  const { db, clock, found, approval, posts } = await posted(t)
  const second = async (change: Partial<typeof deliveries.$inferInsert>) => {
    await db.write((tx) => tx.update(deliveries).set(change).where(eq(deliveries.position, 1)))
    return (await found())[2]
  }
  const later = new Date(clock.now().getTime() + 60_000)
  t.equal(await second({ state: 'waiting', dueAt: later }), 0, 'its time comes')
  t.equal(await second({ state: 'waiting', dueAt: clock.now() }), 1)
  t.equal(await second({ state: 'sending' }), 1)
  t.equal(await second({ state: 'unknown' }), 0, 'a person is asked')
  t.equal(await second({ state: 'held', heldReason: 'late' }), 0)
  t.equal(await second({ state: 'held', heldReason: 'thread-broken' }), 1, 'by a part that is posted')
  t.equal(await second({ state: 'cancelled', heldReason: null }), 1, 'by nobody')
  t.equal(await second({ state: 'abandoned' }), 1)
  await second({ state: 'posted' })
  const [lost, duplicated, unseen] = await found(posts, [approval, approvalOf('never queued', 'Three')])
  t.same([lost, duplicated, unseen], [0, 0, 1])
})

t.test(
  'what people gave up, and stands there all the same without their being told, is unseen',
  async (t) => {
    const { db, clock, network, publisher, queue, deps, approval, posts, found } = await posted(t)
    const { draftId, deliveries: queued } = await queue('Three')
    network.steps.push({ publish: true, answer: unknown, lag: 99 })
    await publisher.run()
    const actor = (await findActor(db.read, LEAD.id, clock.now()))!
    const [three] = await db.read.select().from(deliveries).where(eq(deliveries.id, queued[0]!.id))
    await leaveIt(deps, { deliveryId: three!.id, version: three!.version, actor })
    const approvals = [approval, approvalOf(draftId, 'Three')]
    t.same(await found(posts, approvals), [0, 0, 0])
    const stands = { id: '1003', text: 'Three', replyTo: null, images: [] }
    t.same(await found([...posts, stands], approvals), [0, 0, 1])
    const lostSight = new Set([stands.id])
    const { unseen } = await compare({ db, clock }, { posts: [...posts, stands], approvals, lostSight })
    t.same(unseen, [], 'a restore tells of what its copy does not know')
  },
)
