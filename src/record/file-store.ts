import { and, asc, eq, gt, gte, inArray, like, lt, or, type SQL } from 'drizzle-orm'
import type { Reader } from '../db/database.ts'
import {
  activity,
  agreements,
  attempts,
  briefingTicks,
  decisions,
  deliveries,
  draftComments,
  draftRevisions,
  drafts,
  events,
  mails,
  people,
  removals,
  weekHosts,
  weeks,
} from '../db/schema/index.ts'

/** What a file of the record is about, of one account: a week, a person, or a period, which all may narrow further. */
export interface Scope {
  accountId: string
  weekId?: string | undefined
  personId?: string | undefined
  from?: Date | undefined
  /** Not included. */
  until?: Date | undefined
}

/** The weeks of a scope, also cancelled ones; in order. */
export async function weeksInScope(read: Reader, { accountId, weekId, personId, from, until }: Scope) {
  const hosted = personId
    ? await read.select({ id: weekHosts.weekId }).from(weekHosts).where(eq(weekHosts.personId, personId))
    : null
  return read
    .select()
    .from(weeks)
    .where(
      and(
        eq(weeks.accountId, accountId),
        weekId === undefined ? undefined : eq(weeks.id, weekId),
        hosted
          ? inArray(
              weeks.id,
              hosted.map(({ id }) => id),
            )
          : undefined,
        from && gt(weeks.closesAt, from),
        until && lt(weeks.opensAt, until),
      ),
    )
    .orderBy(asc(weeks.opensAt))
}

/** The entries of a scope, oldest first; of a week also what the brake did while it was open. */
export async function entriesInScope(
  read: Reader,
  { accountId, weekId, personId, from, until }: Scope,
  open: { opensAt: Date; closesAt: Date } | undefined,
) {
  const ofWeek =
    weekId &&
    or(
      eq(activity.weekId, weekId),
      inArray(activity.draftId, read.select({ id: drafts.id }).from(drafts).where(eq(drafts.weekId, weekId))),
      open &&
        and(
          like(activity.kind, 'account.brake-%'),
          gte(activity.at, open.opensAt),
          lt(activity.at, open.closesAt),
        ),
    )
  return read
    .select()
    .from(activity)
    .where(
      and(
        eq(activity.accountId, accountId),
        ofWeek || undefined,
        personId === undefined ? undefined : eq(activity.personId, personId),
        from && gte(activity.at, from),
        until && lt(activity.at, until),
      ),
    )
    .orderBy(asc(activity.id))
}

/** The drafts of these weeks, and these; with `personId` those that this person wrote or changed. Discarded ones too. */
export async function draftsInScope(
  read: Reader,
  { accountId, weekId, personId, from, until }: Scope,
  draftIds: string[],
) {
  const which: (SQL | undefined)[] = []
  if (weekId !== undefined) which.push(eq(drafts.weekId, weekId))
  else if (personId !== undefined) {
    const written = read
      .select({ id: draftRevisions.draftId })
      .from(draftRevisions)
      .where(eq(draftRevisions.authorId, personId))
    which.push(
      and(
        inArray(drafts.id, written),
        from && gte(drafts.changedAt, from),
        until && lt(drafts.createdAt, until),
      ),
    )
  } else which.push(inArray(drafts.id, draftIds))
  return read
    .select()
    .from(drafts)
    .where(and(eq(drafts.accountId, accountId), or(...which)))
    .orderBy(asc(drafts.createdAt))
}

/** All that belongs to drafts, each in order. */
export async function aboutDrafts(read: Reader, draftIds: string[]) {
  const sent = await read
    .select()
    .from(deliveries)
    .where(inArray(deliveries.draftId, draftIds))
    .orderBy(asc(deliveries.queuedAt), asc(deliveries.position))
  const ids = sent.map(({ id }) => id)
  return {
    revisions: await read
      .select()
      .from(draftRevisions)
      .where(inArray(draftRevisions.draftId, draftIds))
      .orderBy(asc(draftRevisions.number)),
    decisions: await read
      .select()
      .from(decisions)
      .where(inArray(decisions.draftId, draftIds))
      .orderBy(asc(decisions.at)),
    comments: await read
      .select()
      .from(draftComments)
      .where(inArray(draftComments.draftId, draftIds))
      .orderBy(asc(draftComments.at)),
    deliveries: sent,
    attempts: await read
      .select()
      .from(attempts)
      .where(inArray(attempts.deliveryId, ids))
      .orderBy(asc(attempts.at)),
    removals: await read.select().from(removals).where(inArray(removals.deliveryId, ids)),
  }
}

/** Who ever hosted these weeks, what they signed, what they were briefed on, and the weeks’ events. */
export async function aboutWeeks(read: Reader, weekIds: string[]) {
  const hosts = await read
    .select()
    .from(weekHosts)
    .where(inArray(weekHosts.weekId, weekIds))
    .orderBy(asc(weekHosts.createdAt))
  const ids = hosts.map(({ id }) => id)
  return {
    hosts,
    agreements: await read
      .select()
      .from(agreements)
      .where(inArray(agreements.weekHostId, ids))
      .orderBy(asc(agreements.signedAt)),
    ticks: await read
      .select()
      .from(briefingTicks)
      .where(inArray(briefingTicks.weekHostId, ids))
      .orderBy(asc(briefingTicks.tickedAt)),
    events: await read
      .select()
      .from(events)
      .where(inArray(events.weekId, weekIds))
      .orderBy(asc(events.startsAt)),
  }
}

/** The mails of a scope: to these hosts of a week, to a person, or all of the account in a period. */
export async function mailsInScope(
  read: Reader,
  { accountId, weekId, personId, from, until }: Scope,
  weekHostIds: string[],
) {
  return read
    .select()
    .from(mails)
    .where(
      and(
        eq(mails.accountId, accountId),
        weekId === undefined ? undefined : inArray(mails.weekHostId, weekHostIds),
        personId === undefined ? undefined : eq(mails.personId, personId),
        from && gte(mails.createdAt, from),
        until && lt(mails.createdAt, until),
      ),
    )
    .orderBy(asc(mails.createdAt))
}

export async function everybody(read: Reader) {
  return read.select({ id: people.id, name: people.name, email: people.email }).from(people)
}
