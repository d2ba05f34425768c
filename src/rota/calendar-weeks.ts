import { lastChangesOfWeeks } from '../activity/activities.ts'
import type { Reader } from '../db/database.ts'
import {
  cancelledWeeks,
  endedHostings,
  listEvents,
  type Event,
  type HostedWeek,
  type Week,
  type WeekHost,
} from './store.ts'

/** A week as a calendar shows it. */
export interface CalendarWeek {
  week: Week
  host: WeekHost | null
  events: Event[]
  /** When anything of it last changed. */
  changedAt: Date
}

/** So long a cancelled week stays in the feeds, so that each calendar hears of it. Milliseconds. */
const CANCELLED_FOR = 30 * 86_400_000

/** Weeks with what a calendar wants to know of them beside. */
export async function forCalendar(read: Reader, found: HostedWeek[]): Promise<CalendarWeek[]> {
  const changes = await lastChangesOfWeeks(
    read,
    found.map(({ week }) => week.id),
  )
  return Promise.all(
    found.map(async ({ week, host }) => ({
      week,
      host,
      events: await listEvents(read, week.id),
      changedAt: changes.get(week.id) ?? week.announcedAt ?? week.createdAt,
    })),
  )
}

/** The weeks that somebody had said yes to and lately lost: cancelled, or given to somebody else. */
export async function lostHostings(read: Reader, personId: string, now: Date): Promise<HostedWeek[]> {
  return endedHostings(read, personId, new Date(now.getTime() - CANCELLED_FOR))
}

/** The weeks of an account that were cancelled lately, each with who had it then. */
export async function lateCancellations(read: Reader, accountId: string, now: Date): Promise<HostedWeek[]> {
  return cancelledWeeks(read, accountId, new Date(now.getTime() - CANCELLED_FOR))
}
