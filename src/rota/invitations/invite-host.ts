import { findAccount } from '../../accounts/accounts.ts'
import type { Database } from '../../db/database.ts'
import { Conflict } from '../../errors.ts'
import type { Actor } from '../../people/person.ts'
import { queueInvitation } from './invitations.ts'
import { findWeekToChange, touchWeek } from '../weeks.ts'

/**
 * Mails the host of a week their invitation, also again, and also where mail to them came back.
 * @throws Conflict when they accepted, when nobody hosts it, when it is over, or when somebody was faster.
 */
export async function inviteHost(
  db: Database,
  {
    weekId,
    version,
    actor,
    now,
    machineNow,
  }: { weekId: string; version: number; actor: Actor; now: Date; machineNow: Date },
): Promise<void> {
  await db.write(async (tx) => {
    const { week, host } = await findWeekToChange(tx, { weekId, actor, now })
    if (!host) throw new Conflict('Nobody hosts this week, so there is nobody to invite.')
    if (host.declinedAt) throw new Conflict(`${host.name} said no. Replace them with somebody else.`)
    if (host.acceptedAt) throw new Conflict(`${host.name} has accepted already.`)
    const account = (await findAccount(tx, week.accountId))!
    await touchWeek(tx, week, version, {})
    await queueInvitation(tx, { account, week, host, asked: true, actor, now, machineNow })
  })
}
