import { and, asc, eq, gt, gte, inArray, isNotNull, isNull, lt, ne, or, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { deliveries, drafts, people, secondPosts, weekHosts, weeks } from '../db/schema/index.ts'
import { DELIVERY_TRANSITIONS, type DeliveryState, type HeldReason } from './delivery.ts'

export type Delivery = typeof deliveries.$inferSelect

type DeliveryChange = Partial<typeof deliveries.$inferInsert>

export async function insertDelivery(tx: Writer, delivery: typeof deliveries.$inferInsert): Promise<void> {
  await tx.insert(deliveries).values(delivery)
}

export async function findDelivery(read: Reader, id: string): Promise<Delivery | undefined> {
  const statement = prepared(read, 'delivery', () =>
    read
      .select()
      .from(deliveries)
      .where(eq(deliveries.id, sql.placeholder('id')))
      .prepare(),
  )
  return statement.get({ id })
}

/** The parts that one decision approved, in order. */
export async function partsOf(read: Reader, decisionId: string): Promise<Delivery[]> {
  const statement = prepared(read, 'parts', () =>
    read
      .select()
      .from(deliveries)
      .where(eq(deliveries.decisionId, sql.placeholder('decisionId')))
      .orderBy(asc(deliveries.position))
      .prepare(),
  )
  return statement.all({ decisionId })
}

/** In the order of their drafts' parts; of each decision, the latest last. */
export async function deliveriesOfDrafts(read: Reader, draftIds: string[]): Promise<Delivery[]> {
  return read
    .select()
    .from(deliveries)
    .where(inArray(deliveries.draftId, draftIds))
    .orderBy(asc(deliveries.draftId), asc(deliveries.queuedAt), asc(deliveries.position))
}

/** Due from `from` on and before `to`, in order, whatever became of them. */
export async function deliveriesBetween(
  read: Reader,
  accountId: string,
  from: Date,
  to: Date,
): Promise<Delivery[]> {
  return read
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.accountId, accountId), gte(deliveries.dueAt, from), lt(deliveries.dueAt, to)))
    .orderBy(asc(deliveries.dueAt), asc(deliveries.draftId), asc(deliveries.position))
}

export async function deliveriesInStates(
  read: Reader,
  accountId: string,
  states: readonly DeliveryState[],
): Promise<Delivery[]> {
  return read
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.accountId, accountId), inArray(deliveries.state, [...states])))
    .orderBy(asc(deliveries.dueAt), asc(deliveries.draftId), asc(deliveries.position))
}

/** The deliveries in these states of what the hosts of a week wrote. */
export async function deliveriesOfHostedWeek(
  read: Reader,
  weekId: string,
  states: readonly DeliveryState[],
): Promise<Delivery[]> {
  const hostDrafts = read
    .select({ id: drafts.id })
    .from(drafts)
    .where(and(eq(drafts.weekId, weekId), isNotNull(drafts.weekHostId)))
  return read
    .select()
    .from(deliveries)
    .where(and(inArray(deliveries.draftId, hostDrafts), inArray(deliveries.state, [...states])))
}

/** Whose a delivery is, where a host wrote it, and when their week is open. */
export async function hostingOfDelivery(
  read: Reader,
  deliveryId: string,
): Promise<{ id: string; endedAt: Date | null; opensAt: Date; closesAt: Date } | undefined> {
  const rows = await read
    .select({
      id: weekHosts.id,
      endedAt: weekHosts.endedAt,
      opensAt: weeks.opensAt,
      closesAt: weeks.closesAt,
    })
    .from(deliveries)
    .innerJoin(drafts, eq(drafts.id, deliveries.draftId))
    .innerJoin(weekHosts, eq(weekHosts.id, drafts.weekHostId))
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(eq(deliveries.id, deliveryId))
  return rows[0]
}

/** Who wrote a delivery as the host of a week that is still theirs. */
export async function hostOfDelivery(
  read: Reader,
  deliveryId: string,
): Promise<{ weekHostId: string; personId: string; name: string; email: string } | undefined> {
  const statement = prepared(read, 'host of delivery', () =>
    read
      .select({ weekHostId: weekHosts.id, personId: people.id, name: people.name, email: people.email })
      .from(deliveries)
      .innerJoin(drafts, eq(drafts.id, deliveries.draftId))
      .innerJoin(weekHosts, eq(weekHosts.id, drafts.weekHostId))
      .innerJoin(people, eq(people.id, weekHosts.personId))
      .where(and(eq(deliveries.id, sql.placeholder('deliveryId')), isNull(weekHosts.endedAt)))
      .prepare(),
  )
  return statement.get({ deliveryId })
}

/** How many of the parts that a host wrote reached the network, taken down or not. */
export async function countPostedOfHost(read: Reader, weekHostId: string): Promise<number> {
  const theirs = read.select({ id: drafts.id }).from(drafts).where(eq(drafts.weekHostId, weekHostId))
  return read.$count(deliveries, and(inArray(deliveries.draftId, theirs), isNotNull(deliveries.networkId)))
}

/** Changes a delivery that is still as it was read; null when somebody was faster. @throws RangeError for a state that it can't get to. */
export async function changeDelivery(
  tx: Writer,
  seen: Delivery,
  change: DeliveryChange,
): Promise<Delivery | null> {
  const { state = seen.state } = change
  if (state !== seen.state && !DELIVERY_TRANSITIONS[seen.state].includes(state))
    throw new RangeError(`A delivery that is ${seen.state} can’t become ${state}.`)
  const rows = await tx
    .update(deliveries)
    .set({ ...change, version: seen.version + 1 })
    .where(
      and(eq(deliveries.id, seen.id), eq(deliveries.state, seen.state), eq(deliveries.version, seen.version)),
    )
    .returning()
  return rows[0] ?? null
}

