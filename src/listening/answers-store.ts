import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import {
  drafts,
  people,
  standardAnswerDecisions,
  standardAnswers,
  standardAnswerSendings,
} from '../db/schema/index.ts'
import type { DraftState } from '../drafts/draft.ts'
import type { AnswerState } from './post.ts'

export type StandardAnswer = typeof standardAnswers.$inferSelect
export type AnswerDecision = typeof standardAnswerDecisions.$inferSelect

/** False when one with this id is there already: its form was sent twice. */
export async function insertAnswer(
  tx: Writer,
  answer: typeof standardAnswers.$inferInsert,
): Promise<boolean> {
  const rows = await tx
    .insert(standardAnswers)
    .values(answer)
    .onConflictDoNothing()
    .returning({ id: standardAnswers.id })
  return rows.length === 1
}

export async function findAnswer(read: Reader, id: string): Promise<StandardAnswer | undefined> {
  return (await read.select().from(standardAnswers).where(eq(standardAnswers.id, id)))[0]
}

/** Null when it is not as it was seen any more, or in none of the states `from`. */
export async function changeAnswer(
  tx: Writer,
  { id, version, from }: { id: string; version: number; from: readonly AnswerState[] },
  change: Partial<Omit<typeof standardAnswers.$inferInsert, 'id' | 'version'>>,
): Promise<StandardAnswer | null> {
  const rows = await tx
    .update(standardAnswers)
    .set({ ...change, version: sql`${standardAnswers.version} + 1` })
    .where(
      and(
        eq(standardAnswers.id, id),
        eq(standardAnswers.version, version),
        inArray(standardAnswers.state, [...from]),
      ),
    )
    .returning()
  return rows[0] ?? null
}

/** All of an account with who wrote their words, by their titles. */
export async function listAnswers(
  read: Reader,
  accountId: string,
): Promise<(StandardAnswer & { writer: string })[]> {
  const rows = await read
    .select({ answer: standardAnswers, writer: people.name })
    .from(standardAnswers)
    .innerJoin(people, eq(people.id, standardAnswers.writtenBy))
    .where(eq(standardAnswers.accountId, accountId))
    .orderBy(asc(standardAnswers.title))
  return rows.map(({ answer, writer }) => ({ ...answer, writer }))
}

/** Those that wait for somebody's approval, the longest first. */
export async function waitingAnswers(read: Reader, accountId: string): Promise<StandardAnswer[]> {
  return read
    .select()
    .from(standardAnswers)
    .where(and(eq(standardAnswers.accountId, accountId), eq(standardAnswers.state, 'submitted')))
    .orderBy(asc(standardAnswers.writtenAt))
}

export async function insertAnswerDecision(
  tx: Writer,
  decision: typeof standardAnswerDecisions.$inferInsert,
): Promise<void> {
  await tx.insert(standardAnswerDecisions).values(decision)
}

/** What was said of an account's answers, the newest first, with who said it. */
export async function listAnswerDecisions(
  read: Reader,
  accountId: string,
): Promise<(AnswerDecision & { decider: string })[]> {
  const rows = await read
    .select({ decision: standardAnswerDecisions, decider: people.name })
    .from(standardAnswerDecisions)
    .innerJoin(standardAnswers, eq(standardAnswers.id, standardAnswerDecisions.answerId))
    .innerJoin(people, eq(people.id, standardAnswerDecisions.personId))
    .where(eq(standardAnswers.accountId, accountId))
    .orderBy(desc(standardAnswerDecisions.at), desc(standardAnswerDecisions.revision))
  return rows.map(({ decision, decider }) => ({ ...decision, decider }))
}

/** The approval of an answer's current words; undefined when there is none. */
export async function standingApproval(
  read: Reader,
  { id, revision }: StandardAnswer,
): Promise<AnswerDecision | undefined> {
  const rows = await read
    .select()
    .from(standardAnswerDecisions)
    .where(
      and(
        eq(standardAnswerDecisions.answerId, id),
        eq(standardAnswerDecisions.revision, revision),
        eq(standardAnswerDecisions.kind, 'approved'),
      ),
    )
    .orderBy(desc(standardAnswerDecisions.at))
    .limit(1)
  return rows[0]
}

export async function insertSending(
  tx: Writer,
  sending: typeof standardAnswerSendings.$inferInsert,
): Promise<void> {
  await tx.insert(standardAnswerSendings).values(sending)
}

export interface Sending {
  postId: string
  answerId: string
  draftId: string
  state: DraftState
}

/** Which answers went to these posts, and what became of the drafts that they were. */
export async function sendingsTo(read: Reader, postIds: string[]): Promise<Sending[]> {
  return read
    .select({
      postId: standardAnswerSendings.postId,
      answerId: standardAnswerSendings.answerId,
      draftId: standardAnswerSendings.draftId,
      state: drafts.state,
    })
    .from(standardAnswerSendings)
    .innerJoin(drafts, eq(drafts.id, standardAnswerSendings.draftId))
    .where(sql`${standardAnswerSendings.postId} in (select value from json_each(${JSON.stringify(postIds)}))`)
}
