import { findAccount, type Account } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import type { Database, Writer } from '../../db/database.ts'
import { Conflict, Refused } from '../../errors.ts'
import { findPersonByEmail } from '../../people/people.ts'
import type { Actor } from '../../people/person.ts'
import type { HostDetails } from '../../rota/host.ts'
import {
  beginHosting,
  endHosting,
  findWeekToChange,
  queueInvitation,
  touchWeek,
  type Week,
  type WeekHost,
} from '../../rota/weeks.ts'
import { takeBackHostWork } from './take-back.ts'

interface Replacement {
  weekId: string
  version: number
  email: string
  host: HostDetails
  theme: string
  why: string
  invite: boolean
  /** For the mail to the host before, and the record; may be empty. */
  reason: string
  /** For the invitation, where who is asked is told as well; may be empty. */
  word?: string
  actor: Actor
  now: Date
  machineNow: Date
}

/**
 * Gives a week to another host, also in its middle. The one before loses powers and sessions at once, what of theirs waits to
 * go out is cancelled, and they are told. Their drafts stay, and so does all that went out. An announced week stays announced.
 * @throws Refused when the new host is the one who has it, Conflict when it is over or somebody was faster.
 */
export async function replaceHost(
  db: Database,
  replacement: Replacement,
): Promise<{ cancelledDeliveries: number }> {
  const { weekId, actor, now } = replacement
  return db.write(async (tx) => {
    const { week, host: before } = await findWeekToChange(tx, { weekId, actor, now })
    if (!before) throw new Conflict('Nobody hosts this week, so nobody can be replaced.')
    const account = (await findAccount(tx, week.accountId))!
    const { cancelledDeliveries } = await giveTo(tx, { week, host: before }, { ...replacement, account })
    return { cancelledDeliveries }
  })
}

/** Step: the same, for a week that may be changed. Returns it with who has it now. */
export async function giveTo(
  tx: Writer,
  found: { week: Week; host: WeekHost },
  {
    account,
    version,
    email,
    theme,
    why,
    reason,
    word = '',
    actor,
    now,
    machineNow,
    ...replacement
  }: Omit<Replacement, 'weekId'> & { account: Account },
): Promise<{ week: Week; host: WeekHost; cancelledDeliveries: number }> {
  const { host: before } = found
  // Somebody who said no may have changed their mind.
  if (!before.declinedAt && (await findPersonByEmail(tx, email))?.id === before.personId)
    throw new Refused({ email: `${before.name} has this week already. Change their details instead.` })
  const week = await touchWeek(tx, found.week, version, { theme, why })
  const cancelledDeliveries = await takeBackHostWork(tx, week.id, { personId: actor.personId, now })
  await endHosting(tx, { account, week, host: before, ending: 'replaced', reason, actor, now, machineNow })
  const host = await beginHosting(tx, { week, email, host: replacement.host, now })
  await record(tx, {
    accountId: account.id,
    kind: 'host.replaced',
    personId: actor.personId,
    weekId: week.id,
    details: { from: before.name, to: host.name, reason, cancelledDeliveries },
    at: now,
  })
  if (replacement.invite) await queueInvitation(tx, { account, week, host, word, actor, now, machineNow })
  return { week, host, cancelledDeliveries }
}
