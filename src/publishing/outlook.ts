import { findAccount, findConnection } from '../accounts/accounts.ts'
import { asksForCreditAt } from '../accounts/credit.ts'
import { momentInWords } from '../calendar.ts'
import type { Clock } from '../clock.ts'
import type { Reader } from '../db/database.ts'
import { fitsBudget } from './budget.ts'
import { isLateAtItsEnd, postingLimit } from './posting-limit.ts'
import { findDelivery } from './store.ts'

/**
 * What keeps a post back that somebody has just let go at once, and what becomes of it, in sentences for people; null when
 * nothing does and it goes out now. In the order in which the publisher looks. `dueAt`: of one that is not let go yet, when
 * it would be.
 */
export async function whatKeepsBack(
  read: Reader,
  clock: Clock,
  deliveryId: string,
  dueAt?: Date,
): Promise<string | null> {
  const found = (await findDelivery(read, deliveryId))!
  const delivery = { ...found, dueAt: dueAt ?? found.dueAt }
  const account = (await findAccount(read, delivery.accountId))!
  const now = clock.now()
  const limit = await postingLimit(read, account, clock)
  if (limit) {
    const until = momentInWords(limit.until, now, account.timeZone).replace(/^today /, '')
    return isLateAtItsEnd(delivery.dueAt, limit)
      ? `X takes no posts until ${until}. It will be too late by then, so it will be held, and you are asked again.`
      : `X takes no posts until ${until}. It goes out then.`
  }
  if (await asksForCreditAt(read, account.id))
    return 'The credit with X is used up. It goes out as soon as X takes posts again, unless it is too late by then.'
  if ((await findConnection(read, account.id))?.state !== 'connected')
    return 'The account is not connected to X. It is held until a lead connects it, and goes out then unless it is too late.'
  if (!(await fitsBudget(read, delivery, { now })).fits)
    return 'It would pass the month’s budget, so it is held for that now. Let it go once more if it is to go all the same.'
  return null
}
