import { eq, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { timelines } from '../db/schema/index.ts'

/** The newest own post known of an account; undefined when its timeline was never read. */
export async function findTimeline(read: Reader, accountId: string) {
  const statement = prepared(read, 'timeline', () =>
    read
      .select()
      .from(timelines)
      .where(eq(timelines.accountId, sql.placeholder('accountId')))
      .prepare(),
  )
  return statement.get({ accountId })
}

/** Remembers how far the timeline is known; never goes back. */
export async function knowTimeline(
  tx: Writer,
  accountId: string,
  networkIds: string[],
  machineNow: Date,
): Promise<void> {
  const statement = prepared(tx, 'know timeline', () => {
    const [known, read] = [timelines.newestId, sql`excluded.newest_id`]
    const newest = sql`case when ${known} is null or cast(${read} as integer) > cast(${known} as integer) then ${read} else ${known} end`
    return tx
      .insert(timelines)
      .values({
        accountId: sql.placeholder('accountId'),
        newestId: sql.placeholder('newestId'),
        readAt: sql.placeholder('readAt'),
      })
      .onConflictDoUpdate({
        target: timelines.accountId,
        set: { newestId: newest, readAt: sql`excluded.read_at` },
      })
      .prepare()
  })
  statement.run({ accountId, newestId: newestOf(networkIds), readAt: machineNow })
}

/** Network ids are numbers too large for JavaScript's own, and fit SQL's. */
function newestOf(networkIds: string[]): string | null {
  return networkIds.reduce<string | null>(
    (newest, id) => (newest === null || BigInt(id) > BigInt(newest) ? id : newest),
    null,
  )
}
