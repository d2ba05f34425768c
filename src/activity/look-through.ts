import type { Reader } from '../db/database.ts'
import { BEGINNING, digestOf, hashOf } from '../db/record-chain.ts'
import {
  NO_DETAILS,
  newestGiven,
  soundChecks,
  storedEntries,
  type RecordCheck,
  type StoredEntry,
} from './chain-store.ts'

/** Entries that are read at once; between two readings others have their turn. */
const AT_ONCE = 2_000
/** So many findings are named; from then on they are counted. */
const NAMED = 20

/**
 * Step: looks through the whole record, entry by entry: whether each follows from the one before, whether what earlier checks
 * saw is still there, and whether each erasure is itself on the record. Whoever can write to the database and knows how could
 * chain it anew from some entry on; what an earlier check, a file of the record or a backup says of its newest entry shows
 * that too.
 */
export async function lookThrough(read: Reader): Promise<Omit<RecordCheck, 'id' | 'at'>> {
  const seen = new Map((await soundChecks(read)).map(({ lastId, lastHash }) => [lastId, lastHash]))
  const given = await newestGiven(read)
  const troubles: string[] = []
  const erased = new Set<number>()
  const confessed = new Set<number>()
  let [lastId, lastHash, entries] = [0, BEGINNING, 0]
  for (;;) {
    const found = await storedEntries(read, lastId, AT_ONCE)
    for (const entry of found) {
      const { id, hash } = entry
      const follows = hash === hashOf(lastHash, { ...entry, digest: digest(entry) }) && !speaksAgain(entry)
      if (id > lastId + 1) troubles.push(missing(lastId + 1, id - 1))
      else if (!follows) troubles.push(`Entry ${id} is not as it was written.`)
      if (seen.has(id) && seen.get(id) !== hash)
        troubles.push(`Entry ${id} is another one than an earlier check saw.`)
      seen.delete(id)
      if (entry.salt === null) erased.add(id)
      if (entry.kind === 'record.erased') for (const one of erasedBy(entry)) confessed.add(one)
      ;[lastId, lastHash, entries] = [id, hash, entries + 1]
    }
    if (found.length < AT_ONCE) break
    await new Promise((resolve) => setImmediate(resolve))
  }
  if (given > lastId) troubles.push(missing(lastId + 1, given))
  for (const id of seen.keys())
    if (id > Math.max(lastId, given)) troubles.push(`Entry ${id}, which an earlier check saw, is missing.`)
  for (const id of erased)
    if (!confessed.has(id)) troubles.push(`What entry ${id} said was taken away, and nothing says by whom.`)
  return { entries, erased: erased.size, lastId, lastHash, troubles: few(troubles) }
}

function digest({ salt, details, erasedDigest }: StoredEntry): string {
  return salt === null ? (erasedDigest ?? '') : digestOf(salt, details)
}

/** What was erased has no words: the digest in their place says nothing of any that stand there again. */
function speaksAgain({ salt, details }: StoredEntry): boolean {
  return salt === null && details !== NO_DETAILS
}

function missing(from: number, to: number): string {
  return from === to ? `Entry ${from} is missing.` : `Entries ${from} to ${to} are missing.`
}

function erasedBy({ details }: StoredEntry): number[] {
  const { entries } = JSON.parse(details) as { entries?: string }
  return (entries ?? '').split(' ').map(Number)
}

function few(troubles: string[]): string[] {
  const more = troubles.length - NAMED
  return more > 0 ? [...troubles.slice(0, NAMED), `And ${more} more.`] : troubles
}
