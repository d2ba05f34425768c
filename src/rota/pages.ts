import {
  dayOf,
  daysInWords,
  machineReadable,
  monthName,
  timeInWords,
  weekdayLetter,
  weekdayName,
  zoneInWords,
} from '../calendar.ts'
import { initialsOf } from './host.ts'
import type { Event } from './events-store.ts'
import type { Week, WeekHost } from './store.ts'
import { hostedDays, weekDays, weekStanding, type WeekSpan, type WeekStanding } from './week.ts'
import { inLetters } from '../words.ts'

/** Where and when words are said: the account's zone, and product time. */
export interface Moment {
  zone: string
  now: Date
}

/** The model of the partial `portrait`. */
export function portraitOf(
  host: { name: string; portraitHash: string | null },
  size?: 'small' | 'large' | 'full',
): { src: string; size?: string } | { initials: string; size?: string } {
  const face = host.portraitHash
    ? { src: `/images/${host.portraitHash}` }
    : { initials: initialsOf(host.name) || '?' }
  return size ? { ...face, size } : face
}

/** The model of the partial `five-days`: a square for each day of the week, however many its shape has. */
export function fiveDays(
  week: WeekSpan,
  { zone, now }: Moment,
): { label: string; days: { letter: string; when: 'past' | 'now' | 'ahead' }[] } {
  const days = weekDays(week, zone)
  const today = dayOf(now, zone)
  const when = (day: string) => {
    if (now >= week.closesAt || day < today) return 'past'
    return day === today && now >= week.opensAt ? 'now' : 'ahead'
  }
  const at = days.indexOf(today)
  const label =
    now >= week.closesAt
      ? 'Over'
      : now < week.opensAt
        ? `Has not opened, all ${inLetters(days.length)} days ahead`
        : at < 0
          ? 'Running'
          : `${weekdayName(today)}, day ${inLetters(at + 1)} of ${inLetters(days.length)}`
  return { label, days: days.map((day) => ({ letter: weekdayLetter(day), when: when(day) })) }
}

const STANDING_LABELS: Record<WeekStanding, string> = {
  booked: 'Booked',
  invited: 'Invited',
  declined: 'Said no',
  announced: 'Announced',
  running: 'Running',
  closed: 'Closed',
  hiatus: 'Hiatus',
  cancelled: 'Cancelled',
}

/** A week in words, as most pages need it. `days` has its year only where that is not this year. */
export function weekInWords(week: Week, host: WeekHost | null, { zone, now }: Moment) {
  const days = weekDays(week, zone)
  const first = days[0]!
  const last = days.at(-1)!
  const standing = weekStanding(week, host, now)
  return {
    id: week.id,
    href: `/weeks/${week.id}`,
    slot: week.slot,
    first,
    last,
    /** "23 to 27 November" */
    days: daysOf(first, last, dayOf(now, zone)),
    /** "23 to 27", "30 to 4 Dec" */
    shortDays: shortDays(first, last),
    opens: `${weekdayName(first)} ${timeInWords(week.opensAt, zone)}`,
    closes: `${weekdayName(last)} ${timeInWords(week.closesAt, zone)}`,
    zone: zoneInWords(zone),
    standing,
    tag: { state: standing, label: STANDING_LABELS[standing] },
    /** Its theme, or else whose it is. */
    title: week.theme || (host ? `${host.name}’s week` : 'Hiatus'),
    theme: week.theme,
    why: week.why,
    host: host && {
      name: host.name,
      handle: host.handle && `@${host.handle}`,
      job: host.job,
      organisation: host.organisation,
      signOff: host.signOff,
      portrait: portraitOf(host),
    },
  }
}

/**
 * When a host's week opens, to finish “it opens …”: "Monday 9:00". To somebody who is asked while it runs already, or who is not ready
 * by then, a moment that has passed says nothing.
 */
export function opensInWords(week: Week, host: WeekHost, { zone, now }: Moment): string {
  if (now < week.opensAt || now >= week.closesAt) return weekInWords(week, host, { zone, now }).opens
  if (host.opening === 'waits') return 'as soon as all is ready'
  return host.acceptedAt ? 'at once' : 'as soon as you accept'
}

/** The days on which a host has their week: "23 to 27 November", or from when they were called in, "25 to 27 November". */
export function hostedDaysInWords(week: Week, host: WeekHost, { zone, now }: Moment): string {
  const days = hostedDays(week, host, zone)
  return daysOf(days[0]!, days.at(-1)!, dayOf(now, zone))
}

/** "19 to 23 January", with the year where `today` lies in another one. */
export function daysOf(first: string, last: string, today: string): string {
  const words = daysInWords(first, last)
  const sameYear = [first, last].every((day) => day.slice(0, 4) === today.slice(0, 4))
  return sameYear ? words.replace(/ \d{4}$/, '') : words
}

/** "19 to 23", "30 to 4 Dec": for a planner that names the month beside it. */
export function shortDays(first: string, last: string): string {
  const date = (day: string) => Number(day.slice(8))
  if (first === last) return String(date(first))
  const month = first.slice(0, 7) === last.slice(0, 7) ? '' : ` ${monthName(last).slice(0, 3)}`
  return `${date(first)} to ${date(last)}${month}`
}

/** An event for the public: day, hours, place. The model of the partial `date-list`. */
export function eventLine(
  event: Pick<Event, 'name' | 'place' | 'hashtag' | 'startsAt' | 'endsAt'>,
  zone: string,
) {
  const short = (at: Date) => {
    const day = dayOf(at, zone)
    return `${weekdayName(day).slice(0, 3)} ${Number(day.slice(8))}, ${timeInWords(at, zone)}`
  }
  const sameDay = dayOf(event.endsAt, zone) === dayOf(event.startsAt, zone)
  const until = sameDay ? timeInWords(event.endsAt, zone) : short(event.endsAt)
  return {
    time: {
      iso: machineReadable(event.startsAt),
      label: `${short(event.startsAt)} to ${until}`,
    },
    name: event.name,
    place: event.place,
    hashtag: event.hashtag || null,
  }
}
