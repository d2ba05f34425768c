import { and, asc, eq, gte, inArray, isNotNull, lt } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { attempts, deliveries, drafts } from '../db/schema/index.ts'
import type { DeliveryState } from './delivery.ts'

export type Delivery = typeof deliveries.$inferSelect
export type Attempt = typeof attempts.$inferSelect

export async function insertDelivery(tx: Writer, delivery: typeof deliveries.$inferInsert): Promise<void> {
  await tx.insert(deliveries).values(delivery)
}

export async function findDelivery(read: Reader, id: string): Promise<Delivery | undefined> {
  return (await read.select().from(deliveries).where(eq(deliveries.id, id)))[0]
}

/** In the order of their drafts' parts; of each decision, the latest last. */
export async function deliveriesOfDrafts(read: Reader, draftIds: string[]): Promise<Delivery[]> {
  return read
    .select()
    .from(deliveries)
    .where(inArray(deliveries.draftId, draftIds))
    .orderBy(asc(deliveries.draftId), asc(deliveries.dueAt), asc(deliveries.position))
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

/** Changes a delivery that is still as it was read; null when somebody was faster. */
export async function changeDelivery(
  tx: Writer,
  seen: Delivery,
  change: Partial<typeof deliveries.$inferInsert>,
): Promise<Delivery | null> {
  const rows = await tx
    .update(deliveries)
    .set({ ...change, version: seen.version + 1 })
    .where(
      and(eq(deliveries.id, seen.id), eq(deliveries.state, seen.state), eq(deliveries.version, seen.version)),
    )
    .returning()
  return rows[0] ?? null
}

/** What reached the network since then, whether it still stands or was taken down; in the order in which it went out. */
export async function sentSince(read: Reader, accountId: string, since: Date): Promise<Delivery[]> {
  return read
    .select()
    .from(deliveries)
    .where(
      and(
        eq(deliveries.accountId, accountId),
        inArray(deliveries.state, ['posted', 'removing', 'removed']),
        isNotNull(deliveries.networkId),
        gte(deliveries.postedAt, since),
      ),
    )
    .orderBy(asc(deliveries.postedAt), asc(deliveries.draftId), asc(deliveries.position))
}
