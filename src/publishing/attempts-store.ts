import {
  and,
  asc,
  desc,
  eq,
  exists,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lte,
  ne,
  or,
  sql,
} from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { CREDIT_PAUSE } from '../accounts/credit.ts'
import type { Reader, Writer } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { accounts, attempts, deliveries, networkPauses, secondPosts, timelines } from '../db/schema/index.ts'
import type { Delivery } from './store.ts'

export type Attempt = typeof attempts.$inferSelect

export async function insertAttempt(
  tx: Writer,
  attempt: Pick<Attempt, 'id' | 'deliveryId' | 'fence' | 'sent' | 'at' | 'deadlineAt'> & {
    /** Of which the newest post that is known is written down. */
    accountId: string
  },
): Promise<void> {
  const statement = prepared(tx, 'insert attempt', () => {
    const newestKnown = tx
      .select({ id: timelines.newestId })
      .from(timelines)
      .where(eq(timelines.accountId, sql.placeholder('accountId')))
    return tx
      .insert(attempts)
      .values({
        id: sql.placeholder('id'),
        deliveryId: sql.placeholder('deliveryId'),
        fence: sql.placeholder('fence'),
        sent: sql.placeholder('sent'),
        newestKnownId: sql`${newestKnown}`,
        at: sql.placeholder('at'),
        deadlineAt: sql.placeholder('deadlineAt'),
      })
      .prepare()
  })
  statement.run(attempt)
}

export async function attemptsOf(read: Reader, deliveryId: string): Promise<Attempt[]> {
  return read
    .select()
    .from(attempts)
    .where(eq(attempts.deliveryId, deliveryId))
    .orderBy(asc(attempts.at), asc(attempts.fence))
}

export async function findAttempt(read: Reader, id: string): Promise<Attempt | undefined> {
  const statement = prepared(read, 'attempt', () =>
    read
      .select()
      .from(attempts)
      .where(eq(attempts.id, sql.placeholder('id')))
      .prepare(),
  )
  return statement.get({ id })
}

/** What an answer to an attempt is written down with. */
export interface Answered {
  attempt: Pick<Attempt, 'id' | 'deliveryId' | 'outcome'>
  delivery: Delivery
  /** As much of the account as its charges need. */
  account: Pick<typeof accounts.$inferSelect, 'id' | 'timeZone' | 'prices'>
  /** X said some time that there is no credit. */
  creditPaused: boolean
  /** The post that the answer names was noted as the second one of another delivery. */
  namesAnothers: boolean
}

/** `networkId` is what the answer names, or empty. */
export async function findAnswered(
  tx: Writer,
  { attemptId, networkId }: { attemptId: string; networkId: string },
): Promise<Answered | undefined> {
  const statement = prepared(tx, 'answered', () => {
    const pause = tx
      .select({ one: sql`1` })
      .from(networkPauses)
      .where(
        and(
          eq(networkPauses.accountId, deliveries.accountId),
          eq(networkPauses.call, CREDIT_PAUSE.call),
          eq(networkPauses.reason, CREDIT_PAUSE.reason),
        ),
      )
    const anothers = tx
      .select({ one: sql`1` })
      .from(secondPosts)
      .where(
        and(
          eq(secondPosts.accountId, deliveries.accountId),
          eq(secondPosts.networkId, sql.placeholder('networkId')),
          ne(secondPosts.deliveryId, deliveries.id),
        ),
      )
    return tx
      .select({
        attempt: { id: attempts.id, deliveryId: attempts.deliveryId, outcome: attempts.outcome },
        delivery: deliveries,
        account: { id: accounts.id, timeZone: accounts.timeZone, prices: accounts.prices },
        creditPaused: sql`${exists(pause)}`.mapWith(Boolean),
        namesAnothers: sql`${exists(anothers)}`.mapWith(Boolean),
      })
      .from(attempts)
      .innerJoin(deliveries, eq(deliveries.id, attempts.deliveryId))
      .innerJoin(accounts, eq(accounts.id, deliveries.accountId))
      .where(eq(attempts.id, sql.placeholder('id')))
      .prepare()
  })
  return statement.get({ id: attemptId, networkId })
}

export async function changeAttempt(
  tx: Writer,
  id: string,
  change: Partial<typeof attempts.$inferInsert>,
): Promise<void> {
  await tx.update(attempts).set(change).where(eq(attempts.id, id))
}

/** The attempt's post stands on the network, whatever was thought of it until now. */
export async function markAttemptPosted(
  tx: Writer,
  id: string,
  { networkId, machineNow }: { networkId: string; machineNow: Date },
): Promise<void> {
  const statement = prepared(tx, 'attempt posted', () =>
    tx
      .update(attempts)
      .set({
        outcome: 'posted',
        networkId: sql`${sql.placeholder('networkId')}`,
        answeredAt: sql`coalesce(${attempts.answeredAt}, ${sql.placeholder('answeredAt')})`,
        nextLookAt: null,
        watchAt: null,
      })
      .where(eq(attempts.id, sql.placeholder('id')))
      .prepare(),
  )
  statement.run({ id, networkId, answeredAt: machineNow.getTime() })
}

/** Attempts without an answer. */
export async function openAttempts(read: Reader): Promise<Attempt[]> {
  const statement = prepared(read, 'open attempts', () =>
    read.select().from(attempts).where(isNull(attempts.outcome)).orderBy(asc(attempts.deadlineAt)).prepare(),
  )
  return statement.all()
}

/** Those without an answer that would be waited for beyond then are waited for until then. Machine time. */
export async function bringDeadlinesTo(tx: Writer, machineNow: Date): Promise<void> {
  await tx
    .update(attempts)
    .set({ deadlineAt: machineNow })
    .where(and(isNull(attempts.outcome), gt(attempts.deadlineAt, machineNow)))
}

