import type { Database } from '../../db/database.ts'
import type { Actor } from '../../people/person.ts'
import { markTrusted } from '../../rota/trust.ts'
import { findWeekToChange } from '../../rota/weeks.ts'
import { changeGround, type SetBack } from './change-ground.ts'

/**
 * Marks the host of one week as trusted, or not any more. Where the account's policy says so, what they submit from then on
 * goes out unless somebody stops it. Taken away, what waits on that trust waits for people instead, in the same transaction.
 * @throws NotAllowed for all but leads, Conflict when nobody hosts the week, it is over, or somebody changed it meanwhile.
 */
export async function trustHost(
  db: Database,
  {
    weekId,
    version,
    trusted,
    actor,
    ...times
  }: {
    weekId: string
    version: number
    trusted: boolean
    actor: Actor
    now: Date
    machineNow: Date
    publicUrl: string
  },
): Promise<SetBack> {
  return db.write(async (tx) => {
    const found = await findWeekToChange(tx, { weekId, actor, now: times.now })
    const { week, host } = found
    const why = `${actor.name} took back that ${host?.name ?? 'the host'}’s posts go out without a decision.`
    return changeGround(tx, { accountId: week.accountId, why, actor, ...times }, () =>
      markTrusted(tx, found, { version, trusted, actor, now: times.now }),
    )
  })
}
