import {
  and,
  asc,
  desc,
  eq,
  exists,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  ne,
  not,
  notInArray,
  or,
  sql,
  type Placeholder,
} from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { Reader, Writer } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import {
  accounts,
  attempts,
  connections,
  deliveries,
  drafts,
  leases,
  people,
  postsSinceCopy,
  removals,
  restores,
  timelines,
  uploads,
  weekHosts,
  weeks,
} from '../db/schema/index.ts'
import { DELIVERY_TRANSITIONS, type DeliveryState, type HeldReason } from './delivery.ts'

export type Delivery = typeof deliveries.$inferSelect
export type Attempt = typeof attempts.$inferSelect
export type KeptRemoval = typeof removals.$inferSelect
export type PostSinceCopy = typeof postsSinceCopy.$inferSelect
export type Upload = typeof uploads.$inferSelect
type DeliveryChange = Partial<typeof deliveries.$inferInsert>

const accountForDue = {
  id: accounts.id,
  version: accounts.version,
  policy: accounts.policy,
  brakeAt: accounts.brakeAt,
  brakePassId: accounts.brakePassId,
}
const partBefore = alias(deliveries, 'part_before')
const isPartBefore = and(
  eq(partBefore.decisionId, deliveries.decisionId),
  eq(partBefore.position, sql`${deliveries.position} - 1`),
)

export async function insertDelivery(tx: Writer, delivery: typeof deliveries.$inferInsert): Promise<void> {
  await tx.insert(deliveries).values(delivery)
}

export async function findDelivery(read: Reader, id: string): Promise<Delivery | undefined> {
  const statement = prepared(read, 'delivery', () =>
    read
      .select()
      .from(deliveries)
      .where(eq(deliveries.id, sql.placeholder('id')))
      .prepare(),
  )
  return (await statement.execute({ id }))[0]
}

/** The parts that one decision approved, in order. */
export async function partsOf(read: Reader, decisionId: string): Promise<Delivery[]> {
  const statement = prepared(read, 'parts', () =>
    read
      .select()
      .from(deliveries)
      .where(eq(deliveries.decisionId, sql.placeholder('decisionId')))
      .orderBy(asc(deliveries.position))
      .prepare(),
  )
  return statement.execute({ decisionId })
}

/** In the order of their drafts' parts; of each decision, the latest last. */
export async function deliveriesOfDrafts(read: Reader, draftIds: string[]): Promise<Delivery[]> {
  return read
    .select()
    .from(deliveries)
    .where(inArray(deliveries.draftId, draftIds))
    .orderBy(asc(deliveries.draftId), asc(deliveries.queuedAt), asc(deliveries.position))
}

/** Due from `from` on and before `to`, in order, whatever became of them. */
export async function deliveriesBetween(
  read: Reader,
  accountId: string,
  from: Date,
  to: Date,
): Promise<Delivery[]> {
  return read
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.accountId, accountId), gte(deliveries.dueAt, from), lt(deliveries.dueAt, to)))
    .orderBy(asc(deliveries.dueAt), asc(deliveries.draftId), asc(deliveries.position))
}

export async function deliveriesInStates(
  read: Reader,
  accountId: string,
  states: readonly DeliveryState[],
): Promise<Delivery[]> {
  return read
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.accountId, accountId), inArray(deliveries.state, [...states])))
    .orderBy(asc(deliveries.dueAt), asc(deliveries.draftId), asc(deliveries.position))
}

export async function isAnyHeld(read: Reader, accountId: string, reason: HeldReason): Promise<boolean> {
  const rows = await read
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.accountId, accountId),
        eq(deliveries.state, 'held'),
        eq(deliveries.heldReason, reason),
      ),
    )
    .limit(1)
  return rows.length > 0
}

/**
 * Holds for the brake whatever would go by itself: what waits, and what only waits for a connection, for credit or for
 * the month's budget. Returns what it held.
 */
export async function holdForBrake(tx: Writer, accountId: string): Promise<Delivery[]> {
  return tx
    .update(deliveries)
    .set({
      state: 'held',
      heldReason: 'brake',
      trouble: null,
      notBefore: null,
      version: sql`${deliveries.version} + 1`,
    })
    .where(
      and(
        eq(deliveries.accountId, accountId),
        not(passesBrake(tx)),
        or(
          eq(deliveries.state, 'waiting'),
          and(
            eq(deliveries.state, 'held'),
            inArray(deliveries.heldReason, ['reconnect', 'credit', 'budget']),
          ),
        ),
      ),
    )
    .returning()
}

/** Let go by the one decision that passes the brake of its account. */
function passesBrake(read: Reader) {
  return exists(
    read
      .select({ one: sql`1` })
      .from(accounts)
      .where(and(eq(accounts.id, deliveries.accountId), eq(accounts.brakePassId, deliveries.letGoId))),
  )
}

/**
 * The first parts of a week's posts that wait for a time in a span: not what was posted live, nor what somebody let go, nor
 * what has no time of its own and goes as soon as it is approved, or answers somebody.
 */
