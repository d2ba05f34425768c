import { record } from '../../activity/record.ts'
import type { Database, Reader } from '../../db/database.ts'
import { Conflict, NotAllowed } from '../../errors.ts'
import { isLead, type Actor } from '../../people/person.ts'
import { insertProfileTick, profileStandsWith, profileTicksOf } from './readiness-store.ts'
import { findHostedWeek, listWeeks } from '../store.ts'
import type { Week, WeekHost } from '../store.ts'
import { findWeekFor } from '../weeks.ts'
import { addDays, dayOf } from '../../calendar.ts'

/** What of the account's profile on the network somebody changes by hand: to the host as a week opens, and back when it is over. */
export const PROFILE_CHANGES = ['to-host', 'back'] as const
export type ProfileChange = (typeof PROFILE_CHANGES)[number]

/** So many days after a week it is still asked whether the profile is changed back. */
const DAYS_AFTER = 14

/**
 * What is to be done to an account's profile now: to the host of the running week, from its first day on; without one back, where
 * somebody said that it was changed, also for a host who lost the week since. Null when nothing is.
 */
export async function profileChangeDue(
  read: Reader,
  { accountId, zone, now }: { accountId: string; zone: string; now: Date },
): Promise<{ week: Week; host: WeekHost; change: ProfileChange } | null> {
  const today = dayOf(now, zone)
  const from = addDays(today, -DAYS_AFTER)
  for (const { week, host } of await listWeeks(read, accountId, from, today)) {
    if (!host || host.declinedAt || week.announcedAt === null || now >= week.closesAt) continue
    const ticks = await profileTicksOf(read, host.id)
    return ticks.includes('to-host') ? null : { week, host, change: 'to-host' }
  }
  const standing = await profileStandsWith(read, { accountId, from })
  return standing ? { ...standing, change: 'back' } : null
}

/**
 * Says that somebody changed the account's profile on the network. Doing it twice is doing it once.
 * @throws NotFound, NotAllowed for everybody but leads, Conflict when nobody hosts the week.
 */
export async function tickProfile(
  db: Database,
  { weekId, change, actor, now }: { weekId: string; change: ProfileChange; actor: Actor; now: Date },
): Promise<void> {
  await db.write(async (tx) => {
    const { week } = await findWeekFor(tx, weekId, actor)
    if (!isLead(actor, week.accountId)) throw new NotAllowed('The account’s leads look after its profile.')
    const standing = await profileStandsWith(tx, { accountId: week.accountId, from: week.slot })
    const host =
      change === 'back' && standing?.week.id === weekId
        ? standing.host
        : (await findHostedWeek(tx, weekId))?.host
    if (!host) throw new Conflict('Nobody hosts this week any more.')
    const tick = { weekHostId: host.id, change, tickedBy: actor.personId, tickedAt: now }
    if (!(await insertProfileTick(tx, tick))) return
    await record(tx, {
      accountId: week.accountId,
      kind: 'account.profile-changed',
      personId: actor.personId,
      weekId,
      details: { change, host: host.name },
      at: now,
    })
  })
}
