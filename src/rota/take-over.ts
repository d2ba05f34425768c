import { record } from '../activity/record.ts'
import type { Writer } from '../db/database.ts'
import type { Actor } from '../people/person.ts'
import { beginWeekMails } from './mails/week-mails.ts'
import { markAccepted, updateHost } from './hosts-store.ts'
import type { Week, WeekHost } from './store.ts'
import { touchWeek } from './weeks.ts'

/** Step: a lead hosts a week themselves, which was just given to them: they said yes by that, and it opens on their word. Its mails come to them, first the one with the entry for their calendar. */
export async function takeOver(
  tx: Writer,
  { week, host }: { week: Week; host: WeekHost },
  { actor, now }: { actor: Actor; now: Date },
): Promise<void> {
  await updateHost(tx, host.id, { invitedAt: now })
  await markAccepted(tx, host.id, now)
  await beginWeekMails(tx, { week, host }, now)
  if (host.opening === 'waits')
    await updateHost(tx, host.id, { opening: 'word', openedBy: actor.personId, openedAt: now })
  const about = { accountId: week.accountId, personId: actor.personId, weekId: week.id, at: now }
  await record(tx, { ...about, kind: 'host.accepted', details: { host: host.name } })
  if (week.state !== 'booked') return
  await touchWeek(tx, week, week.version, { state: 'announced', announcedAt: now })
  await record(tx, { ...about, kind: 'week.announced', details: { host: host.name, slot: week.slot } })
}
