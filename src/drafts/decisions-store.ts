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
  not,
  or,
  sql,
} from 'drizzle-orm'
import { DEFAULT_POLICY } from '../accounts/account.ts'
import type { Reader, Writer } from '../db/database.ts'
import {
  accounts,
  decisions,
  deliveries,
  draftRevisions,
  drafts,
  people,
  restores,
  weekHosts,
  weeks,
} from '../db/schema/index.ts'
import { VERDICT_KINDS, type PolicyGround } from './draft.ts'
import type { Decision, Draft } from './store.ts'

export async function insertDecision(tx: Writer, decision: typeof decisions.$inferInsert): Promise<void> {
  await tx.insert(decisions).values(decision)
}

export async function findDecision(read: Reader, id: string): Promise<Decision | undefined> {
  return (await read.select().from(decisions).where(eq(decisions.id, id)))[0]
}

export async function lastDecision(read: Reader, draftId: string): Promise<Decision | undefined> {
  const rows = await read
    .select()
    .from(decisions)
    .where(eq(decisions.draftId, draftId))
    // Of two in one millisecond the later row counts.
    .orderBy(desc(decisions.at), desc(sql`rowid`))
    .limit(1)
  return rows[0]
}

/** Whether a person ever stopped the draft or gave it back to be changed; not that the account's rules changed under it. */
export async function wasReturned(read: Reader, draftId: string): Promise<boolean> {
  const count = await read.$count(
    decisions,
    and(
      eq(decisions.draftId, draftId),
      inArray(decisions.kind, ['stopped', 'changes-requested']),
      isNull(decisions.ground),
    ),
  )
  return count > 0
}

/** What they are called in that week; of a template, the account. */
const writerName = sql<string>`coalesce(${weekHosts.name}, ${people.name}, '@' || ${accounts.handle})`

/** What goes out on the policy's word, whose it is, and when. */
export interface GoingByPolicy {
  draft: Draft
  name: string
  /** Product time. */
  dueAt: Date
}

/** The drafts of an account that go out on its policy's word, of which nothing is being sent yet; the soonest first. */
export async function goingByPolicy(read: Reader, accountId: string): Promise<GoingByPolicy[]> {
  return read
    .select({
      draft: drafts,
      name: writerName,
      dueAt: deliveries.dueAt,
    })
    .from(deliveries)
    .innerJoin(decisions, eq(decisions.id, deliveries.decisionId))
    .innerJoin(drafts, eq(drafts.id, deliveries.draftId))
    .innerJoin(accounts, eq(accounts.id, drafts.accountId))
    .leftJoin(people, eq(people.id, drafts.authorId))
    .leftJoin(weekHosts, eq(weekHosts.id, drafts.weekHostId))
    .where(
      and(
        eq(deliveries.accountId, accountId),
        eq(deliveries.state, 'waiting'),
        eq(deliveries.position, 0),
        isNull(deliveries.letGoId),
        isNull(decisions.personId),
      ),
    )
    .orderBy(asc(deliveries.dueAt))
}

/** What the account's policy let go, and what of it has not gone out. */
export interface LetGoByPolicy {
  draft: Draft
  decision: Decision
  ground: PolicyGround
  /** Product time. */
  dueAt: Date
  /** A part of it is being sent, went out, or may have. */
  begun: boolean
}

/** The drafts of an account that its policy let go, of which a part waits or is held, and which nobody let go since. */
export async function letGoByPolicy(read: Reader, accountId: string): Promise<LetGoByPolicy[]> {
  const ahead = sql`${deliveries.state} in ('waiting', 'held')`
  const rows = await read
    .select({
      draft: drafts,
      decision: decisions,
      dueAt: sql<number>`min(${deliveries.dueAt})`,
      begun: sql<number>`sum(not ${ahead})`,
    })
    .from(decisions)
    .innerJoin(drafts, eq(drafts.id, decisions.draftId))
    .innerJoin(deliveries, eq(deliveries.decisionId, decisions.id))
    .where(and(eq(drafts.accountId, accountId), eq(drafts.state, 'approved'), isNull(decisions.personId)))
    .groupBy(decisions.id)
    .having(sql`sum(${ahead}) > 0 and max(${deliveries.letGoId}) is null`)
    .orderBy(sql`min(${deliveries.dueAt})`)
  return rows.flatMap(({ dueAt, begun, ...row }) =>
    row.decision.ground
      ? [{ ...row, ground: row.decision.ground, dueAt: new Date(dueAt), begun: begun > 0 }]
      : [],
  )
}

