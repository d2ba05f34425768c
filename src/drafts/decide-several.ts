import type { Database } from '../db/database.ts'
import { Conflict, NotAllowed, NotFound, Refused } from '../errors.ts'
import { approveDraft, declineDraft, requestChanges, type Approval, type Verdict } from './decide-draft.ts'
import type { VerdictKind } from './draft.ts'

/** What became of one of several: null where it was decided, else why not, for people. */
export interface Decided {
  draftId: string
  whyNot: string | null
}

const DECIDE: Record<VerdictKind, (db: Database, verdict: Verdict) => Promise<Approval | void>> = {
  approved: approveDraft,
  'changes-requested': requestChanges,
  declined: declineDraft,
}

/**
 * Decides several drafts alike, each by the fingerprint of what was read and in a transaction of its own: one that somebody
 * changed or decided meanwhile does not stop the others.
 * @throws Refused where words are missing that the decision needs.
 */
export async function decideSeveral(
  db: Database,
  {
    kind,
    seen,
    ...verdict
  }: Omit<Verdict, 'draftId' | 'fingerprint' | 'newTime'> & {
    kind: VerdictKind
    /** In the order in which they are decided. */
    seen: { draftId: string; fingerprint: string }[]
  },
): Promise<Decided[]> {
  if (kind !== 'approved' && !verdict.comment?.trim())
    throw new Refused({
      comment: kind === 'declined' ? 'Say why they do not go out.' : 'Say what to change.',
    })
  const all: Decided[] = []
  for (const one of seen) {
    try {
      const decided = await DECIDE[kind](db, { ...verdict, ...one })
      all.push({ draftId: one.draftId, whyNot: decided?.first ? FIRST : null })
    } catch (error) {
      all.push({ draftId: one.draftId, whyNot: inWords(error) })
    }
  }
  return all
}

const FIRST = 'Your approval is kept. A second person has to approve it too.'

function inWords(error: unknown): string {
  if (error instanceof Refused) return Object.values(error.fields).join(' ')
  if (error instanceof Conflict || error instanceof NotAllowed || error instanceof NotFound)
    return error.message
  throw error
}
