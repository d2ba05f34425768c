import { record } from '../activity/record.ts'
import type { Writer } from '../db/database.ts'
import { Conflict } from '../errors.ts'
import type { Actor } from '../people/person.ts'
import { updateHost } from './hosts-store.ts'
import { touchWeek, type HostedWeek } from './weeks.ts'

/**
 * Step: marks the host of a week that a lead may change as trusted, or not any more. What becomes of their drafts is not this
 * room's.
 * @throws Conflict when nobody hosts the week, it is over, or somebody changed it meanwhile.
 */
export async function markTrusted(
  tx: Writer,
  { week, host }: HostedWeek,
  { version, trusted, actor, now }: { version: number; trusted: boolean; actor: Actor; now: Date },
): Promise<void> {
  if (!host || host.declinedAt) throw new Conflict('Nobody hosts this week, so there is nobody to trust.')
  if (host.trusted === trusted) return
  await touchWeek(tx, week, version, {}, ['booked', 'announced'])
  await updateHost(tx, host.id, { trusted })
  await record(tx, {
    accountId: week.accountId,
    kind: 'host.trusted',
    personId: actor.personId,
    weekId: week.id,
    details: { host: host.name, trusted },
    at: now,
  })
}
