import { and, asc, eq, inArray, isNull } from 'drizzle-orm'
import type { Reader, Writer } from '../../db/database.ts'
import { swaps, swapSides } from '../../db/schema/index.ts'
import type { SwapState } from '../week.ts'

export type Swap = typeof swaps.$inferSelect
export type SwapSide = typeof swapSides.$inferSelect

export interface WholeSwap {
  swap: Swap
  /** In the order of their days. */
  sides: [SwapSide, SwapSide]
}

/** False when this form was sent before. */
export async function insertSwap(
  tx: Writer,
  swap: typeof swaps.$inferInsert,
  sides: Omit<typeof swapSides.$inferInsert, 'swapId'>[],
): Promise<boolean> {
  const rows = await tx.insert(swaps).values(swap).onConflictDoNothing().returning({ id: swaps.id })
  if (rows.length === 0) return false
  await tx.insert(swapSides).values(sides.map((side) => ({ ...side, swapId: swap.id })))
  return true
}

export async function findSwap(read: Reader, id: string): Promise<WholeSwap | undefined> {
  const [swap] = await read.select().from(swaps).where(eq(swaps.id, id))
  if (!swap) return undefined
  const [one, other] = await read
    .select()
    .from(swapSides)
    .where(eq(swapSides.swapId, id))
    .orderBy(asc(swapSides.slot))
  return { swap, sides: [one!, other!] }
}

/** The swaps that were asked of the hosts of these weeks, and are not settled. */
export async function askedSwapsOf(read: Reader, weekIds: string[]): Promise<WholeSwap[]> {
  const rows = await read
    .selectDistinct({ id: swaps.id })
    .from(swaps)
    .innerJoin(swapSides, eq(swapSides.swapId, swaps.id))
    .where(and(inArray(swapSides.weekId, weekIds), eq(swaps.state, 'asked')))
  const found = await Promise.all(rows.map(({ id }) => findSwap(read, id)))
  return found.flatMap((one) => one ?? [])
}

/** Says yes once; false when it was said before. */
export async function markAgreed(
  tx: Writer,
  { swapId, weekHostId }: Pick<SwapSide, 'swapId' | 'weekHostId'>,
  agreedAt: Date,
): Promise<boolean> {
  const rows = await tx
    .update(swapSides)
    .set({ agreedAt })
    .where(
      and(eq(swapSides.swapId, swapId), eq(swapSides.weekHostId, weekHostId), isNull(swapSides.agreedAt)),
    )
    .returning({ id: swapSides.swapId })
  return rows.length === 1
}

/** False when somebody settled it before. */
export async function settleSwap(
  tx: Writer,
  { id, version }: Swap,
  state: Exclude<SwapState, 'asked'>,
  settledAt: Date,
): Promise<boolean> {
  const rows = await tx
    .update(swaps)
    .set({ state, settledAt, version: version + 1 })
    .where(and(eq(swaps.id, id), eq(swaps.version, version), eq(swaps.state, 'asked')))
    .returning({ id: swaps.id })
  return rows.length === 1
}