export async function scheduledIn(
  read: Reader,
  { weekId, from, to }: { weekId: string; from: Date; to: Date },
): Promise<Delivery[]> {
  const rows = await read
    .select({ delivery: deliveries })
    .from(deliveries)
    .innerJoin(drafts, eq(drafts.id, deliveries.draftId))
    .where(
      and(
        eq(deliveries.weekId, weekId),
        eq(deliveries.state, 'waiting'),
        eq(deliveries.position, 0),
        isNull(deliveries.letGoId),
        isNull(drafts.pressedAt),
        or(
          isNotNull(drafts.wishedAt),
          and(isNull(drafts.replyTo), gt(deliveries.dueAt, deliveries.queuedAt)),
        ),
        gte(deliveries.dueAt, from),
        lt(deliveries.dueAt, to),
      ),
    )
    .orderBy(asc(deliveries.dueAt))
  return rows.map(({ delivery }) => delivery)
}

/** What of a week stepped aside for what is posted live. */
export async function heldAside(read: Reader, weekId: string): Promise<Delivery[]> {
  return read
    .select()
    .from(deliveries)
    .where(
      and(eq(deliveries.weekId, weekId), eq(deliveries.state, 'held'), eq(deliveries.heldReason, 'live')),
    )
    .orderBy(asc(deliveries.dueAt), asc(deliveries.position))
}

/** The weeks of which something stepped aside. */
export async function weeksHeldAside(read: Reader): Promise<{ accountId: string; weekId: string }[]> {
  const statement = prepared(read, 'weeks held aside', () =>
    read
      .selectDistinct({ accountId: deliveries.accountId, weekId: deliveries.weekId })
      .from(deliveries)
      .where(isHeldFor('live'))
      .prepare(),
  )
  const rows = await statement.execute()
  return rows.flatMap(({ accountId, weekId }) => (weekId === null ? [] : [{ accountId, weekId }]))
}

/** What the brake holds, in the order of its times. */
export async function heldByBrake(read: Reader, accountId: string): Promise<Delivery[]> {
  return read
    .select()
    .from(deliveries)
    .where(
      and(
        eq(deliveries.accountId, accountId),
        eq(deliveries.state, 'held'),
        eq(deliveries.heldReason, 'brake'),
      ),
    )
    .orderBy(asc(deliveries.dueAt), asc(deliveries.draftId), asc(deliveries.position))
}

/** What had been handed to the network at that moment (product time) and may have come to stand there after it. */
export async function underWayAt(read: Reader, accountId: string, at: Date): Promise<Delivery[]> {
  const begun = read
    .select({ id: attempts.deliveryId })
    .from(attempts)
    .where(
      and(
        lte(attempts.at, at),
        or(isNull(attempts.outcome), inArray(attempts.outcome, ['posted', 'unknown'])),
      ),
    )
  return read
    .select()
    .from(deliveries)
    .where(
      and(
        eq(deliveries.accountId, accountId),
        inArray(deliveries.id, begun),
        or(inArray(deliveries.state, ['sending', 'unknown']), gte(deliveries.postedAt, at)),
      ),
    )
    .orderBy(asc(deliveries.dueAt), asc(deliveries.draftId), asc(deliveries.position))
}

/** Who wrote, as the host of a week that is still theirs, something that the brake holds. */
export async function hostsHeldByBrake(
  read: Reader,
  accountId: string,
): Promise<{ id: string; personId: string }[]> {
  return read
    .selectDistinct({ id: weekHosts.id, personId: weekHosts.personId })
    .from(deliveries)
    .innerJoin(drafts, eq(drafts.id, deliveries.draftId))
    .innerJoin(weekHosts, eq(weekHosts.id, drafts.weekHostId))
    .where(
      and(
        eq(deliveries.accountId, accountId),
        eq(deliveries.state, 'held'),
        eq(deliveries.heldReason, 'brake'),
        isNull(weekHosts.endedAt),
      ),
    )
}

/** A held delivery with what says whether it is too late. */
export type Held = Pick<Due, 'delivery' | 'account'>

/** What was held for want of a connection, of accounts that are connected by now as whom it was approved for. */
export async function heldWhileDisconnected(read: Reader): Promise<Held[]> {
  const asApproved = or(
    isNull(deliveries.networkUserId),
    eq(deliveries.networkUserId, connections.networkUserId),
  )
  const statement = prepared(read, 'held while disconnected', () =>
    read
      .select({ delivery: deliveries, account: accountForDue })
      .from(deliveries)
      .innerJoin(accounts, eq(accounts.id, deliveries.accountId))
      .innerJoin(connections, eq(connections.accountId, deliveries.accountId))
      .where(and(isHeldFor('reconnect'), eq(connections.state, 'connected'), asApproved))
      .orderBy(asc(deliveries.dueAt), asc(deliveries.position))
      .prepare(),
  )
  return statement.execute()
}

