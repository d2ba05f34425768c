import { and, asc, desc, eq, gte, inArray } from 'drizzle-orm'
import type { Reader, Writer } from '../../db/database.ts'
import { agreements, briefingTicks, profileTicks, weekHosts, weeks } from '../../db/schema/index.ts'
import type { Week, WeekHost } from '../store.ts'
import type { ProfileChange } from './tick-profile.ts'

export type Agreement = typeof agreements.$inferSelect
export type Tick = typeof briefingTicks.$inferSelect

/** What these hosts signed, older versions first. */
export async function agreementsOf(read: Reader, weekHostIds: string[]): Promise<Agreement[]> {
  return read
    .select()
    .from(agreements)
    .where(inArray(agreements.weekHostId, weekHostIds))
    .orderBy(asc(agreements.number))
}

/** False when this version was signed before. */
export async function insertAgreement(
  tx: Writer,
  agreement: typeof agreements.$inferInsert,
): Promise<boolean> {
  const rows = await tx
    .insert(agreements)
    .values(agreement)
    .onConflictDoNothing()
    .returning({ id: agreements.id })
  return rows.length === 1
}

export async function ticksOf(read: Reader, weekHostIds: string[]): Promise<Tick[]> {
  return read
    .select()
    .from(briefingTicks)
    .where(inArray(briefingTicks.weekHostId, weekHostIds))
    .orderBy(asc(briefingTicks.tickedAt))
}

/** False when it was ticked before. */
export async function insertTick(tx: Writer, tick: Tick): Promise<boolean> {
  const rows = await tx
    .insert(briefingTicks)
    .values(tick)
    .onConflictDoNothing()
    .returning({ point: briefingTicks.point })
  return rows.length === 1
}

/** False when it was not ticked. */
export async function deleteTick(
  tx: Writer,
  { weekHostId, point }: Pick<Tick, 'weekHostId' | 'point'>,
): Promise<boolean> {
  const rows = await tx
    .delete(briefingTicks)
    .where(and(eq(briefingTicks.weekHostId, weekHostId), eq(briefingTicks.point, point)))
    .returning({ point: briefingTicks.point })
  return rows.length === 1
}

/** What was changed of the account's profile for a host. */
export async function profileTicksOf(read: Reader, weekHostId: string): Promise<ProfileChange[]> {
  const rows = await read
    .select({ change: profileTicks.change })
    .from(profileTicks)
    .where(eq(profileTicks.weekHostId, weekHostId))
  return rows.map(({ change }) => change)
}

/** For whom an account's profile was changed last and not changed back, of the weeks from a slot on; also who lost their week. */
export async function profileStandsWith(
  read: Reader,
  { accountId, from }: { accountId: string; from: string },
): Promise<{ week: Week; host: WeekHost } | undefined> {
  const [latest] = await read
    .select({ week: weeks, host: weekHosts })
    .from(profileTicks)
    .innerJoin(weekHosts, eq(weekHosts.id, profileTicks.weekHostId))
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(and(eq(weeks.accountId, accountId), gte(weeks.slot, from), eq(profileTicks.change, 'to-host')))
    .orderBy(desc(profileTicks.tickedAt))
    .limit(1)
  if (!latest || (await profileTicksOf(read, latest.host.id)).includes('back')) return undefined
  return latest
}

/** False when it was ticked before. */
export async function insertProfileTick(
  tx: Writer,
  tick: typeof profileTicks.$inferInsert,
): Promise<boolean> {
  const rows = await tx
    .insert(profileTicks)
    .values(tick)
    .onConflictDoNothing()
    .returning({ weekHostId: profileTicks.weekHostId })
  return rows.length === 1
}
