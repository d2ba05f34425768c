import { and, asc, desc, eq, gt, isNotNull, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { fixedLimit, prepared } from '../db/prepared.ts'
import { activity, recordChecks } from '../db/schema/index.ts'

export type RecordCheck = typeof recordChecks.$inferSelect

/** Entries as they are stored, with their details untouched, after the entry `after`; in order. */
export async function storedEntries(read: Reader, after: number, most: number) {
  return read
    .select({
      id: activity.id,
      accountId: activity.accountId,
      kind: activity.kind,
      personId: activity.personId,
      weekId: activity.weekId,
      draftId: activity.draftId,
      deliveryId: activity.deliveryId,
      at: sql<number>`${activity.at}`,
      details: sql<string>`${activity.details}`,
      salt: activity.salt,
      erasedDigest: activity.erasedDigest,
      hash: activity.hash,
    })
    .from(activity)
    .where(gt(activity.id, after))
    .orderBy(asc(activity.id))
    .limit(most)
}
export type StoredEntry = Awaited<ReturnType<typeof storedEntries>>[number]

export async function findStored(read: Reader, id: number): Promise<StoredEntry | undefined> {
  const [entry] = await storedEntries(read, id - 1, 1)
  return entry?.id === id ? entry : undefined
}

export async function newestStored(read: Reader) {
  const statement = prepared(read, 'newest entry', () =>
    read
      .select({ id: activity.id, hash: activity.hash, at: activity.at })
      .from(activity)
      .orderBy(desc(activity.id))
      .limit(fixedLimit(1))
      .prepare(),
  )
  return statement.get()
}

/** Whether an entry tells that the record went on to another one, with this hash, and was put back to before it. */
export async function tellsOfMissing(read: Reader, hash: string): Promise<boolean> {
  const missing = sql`json_extract(${activity.details}, '$.missing')`
  const told = and(eq(activity.kind, 'installation.restored'), eq(missing, hash))
  return (await read.$count(activity, told)) > 0
}

/** The number that the newest entry was given, though it be gone. */
export async function newestGiven(read: Reader): Promise<number> {
  const rows = await read
    .select({ id: sql<number>`seq` })
    .from(sql`sqlite_sequence`)
    .where(sql`name = 'activity'`)
  return rows[0]?.id ?? 0
}

/** As stored where they were erased. */
export const NO_DETAILS = '{}'

/** Puts the digest in the place of the details; false when they were erased before. */
export async function eraseStored(tx: Writer, id: number, digest: string): Promise<boolean> {
  const rows = await tx
    .update(activity)
    .set({ details: {}, salt: null, erasedDigest: digest })
    .where(and(eq(activity.id, id), isNotNull(activity.salt)))
    .returning({ id: activity.id })
  return rows.length === 1
}

/** Step: keeps how the record stood. */
export async function keepCheck(tx: Writer, check: Omit<RecordCheck, 'id'>): Promise<void> {
  await tx.insert(recordChecks).values(check)
}

export async function latestCheck(read: Reader): Promise<RecordCheck | undefined> {
  return (await read.select().from(recordChecks).orderBy(desc(recordChecks.id)).limit(1))[0]
}

/** What the newest entry was at each check that found nothing. */
export async function soundChecks(read: Reader): Promise<Pick<RecordCheck, 'lastId' | 'lastHash'>[]> {
  return read
    .selectDistinct({ lastId: recordChecks.lastId, lastHash: recordChecks.lastHash })
    .from(recordChecks)
    .where(eq(recordChecks.troubles, []))
}