export async function heldWithoutCredit(read: Reader): Promise<Held[]> {
  const statement = prepared(read, 'held without credit', () =>
    read
      .select({ delivery: deliveries, account: accountForDue })
      .from(deliveries)
      .innerJoin(accounts, eq(accounts.id, deliveries.accountId))
      .where(
        and(isHeldFor('credit'), or(isNull(accounts.brakeAt), eq(accounts.brakePassId, deliveries.letGoId))),
      )
      .orderBy(asc(deliveries.dueAt), asc(deliveries.queuedAt), asc(deliveries.position))
      .prepare(),
  )
  return statement.execute()
}

function isHeldFor(reason: HeldReason) {
  return and(eq(deliveries.state, 'held'), eq(deliveries.heldReason, reason))
}

/** What was held for the month's budget, in the order of its times. */
export async function heldForBudget(
  read: Reader,
): Promise<{ delivery: Delivery; account: Due['account'] & { timeZone: string } }[]> {
  const statement = prepared(read, 'held for budget', () =>
    read
      .select({ delivery: deliveries, account: { ...accountForDue, timeZone: accounts.timeZone } })
      .from(deliveries)
      .innerJoin(accounts, eq(accounts.id, deliveries.accountId))
      .where(isHeldFor('budget'))
      .orderBy(asc(deliveries.dueAt), asc(deliveries.queuedAt), asc(deliveries.position))
      .prepare(),
  )
  return statement.execute()
}

/** The deliveries in these states of what the hosts of a week wrote. */
export async function deliveriesOfHostedWeek(
  read: Reader,
  weekId: string,
  states: readonly DeliveryState[],
): Promise<Delivery[]> {
  const hostDrafts = read
    .select({ id: drafts.id })
    .from(drafts)
    .where(and(eq(drafts.weekId, weekId), isNotNull(drafts.weekHostId)))
  return read
    .select()
    .from(deliveries)
    .where(and(inArray(deliveries.draftId, hostDrafts), inArray(deliveries.state, [...states])))
}

/** Whose a delivery is, where a host wrote it, and when their week is open. */
export async function hostingOfDelivery(
  read: Reader,
  deliveryId: string,
): Promise<{ id: string; endedAt: Date | null; opensAt: Date; closesAt: Date } | undefined> {
  const rows = await read
    .select({
      id: weekHosts.id,
      endedAt: weekHosts.endedAt,
      opensAt: weeks.opensAt,
      closesAt: weeks.closesAt,
    })
    .from(deliveries)
    .innerJoin(drafts, eq(drafts.id, deliveries.draftId))
    .innerJoin(weekHosts, eq(weekHosts.id, drafts.weekHostId))
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(eq(deliveries.id, deliveryId))
  return rows[0]
}

/** Who wrote a delivery as the host of a week that is still theirs. */
export async function hostOfDelivery(
  read: Reader,
  deliveryId: string,
): Promise<{ weekHostId: string; personId: string; name: string; email: string } | undefined> {
  const statement = prepared(read, 'host of delivery', () =>
    read
      .select({ weekHostId: weekHosts.id, personId: people.id, name: people.name, email: people.email })
      .from(deliveries)
      .innerJoin(drafts, eq(drafts.id, deliveries.draftId))
      .innerJoin(weekHosts, eq(weekHosts.id, drafts.weekHostId))
      .innerJoin(people, eq(people.id, weekHosts.personId))
      .where(and(eq(deliveries.id, sql.placeholder('deliveryId')), isNull(weekHosts.endedAt)))
      .prepare(),
  )
  return (await statement.execute({ deliveryId }))[0]
}

/** How many of the parts that a host wrote reached the network, taken down or not. */
export async function countPostedOfHost(read: Reader, weekHostId: string): Promise<number> {
  const theirs = read.select({ id: drafts.id }).from(drafts).where(eq(drafts.weekHostId, weekHostId))
  return read.$count(deliveries, and(inArray(deliveries.draftId, theirs), isNotNull(deliveries.networkId)))
}

/** Changes a delivery that is still as it was read; null when somebody was faster. @throws RangeError for a state that it can't get to. */
export async function changeDelivery(
  tx: Writer,
  seen: Delivery,
  change: DeliveryChange,
): Promise<Delivery | null> {
  const { state = seen.state } = change
  if (state !== seen.state && !DELIVERY_TRANSITIONS[seen.state].includes(state))
    throw new RangeError(`A delivery that is ${seen.state} can’t become ${state}.`)
  const rows = await tx
    .update(deliveries)
    .set({ ...change, version: seen.version + 1 })
    .where(
      and(eq(deliveries.id, seen.id), eq(deliveries.state, seen.state), eq(deliveries.version, seen.version)),
    )
    .returning()
  return rows[0] ?? null
}

