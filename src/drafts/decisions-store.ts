import { and, asc, eq, isNotNull, isNull, lt, lte, or } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { decisions, draftRevisions, drafts } from '../db/schema/index.ts'
import type { Draft } from './store.ts'

export async function insertDecision(tx: Writer, decision: typeof decisions.$inferInsert): Promise<void> {
  await tx.insert(decisions).values(decision)
}

/** Whether the person wrote any revision of a draft. */
export async function wroteIn(read: Reader, draftId: string, personId: string): Promise<boolean> {
  const rows = await read
    .select({ number: draftRevisions.number })
    .from(draftRevisions)
    .where(and(eq(draftRevisions.draftId, draftId), eq(draftRevisions.authorId, personId)))
    .limit(1)
  return rows.length === 1
}

const waitsUntold = and(
  eq(drafts.state, 'submitted'),
  or(isNull(drafts.undecidedAt), lt(drafts.undecidedAt, drafts.submittedAt)),
)

/** Submitted ones whose wished time has passed, and whose writers were not told. */
export async function undecidedDrafts(read: Reader, now: Date): Promise<(Draft & { wishedAt: Date })[]> {
  const found = await read
    .select()
    .from(drafts)
    .where(and(waitsUntold, lte(drafts.wishedAt, now)))
    .orderBy(asc(drafts.wishedAt))
    .limit(100)
  return found.flatMap((draft) => (draft.wishedAt ? [{ ...draft, wishedAt: draft.wishedAt }] : []))
}

export async function earliestUndecided(read: Reader): Promise<Date | null> {
  const found = await read
    .select({ wishedAt: drafts.wishedAt })
    .from(drafts)
    .where(and(waitsUntold, isNotNull(drafts.wishedAt)))
    .orderBy(asc(drafts.wishedAt))
    .limit(1)
  return found[0]?.wishedAt ?? null
}

export async function markUndecidedTold(tx: Writer, id: string, at: Date): Promise<void> {
  await tx.update(drafts).set({ undecidedAt: at }).where(eq(drafts.id, id))
}
