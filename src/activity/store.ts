import { randomUUID } from 'node:crypto'
import {
  and,
  asc,
  desc,
  eq,
  gte,
  inArray,
  isNotNull,
  isNull,
  like,
  lt,
  max,
  or,
  sql,
  type SQL,
} from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { fixedLimit, prepared } from '../db/prepared.ts'
import { activity } from '../db/schema/index.ts'
import type { Activity, ActivityKind } from './activity.ts'
import { BEGINNING, digestOf, hashOf } from '../db/record-chain.ts'

export type RecordedActivity = typeof activity.$inferSelect

/** What to show of an account's record; what is not given leaves nothing out. */
export interface EntryFilter {
  accountId: string
  weekId?: string | undefined
  /** Null: what the app did by itself. */
  personId?: string | null | undefined
  kinds?: readonly ActivityKind[] | undefined
  from?: Date | undefined
  /** Not included. */
  until?: Date | undefined
}

export async function insertActivity(tx: Writer, entry: Activity): Promise<void> {
  const { weekId = null, draftId = null, deliveryId = null, details = {}, at, ...who } = entry
  const salt = randomUUID()
  const json = JSON.stringify(details)
  const said = { ...who, weekId, draftId, deliveryId }
  const digest = digestOf(salt, json)
  const hash = hashOf(await newestHash(tx), { ...said, at: at.getTime(), digest })
  const statement = prepared(tx, 'insert activity', () =>
    tx
      .insert(activity)
      .values({
        accountId: sql.placeholder('accountId'),
        kind: sql.placeholder('kind'),
        personId: sql.placeholder('personId'),
        weekId: sql.placeholder('weekId'),
        draftId: sql.placeholder('draftId'),
        deliveryId: sql.placeholder('deliveryId'),
        details: sql`${sql.placeholder('json')}`,
        at: sql.placeholder('at'),
        salt: sql.placeholder('salt'),
        hash: sql.placeholder('hash'),
      })
      .prepare(),
  )
  statement.run({ ...said, json, at, salt, hash })
}

async function newestHash(tx: Writer): Promise<string> {
  const statement = prepared(tx, 'newest hash', () =>
    tx
      .select({ hash: activity.hash })
      .from(activity)
      .orderBy(desc(activity.id))
      .limit(fixedLimit(1))
      .prepare(),
  )
  return statement.get()?.hash ?? BEGINNING
}

/** The newest entry of an account among some kinds; 0 where there is none. */
export async function newestActivityOf(
  read: Reader,
  accountId: string,
  kinds: readonly ActivityKind[],
): Promise<number> {
  const rows = await read
    .select({ id: activity.id })
    .from(activity)
    .where(and(eq(activity.accountId, accountId), inArray(activity.kind, [...kinds])))
    .orderBy(desc(activity.id))
    .limit(1)
  return rows[0]?.id ?? 0
}

/** What happened to a draft and its deliveries, oldest first. */
export async function activityOfDraft(read: Reader, draftId: string): Promise<RecordedActivity[]> {
  return read.select().from(activity).where(eq(activity.draftId, draftId)).orderBy(asc(activity.id))
}

/** The newest entries first, from before the entry `before` on. */
export async function listEntries(
  read: Reader,
  filter: EntryFilter,
  { before, most }: { before?: number | undefined; most: number },
): Promise<RecordedActivity[]> {
  const bound = before === undefined ? undefined : await findEntry(read, filter.accountId, before)
  return read
    .select()
    .from(activity)
    .where(
      and(
        matching(filter),
        bound && or(lt(activity.at, bound.at), and(eq(activity.at, bound.at), lt(activity.id, bound.id))),
      ),
    )
    .orderBy(desc(activity.at), desc(activity.id))
    .limit(most)
}

/** When each of these weeks, or who hosts it, last changed. */
export async function lastChangesOfWeeks(read: Reader, weekIds: string[]): Promise<Map<string, Date>> {
  const rows = await read
    .select({ weekId: activity.weekId, at: max(activity.at) })
    .from(activity)
    .where(
      and(
        inArray(activity.weekId, weekIds),
        or(like(activity.kind, 'week.%'), like(activity.kind, 'host.%')),
      ),
    )
    .groupBy(activity.weekId)
  return new Map(rows.map(({ weekId, at }) => [weekId!, at!]))
}

export async function countEntries(read: Reader, filter: EntryFilter): Promise<number> {
  return read.$count(activity, matching(filter))
}

/** Everybody who ever did something for an account. */
export async function peopleOnRecord(read: Reader, accountId: string): Promise<string[]> {
  const rows = await read
    .selectDistinct({ personId: activity.personId })
    .from(activity)
    .where(and(eq(activity.accountId, accountId), isNotNull(activity.personId)))
  return rows.map(({ personId }) => personId!)
}

async function findEntry(read: Reader, accountId: string, id: number): Promise<RecordedActivity | undefined> {
  const rows = await read
    .select()
    .from(activity)
    .where(and(eq(activity.id, id), eq(activity.accountId, accountId)))
  return rows[0]
}

function matching({ accountId, weekId, personId, kinds, from, until }: EntryFilter): SQL | undefined {
  return and(
    eq(activity.accountId, accountId),
    weekId === undefined ? undefined : eq(activity.weekId, weekId),
    personId === undefined
      ? undefined
      : personId === null
        ? isNull(activity.personId)
        : eq(activity.personId, personId),
    kinds && inArray(activity.kind, [...kinds]),
    from && gte(activity.at, from),
    until && lt(activity.at, until),
  )
}
