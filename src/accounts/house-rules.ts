import { randomUUID } from 'node:crypto'
import type { Writer } from '../db/database.ts'
import { insertHouseRules, latestHouseRules } from './store.ts'

/** Step: keeps the house rules as their next version, unless they stand so already. Numbers rise from 1. */
export async function keepHouseRules(
  tx: Writer,
  { accountId, text, personId, now }: { accountId: string; text: string; personId: string | null; now: Date },
): Promise<void> {
  const before = await latestHouseRules(tx, accountId)
  if (before?.text === text) return
  const number = (before?.number ?? 0) + 1
  await insertHouseRules(tx, { id: randomUUID(), accountId, number, text, changedBy: personId, at: now })
}
