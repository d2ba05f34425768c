import type { SuggestedTimes } from '../../accounts/account.ts'
import { localTime, weekdayOf } from '../../calendar.ts'
import { weekDays, type WeekSpan } from '../../rota/week.ts'

/** Something that goes out, or wishes to. */
export interface Planned {
  at: Date
  /** Answers come when they come: they are near to nothing. */
  isAnswer: boolean
}

/** How near the post before it is, of those that are not answers. */
export interface Near<P> {
  before: P
  minutes: number
}

/**
 * The account's suggested times of a week that are still to come. A time that the change of the clocks leaves out is none; of
 * one that comes twice it is the first.
 */
export function suggestedTimesOf({
  week,
  zone,
  suggested,
  now,
}: {
  week: WeekSpan
  zone: string
  suggested: SuggestedTimes
  now: Date
}): Date[] {
  return weekDays(week, zone)
    .flatMap((day) => timesOn(suggested, day).flatMap((time) => instantAt(day, time, zone)))
    .filter((at) => at > now && at >= week.opensAt && at < week.closesAt)
}

/** Those of the times to which nothing planned is nearer than the account's gap. */
export function areFree(times: Date[], planned: Planned[], gapMinutes: number): Date[] {
  const taken = planned.filter(({ isAnswer }) => !isAnswer)
  const gap = Math.max(gapMinutes, 1)
  return times.filter((at) => !taken.some((one) => minutesBetween(one.at, at) < gap))
}

function timesOn({ everyDay, onDays }: SuggestedTimes, day: string): string[] {
  return onDays[weekdayOf(day)] ?? everyDay
}

function instantAt(day: string, time: string, zone: string): Date[] {
  const found = localTime(day, time, zone)
  if (found.kind === 'skipped') return []
  return [found.kind === 'twice' ? found.first : found.instant]
}

/** The post just before this one, where it is nearer than the account wants; of two at the same time the first in the list. */
export function tooNear<P extends Planned>(one: P, planned: P[], gapMinutes: number): Near<P> | null {
  if (one.isAnswer) return null
  const place = planned.indexOf(one)
  const before = planned
    .filter((other, at) => !other.isAnswer && (other.at < one.at || (+other.at === +one.at && at < place)))
    .toSorted((a, b) => b.at.getTime() - a.at.getTime())[0]
  if (!before) return null
  const minutes = minutesBetween(before.at, one.at)
  return minutes < gapMinutes ? { before, minutes } : null
}

export function minutesBetween(one: Date, other: Date): number {
  return Math.floor(Math.abs(one.getTime() - other.getTime()) / 60_000)
}
