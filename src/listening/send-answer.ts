import { randomUUID } from 'node:crypto'
import { findAccount } from '../accounts/accounts.ts'
import { record } from '../activity/record.ts'
import type { Database, Reader } from '../db/database.ts'
import { sendStandingWords } from '../drafts/policy/send-standing-words.ts'
import { Conflict, NotAllowed } from '../errors.ts'
import { hostingOf, mayDecide, type Actor } from '../people/person.ts'
import { deliveriesOfDrafts } from '../publishing/deliveries.ts'
import { findAnsweredPost } from './answered-post.ts'
import { findAnswer, insertSending, sendingsTo, standingApproval } from './answers-store.ts'
import { findSaid } from './leave-post.ts'
import type { Post } from './store.ts'

export interface SentAnswer {
  post: Post
  title: string
  /** `before`: it went to this post already. `held`: the brake is on. */
  became: 'sent' | 'held' | 'before'
}

/** Who sends standard answers in a week: the account's desk, and its host while the week is open. */
export function maySendAnswers(actor: Actor, week: { id: string; accountId: string }): boolean {
  return mayDecide(actor, week.accountId) || hostingOf(actor, week.id)?.powers === 'post'
}

/**
 * Answers what somebody said with a standard answer: the words that were approved, to the letter, on the policy's decision,
 * without a sign-off. Each answer goes to a post once at most, however often it is pressed.
 * @throws NotFound for a post or a conversation that is not theirs; NotAllowed for who only reads, and for what does not speak
 *   to the account.
 * @throws Conflict when the answer is not as it was read any more, or the post is gone.
 */
export async function sendAnswer(
  db: Database,
  {
    postId,
    answerId,
    fingerprint,
    actor,
    now,
  }: { postId: string; answerId: string; fingerprint: string; actor: Actor; now: Date },
): Promise<SentAnswer> {
  return db.write(async (tx) => {
    const { post, week } = await findSaid(tx, { postId, actor, now })
    if (!maySendAnswers(actor, week))
      throw new NotAllowed('Answers are sent by the team, and by the host while the week is open.')
    if (post.hiddenAt) throw new Conflict('This reply is hidden, so it is not answered.')
    const answer = await findAnswer(tx, answerId)
    const approval = answer && (await standingApproval(tx, answer))
    const usable = answer?.accountId === post.accountId && answer.state === 'approved' && approval
    if (!usable || approval.fingerprint !== fingerprint)
      throw new Conflict(
        'This standard answer was changed meanwhile. Nothing was sent; please read it again.',
      )
    const { title, text } = JSON.parse(approval.frozen) as { title: string; text: string }
    const sent = await sentTo(tx, [postId])
    if (sent.get(postId)?.has(answerId)) return { post, title, became: 'before' as const }
    const account = (await findAccount(tx, post.accountId))!
    const answered = (await findAnsweredPost(tx, account.id, post.networkId))!
    if (!answered.summons)
      throw new NotAllowed(
        'They speak to somebody else, so a standard answer would come uninvited. Write one of your own, and somebody decides it.',
      )
    const hosting = mayDecide(actor, account.id) ? undefined : hostingOf(actor, week.id)
    const draftId = randomUUID()
    const decided = await sendStandingWords(tx, {
      id: draftId,
      account,
      week,
      weekHostId: hosting?.weekHostId ?? null,
      text,
      checkedAs: answerId,
      answered: { ...answered, networkId: post.networkId },
      actor,
      now,
    })
    if (!decided)
      throw new Conflict(
        'Nothing was sent: the week is over, or a check of the account keeps these words back. Write the answer as a draft, and somebody decides it.',
      )
    await insertSending(tx, { draftId, answerId, decisionId: approval.id, postId })
    await record(tx, {
      accountId: account.id,
      kind: 'answer.sent',
      personId: actor.personId,
      weekId: week.id,
      draftId,
      details: { title, name: post.authorName, handle: post.authorHandle },
      at: now,
    })
    return { post, title, became: decided.held ? ('held' as const) : ('sent' as const) }
  })
}

/**
 * Step: which standard answers went, or are going, to these posts. One that was taken back or cancelled before it went out
 * does not count.
 */
export async function sentTo(read: Reader, postIds: string[]): Promise<Map<string, Set<string>>> {
  const sendings = (await sendingsTo(read, postIds)).filter(({ state }) => state === 'approved')
  const deliveries = await deliveriesOfDrafts(
    read,
    sendings.map(({ draftId }) => draftId),
  )
  const going = new Set(deliveries.filter(({ state }) => state !== 'cancelled').map(({ draftId }) => draftId))
  const sent = new Map<string, Set<string>>()
  for (const { postId, answerId, draftId } of sendings)
    if (going.has(draftId)) sent.set(postId, (sent.get(postId) ?? new Set()).add(answerId))
  return sent
}
