import { and, asc, desc, eq } from 'drizzle-orm'
import type { Reader, Writer } from '../../db/database.ts'
import { people, standbys, weekHosts, weeks } from '../../db/schema/index.ts'
import type { WeekHost } from '../store.ts'

export type Standby = typeof standbys.$inferSelect

/** Who may be called in, with their addresses. */
export async function standbysOf(read: Reader, accountId: string): Promise<(Standby & { email: string })[]> {
  const rows = await read
    .select({ standby: standbys, email: people.email })
    .from(standbys)
    .innerJoin(people, eq(people.id, standbys.personId))
    .where(eq(standbys.accountId, accountId))
    .orderBy(asc(standbys.createdAt))
  return rows.map(({ standby, email }) => ({ ...standby, email }))
}

/** False when this form was sent before, or the person is on the list. */
export async function insertStandby(tx: Writer, standby: typeof standbys.$inferInsert): Promise<boolean> {
  const rows = await tx.insert(standbys).values(standby).onConflictDoNothing().returning({ id: standbys.id })
  return rows.length === 1
}

/** Nothing of what the list said of them is kept. False when they were not on it any more. */
export async function deleteStandby(
  tx: Writer,
  { id, accountId }: { id: string; accountId: string },
): Promise<boolean> {
  const rows = await tx
    .delete(standbys)
    .where(and(eq(standbys.id, id), eq(standbys.accountId, accountId)))
    .returning({ id: standbys.id })
  return rows.length === 1
}

/** Everything that lists of standby hosts say of somebody. */
export async function standbyOf(read: Reader, personId: string): Promise<Standby[]> {
  return read.select().from(standbys).where(eq(standbys.personId, personId)).orderBy(asc(standbys.createdAt))
}

/** They are on no list any more. */
export async function deleteStandbyOf(tx: Writer, personId: string, accountId?: string): Promise<void> {
  await tx
    .delete(standbys)
    .where(
      and(
        eq(standbys.personId, personId),
        accountId === undefined ? undefined : eq(standbys.accountId, accountId),
      ),
    )
}

/** What somebody was called and did when they hosted last here, or were to. */
export async function latestHostingOf(
  read: Reader,
  { accountId, personId }: { accountId: string; personId: string },
): Promise<WeekHost | undefined> {
  const rows = await read
    .select({ host: weekHosts })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(and(eq(weeks.accountId, accountId), eq(weekHosts.personId, personId)))
    .orderBy(desc(weekHosts.createdAt))
    .limit(1)
  return rows[0]?.host
}