/** The revisions that a person wrote in these drafts, and whose they became since. */
export async function revisionsBy(
  read: Reader,
  draftIds: string[],
  personId: string,
): Promise<{ draftId: string; authorId: string | null; acceptedBy: string | null }[]> {
  return read
    .select({
      draftId: draftRevisions.draftId,
      authorId: draftRevisions.authorId,
      acceptedBy: draftRevisions.acceptedBy,
    })
    .from(draftRevisions)
    .where(and(inArray(draftRevisions.draftId, draftIds), eq(draftRevisions.authorId, personId)))
}

/** The last approval of the first of two people, given at `since` or later. */
export async function findAgreement(
  read: Reader,
  draftId: string,
  since: Date,
): Promise<(Decision & { personName: string | null }) | undefined> {
  const rows = await read
    .select({ decision: decisions, personName: people.name })
    .from(decisions)
    .leftJoin(people, eq(people.id, decisions.personId))
    .where(and(eq(decisions.draftId, draftId), eq(decisions.kind, 'agreed'), gte(decisions.at, since)))
    .orderBy(desc(decisions.at))
    .limit(1)
  return rows[0] && { ...rows[0].decision, personName: rows[0].personName }
}

/** Whether it went out is not known: a backup was put back after it was submitted, and X was not looked at since. */
const isNotLookedUp = sql`exists (
  select 1 from ${restores}
  where ${restores.accountId} = ${drafts.accountId}
    and ${restores.comparedAt} is null
    and ${restores.restoredAt} > ${drafts.submittedAt}
)`

const waitsUntold = and(
  eq(drafts.state, 'submitted'),
  not(isNotLookedUp),
  or(isNull(drafts.undecidedAt), lt(drafts.undecidedAt, drafts.submittedAt)),
)

/** Submitted ones whose wished time has passed, and whose writers were not told. */
export async function undecidedDrafts(read: Reader, now: Date): Promise<(Draft & { wishedAt: Date })[]> {
  const found = await read
    .select()
    .from(drafts)
    .where(and(waitsUntold, lte(drafts.wishedAt, now)))
    .orderBy(asc(drafts.wishedAt))
    .limit(100)
  return found.flatMap((draft) => (draft.wishedAt ? [{ ...draft, wishedAt: draft.wishedAt }] : []))
}

export async function earliestUndecided(read: Reader): Promise<Date | null> {
  const found = await read
    .select({ wishedAt: drafts.wishedAt })
    .from(drafts)
    .where(and(waitsUntold, isNotNull(drafts.wishedAt)))
    .orderBy(asc(drafts.wishedAt))
    .limit(1)
  return found[0]?.wishedAt ?? null
}

const waitsOfHost = and(
  eq(drafts.state, 'submitted'),
  isNotNull(drafts.weekHostId),
  ne(weeks.state, 'cancelled'),
  not(isNotLookedUp),
)

/** What hosts submitted, and nobody decided before their week closed; the longest ago first. */
export async function undecidedOfClosedWeeks(
  read: Reader,
  now: Date,
): Promise<{ draft: Draft; closedAt: Date }[]> {
  return read
    .select({ draft: drafts, closedAt: weeks.closesAt })
    .from(drafts)
    .innerJoin(weeks, eq(weeks.id, drafts.weekId))
    .where(and(waitsOfHost, lte(weeks.closesAt, now)))
    .orderBy(asc(weeks.closesAt), asc(drafts.submittedAt))
    .limit(500)
}

/** When the first week closes of which something of its host waits; null for none. */
export async function earliestToEnd(read: Reader): Promise<Date | null> {
  const rows = await read
    .select({ closesAt: weeks.closesAt })
    .from(drafts)
    .innerJoin(weeks, eq(weeks.id, drafts.weekId))
    .where(waitsOfHost)
    .orderBy(asc(weeks.closesAt))
    .limit(1)
  return rows[0]?.closesAt ?? null
}

/** When those who decide are to be reminded, in milliseconds; null where the account wants none. */
const remindAt = sql<number>`${drafts.wishedAt} - nullif(coalesce(json_extract(${accounts.policy}, '$.remindMinutes'), ${DEFAULT_POLICY.remindMinutes}), 0) * 60000`

const waitsUnreminded = and(
  eq(drafts.state, 'submitted'),
  or(isNull(drafts.remindedAt), lt(drafts.remindedAt, drafts.submittedAt)),
  sql`${drafts.submittedAt} <= ${remindAt}`,
)

