import { findAccount } from '../accounts/accounts.ts'
import { activityOfDraft, listEntries } from '../activity/activities.ts'
import type { Reader } from '../db/database.ts'
import type { Delivery } from './store.ts'

/** When the brake that holds a delivery was pulled, and released; null: it is on still. Product time. */
export interface BrakeTimes {
  pulledAt: Date
  releasedAt: Date | null
}

/** Of each delivery that the brake holds, by its id: the first brake since it was approved, or last let go. */
export async function brakeTimesOf(
  read: Reader,
  deliveries: readonly Delivery[],
): Promise<Map<string, BrakeTimes>> {
  const held = deliveries.filter(({ state, heldReason }) => state === 'held' && heldReason === 'brake')
  const times = new Map<string, BrakeTimes>()
  const [first] = held
  if (!first) return times
  const brakes = await brakesOf(read, first.accountId)
  for (const delivery of held) {
    const since = await lastOnItsWay(read, delivery)
    const brake = brakes.find(({ releasedAt }) => releasedAt === null || releasedAt > since)
    if (brake) times.set(delivery.id, brake)
  }
  return times
}

/** So many pulls and releases are looked through. */
const MOST = 200

/** Each time that the brake was on, the first one first. */
async function brakesOf(read: Reader, accountId: string): Promise<BrakeTimes[]> {
  const entries = await listEntries(
    read,
    { accountId, kinds: ['account.brake-pulled', 'account.brake-released'] },
    { most: MOST },
  )
  const pulls = entries.toReversed().flatMap(({ kind, at }, place, all) => {
    if (kind !== 'account.brake-pulled') return []
    const next = all[place + 1]
    return [{ pulledAt: at, releasedAt: next?.kind === 'account.brake-released' ? next.at : null }]
  })
  const { brakeAt } = (await findAccount(read, accountId))!
  // Only the last one can be on still.
  const over = pulls.filter(({ releasedAt }) => releasedAt !== null)
  return brakeAt ? [...over, { pulledAt: brakeAt, releasedAt: null }] : over
}

async function lastOnItsWay(read: Reader, { id, draftId, letGoId, queuedAt }: Delivery): Promise<Date> {
  const releases = (await activityOfDraft(read, draftId)).filter(
    ({ kind, deliveryId, details }) =>
      kind === 'delivery.released' &&
      (deliveryId === id || (letGoId !== null && details['letGoId'] === letGoId)),
  )
  return releases.reduce((latest, { at }) => (at > latest ? at : latest), queuedAt)
}
