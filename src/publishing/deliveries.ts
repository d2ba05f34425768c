import { randomUUID } from 'node:crypto'
import { findAccount } from '../accounts/accounts.ts'
import { requireNotRetired } from '../accounts/pause.ts'
import { record } from '../activity/record.ts'
import { isUniqueViolation, type Reader, type Writer } from '../db/database.ts'
import { Conflict } from '../errors.ts'
import { holdWhileBraked } from './hold-while-braked.ts'
import { RECALLABLE_STATES, type Payload } from './delivery.ts'
import { likenessOf } from './likeness.ts'
import { stepAside } from './step-aside.ts'
import { readyDeliveries } from './due-store.ts'
import { stuckRemovals } from './removals-store.ts'
import {
  changeDelivery,
  deliveriesInStates,
  deliveriesOfDrafts,
  deliveriesOfHostedWeek,
  insertDelivery,
  type Delivery,
} from './store.ts'

/** Steps of this room for others. */
export { attemptsOf, countUnknownSince, underWayAt, type Attempt } from './attempts-store.ts'
export { heldAside } from './aside-store.ts'
export { heldByBrake } from './held-store.ts'
export { findRemoval, removalsOfDraft, removalsSince, type KeptRemoval } from './removals-store.ts'
export {
  deliveriesBetween,
  deliveriesOfDrafts,
  findDelivery,
  partsOf,
  sentSince,
  takenDownAmong,
  type Delivery,
} from './store.ts'

/**
 * Step: one waiting delivery for each part, with exactly what was approved; held at once while the brake is on.
 * @throws Conflict when something is on its way that could not be told apart from it on the network.
 */
export async function queueDeliveries(
  tx: Writer,
  approved: {
    accountId: string
    weekId: string | null
    draftId: string
    decisionId: string
    /** Product time. */
    dueAt: Date
    payloads: Payload[]
    /** Of the account's connection; null when it was never connected. */
    networkUserId: string | null
    /** Who approved: stands in the decision. */
    personId: string | null
    now: Date
  },
): Promise<void> {
  const { accountId, weekId, draftId, decisionId, dueAt, networkUserId, payloads, now } = approved
  requireNotRetired((await findAccount(tx, accountId))!)
  for (const [position, payload] of payloads.entries()) {
    try {
      await insertDelivery(tx, {
        id: randomUUID(),
        accountId,
        weekId,
        draftId,
        decisionId,
        dueAt,
        networkUserId,
        position,
        parts: payloads.length,
        state: 'waiting',
        queuedAt: now,
        payload,
        likeness: likenessOf(payload, { decisionId, position }),
      })
    } catch (error) {
      if (isUniqueViolation(error, 'likeness')) throw new Conflict(ALIKE)
      throw error
    }
  }
  await holdWhileBraked(tx, accountId)
  if (weekId !== null) await stepAside(tx, { weekId, personId: null, now })
}

export const ALIKE =
  'The same words are on their way already, or went out and we don’t know it yet: on the network the two could not be told apart. Change the words, or wait until the other one is settled.'

/**
 * Step: takes back what has not gone out. By draft all of its parts or, when one is being sent, may have gone out or
 * stands there, none. By week whatever of its hosts' drafts still waits, is held, or failed and could be tried again; by account
 * whatever of its own and its hosts' does. Returns how many.
 * @throws Conflict in plain words, by draft.
 */
export async function cancelWaiting(
  tx: Writer,
  of: { draftId: string } | { weekId: string } | { accountId: string },
  { personId, now }: { personId: string | null; now: Date },
): Promise<number> {
  const found =
    'draftId' in of
      ? await recallableOfDraft(tx, of.draftId)
      : 'weekId' in of
        ? await deliveriesOfHostedWeek(tx, of.weekId, RECALLABLE_STATES)
        : await listRecallable(tx, of.accountId)
  for (const delivery of found) await cancelDelivery(tx, delivery, { personId, now })
  return found.length
}

/** Step: takes back what of a draft has not gone out, whatever became of its other parts. */
export async function cancelRest(
  tx: Writer,
  draftId: string,
  by: { personId: string | null; now: Date },
): Promise<void> {
  for (const delivery of await deliveriesOfDrafts(tx, [draftId]))
    if (isRecallable(delivery)) await cancelDelivery(tx, delivery, by)
}

/** What of an account could still be taken back: it waits, is held, or failed and could be tried again. */
export function listRecallable(read: Reader, accountId: string): Promise<Delivery[]> {
  return deliveriesInStates(read, accountId, [...RECALLABLE_STATES])
}

async function recallableOfDraft(tx: Writer, draftId: string): Promise<Delivery[]> {
  const all = await deliveriesOfDrafts(tx, [draftId])
  for (const { state } of all) {
    if (state === 'sending')
      throw new Conflict('This is being sent at this moment, so it can’t be taken back.')
    if (state === 'unknown')
      throw new Conflict('We don’t know yet whether this went out, so it can’t be taken back. Please wait.')
    if (state === 'posted') throw new Conflict('This went out already, so it can’t be taken back.')
    if (state === 'removing' || state === 'removed')
      throw new Conflict('This went out and was taken down, so it can’t be taken back. Write a new draft.')
  }
  return all.filter(isRecallable)
}

function isRecallable({ state }: Delivery): boolean {
  return (RECALLABLE_STATES as readonly string[]).includes(state)
}

/** @throws Conflict when it is not as it was read any more. */
export async function cancelDelivery(
  tx: Writer,
  delivery: Delivery,
  { personId, now }: { personId: string | null; now: Date },
): Promise<void> {
  const cancelled = await changeDelivery(tx, delivery, { state: 'cancelled', heldReason: null })
  if (!cancelled) throw new Conflict('This has just been sent, or somebody changed it. Please look again.')
  const { accountId, weekId, draftId, id: deliveryId, position, parts } = delivery
  const details = { part: position + 1, parts }
  await record(tx, {
    kind: 'delivery.cancelled',
    accountId,
    weekId,
    draftId,
    deliveryId,
    personId,
    details,
    at: now,
  })
}

/**
 * What waits for a person's word: held, failed, not known whether it went out, in the order of their times; then what
 * can't be taken down. Parts that only wait for a broken one before them are left out.
 */
export async function listTroubled(read: Reader, accountId: string): Promise<Delivery[]> {
  const found = await deliveriesInStates(read, accountId, ['held', 'failed', 'unknown'])
  const stuck = await stuckRemovals(read, accountId)
  return [...found.filter(({ heldReason }) => heldReason !== 'thread-broken'), ...stuck]
}

/** What waits and is due before then, in the order of its times: of a thread the part that is to go next. */
export async function waitingUntil(read: Reader, accountId: string, until: Date): Promise<Delivery[]> {
  const waiting = (await deliveriesInStates(read, accountId, ['waiting'])).filter(
    ({ dueAt }) => dueAt < until,
  )
  const next = new Map<string, Delivery>()
  for (const one of waiting) {
    const before = next.get(one.decisionId)
    if (!before || one.position < before.position) next.set(one.decisionId, one)
  }
  return waiting.filter((one) => next.get(one.decisionId) === one)
}

/** When the next waiting delivery is due after `after`, in product time; null when none is. */
export async function nextDueAt(read: Reader, after: Date): Promise<Date | null> {
  return (await readyDeliveries(read, after))[0]?.dueAt ?? null
}
