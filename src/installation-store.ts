import type { Reader, Writer } from './db/database.ts'
import { installation } from './db/schema/index.ts'
import type { Mode } from './installation.ts'

/** What this data folder was made as, and when; undefined before it is stamped. */
export async function findStamp(read: Reader): Promise<{ mode: Mode; madeAt: Date } | undefined> {
  return (await read.select().from(installation))[0]
}

/** There is one, for good: a second one fails. */
export async function insertStamp(tx: Writer, stamp: { mode: Mode; madeAt: Date }): Promise<void> {
  await tx.insert(installation).values({ id: 1, ...stamp })
}
