import type { Reader } from '../db/database.ts'
import { Conflict, NotAllowed, NotFound } from '../errors.ts'
import { hostingOf, mayDecide, type Actor } from '../people/person.ts'
import type { DeliveryState } from './delivery.ts'
import { findDelivery, hostingOfDelivery, type Delivery } from './store.ts'

/** A delivery that this person may see. @throws NotFound */
export async function findDeliveryFor(read: Reader, deliveryId: string, actor: Actor): Promise<Delivery> {
  const delivery = await findDelivery(read, deliveryId)
  if (!delivery) throw new NotFound()
  if (mayDecide(actor, delivery.accountId)) return delivery
  const own = delivery.weekId === null ? undefined : hostingOf(actor, delivery.weekId)
  const writer = await hostingOfDelivery(read, deliveryId)
  if (own && (!writer || writer.id === own.weekHostId)) return delivery
  throw new NotFound()
}

/** What people decide about a delivery: as it was when they saw its page. */
export interface Settling {
  deliveryId: string
  /** Of the page that they saw. */
  version: number
  actor: Actor
}

/** @throws NotFound, NotAllowed, or Conflict when it changed since then. */
export async function findDecidableDelivery(
  read: Reader,
  { deliveryId, version, actor }: Settling,
  states: readonly DeliveryState[],
): Promise<Delivery> {
  const delivery = await findDeliveryFor(read, deliveryId, actor)
  if (!mayDecide(actor, delivery.accountId))
    throw new NotAllowed('The account’s leads and approvers decide what becomes of it.')
  if (delivery.version !== version || !states.includes(delivery.state)) throw new Conflict(FASTER)
  return delivery
}

export const FASTER = 'Something happened to it since you opened the page. Please look again, then decide.'
