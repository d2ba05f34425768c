import { sql } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { activity } from '../db/schema/index.ts'
import type { Activity } from './activity.ts'

export async function insertActivity(tx: Writer, entry: Activity): Promise<void> {
  await tx.insert(activity).values({ ...entry, details: entry.details ?? {} })
}

/** Rises with every change that anybody made: the record is append-only. */
export async function newestActivityId(read: Reader): Promise<number> {
  const statement = prepared(read, 'newest activity', () =>
    read
      .select({ id: sql<number>`coalesce(max(${activity.id}), 0)` })
      .from(activity)
      .prepare(),
  )
  return (await statement.execute())[0]!.id
}
