import { findAccount, findConnection } from '../accounts/accounts.ts'
import { endCreditPause } from '../accounts/credit.ts'
import { isUniqueViolation, type Reader, type Writer } from '../db/database.ts'
import { Conflict, Refused } from '../errors.ts'
import { findWeek } from '../rota/weeks.ts'
import { ALIKE } from './deliveries.ts'
import { FASTER } from './found-delivery.ts'
import { findUnknownAttempt, type Attempt } from './attempts-store.ts'
import { changeDelivery, hostingOfDelivery, isForItself, partsOf, type Delivery } from './store.ts'
import { recordOf } from './trouble.ts'

/** What goes when somebody lets a delivery go: it, and what follows it in its thread. */
export interface Releasable {
  delivery: Delivery
  goes: Delivery[]
  /** The part before it, which must stand; null for a first part. */
  before: Delivery | null
  /** For whom it was approved or, where the account was not connected then, who is connected now. */
  networkUserId: string | null
}

/** Step: what would go, and on which conditions it was frozen. */
export async function findReleasable(read: Reader, delivery: Delivery): Promise<Releasable> {
  const parts = await partsOf(read, delivery.decisionId)
  const after = partsAfter(delivery, parts).filter(({ state }) => state === 'held' || state === 'waiting')
  const connection = await findConnection(read, delivery.accountId)
  return {
    delivery,
    goes: [delivery, ...after],
    before: parts[delivery.position - 1] ?? null,
    networkUserId: delivery.networkUserId ?? connection?.networkUserId ?? null,
  }
}

export function partsAfter({ position }: Delivery, parts: Delivery[]): Delivery[] {
  return parts.slice(position + 1)
}

/** Step. @throws Conflict in plain words when it can't go at any time. */
export async function refuseObstacle(
  read: Reader,
  { delivery, before, networkUserId }: Releasable,
  { brakeOn = 'refuse' }: { brakeOn?: 'refuse' | 'ignore' } = {},
): Promise<void> {
  if (before && before.state !== 'posted')
    throw new Conflict('The part before it has to go out first. Decide about that one.')
  const account = (await findAccount(read, delivery.accountId))!
  if (account.brakeAt && brakeOn === 'refuse')
    throw new Conflict('The brake is on, so nothing can go. Release the brake first.')
  const week = delivery.weekId ? await findWeek(read, delivery.weekId) : undefined
  if (week?.state === 'cancelled')
    throw new Conflict('Its week was cancelled, so it can’t go out any more. You can only cancel it.')
  const connection = await findConnection(read, delivery.accountId)
  if (connection?.networkUserId && connection.networkUserId !== networkUserId) {
    throw new Conflict(
      `It was approved for the account on X with the number ${networkUserId}, and connected is @${connection.networkHandle}, number ${connection.networkUserId}. Connect the first one again, or cancel it and have it approved anew.`,
    )
  }
}

/**
 * Step: what a host wrote goes out while they have the week and it is open; a thread that began in time is finished.
 * @throws Conflict when it is not theirs any more, Refused for a time outside their week.
 */
export async function refuseOutsideWeek(
  read: Reader,
  { id, position }: Delivery,
  dueAt: Date,
): Promise<void> {
  const hosting = await hostingOfDelivery(read, id)
  if (!hosting) return
  if (hosting.endedAt) throw new Conflict('Its writer does not host this week any more, so it can’t go out.')
  if (position > 0 || (dueAt >= hosting.opensAt && dueAt < hosting.closesAt)) return
  throw new Refused({
    day: 'This is outside the week, and what its host wrote goes out while the week is open.',
  })
}

/** Step: it goes at the time that somebody decided. @throws Conflict when it changed, or could not be told apart from another. */
export async function release(
  tx: Writer,
  { delivery, goes, networkUserId }: Releasable,
  {
    letGoId,
    dueAt,
    asApproved = false,
    ownWork,
    personId,
    now,
  }: {
    letGoId: string
    dueAt: Date
    /** Only the brake was in its way: whatever else may be in it still is. */
    asApproved?: boolean
    ownWork: boolean
    personId: string
    now: Date
  },
): Promise<void> {
  // Who lets go what the budget holds means this post, whatever the budget is.
  const overBudget = delivery.overBudget || delivery.heldReason === 'budget'
  for (const one of goes) {
    await changeUnlessAlike(tx, one, {
      state: 'waiting',
      heldReason: null,
      trouble: null,
      notBefore: null,
      dueAt,
      networkUserId,
      overBudget,
      letGoId,
      keepsApproval: asApproved && !isForItself(one),
    })
  }
  // Whoever lets it go believes that there is credit again: X is asked with it, at once.
  if (delivery.heldReason === 'credit') await endCreditPause(tx, delivery.accountId)
  const from = delivery.heldReason ?? delivery.state
  const details = { from, at: dueAt.toISOString(), letGoId, ...(ownWork ? { ownWork } : {}) }
  await recordOf(tx, delivery, 'delivery.released', details, now, personId)
}

/** Step. @throws Conflict when it changed meanwhile, or could not be told apart from another one. */
export async function changeUnlessAlike(
  tx: Writer,
  delivery: Delivery,
  to: Parameters<typeof changeDelivery>[2],
): Promise<void> {
  try {
    if (!(await changeDelivery(tx, delivery, to))) throw new Conflict(FASTER)
  } catch (error) {
    if (isUniqueViolation(error, 'likeness')) throw new Conflict(ALIKE)
    throw error
  }
}

/** Step: the attempt of which nobody knows what became. @throws Conflict when there is none any more. */
export async function unknownAttempt(read: Reader, { id }: Delivery): Promise<Attempt> {
  const attempt = await findUnknownAttempt(read, id)
  if (!attempt) throw new Conflict(FASTER)
  return attempt
}
