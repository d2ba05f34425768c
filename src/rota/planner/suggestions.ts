import type { Account } from '../../accounts/accounts.ts'
import { dayOf, monthName } from '../../calendar.ts'
import type { Reader } from '../../db/database.ts'
import {
  findPastHosting,
  KNOWN_FIELDS,
  longestAgo,
  missingSince,
  pastHosts,
  type KnownField,
} from './suggestions-store.ts'

/** Steps of this room for others. */
export { findPastHosting, pastHosts }

const SHOWN_HOSTS = 4
const SHOWN_WORDS = 5

const WORDS: Record<KnownField, string> = { job: 'Jobs', site: 'Sites', region: 'Regions' }

/**
 * Whom to ask for the next gap: who has not hosted for longest, and the jobs, sites and regions of hosts that nobody has had for a
 * year, nor has in a week ahead. Null where there is nothing to suggest. `gap` is the slot that the links book.
 */
export async function suggestionsFor(
  read: Reader,
  account: Account,
  { gap, now }: { gap: string | null; now: Date },
) {
  const today = dayOf(now, account.timeZone)
  const yearAgo = `${Number(today.slice(0, 4)) - 1}${today.slice(4)}`
  const hosts = await longestAgo(read, account.id, { before: yearAgo, most: SHOWN_HOSTS })
  const missing: { label: string; words: string }[] = []
  for (const field of KNOWN_FIELDS) {
    const found = await missingSince(read, account.id, { field, since: yearAgo, most: SHOWN_WORDS })
    if (found.length > 0) missing.push({ label: WORDS[field], words: found.join(', ') })
  }
  if (hosts.length === 0 && missing.length === 0) return null
  return {
    hosts: hosts.map(({ weekHostId, name, lastSlot }) => ({
      name,
      last: monthInWords(lastSlot),
      href: gap && `/rota/book?slot=${gap}&again=${weekHostId}`,
    })),
    missing,
  }
}

/** "March 2025" */
export function monthInWords(day: string): string {
  return `${monthName(day)} ${day.slice(0, 4)}`
}
