import { lastChangesOfWeeks } from '../../activity/activities.ts'
import type { Reader } from '../../db/database.ts'
import {
  cancelledWeeks,
  endedHostings,
  eventsOfWeeks,
  removedSince,
  unannouncedWeeks,
} from './calendar-store.ts'
import type { Event, RemovedEvent } from '../events-store.ts'
import type { HostedWeek, Week, WeekHost } from '../store.ts'

/** A week as a calendar shows it. */
export interface CalendarWeek {
  week: Week
  host: WeekHost | null
  events: Event[]
  /** Taken out of it lately. */
  removed: RemovedEvent[]
  /** When anything of it last changed. */
  changedAt: Date
}

/** So long what is cancelled stays in the feeds, so that each calendar hears of it. Milliseconds. */
const CANCELLED_FOR = 30 * 86_400_000

/** Weeks with what a calendar wants to know of them beside. */
export async function forCalendar(read: Reader, found: HostedWeek[], now: Date): Promise<CalendarWeek[]> {
  const ids = found.map(({ week }) => week.id)
  const changes = await lastChangesOfWeeks(read, ids)
  const events = await eventsOfWeeks(read, ids)
  const removed = await removedSince(read, ids, new Date(now.getTime() - CANCELLED_FOR))
  return found.map(({ week, host }) => ({
    week,
    host,
    events: events.filter(({ weekId }) => weekId === week.id),
    removed: removed.filter(({ weekId }) => weekId === week.id),
    changedAt: lastOf(changes.get(week.id) ?? week.announcedAt ?? week.createdAt, host?.movedAt),
  }))
}

/** A swap changes two weeks, and stands on the record of one. */
function lastOf(recorded: Date, movedAt: Date | null | undefined): Date {
  return movedAt && movedAt > recorded ? movedAt : recorded
}

/** The weeks that somebody was invited to and lately lost: cancelled, declined, or given to somebody else. */
export async function lostHostings(read: Reader, personId: string, now: Date): Promise<HostedWeek[]> {
  return endedHostings(read, personId, new Date(now.getTime() - CANCELLED_FOR))
}

/** The weeks of an account that were cancelled lately, each with who had it then. */
export async function lateCancellations(read: Reader, accountId: string, now: Date): Promise<HostedWeek[]> {
  return cancelledWeeks(read, accountId, new Date(now.getTime() - CANCELLED_FOR))
}

/** The weeks of an account that are announced no more since lately, whatever became of them. */
export async function lateWithdrawals(read: Reader, accountId: string, now: Date): Promise<HostedWeek[]> {
  return unannouncedWeeks(read, accountId, new Date(now.getTime() - CANCELLED_FOR))
}
