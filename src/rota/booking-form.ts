import { z } from 'zod'
import { dayInWords, dayOf, isDay, localTime, timeOf } from '../calendar.ts'
import { Refused } from '../errors.ts'
import { line, optionalLine, readForm } from '../web/forms.ts'
import { defaultSignOff, type EventDetails, type HostDetails } from './host.ts'
import type { Event, HostedWeek } from './store.ts'

/** What stands in a form's fields, by their names. */
export type Typed = Record<string, string>

const EVENT_FIELDS = ['name', 'hashtag', 'place', 'day', 'from', 'lastDay', 'to'] as const
type EventField = (typeof EVENT_FIELDS)[number]

export const MOST_EVENTS = 20

const handle = z
  .string()
  .trim()
  .default('')
  .transform((typed) => typed.replace(/^(https?:\/\/)?(www\.)?(x|twitter)\.com\//i, '').replace(/^@/, ''))
  .pipe(
    z
      .string()
      .regex(/^\w{0,15}$/, 'A handle has up to 15 letters, digits and underscores. Example: @tomgarside'),
  )

const signOff = z
  .string()
  .trim()
  .default('')
  .transform((typed) => typed && `^${typed.replace(/^\^/, '')}`)
  .pipe(
    z.string().regex(/^(\^[\p{L}\p{N}]{1,8})?$/u, 'A sign-off is a ^ and up to eight letters. Example: ^PN'),
  )

const about = {
  theme: optionalLine('The theme', 120),
  why: optionalLine('Why this week', 1000),
}

/** What a host may change. */
const ownDetails = {
  job: optionalLine('The job', 120),
  biography: optionalLine('The biography', 2000),
}

const details = {
  name: line('The host’s name', 80),
  handle,
  organisation: optionalLine('The organisation', 120),
  signOff,
  ...ownDetails,
}

const email = z
  .string({ error: 'The e-mail address is missing.' })
  .trim()
  .min(1, 'The e-mail address is missing.')
  .pipe(z.email('That doesn’t look like an e-mail address. Example: priya@example.org'))

const reason = { reason: optionalLine('The reason', 300) }

/** @throws Refused with all that is wrong, the events' fields too. */
export function readBooking(typed: Typed, { zone, portrait }: Reading) {
  const [form, events] = all(
    () => read(z.object({ ...details, ...about, email }), typed, portrait),
    () => readEvents(typed, zone),
  )
  const { theme, why, email: address, ...host } = form
  return { email: address, theme, why, events, host: withSignOff({ ...host, portraitHash: portrait.hash }) }
}

/** @throws Refused with all that is wrong. */
export function readReplacement(typed: Typed, { portrait }: Reading) {
  const form = read(z.object({ ...details, ...about, ...reason, email }), typed, portrait)
  const { theme, why, email: address, reason: told, ...host } = form
  return {
    email: address,
    theme,
    why,
    reason: told,
    host: withSignOff({ ...host, portraitHash: portrait.hash }),
  }
}

/** A lead's change of a week: everything but the address. @throws Refused with all that is wrong. */
export function readChange(typed: Typed, { zone, portrait }: Reading) {
  const [form, events] = all(
    () => read(z.object({ ...details, ...about }), typed, portrait),
    () => readEvents(typed, zone),
  )
  const { theme, why, ...host } = form
  return { theme, why, events, host: withSignOff({ ...host, portraitHash: portrait.hash }) }
}

/** What a host changes. @throws Refused with all that is wrong. */
export function readOwnChange(typed: Typed, { portrait }: Reading) {
  const { theme, why, ...host } = read(z.object({ ...ownDetails, ...about }), typed, portrait)
  return { theme, why, host: { ...host, portraitHash: portrait.hash } }
}

export const hiatusForm = z.object(reason)

interface Reading {
  zone: string
  /** The picture that came with the form or was kept before, or what is wrong with it. */
  portrait: Portrait
}

export interface Portrait {
  hash: string | null
  error: string | null
}

function read<S extends z.ZodType>(schema: S, typed: Typed, portrait: Portrait): z.output<S> {
  const [form] = all(
    () => readForm(schema, typed),
    () => {
      if (portrait.error) throw new Refused({ portrait: portrait.error })
    },
  )
  return form
}

/** Everything that is wrong, said at once. */
function all<A, B>(one: () => A, other: () => B): [A, B] {
  const errors: Record<string, string> = {}
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      Object.assign(errors, error.fields)
      return undefined
    }
  }
  const results = [attempt(one), attempt(other)]
  if (Object.keys(errors).length > 0) throw new Refused(errors)
  return results as [A, B]
}

