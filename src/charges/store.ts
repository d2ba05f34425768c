import { and, asc, desc, eq, gte, lt, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { budgetNotices, charges, chargedReads } from '../db/schema/index.ts'
import type { ChargeKind } from './charge.ts'

const units = sql<number>`sum(${charges.units})`
const cost = sql<number>`sum(${charges.cost})`

/** Adds to the row of its account, day, kind and week. */
export async function addCharge(tx: Writer, charge: typeof charges.$inferInsert): Promise<void> {
  const statement = prepared(tx, 'add charge', () =>
    tx
      .insert(charges)
      .values({
        accountId: sql.placeholder('accountId'),
        day: sql.placeholder('day'),
        kind: sql.placeholder('kind'),
        weekId: sql.placeholder('weekId'),
        units: sql.placeholder('units'),
        cost: sql.placeholder('cost'),
      })
      .onConflictDoUpdate({
        target: [charges.accountId, charges.day, charges.kind, charges.weekId],
        set: {
          units: sql`${charges.units} + excluded.units`,
          cost: sql`${charges.cost} + excluded.cost`,
        },
      })
      .prepare(),
  )
  statement.run(charge)
}

/** SQLite takes 32,766 values in a statement. */
const ROWS_AT_ONCE = 1000

/** Returns how many of them the account had not read on this day. The days before it are forgotten. */
export async function addChargedReads(
  tx: Writer,
  { accountId, day, networkIds }: { accountId: string; day: string; networkIds: readonly string[] },
): Promise<number> {
  await tx.delete(chargedReads).where(and(eq(chargedReads.accountId, accountId), lt(chargedReads.day, day)))
  let added = 0
  for (let at = 0; at < networkIds.length; at += ROWS_AT_ONCE) {
    const some = networkIds.slice(at, at + ROWS_AT_ONCE)
    const rows = await tx
      .insert(chargedReads)
      .values(some.map((networkId) => ({ accountId, day, networkId })))
      .onConflictDoNothing()
      .returning({ networkId: chargedReads.networkId })
    added += rows.length
  }
  return added
}

/** From the day `from` on and before the day `until`, by kind. */
export async function chargesBetween(
  read: Reader,
  accountId: string,
  from: string,
  until: string,
): Promise<{ kind: ChargeKind; units: number; cost: number }[]> {
  return read
    .select({ kind: charges.kind, units, cost })
    .from(charges)
    .where(and(eq(charges.accountId, accountId), gte(charges.day, from), lt(charges.day, until)))
    .groupBy(charges.kind)
    .orderBy(asc(charges.kind))
}

/** What each month cost, the latest first. */
export async function chargesByMonth(
  read: Reader,
  accountId: string,
  most: number,
): Promise<{ month: string; cost: number }[]> {
  const month = sql<string>`substr(${charges.day}, 1, 7)`
  return read
    .select({ month, cost })
    .from(charges)
    .where(eq(charges.accountId, accountId))
    .groupBy(month)
    .orderBy(desc(month))
    .limit(most)
}

/** What these weeks cost, whenever that was, by their ids; a week that cost nothing is not in it. */
export async function chargesOfWeeks(
  read: Reader,
  accountId: string,
  weekIds: string[],
): Promise<Map<string, number>> {
  const rows = await read
    .select({ weekId: charges.weekId, cost })
    .from(charges)
    .where(
      and(
        eq(charges.accountId, accountId),
        sql`${charges.weekId} in (select value from json_each(${JSON.stringify(weekIds)}))`,
      ),
    )
    .groupBy(charges.weekId)
  return new Map(rows.map((row) => [row.weekId, row.cost]))
}

export async function findNotice(
  read: Reader,
  notice: Omit<typeof budgetNotices.$inferInsert, 'at'>,
): Promise<typeof budgetNotices.$inferSelect | undefined> {
  const rows = await read
    .select()
    .from(budgetNotices)
    .where(
      and(
        eq(budgetNotices.accountId, notice.accountId),
        eq(budgetNotices.month, notice.month),
        eq(budgetNotices.budget, notice.budget),
        eq(budgetNotices.kind, notice.kind),
      ),
    )
  return rows[0]
}

/** False when it stands there already. */
export async function insertNotice(tx: Writer, notice: typeof budgetNotices.$inferInsert): Promise<boolean> {
  const rows = await tx
    .insert(budgetNotices)
    .values(notice)
    .onConflictDoNothing()
    .returning({ accountId: budgetNotices.accountId })
  return rows.length > 0
}
