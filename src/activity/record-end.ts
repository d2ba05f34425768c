import type { Reader } from '../db/database.ts'
import { findStored, newestStored, tellsOfMissing } from './chain-store.ts'

/** Up to which entry a record went. Its hash stands for all that came before it. */
export interface RecordEnd {
  id: number
  hash: string
}

/** Step: the newest entry; null before the first one. */
export async function endOfRecord(read: Reader): Promise<(RecordEnd & { at: Date }) | null> {
  return (await newestStored(read)) ?? null
}

/** Step: whether the record goes on from there. One that does not is older, or went another way since. */
export async function goesOnFrom(read: Reader, { id, hash }: RecordEnd): Promise<boolean> {
  return (await findStored(read, id))?.hash === hash
}

/** Step: whether it tells already that this end is missing. */
export async function knowsAsMissing(read: Reader, { hash }: RecordEnd): Promise<boolean> {
  return tellsOfMissing(read, hash)
}