function withSignOff(host: HostDetails): HostDetails {
  return { ...host, signOff: host.signOff || defaultSignOff(host.name) }
}

/** How many rows of events a form has. */
export function eventRows(typed: Typed): number {
  const rows = Object.keys(typed).map((key) => Number(/^events\.(\d+)\./.exec(key)?.[1] ?? -1))
  return Math.min(MOST_EVENTS, Math.max(-1, ...rows) + 1)
}

export const eventField = (row: number, field: EventField) => `events.${row}.${field}`

/** The events in a form; rows that are left empty are none. */
function readEvents(typed: Typed, zone: string): EventDetails[] {
  const errors: Record<string, string> = {}
  const events = Array.from({ length: eventRows(typed) }, (_, row) => {
    const value = (field: EventField) => (typed[eventField(row, field)] ?? '').trim()
    const wrong = (field: EventField, message: string) => {
      errors[eventField(row, field)] ??= message
    }
    if (!['name', 'hashtag', 'place', 'from', 'to'].some((field) => value(field as EventField))) return null
    const name = value('name')
    if (!name) wrong('name', 'The event has no name.')
    if (name.length > 120) wrong('name', 'The event’s name has more than 120 characters.')
    if (value('place').length > 120) wrong('place', 'The place has more than 120 characters.')
    const hashtag = value('hashtag') && `#${value('hashtag').replace(/^#/, '')}`
    if (!/^(#[\p{L}\p{N}_]{1,60})?$/u.test(hashtag))
      wrong('hashtag', 'A hashtag is one word. Example: #NorthDaleSings')
    const instant = (day: string, dayField: EventField, field: EventField) => {
      if (!isDay(day)) return void wrong(dayField, 'Choose the day of the event.')
      if (!/^\d{1,2}:\d{2}$/.test(value(field)))
        return void wrong(field, field === 'from' ? 'When does the event begin?' : 'When does the event end?')
      return instantOf(day, value(field), zone, (message) => wrong(field, message))
    }
    const startsAt = instant(value('day'), 'day', 'from')
    const endsAt = instant(value('lastDay') || value('day'), 'lastDay', 'to')
    if (!startsAt || !endsAt) return null
    if (endsAt <= startsAt) wrong('to', 'The event ends before it begins.')
    return { name, hashtag, place: value('place'), startsAt, endsAt }
  })
  if (Object.keys(errors).length > 0) throw new Refused(errors)
  return events.filter((event) => event !== null)
}

function instantOf(day: string, time: string, zone: string, wrong: (message: string) => void) {
  try {
    const local = localTime(day, time.padStart(5, '0'), zone)
    if (local.kind === 'exact') return local.instant
    wrong(
      local.kind === 'skipped'
        ? `The clocks go forward on ${dayInWords(day)}, and there is no ${time}. Choose another time.`
        : `The clocks go back on ${dayInWords(day)}, and ${time} comes twice. Choose an earlier or a later time.`,
    )
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    wrong('This is no time of a day. Example: 14:30')
  }
  return undefined
}

/** A week as it stands, in the fields of its form. */
export function typedOfWeek({ week, host }: HostedWeek, events: Event[], zone: string): Typed {
  return {
    version: String(week.version),
    theme: week.theme,
    why: week.why,
    ...(host && {
      name: host.name,
      handle: host.handle && `@${host.handle}`,
      job: host.job,
      organisation: host.organisation,
      biography: host.biography,
      signOff: host.signOff,
      portraitHash: host.portraitHash ?? '',
    }),
    ...Object.fromEntries(events.flatMap((event, row) => typedOfEvent(event, row, zone))),
  }
}

function typedOfEvent(event: Event, row: number, zone: string): [string, string][] {
  const values: Record<EventField, string> = {
    name: event.name,
    hashtag: event.hashtag,
    place: event.place,
    day: dayOf(event.startsAt, zone),
    from: timeOf(event.startsAt, zone),
    lastDay: dayOf(event.endsAt, zone),
    to: timeOf(event.endsAt, zone),
  }
  return EVENT_FIELDS.map((field) => [eventField(row, field), values[field]])
}

/** A form's fields as they came, one value each. */
export function typedOfBody(body: unknown): Typed {
  return Object.fromEntries(
    Object.entries((body ?? {}) as Record<string, unknown>).map(([name, value]) => [
      name,
      String([value].flat().at(0) ?? ''),
    ]),
  )
}
