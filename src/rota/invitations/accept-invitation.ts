import { record } from '../../activity/record.ts'
import type { Database, Writer } from '../../db/database.ts'
import { Conflict, NotAllowed } from '../../errors.ts'
import { hostingOf, type Actor } from '../../people/person.ts'
import { markAccepted } from '../hosts-store.ts'
import type { Week, WeekHost } from '../store.ts'
import { beginWeekMails } from '../mails/week-mails.ts'
import { findWeekFor, touchWeek } from '../weeks.ts'

/**
 * The host takes the week, and so it is announced. Accepting twice is accepting once.
 * @throws NotAllowed for anybody but its host, Conflict when it is over, or when its days
 * are not those that were read.
 */
export async function acceptInvitation(
  db: Database,
  {
    weekId,
    slot,
    actor,
    now,
  }: {
    weekId: string
    /** Which days were read, where a form says so: nobody accepts others. */
    slot?: string | undefined
    actor: Actor
    now: Date
  },
): Promise<void> {
  await db.write(async (tx) => {
    const { week, host } = await findWeekFor(tx, weekId, actor)
    const hosting = hostingOf(actor, weekId)
    if (!host || host.id !== hosting?.weekHostId)
      throw new NotAllowed('Only the host can accept an invitation.')
    if (now >= week.closesAt) throw new Conflict('This week is over, so it can’t be accepted any more.')
    if (slot !== undefined && slot !== week.slot)
      throw new Conflict(
        'The team moved this week while you were reading, so nothing was accepted. Look at the new days, then say yes or no to them.',
      )
    await takeOn(tx, { week, host }, { personId: actor.personId, now })
  })
}

/** Step: the host takes the week; it is announced, and its mails are planned. Nothing when they did before. */
export async function takeOn(
  tx: Writer,
  { week, host }: { week: Week; host: WeekHost },
  { personId, now }: { personId: string; now: Date },
): Promise<void> {
  if (!(await markAccepted(tx, host.id, now))) return
  const about = { accountId: week.accountId, personId, weekId: week.id, at: now }
  await record(tx, { ...about, kind: 'host.accepted', details: { host: host.name } })
  await beginWeekMails(tx, { week, host }, now)
  if (week.state !== 'booked') {
    // What stands in calendars is certain now, and they heed no change without a higher number.
    await touchWeek(tx, week, week.version, {})
    return
  }
  await touchWeek(tx, week, week.version, { state: 'announced', announcedAt: now })
  await record(tx, { ...about, kind: 'week.announced', details: { host: host.name, slot: week.slot } })
}
