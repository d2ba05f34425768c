import { and, asc, eq, isNotNull, isNull, lte, min, ne, or, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { hidings, posts } from '../db/schema/index.ts'
import type { Post } from './store.ts'

export type Hiding = typeof hidings.$inferSelect

/**
 * Takes a standing post of somebody's off all our pages, or lets it back into the conversation; chosen it is not again by
 * that. Null when it is gone or was so already.
 */
export async function setHidden(
  tx: Writer,
  id: string,
  hidden: { at: Date; by: string } | null,
): Promise<Post | null> {
  const rows = await tx
    .update(posts)
    .set({
      hiddenAt: hidden?.at ?? null,
      hiddenBy: hidden?.by ?? null,
      ...(hidden ? { chosenAt: null, chosenBy: null } : {}),
    })
    .where(
      and(
        eq(posts.id, id),
        ne(posts.kind, 'own'),
        isNull(posts.removedAt),
        hidden ? isNull(posts.hiddenAt) : isNotNull(posts.hiddenAt),
      ),
    )
    .returning()
  return rows[0] ?? null
}

/** What the network is to be told next about a post; an older wish is forgotten. */
export async function saveWish(
  tx: Writer,
  wish: { postId: string; accountId: string; hidden: boolean },
): Promise<void> {
  const anew = {
    hidden: wish.hidden,
    state: 'waiting' as const,
    tries: 0,
    notBefore: null,
    trouble: null,
    stuckAt: null,
  }
  await tx
    .insert(hidings)
    .values({ ...wish, ...anew })
    .onConflictDoUpdate({
      target: hidings.postId,
      set: { ...anew, version: sql`${hidings.version} + 1` },
    })
}

/** Wishes that can be told to the network now, on the machine's clock. */
export async function dueHidings(read: Reader, machineNow: Date): Promise<Hiding[]> {
  return read
    .select()
    .from(hidings)
    .where(
      and(eq(hidings.state, 'waiting'), or(isNull(hidings.notBefore), lte(hidings.notBefore, machineNow))),
    )
    .orderBy(asc(hidings.notBefore))
}

/** Machine time; null when nothing waits. */
export async function nextHidingAt(read: Reader): Promise<Date | null> {
  const rows = await read
    .select({ at: min(hidings.notBefore) })
    .from(hidings)
    .where(eq(hidings.state, 'waiting'))
  return rows[0]?.at ?? null
}

/** What was wished of the posts of a week, by their ids. */
export async function hidingsOfWeek(read: Reader, weekId: string): Promise<Map<string, Hiding>> {
  const rows = await read
    .select({ hiding: hidings })
    .from(hidings)
    .innerJoin(posts, eq(posts.id, hidings.postId))
    .where(eq(posts.weekId, weekId))
  return new Map(rows.map(({ hiding }) => [hiding.postId, hiding]))
}

/** False when somebody wished otherwise meanwhile. */
export async function changeHiding(
  tx: Writer,
  { postId, version }: Pick<Hiding, 'postId' | 'version'>,
  change: Partial<Omit<typeof hidings.$inferInsert, 'postId' | 'version'>>,
): Promise<boolean> {
  const rows = await tx
    .update(hidings)
    .set(change)
    .where(and(eq(hidings.postId, postId), eq(hidings.version, version)))
    .returning({ postId: hidings.postId })
  return rows.length === 1
}