/** What reached the network since then, and all that was taken down, whenever it went out; in the order in which it did. */
export async function sentSince(read: Reader, accountId: string, since: Date): Promise<Delivery[]> {
  return read
    .select()
    .from(deliveries)
    .where(
      and(
        eq(deliveries.accountId, accountId),
        inArray(deliveries.state, ['posted', 'removing', 'removed']),
        isNotNull(deliveries.networkId),
        or(gte(deliveries.postedAt, since), ne(deliveries.state, 'posted')),
      ),
    )
    .orderBy(asc(deliveries.postedAt), asc(deliveries.draftId), asc(deliveries.position))
}

/** A waiting delivery and what must be known of its surroundings before it may go. */
export interface Due {
  delivery: Delivery
  partBefore: Delivery | null
  account: Pick<typeof accounts.$inferSelect, 'id' | 'version' | 'policy' | 'brakeAt' | 'brakePassId'>
  weekState: string | null
  /** Since when its writer does not host the week any more. */
  hostEndedAt: Date | null
}

/**
 * What is to be done now, the earliest first, but for the first `skipped`: due, not put off, and with nothing before it that
 * still waits. What has become late while it was put off is among it, so that people are asked and not first when the
 * network would take it. A few at a time, since sending takes long and others come to be due.
 */
export async function nextDue(
  read: Reader,
  moment: Moment,
  skipped: number,
): Promise<Pick<Delivery, 'id' | 'version'>[]> {
  const statement = prepared(read, 'next due', () =>
    read
      .select({ id: deliveries.id, version: deliveries.version })
      .from(deliveries)
      .innerJoin(accounts, eq(accounts.id, deliveries.accountId))
      .leftJoin(partBefore, isPartBefore)
      .where(isDue)
      .orderBy(asc(deliveries.dueAt), asc(deliveries.queuedAt), asc(deliveries.position))
      .limit(10)
      .offset(sql.placeholder('skipped'))
      .prepare(),
  )
  return statement.execute({ ...inMilliseconds(moment), skipped })
}

/** One of these as it is now; undefined when it is not to be done any more. */
export async function findDue(read: Reader, id: string, moment: Moment): Promise<Due | undefined> {
  const statement = prepared(read, 'due', () =>
    selectReady(read)
      .where(and(eq(deliveries.id, sql.placeholder('id')), isDue))
      .prepare(),
  )
  return (await statement.execute({ ...inMilliseconds(moment), id }))[0]
}

interface Moment {
  now: Date
  machineNow: Date
}

function inMilliseconds({ now, machineNow }: Moment) {
  return { now: now.getTime(), machineNow: machineNow.getTime() }
}

/**
 * When the next one may go, should nothing else happen: due in product time, put off in machine time. With `dueAfter` only
 * those that are due later.
 */
export async function readyDeliveries(
  read: Reader,
  dueAfter?: Date,
): Promise<Pick<Delivery, 'dueAt' | 'notBefore'>[]> {
  const statement = prepared(read, 'ready', () =>
    read
      .select({ dueAt: deliveries.dueAt, notBefore: deliveries.notBefore })
      .from(deliveries)
      .leftJoin(partBefore, isPartBefore)
      .where(and(ready, gt(deliveries.dueAt, sql.placeholder('dueAfter'))))
      .orderBy(asc(deliveries.dueAt))
      .limit(100)
      .prepare(),
  )
  return statement.execute({ dueAfter: dueAfter?.getTime() ?? -1 })
}

function selectReady(read: Reader) {
  return read
    .select({
      delivery: deliveries,
      partBefore,
      account: accountForDue,
      weekState: weeks.state,
      hostEndedAt: weekHosts.endedAt,
    })
    .from(deliveries)
    .innerJoin(accounts, eq(accounts.id, deliveries.accountId))
    .innerJoin(drafts, eq(drafts.id, deliveries.draftId))
    .leftJoin(weekHosts, eq(weekHosts.id, drafts.weekHostId))
    .leftJoin(weeks, eq(weeks.id, deliveries.weekId))
    .leftJoin(partBefore, isPartBefore)
}

const ready = and(
  eq(deliveries.state, 'waiting'),
  or(eq(deliveries.position, 0), notInArray(partBefore.state, ['waiting', 'held', 'sending'])),
)

const lateBefore = sql`${sql.placeholder('now')} - json_extract(${accounts.policy}, '$.lateAfterMinutes') * 60000`
const isDue = and(
  ready,
  lte(deliveries.dueAt, sql.placeholder('now')),
  or(notPutOff(sql.placeholder('machineNow')), lt(deliveries.dueAt, lateBefore)),
)

function notPutOff(machineNow: Placeholder) {
  return or(isNull(deliveries.notBefore), lte(deliveries.notBefore, machineNow))
}

/**
 * Takes a delivery for sending, if everything that must hold does so at this moment; null when something does not.
 * Whatever was looked at before, this one statement decides.
 */
