import { and, eq } from 'drizzle-orm'
import type { Reader, Writer } from '../../db/database.ts'
import { weekAims, weeks } from '../../db/schema/index.ts'

export type WeekAims = typeof weekAims.$inferSelect

export async function findAims(read: Reader, weekHostId: string): Promise<WeekAims | undefined> {
  return (await read.select().from(weekAims).where(eq(weekAims.weekHostId, weekHostId)))[0]
}

/** Keeps what a host aims for, if it still is as they saw it; `version` 0: nothing was there. False when it is not. */
export async function keepAimsRow(
  tx: Writer,
  version: number,
  row: Omit<typeof weekAims.$inferInsert, 'version'>,
): Promise<boolean> {
  const rows =
    version === 0
      ? await tx.insert(weekAims).values(row).onConflictDoNothing().returning()
      : await tx
          .update(weekAims)
          .set({ ...row, version: version + 1 })
          .where(and(eq(weekAims.weekHostId, row.weekHostId), eq(weekAims.version, version)))
          .returning()
  return rows.length === 1
}

/** What hosts of an account ever aimed for. */
export async function aimsOfAccount(read: Reader, accountId: string): Promise<WeekAims[]> {
  const rows = await read
    .select({ aims: weekAims })
    .from(weekAims)
    .innerJoin(weeks, eq(weeks.id, weekAims.weekId))
    .where(eq(weeks.accountId, accountId))
  return rows.map(({ aims }) => aims)
}
