import { momentInWords } from '../calendar.ts'
import { timeFrame, whyNotThen } from './wished-time.ts'

/** The week for which a host wrote; null for what is the account's own. */
export interface HostedPlace {
  cancelled: boolean
  /** The host was replaced, or their week was. */
  ended: boolean
  opensAt: Date
  closesAt: Date
}

/** When it goes out: at its time; without one as soon as it is approved, a host's not before the week opens. */
export function goesOutAt(at: Date | null, hosted: HostedPlace | null, now: Date): Date {
  if (at) return at
  return hosted && hosted.opensAt > now ? hosted.opensAt : now
}

/** Its time is over: the approver has to choose a new one. */
export function isTooLate(at: Date | null, now: Date): boolean {
  return at !== null && at <= now
}

/** Why nobody can approve this now, in plain words; null when it can go out. */
export function whyNotGoOut(
  hosted: HostedPlace | null,
  { now, zone }: { now: Date; zone: string },
): string | null {
  if (!hosted) return null
  if (hosted.cancelled) return 'The week was cancelled, so what its host wrote does not go out.'
  if (hosted.ended) return 'Its writer does not host this week any more, so it does not go out.'
  if (now >= hosted.closesAt) {
    return `The week closed ${momentOf(hosted.closesAt, now, zone)}, so what its host wrote does not go out any more.`
  }
  return null
}

/** Why it can't go out at this time, under the field to change; null when it can. */
export function whyNotApproveAt(
  at: Date | null,
  { hosted, slot, zone, now }: { hosted: HostedPlace | null; slot: string; zone: string; now: Date },
): Record<string, string> | null {
  if (!at) return null
  if (isTooLate(at, now)) return { time: 'This time has passed. Choose a later one.' }
  return hosted ? whyNotThen(at, { frame: timeFrame({ slot, zone }, hosted), zone, now }) : null
}

/** As much of a draft as says whose words it holds. */
export interface Written {
  /** Null: a template. */
  authorId: string | null
  revisions: { authorId: string | null; acceptedBy: string | null }[]
}

/**
 * Whether somebody's own words stand in a draft, as four eyes see it: they began it, or wrote in it. Words that its writer took
 * as their own since, from a suggestion or by accepting a correction, are the writer's.
 */
export function isOwnWork(personId: string, { authorId, revisions }: Written): boolean {
  return (
    authorId === personId ||
    revisions.some((revision) => revision.authorId === personId && revision.acceptedBy === null)
  )
}

interface Eyes {
  /** The person who decides wrote in the draft. */
  ownWork: boolean
  /** The account allows that. */
  selfApproval: boolean
}

/** Four eyes: why this person can't approve; null when they may. */
export function whyNotApprove({ ownWork, selfApproval }: Eyes): string | null {
  return ownWork && !selfApproval
    ? 'You wrote in this draft, so somebody else has to approve it. You can still ask for changes, or decline it.'
    : null
}

/** Four eyes again: when something goes out is a part of what is approved. Null when they may. */
export function whyNotLetGo({ ownWork, selfApproval }: Eyes): string | null {
  return ownWork && !selfApproval
    ? 'You wrote in this draft, so somebody else has to let it go. You can still cancel it.'
    : null
}

/** "at once", else as `momentOf`. */
export function whenInWords(instant: Date, now: Date, zone: string): string {
  return instant <= now ? 'at once' : momentOf(instant, now, zone)
}

/** "today at 12:30", "on Monday 23 November at 9:00": for sentences. */
export function momentOf(instant: Date, now: Date, zone: string): string {
  const moment = momentInWords(instant, now, zone)
  return /^(today|tomorrow|yesterday) /.test(moment)
    ? moment.replace(' ', ' at ')
    : `on ${moment.replace(', ', ' at ')}`
}
