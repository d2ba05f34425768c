import { findAccount } from '../accounts/accounts.ts'
import type { Database } from '../db/database.ts'
import { checkDraft } from '../drafts/checks/check-draft.ts'
import { approveDraft, findDecidable, freezeDecidable, requestChanges } from '../drafts/decide-draft.ts'
import { draftsOfWeek } from '../drafts/drafts.ts'
import { fingerprint } from '../drafts/freeze.ts'
import { Conflict, NotAllowed, Refused } from '../errors.ts'
import { findActor } from '../rota/powers.ts'
import { kindWords, wordsAboutNaming } from './kind-words.ts'
import { PRACTICE_ACCOUNT, PRACTICE_APPROVER, PRACTICE_WEEK } from './scene.ts'

/** So long the practice approver waits, so that a host sees a draft that waits, and is told that it takes ten seconds. Milliseconds. */
export const MOMENT = 4_000

/**
 * Decides what waits in a practice account, as its approver. Says whether anything was decided. What the real rules refuse to
 * approve goes back to its writer with the reason, and so does what could name a patient and was not answered: a practice must not
 * teach that it goes out.
 */
export async function decideKindly(
  db: Database,
  { publicUrl, now, machineNow }: { publicUrl: string; now: Date; machineNow: Date },
): Promise<boolean> {
  const waiting = (await draftsOfWeek(db.read, PRACTICE_WEEK)).filter(
    ({ state, submittedAt }) =>
      state === 'submitted' && submittedAt !== null && now.getTime() - submittedAt.getTime() >= MOMENT,
  )
  if (waiting.length === 0) return false
  const account = (await findAccount(db.read, PRACTICE_ACCOUNT.id))!
  const actor = (await findActor(db.read, PRACTICE_APPROVER.id, now))!
  for (const draft of waiting) {
    const decided = {
      draftId: draft.id,
      fingerprint: fingerprint(freezeDecidable(await findDecidable(db.read, draft.id, actor))),
      comment: kindWords(draft, account),
      actor,
      now,
      machineNow,
      publicUrl,
    }
    try {
      const { findings } = await checkDraft(db.read, draft, now)
      const naming = wordsAboutNaming(findings)
      if (naming) await requestChanges(db, { ...decided, comment: naming })
      else await approveDraft(db, decided)
    } catch (error) {
      // The host took it back meanwhile.
      if (error instanceof Conflict) continue
      if (!(error instanceof Refused) && !(error instanceof NotAllowed)) throw error
      await requestChanges(db, { ...decided, comment: `This can’t go out as it is: ${error.message}` })
    }
  }
  return true
}
