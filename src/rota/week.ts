import { addDays, dayOf, daysBetween } from '../calendar.ts'

/** A week is a slot that somebody did something with; a slot without a row is a gap. */
export const WEEK_KINDS = ['hosted', 'hiatus'] as const
export type WeekKind = (typeof WEEK_KINDS)[number]

/**
 * `booked`: nobody outside the desk knows. `announced`: the host accepted, or a lead said so; public. It is booked again when
 * a host that a lead announced says no.
 * `closed`: the clock passed its end. `cancelled`: the slot is free again.
 */
export const WEEK_STATES = ['booked', 'announced', 'closed', 'cancelled'] as const
export type WeekState = (typeof WEEK_STATES)[number]

const WEEK_TRANSITIONS: Record<WeekState, readonly WeekState[]> = {
  booked: ['announced', 'closed', 'cancelled'],
  announced: ['booked', 'closed', 'cancelled'],
  closed: [],
  cancelled: [],
}

/** States in which a week can still be changed by what happens to it: a host comes, accepts, goes. */
export const OPEN_STATES: readonly WeekState[] = WEEK_STATES.filter((state) =>
  WEEK_TRANSITIONS[state].includes('cancelled'),
)

/** How somebody's hosting of a week ended before the week did. */
export const HOST_ENDINGS = ['replaced', 'cancelled'] as const
export type HostEnding = (typeof HOST_ENDINGS)[number]

/**
 * Whether a host's week opens at its time. `free`: nothing is asked, as of weeks booked before anything was. `waits`: the house
 * rules are not signed, or the briefing is not done. `ready`: nothing is missing. `word`: a lead said that it opens all the same.
 */
export const OPENINGS = ['free', 'waits', 'ready', 'word'] as const
export type Opening = (typeof OPENINGS)[number]

/** Where a week stands, for people: what its state, its host and the clock say together. */
export const WEEK_STANDINGS = [
  'booked',
  'invited',
  'declined',
  'announced',
  'running',
  'closed',
  'hiatus',
  'cancelled',
] as const
export type WeekStanding = (typeof WEEK_STANDINGS)[number]

/** `asked`: of at least one side an answer is missing. It is `done` when both said yes, `refused` by one, or `withdrawn` by a lead. */
export const SWAP_STATES = ['asked', 'done', 'refused', 'withdrawn'] as const
export type SwapState = (typeof SWAP_STATES)[number]

export interface WeekSpan {
  opensAt: Date
  /** The week is over at this instant. */
  closesAt: Date
}

export function weekStanding(
  week: WeekSpan & { kind: WeekKind; state: WeekState },
  host: { invitedAt: Date | null; declinedAt?: Date | null } | null,
  now: Date,
): WeekStanding {
  if (week.state === 'cancelled') return 'cancelled'
  if (week.kind === 'hiatus') return 'hiatus'
  if (week.state === 'closed' || now >= week.closesAt) return 'closed'
  if (host?.declinedAt) return 'declined'
  if (week.state === 'announced') return now >= week.opensAt ? 'running' : 'announced'
  return host?.invitedAt ? 'invited' : 'booked'
}

/** The calendar days of a week in the account's zone, as they were when it was booked. */
export function weekDays({ opensAt, closesAt }: WeekSpan, zone: string): string[] {
  const first = dayOf(opensAt, zone)
  return Array.from({ length: daysBetween(first, dayOf(closesAt, zone)) + 1 }, (_, i) => addDays(first, i))
}
