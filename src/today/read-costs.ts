import type { Account } from '../accounts/accounts.ts'
import { findAccountFor } from '../accounts/change-account.ts'
import { addDays, dayOf, instantOf } from '../calendar.ts'
import { chargesBetween, chargesByMonth, chargesOfWeeks, daysOfMonth } from '../charges/charges.ts'
import type { Reader } from '../db/database.ts'
import type { Actor } from '../people/person.ts'
import { costsOfMonth, type MonthCosts } from '../publishing/budget.ts'
import { countUnknownSince } from '../publishing/deliveries.ts'
import { slotOf } from '../rota/slot.ts'
import { listWeeks, type HostedWeek } from '../rota/weeks.ts'

type Charges = Awaited<ReturnType<typeof chargesBetween>>

export interface Costs {
  account: Account
  month: MonthCosts
  byKind: Charges
  /** From the first day of the slot of today. */
  week: Charges
  weekFrom: string
  /** Charged this month, though nobody knows whether X took them. */
  unsure: number
  /** Weeks that cost something, the latest first. */
  weeks: { hosted: HostedWeek; cost: number }[]
  /** Before this one, the latest first. */
  months: { month: string; cost: number }[]
}

const WEEKS_BACK = 12
const MONTHS = 13

/** @throws NotFound for whoever may not see the account's settings. */
export async function readCosts(
  read: Reader,
  { accountId, actor, now }: { accountId: string; actor: Actor; now: Date },
): Promise<Costs> {
  const account = await findAccountFor(read, accountId, actor)
  const today = dayOf(now, account.timeZone)
  const weekFrom = slotOf(today, account.shape)
  const month = await costsOfMonth(read, account, now)
  const { first, next } = daysOfMonth(month.month)
  const weeks = (
    await listWeeks(read, accountId, addDays(weekFrom, -7 * WEEKS_BACK), addDays(weekFrom, 28))
  ).filter(({ week }) => week.kind === 'hosted')
  const costs = await chargesOfWeeks(
    read,
    accountId,
    weeks.map(({ week }) => week.id),
  )
  const months = await chargesByMonth(read, accountId, MONTHS)
  return {
    account,
    month,
    byKind: await chargesBetween(read, accountId, first, next),
    week: await chargesBetween(read, accountId, weekFrom, addDays(weekFrom, 7)),
    weekFrom,
    unsure: await countUnknownSince(read, accountId, instantOf(first, '00:00', account.timeZone)),
    weeks: weeks.toReversed().flatMap((hosted) => {
      const cost = costs.get(hosted.week.id)
      return cost ? [{ hosted, cost }] : []
    }),
    months: months.filter((one) => one.month < month.month),
  }
}
