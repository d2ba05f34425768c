import { findAccount } from '../../accounts/accounts.ts'
import type { Database } from '../../db/database.ts'
import { findMail, kindsToHost, plannedMails } from '../../mail/outbox.ts'
import { comingHosts } from '../hosts-store.ts'
import { findHostedWeek } from '../store.ts'
import { isInPlace, planWeekMails, tendPlannedMail, unplanned, type Mailing } from './week-mails.ts'

/**
 * Puts the planned mails of all weeks where they belong: those that are due into the outbox, those whose week has moved to
 * their new times, and those of hosts who have the week no more nowhere. What a week that has moved has not planned yet is
 * planned.
 */
export async function sendWeekMails(db: Database, mailing: Mailing): Promise<void> {
  for (const planned of await plannedMails(db.read)) {
    if (await isInPlace(db.read, planned, mailing.now)) continue
    const { id } = planned
    await db.write(async (tx) => {
      const mail = await findMail(tx, id)
      // Somebody may have sent it by hand meanwhile.
      if (mail?.plannedFor && (mail.state === 'planned' || mail.state === 'held'))
        await tendPlannedMail(tx, mail, mailing)
    })
  }
  const { now } = mailing
  for (const { week, host } of await comingHosts(db.read, now)) {
    if (!host.acceptedAt) continue
    const { timeZone } = (await findAccount(db.read, week.accountId))!
    const known = await kindsToHost(db.read, host.id, host.movedAt)
    if (unplanned(week, { timeZone, known, now }).length === 0) continue
    await db.write(async (tx) => {
      const found = await findHostedWeek(tx, week.id)
      if (found?.host?.id === host.id) await planWeekMails(tx, { week: found.week, host: found.host }, now)
    })
  }
}
