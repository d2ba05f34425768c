import { record } from '../../activity/record.ts'
import type { Database, Reader } from '../../db/database.ts'
import { keepAnswer } from '../../drafts/checks/answer-finding.ts'
import { checkTexts, whyTextRefused, type CheckedTexts } from '../../drafts/checks/check-texts.ts'
import { NotAllowed } from '../../errors.ts'
import type { Actor } from '../../people/person.ts'
import { answersOf, findReflectionPlace, withAimsNow, type ReflectionPlace } from './reflect.ts'
import { isOfAims, type Answer } from './reflection.ts'

/** Step: what the checks that guard people find in what a host says of their week. */
export async function checkReflection(
  read: Reader,
  { account, host }: Pick<ReflectionPlace, 'account' | 'host'>,
  { answers, now }: { answers: readonly Answer[]; now: Date },
): Promise<CheckedTexts> {
  return checkTexts(read, account, { scopes: [host.id], texts: answers.map(({ text }) => ({ text })), now })
}

/** What keeps it from being handed in and approved, by the form's fields; what was aimed for has none there. Empty: nothing. */
export function whyReflectionRefused(
  { findings }: CheckedTexts,
  answers: readonly Answer[],
): Record<string, string> {
  return Object.fromEntries(
    findings.flatMap((found, at) => {
      const why = whyTextRefused(found, 'below')
      return why ? [[isOfAims(answers[at]!) ? '' : `answer-${at + 1}-text`, why]] : []
    }),
  )
}

/**
 * The host answers what a check found instead of changing the words, or takes that back; on the record.
 * @throws NotFound; NotAllowed for everybody else, and where no answer will do; Conflict when the words are gone.
 */
export async function answerInReflection(
  db: Database,
  {
    weekId,
    key,
    answer,
    actor,
    now,
  }: { weekId: string; key: string; answer: number | 'back'; actor: Actor; now: Date },
): Promise<void> {
  await db.write(async (tx) => {
    const place = await findReflectionPlace(tx, weekId, actor)
    if (!place.isHost) throw new NotAllowed('Looking back is for the week’s host.')
    const { account, host } = place
    const answers = await withAimsNow(tx, place, { answers: answersOf(place), now })
    const { findings } = await checkReflection(tx, place, { answers, now })
    const of = { accountId: account.id, scope: host.id, key, answer, actor, now }
    const kept = await keepAnswer(tx, findings.flat(), of)
    if (!kept) return
    await record(tx, {
      accountId: account.id,
      kind: answer === 'back' ? 'reflection.check-reopened' : 'reflection.check-answered',
      personId: actor.personId,
      weekId,
      details: kept,
      at: now,
    })
  })
}
