import { eq } from 'drizzle-orm'
import t from 'tap'
import { activity, deliveries, weekHosts, weeks } from '../../src/db/schema/index.ts'
import {
  ALIKE,
  cancelWaiting,
  deliveriesBetween,
  deliveriesOfDrafts,
  listTroubled,
} from '../../src/publishing/deliveries.ts'
import type { DeliveryState } from '../../src/publishing/delivery.ts'
import { deliveryInWords } from '../../src/publishing/pages.ts'
import { approved } from '../support/approved.ts'
import { testDatabase } from '../support/database.ts'
import { ACCOUNT, anAccount, LEAD } from '../support/story.ts'

const now = new Date('2026-11-18T10:00:00Z')
const dueAt = new Date('2026-11-18T12:00:00Z')
const by = { personId: LEAD.id, now }

async function world(t: Parameters<typeof testDatabase>[0]) {
  const { db } = testDatabase(t)
  await anAccount(db, { now })
  const setState = (id: string, change: Partial<typeof deliveries.$inferInsert>) =>
    db.write(async (tx) => void (await tx.update(deliveries).set(change).where(eq(deliveries.id, id))))
  return { db, setState }
}

t.test('each part of a thread waits as one delivery, with exactly what was approved', async (t) => {
  const { db } = await world(t)
  const image = { hash: 'a'.repeat(64), alt: 'A red door' }
  const { draftId } = await approved(db, {
    parts: [{ text: 'One', images: [image] }, 'Two'],
    dueAt,
    now,
    networkUserId: '77',
  })
  t.match(await deliveriesOfDrafts(db.read, [draftId]), [
    {
      position: 0,
      parts: 2,
      state: 'waiting',
      payload: { text: 'One', images: [image] },
      networkUserId: '77',
    },
    { position: 1, parts: 2, state: 'waiting', payload: { text: 'Two', replyTo: null }, dueAt },
  ])
  t.equal((await deliveriesBetween(db.read, ACCOUNT, dueAt, new Date(dueAt.getTime() + 1))).length, 2)
  t.equal((await deliveriesBetween(db.read, ACCOUNT, now, dueAt)).length, 0, 'the end is left out')
})

t.test('what could not be told apart on the network is refused while the other is alive', async (t) => {
  const { db, setState } = await world(t)
  const image = { hash: 'b'.repeat(64), alt: '' }
  const cases: { first: object; second: object; alike: boolean }[] = [
    { first: { text: 'Same  words' }, second: { text: ' Same words' }, alike: true },
    { first: { text: 'See https://a.org/' }, second: { text: 'See a.org' }, alike: true },
    { first: { text: 'Answer', replyTo: '1' }, second: { text: 'Answer', replyTo: '2' }, alike: false },
    { first: { text: 'Picture' }, second: { text: 'Picture', images: [image] }, alike: false },
  ]
  for (const { first, second, alike } of cases) {
    const { deliveries: one } = await approved(db, { parts: [first], dueAt, now })
    const other = approved(db, { parts: [second], dueAt, now })
    if (alike) await t.rejects(other, { message: ALIKE })
    else await other
    if (!alike) continue
    for (const state of ['held', 'sending', 'unknown'] as const) {
      await setState(one[0]!.id, { state })
      await t.rejects(approved(db, { parts: [second], dueAt, now }), { message: ALIKE }, state)
    }
    await setState(one[0]!.id, { state: 'cancelled' })
    await t.resolves(approved(db, { parts: [second], dueAt, now }))
  }
  await t.resolves(approved(db, { parts: ['Hello', 'And more'], dueAt, now }))
  await t.resolves(approved(db, { parts: ['Good day', 'And more'], dueAt, now }), 'threads end alike')
})

