import { listEntries } from '../activity/activities.ts'
import type { Reader } from '../db/database.ts'
import { findPerson } from '../people/people.ts'
import { findCancelledHost } from './hosts-store.ts'
import { findWeekOfSlot, type Week, type WeekHost } from './store.ts'

/** How a week was cancelled, for the desk. */
export interface Cancellation {
  /** Who had it until then; null for a hiatus. */
  host: WeekHost | null
  at: Date
  /** Who cancelled it; null where nobody is known by name any more. */
  by: string | null
  /** In their words; may be empty. */
  reason: string
  /** Whether another week has its days since. */
  taken: boolean
}

/** Null for a week that stands. */
export async function cancellationOf(read: Reader, week: Week): Promise<Cancellation | null> {
  if (week.state !== 'cancelled') return null
  const about = { accountId: week.accountId, weekId: week.id, kinds: ['week.cancelled'] as const }
  const [entry] = await listEntries(read, about, { most: 1 })
  const host = await findCancelledHost(read, week.id)
  const by = entry?.personId ? await findPerson(read, entry.personId) : undefined
  const reason = entry?.details['reason']
  return {
    host: host ?? null,
    at: entry?.at ?? host?.endedAt ?? week.createdAt,
    by: by?.name ?? null,
    reason: typeof reason === 'string' ? reason : '',
    taken: (await findWeekOfSlot(read, week.accountId, week.slot)) !== undefined,
  }
}
