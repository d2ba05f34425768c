import type { Database } from '../db/database.ts'
import { bringDeadlinesTo } from './attempts-store.ts'

/**
 * Whatever a process was sending that did not live to hear the answer counts as unknown at once, and is looked for: where its
 * clock was ahead, that would begin only when ours has come there. Only for who has the data folder for itself.
 */
export async function endLeftAttempts(db: Database, machineNow: Date): Promise<void> {
  await db.write((tx) => bringDeadlinesTo(tx, machineNow))
}
