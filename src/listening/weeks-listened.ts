import type { Account } from '../accounts/accounts.ts'
import { addDays, dayOf } from '../calendar.ts'
import type { Reader } from '../db/database.ts'
import { slotOf } from '../rota/slot.ts'
import { listWeeks, type Week } from '../rota/weeks.ts'
import { isListenedTo, LISTEN_AFTER_CLOSE } from './post.ts'

const WEEK = 7 * 86_400_000

/** Open weeks, and those closed within four weeks; in order. */
export async function weeksListenedTo(read: Reader, account: Account, now: Date): Promise<Week[]> {
  const today = dayOf(now, account.timeZone)
  const earliest = addDays(slotOf(today, account.shape), -7 * Math.ceil(LISTEN_AFTER_CLOSE / WEEK + 1))
  const found = await listWeeks(read, account.id, earliest, today)
  return found.map(({ week }) => week).filter((week) => week.kind === 'hosted' && isListenedTo(week, now))
}
