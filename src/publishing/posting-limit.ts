import type { Account } from '../accounts/accounts.ts'
import { pausedUntil } from '../accounts/heed-limits.ts'
import { inProductTime, type Clock } from '../clock.ts'
import type { Reader } from '../db/database.ts'

/** X takes no posts of an account for a while. */
export interface PostingLimit {
  /** Product time, for people. */
  until: Date
  /** What is later than so many minutes by then is held, by the account's policy. */
  lateAfterMinutes: number
}

/** Until when X takes no posts of an account, by what X itself said last; null while it takes some. */
export async function postingLimit(
  read: Reader,
  { id, policy }: Pick<Account, 'id' | 'policy'>,
  clock: Clock,
): Promise<PostingLimit | null> {
  const until = await pausedUntil({ db: { read }, clock }, id, 'send')
  return until && { until: inProductTime(clock, until), lateAfterMinutes: policy.lateAfterMinutes }
}

/** Whether a limit keeps a post back that is due then. */
export function isKeptBack(dueAt: Date, limit: PostingLimit | null | undefined): limit is PostingLimit {
  return !!limit && dueAt < limit.until
}

/** Whether it will be too late for it when the limit ends, so that people are asked. */
export function isLateAtItsEnd(dueAt: Date, { until, lateAfterMinutes }: PostingLimit): boolean {
  return until.getTime() - dueAt.getTime() > lateAfterMinutes * 60_000
}
