import { and, asc, eq, inArray, isNotNull, isNull, notInArray, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { deliveries, drafts, postsSinceCopy, restores } from '../db/schema/index.ts'

export type PostSinceCopy = typeof postsSinceCopy.$inferSelect

export async function findRestore(read: Reader, accountId: string) {
  const statement = prepared(read, 'restore', () =>
    read
      .select()
      .from(restores)
      .where(eq(restores.accountId, sql.placeholder('accountId')))
      .prepare(),
  )
  return statement.get({ accountId })
}

export async function putRestore(
  tx: Writer,
  { accountId, ...times }: { accountId: string; copyOf: Date; restoredAt: Date },
): Promise<void> {
  const restore = { ...times, comparedAt: null }
  await tx
    .insert(restores)
    .values({ accountId, ...restore })
    .onConflictDoUpdate({ target: restores.accountId, set: restore })
}

/** The accounts whose timelines were not read since their restore. */
export async function accountsToCompare(read: Reader): Promise<string[]> {
  const statement = prepared(read, 'accounts to compare', () =>
    read
      .select({ accountId: restores.accountId })
      .from(restores)
      .where(isNull(restores.comparedAt))
      .prepare(),
  )
  const rows = statement.all()
  return rows.map(({ accountId }) => accountId)
}

export async function markCompared(tx: Writer, accountId: string, comparedAt: Date): Promise<void> {
  await tx.update(restores).set({ comparedAt }).where(eq(restores.accountId, accountId))
}

export async function keepPostsSinceCopy(tx: Writer, posts: PostSinceCopy[]): Promise<void> {
  for (const post of posts) await tx.insert(postsSinceCopy).values(post).onConflictDoNothing()
}

/** Of them, what no delivery stands for yet, the oldest first. */
export async function listPostsSinceCopy(read: Reader, accountId: string): Promise<PostSinceCopy[]> {
  const ofDelivery = read
    .select({ networkId: deliveries.networkId })
    .from(deliveries)
    .where(and(eq(deliveries.accountId, accountId), isNotNull(deliveries.networkId)))
  return read
    .select()
    .from(postsSinceCopy)
    .where(and(eq(postsSinceCopy.accountId, accountId), notInArray(postsSinceCopy.networkId, ofDelivery)))
    .orderBy(asc(postsSinceCopy.postedAt))
}

export async function forgetEveryPostSinceCopy(tx: Writer, accountId: string): Promise<void> {
  await tx.delete(postsSinceCopy).where(eq(postsSinceCopy.accountId, accountId))
}

export async function forgetPostsSinceCopy(
  tx: Writer,
  accountId: string,
  networkIds: string[],
): Promise<void> {
  await tx
    .delete(postsSinceCopy)
    .where(and(eq(postsSinceCopy.accountId, accountId), inArray(postsSinceCopy.networkId, networkIds)))
}

/** When its first words were written (product time). */
export async function firstWrittenAt(read: Reader, draftId: string): Promise<Date | null> {
  const rows = await read.select({ at: drafts.createdAt }).from(drafts).where(eq(drafts.id, draftId))
  return rows[0]?.at ?? null
}
