import { and, asc, desc, eq, gte, inArray, isNotNull, isNull, lte, or, sql, type SQL } from 'drizzle-orm'
import type { Reader, Writer } from '../../db/database.ts'
import { checkAnswers, deliveries, drafts, lookUps, people, weekHosts } from '../../db/schema/index.ts'

export type CheckAnswer = typeof checkAnswers.$inferSelect & { personName: string }

/** What holds in the whole account, whatever the draft: that somebody in a picture agreed. */
export const IN_ACCOUNT = 'account'

/** What was answered for the whole account, of these findings. */
export async function answersInAccount(
  read: Reader,
  accountId: string,
  keys: string[],
): Promise<CheckAnswer[]> {
  if (keys.length === 0) return []
  return answersWhere(
    read,
    and(
      eq(checkAnswers.accountId, accountId),
      eq(checkAnswers.scope, IN_ACCOUNT),
      sql`${checkAnswers.key} in (select value from json_each(${JSON.stringify(keys)}))`,
    ),
  )
}

/** Everything that was answered of these drafts, also of words that do not stand any more: they may be typed again. */
export async function answersOfDrafts(read: Reader, draftIds: string[]): Promise<CheckAnswer[]> {
  return answersWhere(read, inArray(checkAnswers.scope, draftIds))
}

async function answersWhere(read: Reader, where: SQL | undefined): Promise<CheckAnswer[]> {
  const rows = await read
    .select({ answer: checkAnswers, personName: people.name })
    .from(checkAnswers)
    .innerJoin(people, eq(people.id, checkAnswers.personId))
    .where(where)
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

export type LookUp = typeof lookUps.$inferSelect
type LookUpName = Pick<LookUp, 'accountId' | 'kind' | 'subject'>

const isLookUp = ({ accountId, kind, subject }: LookUpName) =>
  and(eq(lookUps.accountId, accountId), eq(lookUps.kind, kind), eq(lookUps.subject, subject))

/** Puts down that something is to be asked outside, unless it waits already or what came back is still believed. */
export async function wantLookUp(
  tx: Writer,
  {
    believed,
    now,
    ...name
  }: LookUpName & {
    /** By what came back. Milliseconds. */
    believed: Record<'there' | 'missing' | 'unclear', number>
    now: Date
  },
): Promise<void> {
  const [known] = await tx.select().from(lookUps).where(isLookUp(name))
  if (!known) {
    await tx.insert(lookUps).values({ ...name, state: 'wanted', nextAt: now })
    return
  }
  if (known.nextAt || known.state === 'wanted') return
  const until = (known.askedAt?.getTime() ?? 0) + believed[known.state]
  if (until <= now.getTime()) await tx.update(lookUps).set({ nextAt: now }).where(isLookUp(name))
}

/** What is to be asked now, the longest waiting first. */
export async function dueLookUps(read: Reader, now: Date, limit: number): Promise<LookUp[]> {
  return read.select().from(lookUps).where(lte(lookUps.nextAt, now)).orderBy(asc(lookUps.nextAt)).limit(limit)
}

export async function nextLookUpAt(read: Reader): Promise<Date | null> {
  const rows = await read
    .select({ nextAt: lookUps.nextAt })
    .from(lookUps)
    .where(isNotNull(lookUps.nextAt))
    .orderBy(asc(lookUps.nextAt))
    .limit(1)
  return rows[0]?.nextAt ?? null
}

export async function saveLookUp(
  tx: Writer,
  lookUp: LookUpName,
  change: Partial<Pick<LookUp, 'state' | 'detail' | 'nextAt' | 'askedAt' | 'tries'>>,
): Promise<void> {
  await tx.update(lookUps).set(change).where(isLookUp(lookUp))
}

/** Those of an account's links or handles that were asked about and are not there. */
export async function missingOutside(
  read: Reader,
  accountId: string,
  kind: LookUp['kind'],
  subjects: string[],
): Promise<LookUp[]> {
  if (subjects.length === 0) return []
  return read
    .select()
    .from(lookUps)
    .where(
      and(
        eq(lookUps.accountId, accountId),
        eq(lookUps.kind, kind),
        eq(lookUps.state, 'missing'),
        inArray(lookUps.subject, subjects),
      ),
    )
}

/** Whether any of an account's links is still to be asked about. */
export async function isAskedOutside(
  read: Reader,
  accountId: string,
  kind: LookUp['kind'],
  subjects: string[],
): Promise<boolean> {
  if (subjects.length === 0) return false
  const waiting = await read
    .select({ subject: lookUps.subject })
    .from(lookUps)
    .where(
      and(
        eq(lookUps.accountId, accountId),
        eq(lookUps.kind, kind),
        isNotNull(lookUps.nextAt),
        inArray(lookUps.subject, subjects),
      ),
    )
    .limit(1)
  return waiting.length > 0
}

/** At most so many of each kind are compared with a draft. */
export const MOST_BESIDE = 200

/** What a draft or a post says, by its draft. */
export interface TextsBeside {
  draftId: string
  texts: string[]
}

/**
 * What is written beside a draft, the latest first and answers aside: in drafts of its week, those of a host who lost it left
 * out. Whoever sees the draft may see all of it.
 */
export async function textsWritten(
  read: Reader,
  { accountId, weekId, since, most }: { accountId: string; weekId: string | null; since: Date; most: number },
): Promise<TextsBeside[]> {
  const written = await read
    .select({ draftId: drafts.id, content: drafts.content })
    .from(drafts)
    .leftJoin(weekHosts, eq(weekHosts.id, drafts.weekHostId))
    .where(
      and(
        eq(drafts.accountId, accountId),
        weekId === null ? isNull(drafts.weekId) : eq(drafts.weekId, weekId),
        inArray(drafts.state, ['writing', 'submitted', 'changes-requested', 'approved']),
        gte(drafts.changedAt, since),
        isNull(drafts.replyTo),
        or(isNull(drafts.weekHostId), isNull(weekHosts.endedAt)),
      ),
    )
    .orderBy(desc(drafts.changedAt))
    .limit(most)
  return written.map(({ draftId, content }) => ({ draftId, texts: content.parts.map(({ text }) => text) }))
}

/** What the account posted since then, the latest first and answers aside. */
export async function textsPosted(
  read: Reader,
  { accountId, since, most }: { accountId: string; since: Date; most: number },
): Promise<TextsBeside[]> {
  const posted = await read
    .select({ draftId: deliveries.draftId, payload: deliveries.payload })
    .from(deliveries)
    .where(
      and(eq(deliveries.accountId, accountId), eq(deliveries.state, 'posted'), gte(deliveries.dueAt, since)),
    )
    .orderBy(desc(deliveries.dueAt))
    .limit(most)
  return posted.map(({ draftId, payload }) => ({
    draftId,
    texts: payload.replyTo === null ? [payload.text] : [],
  }))
}
