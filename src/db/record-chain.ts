import { createHash } from 'node:crypto'

/**
 * How the record holds together: each entry has a hash over the hash of the entry before it and its own content, so that a
 * changed, missing or inserted one shows from there on. What people said stands in `details`; the hash is made over a digest
 * of it with a salt of its own. So details can be erased when the law asks for it: the digest stays in their place, the chain
 * holds, and without the salt nobody can find out by guessing what they were.
 *
 * A migration calls these functions: what they give for what stands must never change.
 */
export interface ChainedEntry {
  accountId: string | null
  kind: string
  personId: string | null
  weekId: string | null
  draftId: string | null
  deliveryId: string | null
  /** Milliseconds since 1970, UTC. */
  at: number
  /** Of the details. */
  digest: string
}

/** Before the first entry. */
export const BEGINNING = ''

/** SHA-256, as hexadecimal digits. `details` is the JSON as it is stored. */
export function digestOf(salt: string, details: string): string {
  return sha256(`${salt} ${details}`)
}

/** SHA-256, as hexadecimal digits. */
export function hashOf(previous: string, entry: ChainedEntry): string {
  const { accountId, kind, personId, weekId, draftId, deliveryId, at, digest } = entry
  return sha256(
    JSON.stringify([previous, accountId, kind, personId, weekId, draftId, deliveryId, at, digest]),
  )
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
