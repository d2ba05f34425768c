import type { Database, Reader, Writer } from '../db/database.ts'
import { endLease, extendLease, findLease, insertLease, overtakeLease } from './lease-store.ts'

/** Who may publish. The fence rises with every new owner, so that whoever was overtaken can't claim any more. */
export interface Lease {
  owner: string
  fence: number
  /** Machine time, as this process last wrote it down. */
  until: Date
}

/** The publisher was overtaken: whoever has the lease now goes on. */
export class LeaseLost extends Error {}

/** Takes or keeps the publisher's lease; else tells when the other one's ends (machine time). */
export async function takeLease(
  db: Database,
  { owner, until, machineNow }: { owner: string; until: Date; machineNow: Date },
): Promise<{ lease: Lease } | { heldUntil: Date }> {
  return db.write(async (tx) => {
    const seen = await findLease(tx)
    if (!seen) {
      const first = { owner, fence: 1, until }
      await insertLease(tx, first)
      return { lease: first }
    }
    const mine = { owner, fence: seen.fence, until }
    if (seen.owner === owner && (await extendLease(tx, mine, until))) return { lease: mine }
    const fence = await overtakeLease(tx, { seen, owner, until, machineNow })
    return fence === null ? { heldUntil: seen.until } : { lease: { owner, fence, until } }
  })
}

/** Step: @throws LeaseLost */
export async function keepLease(tx: Writer, lease: Lease, until: Date): Promise<void> {
  if (!(await extendLease(tx, lease, until))) throw new LeaseLost()
  lease.until = until
}

/** Step: when the publisher’s lease ends, whoever has it (machine time); null as long as nobody ever had it. */
export async function leaseEnd(read: Reader): Promise<Date | null> {
  return (await findLease(read))?.until ?? null
}

/** Lets others in at once, when this one stops. */
export async function releaseLease(db: Database, lease: Lease, machineNow: Date): Promise<void> {
  await db.write((tx) => extendLease(tx, lease, machineNow))
}

/**
 * Frees the lease of a process that did not live to give it back: where its clock was ahead, nothing would go out until ours
 * has come there. Only for who has the data folder for itself.
 */
export async function endLeftLease(db: Database, machineNow: Date): Promise<void> {
  await db.write((tx) => endLease(tx, machineNow))
}
