import { findAccount, type Account } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import type { Database, Writer } from '../../db/database.ts'
import type { Actor } from '../../people/person.ts'
import { endHosting, findWeekToChange, touchWeek, type HostedWeek } from '../../rota/weeks.ts'
import { takeBackHostWork } from './take-back.ts'

/**
 * Cancels a week or a hiatus, also one that is running: its slot is free again. The host's powers and sessions end, what of
 * theirs waits to go out is cancelled, and they are told. Their drafts stay.
 * @throws Conflict when it is over, or when somebody was faster; NotAllowed for everybody but leads.
 */
export async function cancelWeek(
  db: Database,
  {
    weekId,
    version,
    reason,
    actor,
    now,
    machineNow,
  }: {
    weekId: string
    version: number
    /** For the mail and the record; may be empty. */
    reason: string
    actor: Actor
    now: Date
    machineNow: Date
  },
): Promise<{ cancelledDeliveries: number }> {
  return db.write(async (tx) => {
    const found = await findWeekToChange(tx, { weekId, actor, now })
    const account = (await findAccount(tx, found.week.accountId))!
    return cancelNow(tx, found, { account, version, reason, actor, now, machineNow })
  })
}

/** Step: the same, for a week that may be changed. */
export async function cancelNow(
  tx: Writer,
  { week, host }: HostedWeek,
  {
    account,
    version,
    reason,
    actor,
    now,
    machineNow,
  }: { account: Account; version: number; reason: string; actor: Actor; now: Date; machineNow: Date },
): Promise<{ cancelledDeliveries: number }> {
  await touchWeek(tx, week, version, { state: 'cancelled' })
  const cancelledDeliveries = await takeBackHostWork(tx, week.id, { personId: actor.personId, now })
  if (host) await endHosting(tx, { account, week, host, ending: 'cancelled', reason, actor, now, machineNow })
  await record(tx, {
    accountId: week.accountId,
    kind: 'week.cancelled',
    personId: actor.personId,
    weekId: week.id,
    details: { slot: week.slot, kind: week.kind, host: host?.name ?? null, reason, cancelledDeliveries },
    at: now,
  })
  return { cancelledDeliveries }
}
