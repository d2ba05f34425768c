import type { Reader } from '../db/database.ts'
import { NotFound } from '../errors.ts'
import { hostingOf, mayDecide, type Actor } from '../people/person.ts'
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
