import type { Account } from '../../accounts/accounts.ts'
import { isDay } from '../../calendar.ts'
import type { Reader } from '../../db/database.ts'
import { isSlot, nextSlot, slotSpan } from '../slot.ts'
import { findWeekInTheWay } from '../store.ts'

/** Of these first days, those at which a week can still begin for somebody: it is to come, and nobody has it. */
export async function freeOf(read: Reader, account: Account, slots: string[], now: Date): Promise<string[]> {
  const free: string[] = []
  for (const slot of slots) {
    if (!isDay(slot) || !isSlot(slot, account.shape)) continue
    const span = slotSpan(slot, account.shape, account.timeZone)
    if (span.opensAt <= now) continue
    // No week has this id: each that lies there is another one.
    if (!(await findWeekInTheWay(read, { id: '', accountId: account.id, slot, ...span }))) free.push(slot)
  }
  return free
}

/** The first slot after this one at which a week can begin for somebody, within a year; undefined where all are taken. */
export async function nextFree(
  read: Reader,
  account: Account,
  after: string,
  now: Date,
): Promise<string | undefined> {
  for (let by = 1; by <= 52; by++) {
    const [free] = await freeOf(read, account, [nextSlot(after, by)], now)
    if (free) return free
  }
  return undefined
}
