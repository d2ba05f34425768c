import { and, eq, isNull } from 'drizzle-orm'
import type { Reader } from '../db/database.ts'
import { weekHosts, weeks } from '../db/schema/index.ts'

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
