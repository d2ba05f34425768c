import { and, asc, desc, eq, inArray, isNotNull, isNull, ne, or, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { decisions, draftComments, draftRevisions, drafts, people } from '../db/schema/index.ts'
import type { DraftState } from './draft.ts'

export type Draft = typeof drafts.$inferSelect
export type Decision = typeof decisions.$inferSelect
export type DraftComment = typeof draftComments.$inferSelect

/** False when a draft with this id is there already. */
export async function insertDraft(tx: Writer, draft: typeof drafts.$inferInsert): Promise<boolean> {
  const rows = await tx.insert(drafts).values(draft).onConflictDoNothing().returning({ id: drafts.id })
  return rows.length === 1
}

export async function findDrafts(read: Reader, ids: string[]): Promise<Draft[]> {
  return ids.length === 0 ? [] : read.select().from(drafts).where(inArray(drafts.id, ids))
}

export async function findDraft(read: Reader, id: string): Promise<Draft | undefined> {
  return (await read.select().from(drafts).where(eq(drafts.id, id)))[0]
}

/**
 * Changes a draft that is still as somebody saw it, and raises its version. Null when it is not: another version, or
 * none of the states `from`.
 */
export async function changeDraft(
  tx: Writer,
  { id, version, from }: { id: string; version: number; from: readonly DraftState[] },
  change: Partial<Omit<typeof drafts.$inferInsert, 'id' | 'version'>> & {
    changedAt: Date
    changedBy: string | null
  },
): Promise<Draft | null> {
  const rows = await tx
    .update(drafts)
    .set({ writtenIn: null, ...change, version: sql`${drafts.version} + 1` })
    .where(and(eq(drafts.id, id), eq(drafts.version, version), inArray(drafts.state, [...from])))
    .returning()
  return rows[0] ?? null
}

/** The drafts of a week, discarded ones left out, in the order of their times; those without one come last. */
export async function draftsOfWeek(read: Reader, weekId: string): Promise<Draft[]> {
  return read
    .select()
    .from(drafts)
    .where(and(eq(drafts.weekId, weekId), ne(drafts.state, 'discarded')))
    .orderBy(sql`${drafts.wishedAt} is null`, asc(drafts.wishedAt), asc(drafts.createdAt))
}

/** Step: what belongs to a week stands in its slot, discarded drafts too; those with another wished time get it. */
export async function moveDraftsOfWeek(
  tx: Writer,
  { id: weekId, slot }: { id: string; slot: string },
  { times }: { times: { id: string; wishedAt: Date }[] },
): Promise<void> {
  await tx
    .update(drafts)
    .set({ slot, version: sql`${drafts.version} + 1` })
    .where(eq(drafts.weekId, weekId))
  for (const { id, wishedAt } of times) await tx.update(drafts).set({ wishedAt }).where(eq(drafts.id, id))
}

/** What was posted live in a week, discarded ones left out, the newest first. */
export async function liveDraftsOfWeek(read: Reader, weekId: string, most: number): Promise<Draft[]> {
  return read
    .select()
    .from(drafts)
    .where(and(eq(drafts.weekId, weekId), isNotNull(drafts.pressedAt), ne(drafts.state, 'discarded')))
    .orderBy(desc(drafts.pressedAt), desc(drafts.createdAt))
    .limit(most)
}

/** The account's own drafts in a slot, which belong to no week; in the same order. */
export async function draftsOfGap(read: Reader, accountId: string, slot: string): Promise<Draft[]> {
  return read
    .select()
    .from(drafts)
    .where(
      and(
        eq(drafts.accountId, accountId),
        eq(drafts.slot, slot),
        isNull(drafts.weekId),
        ne(drafts.state, 'discarded'),
      ),
    )
    .orderBy(sql`${drafts.wishedAt} is null`, asc(drafts.wishedAt), asc(drafts.createdAt))
}

export async function draftsInStates(
  read: Reader,
  accountId: string,
  states: readonly DraftState[],
): Promise<Draft[]> {
  return read
    .select()
    .from(drafts)
    .where(and(eq(drafts.accountId, accountId), inArray(drafts.state, [...states])))
}

export async function countSubmitted(read: Reader, accountId: string): Promise<number> {
  return read.$count(drafts, and(eq(drafts.accountId, accountId), eq(drafts.state, 'submitted')))
}

/** Drafts that answer a post of the network, discarded and declined ones left out. */
export async function draftsAnswering(
  read: Reader,
  accountId: string,
  networkIds: string[],
): Promise<Draft[]> {
  return read
    .select()
    .from(drafts)
    .where(
      and(
        eq(drafts.accountId, accountId),
        inArray(drafts.replyTo, networkIds),
        inArray(drafts.state, ['writing', 'submitted', 'changes-requested', 'approved']),
      ),
    )
}

export async function insertRevision(
  tx: Writer,
  revision: typeof draftRevisions.$inferInsert,
): Promise<void> {
  await tx.insert(draftRevisions).values(revision)
}

/** Writes a revision anew that is still being written. */
export async function rewriteRevision(
  tx: Writer,
  { draftId, number, content, at }: Omit<typeof draftRevisions.$inferInsert, 'authorId'>,
): Promise<void> {
  await tx
    .update(draftRevisions)
    .set({ content, at })
    .where(and(eq(draftRevisions.draftId, draftId), eq(draftRevisions.number, number)))
}

/** Oldest first, with who wrote each. */
export async function listRevisions(
  read: Reader,
  draftId: string,
): Promise<(typeof draftRevisions.$inferSelect & { authorName: string })[]> {
  const rows = await read
    .select({
      revision: draftRevisions,
      authorName: sql<string>`coalesce(${people.name}, 'A template')`,
    })
    .from(draftRevisions)
    .leftJoin(people, eq(people.id, draftRevisions.authorId))
    .where(eq(draftRevisions.draftId, draftId))
    .orderBy(asc(draftRevisions.number))
  return rows.map(({ revision, authorName }) => ({ ...revision, authorName }))
}

export async function findRevision(
  read: Reader,
  draftId: string,
  number: number,
): Promise<typeof draftRevisions.$inferSelect | undefined> {
  const rows = await read
    .select()
    .from(draftRevisions)
    .where(and(eq(draftRevisions.draftId, draftId), eq(draftRevisions.number, number)))
  return rows[0]
}

/** Some revisions of several drafts, each named by its number. */
export async function findRevisions(
  read: Reader,
  named: { draftId: string; number: number }[],
): Promise<(typeof draftRevisions.$inferSelect)[]> {
  if (named.length === 0) return []
  const isNamed = named.map(({ draftId, number }) =>
    and(eq(draftRevisions.draftId, draftId), eq(draftRevisions.number, number)),
  )
  return read
    .select()
    .from(draftRevisions)
    .where(or(...isNamed))
}

/** Oldest first; the name is null where the account's policy decided. */
export async function listDecisions(
  read: Reader,
  draftId: string,
): Promise<(Decision & { personName: string | null })[]> {
  return decisionsOfDrafts(read, [draftId])
}

/** As `listDecisions`, of several drafts. */
export async function decisionsOfDrafts(
  read: Reader,
  draftIds: string[],
): Promise<(Decision & { personName: string | null })[]> {
  const rows = await read
    .select({ decision: decisions, personName: people.name })
    .from(decisions)
    .leftJoin(people, eq(people.id, decisions.personId))
    .where(inArray(decisions.draftId, draftIds))
    .orderBy(asc(decisions.at))
  return rows.map(({ decision, personName }) => ({ ...decision, personName }))
}

/** False when this comment is there already: its form was sent twice. */
export async function insertComment(
  tx: Writer,
  comment: typeof draftComments.$inferInsert,
): Promise<boolean> {
  const rows = await tx
    .insert(draftComments)
    .values(comment)
    .onConflictDoNothing()
    .returning({ id: draftComments.id })
  return rows.length === 1
}

/** A comment, with the words that it speaks of where it speaks of a part. */
export interface Comment extends DraftComment {
  personName: string
  /** As the part read when the comment was written; null where it speaks of the draft as a whole. */
  partText: string | null
  /** Of the draft, at that time. */
  parts: number
}

/** Oldest first. */
export async function listComments(read: Reader, draftId: string): Promise<Comment[]> {
  return commentsOfDrafts(read, [draftId])
}

/** As `listComments`, of several drafts. */
export async function commentsOfDrafts(read: Reader, draftIds: string[]): Promise<Comment[]> {
  const rows = await read
    .select({ comment: draftComments, personName: people.name, content: draftRevisions.content })
    .from(draftComments)
    .innerJoin(people, eq(people.id, draftComments.personId))
    .leftJoin(
      draftRevisions,
      and(
        eq(draftRevisions.draftId, draftComments.draftId),
        eq(draftRevisions.number, draftComments.revision),
      ),
    )
    .where(inArray(draftComments.draftId, draftIds))
    .orderBy(asc(draftComments.at))
  return rows.map(({ comment, personName, content }) => ({
    ...comment,
    personName,
    partText: comment.part === null ? null : (content?.parts[comment.part]?.text ?? null),
    parts: content?.parts.length ?? 1,
  }))
}

/** Marks a suggestion as taken; false when it was before. */
export async function markTaken(tx: Writer, id: string, revision: number): Promise<boolean> {
  const rows = await tx
    .update(draftComments)
    .set({ takenIn: revision })
    .where(and(eq(draftComments.id, id), isNull(draftComments.takenIn)))
    .returning({ id: draftComments.id })
  return rows.length === 1
}

/** Who wrote revisions of a draft that its writer neither wrote nor took as their own, oldest first. */
export async function foreignRevisions(
  read: Reader,
  draft: Pick<Draft, 'id' | 'authorId'>,
): Promise<{ number: number; personName: string }[]> {
  if (draft.authorId === null) return []
  return read
    .select({ number: draftRevisions.number, personName: people.name })
    .from(draftRevisions)
    .innerJoin(people, eq(people.id, draftRevisions.authorId))
    .where(foreign({ id: draft.id, authorId: draft.authorId }))
    .orderBy(asc(draftRevisions.number))
}

/** The draft's writer takes all that stands in it as their own. */
export async function acceptRevisions(tx: Writer, draft: { id: string; authorId: string }): Promise<void> {
  await tx.update(draftRevisions).set({ acceptedBy: draft.authorId }).where(foreign(draft))
}

function foreign({ id, authorId }: { id: string; authorId: string }) {
  return and(
    eq(draftRevisions.draftId, id),
    ne(draftRevisions.authorId, authorId),
    isNull(draftRevisions.acceptedBy),
  )
}
