import type { Account } from '../../accounts/accounts.ts'
import type { Writer } from '../../db/database.ts'
import type { Actor } from '../../people/person.ts'
import type { Week } from '../../rota/weeks.ts'
import { carryAnswers } from '../checks/answer-finding.ts'
import { decideByPolicy, type DecidedByPolicy } from './decide-by-policy.ts'
import type { AnsweredPost } from '../draft.ts'
import { findDraft, insertDraft, insertRevision } from '../store.ts'

/**
 * Step: answers somebody with words that were approved once for all, on the policy's own decision and at once. Nobody can
 * change a letter on the way: there is no sign-off, and the draft is never open. Null when it can't go out, because the
 * host's week is over. Whether these words may go to this post is the caller's question.
 * @throws Conflict when it could not be told apart from something on its way.
 */
export async function sendStandingWords(
  tx: Writer,
  {
    id,
    account,
    week,
    weekHostId,
    text,
    checkedAs,
    answered: { networkId, ...answering },
    actor,
    now,
  }: {
    /** Of the draft that it becomes. */
    id: string
    account: Account
    week: Week
    /** Set when the week's host sends it in that role. */
    weekHostId: string | null
    text: string
    /** Where these words were checked before they were approved: what was answered there holds. */
    checkedAs: string
    answered: AnsweredPost & { networkId: string }
    actor: Actor
    now: Date
  },
): Promise<DecidedByPolicy | null> {
  const content = { parts: [{ text, images: [] }] }
  const { personId } = actor
  await insertDraft(tx, {
    id,
    accountId: account.id,
    weekId: week.id,
    slot: week.slot,
    authorId: personId,
    weekHostId,
    state: 'submitted',
    revision: 1,
    content,
    signOff: '',
    wishedAt: null,
    replyTo: networkId,
    answering,
    submittedAt: now,
    createdAt: now,
    changedAt: now,
    changedBy: personId,
  })
  await insertRevision(tx, { draftId: id, number: 1, content, authorId: personId, at: now })
  await carryAnswers(tx, { from: checkedAs, to: id })
  const draft = (await findDraft(tx, id))!
  return decideByPolicy(tx, draft, { ground: 'standard-answer', delayMinutes: 0, now })
}