export async function claimDelivery(
  tx: Writer,
  {
    due: { delivery: seen, partBefore: before, account },
    networkUserId,
    lease,
    notDueBefore,
    now,
    machineNow,
    deadlineAt,
  }: {
    due: Due
    networkUserId: string
    lease: { owner: string; fence: number }
    /** Product time: what was due earlier is late. */
    notDueBefore: Date
    now: Date
    machineNow: Date
    deadlineAt: Date
  },
): Promise<Delivery | null> {
  const statement = prepared(tx, 'claim', () => buildClaim(tx))
  const rows = await statement.execute({
    id: seen.id,
    version: seen.version,
    accountVersion: account.version,
    partBefore: before?.id ?? '',
    partBeforeNetworkId: before?.networkId ?? '',
    networkUserId,
    owner: lease.owner,
    fence: lease.fence,
    notDueBefore: notDueBefore.getTime(),
    now: now.getTime(),
    machineNow: machineNow.getTime(),
    deadlineAt: deadlineAt.getTime(),
  })
  return rows[0] ?? null
}

function buildClaim(tx: Writer) {
  const given = (name: string) => sql.placeholder(name)
  const postedBefore = and(
    eq(partBefore.id, given('partBefore')),
    eq(partBefore.state, 'posted'),
    eq(partBefore.networkId, given('partBeforeNetworkId')),
  )
  const one = { one: sql`1` }
  return tx
    .update(deliveries)
    .set({
      state: 'sending',
      networkUserId: sql`${given('networkUserId')}`,
      trouble: null,
      notBefore: null,
      version: sql`${deliveries.version} + 1`,
    })
    .where(
      and(
        eq(deliveries.id, given('id')),
        eq(deliveries.version, given('version')),
        eq(deliveries.state, 'waiting'),
        lte(deliveries.dueAt, given('now')),
        notPutOff(given('machineNow')),
        or(isNull(deliveries.networkUserId), eq(deliveries.networkUserId, given('networkUserId'))),
        or(eq(deliveries.position, 0), exists(tx.select(one).from(partBefore).where(postedBefore))),
        or(
          gte(deliveries.dueAt, given('notDueBefore')),
          exists(
            tx
              .select(one)
              .from(partBefore)
              .where(and(postedBefore, gte(partBefore.postedAt, given('notDueBefore')))),
          ),
        ),
        exists(
          tx
            .select(one)
            .from(accounts)
            .where(
              and(
                eq(accounts.id, deliveries.accountId),
                // The limit for lateness was read with this version of the policy.
                eq(accounts.version, given('accountVersion')),
                or(isNull(accounts.brakeAt), eq(accounts.brakePassId, deliveries.letGoId)),
              ),
            ),
        ),
        exists(
          tx
            .select(one)
            .from(connections)
            .where(
              and(
                eq(connections.accountId, deliveries.accountId),
                eq(connections.state, 'connected'),
                eq(connections.networkUserId, given('networkUserId')),
              ),
            ),
        ),
        or(
          isNull(deliveries.weekId),
          exists(
            tx
              .select(one)
              .from(weeks)
              .where(and(eq(weeks.id, deliveries.weekId), ne(weeks.state, 'cancelled'))),
          ),
        ),
        exists(
          tx
            .select(one)
            .from(drafts)
            .leftJoin(weekHosts, eq(weekHosts.id, drafts.weekHostId))
            .where(and(eq(drafts.id, deliveries.draftId), isNull(weekHosts.endedAt))),
        ),
        exists(
          tx
            .select(one)
            .from(leases)
            .where(
              and(
                isLease({ owner: given('owner'), fence: given('fence') }),
                gt(leases.until, given('deadlineAt')),
              ),
            ),
        ),
      ),
    )
    .returning()
    .prepare()
}

/** Writes down what stands on the network, whatever was thought of the delivery until now; null when that is known. */
export async function markPosted(
  tx: Writer,
  deliveryId: string,
  { networkId, postedAt }: { networkId: string; postedAt: Date },
): Promise<Delivery | null> {
  const statement = prepared(tx, 'delivery posted', () =>
    tx
      .update(deliveries)
      .set({
        state: 'posted',
        networkId: sql`${sql.placeholder('networkId')}`,
        postedAt: sql`${sql.placeholder('postedAt')}`,
        heldReason: null,
        trouble: null,
        notBefore: null,
        version: sql`${deliveries.version} + 1`,
      })
      .where(and(eq(deliveries.id, sql.placeholder('id')), isNull(deliveries.networkId)))
      .returning()
      .prepare(),
  )
  const rows = await statement.execute({ id: deliveryId, networkId, postedAt: postedAt.getTime() })
  return rows[0] ?? null
}

/** The parts after one that went out may go now; the next of them not before `notBefore` (machine time). */
export async function letPartsFollow(tx: Writer, posted: Delivery, notBefore: Date): Promise<void> {
  const after = and(eq(deliveries.decisionId, posted.decisionId), gt(deliveries.position, posted.position))
  const raised = { version: sql`${deliveries.version} + 1` }
  await tx
    .update(deliveries)
    .set({ state: 'waiting', heldReason: null, ...raised })
    .where(and(after, eq(deliveries.state, 'held'), eq(deliveries.heldReason, 'thread-broken')))
  await tx
    .update(deliveries)
    .set({ notBefore, ...raised })
    .where(and(after, eq(deliveries.position, posted.position + 1), eq(deliveries.state, 'waiting')))
}