/** What reached the network since then, and all that was taken down, whenever it went out; in the order in which it did. */
export async function sentSince(read: Reader, accountId: string, since: Date): Promise<Delivery[]> {
  return read
    .select()
    .from(deliveries)
    .where(
      and(
        eq(deliveries.accountId, accountId),
        inArray(deliveries.state, ['posted', 'removing', 'removed']),
        isNotNull(deliveries.networkId),
        or(gte(deliveries.postedAt, since), ne(deliveries.state, 'posted')),
      ),
    )
    .orderBy(asc(deliveries.postedAt), asc(deliveries.draftId), asc(deliveries.position))
}

/**
 * Writes down what stands on the network, whatever was thought of the delivery until now; null when that is known. `seen`
 * was read in this transaction.
 */
export async function markPosted(
  tx: Writer,
  seen: Delivery,
  { networkId, postedAt }: { networkId: string; postedAt: Date },
): Promise<Delivery | null> {
  const change = { state: 'posted', heldReason: null, trouble: null, notBefore: null } as const
  const statement = prepared(tx, 'delivery posted', () =>
    tx
      .update(deliveries)
      .set({
        ...change,
        networkId: sql`${sql.placeholder('networkId')}`,
        postedAt: sql`${sql.placeholder('postedAt')}`,
        version: sql`${deliveries.version} + 1`,
      })
      .where(and(eq(deliveries.id, sql.placeholder('id')), isNull(deliveries.networkId)))
      .returning({ version: deliveries.version })
      .prepare(),
  )
  const rows = statement.all({ id: seen.id, networkId, postedAt: postedAt.getTime() })
  return rows[0] ? { ...seen, ...change, networkId, postedAt, ...rows[0] } : null
}

/** The parts after one that went out may go now; the next of them not before `notBefore` (machine time). */
export async function letPartsFollow(tx: Writer, posted: Delivery, notBefore: Date): Promise<void> {
  const after = and(eq(deliveries.decisionId, posted.decisionId), gt(deliveries.position, posted.position))
  const raised = { version: sql`${deliveries.version} + 1` }
  await tx
    .update(deliveries)
    .set({ state: 'waiting', heldReason: null, ...raised })
    .where(and(after, eq(deliveries.state, 'held'), eq(deliveries.heldReason, 'thread-broken')))
  await tx
    .update(deliveries)
    .set({ notBefore, ...raised })
    .where(and(after, eq(deliveries.position, posted.position + 1), eq(deliveries.state, 'waiting')))
}

/** The parts after one that broke off. */
export async function holdPartsAfter(tx: Writer, broken: Delivery): Promise<void> {
  await tx
    .update(deliveries)
    .set({ state: 'held', heldReason: 'thread-broken', version: sql`${deliveries.version} + 1` })
    .where(
      and(
        eq(deliveries.decisionId, broken.decisionId),
        gt(deliveries.position, broken.position),
        eq(deliveries.state, 'waiting'),
      ),
    )
}

/** Of these ids, the ones that stand for a delivery of the account already. */
export async function adoptedAmong(
  read: Reader,
  accountId: string,
  networkIds: string[],
): Promise<Set<string>> {
  const rows = await read
    .select({ networkId: deliveries.networkId })
    .from(deliveries)
    .where(and(eq(deliveries.accountId, accountId), inArray(deliveries.networkId, networkIds)))
  const seconds = await read
    .select({ networkId: secondPosts.networkId })
    .from(secondPosts)
    .where(and(eq(secondPosts.accountId, accountId), inArray(secondPosts.networkId, networkIds)))
  return new Set([...rows, ...seconds].map(({ networkId }) => networkId!))
}

/** The delivery that a post of an account stands for. */
export async function findByNetworkId(
  read: Reader,
  accountId: string,
  networkId: string,
): Promise<Delivery | undefined> {
  const rows = await read
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.accountId, accountId), eq(deliveries.networkId, networkId)))
  return rows[0]
}

/** Of these posts of an account, the ones that somebody took down here, whether the network has done it or not. */
export async function takenDownAmong(
  read: Reader,
  accountId: string,
  networkIds: string[],
): Promise<Set<string>> {
  const rows = await read
    .select({ networkId: deliveries.networkId })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.accountId, accountId),
        inArray(deliveries.networkId, networkIds),
        inArray(deliveries.state, ['removing', 'removed']),
      ),
    )
  return new Set(rows.map(({ networkId }) => networkId!))
}

/**
 * Brings nearer, by milliseconds, when what was put off is tried again. For whoever decides about it nothing changed, so
 * neither does its version.
 */
export async function shortenPutOff(tx: Writer, milliseconds: number): Promise<void> {
  await tx
    .update(deliveries)
    .set({ notBefore: sql`${deliveries.notBefore} - ${milliseconds}` })
    .where(isNotNull(deliveries.notBefore))
}

/**
 * Whether somebody let it go by itself: then it waits neither for its week to open nor for live hours to be over. What the brake
 * held and gave back at the time that was approved does, like all others.
 */
export function isForItself({
  letGoId,
  keepsApproval,
}: Pick<Delivery, 'letGoId' | 'keepsApproval'>): boolean {
  return letGoId !== null && !keepsApproval
}

/** Held, and for this reason. */
export function isHeldFor(reason: HeldReason) {
  return and(eq(deliveries.state, 'held'), eq(deliveries.heldReason, reason))
}
