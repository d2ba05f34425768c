import { checkDrafts, whyChecksRefuse, type CheckedWords } from '../drafts/checks/check-draft.ts'
import type { Account } from '../accounts/accounts.ts'
import type { Reader } from '../db/database.ts'
import { needsTwo } from '../drafts/second-approval.ts'
import type { StandardAnswer } from './answers-store.ts'

type Worded = Pick<StandardAnswer, 'id' | 'text'>

/**
 * Step: what the account's checks find in the words of its standard answers, with what was answered. They belong to no week and
 * answer somebody, so nothing is said of events, or of what is said much the same elsewhere.
 */
export async function checkAnswers(
  read: Reader,
  accountId: string,
  answers: Worded[],
  now: Date,
): Promise<CheckedWords[]> {
  const drafts = answers.map(({ id, text }) => ({
    id,
    accountId,
    weekId: null,
    content: { parts: [{ text, images: [] }] },
    wishedAt: null,
    replyTo: id,
  }))
  return checkDrafts(read, accountId, drafts, now)
}

/** Why the account's checks keep the words of a standard answer from being sent; null when they don't. */
export function whyNotSendable(account: Account, { findings }: CheckedWords): string | null {
  const [unanswered] = Object.values(whyChecksRefuse(findings))
  if (unanswered) return unanswered.replace('answer it under “Checks”', 'answer it')
  if (needsTwo(account, findings))
    return 'A check was answered here instead of put right, and then two people have to approve each time it is sent. Put it right first.'
  return null
}
