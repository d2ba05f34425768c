import { and, asc, desc, eq, gte, isNotNull } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { deliveries, removals } from '../db/schema/index.ts'
import type { Delivery } from './store.ts'

export type KeptRemoval = typeof removals.$inferSelect

export async function insertRemoval(tx: Writer, removal: typeof removals.$inferInsert): Promise<void> {
  await tx.insert(removals).values(removal)
}

export async function findRemoval(read: Reader, deliveryId: string): Promise<KeptRemoval | undefined> {
  return (await read.select().from(removals).where(eq(removals.deliveryId, deliveryId)))[0]
}

/** What was taken down of a draft, in the order in which it was. */
export async function removalsOfDraft(read: Reader, draftId: string): Promise<KeptRemoval[]> {
  const rows = await read
    .select({ removal: removals })
    .from(removals)
    .innerJoin(deliveries, eq(deliveries.id, removals.deliveryId))
    .where(eq(deliveries.draftId, draftId))
    .orderBy(asc(removals.at), asc(deliveries.position))
  return rows.map(({ removal }) => removal)
}

/** What was taken down of an account since then (product time), the latest first, with its parts in order. */
export async function removalsSince(
  read: Reader,
  accountId: string,
  since: Date,
): Promise<{ removal: KeptRemoval; delivery: Delivery }[]> {
  return read
    .select({ removal: removals, delivery: deliveries })
    .from(removals)
    .innerJoin(deliveries, eq(deliveries.id, removals.deliveryId))
    .where(and(eq(deliveries.accountId, accountId), gte(removals.at, since)))
    .orderBy(desc(removals.at), asc(deliveries.decisionId), asc(deliveries.position))
}

export async function changeRemoval(
  tx: Writer,
  deliveryId: string,
  change: Pick<typeof removals.$inferInsert, 'tries' | 'stuckAt'>,
): Promise<void> {
  await tx.update(removals).set(change).where(eq(removals.deliveryId, deliveryId))
}

/** Whether a part of what one decision approved could not be taken down before. */
export async function isAnyStuck(read: Reader, decisionId: string): Promise<boolean> {
  const rows = await read
    .select({ id: deliveries.id })
    .from(removals)
    .innerJoin(deliveries, eq(deliveries.id, removals.deliveryId))
    .where(and(eq(deliveries.decisionId, decisionId), isNotNull(removals.stuckAt)))
    .limit(1)
  return rows.length > 0
}

/** What was taken down and still stands on the network, in the order in which it goes: of a thread the last part first. */
export async function standingRemovals(read: Reader): Promise<Delivery[]> {
  const statement = prepared(read, 'standing removals', () =>
    read
      .select({ delivery: deliveries })
      .from(removals)
      .innerJoin(deliveries, eq(deliveries.id, removals.deliveryId))
      .where(eq(deliveries.state, 'removing'))
      .orderBy(asc(removals.at), asc(deliveries.decisionId), desc(deliveries.position))
      .prepare(),
  )
  const rows = statement.all()
  return rows.map(({ delivery }) => delivery)
}

/** What can't be taken down by itself, of each thread the first part. */
export async function stuckRemovals(read: Reader, accountId: string): Promise<Delivery[]> {
  const rows = await read
    .select({ delivery: deliveries })
    .from(removals)
    .innerJoin(deliveries, eq(deliveries.id, removals.deliveryId))
    .where(
      and(eq(deliveries.accountId, accountId), eq(deliveries.state, 'removing'), isNotNull(removals.stuckAt)),
    )
    .orderBy(asc(removals.at), asc(deliveries.decisionId), asc(deliveries.position))
  const found = rows.map(({ delivery }) => delivery)
  return found.filter(({ decisionId }, at) => found.findIndex((one) => one.decisionId === decisionId) === at)
}
