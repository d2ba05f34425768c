import type { Writer } from '../db/database.ts'
import { Faster } from '../errors.ts'
import { changeAccountRow, type Account } from './store.ts'

/** Steps for publishing, which knows what the brake holds. */
export { dueBrakeEnds, nextBrakeEnd } from './store.ts'

/** Step: nothing new of the account goes out from here on. */
export async function setBrake(
  tx: Writer,
  account: Account,
  { personId, now, reason = null }: { personId: string | null; now: Date; reason?: string | null },
): Promise<Account> {
  return change(tx, account, {
    brakeAt: now,
    brakeBy: personId,
    brakeReason: reason,
    brakeEndsAt: null,
    ...NO_PASS,
  })
}

/** Nothing passes the brake. */
const NO_PASS = { brakeNamedId: null, brakePassId: null }

/** Step: why the brake is on, and when it ends by itself. @throws Conflict when the account is not as it was read. */
export async function changeBrakeNote(
  tx: Writer,
  seen: Pick<Account, 'id' | 'version'>,
  note: { reason: string | null; endsAt: Date | null },
): Promise<Account> {
  return change(tx, seen, { brakeReason: note.reason, brakeEndsAt: note.endsAt })
}

/** Step: things may go out again. */
export async function clearBrake(tx: Writer, account: Account): Promise<Account> {
  return change(tx, account, {
    brakeAt: null,
    brakeBy: null,
    brakeReason: null,
    brakeEndsAt: null,
    ...NO_PASS,
  })
}

/** Step: the one draft that may go out all the same, by the decision that names it and the one that agrees; null: none. */
export async function changeBrakePass(
  tx: Writer,
  seen: Account,
  { namedId, passId }: { namedId: string | null; passId: string | null },
): Promise<Account> {
  return change(tx, seen, { brakeNamedId: namedId, brakePassId: passId })
}

async function change(
  tx: Writer,
  seen: Pick<Account, 'id' | 'version'>,
  to: Parameters<typeof changeAccountRow>[2],
): Promise<Account> {
  const changed = await changeAccountRow(tx, seen, to)
  if (!changed) throw new Faster('Somebody changed the account since you opened the page. Please look again.')
  return changed
}
