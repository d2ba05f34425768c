import { record } from '../activity/record.ts'
import type { Reader, Writer } from '../db/database.ts'
import { Conflict, NotAllowed } from '../errors.ts'
import type { Actor } from '../people/person.ts'
import { cancelDelivery } from './deliveries.ts'
import { removalOf, whyNotTakeDown, type Removal, type RemovalScope } from './delivery.ts'
import { findDeliveryFor } from './found-delivery.ts'
import { insertRemoval } from './removals-store.ts'
import { changeDelivery, partsOf, type Delivery } from './store.ts'
import { removeSecondPosts } from './second-posts.ts'
import { recordOf } from './trouble.ts'

/** What a page about taking down was made from: the state of each part as it was shown. */
export function asSeen(parts: readonly Pick<Delivery, 'state'>[]): string {
  return parts.map(({ state }) => state).join(' ')
}

/**
 * A delivery and its thread, for somebody who may take it down.
 * @throws NotFound, NotAllowed
 */
export async function findToTakeDown(
  read: Reader,
  { deliveryId, actor }: { deliveryId: string; actor: Actor },
): Promise<{ delivery: Delivery; parts: Delivery[] }> {
  const delivery = await findDeliveryFor(read, deliveryId, actor)
  const whyNot = whyNotTakeDown(actor, delivery)
  if (whyNot) throw new NotAllowed(whyNot)
  return { delivery, parts: await partsOf(read, delivery.decisionId) }
}

/**
 * Step: from here on the post, or all of its thread that stands, is to go; the publisher does it. What would have
 * followed it is cancelled. Says what became of the parts.
 * @throws NotFound, NotAllowed, or Conflict when it is not as it was seen, or a part of it is on its way.
 */
export async function beginRemoval(
  tx: Writer,
  {
    deliveryId,
    scope,
    seen,
    reason,
    actor,
    now,
  }: {
    deliveryId: string
    scope: RemovalScope
    /** Of the page on which it was decided: `asSeen`. */
    seen: string
    reason: string
    actor: Actor
    now: Date
  },
): Promise<Removal<Delivery>> {
  const { delivery, parts } = await findToTakeDown(tx, { deliveryId, actor })
  const removal = removalOf(parts, { position: delivery.position, scope })
  if (removal.refusal) throw new Conflict(removal.refusal)
  if (asSeen(parts) !== seen) throw new Conflict(FASTER)
  const { personId } = actor
  for (const part of removal.goes) {
    const removing = await changeDelivery(tx, part, { state: 'removing', trouble: null, notBefore: null })
    if (!removing) throw new Conflict(FASTER)
    await removeSecondPosts(tx, part)
    await insertRemoval(tx, { deliveryId: part.id, personId, reason, at: now })
  }
  if (scope === 'part') {
    await recordOf(tx, delivery, 'delivery.taken-down', { reason }, now, personId)
  } else {
    const { accountId, weekId, draftId } = delivery
    const details = { reason, count: removal.goes.length }
    await record(tx, {
      kind: 'delivery.taken-down',
      accountId,
      weekId,
      draftId,
      deliveryId,
      personId,
      details,
      at: now,
    })
  }
  for (const part of removal.cancelled) await cancelDelivery(tx, part, { personId, now })
  return removal
}

const FASTER = 'Something happened to it since you opened the page. Please look again, then decide.'
