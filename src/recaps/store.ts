import { and, asc, desc, eq, gt, isNotNull, isNull, lt, max, ne, or, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { fixedLimit, prepared } from '../db/prepared.ts'
import {
  editionPictures,
  linkPages,
  people,
  posts,
  recapBlocks,
  recapEditions,
  recaps,
  weekHosts,
  weekNumbers,
  weeks,
} from '../db/schema/index.ts'
import { asTold } from '../rota/week.ts'
import { keptContent, readChoices, readContent, type Block } from './block.ts'
import { openPage } from './open-page.ts'
import { clearedBlocks, clearedPage } from './removal/being-cleared.ts'
import { picturesOnPage, type Counted, type Gone, type WeekPage } from './week-page.ts'

export type Recap = typeof recaps.$inferSelect
export type KeptBlock = Block & { id: string }

/** So many rows are written at once: SQLite takes 32,766 values. */
const ROWS_AT_ONCE = 1000

export async function findRecap(read: Reader, weekId: string): Promise<Recap | undefined> {
  const statement = prepared(read, 'recap of week', () =>
    read
      .select()
      .from(recaps)
      .where(eq(recaps.weekId, sql.placeholder('weekId')))
      .prepare(),
  )
  return statement.get({ weekId })
}

export async function insertRecap(tx: Writer, recap: typeof recaps.$inferInsert): Promise<Recap> {
  return (await tx.insert(recaps).values(recap).returning())[0]!
}

/** Raises the version and changes what is given, if the recap is still the one that was seen; undefined when not. */
export async function changeRecap(
  tx: Writer,
  { weekId, version }: { weekId: string; version: number },
  change: Partial<typeof recaps.$inferInsert> = {},
): Promise<Recap | undefined> {
  const rows = await tx
    .update(recaps)
    .set({ ...change, version: version + 1 })
    .where(and(eq(recaps.weekId, weekId), eq(recaps.version, version)))
    .returning()
  return rows[0]
}

/** Looked at what stands, and nothing of the story changed. */
export async function markGenerated(tx: Writer, id: string, generatedAt: Date): Promise<void> {
  await tx.update(recaps).set({ generatedAt }).where(eq(recaps.id, id))
}

/** It publishes itself when people have paused, by then at the latest; null: no more. Nothing of the story changes with that. */
export async function waitToPublish(tx: Writer, id: string, publishBy: Date | null): Promise<void> {
  await tx.update(recaps).set({ publishBy }).where(eq(recaps.id, id))
}

/** The stories that are to publish themselves, and wait for people to pause. */
export async function recapsToPublish(read: Reader): Promise<Recap[]> {
  return read.select().from(recaps).where(isNotNull(recaps.publishBy))
}

/** The whole story in its order, without whom it may not name. */
export async function listBlocks(read: Reader, recapId: string): Promise<KeptBlock[]> {
  return clearedBlocks(read, recapId, await listBlocksAsKept(read, recapId))
}

/** Also what may not be said any more, and is still to be taken out. */
export async function listBlocksAsKept(read: Reader, recapId: string): Promise<KeptBlock[]> {
  const rows = await read
    .select()
    .from(recapBlocks)
    .where(eq(recapBlocks.recapId, recapId))
    .orderBy(asc(recapBlocks.position))
  return rows.map(({ recapId: _recap, position: _position, content, choices, ...row }) => ({
    ...row,
    content: readContent(row.kind, content),
    choices: readChoices(choices),
  })) as KeptBlock[]
}

/** The whole story in its order; blocks keep their ids. */
export async function replaceBlocks(
  tx: Writer,
  recapId: string,
  blocks: readonly KeptBlock[],
): Promise<void> {
  await tx.delete(recapBlocks).where(eq(recapBlocks.recapId, recapId))
  const rows = blocks.map((block, at) => ({
    ...block,
    content: keptContent(block.content),
    recapId,
    position: at + 1,
  }))
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
    await tx.insert(recapBlocks).values(rows.slice(from, from + ROWS_AT_ONCE))
}

export async function changeBlock(
  tx: Writer,
  id: string,
  change: Partial<Pick<Block, 'hidden' | 'pinned' | 'choices'>>,
): Promise<void> {
  await tx.update(recapBlocks).set(change).where(eq(recapBlocks.id, id))
}

export async function insertEdition(tx: Writer, edition: typeof recapEditions.$inferInsert): Promise<void> {
  await tx.insert(recapEditions).values(edition)
  await keepPictures(tx, edition, edition.page)
}

/** Step: which pictures an edition shows, as its page is kept now. */
export async function keepPictures(
  tx: Writer,
  { recapId, edition }: { recapId: string; edition: number },
  page: WeekPage,
): Promise<void> {
  const { recapId: ofRecap, edition: inEdition } = editionPictures
  await tx.delete(editionPictures).where(and(eq(ofRecap, recapId), eq(inEdition, edition)))
  const rows = picturesOnPage(page).map((hash) => ({ recapId, edition, hash }))
  if (rows.length > 0) await tx.insert(editionPictures).values(rows)
}

/** The page that a recap has published last, also when it was taken back since. */
export async function findEdition(
  read: Reader,
  { id, edition }: Pick<Recap, 'id' | 'edition'>,
): Promise<WeekPage | undefined> {
  const rows = await read
    .select({ page: recapEditions.page })
    .from(recapEditions)
    .where(and(eq(recapEditions.recapId, id), eq(recapEditions.edition, edition)))
  return rows[0] && clearedPage(read, openPage(rows[0].page))
}

/** The published edition of a week's page, on the way that followers take; undefined also while it is taken back. */
export async function latestEdition(
  read: Reader,
  weekId: string,
): Promise<{ edition: number; page: WeekPage; publishedAt: Date } | undefined> {
  const statement = prepared(read, 'latest edition', () =>
    read
      .select({
        edition: recapEditions.edition,
        kept: sql<string>`${recapEditions.page}`,
        publishedAt: recapEditions.publishedAt,
      })
      .from(recapEditions)
      .innerJoin(recaps, eq(recaps.id, recapEditions.recapId))
      .where(and(eq(recaps.weekId, sql.placeholder('weekId')), eq(recaps.state, 'published')))
      .orderBy(desc(recapEditions.edition))
      .limit(fixedLimit(1))
      .prepare(),
  )
  const found = statement.get({ weekId })
  if (!found) return undefined
  const { edition, publishedAt, kept } = found
  return { edition, publishedAt, page: await clearedPage(read, openedLast(weekId, kept)) }
}

/** So many pages are kept open; the one shown longest ago goes first. */
const MOST_OPEN = 20
const open = new Map<string, { kept: string; page: WeekPage }>()

/** Pages are shown again and again, and opening one is dear. Nobody changes an opened page. */
function openedLast(weekId: string, kept: string): WeekPage {
  const before = open.get(weekId)
  const page = before?.kept === kept ? before.page : openPage(JSON.parse(kept) as WeekPage)
  open.delete(weekId)
  open.set(weekId, { kept, page })
  if (open.size > MOST_OPEN) open.delete(open.keys().next().value!)
  return page
}

/**
 * Of these posts, the ones that may not be shown: taken down, or a stranger's that nobody wants on the page any more. With a
 * reason where a line stands in their place.
 */
export async function goneOf(read: Reader, accountId: string, networkIds: readonly string[]): Promise<Gone> {
  const statement = prepared(read, 'gone posts', () =>
    read
      .select({ networkId: posts.networkId, leftPage: posts.leftPage })
      .from(posts)
      .where(
        and(
          eq(posts.accountId, sql.placeholder('accountId')),
          sql`${posts.networkId} in (select value from json_each(${sql.placeholder('networkIds')}))`,
          or(isNotNull(posts.removedAt), and(ne(posts.kind, 'own'), isNull(posts.chosenAt))),
        ),
      )
      .prepare(),
  )
  const rows = statement.all({ accountId, networkIds: JSON.stringify(networkIds) })
  return new Map(rows.map((row) => [row.networkId, row.leftPage]))
}

/** What a story has published, when and by whom, the latest first. */
export async function listEditionDates(
  read: Reader,
  recapId: string,
): Promise<{ edition: number; publishedAt: Date; person: string | null }[]> {
  return read
    .select({
      edition: recapEditions.edition,
      publishedAt: recapEditions.publishedAt,
      person: people.name,
    })
    .from(recapEditions)
    .leftJoin(people, eq(people.id, recapEditions.publishedBy))
    .where(eq(recapEditions.recapId, recapId))
    .orderBy(desc(recapEditions.edition))
}

export interface PublishedRecap {
  weekId: string
  slot: string
  opensAt: Date
  closesAt: Date
  theme: string
  host: string | null
  job: string | null
  portraitHash: string | null
  edition: number
  /** Of the edition that stands. */
  publishedAt: Date
  /** Of the first. */
  firstPublishedAt: Date
}

/** The published recaps of an account, the newest week first. */
export async function listPublished(
  read: Reader,
  accountId: string,
  { limit, offset = 0 }: { limit: number; offset?: number },
): Promise<PublishedRecap[]> {
  const rows = await read
    .select({
      week: weeks,
      host: weekHosts,
      edition: recaps.edition,
      publishedAt: recaps.publishedAt,
      firstPublishedAt: recapEditions.publishedAt,
    })
    .from(recaps)
    .innerJoin(weeks, eq(weeks.id, recaps.weekId))
    .leftJoin(recapEditions, and(eq(recapEditions.recapId, recaps.id), eq(recapEditions.edition, 1)))
    .leftJoin(weekHosts, and(eq(weekHosts.weekId, weeks.id), isNull(weekHosts.endedAt)))
    .where(and(eq(weeks.accountId, accountId), eq(recaps.state, 'published'), isNotNull(weeks.announcedAt)))
    .orderBy(desc(weeks.slot))
    .limit(limit)
    .offset(offset)
  return rows.map(({ edition, publishedAt, firstPublishedAt, ...found }) => {
    const { week, host } = asTold(found)
    return {
      weekId: week.id,
      slot: week.slot,
      opensAt: week.opensAt,
      closesAt: week.closesAt,
      theme: week.theme,
      host: host?.name ?? null,
      job: host?.job ?? null,
      portraitHash: host?.portraitHash ?? null,
      edition,
      publishedAt: publishedAt!,
      firstPublishedAt: firstPublishedAt ?? publishedAt!,
    }
  })
}

/**
 * Closed weeks of which something was said, chosen, or taken down after their story was put together: their week's ids.
 * Only those that ended after `since`.
 */
export async function staleRecaps(read: Reader, since: Date): Promise<string[]> {
  const newest = max(
    sql`max(${posts.seenAt}, coalesce(${posts.removedAt}, 0), coalesce(${posts.chosenAt}, 0))`,
  )
  const rows = await read
    .select({ weekId: recaps.weekId })
    .from(recaps)
    .innerJoin(weeks, eq(weeks.id, recaps.weekId))
    .innerJoin(posts, eq(posts.weekId, recaps.weekId))
    .where(and(eq(weeks.state, 'closed'), gt(weeks.closesAt, since)))
    .groupBy(recaps.weekId)
    .having(sql`${newest} > ${recaps.generatedAt}`)
  return rows.map((row) => row.weekId)
}

/** Whether a picture stands in a story as it is published: a portrait, or one that somebody put there. */
export async function isShownInStory(read: Reader, hash: string): Promise<boolean> {
  const rows = await read
    .select({ id: recaps.id })
    .from(editionPictures)
    .innerJoin(
      recaps,
      and(eq(recaps.id, editionPictures.recapId), eq(recaps.edition, editionPictures.edition)),
    )
    .where(and(eq(editionPictures.hash, hash), eq(recaps.state, 'published')))
    .limit(1)
  return rows.length > 0
}

/** What a closed week came to, as it was counted last; undefined before the first time. */
export async function findNumbers(
  read: Reader,
  weekId: string,
): Promise<{ counted: Counted; finalAt: Date | null } | undefined> {
  const statement = prepared(read, 'week numbers', () =>
    read
      .select({ counted: weekNumbers.counted, finalAt: weekNumbers.finalAt })
      .from(weekNumbers)
      .where(eq(weekNumbers.weekId, sql.placeholder('weekId')))
      .prepare(),
  )
  return statement.get({ weekId })
}

/** What the account's weeks before this one came to, the latest first. */
export async function countedBefore(
  read: Reader,
  week: { accountId: string; slot: string },
  limit: number,
): Promise<Counted[]> {
  const rows = await read
    .select({ counted: weekNumbers.counted })
    .from(weekNumbers)
    .innerJoin(weeks, eq(weeks.id, weekNumbers.weekId))
    .where(and(eq(weeks.accountId, week.accountId), lt(weeks.slot, week.slot)))
    .orderBy(desc(weeks.slot))
    .limit(limit)
  return rows.map((row) => row.counted)
}

/** Keeps what a week came to, unless that is final already. */
export async function keepNumbers(tx: Writer, numbers: typeof weekNumbers.$inferInsert): Promise<void> {
  const { weekId: _week, ...change } = numbers
  await tx
    .insert(weekNumbers)
    .values(numbers)
    .onConflictDoUpdate({ target: weekNumbers.weekId, set: change, setWhere: isNull(weekNumbers.finalAt) })
}

/**
 * The ids of closed weeks to count, the oldest first, since later ones are compared with them: never counted, told something
 * of since, or closed before `settled` and not final yet.
 */
export async function weeksToCount(read: Reader, settled: Date): Promise<string[]> {
  const told = max(
    sql`max(${posts.seenAt}, coalesce(${posts.numbersReadAt}, 0), coalesce(${posts.removedAt}, 0), coalesce(${posts.hiddenAt}, 0))`,
  )
  const rows = await read
    .select({ weekId: weeks.id })
    .from(weeks)
    .leftJoin(weekNumbers, eq(weekNumbers.weekId, weeks.id))
    .leftJoin(posts, eq(posts.weekId, weeks.id))
    .where(and(eq(weeks.state, 'closed'), eq(weeks.kind, 'hosted'), isNull(weekNumbers.finalAt)))
    .groupBy(weeks.id)
    .having(
      sql`${weekNumbers.countedAt} is null or ${weeks.closesAt} <= ${settled.getTime()} or ${told} > ${weekNumbers.countedAt}`,
    )
    .orderBy(asc(weeks.slot))
  return rows.map((row) => row.weekId)
}

/** When the week closed whose numbers become final next; null for none. */
export async function nextSettling(read: Reader): Promise<Date | null> {
  const rows = await read
    .select({ closesAt: weeks.closesAt })
    .from(weekNumbers)
    .innerJoin(weeks, eq(weeks.id, weekNumbers.weekId))
    .where(isNull(weekNumbers.finalAt))
    .orderBy(asc(weeks.closesAt))
    .limit(1)
  return rows[0]?.closesAt ?? null
}

/** What these pages call themselves, by address; those never read are not in it. */
export async function findLinkPages(
  read: Reader,
  addresses: readonly string[],
): Promise<Map<string, typeof linkPages.$inferSelect>> {
  if (addresses.length === 0) return new Map()
  const rows = await read
    .select()
    .from(linkPages)
    .where(sql`${linkPages.address} in (select value from json_each(${JSON.stringify(addresses)}))`)
  return new Map(rows.map((row) => [row.address, row]))
}

export async function keepLinkPage(tx: Writer, page: typeof linkPages.$inferInsert): Promise<void> {
  await tx.insert(linkPages).values(page).onConflictDoNothing()
}

/** The ids of weeks that have begun and did not close before `since`. */
export async function weeksWithLinks(
  read: Reader,
  { now, since }: { now: Date; since: Date },
): Promise<string[]> {
  const rows = await read
    .select({ id: weeks.id })
    .from(weeks)
    .where(
      and(
        eq(weeks.kind, 'hosted'),
        ne(weeks.state, 'cancelled'),
        lt(weeks.opensAt, now),
        gt(weeks.closesAt, since),
      ),
    )
  return rows.map(({ id }) => id)
}
