import { and, asc, desc, eq, isNull, lt, max, ne, sql } from 'drizzle-orm'
import type { Reader } from '../../db/database.ts'
import { erasedPeople, people, weekHosts, weeks } from '../../db/schema/index.ts'

/** Somebody who has hosted, by the row of their last week. */
export interface PastHost {
  weekHostId: string
  name: string
  /** The first day of their last week, booked or over. */
  lastSlot: string
}

/** What somebody has been who hosted. */
export const KNOWN_FIELDS = ['job', 'site', 'region'] as const
export type KnownField = (typeof KNOWN_FIELDS)[number]

/** Who has hosted a week of the account that is over, by name, a person once. */
export async function pastHosts(read: Reader, accountId: string): Promise<PastHost[]> {
  return lastWeeks(read, accountId).having(hasHosted).orderBy(asc(weekHosts.name))
}

/** Of these, whose last week is the longest ago, and began before this day. */
export async function longestAgo(
  read: Reader,
  accountId: string,
  { before, most }: { before: string; most: number },
): Promise<PastHost[]> {
  return lastWeeks(read, accountId)
    .having(and(hasHosted, lt(max(weeks.slot), before)))
    .orderBy(asc(max(weeks.slot)))
    .limit(most)
}

/** Jobs, sites or regions of hosts, none of whom has a week since this day or ahead; the longest missing first. */
export async function missingSince(
  read: Reader,
  accountId: string,
  { field, since, most }: { field: KnownField; since: string; most: number },
): Promise<string[]> {
  const column = weekHosts[field]
  const rows = await read
    .select({ value: column, last: max(weeks.slot) })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(and(isTheirs(accountId), ne(column, '')))
    .groupBy(sql`lower(trim(${column}))`)
    .having(lt(max(weeks.slot), since))
    .orderBy(asc(max(weeks.slot)), asc(column))
    .limit(most)
  return rows.map(({ value }) => value)
}

/** How somebody hosted once, with their address; undefined where the account had no such host, or their data were deleted. */
export async function findPastHosting(read: Reader, accountId: string, weekHostId: string) {
  const rows = await read
    .select({ host: weekHosts, email: people.email })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .innerJoin(people, eq(people.id, weekHosts.personId))
    .where(and(eq(weekHosts.id, weekHostId), isTheirs(accountId), isKnown(accountId)))
    .orderBy(desc(weeks.slot))
  return rows[0]
}

/** With the row of the latest week: SQLite takes the other columns from the row that holds the maximum. */
function lastWeeks(read: Reader, accountId: string) {
  return read
    .select({ weekHostId: weekHosts.id, name: weekHosts.name, lastSlot: sql<string>`${max(weeks.slot)}` })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .innerJoin(people, eq(people.id, weekHosts.personId))
    .where(and(isTheirs(accountId), isKnown(accountId)))
    .groupBy(weekHosts.personId)
    .$dynamic()
}

const hasHosted = sql`max(${weeks.state} = 'closed' and ${weekHosts.acceptedAt} is not null) = 1`

/** Their data were not deleted, here or at all. */
function isKnown(accountId: string) {
  return and(
    isNull(people.deletedAt),
    sql`not exists (select 1 from ${erasedPeople} where ${erasedPeople.accountId} = ${accountId} and ${erasedPeople.personId} = ${people.id})`,
  )
}

function isTheirs(accountId: string) {
  return and(
    eq(weeks.accountId, accountId),
    ne(weeks.state, 'cancelled'),
    isNull(weekHosts.endedAt),
    isNull(weekHosts.declinedAt),
  )
}
