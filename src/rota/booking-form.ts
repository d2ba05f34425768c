import { z } from 'zod'
import { dayInWords, dayOf, isDay, localTime, timeOf } from '../calendar.ts'
import { defaultSignOff, type EventDetails, type HostDetails } from './host.ts'
import type { Event } from './events-store.ts'
import type { HostedWeek, WeekHost } from './store.ts'

/** What stands in a form's fields, by their names. */
export type Typed = Record<string, string>

/** The picture that came with a form or was kept before, or what is wrong with it. */
export interface Portrait {
  hash: string | null
  error: string | null
}

/** What a form is made from: its fields, the picture, and the zone in which its times are meant. */
export interface Sent {
  typed: Typed
  portrait: Portrait
  zone: string
}

const text = (label: string, most: number) =>
  z.string().trim().max(most, `${label} has more than ${most} characters.`).default('')

const name = text('The host’s name', 80).refine((typed) => typed !== '', 'The host’s name is missing.')

/** Somebody's address, where it has to be one. */
export const email = text('The e-mail address', 200)
  .refine((typed) => typed !== '', 'The e-mail address is missing.')
  .pipe(z.email('That doesn’t look like an e-mail address. Example: priya@example.org'))

const handle = text('The handle', 200)
  .transform((typed) => typed.replace(/^(https?:\/\/)?(www\.)?(x|twitter)\.com\//i, '').replace(/^@/, ''))
  .pipe(
    z
      .string()
      .regex(/^\w{0,15}$/, 'A handle has up to 15 letters, digits and underscores. Example: @TheirName'),
  )

const signOff = text('The sign-off', 20)
  .transform((typed) => typed && `^${typed.replace(/^\^/, '')}`)
  .pipe(
    z.string().regex(/^(\^[\p{L}\p{N}]{1,8})?$/u, 'A sign-off is a ^ and up to eight letters. Example: ^PN'),
  )

const portrait = z
  .custom<Portrait>()
  .superRefine(({ error }, context) => void (error && context.addIssue(error)))
  .transform(({ hash }) => hash)

const about = { theme: text('The theme', 120), why: text('Why this week', 1000) }
const own = { job: text('The job', 120), biography: text('The biography', 2000), portrait }
const details = {
  name,
  handle,
  organisation: text('The organisation', 120),
  site: text('The site', 120),
  region: text('The region', 120),
  signOff,
  ...own,
}

/** For leaving a slot empty, and for what is told to a host who loses a week. */
export const reasonForm = z.object({ reason: text('The reason', 300) })

/** A booking: the host, the week, its events. */
export const bookingForm = (zone: string) =>
  z
    .object({ ...details, ...about, email, events: eventsField(zone) })
    .transform(({ email: address, theme, why, events, ...host }) => ({
      email: address,
      theme,
      why,
      events,
      host: hostDetails(host),
    }))

/** One week of several that are booked at once. */
export const listedForm = z
  .object({ name, email, job: text('The job', 120) })
  .transform(({ email: address, ...who }) => ({
    email: address,
    host: {
      ...who,
      handle: '',
      organisation: '',
      biography: '',
      portraitHash: null,
      signOff: defaultSignOff(who.name),
    },
  }))

/** Another host for a week. */
export const replacementForm = z
  .object({ ...details, ...about, ...reasonForm.shape, email })
  .transform(({ email: address, theme, why, reason, ...host }) => ({
    email: address,
    theme,
    why,
    reason,
    host: hostDetails(host),
  }))

/** What leads change: everything but the address. */
export const changeForm = (zone: string) =>
  z
    .object({ ...details, ...about, events: eventsField(zone) })
    .transform(({ theme, why, events, ...host }) => ({ theme, why, events, host: hostDetails(host) }))

/** What hosts change. */
export const ownChangeForm = z
  .object({ ...own, ...about })
  .transform(({ theme, why, job, biography, portrait: portraitHash }) => ({
    theme,
    why,
    host: { job, biography, portraitHash },
  }))

/** What these forms take: the fields as they came, with the rows of events gathered. */
export function formInput({ typed, portrait: sent }: Omit<Sent, 'zone'>): Record<string, unknown> {
  const events = Array.from({ length: eventRows(typed) }, (_, row) =>
    Object.fromEntries(EVENT_FIELDS.map((field) => [field, (typed[eventField(row, field)] ?? '').trim()])),
  )
  return { ...typed, portrait: sent, events }
}

function hostDetails({
  portrait: portraitHash,
  ...host
}: Omit<HostDetails, 'portraitHash'> & { portrait: string | null }): HostDetails {
  return { ...host, portraitHash, signOff: host.signOff || defaultSignOff(host.name) }
}

export const EVENT_FIELDS = ['name', 'hashtag', 'place', 'day', 'from', 'lastDay', 'to'] as const
export type EventField = (typeof EVENT_FIELDS)[number]

export const MOST_EVENTS = 20

/** How many rows of events a form has. */
export function eventRows(typed: Typed): number {
  const rows = Object.keys(typed).map((key) => Number(/^events\.(\d{1,3})\./.exec(key)?.[1] ?? -1))
  return Math.min(MOST_EVENTS, Math.max(-1, ...rows) + 1)
}

export function eventField(row: number, field: EventField): string {
  return `events.${row}.${field}`
}

/** Rows that are left empty are no events; a day alone makes none, since one is always chosen. */
function eventsField(zone: string) {
  const row = z
    .object(
      Object.fromEntries(EVENT_FIELDS.map((field) => [field, z.string()])) as Record<EventField, z.ZodString>,
    )
    .transform((typed, context) =>
      readEvent(typed, zone, (field, message) => {
        context.addIssue({ code: 'custom', path: [field], message })
      }),
    )
  return z.array(row).transform((events) => events.filter((event) => event !== null))
}

function readEvent(
  typed: Record<EventField, string>,
  zone: string,
  wrong: (field: EventField, message: string) => void,
): EventDetails | null {
  const { name: called, place, day, from, lastDay, to } = typed
  if (![called, typed.hashtag, place, from, to].some(Boolean)) return null
  if (!called) wrong('name', 'The event has no name.')
  if (called.length > 120) wrong('name', 'The event’s name has more than 120 characters.')
  if (place.length > 120) wrong('place', 'The place has more than 120 characters.')
  const hashtag = typed.hashtag && `#${typed.hashtag.replace(/^#/, '')}`
  if (!/^(#[\p{L}\p{N}_]{1,60})?$/u.test(hashtag))
    wrong('hashtag', 'A hashtag is one word. Example: #OurWeek')

  if (!isDay(day)) wrong('day', 'Choose the day of the event.')
  if (!from) wrong('from', 'When does the event begin?')
  if (!to) wrong('to', 'When does the event end?')
  if (!isDay(day) || !from || !to) return null
  const startsAt = readInstant(day, from, zone, (message) => wrong('from', message))
  const endsAt = readInstant(isDay(lastDay) ? lastDay : day, to, zone, (message) => wrong('to', message))
  if (!startsAt || !endsAt) return null
  if (endsAt <= startsAt) wrong('to', 'The event ends before it begins.')
  return { name: called, hashtag, place, startsAt, endsAt }
}

function readInstant(day: string, time: string, zone: string, wrong: (message: string) => void): Date | null {
  if (!/^([01]?\d|2[0-3]):[0-5]\d$/.test(time)) {
    wrong('This is no time of a day. Example: 14:30')
    return null
  }
  const local = localTime(day, time.padStart(5, '0'), zone)
  if (local.kind === 'exact') return local.instant
  wrong(
    local.kind === 'skipped'
      ? `The clocks go forward on ${dayInWords(day)}, and there is no ${time}. Choose another time.`
      : `The clocks go back on ${dayInWords(day)}, and ${time} comes twice. Choose an earlier or a later time.`,
  )
  return null
}

/** Somebody who hosts or has hosted, in the fields of a form. */
export function typedOfHost(host: WeekHost): Typed {
  return {
    name: host.name,
    handle: host.handle && `@${host.handle}`,
    job: host.job,
    organisation: host.organisation,
    site: host.site,
    region: host.region,
    biography: host.biography,
    signOff: host.signOff,
    portraitHash: host.portraitHash ?? '',
  }
}

/** A week as it stands, in the fields of its form. */
export function typedOfWeek({ week, host }: HostedWeek, events: Event[], zone: string): Typed {
  return {
    version: String(week.version),
    theme: week.theme,
    why: week.why,
    reason: week.why,
    ...(host && typedOfHost(host)),
    ...Object.fromEntries(events.flatMap((event, row) => typedOfEvent(event, row, zone))),
  }
}

function typedOfEvent(event: Event, row: number, zone: string): [string, string][] {
  const [day, lastDay] = [dayOf(event.startsAt, zone), dayOf(event.endsAt, zone)]
  const values: Record<EventField, string> = {
    name: event.name,
    hashtag: event.hashtag,
    place: event.place,
    day,
    from: timeOf(event.startsAt, zone),
    lastDay: lastDay === day ? '' : lastDay,
    to: timeOf(event.endsAt, zone),
  }
  return EVENT_FIELDS.map((field) => [eventField(row, field), values[field]])
}
