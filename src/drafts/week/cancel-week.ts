import { findAccount } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import type { Database } from '../../db/database.ts'
import type { Actor } from '../../people/person.ts'
import { endHosting, findWeekToChange, touchWeek } from '../../rota/weeks.ts'
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
    const { week, host } = await findWeekToChange(tx, { weekId, actor, now })
    const account = (await findAccount(tx, week.accountId))!
    await touchWeek(tx, week, version, { state: 'cancelled' })
    const cancelledDeliveries = await takeBackHostWork(tx, weekId, { personId: actor.personId, now })
    if (host)
      await endHosting(tx, { account, week, host, ending: 'cancelled', reason, actor, now, machineNow })
    await record(tx, {
      accountId: week.accountId,
      kind: 'week.cancelled',
      personId: actor.personId,
      weekId,
      details: { slot: week.slot, kind: week.kind, host: host?.name ?? null, reason, cancelledDeliveries },
      at: now,
    })
    return { cancelledDeliveries }
  })
}
