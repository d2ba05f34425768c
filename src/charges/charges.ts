import { addDays, dayOf } from '../calendar.ts'
import type { Reader, Writer } from '../db/database.ts'
import { priceOf, pricesOf, type ChargedAccount, type ChargeKind } from './charge.ts'
import { addCharge, addChargedReads, chargesBetween, findNotice, insertNotice } from './store.ts'

/** Steps of this room for others. */
export { chargesBetween, chargesByMonth, chargesOfWeeks } from './store.ts'

/** Step: keeps what the network was asked for, at the account's prices of this moment. */
export async function charge(
  tx: Writer,
  account: ChargedAccount,
  {
    kind,
    units,
    weekId = null,
    at,
  }: {
    kind: ChargeKind
    units: number
    weekId?: string | null
    /** Product time. */
    at: Date
  },
): Promise<void> {
  await addCharge(tx, {
    accountId: account.id,
    day: dayOf(at, account.timeZone),
    kind,
    weekId: weekId ?? '',
    units,
    cost: units * priceOf(kind, pricesOf(account)),
  })
}

/**
 * Step: keeps what reading these posts cost. Each is charged once on one day of UTC, whatever it was read for (X,
 * "Pricing"), at the price of the first reading.
 */
export async function chargeReads(
  tx: Writer,
  account: ChargedAccount,
  {
    networkIds,
    ...reading
  }: { kind: ChargeKind; networkIds: readonly string[]; weekId?: string | null; at: Date },
): Promise<void> {
  const day = dayOf(reading.at, 'UTC')
  const units = await addChargedReads(tx, { accountId: account.id, day, networkIds })
  if (units > 0) await charge(tx, account, { ...reading, units })
}

/** `YYYY-MM`, in the account's zone: the month that a budget is for. */
export function monthOf(at: Date, { timeZone }: Pick<ChargedAccount, 'timeZone'>): string {
  return dayOf(at, timeZone).slice(0, 7)
}

/** The first day of a month, and of the one after it. */
export function daysOfMonth(month: string): { first: string; next: string } {
  const first = `${month}-01`
  return { first, next: `${addDays(first, 31).slice(0, 7)}-01` }
}

/** Micro-dollars, in the calendar month of `now` in the account's zone. */
export async function spentInMonth(read: Reader, account: ChargedAccount, now: Date): Promise<number> {
  const { first, next } = daysOfMonth(monthOf(now, account))
  const rows = await chargesBetween(read, account.id, first, next)
  return rows.reduce((sum, { cost }) => sum + cost, 0)
}

interface Notice {
  accountId: string
  month: string
  /** Micro-dollars: of another amount people are told anew. */
  budget: number
  kind: 'near'
}

/** Whether the leads were told this about a month's budget. */
export async function isToldOf(read: Reader, notice: Notice): Promise<boolean> {
  return (await findNotice(read, notice)) !== undefined
}

/** Step: false when they were told already; afterwards they have been. */
export async function tellOnce(tx: Writer, notice: Notice & { at: Date }): Promise<boolean> {
  return insertNotice(tx, notice)
}
