import type { Writer } from '../db/database.ts'
import { Conflict, Faster } from '../errors.ts'
import type { PagesAfter } from './account.ts'
import { changeAccountRow, type Account } from './store.ts'

/** Step: the account rests from here on. */
export function setPause(
  tx: Writer,
  seen: Account,
  { personId, now, reason }: { personId: string; now: Date; reason: string | null },
): Promise<Account> {
  return change(tx, seen, { pausedAt: seen.pausedAt ?? now, pausedBy: personId, pauseReason: reason })
}

/** Step: it rests no more. */
export function endPauseOf(tx: Writer, seen: Account): Promise<Account> {
  return change(tx, seen, { pausedAt: null, pausedBy: null, pauseReason: null })
}

/** Step: it has ended for good. */
export function setRetired(
  tx: Writer,
  seen: Account,
  { personId, now, pagesAfter }: { personId: string; now: Date; pagesAfter: PagesAfter },
): Promise<Account> {
  return change(tx, seen, { retiredAt: now, retiredBy: personId, pagesAfter })
}

/** Step: what becomes of the public pages of an account that ended. */
export function changePagesAfter(tx: Writer, seen: Account, pagesAfter: PagesAfter): Promise<Account> {
  return change(tx, seen, { pagesAfter })
}

/** @throws Conflict for an account that ended: whatever would begin something new asks this. */
export function requireNotRetired({ handle, retiredAt }: Pick<Account, 'handle' | 'retiredAt'>): void {
  if (retiredAt)
    throw new Conflict(`@${handle} has ended here. What it was can be read, but nothing new begins.`)
}

async function change(
  tx: Writer,
  seen: Account,
  to: Parameters<typeof changeAccountRow>[2],
): Promise<Account> {
  const changed = await changeAccountRow(tx, seen, to)
  if (!changed) throw new Faster('Somebody changed the account since you opened the page. Please look again.')
  return changed
}
