import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { events, liveWindows, removedEvents } from '../db/schema/index.ts'

export type KeptLiveWindow = typeof liveWindows.$inferSelect
export type Event = typeof events.$inferSelect

export async function listEvents(read: Reader, weekId: string): Promise<Event[]> {
  return read.select().from(events).where(eq(events.weekId, weekId)).orderBy(asc(events.startsAt))
}

export type RemovedEvent = typeof removedEvents.$inferSelect

export async function insertRemoved(tx: Writer, rows: RemovedEvent[]): Promise<void> {
  if (rows.length > 0) await tx.insert(removedEvents).values(rows)
}

export async function listLiveWindows(read: Reader, weekId: string): Promise<KeptLiveWindow[]> {
  return read.select().from(liveWindows).where(eq(liveWindows.weekId, weekId))
}

/** The weeks with an event that is not over, and for which their scheduled posts step aside. */
export async function weeksSteppingAside(read: Reader, now: Date): Promise<string[]> {
  const statement = prepared(read, 'weeks stepping aside', () =>
    read
      .selectDistinct({ weekId: liveWindows.weekId })
      .from(liveWindows)
      .innerJoin(events, eq(events.id, liveWindows.eventId))
      .where(and(eq(liveWindows.aside, true), gt(liveWindows.endsAt, sql.placeholder('now'))))
      .prepare(),
  )
  const rows = statement.all({ now: now.getTime() })
  return rows.map(({ weekId }) => weekId)
}

/** Changes a live window as it was seen, of which there may be no row yet (version 0); false when somebody was faster. */
export async function keepLiveWindow(
  tx: Writer,
  seen: { eventId: string; weekId: string; version: number },
  set: { startsAt: Date; endsAt: Date; aside: boolean },
): Promise<boolean> {
  const { version, ...whose } = seen
  const rows =
    version === 0
      ? await tx
          .insert(liveWindows)
          .values({ ...whose, ...set })
          .onConflictDoNothing()
          .returning({ id: liveWindows.eventId })
      : await tx
          .update(liveWindows)
          .set({ ...set, version: version + 1 })
          .where(and(eq(liveWindows.eventId, seen.eventId), eq(liveWindows.version, version)))
          .returning({ id: liveWindows.eventId })
  return rows.length === 1
}

export async function deleteEvents(tx: Writer, weekId: string): Promise<void> {
  await tx.delete(events).where(eq(events.weekId, weekId))
}

export async function insertEvents(tx: Writer, rows: (typeof events.$inferInsert)[]): Promise<void> {
  if (rows.length > 0) await tx.insert(events).values(rows)
}

/** Step: events and their live windows go so many calendar days on, at the same hours of the zone's clocks. */
export async function shiftEvents(tx: Writer, weekId: string, shift: (instant: Date) => Date): Promise<void> {
  for (const { id, startsAt, endsAt } of await listEvents(tx, weekId))
    await tx
      .update(events)
      .set({ startsAt: shift(startsAt), endsAt: shift(endsAt) })
      .where(eq(events.id, id))
  for (const { eventId, startsAt, endsAt, version } of await listLiveWindows(tx, weekId))
    await tx
      .update(liveWindows)
      .set({ startsAt: shift(startsAt), endsAt: shift(endsAt), version: version + 1 })
      .where(eq(liveWindows.eventId, eventId))
}
