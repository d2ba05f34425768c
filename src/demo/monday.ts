import { addDays, instantOf, weekdayOf } from '../calendar.ts'
import { ACCOUNT, TOLD_AT } from './story.ts'

/** The first day of the week in which the demo's Wednesday morning still lies ahead, or is now. */
export function mondayOf(machineNow: Date): string {
  const today = machineNow.toISOString().slice(0, 10)
  const monday = addDays(today, 1 - weekdayOf(today))
  const told = instantOf(addDays(monday, TOLD_AT.day), TOLD_AT.time, ACCOUNT.timeZone)
  return told >= machineNow ? monday : addDays(monday, 7)
}
