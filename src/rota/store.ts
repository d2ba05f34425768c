import { and, asc, eq, isNull, ne } from 'drizzle-orm'
import type { Reader } from '../db/database.ts'
import { events, weekHosts, weeks } from '../db/schema/index.ts'

export type Week = typeof weeks.$inferSelect
export type WeekHost = typeof weekHosts.$inferSelect

/** The hostings that were not taken from a person, with their weeks. */
export async function hostingsOf(read: Reader, personId: string): Promise<{ week: Week; host: WeekHost }[]> {
  return read
    .select({ week: weeks, host: weekHosts })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(and(eq(weekHosts.personId, personId), isNull(weekHosts.endedAt)))
    .orderBy(weeks.opensAt)
}

export async function findWeek(read: Reader, id: string): Promise<Week | undefined> {
  return (await read.select().from(weeks).where(eq(weeks.id, id)))[0]
}

/** The week that has a slot; a cancelled one has none. */
export async function findWeekOfSlot(
  read: Reader,
  accountId: string,
  slot: string,
): Promise<Week | undefined> {
  const rows = await read
    .select()
    .from(weeks)
    .where(and(eq(weeks.accountId, accountId), eq(weeks.slot, slot), ne(weeks.state, 'cancelled')))
  return rows[0]
}

/** Who hosts a week now. */
export async function findCurrentHost(read: Reader, weekId: string): Promise<WeekHost | undefined> {
  return (
    await read
      .select()
      .from(weekHosts)
      .where(and(eq(weekHosts.weekId, weekId), isNull(weekHosts.endedAt)))
  )[0]
}

export type Event = typeof events.$inferSelect

export async function listEvents(read: Reader, weekId: string): Promise<Event[]> {
  return read.select().from(events).where(eq(events.weekId, weekId)).orderBy(asc(events.startsAt))
}
