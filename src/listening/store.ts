import { and, asc, count, desc, eq, gte, inArray, isNotNull, isNull, lte, ne, or, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { conversationReadings, listening, posts } from '../db/schema/index.ts'

export type Post = typeof posts.$inferSelect
export type Look = typeof listening.$inferSelect

/** What the account itself said in a week and what still stands, oldest first. */
export async function ownPostsOfWeek(read: Reader, weekId: string): Promise<Post[]> {
  return read
    .select()
    .from(posts)
    .where(and(eq(posts.weekId, weekId), eq(posts.kind, 'own'), isNull(posts.removedAt)))
    .orderBy(asc(posts.createdAt), asc(posts.networkId))
}

/** What was said in a week, by the account or to it, and is gone since, oldest first: threads and answers hung on it. */
export async function removedPostsOfWeek(read: Reader, weekId: string): Promise<Post[]> {
  return read
    .select()
    .from(posts)
    .where(and(eq(posts.weekId, weekId), isNotNull(posts.removedAt)))
    .orderBy(asc(posts.createdAt), asc(posts.networkId))
}

/**
 * What others said to a week and what still stands, replies and mentions, chosen for the page or not; oldest first. What the
 * desk hid is not in it.
 */
export async function repliesOfWeek(read: Reader, weekId: string): Promise<Post[]> {
  return (await conversationOfWeek(read, weekId)).filter(({ hiddenAt }) => hiddenAt === null)
}

/** The same with what the desk hid, for those who sort it. */
export async function conversationOfWeek(read: Reader, weekId: string): Promise<Post[]> {
  return read
    .select()
    .from(posts)
    .where(and(eq(posts.weekId, weekId), ne(posts.kind, 'own'), isNull(posts.removedAt)))
    .orderBy(asc(posts.createdAt), asc(posts.networkId))
}

/** The newest of what others said to a week, newest first; what the desk hid is not in it. */
export async function latestReplies(read: Reader, weekId: string, limit: number): Promise<Post[]> {
  return read
    .select()
    .from(posts)
    .where(
      and(eq(posts.weekId, weekId), ne(posts.kind, 'own'), isNull(posts.removedAt), isNull(posts.hiddenAt)),
    )
    .orderBy(desc(posts.createdAt), desc(posts.networkId))
    .limit(limit)
}

/** How many of others' posts that we have seen answer each of these directly; posts without one are not in it. */
export async function replyCounts(read: Reader, networkIds: string[]): Promise<Map<string, number>> {
  if (networkIds.length === 0) return new Map()
  const rows = await read
    .select({ replyTo: posts.replyTo, replies: count() })
    .from(posts)
    .where(and(inArray(posts.replyTo, networkIds), ne(posts.kind, 'own'), isNull(posts.removedAt)))
    .groupBy(posts.replyTo)
  return new Map(rows.map((row) => [row.replyTo!, row.replies]))
}

/** The account's standing answers to these, by the network id of what they answer; of several the first. */
export async function answersOfOurs(read: Reader, networkIds: string[]): Promise<Map<string, Post>> {
  const rows = await read
    .select()
    .from(posts)
    .where(and(inArray(posts.replyTo, networkIds), eq(posts.kind, 'own'), isNull(posts.removedAt)))
    .orderBy(desc(posts.createdAt))
  return new Map(rows.map((row) => [row.replyTo!, row]))
}

export async function findPost(read: Reader, id: string): Promise<Post | undefined> {
  return (await read.select().from(posts).where(eq(posts.id, id)))[0]
}

export async function findPostOnNetwork(
  read: Reader,
  accountId: string,
  networkId: string,
): Promise<Post | undefined> {
  return (
    await read
      .select()
      .from(posts)
      .where(and(eq(posts.accountId, accountId), eq(posts.networkId, networkId)))
  )[0]
}

/** Those of these that we know, by their network ids. */
export async function findPostsOnNetwork(
  read: Reader,
  accountId: string,
  networkIds: string[],
): Promise<Map<string, Post>> {
  const rows = await read
    .select()
    .from(posts)
    .where(
      and(
        eq(posts.accountId, accountId),
        sql`${posts.networkId} in (select value from json_each(${JSON.stringify(networkIds)}))`,
      ),
    )
  return new Map(rows.map((post) => [post.networkId, post]))
}

/** When the account was last listened to and what came of it; undefined before the first look. */
export async function lastLook(read: Reader, accountId: string): Promise<Look | undefined> {
  return (await read.select().from(listening).where(eq(listening.accountId, accountId)))[0]
}

/** The account's own posts since then, standing or not, newest first: those whose conversations may go on. */
export async function ownPostsSince(read: Reader, accountId: string, since: Date): Promise<Post[]> {
  return read
    .select()
    .from(posts)
    .where(and(eq(posts.accountId, accountId), eq(posts.kind, 'own'), gte(posts.createdAt, since)))
    .orderBy(desc(posts.createdAt))
}

/**
 * What stands, as far as we know, and may have to be looked up: all that is newer than `since`, and of what is older what can
 * be on a page and was not read after `readBefore`; a stranger's only where it is newer than `theirsSince`. Newest first.
 */
export async function standingPosts(
  read: Reader,
  accountId: string,
  { since, theirsSince, readBefore }: { since: Date; theirsSince: Date; readBefore: Date },
): Promise<Post[]> {
  return read
    .select()
    .from(posts)
    .where(
      and(
        eq(posts.accountId, accountId),
        isNull(posts.removedAt),
        or(
          gte(posts.createdAt, since),
          and(
            or(eq(posts.kind, 'own'), and(isNotNull(posts.chosenAt), gte(posts.createdAt, theirsSince))),
            or(isNull(posts.numbersReadAt), lte(posts.numbersReadAt, readBefore)),
          ),
        ),
      ),
    )
    .orderBy(desc(posts.createdAt))
}

export async function insertPost(tx: Writer, post: typeof posts.$inferInsert): Promise<Post | null> {
  return (await tx.insert(posts).values(post).onConflictDoNothing().returning())[0] ?? null
}

export async function updatePost(
  tx: Writer,
  id: string,
  change: Partial<typeof posts.$inferInsert>,
): Promise<void> {
  await tx.update(posts).set(change).where(eq(posts.id, id))
}

/** Chooses a standing post of somebody's for the page, or takes it off; null when it is gone or was so already. */
export async function setChosen(
  tx: Writer,
  id: string,
  chosen: { at: Date; by: string } | null,
): Promise<Post | null> {
  const rows = await tx
    .update(posts)
    .set({ chosenAt: chosen?.at ?? null, chosenBy: chosen?.by ?? null })
    .where(
      and(
        eq(posts.id, id),
        ne(posts.kind, 'own'),
        isNull(posts.removedAt),
        isNull(posts.hiddenAt),
        chosen ? isNull(posts.chosenAt) : isNotNull(posts.chosenAt),
      ),
    )
    .returning()
  return rows[0] ?? null
}

/** Says of a standing post of somebody's that it needs no answer, or that it does; null when it is gone or was so already. */
export async function setLeft(
  tx: Writer,
  id: string,
  left: { at: Date; by: string } | null,
): Promise<Post | null> {
  const rows = await tx
    .update(posts)
    .set({ leftAt: left?.at ?? null, leftBy: left?.by ?? null })
    .where(
      and(
        eq(posts.id, id),
        ne(posts.kind, 'own'),
        isNull(posts.removedAt),
        left ? isNull(posts.leftAt) : isNotNull(posts.leftAt),
      ),
    )
    .returning()
  return rows[0] ?? null
}

/** Until when somebody has read what is said to a week; null when never. Product time. */
export async function readUntil(read: Reader, personId: string, weekId: string): Promise<Date | null> {
  const rows = await read
    .select({ until: conversationReadings.readUntil })
    .from(conversationReadings)
    .where(and(eq(conversationReadings.personId, personId), eq(conversationReadings.weekId, weekId)))
  return rows[0]?.until ?? null
}

/** It never goes back: an older page that is sent later changes nothing. */
export async function saveReading(
  tx: Writer,
  reading: typeof conversationReadings.$inferInsert,
): Promise<void> {
  await tx
    .insert(conversationReadings)
    .values(reading)
    .onConflictDoUpdate({
      target: [conversationReadings.personId, conversationReadings.weekId],
      set: { readUntil: sql`max(${conversationReadings.readUntil}, excluded.read_until)` },
    })
}

export async function saveLook(
  tx: Writer,
  accountId: string,
  look: Partial<typeof listening.$inferInsert>,
): Promise<void> {
  await tx
    .insert(listening)
    .values({ accountId, ...look })
    .onConflictDoUpdate({ target: listening.accountId, set: look })
}

/** Whether a picture is on a post of ours that stands on the network. */
export async function isOnStandingPost(read: Reader, hash: string): Promise<boolean> {
  const rows = await read
    .select({ id: posts.id })
    .from(posts)
    .where(
      and(
        // Said like this, the index of what has pictures is used.
        sql`${posts.kind} = 'own' and ${posts.images} <> '[]'`,
        isNull(posts.removedAt),
        sql`instr(${posts.images}, ${hash}) > 0`,
        sql`exists (select 1 from json_each(${posts.images}) where value ->> 'hash' = ${hash})`,
      ),
    )
    .limit(1)
  return rows.length > 0
}
