import { briefingOf } from '../../accounts/briefing.ts'
import { findAccount } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import type { Database } from '../../db/database.ts'
import { Conflict, NotAllowed } from '../../errors.ts'
import { mayDecide, type Actor } from '../../people/person.ts'
import { weighWeek } from './readiness.ts'
import { deleteTick, insertTick } from './readiness-store.ts'
import { findWeekFor } from '../weeks.ts'

/**
 * Ticks a point of the briefing as done with a week's host, or takes the tick back. Doing it twice is doing it once.
 * @throws NotAllowed for hosts, Conflict when nobody hosts the week, it is over, or the point is not asked any more.
 */
export async function briefHost(
  db: Database,
  {
    weekId,
    point,
    done,
    actor,
    now,
  }: { weekId: string; point: string; done: boolean; actor: Actor; now: Date },
): Promise<void> {
  await db.write(async (tx) => {
    const { week, host } = await findWeekFor(tx, weekId, actor)
    if (!mayDecide(actor, week.accountId))
      throw new NotAllowed('The account’s leads and approvers tick the briefing.')
    if (!host || host.declinedAt) throw new Conflict('Nobody hosts this week, so nobody can be briefed.')
    if (now >= week.closesAt) throw new Conflict('This week is over, so its briefing stays as it is.')
    const account = (await findAccount(tx, week.accountId))!
    if (done && !briefingOf(account).includes(point))
      throw new Conflict('This point is not in the account’s briefing any more. Nothing was ticked.')
    const tick = { weekHostId: host.id, point }
    const changed = done
      ? await insertTick(tx, { ...tick, tickedBy: actor.personId, tickedAt: now })
      : await deleteTick(tx, tick)
    if (!changed) return
    await record(tx, {
      accountId: week.accountId,
      kind: 'host.briefed',
      personId: actor.personId,
      weekId,
      details: { host: host.name, point, done },
      at: now,
    })
    await weighWeek(tx, { week, host }, now)
  })
}
