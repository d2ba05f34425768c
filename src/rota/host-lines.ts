import { findAccount } from '../accounts/accounts.ts'
import type { Reader } from '../db/database.ts'
import type { HostLine } from '../people/pages.ts'
import { initialsOf } from './host.ts'
import { weekInWords } from './pages.ts'
import { listHostings } from './hosts-store.ts'
import type { HostEnding } from './week.ts'

const ENDING_LABELS: Record<HostEnding, string> = { replaced: 'Replaced', cancelled: 'Cancelled' }

/** The hosts of an account with their weeks, in two queries: whose week is newest comes first. */
export async function listHosts(read: Reader, accountId: string, now: Date): Promise<HostLine[]> {
  const account = await findAccount(read, accountId)
  if (!account) return []
  const lines = new Map<string, HostLine>()
  for (const { week, host, email } of await listHostings(read, accountId)) {
    const words = weekInWords(week, host, { zone: account.timeZone, now })
    const line = lines.get(host.personId) ?? {
      personId: host.personId,
      name: host.name,
      initials: initialsOf(host.name) || '?',
      portraitHash: host.portraitHash,
      // Of somebody whose data was deleted no address is kept.
      email: email.includes('@') ? email : 'Address deleted',
      detail: [host.job, host.organisation].filter(Boolean).join(', '),
      weeks: [],
    }
    const tag = host.ending ? { state: 'cancelled', label: ENDING_LABELS[host.ending] } : words.tag
    line.weeks.push({ href: words.href, days: words.days, tag })
    lines.set(host.personId, line)
  }
  return [...lines.values()]
}
