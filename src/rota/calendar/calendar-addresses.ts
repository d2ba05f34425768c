import { SealBroken, type Vault } from '../../accounts/vault.ts'
import type { Reader, Writer } from '../../db/database.ts'
import { findAddressOf, findOwner, keepAddress } from './calendar-store.ts'
import { hashToken, makeToken } from '../../people/tokens.ts'

export { dropAddress } from './calendar-store.ts'

/** Seals are by account elsewhere; this says of whom, and cannot be taken for one of an account. */
const sealedFor = (personId: string) => `calendar of ${personId}`

/** Step: a new secret for the address of somebody's own calendar. The address before holds no more. */
export async function makeCalendarAddress(
  tx: Writer,
  { personId, vault, now }: { personId: string; vault: Vault; now: Date },
): Promise<void> {
  const { token, hash } = makeToken()
  const sealed = vault.seal(token, sealedFor(personId))
  await keepAddress(tx, { personId, tokenHash: hash, token: sealed, madeAt: now })
}

/**
 * The secret of somebody's own address, for their eyes; null where there is none. `token` is null where it can't be read any
 * more, because the installation has another key now: it holds all the same, and only a new one can be shown.
 */
export async function calendarAddressOf(
  read: Reader,
  { personId, vault }: { personId: string; vault: Vault },
): Promise<{ token: string | null; madeAt: Date } | null> {
  const found = await findAddressOf(read, personId)
  if (!found) return null
  try {
    return { token: vault.open(found.token, sealedFor(personId)), madeAt: found.madeAt }
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error
    return { token: null, madeAt: found.madeAt }
  }
}

/** Since when somebody's own calendar has its address; undefined where it has none. */
export async function calendarMadeAt(read: Reader, personId: string): Promise<Date | undefined> {
  return (await findAddressOf(read, personId))?.madeAt
}

/** Whose calendar an address shows; undefined for one that holds no more, or never was. */
export async function ownerOfCalendar(read: Reader, token: string): Promise<string | undefined> {
  return findOwner(read, hashToken(token))
}
