import { record } from '../../activity/record.ts'
import type { Database } from '../../db/database.ts'
import { Conflict } from '../../errors.ts'
import type { Actor } from '../../people/person.ts'
import { updateHost } from '../hosts-store.ts'
import { findWeekToChange, touchWeek } from '../weeks.ts'

/**
 * A lead's word that a week opens although something is missing, also when its time has come already.
 * @throws NotAllowed for everybody but leads, Conflict when it opens by itself, when nobody hosts it, or somebody was faster.
 */
export async function letOpen(
  db: Database,
  {
    weekId,
    version,
    reason,
    actor,
    now,
  }: {
    weekId: string
    version: number
    /** For the record; may be empty. */
    reason: string
    actor: Actor
    now: Date
  },
): Promise<void> {
  await db.write(async (tx) => {
    const { week, host } = await findWeekToChange(tx, { weekId, actor, now })
    if (!host || host.declinedAt) throw new Conflict('Nobody hosts this week, so nobody can begin.')
    if (host.opening !== 'waits') throw new Conflict('This week opens by itself. Nothing was changed.')
    await touchWeek(tx, week, version, {})
    await updateHost(tx, host.id, { opening: 'word', openedBy: actor.personId, openedAt: now })
    await record(tx, {
      accountId: week.accountId,
      kind: 'week.let-open',
      personId: actor.personId,
      weekId,
      details: { host: host.name, reason },
      at: now,
    })
  })
}
