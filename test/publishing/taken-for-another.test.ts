import t from 'tap'
import { attempts, mails, secondPosts } from '../../src/db/schema/index.ts'
import { insertSecondPost } from '../../src/publishing/second-posts-store.ts'
import { itIsThere, leaveIt } from '../../src/publishing/settle-delivery.ts'
import { fingerprintAsSeen, sendAgain } from '../../src/drafts/deliveries/let-go.ts'
import { findReleasable } from '../../src/publishing/release.ts'
import { findActor } from '../../src/rota/powers.ts'
import { desk } from '../support/publishing-desk.ts'
import { LEAD } from '../support/story.ts'

/** “One” stands as number 1001; then X answers for “Two” that it is that very post. */
async function answeredAs(t: Parameters<typeof desk>[0], ...parts: string[]) {
  const world = await desk(t)
  const { db, clock, network, publisher, queue } = world
  await queue('One')
  await publisher.run()
  await queue(...parts)
  const byText = async (text: string) => (await world.now()).find(({ payload }) => payload.text === text)!
  const told = async () =>
    (await db.read.select().from(mails)).filter(
      ({ to, subject }) => to === LEAD.email && /may have/.test(subject),
    )
  const seen = async (text: string) => {
    const delivery = await byText(text)
    const fingerprint = fingerprintAsSeen(await findReleasable(db.read, delivery))
    const actor = (await findActor(db.read, LEAD.id, clock.now()))!
    return { deliveryId: delivery.id, version: delivery.version, fingerprint, actor }
  }
  const late = async (networkId: string, meanwhile: (other: typeof publisher) => Promise<void>) => {
    const other = world.process()
    network.steps.push({
      publish: false,
      answer: { outcome: 'posted', networkId },
      meanwhile: async () => {
        clock.pass(2)
        for (let minute = 0; minute < 5; minute++) {
          await other.run()
          clock.pass(1)
        }
        await meanwhile(other)
      },
    })
    await publisher.run()
  }
  return { ...world, byText, told, seen, late }
}

t.test('a number that stands for another post here proves nothing: people are asked at once', async (t) => {
  const { db, network, clock, publisher, byText, told, recorded } = await answeredAs(t, 'Two', 'Three')
  network.steps.push({ publish: false, answer: { outcome: 'posted', networkId: '1001' } })
  await publisher.run()
  t.match(await byText('Two'), { state: 'unknown', notBefore: null, networkId: null })
  t.match(await byText('Three'), { state: 'held', heldReason: 'thread-broken' })
  t.match(await byText('One'), { state: 'posted', networkId: '1001' })
  t.match(await told(), [{ text: /1001[^]*stands for another post here[^]*deliveries\// }])
  t.match((await recorded('delivery.unknown')).at(-1), { details: { reason: /1001/ } })
  t.match((await db.read.select().from(attempts)).at(-1), {
    outcome: 'unknown',
    nextLookAt: null,
    watchAt: null,
  })
  for (let minute = 0; minute < 30; minute++) {
    clock.pass(1)
    await publisher.run()
  }
  t.equal((await byText('Two')).state, 'unknown')
  t.equal((await told()).length, 1)
  t.equal(network.sent.length, 2)
})

t.test('so does such an answer that comes late, whatever was decided meanwhile', async (t) => {
  const asked = await answeredAs(t, 'Two')
  await asked.late('1001', async () => {})
  t.match(await asked.byText('Two'), { state: 'unknown', trouble: /1001/ })
  t.match((await asked.told()).at(-1), { text: /1001/ })

  const left = await answeredAs(t, 'Two')
  await left.late('1001', async () => void (await leaveIt(left.deps, await left.seen('Two'))))
  t.equal((await left.byText('Two')).state, 'abandoned')
  t.match((await left.db.read.select().from(attempts)).at(-1), { trouble: /1001/, watchAt: null })

  const again = await answeredAs(t, 'Two')
  await again.late('1001', async () => void (await sendAgain(again.deps, await again.seen('Two'))))
  t.match(await again.byText('Two'), { state: 'held', heldReason: 'undecided', trouble: /1001/ })
  t.equal(again.network.sent.length, 2, 'it does not go before somebody has looked')

  const found = await answeredAs(t, 'Two')
  await found.late('1001', async () => {
    found.network.byHand({ text: 'Two', id: '1500' })
    await itIsThere(found.deps, await found.seen('Two'), { address: '1500', sure: false })
  })
  t.match(await found.byText('Two'), { state: 'posted', networkId: '1500' })
  t.same(await found.db.read.select().from(secondPosts), [], 'the post of another is no second one of this')
})

t.test('a number that was noted as another post’s second one is asked about in the same way', async (t) => {
  const second = { networkId: '1500', state: 'standing' } as const
  const noted = async (world: Awaited<ReturnType<typeof answeredAs>>) => {
    const { id: deliveryId, accountId } = await world.byText('One')
    await world.db.write((tx) =>
      insertSecondPost(tx, { ...second, accountId, deliveryId, at: world.clock.now() }),
    )
    return deliveryId
  }
  const inTime = await answeredAs(t, 'Two', 'Three')
  const first = await noted(inTime)
  inTime.network.steps.push({ publish: false, answer: { outcome: 'posted', networkId: '1500' } })
  await inTime.publisher.run()
  t.match(await inTime.byText('Two'), { state: 'unknown', networkId: null, trouble: /1500/ })
  t.match(await inTime.byText('Three'), { state: 'held', heldReason: 'thread-broken' })
  t.match(await inTime.told(), [{ text: new RegExp(`1500[^]*deliveries/${first}`) }])
  t.match(await inTime.db.read.select().from(secondPosts), [{ ...second, deliveryId: first }])

  const settled = await answeredAs(t, 'Two')
  const other = await noted(settled)
  await settled.late('1500', async () => {
    settled.network.byHand({ text: 'Two', id: '1600' })
    await itIsThere(settled.deps, await settled.seen('Two'), { address: '1600', sure: false })
  })
  t.match(await settled.byText('Two'), { state: 'posted', networkId: '1600' })
  t.match(await settled.db.read.select().from(secondPosts), [{ ...second, deliveryId: other }])
})