/** The attempts whose outcome the account's timeline may still tell, and the deliveries in question. */
export async function attemptsToLookFor(read: Reader): Promise<{ attempt: Attempt; delivery: Delivery }[]> {
  const statement = prepared(read, 'attempts to look for', () =>
    read
      .select({ attempt: attempts, delivery: deliveries })
      .from(attempts)
      .innerJoin(deliveries, eq(deliveries.id, attempts.deliveryId))
      .where(and(isNotNull(attempts.nextLookAt), eq(deliveries.state, 'unknown')))
      .orderBy(asc(attempts.nextLookAt))
      .prepare(),
  )
  return statement.all()
}

/** What may show on the timeline late, the one to be looked for next first. */
export async function attemptsToWatch(read: Reader): Promise<{ attempt: Attempt; delivery: Delivery }[]> {
  const statement = prepared(read, 'attempts to watch', () =>
    read
      .select({ attempt: attempts, delivery: deliveries })
      .from(attempts)
      .innerJoin(deliveries, eq(deliveries.id, attempts.deliveryId))
      .where(isNotNull(attempts.watchAt))
      .orderBy(asc(attempts.watchAt), asc(attempts.at))
      .prepare(),
  )
  return statement.all()
}

const alike = alias(deliveries, 'alike')

/** Of another delivery that says the same and has no post: it was given up, and may show on the timeline still. */
const isAlikeInDoubt = and(
  eq(alike.accountId, deliveries.accountId),
  eq(alike.likeness, deliveries.likeness),
  ne(alike.id, deliveries.id),
  // With the plus it is no term for an index: by the likeness there are a few, without a post there may be thousands.
  sql`+${alike.networkId} is null`,
  isNotNull(attempts.watchAt),
)

/** What was given up of the same words as these, and may stand all the same. */
export async function alikeInDoubt(
  read: Reader,
  { id }: Pick<Delivery, 'id'>,
): Promise<{ attempt: Attempt; delivery: Delivery }[]> {
  return read
    .select({ attempt: attempts, delivery: alike })
    .from(deliveries)
    .innerJoin(alike, and(eq(alike.accountId, deliveries.accountId), eq(alike.likeness, deliveries.likeness)))
    .innerJoin(attempts, eq(attempts.deliveryId, alike.id))
    .where(and(eq(deliveries.id, id), isAlikeInDoubt))
    .orderBy(asc(attempts.at))
}

/** Condition on a delivery: it was handed to the network before, or other words that are the same were, and may stand there. */
export function mayStandAlready(read: Reader) {
  const one = { one: sql`1` }
  return or(
    exists(
      read
        .select(one)
        .from(attempts)
        .where(and(eq(attempts.deliveryId, deliveries.id), isInDoubt)),
    ),
    exists(
      read
        .select(one)
        .from(alike)
        .innerJoin(attempts, eq(attempts.deliveryId, alike.id))
        .where(isAlikeInDoubt),
    ),
  )!
}

/** Brings the looks at the network nearer, by milliseconds. */
export async function shortenLooks(tx: Writer, milliseconds: number): Promise<void> {
  for (const [name, column] of [
    ['nextLookAt', attempts.nextLookAt],
    ['watchAt', attempts.watchAt],
  ] as const)
    await tx
      .update(attempts)
      .set({ [name]: sql`${column} - ${milliseconds}` })
      .where(isNotNull(column))
}

/** What may stand on the network, of these deliveries, and nobody knows it. */
export async function attemptsInDoubt(read: Reader, deliveryIds: string[]): Promise<Attempt[]> {
  return read
    .select()
    .from(attempts)
    .where(and(inArray(attempts.deliveryId, deliveryIds), isInDoubt))
}

export const isInDoubt = or(isNull(attempts.outcome), eq(attempts.outcome, 'unknown'))

/** How many attempts since then ended without anybody knowing what became of them. */
export async function countUnknownSince(read: Reader, accountId: string, since: Date): Promise<number> {
  const rows = await read
    .select({ count: sql<number>`count(*)` })
    .from(attempts)
    .innerJoin(deliveries, eq(deliveries.id, attempts.deliveryId))
    .where(and(eq(deliveries.accountId, accountId), eq(attempts.outcome, 'unknown'), gte(attempts.at, since)))
  return rows[0]!.count
}

/** The attempt of which nobody knows what became. */
export async function findUnknownAttempt(read: Reader, deliveryId: string): Promise<Attempt | undefined> {
  const rows = await read
    .select()
    .from(attempts)
    .where(and(eq(attempts.deliveryId, deliveryId), eq(attempts.outcome, 'unknown')))
    .orderBy(desc(attempts.deadlineAt))
    .limit(1)
  return rows[0]
}

/** What had been handed to the network at that moment (product time) and may have come to stand there after it. */
export async function underWayAt(read: Reader, accountId: string, at: Date): Promise<Delivery[]> {
  const begun = read
    .select({ id: attempts.deliveryId })
    .from(attempts)
    .where(
      and(
        lte(attempts.at, at),
        or(isNull(attempts.outcome), inArray(attempts.outcome, ['posted', 'unknown'])),
      ),
    )
  return read
    .select()
    .from(deliveries)
    .where(
      and(
        eq(deliveries.accountId, accountId),
        inArray(deliveries.id, begun),
        or(inArray(deliveries.state, ['sending', 'unknown']), gte(deliveries.postedAt, at)),
      ),
    )
    .orderBy(asc(deliveries.dueAt), asc(deliveries.draftId), asc(deliveries.position))
}