/** The parts after one that broke off. */
export async function holdPartsAfter(tx: Writer, broken: Delivery): Promise<void> {
  await tx
    .update(deliveries)
    .set({ state: 'held', heldReason: 'thread-broken', version: sql`${deliveries.version} + 1` })
    .where(
      and(
        eq(deliveries.decisionId, broken.decisionId),
        gt(deliveries.position, broken.position),
        eq(deliveries.state, 'waiting'),
      ),
    )
}

/** Of these ids, the ones that stand for a delivery of the account already. */
export async function adoptedAmong(
  read: Reader,
  accountId: string,
  networkIds: string[],
): Promise<Set<string>> {
  const rows = await read
    .select({ networkId: deliveries.networkId })
    .from(deliveries)
    .where(and(eq(deliveries.accountId, accountId), inArray(deliveries.networkId, networkIds)))
  return new Set(rows.map(({ networkId }) => networkId!))
}

/** Of these posts of an account, the ones that somebody took down here, whether the network has done it or not. */
export async function takenDownAmong(
  read: Reader,
  accountId: string,
  networkIds: string[],
): Promise<Set<string>> {
  const rows = await read
    .select({ networkId: deliveries.networkId })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.accountId, accountId),
        inArray(deliveries.networkId, networkIds),
        inArray(deliveries.state, ['removing', 'removed']),
      ),
    )
  return new Set(rows.map(({ networkId }) => networkId!))
}

export async function insertRemoval(tx: Writer, removal: typeof removals.$inferInsert): Promise<void> {
  await tx.insert(removals).values(removal)
}

export async function findRemoval(read: Reader, deliveryId: string): Promise<KeptRemoval | undefined> {
  return (await read.select().from(removals).where(eq(removals.deliveryId, deliveryId)))[0]
}

export async function changeRemoval(
  tx: Writer,
  deliveryId: string,
  change: Pick<typeof removals.$inferInsert, 'tries' | 'stuckAt'>,
): Promise<void> {
  await tx.update(removals).set(change).where(eq(removals.deliveryId, deliveryId))
}

/** Whether a part of what one decision approved could not be taken down before. */
export async function isAnyStuck(read: Reader, decisionId: string): Promise<boolean> {
  const rows = await read
    .select({ id: deliveries.id })
    .from(removals)
    .innerJoin(deliveries, eq(deliveries.id, removals.deliveryId))
    .where(and(eq(deliveries.decisionId, decisionId), isNotNull(removals.stuckAt)))
    .limit(1)
  return rows.length > 0
}

/** What was taken down and still stands on the network, in the order in which it goes: of a thread the last part first. */
export async function standingRemovals(read: Reader): Promise<Delivery[]> {
  const statement = prepared(read, 'standing removals', () =>
    read
      .select({ delivery: deliveries })
      .from(removals)
      .innerJoin(deliveries, eq(deliveries.id, removals.deliveryId))
      .where(eq(deliveries.state, 'removing'))
      .orderBy(asc(removals.at), asc(deliveries.decisionId), desc(deliveries.position))
      .prepare(),
  )
  const rows = await statement.execute()
  return rows.map(({ delivery }) => delivery)
}

/** What can't be taken down by itself, of each thread the first part. */
export async function stuckRemovals(read: Reader, accountId: string): Promise<Delivery[]> {
  const rows = await read
    .select({ delivery: deliveries })
    .from(removals)
    .innerJoin(deliveries, eq(deliveries.id, removals.deliveryId))
    .where(
      and(eq(deliveries.accountId, accountId), eq(deliveries.state, 'removing'), isNotNull(removals.stuckAt)),
    )
    .orderBy(asc(removals.at), asc(deliveries.decisionId), asc(deliveries.position))
  const found = rows.map(({ delivery }) => delivery)
  return found.filter(({ decisionId }, at) => found.findIndex((one) => one.decisionId === decisionId) === at)
}

export async function insertAttempt(
  tx: Writer,
  attempt: Pick<Attempt, 'id' | 'deliveryId' | 'fence' | 'sent' | 'newestKnownId' | 'at' | 'deadlineAt'>,
): Promise<Attempt> {
  const statement = prepared(tx, 'insert attempt', () =>
    tx
      .insert(attempts)
      .values({
        id: sql.placeholder('id'),
        deliveryId: sql.placeholder('deliveryId'),
        fence: sql.placeholder('fence'),
        sent: sql.placeholder('sent'),
        newestKnownId: sql.placeholder('newestKnownId'),
        at: sql.placeholder('at'),
        deadlineAt: sql.placeholder('deadlineAt'),
      })
      .returning()
      .prepare(),
  )
  return (await statement.execute(attempt))[0]!
}

