import type { Reader } from '../../db/database.ts'
import { latestRevision, listRevisions, type RevisionLine } from './revisions-store.ts'

export { findRevision, listRevisions } from './revisions-store.ts'

/** A change of somebody's that can be undone or done again. */
export type StepTold = Pick<RevisionLine, 'what' | 'piece' | 'personId' | 'person'>

/** What undoing a story would undo, and redoing do again. */
export async function stepsOf(
  read: Reader,
  recapId: string,
): Promise<{ undo: StepTold | null; redo: StepTold | null }> {
  const latest = await latestRevision(read, recapId)
  if (!latest) return { undo: null, redo: null }
  const lines = await listRevisions(read, recapId)
  const told = (version: number | null | undefined) =>
    lines.find((line) => line.version === version && version !== null) ?? null
  return {
    undo: latest.before === null ? null : told(latest.change),
    redo: told(told(latest.ahead.at(-1))?.change),
  }
}
