import { asksForCreditAt } from '../accounts/credit.ts'
import { fitsBudget } from './budget.ts'
import { earliestStillInTime } from './claim.ts'
import { holdBack } from './hold-back.ts'
import { tellingOf } from './record-answer.ts'
import type { ReconcileDeps } from './settings.ts'
import { heldForBudget, heldWhileDisconnected, heldWithoutCredit, type Held } from './held-store.ts'
import { changeDelivery } from './store.ts'
import { holdDelivery, recordOf } from './trouble.ts'

/**
 * What was held for want of a connection or of credit goes on by itself once there is some, at its approved time. What has
 * become too late for that is held for it, and people are asked: a new time is for them to decide. While X may still want
 * credit, one delivery of the account asks for all. Returns how many may go now.
 */
export async function resumeHeld(deps: ReconcileDeps): Promise<number> {
  const { db, clock } = deps
  const now = clock.now()
  const connected = await heldWhileDisconnected(db.read)
  const credited = await heldWithCredit(deps)
  const tooLate = [
    ...connected.map((one) => ({ one, trouble: 'The account was not connected to X.' })),
    ...credited.map((one) => ({ one, trouble: 'The account’s credit with X was used up.' })),
  ]
  for (const { one, trouble } of tooLate) {
    if (isInTime(one, now)) continue
    await db.write((tx) => holdDelivery(tx, one.delivery, { reason: 'late', trouble }, tellingOf(deps)))
  }
  const asking = (await mayAskForCredit(deps)).filter(({ at }) => at <= clock.machine())
  const going = [...inTime(connected, now), ...asking.flatMap(({ held }) => held)]
  for (const { delivery } of going) {
    await db.write(async (tx) => {
      const waiting = await changeDelivery(tx, delivery, {
        state: 'waiting',
        heldReason: null,
        trouble: null,
      })
      if (!waiting) return
      await recordOf(tx, waiting, 'delivery.released', {}, now)
      await holdBack(tx, waiting, now)
    })
  }
  return going.length
}

/** When a delivery that is held for want of credit may ask for some, in machine time; null when none is held, or all are too late. */
export async function nextAskForCredit(deps: Pick<ReconcileDeps, 'db' | 'clock'>): Promise<Date | null> {
  const times = (await mayAskForCredit(deps)).map(({ at }) => at.getTime())
  return times.length > 0 ? new Date(Math.min(...times)) : null
}

/** By account: what is held for want of credit and would still be in time, and when it may go. */
async function mayAskForCredit({
  db,
  clock,
}: Pick<ReconcileDeps, 'db' | 'clock'>): Promise<{ at: Date; held: Held[] }[]> {
  const held = inTime(await heldWithoutCredit(db.read), clock.now())
  const accountIds = [...new Set(held.map(({ delivery }) => delivery.accountId))]
  return Promise.all(
    accountIds.map(async (accountId) => {
      const ofAccount = held.filter(({ delivery }) => delivery.accountId === accountId)
      const asksAt = await asksForCreditAt(db.read, accountId)
      return asksAt ? { at: asksAt, held: ofAccount.slice(0, 1) } : { at: clock.machine(), held: ofAccount }
    }),
  )
}

/** What was held for want of credit, of accounts of which X has not said since that there is none. */
async function heldWithCredit({ db }: Pick<ReconcileDeps, 'db'>): Promise<Held[]> {
  const held = await heldWithoutCredit(db.read)
  const found = []
  for (const accountId of new Set(held.map(({ delivery }) => delivery.accountId)))
    if (!(await asksForCreditAt(db.read, accountId)))
      found.push(...held.filter(({ delivery }) => delivery.accountId === accountId))
  return found
}

function inTime(held: Held[], now: Date): Held[] {
  return held.filter((one) => isInTime(one, now))
}

function isInTime({ delivery, account }: Held, now: Date): boolean {
  return delivery.dueAt >= earliestStillInTime({ account }, now)
}

const BUDGET_HELD = 'The month’s budget did not allow it.'

/**
 * What was held for the month's budget goes on by itself once the budget has room for it: because it was raised, or a new
 * month began. What has become too late by then is held for that, and people are asked.
 */
export async function resumeWithinBudget(deps: ReconcileDeps): Promise<void> {
  const { db, clock } = deps
  const now = clock.now()
  const reserved = new Map<string, number>()
  for (const { delivery, account } of await heldForBudget(db.read)) {
    const kept = reserved.get(account.id) ?? 0
    const { fits, cost } = await fitsBudget(db.read, delivery, { now, reserved: kept })
    if (!fits) continue
    await db.write(async (tx) => {
      if (delivery.dueAt < earliestStillInTime({ account }, now))
        return holdDelivery(tx, delivery, { reason: 'late', trouble: BUDGET_HELD }, tellingOf(deps))
      const waiting = await changeDelivery(tx, delivery, {
        state: 'waiting',
        heldReason: null,
        trouble: null,
      })
      if (!waiting) return
      reserved.set(account.id, kept + cost)
      await recordOf(tx, waiting, 'delivery.released', {}, now)
      await holdBack(tx, waiting, now)
    })
  }
}
