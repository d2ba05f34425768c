import { and, asc, desc, eq, gt, gte, inArray, isNull, lte, ne } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { events, weekHosts, weeks } from '../db/schema/index.ts'
import { OPEN_STATES } from './week.ts'

export type Week = typeof weeks.$inferSelect
export type WeekHost = typeof weekHosts.$inferSelect

/** The hostings that were not taken from a person, with their weeks. */
export async function hostingsOf(read: Reader, personId: string): Promise<{ week: Week; host: WeekHost }[]> {
  return read
    .select({ week: weeks, host: weekHosts })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(and(eq(weekHosts.personId, personId), isNull(weekHosts.endedAt)))
    .orderBy(weeks.opensAt)
}

export async function findWeek(read: Reader, id: string): Promise<Week | undefined> {
  return (await read.select().from(weeks).where(eq(weeks.id, id)))[0]
}

/** The week that has a slot; a cancelled one has none. */
export async function findWeekOfSlot(
  read: Reader,
  accountId: string,
  slot: string,
): Promise<Week | undefined> {
  const rows = await read
    .select()
    .from(weeks)
    .where(and(eq(weeks.accountId, accountId), eq(weeks.slot, slot), ne(weeks.state, 'cancelled')))
  return rows[0]
}

/** Who hosts a week now. */
export async function findCurrentHost(read: Reader, weekId: string): Promise<WeekHost | undefined> {
  return (
    await read
      .select()
      .from(weekHosts)
      .where(and(eq(weekHosts.weekId, weekId), isNull(weekHosts.endedAt)))
  )[0]
}

export type Event = typeof events.$inferSelect

export async function listEvents(read: Reader, weekId: string): Promise<Event[]> {
  return read.select().from(events).where(eq(events.weekId, weekId)).orderBy(asc(events.startsAt))
}

/** A week and who hosts it now; nobody for a hiatus. */
export interface HostedWeek {
  week: Week
  host: WeekHost | null
}

function weeksWithHosts(read: Reader) {
  return read
    .select({ week: weeks, host: weekHosts })
    .from(weeks)
    .leftJoin(weekHosts, and(eq(weekHosts.weekId, weeks.id), isNull(weekHosts.endedAt)))
}

/** The weeks whose slots begin in a span of days, both ends included, with their hosts; in order, without cancelled ones. */
export async function listWeeks(
  read: Reader,
  accountId: string,
  fromSlot: string,
  toSlot: string,
): Promise<HostedWeek[]> {
  return weeksWithHosts(read)
    .where(
      and(
        eq(weeks.accountId, accountId),
        gte(weeks.slot, fromSlot),
        lte(weeks.slot, toSlot),
        ne(weeks.state, 'cancelled'),
      ),
    )
    .orderBy(asc(weeks.slot))
}

export async function findHostedWeek(read: Reader, id: string): Promise<HostedWeek | undefined> {
  return (await weeksWithHosts(read).where(eq(weeks.id, id)))[0]
}

/** The week that is open at an instant, if any. */
export async function findRunningWeek(
  read: Reader,
  accountId: string,
  at: Date,
): Promise<HostedWeek | undefined> {
  return (
    await weeksWithHosts(read).where(
      and(
        eq(weeks.accountId, accountId),
        ne(weeks.state, 'cancelled'),
        lte(weeks.opensAt, at),
        gt(weeks.closesAt, at),
      ),
    )
  )[0]
}

/** The first weeks that open after an instant. */
export async function comingWeeks(
  read: Reader,
  accountId: string,
  after: Date,
  limit: number,
): Promise<HostedWeek[]> {
  return weeksWithHosts(read)
    .where(and(eq(weeks.accountId, accountId), ne(weeks.state, 'cancelled'), gt(weeks.opensAt, after)))
    .orderBy(asc(weeks.opensAt))
    .limit(limit)
}

/** Who hosts each of these weeks now. */
export async function hostsByWeek(read: Reader, weekIds: string[]): Promise<Map<string, WeekHost>> {
  const hosts = await read
    .select()
    .from(weekHosts)
    .where(and(inArray(weekHosts.weekId, weekIds), isNull(weekHosts.endedAt)))
  return new Map(hosts.map((host) => [host.weekId, host]))
}

/** Everybody who hosts, hosted, or was to host a week of an account, the newest week first. */
export async function listHostings(
  read: Reader,
  accountId: string,
): Promise<{ week: Week; host: WeekHost }[]> {
  return read
    .select({ week: weeks, host: weekHosts })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(eq(weeks.accountId, accountId))
    .orderBy(desc(weeks.slot), desc(weekHosts.createdAt))
}

/** Weeks whose end has passed and that still count as open, hosted or not; the longest past first. */
export async function weeksToClose(read: Reader, now: Date): Promise<Week[]> {
  return read
    .select()
    .from(weeks)
    .where(and(inArray(weeks.state, OPEN_STATES), lte(weeks.closesAt, now)))
    .orderBy(asc(weeks.closesAt))
}

/** When the next open week ends; null when there is none. */
export async function nextClosing(read: Reader): Promise<Date | null> {
  const rows = await read
    .select({ closesAt: weeks.closesAt })
    .from(weeks)
    .where(inArray(weeks.state, OPEN_STATES))
    .orderBy(asc(weeks.closesAt))
    .limit(1)
  return rows[0]?.closesAt ?? null
}

/** Step: a week is over. False when it was closed or cancelled meanwhile. */
export async function closeWeek(tx: Writer, week: Week, now: Date): Promise<boolean> {
  const rows = await tx
    .update(weeks)
    .set({ state: 'closed', closedAt: now, version: week.version + 1 })
    .where(and(eq(weeks.id, week.id), eq(weeks.version, week.version), eq(weeks.state, week.state)))
    .returning({ id: weeks.id })
  return rows.length === 1
}