export async function attemptsOf(read: Reader, deliveryId: string): Promise<Attempt[]> {
  return read
    .select()
    .from(attempts)
    .where(eq(attempts.deliveryId, deliveryId))
    .orderBy(asc(attempts.at), asc(attempts.fence))
}

export async function findAttempt(read: Reader, id: string): Promise<Attempt | undefined> {
  const statement = prepared(read, 'attempt', () =>
    read
      .select()
      .from(attempts)
      .where(eq(attempts.id, sql.placeholder('id')))
      .prepare(),
  )
  return (await statement.execute({ id }))[0]
}

export async function changeAttempt(
  tx: Writer,
  id: string,
  change: Partial<typeof attempts.$inferInsert>,
): Promise<void> {
  await tx.update(attempts).set(change).where(eq(attempts.id, id))
}

/** The attempt's post stands on the network, whatever was thought of it until now. */
export async function markAttemptPosted(
  tx: Writer,
  id: string,
  { networkId, machineNow }: { networkId: string; machineNow: Date },
): Promise<void> {
  const statement = prepared(tx, 'attempt posted', () =>
    tx
      .update(attempts)
      .set({
        outcome: 'posted',
        networkId: sql`${sql.placeholder('networkId')}`,
        answeredAt: sql`coalesce(${attempts.answeredAt}, ${sql.placeholder('answeredAt')})`,
        nextLookAt: null,
      })
      .where(eq(attempts.id, sql.placeholder('id')))
      .prepare(),
  )
  await statement.execute({ id, networkId, answeredAt: machineNow.getTime() })
}

/** Attempts without an answer. */
export async function openAttempts(read: Reader): Promise<Attempt[]> {
  const statement = prepared(read, 'open attempts', () =>
    read.select().from(attempts).where(isNull(attempts.outcome)).orderBy(asc(attempts.deadlineAt)).prepare(),
  )
  return statement.execute()
}

/** The attempts whose outcome the account's timeline may still tell, and the deliveries in question. */
export async function attemptsToLookFor(read: Reader): Promise<{ attempt: Attempt; delivery: Delivery }[]> {
  const statement = prepared(read, 'attempts to look for', () =>
    read
      .select({ attempt: attempts, delivery: deliveries })
      .from(attempts)
      .innerJoin(deliveries, eq(deliveries.id, attempts.deliveryId))
      .where(and(isNotNull(attempts.nextLookAt), eq(deliveries.state, 'unknown')))
      .orderBy(asc(attempts.nextLookAt))
      .prepare(),
  )
  return statement.execute()
}

/** How many attempts since then ended without anybody knowing what became of them. */
export async function countUnknownSince(read: Reader, accountId: string, since: Date): Promise<number> {
  const rows = await read
    .select({ count: sql<number>`count(*)` })
    .from(attempts)
    .innerJoin(deliveries, eq(deliveries.id, attempts.deliveryId))
    .where(and(eq(deliveries.accountId, accountId), eq(attempts.outcome, 'unknown'), gte(attempts.at, since)))
  return rows[0]!.count
}

/** The attempt of which nobody knows what became. */
export async function findUnknownAttempt(read: Reader, deliveryId: string): Promise<Attempt | undefined> {
  const rows = await read
    .select()
    .from(attempts)
    .where(and(eq(attempts.deliveryId, deliveryId), eq(attempts.outcome, 'unknown')))
    .orderBy(desc(attempts.deadlineAt))
    .limit(1)
  return rows[0]
}

export async function uploadsOf(read: Reader, deliveryId: string): Promise<Upload[]> {
  return read.select().from(uploads).where(eq(uploads.deliveryId, deliveryId))
}

export async function keepUpload(tx: Writer, upload: Upload): Promise<void> {
  await tx
    .insert(uploads)
    .values(upload)
    .onConflictDoUpdate({ target: [uploads.deliveryId, uploads.imageHash], set: upload })
}

/** What the network does not know any more is uploaded anew. */
export async function forgetUploads(tx: Writer, deliveryId: string): Promise<void> {
  await tx.delete(uploads).where(eq(uploads.deliveryId, deliveryId))
}

/** The newest own post known of an account; undefined when its timeline was never read. */
export async function findTimeline(read: Reader, accountId: string) {
  const statement = prepared(read, 'timeline', () =>
    read
      .select()
      .from(timelines)
      .where(eq(timelines.accountId, sql.placeholder('accountId')))
      .prepare(),
  )
  return (await statement.execute({ accountId }))[0]
}

/** Remembers how far the timeline is known; never goes back. */
export async function knowTimeline(
  tx: Writer,
  accountId: string,
  networkIds: string[],
  machineNow: Date,
): Promise<void> {
  const known = (await findTimeline(tx, accountId))?.newestId
  const newestId = newestOf(known ? [known, ...networkIds] : networkIds)
  const statement = prepared(tx, 'know timeline', () =>
    tx
      .insert(timelines)
      .values({
        accountId: sql.placeholder('accountId'),
        newestId: sql.placeholder('newestId'),
        readAt: sql.placeholder('readAt'),
      })
      .onConflictDoUpdate({
        target: timelines.accountId,
        set: { newestId: sql`excluded.newest_id`, readAt: sql`excluded.read_at` },
      })
      .prepare(),
  )
  await statement.execute({ accountId, newestId, readAt: machineNow })
}

