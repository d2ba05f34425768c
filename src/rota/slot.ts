import type { Shape } from '../accounts/account.ts'
import { addDays, instantOf, weekdayOf } from '../calendar.ts'

/** The slot in whose seven days a day lies: from the shape's first weekday to the day before the next one. */
export function slotOf(day: string, shape: Shape): string {
  return addDays(day, -((weekdayOf(day) - shape.days[0]! + 7) % 7))
}

export function nextSlot(slot: string, by = 1): string {
  return addDays(slot, 7 * by)
}

export function isSlot(day: string, shape: Shape): boolean {
  return slotOf(day, shape) === day
}

/** The days of a slot that the shape has, in order. */
export function slotDays(slot: string, shape: Shape): string[] {
  return shape.days.map((weekday) => addDays(slot, weekday - shape.days[0]!))
}

/** When a slot's week opens and closes. A skipped wall time moves on, of a repeated one the first counts. */
export function slotSpan(slot: string, shape: Shape, zone: string): { opensAt: Date; closesAt: Date } {
  const days = slotDays(slot, shape)
  return {
    opensAt: instantOf(slot, shape.opens, zone),
    closesAt: instantOf(days.at(-1)!, shape.closes, zone),
  }
}
