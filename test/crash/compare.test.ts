import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { openDatabase, type Database } from '../../src/db/database.ts'
import { deliveries } from '../../src/db/schema/index.ts'
import { fingerprintAsSeen, sendAgain } from '../../src/drafts/deliveries/let-go.ts'
import { layOut } from '../../src/installation.ts'
import { noticeOlderCopy, writeRecordEnd } from '../../src/older-copy.ts'
import { findReleasable } from '../../src/publishing/release.ts'
import { leaveIt } from '../../src/publishing/settle-delivery.ts'
import { findActor } from '../../src/rota/powers.ts'
import { connected } from '../support/network.ts'
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
  },
)

t.test(
  'what went out after an older copy, and was given up in it, is unseen unless the copy is noticed',
  async (t) => {
    const { db, folder, clock, network, publisher, process, queue, deps, approval, posts } = await posted(t)
    const { draftId } = await queue('Three')
    network.steps.push({ publish: false, answer: unknown })
    for (let look = 0; look < 5; look++) {
      await publisher.run()
      clock.pass(1)
    }
    const file = layOut(folder).recordEnd
    const copies = ['told nothing', 'noticed'].map((name) => join(folder, name))
    for (const copy of copies) await db.backup(copy)

    // Nothing of it shows for hours, so a lead sends it again: it stands there, and then the copy is put back.
    clock.pass(240)
    const actor = (await findActor(db.read, LEAD.id, clock.now()))!
    const inQuestion = async (of: Database) =>
      (await of.read.select().from(deliveries).where(eq(deliveries.draftId, draftId)))[0]!
    const sent = await inQuestion(db)
    const fingerprint = fingerprintAsSeen(await findReleasable(db.read, sent))
    await sendAgain(deps, { deliveryId: sent.id, version: sent.version, fingerprint, actor })
    await publisher.run()
    t.equal((await inQuestion(db)).state, 'posted')
    await writeRecordEnd(db, file)
    await publisher.stop()

    const standing = network.timeline.map(({ id, text, replyTo }) => ({ id, text, replyTo, images: [] }))
    t.equal(standing.length, posts.length + 1)
    const approvals = [approval, approvalOf(draftId, 'Three')]
    const unseen: number[] = []
    for (const copy of copies) {
      const older = openDatabase(copy)
      t.teardown(() => older.close())
      const isNoticed = copy.endsWith('noticed')
      if (isNoticed) await noticeOlderCopy(older, { file, now: clock.now() })
      const { id: deliveryId, version } = await inQuestion(older)
      await leaveIt({ ...deps, db: older }, { deliveryId, version, actor })
      // The permission was renewed since, so somebody connects the account again.
      await connected({ db: older, clock }, network)
      const next = process({ db: older })
      for (const minutes of [1, 30, 300, 1500]) {
        clock.pass(minutes)
        await next.run()
      }
      unseen.push((await compare({ db: older, clock }, { posts: standing, approvals })).unseen.length)
      await next.stop()
    }
    t.same(unseen, [1, 0])
  },
)
