import { and, eq, inArray } from 'drizzle-orm'
import type { Reader, Writer } from '../../db/database.ts'
import { checkAnswers, people } from '../../db/schema/index.ts'

export type CheckAnswer = typeof checkAnswers.$inferSelect & { personName: string }

/** What holds in the whole account, whatever the draft: that somebody in a picture agreed. */
export const IN_ACCOUNT = 'account'

/** What was answered of a draft, and of the account's pictures; only for these findings, where keys are given. */
export async function answersFor(
  read: Reader,
  { accountId, draftId, keys }: { accountId: string; draftId: string; keys: string[] },
): Promise<CheckAnswer[]> {
  if (keys.length === 0) return []
  const rows = await read
    .select({ answer: checkAnswers, personName: people.name })
    .from(checkAnswers)
    .innerJoin(people, eq(people.id, checkAnswers.personId))
    .where(
      and(
        eq(checkAnswers.accountId, accountId),
        inArray(checkAnswers.scope, [draftId, IN_ACCOUNT]),
        inArray(checkAnswers.key, keys),
      ),
    )
  return rows.map(({ answer, personName }) => ({ ...answer, personName }))
}

/** Everything that was answered of a draft, also of words that do not stand any more: they may be typed again. */
export async function answersOfDraft(read: Reader, draftId: string): Promise<CheckAnswer[]> {
  const rows = await read
    .select({ answer: checkAnswers, personName: people.name })
    .from(checkAnswers)
    .innerJoin(people, eq(people.id, checkAnswers.personId))
    .where(eq(checkAnswers.scope, draftId))
  return rows.map(({ answer, personName }) => ({ ...answer, personName }))
}

/** False when it is answered already. */
export async function insertAnswer(tx: Writer, answer: typeof checkAnswers.$inferInsert): Promise<boolean> {
  const rows = await tx
    .insert(checkAnswers)
    .values(answer)
    .onConflictDoNothing()
    .returning({ id: checkAnswers.id })
  return rows.length === 1
}

export async function deleteAnswer(tx: Writer, id: string): Promise<boolean> {
  const rows = await tx.delete(checkAnswers).where(eq(checkAnswers.id, id)).returning({ id: checkAnswers.id })
  return rows.length === 1
}