t.test('a draft is taken back with all its parts or not at all', async (t) => {
  const { db, setState } = await world(t)
  const allowed: Partial<Record<DeliveryState, boolean>> = { held: true, failed: true, waiting: true }
  for (const state of ['waiting', 'held', 'failed', 'sending', 'unknown', 'posted', 'removing'] as const) {
    const { draftId, deliveries } = await approved(db, { parts: [`1 ${state}`, '2'], dueAt, now })
    await setState(deliveries[0]!.id, { state })
    const work = db.write((tx) => cancelWaiting(tx, { draftId }, by))
    if (allowed[state]) t.equal(await work, 2, state)
    else await t.rejects(work, { message: /can’t be taken back/ }, state)
    const states = (await deliveriesOfDrafts(db.read, [draftId])).map((one) => one.state)
    t.same(states, allowed[state] ? ['cancelled', 'cancelled'] : [state, 'waiting'])
  }
  const recorded = await db.read.select().from(activity).where(eq(activity.kind, 'delivery.cancelled'))
  t.equal(recorded.length, 6)
  t.match(recorded[0], { personId: LEAD.id, details: { part: 1, parts: 2 } })
})

t.test('a week takes back what its hosts still had waiting, and nothing of the desk', async (t) => {
  const { db, setState } = await world(t)
  await db.write(async (tx) => {
    await tx.insert(weeks).values({
      id: 'week',
      accountId: ACCOUNT,
      slot: '2026-11-16',
      kind: 'hosted',
      state: 'announced',
      theme: 'Nights',
      why: '',
      opensAt: now,
      closesAt: dueAt,
      createdAt: now,
    })
    await tx.insert(weekHosts).values({
      id: 'hosting',
      weekId: 'week',
      personId: LEAD.id,
      name: 'Joseph',
      handle: '',
      job: '',
      organisation: '',
      biography: '',
      signOff: '^JO',
      createdAt: now,
    })
  })
  const host = await approved(db, { parts: ['A', 'B', 'C'], weekId: 'week', hosted: true, dueAt, now })
  const desk = await approved(db, { parts: ['Welcome'], weekId: 'week', dueAt, now })
  await setState(host.deliveries[0]!.id, { state: 'posted', networkId: '1' })
  await setState(host.deliveries[1]!.id, { state: 'held', heldReason: 'late' })
  t.equal(await db.write((tx) => cancelWaiting(tx, { weekId: 'week' }, by)), 2)
  const after = await deliveriesOfDrafts(db.read, [host.draftId, desk.draftId])
  t.same(after.map((one) => one.state).toSorted(), ['cancelled', 'cancelled', 'posted', 'waiting'])
})

t.test('people are asked about what is held, failed or not known, and told in words', async (t) => {
  const { db, setState } = await world(t)
  const { deliveries } = await approved(db, { parts: ['1', '2', '3', '4', '5'], dueAt, now })
  const [held, failed, unknown, broken, posted] = deliveries.map(({ id }) => id)
  await setState(held!, { state: 'held', heldReason: 'late' })
  await setState(failed!, { state: 'failed', trouble: 'X refused it.' })
  await setState(unknown!, { state: 'unknown' })
  await setState(broken!, { state: 'held', heldReason: 'thread-broken' })
  await setState(posted!, { state: 'posted', networkId: '5', postedAt: dueAt })
  const troubled = await listTroubled(db.read, ACCOUNT)
  t.same(
    troubled.map(({ id }) => id),
    [held, failed, unknown],
  )
  const words = new Map(
    (await deliveriesBetween(db.read, ACCOUNT, now, new Date(dueAt.getTime() + 1))).map((one) => [
      one.id,
      deliveryInWords(one, { now, zone: 'Europe/London' }),
    ]),
  )
  t.match(words.get(held!), { label: 'Held', detail: /in time/, href: `/deliveries/${held}` })
  t.match(words.get(failed!), { label: 'Did not go out', detail: 'X refused it.' })
  t.match(words.get(unknown!), { detail: 'Nobody knows whether the 12:00 post went out.' })
  t.match(words.get(posted!), { label: 'Posted today 12:00', detail: null })
})
