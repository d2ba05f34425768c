import type { Database } from '../../db/database.ts'
import { NotFound } from '../../errors.ts'
import type { Actor } from '../../people/person.ts'
import { findRevision, type Draft } from '../store.ts'
import { openForWriting, saveDraft } from '../write-draft.ts'

/**
 * Makes what an earlier revision says stand again, as a new revision: nothing is lost, and its time stays.
 * @throws Conflict when the draft is not open for writing any more, or somebody changed it meanwhile.
 */
export async function goBack(
  db: Database,
  {
    draftId,
    number,
    version,
    actor,
    now,
  }: { draftId: string; number: number; version: number; actor: Actor; now: Date },
): Promise<Draft> {
  const draft = await openForWriting(db.read, draftId, actor)
  const revision = await findRevision(db.read, draftId, number)
  if (!revision) throw new NotFound()
  const words = { parts: revision.content.parts, signOff: null, wishedAt: draft.wishedAt }
  return saveDraft(db, { draftId, version, words, actor, now })
}
