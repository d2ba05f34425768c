import type { Writer } from '../db/database.ts'
import { activity } from '../db/schema/index.ts'
import type { Activity } from './activity.ts'

export async function insertActivity(tx: Writer, entry: Activity): Promise<void> {
  await tx.insert(activity).values({ ...entry, details: entry.details ?? {} })
}
