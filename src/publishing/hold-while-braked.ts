import { isBraked } from '../accounts/accounts.ts'
import type { Writer } from '../db/database.ts'
import { holdForBrake } from './held-store.ts'

/** Step: while the brake is on nothing waits, whatever happens: what would go by itself is held with the rest. */
export async function holdWhileBraked(tx: Writer, accountId: string): Promise<void> {
  if (await isBraked(tx, accountId)) await holdForBrake(tx, accountId)
}
