import { bankHolidays, bankHolidaysBetween, NATION_NAMES } from '../../accounts/bank-holidays.ts'
import { planningOf } from '../../accounts/planning.ts'
import type { Account } from '../../accounts/accounts.ts'
import { addDays, weekdayName } from '../../calendar.ts'
import { slotDays } from '../slot.ts'

export interface SpecialDay {
  /** "Mon 27: Christmas Day (Scotland)" */
  words: string
  /** What is not certain of it; may be empty. */
  note: string
}

/** What falls on the days of each of these slots, in their order: bank holidays of the account's nations, and its own days. */
export function specialDays(account: Account, slots: string[]): (slot: string) => SpecialDay[] {
  const { nations, ownDays } = planningOf(account)
  const holidays = slots.length > 0 ? bankHolidaysBetween(nations, slots[0]!, addDays(slots.at(-1)!, 6)) : []
  return (slot) => {
    const days = slotDays(slot, account.shape)
    return [
      ...holidays
        .filter(({ day }) => days.includes(day))
        .map(({ day, name, announced }) => ({
          words: `${shortDay(day)}: ${name}${whoseIs(day, name)}`,
          note: announced ? '' : 'by rule, not yet announced',
        })),
      ...ownDays
        .filter(({ first, last }) => days.some((day) => day >= first && day <= last))
        .map(({ name, first, last }) => ({
          words: first === last ? `${shortDay(first)}: ${name}` : name,
          note: '',
        })),
    ]
  }

  /** " (Scotland)", where not all of the chosen nations have that day; else empty. */
  function whoseIs(day: string, name: string): string {
    const those = nations.filter((nation) =>
      bankHolidays(Number(day.slice(0, 4)), nation).some((one) => one.day === day && one.name === name),
    )
    return those.length === nations.length ? '' : ` (${those.map((one) => NATION_NAMES[one]).join('; ')})`
  }
}

function shortDay(day: string): string {
  return `${weekdayName(day).slice(0, 3)} ${Number(day.slice(8))}`
}

/** " (Mon 3: Early May bank holiday)", behind a week's days in a list; empty where nothing falls on them. */
export function specialInWords(days: SpecialDay[]): string {
  return days.length === 0 ? '' : ` (${days.map(({ words }) => words).join('; ')})`
}
