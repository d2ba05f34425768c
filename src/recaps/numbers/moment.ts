import { dayOf, timeInWords } from '../../calendar.ts'
import type { Moment } from '../week-page.ts'

export function momentOf(at: Date, zone: string): Moment {
  return { iso: at.toISOString(), day: dayOf(at, zone), time: timeInWords(at, zone) }
}
