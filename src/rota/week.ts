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

/** What says who of a week may be told on public pages. */
type Announcement = WeekSpan & {
  kind: WeekKind
  state: WeekState
  announcedAt: Date | null
  /** When it was announced no more; an earlier time when it was announced again. */
  unannouncedAt: Date | null
}

/** From its announcement on; a hiatus always, because it is nobody's. */
export function isAnnounced({ kind, state, announcedAt }: Announcement): boolean {
  if (state === 'cancelled') return false
  if (kind === 'hiatus' || state === 'announced') return true
  return state === 'closed' && announcedAt !== null
}

/** Whether a week lost its host while it ran, as followers saw: what was posted stands, whoever comes after. */
export function wasLeft({
  opensAt,
  unannouncedAt,
}: Pick<Announcement, 'opensAt' | 'unannouncedAt'>): boolean {
  return unannouncedAt !== null && unannouncedAt >= opensAt
}

/** Whether a host was called in, or booked, when the week had begun: what was before is not theirs. */
export function cameLater(
  { opensAt }: Pick<WeekSpan, 'opensAt'>,
  { createdAt }: { createdAt: Date },
): boolean {
  return createdAt > opensAt
}

/** The days on which a host has a week: all of them, or from that on which they were called in. */
export function hostedDays(week: WeekSpan, host: { createdAt: Date }, zone: string): string[] {
  const joined = dayOf(host.createdAt, zone)
  return weekDays(week, zone).filter((day) => !cameLater(week, host) || day >= joined)
}

/**
 * A week with its host as public pages tell it. Who was called in for a week that was announced before is not named until they
 * said yes, or a lead announced it anew while it could be hosted; without them it has no theme and no reason.
 */
export function asTold<
  W extends Announcement & { theme: string; why: string },
  H extends { acceptedAt: Date | null },
>({ week, host }: { week: W; host: H | null | undefined }): { week: W; host: H | null } {
  const { announcedAt, unannouncedAt, closesAt } = week
  const agreed =
    unannouncedAt === null ||
    (host?.acceptedAt ?? null) !== null ||
    (announcedAt !== null && announcedAt < closesAt)
  return agreed ? { week, host: host ?? null } : { week: { ...week, theme: '', why: '' }, host: null }
}
