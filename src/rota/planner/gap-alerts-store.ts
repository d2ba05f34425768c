import { and, eq, notInArray } from 'drizzle-orm'
import type { Writer } from '../../db/database.ts'
import { gapAlerts } from '../../db/schema/index.ts'

/** What is no gap any more, or lies behind, is forgotten. */
export async function dropGapAlerts(tx: Writer, accountId: string, gaps: string[]): Promise<void> {
  await tx.delete(gapAlerts).where(and(eq(gapAlerts.accountId, accountId), notInArray(gapAlerts.slot, gaps)))
}

/** Returns those that were not told of before. */
export async function insertGapAlerts(
  tx: Writer,
  accountId: string,
  gaps: string[],
  at: Date,
): Promise<string[]> {
  if (gaps.length === 0) return []
  const rows = await tx
    .insert(gapAlerts)
    .values(gaps.map((slot) => ({ accountId, slot, at })))
    .onConflictDoNothing()
    .returning({ slot: gapAlerts.slot })
  return rows.map(({ slot }) => slot)
}
