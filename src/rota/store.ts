import {
  and,
  asc,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  max,
  ne,
  or,
  sql,
} from 'drizzle-orm'
import { addDays } from '../calendar.ts'
import type { Reader, Writer } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { weekHosts, weeks } from '../db/schema/index.ts'
import { OPEN_STATES, type WeekSpan, type WeekState } from './week.ts'

export type Week = typeof weeks.$inferSelect
export type WeekHost = typeof weekHosts.$inferSelect

export async function findWeek(read: Reader, id: string): Promise<Week | undefined> {
  return (await read.select().from(weeks).where(eq(weeks.id, id)))[0]
}

/** The week that has a slot; a cancelled one has none. */
export async function findWeekOfSlot(
  read: Reader,
  accountId: string,
  slot: string,
): Promise<Week | undefined> {
  const statement = prepared(read, 'week of slot', () =>
    read
      .select()
      .from(weeks)
      .where(
        and(
          eq(weeks.accountId, sql.placeholder('accountId')),
          eq(weeks.slot, sql.placeholder('slot')),
          ne(weeks.state, 'cancelled'),
        ),
      )
      .prepare(),
  )
  return statement.get({ accountId, slot })
}

/** The last of a slot that was cancelled after it had opened for everybody to see. */
export async function findCutShort(read: Reader, accountId: string, slot: string): Promise<Week | undefined> {
  return (await listCutShort(read, accountId, slot))[0]
}

/**
 * The weeks that were cancelled after they had opened for everybody to see, each as one that its host left then; what was said in
 * them stands. What was cancelled last comes first.
 */
export async function listCutShort(read: Reader, accountId: string, slot?: string): Promise<Week[]> {
  const left = max(weekHosts.endedAt)
  const rows = await read
    .select({ week: weeks, left })
    .from(weeks)
    .innerJoin(weekHosts, and(eq(weekHosts.weekId, weeks.id), gte(weekHosts.endedAt, weeks.opensAt)))
    .where(
      and(
        eq(weeks.accountId, accountId),
        slot === undefined ? undefined : eq(weeks.slot, slot),
        eq(weeks.kind, 'hosted'),
        eq(weeks.state, 'cancelled'),
        or(isNotNull(weeks.announcedAt), gte(weeks.unannouncedAt, weeks.opensAt)),
      ),
    )
    .groupBy(weeks.id)
    .orderBy(desc(left))
  return rows.map((row) => ({ ...row.week, announcedAt: null, unannouncedAt: row.left }))
}

/** The week that a day lies in, or that was the last to begin in the seven days up to it, whatever shape it was booked with. */
export async function findWeekOfDay(read: Reader, accountId: string, day: string): Promise<Week | undefined> {
  return (await listWeeks(read, accountId, addDays(day, -6), day)).at(-1)?.week
}

/** A week and who hosts it now; nobody for a hiatus. */
export interface HostedWeek {
  week: Week
  host: WeekHost | null
}

export function weeksWithHosts(read: Reader) {
  return read
    .select({ week: weeks, host: weekHosts })
    .from(weeks)
    .leftJoin(weekHosts, and(eq(weekHosts.weekId, weeks.id), isNull(weekHosts.endedAt)))
}

/** Every hosting with its week, ended ones too. */
export function hostingsWithWeeks(read: Reader) {
  return read
    .select({ week: weeks, host: weekHosts })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
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

/** Weeks are so long at most, and more: days. */
const AROUND = 40

/** When a week of an account opened or closed last, and when one does next; null where none does in the weeks around. */
export async function turnsAround(
  read: Reader,
  accountId: string,
  at: Date,
): Promise<{ last: Date | null; next: Date | null }> {
  const statement = prepared(read, 'turns around', () => {
    const instant = sql.placeholder('at')
    const before = (column: typeof weeks.opensAt) =>
      sql`coalesce(max(case when ${column} <= ${instant} then ${column} end), 0)`
    const after = (column: typeof weeks.opensAt) =>
      sql`coalesce(min(case when ${column} > ${instant} then ${column} end), 9e15)`
    return read
      .select({
        last: sql<number>`max(${before(weeks.opensAt)}, ${before(weeks.closesAt)})`,
        next: sql<number>`min(${after(weeks.opensAt)}, ${after(weeks.closesAt)})`,
      })
      .from(weeks)
      .where(
        and(
          eq(weeks.accountId, sql.placeholder('accountId')),
          ne(weeks.state, 'cancelled'),
          gte(weeks.slot, sql.placeholder('from')),
          lte(weeks.slot, sql.placeholder('to')),
        ),
      )
      .prepare()
  })
  const today = at.toISOString().slice(0, 10)
  const around = { from: addDays(today, -AROUND), to: addDays(today, AROUND) }
  const { last, next } = statement.get({ accountId, at: at.getTime(), ...around })!
  return { last: last === 0 ? null : new Date(last), next: next === 9e15 ? null : new Date(next) }
}

/** The week that closed last before an instant, if any. */
export async function latestClosedWeek(
  read: Reader,
  accountId: string,
  before: Date,
): Promise<HostedWeek | undefined> {
  return (
    await weeksWithHosts(read)
      .where(and(eq(weeks.accountId, accountId), eq(weeks.state, 'closed'), lte(weeks.closesAt, before)))
      .orderBy(desc(weeks.closesAt))
      .limit(1)
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

/** Weeks whose host said no, and that are not over. */
export async function declinedWeeks(read: Reader, accountId: string, now: Date): Promise<HostedWeek[]> {
  return weeksWithHosts(read)
    .where(
      and(
        eq(weeks.accountId, accountId),
        inArray(weeks.state, [...OPEN_STATES]),
        gt(weeks.closesAt, now),
        isNotNull(weekHosts.declinedAt),
      ),
    )
    .orderBy(asc(weeks.opensAt))
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

/** False when this id or this slot is taken. */
export async function insertWeek(tx: Writer, week: typeof weeks.$inferInsert): Promise<boolean> {
  const rows = await tx.insert(weeks).values(week).onConflictDoNothing().returning({ id: weeks.id })
  return rows.length === 1
}

/** Another week of the account that has this slot, or a part of this span: the shape may have changed since it was booked. */
export async function findWeekInTheWay(
  read: Reader,
  { id, accountId, slot, opensAt, closesAt }: WeekSpan & { id: string; accountId: string; slot: string },
): Promise<HostedWeek | undefined> {
  const overlaps = and(lt(weeks.opensAt, closesAt), gt(weeks.closesAt, opensAt))
  const rows = await weeksWithHosts(read).where(
    and(
      eq(weeks.accountId, accountId),
      ne(weeks.id, id),
      ne(weeks.state, 'cancelled'),
      or(eq(weeks.slot, slot), overlaps),
    ),
  )
  return rows[0]
}

/** What of a week changes after it was booked. */
export type WeekSet = Partial<
  Pick<Week, 'state' | 'theme' | 'why' | 'announcedAt' | 'unannouncedAt' | 'slot' | 'opensAt' | 'closesAt'>
>

/** Changes a week as it was seen; nothing when somebody was faster, or its state is none of these. */
export async function updateWeek(
  tx: Writer,
  { id, version, states }: { id: string; version: number; states: readonly WeekState[] },
  set: WeekSet,
): Promise<Week | undefined> {
  const rows = await tx
    .update(weeks)
    .set({ ...set, version: sql`${weeks.version} + 1` })
    .where(and(eq(weeks.id, id), eq(weeks.version, version), inArray(weeks.state, [...states])))
    .returning()
  return rows[0]
}
