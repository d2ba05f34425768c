import { Temporal } from 'temporal-polyfill'

/** Days are `YYYY-MM-DD`, times of day `HH:MM`; instants are UTC `Date`s. The zone is applied here, at the edges. */

export type LocalTime =
  | { kind: 'exact'; instant: Date }
  /** The change of the clocks leaves this time out. */
  | { kind: 'skipped' }
  /** The change of the clocks brings this time twice. */
  | { kind: 'twice'; first: Date; second: Date }

/** @throws RangeError for a day or time that no calendar has. */
export function localTime(day: string, time: string, zone: string): LocalTime {
  const plain = Temporal.PlainDate.from(day, { overflow: 'reject' }).toPlainDateTime(
    Temporal.PlainTime.from(time, { overflow: 'reject' }),
  )
  const earlier = plain.toZonedDateTime(zone, { disambiguation: 'earlier' })
  const later = plain.toZonedDateTime(zone, { disambiguation: 'later' })
  if (earlier.epochMilliseconds === later.epochMilliseconds)
    return { kind: 'exact', instant: toDate(earlier) }
  if (!earlier.toPlainDateTime().equals(plain)) return { kind: 'skipped' }
  return { kind: 'twice', first: toDate(earlier), second: toDate(later) }
}

/** The instant of a wall time that a rule names (a week opens at 9:00): a skipped one moves on, of two the first counts. */
export function instantOf(day: string, time: string, zone: string): Date {
  return toDate(
    Temporal.PlainDate.from(day).toZonedDateTime({
      timeZone: zone,
      plainTime: Temporal.PlainTime.from(time),
    }),
  )
}

export function dayOf(instant: Date, zone: string): string {
  return dayAround(instant, zone).day
}

/** `HH:MM`, as a time field wants it. */
export function timeOf(instant: Date, zone: string): string {
  const { hour, minute } = clockAt(instant, zone)
  return `${twoDigits(hour)}:${twoDigits(minute)}`
}

export function addDays(day: string, days: number): string {
  return new Date(midnight(day) + days * DAY).toISOString().slice(0, 10)
}

/** The same time of the zone's clocks so many calendar days on; to the minute. A skipped one moves on, of a repeated one the first counts. */
export function daysLater(instant: Date, days: number, zone: string): Date {
  return instantOf(addDays(dayOf(instant, zone), days), timeOf(instant, zone), zone)
}

/** The same wall time so many months later; the last day of a shorter month. */
export function addMonths(instant: Date, months: number, zone: string): Date {
  return toDate(zoned(instant, zone).add({ months }))
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return (midnight(to) - midnight(from)) / DAY
}

/** ISO weekday, 1 is Monday. */
export function weekdayOf(day: string): number {
  return new Date(midnight(day)).getUTCDay() || 7
}

export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const at = Date.parse(`${text}T00:00:00Z`)
  // Some days that no month has are read as days of the next one.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

export function isTimeZone(text: string): boolean {
  try {
    return Boolean(Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text))
  } catch {
    return false
  }
}

/** "9:00" */
export function timeInWords(instant: Date, zone: string): string {
  const { hour, minute } = clockAt(instant, zone)
  return `${hour}:${twoDigits(minute)}`
}

/** "Monday 19 January"; with the year where `today` lies in another one. */
export function dayInWords(day: string, today?: string): string {
  const words = `${weekdayName(day)} ${Number(day.slice(8))} ${monthName(day)}`
  return today !== undefined && today.slice(0, 4) !== day.slice(0, 4) ? `${words} ${day.slice(0, 4)}` : words
}

/** "19 to 23 January 2015", "30 November to 4 December 2026" */
export function daysInWords(first: string, last: string): string {
  const inWords = (day: string) => `${Number(day.slice(8))} ${monthName(day)} ${Number(day.slice(0, 4))}`
  if (first === last) return inWords(last)
  // What both have in common is said once.
  const said = first.slice(0, 7) === last.slice(0, 7) ? 1 : first.slice(0, 4) === last.slice(0, 4) ? 2 : 3
  return `${inWords(first).split(' ').slice(0, said).join(' ')} to ${inWords(last)}`
}

