import { and, asc, eq, gte, inArray, isNotNull, isNull, or } from 'drizzle-orm'
import type { Reader, Writer } from '../../db/database.ts'
import { events, weekHosts, weeks, removedEvents, calendarAddresses } from '../../db/schema/index.ts'
import { hostingsWithWeeks, type HostedWeek, weeksWithHosts } from '../store.ts'
import type { Event, RemovedEvent } from '../events-store.ts'

export type CalendarAddress = typeof calendarAddresses.$inferSelect

export async function findAddressOf(read: Reader, personId: string): Promise<CalendarAddress | undefined> {
  return (await read.select().from(calendarAddresses).where(eq(calendarAddresses.personId, personId)))[0]
}

/** Whose an address is; undefined for one that holds no more, or never was. */
export async function findOwner(read: Reader, tokenHash: string): Promise<string | undefined> {
  const rows = await read
    .select({ personId: calendarAddresses.personId })
    .from(calendarAddresses)
    .where(eq(calendarAddresses.tokenHash, tokenHash))
  return rows[0]?.personId
}

/** The one before holds no more. */
export async function keepAddress(tx: Writer, address: CalendarAddress): Promise<void> {
  const { tokenHash, token, madeAt } = address
  await tx
    .insert(calendarAddresses)
    .values(address)
    .onConflictDoUpdate({ target: calendarAddresses.personId, set: { tokenHash, token, madeAt } })
}

/** Step: somebody's own calendar is read nowhere any more. */
export async function dropAddress(tx: Writer, personId: string): Promise<void> {
  await tx.delete(calendarAddresses).where(eq(calendarAddresses.personId, personId))
}

/** The same of several weeks, in order. */
export async function eventsOfWeeks(read: Reader, weekIds: string[]): Promise<Event[]> {
  return read.select().from(events).where(inArray(events.weekId, weekIds)).orderBy(asc(events.startsAt))
}

/** What was taken out of these weeks since then. */
export async function removedSince(read: Reader, weekIds: string[], since: Date): Promise<RemovedEvent[]> {
  return read
    .select()
    .from(removedEvents)
    .where(and(inArray(removedEvents.weekId, weekIds), gte(removedEvents.removedAt, since)))
    .orderBy(asc(removedEvents.startsAt))
}

/** Weeks that were taken from their host by cancelling since then, with that host; in order. */
export async function cancelledWeeks(read: Reader, accountId: string, since: Date): Promise<HostedWeek[]> {
  return hostingsWithWeeks(read)
    .where(
      and(
        eq(weeks.accountId, accountId),
        eq(weeks.state, 'cancelled'),
        eq(weekHosts.ending, 'cancelled'),
        gte(weekHosts.endedAt, since),
      ),
    )
    .orderBy(asc(weeks.slot))
}

/** Weeks that were announced, and have not been since then; with who hosts them. In order. */
export async function unannouncedWeeks(read: Reader, accountId: string, since: Date): Promise<HostedWeek[]> {
  return weeksWithHosts(read)
    .where(and(eq(weeks.accountId, accountId), isNull(weeks.announcedAt), gte(weeks.unannouncedAt, since)))
    .orderBy(asc(weeks.slot))
}

/** The weeks that somebody was invited to, and lost or declined since then; the nearest first. */
export async function endedHostings(read: Reader, personId: string, since: Date): Promise<HostedWeek[]> {
  return hostingsWithWeeks(read)
    .where(
      and(
        eq(weekHosts.personId, personId),
        isNotNull(weekHosts.invitedAt),
        or(gte(weekHosts.endedAt, since), gte(weekHosts.declinedAt, since)),
      ),
    )
    .orderBy(asc(weeks.opensAt))
}

/** Which version of a week stands in its host's calendar by our mails; null: none any more. */
export async function markEntered(tx: Writer, id: string, enteredVersion: number | null): Promise<void> {
  await tx.update(weekHosts).set({ enteredVersion }).where(eq(weekHosts.id, id))
}
