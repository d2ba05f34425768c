import { and, eq, gt, lte, sql, type Placeholder } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { leases } from '../db/schema/index.ts'

const PUBLISHER = 'publisher'

export async function findLease(read: Reader) {
  const statement = prepared(read, 'lease', () =>
    read.select().from(leases).where(eq(leases.name, PUBLISHER)).prepare(),
  )
  return statement.get()
}

export async function insertLease(
  tx: Writer,
  lease: { owner: string; fence: number; until: Date },
): Promise<void> {
  await tx.insert(leases).values({ name: PUBLISHER, ...lease })
}

/** False when somebody else has it by now. */
export async function extendLease(
  tx: Writer,
  lease: { owner: string; fence: number },
  until: Date,
): Promise<boolean> {
  const statement = prepared(tx, 'extend lease', () =>
    tx
      .update(leases)
      .set({ until: sql`${sql.placeholder('until')}` })
      .where(isLease({ owner: sql.placeholder('owner'), fence: sql.placeholder('fence') }))
      .returning({ name: leases.name })
      .prepare(),
  )
  const rows = statement.all({ owner: lease.owner, fence: lease.fence, until: until.getTime() })
  return rows.length === 1
}

/** Takes a lease that has run out; its new fence, or null. */
export async function overtakeLease(
  tx: Writer,
  {
    seen,
    owner,
    until,
    machineNow,
  }: { seen: { fence: number }; owner: string; until: Date; machineNow: Date },
): Promise<number | null> {
  const rows = await tx
    .update(leases)
    .set({ owner, until, fence: seen.fence + 1 })
    .where(and(eq(leases.name, PUBLISHER), eq(leases.fence, seen.fence), lte(leases.until, machineNow)))
    .returning({ fence: leases.fence })
  return rows[0]?.fence ?? null
}

/** Ends the lease now, whoever has it. */
export async function endLease(tx: Writer, machineNow: Date): Promise<void> {
  await tx
    .update(leases)
    .set({ until: machineNow })
    .where(and(eq(leases.name, PUBLISHER), gt(leases.until, machineNow)))
}

export function isLease({ owner, fence }: { owner: Placeholder; fence: Placeholder }) {
  return and(eq(leases.name, PUBLISHER), eq(leases.owner, owner), eq(leases.fence, fence))
}
