import { randomUUID } from 'node:crypto'
import { findAccount } from '../accounts/accounts.ts'
import { record } from '../activity/record.ts'
import type { Database } from '../db/database.ts'
import { Conflict, NotAllowed, Refused } from '../errors.ts'
import type { Actor } from '../people/person.ts'
import { changeAnswer, insertAnswerDecision } from './answers-store.ts'
import { checkAnswers, whyNotSendable } from './check-answer.ts'
import type { AnswerVerdict } from './post.ts'
import { aboutAnswer, findAnswerFor, freezeAnswer, MEANWHILE } from './write-answer.ts'

/**
 * Approves or declines the words of a standard answer, exactly as they were read; the decision keeps them for good.
 * @throws NotFound; NotAllowed for one's own words, unless the account allows it; Refused under `comment` when it is declined
 *   without a reason, and where a check of the account keeps the words back; Conflict when it is not as it was read any more.
 */
export async function decideAnswer(
  db: Database,
  {
    answerId,
    kind,
    fingerprint,
    comment,
    actor,
    now,
  }: {
    answerId: string
    kind: AnswerVerdict
    fingerprint: string
    comment: string
    actor: Actor
    now: Date
  },
): Promise<void> {
  await db.write(async (tx) => {
    const answer = await findAnswerFor(tx, answerId, actor)
    const account = (await findAccount(tx, answer.accountId))!
    const ownWork = answer.writtenBy === actor.personId
    if (kind === 'approved' && ownWork && !account.policy.selfApproval)
      throw new NotAllowed('You wrote these words, so somebody else has to approve them.')
    if (kind === 'declined' && comment === '') throw new Refused({ comment: 'Say why it is not to be sent.' })
    const frozen = freezeAnswer(answer)
    if (answer.state !== 'submitted' || frozen.fingerprint !== fingerprint) throw new Conflict(MEANWHILE)
    if (kind === 'approved') {
      const [checked] = await checkAnswers(tx, account.id, [answer], now)
      const why = whyNotSendable(account, checked!)
      if (why) throw new Refused({ '': why })
    }
    const decided = await changeAnswer(
      tx,
      { id: answerId, version: answer.version, from: ['submitted'] },
      { state: kind },
    )
    if (!decided) throw new Conflict(MEANWHILE)
    await insertAnswerDecision(tx, {
      id: randomUUID(),
      answerId,
      revision: answer.revision,
      kind,
      personId: actor.personId,
      ownWork: kind === 'approved' && ownWork,
      comment,
      ...frozen,
      at: now,
    })
    const details = { title: answer.title, ...(kind === 'approved' && ownWork ? { ownWork: true } : {}) }
    await record(tx, {
      ...aboutAnswer(answer),
      details,
      kind: `answer.${kind}`,
      personId: actor.personId,
      at: now,
    })
  })
}
