import { record } from '../activity/record.ts'
import type { Database } from '../db/database.ts'
import { keepAnswer } from '../drafts/checks/answer-finding.ts'
import { Conflict } from '../errors.ts'
import type { Actor } from '../people/person.ts'
import { checkAnswers } from './check-answer.ts'
import { aboutAnswer, findAnswerFor } from './write-answer.ts'

/**
 * Answers what a check found in a standard answer instead of changing its words, or takes that back; on the record. It holds as
 * long as these words stand in it, also for each time that it is sent.
 * @throws NotFound; NotAllowed where no answer will do; Conflict when the words are not there any more, or it is out of use.
 */
export async function settleCheck(
  db: Database,
  {
    answerId,
    key,
    answer: said,
    actor,
    now,
  }: { answerId: string; key: string; answer: number | 'back'; actor: Actor; now: Date },
): Promise<void> {
  await db.write(async (tx) => {
    const answer = await findAnswerFor(tx, answerId, actor)
    const { accountId } = answer
    if (answer.state === 'retired') throw new Conflict('This is out of use, so there is nothing to answer.')
    const [checked] = await checkAnswers(tx, accountId, [answer], now)
    const kept = await keepAnswer(tx, checked!.findings, {
      accountId,
      scope: answerId,
      key,
      answer: said,
      actor,
      now,
    })
    if (!kept) return
    const { details, ...about } = aboutAnswer(answer)
    await record(tx, {
      ...about,
      details: { ...details, ...kept },
      kind: said === 'back' ? 'answer.check-reopened' : 'answer.check-answered',
      personId: actor.personId,
      at: now,
    })
  })
}
