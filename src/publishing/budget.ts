import { findAccount, type Account } from '../accounts/accounts.ts'
import { costOfParts, pricesOf } from '../charges/charge.ts'
import { daysOfMonth, monthOf, spentInMonth } from '../charges/charges.ts'
import { instantOf } from '../calendar.ts'
import type { Reader } from '../db/database.ts'
import { asSent } from './cost.ts'
import type { Due } from './due-store.ts'
import { deliveriesInStates, partsOf, type Delivery } from './store.ts'

/** What a calendar month of an account costs, in its zone. Micro-dollars. */
export interface MonthCosts {
  /** `YYYY-MM` */
  month: string
  spent: number
  /** Of what is approved and has not gone out: what is due in this month, and what its budget holds. */
  ahead: number
  /** Null: there is none. */
  budget: number | null
}

export async function costsOfMonth(read: Reader, account: Account, now: Date): Promise<MonthCosts> {
  const until = endOfMonth(now, account)
  const approved = await deliveriesInStates(read, account.id, ['waiting', 'sending', 'held'])
  const ahead = approved.filter(
    ({ state, heldReason, dueAt }) => dueAt < until && (state !== 'held' || heldReason === 'budget'),
  )
  return {
    month: monthOf(now, account),
    spent: await spentInMonth(read, account, now),
    ahead: await costOf(read, account, ahead),
    budget: account.monthlyBudget,
  }
}

/** When the month's budget is over and the next one's begins. */
export function endOfMonth(now: Date, { timeZone }: Pick<Account, 'timeZone'>): Date {
  return instantOf(daysOfMonth(monthOf(now, { timeZone })).next, '00:00', timeZone)
}

/**
 * Whether reading replies has to stop, so that what is approved for the month can go out: reads come before posts. A look
 * can't know what it will bring, so that the last one may pass the budget. What safety needs is read all the same: whether
 * a post went out, what stands on the account, and what is taken down.
 */
export function stopsListening({ spent, ahead, budget }: MonthCosts): boolean {
  return budget !== null && spent + ahead >= budget
}

/** Whether the leads are to be told that the month's budget is nearly gone: at four fifths. */
export function isNearBudget({ spent, budget }: Pick<MonthCosts, 'spent' | 'budget'>): boolean {
  return budget !== null && spent * 5 >= budget * 4
}

/**
 * Whether the month's budget has room for a delivery, with the thread that it begins and beside what is being sent. A thread
 * that has begun is finished, and what somebody let go in spite of the budget goes. `reserved` is kept free for others.
 */
export async function fitsBudget(
  read: Reader,
  delivery: Delivery,
  { now, reserved = 0 }: { now: Date; reserved?: number },
): Promise<{ fits: boolean; cost: number }> {
  const account = (await findAccount(read, delivery.accountId))!
  const { monthlyBudget } = account
  if (monthlyBudget === null) return { fits: true, cost: 0 }
  const parts = (await partsOf(read, delivery.decisionId)).slice(delivery.position)
  const cost = await costOf(read, account, parts)
  if (delivery.overBudget || delivery.position > 0) return { fits: true, cost }
  const sending = await deliveriesInStates(read, account.id, ['sending'])
  const gone = (await spentInMonth(read, account, now)) + (await costOf(read, account, sending))
  return { fits: gone + reserved + cost <= monthlyBudget, cost }
}

async function costOf(
  read: Reader,
  account: Pick<Account, 'prices'>,
  parts: readonly Pick<Due['delivery'], 'accountId' | 'payload'>[],
): Promise<number> {
  const sent = []
  for (const part of parts) sent.push(await asSent(read, part))
  return costOfParts(sent, pricesOf(account))
}
