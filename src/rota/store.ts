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
  ne,
  notInArray,
  or,
  sql,
} from 'drizzle-orm'
import { addDays } from '../calendar.ts'
import type { Reader, Writer } from '../db/database.ts'
import type { ProfileChange } from './readiness/tick-profile.ts'
import { prepared } from '../db/prepared.ts'
import {
  agreements,
  briefingTicks,
  erasedPeople,
  events,
  gapAlerts,
  invitations,
  liveWindows,
  mailTemplates,
  people,
  weekHosts,
  weeks,
  profileTicks,
  removedEvents,
} from '../db/schema/index.ts'
import { OPEN_STATES, type HostEnding, type WeekSpan, type WeekState } from './week.ts'

export type Week = typeof weeks.$inferSelect
export type WeekHost = typeof weekHosts.$inferSelect
export type KeptLiveWindow = typeof liveWindows.$inferSelect

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

/** The week that a day lies in, or that was the last to begin in the seven days up to it, whatever shape it was booked with. */
export async function findWeekOfDay(read: Reader, accountId: string, day: string): Promise<Week | undefined> {
  return (await listWeeks(read, accountId, addDays(day, -6), day)).at(-1)?.week
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

export type Event = typeof events.$inferSelect

export async function listEvents(read: Reader, weekId: string): Promise<Event[]> {
  return read.select().from(events).where(eq(events.weekId, weekId)).orderBy(asc(events.startsAt))
}

/** The same of several weeks, in order. */
export async function eventsOfWeeks(read: Reader, weekIds: string[]): Promise<Event[]> {
  return read.select().from(events).where(inArray(events.weekId, weekIds)).orderBy(asc(events.startsAt))
}

export type RemovedEvent = typeof removedEvents.$inferSelect

/** What was taken out of these weeks since then. */
export async function removedSince(read: Reader, weekIds: string[], since: Date): Promise<RemovedEvent[]> {
  return read
    .select()
    .from(removedEvents)
    .where(and(inArray(removedEvents.weekId, weekIds), gte(removedEvents.removedAt, since)))
    .orderBy(asc(removedEvents.startsAt))
}

export async function insertRemoved(tx: Writer, rows: RemovedEvent[]): Promise<void> {
  if (rows.length > 0) await tx.insert(removedEvents).values(rows)
}

export async function listLiveWindows(read: Reader, weekId: string): Promise<KeptLiveWindow[]> {
  return read.select().from(liveWindows).where(eq(liveWindows.weekId, weekId))
}

/** The weeks with an event that is not over, and for which their scheduled posts step aside. */
export async function weeksSteppingAside(read: Reader, now: Date): Promise<string[]> {
  const statement = prepared(read, 'weeks stepping aside', () =>
    read
      .selectDistinct({ weekId: liveWindows.weekId })
      .from(liveWindows)
      .innerJoin(events, eq(events.id, liveWindows.eventId))
      .where(and(eq(liveWindows.aside, true), gt(liveWindows.endsAt, sql.placeholder('now'))))
      .prepare(),
  )
  const rows = statement.all({ now: now.getTime() })
  return rows.map(({ weekId }) => weekId)
}

/** Changes a live window as it was seen, of which there may be no row yet (version 0); false when somebody was faster. */
export async function keepLiveWindow(
  tx: Writer,
  seen: { eventId: string; weekId: string; version: number },
  set: { startsAt: Date; endsAt: Date; aside: boolean },
): Promise<boolean> {
  const { version, ...whose } = seen
  const rows =
    version === 0
      ? await tx
          .insert(liveWindows)
          .values({ ...whose, ...set })
          .onConflictDoNothing()
          .returning({ id: liveWindows.eventId })
      : await tx
          .update(liveWindows)
          .set({ ...set, version: version + 1 })
          .where(and(eq(liveWindows.eventId, seen.eventId), eq(liveWindows.version, version)))
          .returning({ id: liveWindows.eventId })
  return rows.length === 1
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

/** Everybody who has or had a week that opens later: also who lost it, or said no. */
export async function hostsAfter(
  read: Reader,
  accountId: string,
  after: Date,
): Promise<{ week: Week; host: WeekHost }[]> {
  return read
    .select({ week: weeks, host: weekHosts })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(and(eq(weeks.accountId, accountId), gt(weeks.opensAt, after)))
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

/** Weeks that were taken from their host by cancelling since then, with that host; in order. */
export async function cancelledWeeks(read: Reader, accountId: string, since: Date): Promise<HostedWeek[]> {
  return read
    .select({ week: weeks, host: weekHosts })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(
      and(
        eq(weeks.accountId, accountId),
        eq(weeks.state, 'cancelled'),
        eq(weekHosts.ending, 'cancelled'),
        gte(weekHosts.endedAt, since),
      ),
    )
    .orderBy(asc(weeks.slot))
}

/** Weeks that were announced, and have not been since then; with who hosts them. In order. */
export async function unannouncedWeeks(read: Reader, accountId: string, since: Date): Promise<HostedWeek[]> {
  return weeksWithHosts(read)
    .where(and(eq(weeks.accountId, accountId), isNull(weeks.announcedAt), gte(weeks.unannouncedAt, since)))
    .orderBy(asc(weeks.slot))
}

/** The weeks that somebody was invited to, and lost or declined since then; the nearest first. */
export async function endedHostings(read: Reader, personId: string, since: Date): Promise<HostedWeek[]> {
  return read
    .select({ week: weeks, host: weekHosts })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(
      and(
        eq(weekHosts.personId, personId),
        isNotNull(weekHosts.invitedAt),
        or(gte(weekHosts.endedAt, since), gte(weekHosts.declinedAt, since)),
      ),
    )
    .orderBy(asc(weeks.opensAt))
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

/** Which version of a week stands in its host's calendar by our mails; null: none any more. */
export async function markEntered(tx: Writer, id: string, enteredVersion: number | null): Promise<void> {
  await tx.update(weekHosts).set({ enteredVersion }).where(eq(weekHosts.id, id))
}

/** Ends a hosting once; false when it had ended. */
export async function markEnded(tx: Writer, id: string, endedAt: Date, ending: HostEnding): Promise<boolean> {
  return updateHost(tx, id, { endedAt, ending })
}

export async function deleteEvents(tx: Writer, weekId: string): Promise<void> {
  await tx.delete(events).where(eq(events.weekId, weekId))
}

export async function insertEvents(tx: Writer, rows: (typeof events.$inferInsert)[]): Promise<void> {
  if (rows.length > 0) await tx.insert(events).values(rows)
}

/** Step: events and their live windows go so many calendar days on, at the same hours of the zone's clocks. */
export async function shiftEvents(tx: Writer, weekId: string, shift: (instant: Date) => Date): Promise<void> {
  for (const { id, startsAt, endsAt } of await listEvents(tx, weekId))
    await tx
      .update(events)
      .set({ startsAt: shift(startsAt), endsAt: shift(endsAt) })
      .where(eq(events.id, id))
  for (const { eventId, startsAt, endsAt, version } of await listLiveWindows(tx, weekId))
    await tx
      .update(liveWindows)
      .set({ startsAt: shift(startsAt), endsAt: shift(endsAt), version: version + 1 })
      .where(eq(liveWindows.eventId, eventId))
}

export async function insertInvitation(
  tx: Writer,
  invitation: typeof invitations.$inferInsert,
): Promise<void> {
  await tx.insert(invitations).values(invitation)
}

/** The links of a host's invitations lead nowhere any more. */
export async function deleteInvitations(tx: Writer, weekHostId: string): Promise<void> {
  await tx.delete(invitations).where(eq(invitations.weekHostId, weekHostId))
}

/** Another person is who hosts, all else staying. */
export async function giveHosting(tx: Writer, id: string, personId: string): Promise<void> {
  await tx
    .update(weekHosts)
    .set({ personId })
    .where(and(eq(weekHosts.id, id), isNull(weekHosts.endedAt)))
}

export async function isHostOf(read: Reader, id: string, personId: string): Promise<boolean> {
  const found = and(eq(weekHosts.id, id), eq(weekHosts.personId, personId))
  return (await read.$count(weekHosts, found)) > 0
}

/** Whose an invitation's link is, whatever became of it. */
export async function findInvited(
  read: Reader,
  tokenHash: string,
): Promise<{ week: Week; host: WeekHost } | undefined> {
  const rows = await read
    .select({ week: weeks, host: weekHosts })
    .from(invitations)
    .innerJoin(weekHosts, eq(weekHosts.id, invitations.weekHostId))
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(eq(invitations.tokenHash, tokenHash))
  return rows[0]
}

/** Whether a picture is the portrait of somebody whose week is announced: everybody may look at it then. */
export async function isAnnouncedPortrait(read: Reader, hash: string): Promise<boolean> {
  const rows = await read
    .select({ id: weeks.id })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(
      and(
        eq(weekHosts.portraitHash, hash),
        isNull(weekHosts.endedAt),
        isNotNull(weeks.announcedAt),
        ne(weeks.state, 'cancelled'),
      ),
    )
    .limit(1)
  return rows.length > 0
}

/** The hosts of weeks that are not over, the nearest week first. */
export async function comingHosts(read: Reader, now: Date): Promise<{ week: Week; host: WeekHost }[]> {
  return read
    .select({ week: weeks, host: weekHosts })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
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

/** A hosting, whatever became of it, with its week. */
export async function findHosting(
  read: Reader,
  weekHostId: string,
): Promise<{ week: Week; host: WeekHost } | undefined> {
  const rows = await read
    .select({ week: weeks, host: weekHosts })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(eq(weekHosts.id, weekHostId))
  return rows[0]
}

export type MailTemplate = typeof mailTemplates.$inferSelect

export async function findTemplate(
  read: Reader,
  accountId: string,
  kind: MailTemplate['kind'],
): Promise<MailTemplate | undefined> {
  return (await read.select().from(mailTemplates).where(isTemplate(accountId, kind)))[0]
}

export async function listTemplates(read: Reader, accountId: string): Promise<MailTemplate[]> {
  return read.select().from(mailTemplates).where(eq(mailTemplates.accountId, accountId))
}

/** Keeps an account's own words as they were seen, of which there may be none yet (version 0); false when somebody was faster. */
export async function keepTemplate(
  tx: Writer,
  { version, ...template }: typeof mailTemplates.$inferInsert & { version: number },
): Promise<boolean> {
  const rows =
    version === 0
      ? await tx.insert(mailTemplates).values(template).onConflictDoNothing().returning()
      : await tx
          .update(mailTemplates)
          .set({ ...template, version: version + 1 })
          .where(and(isTemplate(template.accountId, template.kind), eq(mailTemplates.version, version)))
          .returning()
  return rows.length === 1
}

/** Back to the default; false when somebody was faster. */
export async function deleteTemplate(
  tx: Writer,
  { accountId, kind, version }: Pick<MailTemplate, 'accountId' | 'kind' | 'version'>,
): Promise<boolean> {
  const rows = await tx
    .delete(mailTemplates)
    .where(and(isTemplate(accountId, kind), eq(mailTemplates.version, version)))
    .returning()
  return rows.length === 1
}

function isTemplate(accountId: string, kind: MailTemplate['kind']) {
  return and(eq(mailTemplates.accountId, accountId), eq(mailTemplates.kind, kind))
}

/** What is no gap any more, or lies behind, is forgotten. */
export async function dropGapAlerts(tx: Writer, accountId: string, gaps: string[]): Promise<void> {
  await tx.delete(gapAlerts).where(and(eq(gapAlerts.accountId, accountId), notInArray(gapAlerts.slot, gaps)))
}

/** Returns those that were not told of before. */
export async function insertGapAlerts(
  tx: Writer,
  accountId: string,
  gaps: string[],
  at: Date,
): Promise<string[]> {
  if (gaps.length === 0) return []
  const rows = await tx
    .insert(gapAlerts)
    .values(gaps.map((slot) => ({ accountId, slot, at })))
    .onConflictDoNothing()
    .returning({ slot: gapAlerts.slot })
  return rows.map(({ slot }) => slot)
}

/** What was changed of the account's profile for a host. */
export async function profileTicksOf(read: Reader, weekHostId: string): Promise<ProfileChange[]> {
  const rows = await read
    .select({ change: profileTicks.change })
    .from(profileTicks)
    .where(eq(profileTicks.weekHostId, weekHostId))
  return rows.map(({ change }) => change)
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
