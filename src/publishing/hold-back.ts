import type { Writer } from '../db/database.ts'
import { holdWhileBraked } from './hold-while-braked.ts'
import { stepAside } from './step-aside.ts'
import type { Delivery } from './store.ts'

/**
 * Step: what has come to wait again may have missed, while it was being sent or held, that the brake was pulled or that its
 * week's posts step aside: it is held like the others.
 */
export async function holdBack(
  tx: Writer,
  { accountId, weekId }: Pick<Delivery, 'accountId' | 'weekId'>,
  now: Date,
): Promise<void> {
  await holdWhileBraked(tx, accountId)
  if (weekId !== null) await stepAside(tx, { weekId, personId: null, now })
}