/** Submitted ones that are wanted soon, and of which nobody was reminded. */
export async function draftsToRemindOf(read: Reader, now: Date): Promise<(Draft & { wishedAt: Date })[]> {
  const found = await read
    .select({ draft: drafts })
    .from(drafts)
    .innerJoin(accounts, eq(accounts.id, drafts.accountId))
    .where(and(waitsUnreminded, gt(drafts.wishedAt, now), sql`${remindAt} <= ${now.getTime()}`))
    .orderBy(asc(drafts.wishedAt))
    .limit(100)
  return found.flatMap(({ draft }) => (draft.wishedAt ? [{ ...draft, wishedAt: draft.wishedAt }] : []))
}

export async function earliestReminder(read: Reader, now: Date): Promise<Date | null> {
  const found = await read
    .select({ at: remindAt })
    .from(drafts)
    .innerJoin(accounts, eq(accounts.id, drafts.accountId))
    .where(and(waitsUnreminded, gt(drafts.wishedAt, now)))
    .orderBy(remindAt)
    .limit(1)
  return found[0] ? new Date(found[0].at) : null
}

export async function markReminded(tx: Writer, id: string, at: Date): Promise<void> {
  await tx.update(drafts).set({ remindedAt: at }).where(eq(drafts.id, id))
}

export async function markUndecidedTold(tx: Writer, id: string, at: Date): Promise<void> {
  await tx.update(drafts).set({ undecidedAt: at }).where(eq(drafts.id, id))
}

/** A draft in the queue, with whose it is. */
export interface WaitingDraft {
  draft: Draft
  /** As the week's host they may be called differently than as a person. */
  name: string
  portraitHash: string | null
}

/** "As soon as approved" counts as wanted so long after it was submitted, and not before its week opens. */
const SOON_IS_MS = 4 * 3600 * 1000

/**
 * What waits for a decision, what is wanted first on top: one page of it. Only ids are sorted, because texts are long and
 * there can be many.
 */
export async function waitingDrafts(
  read: Reader,
  accountId: string,
  { limit, offset = 0 }: { limit: number; offset?: number },
): Promise<WaitingDraft[]> {
  const wanted = sql`coalesce(${drafts.wishedAt}, max(${drafts.submittedAt} + ${SOON_IS_MS}, coalesce(${weeks.opensAt}, 0)))`
  const page = await read
    .select({ id: drafts.id })
    .from(drafts)
    .leftJoin(weeks, eq(weeks.id, drafts.weekId))
    .where(and(eq(drafts.accountId, accountId), eq(drafts.state, 'submitted')))
    .orderBy(wanted, asc(drafts.submittedAt), asc(drafts.id))
    .limit(limit)
    .offset(offset)
  const ids = page.map(({ id }) => id)
  const found = new Map((await draftsWithNames(read, ids)).map((one) => [one.draft.id, one]))
  return ids.flatMap((id) => found.get(id) ?? [])
}

export async function draftsWithNames(read: Reader, ids: string[]): Promise<WaitingDraft[]> {
  return read
    .select({
      draft: drafts,
      name: writerName,
      portraitHash: weekHosts.portraitHash,
    })
    .from(drafts)
    .innerJoin(accounts, eq(accounts.id, drafts.accountId))
    .leftJoin(people, eq(people.id, drafts.authorId))
    .leftJoin(weekHosts, eq(weekHosts.id, drafts.weekHostId))
    .where(inArray(drafts.id, ids))
}

/** Undecided drafts that are wished for a time from `from` until just before `to`. */
export async function undecidedBetween(
  read: Reader,
  accountId: string,
  from: Date,
  to: Date,
): Promise<Draft[]> {
  return read
    .select()
    .from(drafts)
    .where(
      and(
        eq(drafts.accountId, accountId),
        eq(drafts.state, 'submitted'),
        gte(drafts.wishedAt, from),
        lt(drafts.wishedAt, to),
      ),
    )
    .orderBy(asc(drafts.wishedAt))
}

/** The last verdict on each of these drafts, by the draft's id; the name is null where the policy decided. */
export async function latestVerdicts(
  read: Reader,
  draftIds: string[],
): Promise<Map<string, Decision & { personName: string | null }>> {
  const rows = await read
    .select({ decision: decisions, personName: people.name })
    .from(decisions)
    .leftJoin(people, eq(people.id, decisions.personId))
    .where(and(inArray(decisions.draftId, draftIds), inArray(decisions.kind, [...VERDICT_KINDS])))
    .orderBy(asc(decisions.at))
  return new Map(rows.map(({ decision, personName }) => [decision.draftId, { ...decision, personName }]))
}
