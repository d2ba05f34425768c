import { and, asc, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { deliveries, secondPosts } from '../db/schema/index.ts'
import type { Delivery } from './store.ts'

export type SecondPost = typeof secondPosts.$inferSelect

/** False when it was known. */
export async function insertSecondPost(
  tx: Writer,
  second: typeof secondPosts.$inferInsert,
): Promise<boolean> {
  const rows = await tx.insert(secondPosts).values(second).onConflictDoNothing().returning()
  return rows.length > 0
}

/** Changes one that is still in the state in which it was seen; false when somebody was faster. */
export async function changeSecondPost(
  tx: Writer,
  seen: Pick<SecondPost, 'accountId' | 'networkId' | 'state'>,
  change: Partial<Pick<SecondPost, 'state' | 'tries' | 'notBefore' | 'trouble'>>,
): Promise<boolean> {
  const isSeen = and(
    eq(secondPosts.accountId, seen.accountId),
    eq(secondPosts.networkId, seen.networkId),
    eq(secondPosts.state, seen.state),
  )
  const rows = await tx.update(secondPosts).set(change).where(isSeen).returning()
  return rows.length > 0
}

/** Brings nearer, by milliseconds, when taking one down is tried again. */
export async function shortenSecondWaits(tx: Writer, milliseconds: number): Promise<void> {
  await tx
    .update(secondPosts)
    .set({ notBefore: sql`${secondPosts.notBefore} - ${milliseconds}` })
    .where(isNotNull(secondPosts.notBefore))
}

/** In the order in which they were noticed. */
export async function secondPostsOf(read: Reader, deliveryIds: string[]): Promise<SecondPost[]> {
  return read
    .select()
    .from(secondPosts)
    .where(inArray(secondPosts.deliveryId, deliveryIds))
    .orderBy(asc(secondPosts.at))
}

/** Of an account, by the number that it has on the network. */
export async function findSecondPost(
  read: Reader,
  accountId: string,
  networkId: string,
): Promise<SecondPost | undefined> {
  const rows = await read
    .select()
    .from(secondPosts)
    .where(and(eq(secondPosts.accountId, accountId), eq(secondPosts.networkId, networkId)))
  return rows[0]
}

/** What of an account stands twice, and waits for somebody's word or for being taken down. */
export async function openSecondPosts(
  read: Reader,
  accountId: string,
): Promise<{ second: SecondPost; delivery: Delivery }[]> {
  return read
    .select({ second: secondPosts, delivery: deliveries })
    .from(secondPosts)
    .innerJoin(deliveries, eq(deliveries.id, secondPosts.deliveryId))
    .where(and(eq(secondPosts.accountId, accountId), inArray(secondPosts.state, ['standing', 'removing'])))
    .orderBy(asc(secondPosts.at))
}

/** Of all accounts, what is to be taken down. */
export async function secondPostsToRemove(
  read: Reader,
): Promise<{ second: SecondPost; delivery: Delivery }[]> {
  const statement = prepared(read, 'second posts to remove', () =>
    read
      .select({ second: secondPosts, delivery: deliveries })
      .from(secondPosts)
      .innerJoin(deliveries, eq(deliveries.id, secondPosts.deliveryId))
      .where(eq(secondPosts.state, 'removing'))
      .orderBy(asc(secondPosts.at))
      .prepare(),
  )
  return statement.all()
}
