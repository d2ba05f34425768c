import { record } from '../activity/record.ts'
import type { Database } from '../db/database.ts'
import { Conflict } from '../errors.ts'
import type { Actor } from '../people/person.ts'
import { findWeekToChange, touchWeek } from './weeks.ts'

/**
 * Puts a week on the public pages although its host has not accepted: a lead says so.
 * @throws Conflict when nobody hosts it or its host said no, when it is over, or when somebody was faster.
 */
export async function announceWeek(
  db: Database,
  { weekId, version, actor, now }: { weekId: string; version: number; actor: Actor; now: Date },
): Promise<void> {
  await db.write(async (tx) => {
    const { week, host } = await findWeekToChange(tx, { weekId, actor, now })
    if (!host) throw new Conflict('Nobody hosts this week, so there is nobody to announce.')
    if (host.declinedAt) throw new Conflict(`${host.name} said no, so there is nobody to announce.`)
    await touchWeek(tx, week, version, { state: 'announced', announcedAt: now }, ['booked'])
    await record(tx, {
      accountId: week.accountId,
      kind: 'week.announced',
      personId: actor.personId,
      weekId,
      details: { host: host.name, slot: week.slot },
      at: now,
    })
  })
}