/** Network ids are numbers too large for JavaScript's own. */
function newestOf(networkIds: string[]): string | null {
  return networkIds.reduce<string | null>(
    (newest, id) => (newest === null || BigInt(id) > BigInt(newest) ? id : newest),
    null,
  )
}

export async function findRestore(read: Reader, accountId: string) {
  const statement = prepared(read, 'restore', () =>
    read
      .select()
      .from(restores)
      .where(eq(restores.accountId, sql.placeholder('accountId')))
      .prepare(),
  )
  return (await statement.execute({ accountId }))[0]
}

/** What an earlier restore knew is forgotten. */
export async function putRestore(
  tx: Writer,
  { accountId, ...times }: { accountId: string; copyOf: Date; restoredAt: Date },
): Promise<void> {
  const restore = { ...times, comparedAt: null }
  await tx.delete(postsSinceCopy).where(eq(postsSinceCopy.accountId, accountId))
  await tx
    .insert(restores)
    .values({ accountId, ...restore })
    .onConflictDoUpdate({ target: restores.accountId, set: restore })
}

/** The accounts whose timelines were not read since their restore. */
export async function accountsToCompare(read: Reader): Promise<string[]> {
  const statement = prepared(read, 'accounts to compare', () =>
    read
      .select({ accountId: restores.accountId })
      .from(restores)
      .where(isNull(restores.comparedAt))
      .prepare(),
  )
  const rows = await statement.execute()
  return rows.map(({ accountId }) => accountId)
}

export async function markCompared(tx: Writer, accountId: string, comparedAt: Date): Promise<void> {
  await tx.update(restores).set({ comparedAt }).where(eq(restores.accountId, accountId))
}

export async function keepPostsSinceCopy(tx: Writer, posts: PostSinceCopy[]): Promise<void> {
  for (const post of posts) await tx.insert(postsSinceCopy).values(post).onConflictDoNothing()
}

/** Of them, what no delivery stands for yet, the oldest first. */
export async function listPostsSinceCopy(read: Reader, accountId: string): Promise<PostSinceCopy[]> {
  const ofDelivery = read
    .select({ networkId: deliveries.networkId })
    .from(deliveries)
    .where(and(eq(deliveries.accountId, accountId), isNotNull(deliveries.networkId)))
  return read
    .select()
    .from(postsSinceCopy)
    .where(and(eq(postsSinceCopy.accountId, accountId), notInArray(postsSinceCopy.networkId, ofDelivery)))
    .orderBy(asc(postsSinceCopy.postedAt))
}

export async function forgetPostsSinceCopy(
  tx: Writer,
  accountId: string,
  networkIds: string[],
): Promise<void> {
  await tx
    .delete(postsSinceCopy)
    .where(and(eq(postsSinceCopy.accountId, accountId), inArray(postsSinceCopy.networkId, networkIds)))
}

const PUBLISHER = 'publisher'

export async function findLease(read: Reader) {
  const statement = prepared(read, 'lease', () =>
    read.select().from(leases).where(eq(leases.name, PUBLISHER)).prepare(),
  )
  return (await statement.execute())[0]
}

export async function insertLease(
  tx: Writer,
  lease: { owner: string; fence: number; until: Date },
): Promise<void> {
  await tx.insert(leases).values({ name: PUBLISHER, ...lease })
}

/** False when somebody else has it by now. */
export async function extendLease(
  tx: Writer,
  lease: { owner: string; fence: number },
  until: Date,
): Promise<boolean> {
  const statement = prepared(tx, 'extend lease', () =>
    tx
      .update(leases)
      .set({ until: sql`${sql.placeholder('until')}` })
      .where(isLease({ owner: sql.placeholder('owner'), fence: sql.placeholder('fence') }))
      .returning({ name: leases.name })
      .prepare(),
  )
  const rows = await statement.execute({ ...lease, until: until.getTime() })
  return rows.length === 1
}

/** Takes a lease that has run out; its new fence, or null. */
export async function overtakeLease(
  tx: Writer,
  {
    seen,
    owner,
    until,
    machineNow,
  }: { seen: { fence: number }; owner: string; until: Date; machineNow: Date },
): Promise<number | null> {
  const rows = await tx
    .update(leases)
    .set({ owner, until, fence: seen.fence + 1 })
    .where(and(eq(leases.name, PUBLISHER), eq(leases.fence, seen.fence), lte(leases.until, machineNow)))
    .returning({ fence: leases.fence })
  return rows[0]?.fence ?? null
}

function isLease({ owner, fence }: { owner: Placeholder; fence: Placeholder }) {
  return and(eq(leases.name, PUBLISHER), eq(leases.owner, owner), eq(leases.fence, fence))
}
