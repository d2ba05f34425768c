import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, ne, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { erasedPeople, people, weekHosts, weeks } from '../db/schema/index.ts'
import { asTold, OPEN_STATES, type HostEnding } from './week.ts'
import { hostingsWithWeeks, type Week, type WeekHost } from './store.ts'

/** The hostings that were not taken from a person, with their weeks. */
export async function hostingsOf(read: Reader, personId: string): Promise<{ week: Week; host: WeekHost }[]> {
  return hostingsWithWeeks(read)
    .where(and(eq(weekHosts.personId, personId), isNull(weekHosts.endedAt)))
    .orderBy(weeks.opensAt)
}

/** Who hosts a week now; nobody who said no. */
export async function findCurrentHost(read: Reader, weekId: string): Promise<WeekHost | undefined> {
  const statement = prepared(read, 'current host', () =>
    read
      .select()
      .from(weekHosts)
      .where(
        and(
          eq(weekHosts.weekId, sql.placeholder('weekId')),
          isNull(weekHosts.endedAt),
          isNull(weekHosts.declinedAt),
        ),
      )
      .prepare(),
  )
  return statement.get({ weekId })
}

/** Who had a week when it was cancelled. */
export async function findCancelledHost(read: Reader, weekId: string): Promise<WeekHost | undefined> {
  return (
    await read
      .select()
      .from(weekHosts)
      .where(and(eq(weekHosts.weekId, weekId), eq(weekHosts.ending, 'cancelled')))
  )[0]
}

/** Who accepted a week and lost it again, whoever lost it first before the others. */
export async function earlierHosts(read: Reader, weekId: string): Promise<(WeekHost & { endedAt: Date })[]> {
  const hosts = await read
    .select()
    .from(weekHosts)
    .where(
      and(
        eq(weekHosts.weekId, weekId),
        isNotNull(weekHosts.acceptedAt),
        isNotNull(weekHosts.endedAt),
        ne(weekHosts.opening, 'waits'),
      ),
    )
    .orderBy(asc(weekHosts.endedAt))
  return hosts.flatMap((host) => (host.endedAt ? { ...host, endedAt: host.endedAt } : []))
}

/** Everybody who has or had a week that opens later: also who lost it, or said no. */
export async function hostsAfter(
  read: Reader,
  accountId: string,
  after: Date,
): Promise<{ week: Week; host: WeekHost }[]> {
  return hostingsWithWeeks(read).where(and(eq(weeks.accountId, accountId), gt(weeks.opensAt, after)))
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
): Promise<{ week: Week; host: WeekHost; email: string }[]> {
  return read
    .select({
      week: weeks,
      host: weekHosts,
      email: sql<string>`case when ${erasedPeople.at} is null then ${people.email} else '' end`,
    })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .innerJoin(people, eq(people.id, weekHosts.personId))
    .leftJoin(
      erasedPeople,
      and(eq(erasedPeople.accountId, weeks.accountId), eq(erasedPeople.personId, people.id)),
    )
    .where(eq(weeks.accountId, accountId))
    .orderBy(desc(weeks.slot), desc(weekHosts.createdAt))
}

/** The address of who hosts a week, as far as the account has it; null where it was deleted. */
export async function addressOfHost(read: Reader, { weekId, personId }: WeekHost): Promise<string | null> {
  const rows = await read
    .select({ email: people.email })
    .from(people)
    .innerJoin(weeks, eq(weeks.id, weekId))
    .leftJoin(
      erasedPeople,
      and(eq(erasedPeople.accountId, weeks.accountId), eq(erasedPeople.personId, people.id)),
    )
    .where(and(eq(people.id, personId), isNull(people.deletedAt), isNull(erasedPeople.at)))
  return rows[0]?.email ?? null
}

export async function insertHost(tx: Writer, host: typeof weekHosts.$inferInsert): Promise<WeekHost> {
  return (await tx.insert(weekHosts).values(host).returning())[0]!
}

/** Changes the row of somebody who still hosts; false when they do not any more. */
export async function updateHost(
  tx: Writer,
  id: string,
  set: Partial<Omit<WeekHost, 'id' | 'weekId' | 'personId'>>,
): Promise<boolean> {
  const rows = await tx
    .update(weekHosts)
    .set(set)
    .where(and(eq(weekHosts.id, id), isNull(weekHosts.endedAt)))
    .returning({ id: weekHosts.id })
  return rows.length === 1
}

/** Accepts once; false when it was accepted before, or taken away. */
export async function markAccepted(tx: Writer, id: string, acceptedAt: Date): Promise<boolean> {
  const rows = await tx
    .update(weekHosts)
    .set({ acceptedAt })
    .where(and(eq(weekHosts.id, id), isUnanswered))
    .returning({ id: weekHosts.id })
  return rows.length === 1
}

/** Says no once; false when it was answered before, or taken away. */
export async function markDeclined(
  tx: Writer,
  id: string,
  said: { declinedAt: Date; declinedWords: string },
): Promise<boolean> {
  const rows = await tx
    .update(weekHosts)
    .set(said)
    .where(and(eq(weekHosts.id, id), isUnanswered))
    .returning({ id: weekHosts.id })
  return rows.length === 1
}

const isUnanswered = and(
  isNull(weekHosts.acceptedAt),
  isNull(weekHosts.declinedAt),
  isNull(weekHosts.endedAt),
)

/** Ends a hosting once; false when it had ended. */
export async function markEnded(tx: Writer, id: string, endedAt: Date, ending: HostEnding): Promise<boolean> {
  return updateHost(tx, id, { endedAt, ending })
}

/** Whether a picture is the portrait of somebody whom public pages name: everybody may look at it then. */
export async function isAnnouncedPortrait(read: Reader, hash: string): Promise<boolean> {
  const rows = await hostingsWithWeeks(read).where(
    and(
      eq(weekHosts.portraitHash, hash),
      isNull(weekHosts.endedAt),
      isNotNull(weeks.announcedAt),
      ne(weeks.state, 'cancelled'),
    ),
  )
  return rows.some((found) => asTold(found).host !== null)
}

/** The hosts of weeks that are not over, the nearest week first. */
export async function comingHosts(read: Reader, now: Date): Promise<{ week: Week; host: WeekHost }[]> {
  return hostingsWithWeeks(read)
    .where(
      and(
        isNull(weekHosts.endedAt),
        isNull(weekHosts.declinedAt),
        inArray(weeks.state, [...OPEN_STATES]),
        gt(weeks.closesAt, now),
      ),
    )
    .orderBy(asc(weeks.opensAt))
}

/** When the next week opens that waits for something; null when there is none. */
export async function nextWaitingOpening(read: Reader, now: Date): Promise<Date | null> {
  const waiting = (await comingHosts(read, now)).filter(({ host }) => host.opening === 'waits')
  return waiting.map(({ week }) => week.opensAt).find((at) => at > now) ?? null
}

/** A hosting, whatever became of it, with its week. */
export async function findHosting(
  read: Reader,
  weekHostId: string,
): Promise<{ week: Week; host: WeekHost } | undefined> {
  const rows = await hostingsWithWeeks(read).where(eq(weekHosts.id, weekHostId))
  return rows[0]
}
