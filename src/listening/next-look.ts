import { findAccount, findConnection, type Account } from '../accounts/accounts.ts'
import type { Reader } from '../db/database.ts'
import { comingWeeks, findRunningWeek } from '../rota/weeks.ts'
import { CLOSED_WEEK_EVERY, QUIET_EVERY } from './post.ts'
import { lastLook } from './store.ts'
import { weeksListenedTo } from './weeks-listened.ts'

/**
 * When the account is to be listened to next, in product time; `now` or earlier means at once, null never, because it is
 * not connected.
 */
export async function nextListenAt(read: Reader, accountId: string, now: Date): Promise<Date | null> {
  const account = await findAccount(read, accountId)
  const connection = await findConnection(read, accountId)
  if (!account || connection?.state !== 'connected') return null
  const last = (await lastLook(read, accountId))?.readAt
  if (!last) return now
  const next = new Date(last.getTime() + (await interval(read, account, now)))
  const opening = (await comingWeeks(read, accountId, last, 1))[0]?.week.opensAt
  return opening && opening < next ? opening : next
}

async function interval(read: Reader, account: Account, now: Date): Promise<number> {
  if (await findRunningWeek(read, account.id, now)) return account.policy.listenEveryMinutes * 60_000
  const closed = await weeksListenedTo(read, account, now)
  return closed.length > 0 ? CLOSED_WEEK_EVERY : QUIET_EVERY
}
