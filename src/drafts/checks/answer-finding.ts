import { randomUUID } from 'node:crypto'
import { record } from '../../activity/record.ts'
import type { CheckKind } from '../../accounts/check-rules.ts'
import type { Database, Writer } from '../../db/database.ts'
import { Conflict, NotAllowed, NotFound } from '../../errors.ts'
import { mayDecide, type Actor } from '../../people/person.ts'
import { maySeeDraft, whyNotWrite, type DraftState } from '../draft.ts'
import { about } from '../on-record.ts'
import { findDraft } from '../store.ts'
import { ANSWERS } from './answers.ts'
import { checkDraft, type SeenFinding } from './check-draft.ts'
import { answersOfDrafts, deleteAnswer, IN_ACCOUNT, insertAnswer } from './store.ts'

/** As long as something can still come of it. */
export const ANSWERABLE: readonly DraftState[] = ['writing', 'changes-requested', 'submitted']

/**
 * Answers a finding instead of changing the words, or takes the answer back; on the record with who said it. It holds as
 * long as these words stand in the draft; of a picture for all drafts of the account. Sent twice it is answered once.
 * @throws NotFound, NotAllowed for who neither writes nor decides the draft or where no answer will do; Conflict when the
 *   words are not there any more, or the draft is decided.
 */
export async function answerFinding(
  db: Database,
  {
    draftId,
    key,
    answer,
    actor,
    now,
  }: { draftId: string; key: string; answer: number | 'back'; actor: Actor; now: Date },
): Promise<void> {
  await db.write(async (tx) => {
    const draft = await findDraft(tx, draftId)
    if (!draft || !maySeeDraft(actor, draft)) throw new NotFound()
    const notTheirs = whyNotWrite(actor, draft)
    if (notTheirs && !mayDecide(actor, draft.accountId)) throw new NotAllowed(notTheirs)
    if (!ANSWERABLE.includes(draft.state))
      throw new Conflict('This draft is decided, so there is nothing to answer any more.')
    const { findings } = await checkDraft(tx, draft, now)
    const { accountId } = draft
    const kept = await keepAnswer(tx, findings, { accountId, scope: draftId, key, answer, actor, now })
    if (!kept) return
    await record(tx, {
      ...about(draft, kept),
      kind: answer === 'back' ? 'draft.check-reopened' : 'draft.check-answered',
      personId: actor.personId,
      at: now,
    })
  })
}

/**
 * Step: keeps what was answered to one of these findings, or takes it back. Returns what the record keeps: not the words that
 * were found, because if they do name a patient, it must not have them. Null when nothing changed.
 * @throws Conflict when there is no such finding any more, NotAllowed where no answer will do.
 */
export async function keepAnswer(
  tx: Writer,
  findings: SeenFinding[],
  {
    accountId,
    scope,
    key,
    answer,
    actor,
    now,
  }: {
    accountId: string
    /** The id of the draft, or of the standard answer, in which the words stand. */
    scope: string
    key: string
    answer: number | 'back'
    actor: Actor
    now: Date
  },
): Promise<{ check: CheckKind; said: string } | null> {
  const finding = findings.find((one) => one.key === key)
  if (!finding) throw new Conflict('The words that this was about are not there any more.')
  const { kind, level, answer: given } = finding
  if (level === 'never')
    throw new NotAllowed(
      'On this account it has to be put right: no answer will do. The words are as they were.',
    )
  const said = answer === 'back' ? given?.words : ANSWERS[kind][answer]
  if (said === undefined || (answer !== 'back' && given)) return null
  if (answer === 'back') await deleteAnswer(tx, given!.id)
  else
    await insertAnswer(tx, {
      id: randomUUID(),
      accountId,
      scope: kind === 'people-in-picture' ? IN_ACCOUNT : scope,
      kind,
      key,
      words: said,
      personId: actor.personId,
      at: now,
    })
  return { check: kind, said }
}

/** Step: what was answered in one place holds in another, where the same words stand. */
export async function carryAnswers(tx: Writer, { from, to }: { from: string; to: string }): Promise<void> {
  for (const { personName: _, ...answer } of await answersOfDrafts(tx, [from]))
    await insertAnswer(tx, { ...answer, id: randomUUID(), scope: to })
}
