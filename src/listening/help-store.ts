import { and, asc, desc, eq, inArray, isNotNull, lt, ne } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { Reader, Writer } from '../db/database.ts'
import { helpRequests, people } from '../db/schema/index.ts'
import type { HelpState } from './post.ts'

export type HelpRequest = typeof helpRequests.$inferSelect

/** With the names of those who had to do with it. */
export type NamedHelp = HelpRequest & { asker: string; taker: string | null; closer: string | null }

/** False when help with this reply is asked already and not closed. */
export async function insertHelp(tx: Writer, help: typeof helpRequests.$inferInsert): Promise<boolean> {
  const rows = await tx
    .insert(helpRequests)
    .values(help)
    .onConflictDoNothing()
    .returning({ id: helpRequests.id })
  return rows.length === 1
}

export async function findHelp(read: Reader, id: string): Promise<NamedHelp | undefined> {
  return (await named(read).where(eq(helpRequests.id, id)))[0]
}

/** What an account's desk has not closed, the oldest first. */
export async function openHelp(read: Reader, accountId: string): Promise<NamedHelp[]> {
  return named(read)
    .where(and(eq(helpRequests.accountId, accountId), ne(helpRequests.state, 'closed')))
    .orderBy(asc(helpRequests.askedAt))
}

/** All that was asked about a week, the newest first. */
export async function helpOfWeek(read: Reader, weekId: string): Promise<NamedHelp[]> {
  return named(read).where(eq(helpRequests.weekId, weekId)).orderBy(desc(helpRequests.askedAt))
}

/** Null when it was in none of the states `from` any more. */
export async function changeHelp(
  tx: Writer,
  { id, from }: { id: string; from: readonly HelpState[] },
  change: Partial<typeof helpRequests.$inferInsert>,
): Promise<HelpRequest | null> {
  const rows = await tx
    .update(helpRequests)
    .set(change)
    .where(and(eq(helpRequests.id, id), inArray(helpRequests.state, [...from])))
    .returning()
  return rows[0] ?? null
}

/** Forgets what strangers wrote, in requests that were closed before then. */
export async function eraseEvidence(tx: Writer, before: Date): Promise<void> {
  await tx
    .update(helpRequests)
    .set({ evidence: null })
    .where(
      and(
        eq(helpRequests.state, 'closed'),
        lt(helpRequests.closedAt, before),
        isNotNull(helpRequests.evidence),
      ),
    )
}

function named(read: Reader) {
  const [asker, taker, closer] = [alias(people, 'asker'), alias(people, 'taker'), alias(people, 'closer')]
  return read
    .select({
      id: helpRequests.id,
      accountId: helpRequests.accountId,
      weekId: helpRequests.weekId,
      postId: helpRequests.postId,
      state: helpRequests.state,
      askedBy: helpRequests.askedBy,
      askedAt: helpRequests.askedAt,
      note: helpRequests.note,
      evidence: helpRequests.evidence,
      takenBy: helpRequests.takenBy,
      takenAt: helpRequests.takenAt,
      closedBy: helpRequests.closedBy,
      closedAt: helpRequests.closedAt,
      word: helpRequests.word,
      asker: asker.name,
      taker: taker.name,
      closer: closer.name,
    })
    .from(helpRequests)
    .innerJoin(asker, eq(asker.id, helpRequests.askedBy))
    .leftJoin(taker, eq(taker.id, helpRequests.takenBy))
    .leftJoin(closer, eq(closer.id, helpRequests.closedBy))
}