/** "today 9:00", "tomorrow 9:00", "yesterday 9:00", else "Monday 19 January, 9:00" */
export function momentInWords(instant: Date, now: Date, zone: string): string {
  const day = dayOf(instant, zone)
  const today = dayOf(now, zone)
  const near = { '-1': 'yesterday', '0': 'today', '1': 'tomorrow' }[String(daysBetween(today, day))]
  return near
    ? `${near} ${timeInWords(instant, zone)}`
    : `${dayInWords(day, today)}, ${timeInWords(instant, zone)}`
}

/** "3 minutes", "2 h 10 min", "4 days"; rounded down, never negative. */
export function spanInWords(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000))
  if (minutes < 1) return 'less than a minute'
  if (minutes < 60) return minutes === 1 ? '1 minute' : `${minutes} minutes`
  if (minutes < 24 * 60)
    return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  const days = Math.floor(minutes / 1440)
  return days === 1 ? '1 day' : `${days} days`
}

/** How long until then: hours within a day of 24, else days as a calendar counts them, from Wednesday to Monday "5 days". */
export function untilInWords(instant: Date, now: Date, zone: string): string {
  const left = instant.getTime() - now.getTime()
  if (left < DAY) return spanInWords(left)
  const days = daysBetween(dayOf(now, zone), dayOf(instant, zone))
  return days === 1 ? '1 day' : `${days} days`
}

/** "London" for `Europe/London`: how the zone is named beside a time. */
export function zoneInWords(zone: string): string {
  return zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ')
}

/** "M", "T" and so on, for the squares. */
export function weekdayLetter(day: string): string {
  return WEEKDAYS[weekdayOf(day) - 1]!.charAt(0)
}

export function weekdayName(day: string): string {
  return WEEKDAYS[weekdayOf(day) - 1]!
}

export function monthName(day: string): string {
  return MONTHS[Number(day.slice(5, 7)) - 1]!
}

/** An instant as `<time datetime>` wants it. */
export function machineReadable(instant: Date): string {
  return instant.toISOString()
}

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

const DAY = 86_400_000

/** A day without any zone, as milliseconds: calendar sums need no more. @throws RangeError for what is no day. */
function midnight(day: string): number {
  const at = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(at) || day.length !== 10) throw new RangeError(`There is no day ${day}.`)
  return at
}

/** What lies between two midnights of a zone, in milliseconds. */
interface ZoneDay {
  day: string
  from: number
  until: number
}

/** The days of each zone that were asked for lately: a page asks for the same few again and again. */
const lately = new Map<string, ZoneDay[]>()
const KEPT_DAYS = 16

function dayAround(instant: Date, zone: string): ZoneDay {
  const time = instant.getTime()
  const days = lately.get(zone) ?? []
  const known = days.find(({ from, until }) => from <= time && time < until)
  if (known) return known
  const date = zoned(instant, zone).toPlainDate()
  const [from, until] = [date, date.add({ days: 1 })].map((d) => d.toZonedDateTime(zone).epochMilliseconds)
  const found = { day: date.toString(), from: from!, until: until! }
  lately.set(zone, [found, ...days.slice(0, KEPT_DAYS - 1)])
  return found
}

/** What the clocks of the zone show. */
function clockAt(instant: Date, zone: string): { hour: number; minute: number } {
  const { from, until } = dayAround(instant, zone)
  // On a day of another length the clocks changed.
  if (until - from !== DAY) return zoned(instant, zone)
  const minutes = Math.floor((instant.getTime() - from) / 60_000)
  return { hour: Math.floor(minutes / 60), minute: minutes % 60 }
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}

function zoned(instant: Date, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone)
}

function toDate(time: Temporal.ZonedDateTime): Date {
  return new Date(time.epochMilliseconds)
}
