import { and, asc, eq, gt, isNotNull, isNull, lt, max, ne, or, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../../db/database.ts'
import { posts, recapEditions, recapRevisions, recaps, weekHosts, weeks } from '../../db/schema/index.ts'
import type { LeftPage } from '../../listening/post.ts'
import type { Post } from '../../listening/posts.ts'
import type { StoredBlock } from '../block.ts'
import { openedBlock, stored } from '../history/revisions-store.ts'
import { openPage } from '../open-page.ts'
import { keepPictures, type KeptBlock, type Recap } from '../store.ts'
import type { WeekPage } from '../week-page.ts'

/** A page that was published once, or a state that a story was in. */
export interface CopyKey {
  kind: 'edition' | 'revision'
  recapId: string
  /** Of the edition, or the version of the story. */
  number: number
}

/** One of them as it is kept: JSON. */
export type Copy = CopyKey & { kept: string }

/** Everything that was kept of a story beside the story itself. */
export async function listCopies(read: Reader, recapId: string): Promise<CopyKey[]> {
  const editions = await read
    .select({ number: recapEditions.edition })
    .from(recapEditions)
    .where(eq(recapEditions.recapId, recapId))
  const revisions = await read
    .select({ number: recapRevisions.version })
    .from(recapRevisions)
    .where(eq(recapRevisions.recapId, recapId))
  return [
    ...editions.map(({ number }) => ({ kind: 'edition' as const, recapId, number })),
    ...revisions.map(({ number }) => ({ kind: 'revision' as const, recapId, number })),
  ]
}

/** Undefined where it was taken away meanwhile. */
export async function findCopy(read: Reader, key: CopyKey): Promise<Copy | undefined> {
  const { recapId, number } = key
  const rows =
    key.kind === 'edition'
      ? await read
          .select({ kept: sql<string>`${recapEditions.page}` })
          .from(recapEditions)
          .where(and(eq(recapEditions.recapId, recapId), eq(recapEditions.edition, number)))
      : await read
          .select({ kept: sql<string>`${recapRevisions.blocks}` })
          .from(recapRevisions)
          .where(and(eq(recapRevisions.recapId, recapId), eq(recapRevisions.version, number)))
  return rows[0] && { ...key, ...rows[0] }
}

export function pageOf({ kept }: Copy): WeekPage {
  return openPage(JSON.parse(kept) as WeekPage)
}

export function blocksOf({ kept }: Copy): KeptBlock[] {
  return (JSON.parse(kept) as StoredBlock[]).map(openedBlock)
}

/** Only for what may not be kept any more: whatever else an edition said stays as it was published. False when it is not as it was read. */
export async function rewriteEdition(
  tx: Writer,
  { recapId, number, kept }: Copy,
  page: WeekPage,
): Promise<boolean> {
  const rows = await tx
    .update(recapEditions)
    .set({ page })
    .where(
      and(
        eq(recapEditions.recapId, recapId),
        eq(recapEditions.edition, number),
        sql`${recapEditions.page} = ${kept}`,
      ),
    )
    .returning({ edition: recapEditions.edition })
  if (rows.length > 0) await keepPictures(tx, { recapId, edition: number }, page)
  return rows.length > 0
}

/** The same of a state that a story was in. */
export async function rewriteRevision(
  tx: Writer,
  { recapId, number, kept }: Copy,
  blocks: readonly KeptBlock[],
): Promise<boolean> {
  const rows = await tx
    .update(recapRevisions)
    .set({ blocks: blocks.map(stored) })
    .where(
      and(
        eq(recapRevisions.recapId, recapId),
        eq(recapRevisions.version, number),
        sql`${recapRevisions.blocks} = ${kept}`,
      ),
    )
    .returning({ version: recapRevisions.version })
  return rows.length > 0
}

/** What a stranger said and is gone. */
export interface LeftPost {
  networkId: string
  leftPage: LeftPage | null
  removedAt: Date
}

/** Of a story's week and of what was brought in from elsewhere, what strangers took from the network, or asked us to take off. */
export async function leftOfRecap(read: Reader, { weekId }: Pick<Recap, 'weekId'>): Promise<LeftPost[]> {
  const rows = await read
    .select({ networkId: posts.networkId, leftPage: posts.leftPage, removedAt: posts.removedAt })
    .from(posts)
    .innerJoin(weeks, eq(weeks.accountId, posts.accountId))
    .where(
      and(
        eq(weeks.id, weekId),
        or(eq(posts.weekId, weekId), isNotNull(posts.leftPage)),
        ne(posts.kind, 'own'),
        isNotNull(posts.removedAt),
      ),
    )
  return rows.map((row) => ({ ...row, removedAt: row.removedAt! }))
}

/** The stories in whose copies something may stand that left the network since they were looked through, and when the last of it did. */
export async function recapsToSweep(read: Reader): Promise<{ recap: Recap; until: Date }[]> {
  const swept = sql`coalesce(${recaps.sweptAt}, 0)`
  const ofTheirWeek = await read
    .select({ recap: recaps, until: max(posts.removedAt) })
    .from(posts)
    .innerJoin(recaps, eq(recaps.weekId, posts.weekId))
    .where(and(ne(posts.kind, 'own'), gt(posts.removedAt, swept)))
    .groupBy(recaps.id)
  // What was brought in by its address belongs to no week, or to another one.
  const placed = await read
    .select({ accountId: posts.accountId, until: max(posts.removedAt) })
    .from(posts)
    .where(and(ne(posts.kind, 'own'), isNotNull(posts.removedAt), isNotNull(posts.leftPage)))
    .groupBy(posts.accountId)
  const due = new Map(ofTheirWeek.map(({ recap, until }) => [recap.id, { recap, until: until! }]))
  for (const { accountId, until } of placed) {
    const all = await read
      .select({ recap: recaps })
      .from(recaps)
      .innerJoin(weeks, eq(weeks.id, recaps.weekId))
      .where(and(eq(weeks.accountId, accountId), lt(swept, until!.getTime())))
    for (const { recap } of all) {
      const latest = Math.max(until!.getTime(), due.get(recap.id)?.until.getTime() ?? 0)
      due.set(recap.id, { recap, until: new Date(latest) })
    }
  }
  return [...due.values()]
}

export async function markSwept(tx: Writer, id: string, sweptAt: Date): Promise<void> {
  await tx.update(recaps).set({ sweptAt }).where(eq(recaps.id, id))
}

/** The story of an account whose id comes next. */
export async function recapAfter(read: Reader, accountId: string, after: string): Promise<Recap | undefined> {
  const rows = await read
    .select({ recap: recaps })
    .from(recaps)
    .innerJoin(weeks, eq(weeks.id, recaps.weekId))
    .where(and(eq(weeks.accountId, accountId), gt(recaps.id, after)))
    .orderBy(asc(recaps.id))
    .limit(1)
  return rows[0]?.recap
}

/** Those who ever hosted an account, by their `week_hosts` ids. */
export async function weekHostsAfter(
  read: Reader,
  accountId: string,
  { after, limit }: { after: string; limit: number },
): Promise<string[]> {
  const rows = await read
    .select({ id: weekHosts.id })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(and(eq(weeks.accountId, accountId), gt(weekHosts.id, after)))
    .orderBy(asc(weekHosts.id))
    .limit(limit)
  return rows.map(({ id }) => id)
}

/** What stands of a week on a page: the account's own posts, and others' that somebody chose. */
export async function shownPosts(read: Reader, weekId: string): Promise<Post[]> {
  return read
    .select()
    .from(posts)
    .where(
      and(
        eq(posts.weekId, weekId),
        isNull(posts.removedAt),
        or(eq(posts.kind, 'own'), isNotNull(posts.chosenAt)),
      ),
    )
    .orderBy(asc(posts.createdAt))
}
