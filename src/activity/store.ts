import { and, asc, desc, eq, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { activity } from '../db/schema/index.ts'
import type { Activity, ActivityKind } from './activity.ts'

export type RecordedActivity = typeof activity.$inferSelect

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

/** What happened to a draft and its deliveries, oldest first. */
export async function activityOfDraft(read: Reader, draftId: string): Promise<RecordedActivity[]> {
  return read.select().from(activity).where(eq(activity.draftId, draftId)).orderBy(asc(activity.id))
}

/** The latest entries of one kind, newest first. */
export async function latestActivity(
  read: Reader,
  accountId: string,
  kind: ActivityKind,
  limit: number,
): Promise<RecordedActivity[]> {
  return read
    .select()
    .from(activity)
    .where(and(eq(activity.accountId, accountId), eq(activity.kind, kind)))
    .orderBy(desc(activity.id))
    .limit(limit)
}
