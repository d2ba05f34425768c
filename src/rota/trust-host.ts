import { record } from '../activity/record.ts'
import type { Database } from '../db/database.ts'
import { Conflict } from '../errors.ts'
import type { Actor } from '../people/person.ts'
import { updateHost } from './store.ts'
import { findWeekToChange, touchWeek } from './weeks.ts'

/**
 * Marks the host of one week as trusted, or not any more. Where the account's policy says so, what they submit from then on
 * goes out unless somebody stops it; what is under way stays as it was decided.
 * @throws NotAllowed for all but leads, Conflict when nobody hosts the week, it is over, or somebody changed it meanwhile.
 */
export async function trustHost(
  db: Database,
  {
    weekId,
    version,
    trusted,
    actor,
    now,
  }: { weekId: string; version: number; trusted: boolean; actor: Actor; now: Date },
): Promise<void> {
  await db.write(async (tx) => {
    const { week, host } = await findWeekToChange(tx, { weekId, actor, now })
    if (!host || host.declinedAt) throw new Conflict('Nobody hosts this week, so there is nobody to trust.')
    if (host.trusted === trusted) return
    await touchWeek(tx, week, version, {}, ['booked', 'announced'])
    await updateHost(tx, host.id, { trusted })
    await record(tx, {
      accountId: week.accountId,
      kind: 'host.trusted',
      personId: actor.personId,
      weekId,
      details: { host: host.name, trusted },
      at: now,
    })
  })
}
