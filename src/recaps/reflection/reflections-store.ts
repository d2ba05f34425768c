import { and, asc, desc, eq, inArray } from 'drizzle-orm'
import type { Reader, Writer } from '../../db/database.ts'
import { people, reflectionDecisions, reflections, weekHosts, weeks } from '../../db/schema/index.ts'
import type { ReflectionState } from '../recap.ts'

export type Reflection = typeof reflections.$inferSelect
export type ReflectionDecision = typeof reflectionDecisions.$inferSelect & { personName: string }

export async function findReflection(read: Reader, weekHostId: string): Promise<Reflection | undefined> {
  return (await read.select().from(reflections).where(eq(reflections.weekHostId, weekHostId)))[0]
}

export async function insertReflection(
  tx: Writer,
  row: typeof reflections.$inferInsert,
): Promise<Reflection> {
  return (await tx.insert(reflections).values(row).returning())[0]!
}

/** Changes one that is still as it was seen, in one of these states; null when it is not. */
export async function changeReflection(
  tx: Writer,
  { weekHostId, version }: { weekHostId: string; version: number },
  from: readonly ReflectionState[],
  change: Partial<Omit<typeof reflections.$inferInsert, 'weekHostId' | 'version'>>,
): Promise<Reflection | null> {
  const rows = await tx
    .update(reflections)
    .set({ ...change, version: version + 1 })
    .where(
      and(
        eq(reflections.weekHostId, weekHostId),
        eq(reflections.version, version),
        inArray(reflections.state, [...from]),
      ),
    )
    .returning()
  return rows[0] ?? null
}

export async function insertReflectionDecision(
  tx: Writer,
  decision: typeof reflectionDecisions.$inferInsert,
): Promise<void> {
  await tx.insert(reflectionDecisions).values(decision)
}

/** The latest first, with who decided. */
export async function reflectionDecisionsOf(read: Reader, weekHostId: string): Promise<ReflectionDecision[]> {
  const rows = await read
    .select({ decision: reflectionDecisions, personName: people.name })
    .from(reflectionDecisions)
    .innerJoin(people, eq(people.id, reflectionDecisions.personId))
    .where(eq(reflectionDecisions.weekHostId, weekHostId))
    .orderBy(desc(reflectionDecisions.at))
  return rows.map(({ decision, personName }) => ({ ...decision, personName }))
}

/** Those of an account that wait for a decision, the longest first. */
export async function reflectionsWaiting(
  read: Reader,
  accountId: string,
): Promise<{ weekId: string; host: string; submittedAt: Date | null }[]> {
  return read
    .select({ weekId: weeks.id, host: weekHosts.name, submittedAt: reflections.submittedAt })
    .from(reflections)
    .innerJoin(weekHosts, eq(weekHosts.id, reflections.weekHostId))
    .innerJoin(weeks, eq(weeks.id, reflections.weekId))
    .where(and(eq(weeks.accountId, accountId), eq(reflections.state, 'submitted')))
    .orderBy(asc(reflections.submittedAt))
}

/** All that hosts of a week said. */
export async function reflectionsOfWeek(read: Reader, weekId: string): Promise<Reflection[]> {
  return read.select().from(reflections).where(eq(reflections.weekId, weekId))
}

/** All that hosts of an account ever said. */
export async function reflectionsOfAccount(read: Reader, accountId: string): Promise<Reflection[]> {
  const rows = await read
    .select({ reflection: reflections })
    .from(reflections)
    .innerJoin(weeks, eq(weeks.id, reflections.weekId))
    .where(eq(weeks.accountId, accountId))
  return rows.map(({ reflection }) => reflection)
}

/**
 * Without a word about who did it or when: somebody is not to be named any more. A window in which it is being written has older
 * words, and may not go on with those.
 */
export async function rewriteReflection(
  tx: Writer,
  {
    weekHostId,
    version,
    answers,
    approved,
  }: Pick<Reflection, 'weekHostId' | 'version' | 'answers' | 'approved'>,
): Promise<void> {
  await tx
    .update(reflections)
    .set({ answers, approved, writtenIn: null, version: version + 1 })
    .where(eq(reflections.weekHostId, weekHostId))
}

/** Only for what may not be kept any more. */
export async function rewriteReflectionDecision(
  tx: Writer,
  { id, comment, frozen }: Pick<ReflectionDecision, 'id' | 'comment' | 'frozen'>,
): Promise<void> {
  await tx.update(reflectionDecisions).set({ comment, frozen }).where(eq(reflectionDecisions.id, id))
}
