import { and, asc, eq, exists, gt, isNull, lt, lte, notInArray, or, sql, type Placeholder } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { Reader } from '../db/database.ts'
import { fixedLimit, prepared } from '../db/prepared.ts'
import {
  accounts,
  connections,
  deliveries,
  drafts,
  networkPauses,
  restores,
  weekHosts,
  weeks,
} from '../db/schema/index.ts'
import { goesInsideWindow } from './aside-store.ts'
import { mayStandAlready } from './attempts-store.ts'
import type { Opening } from '../rota/week.ts'
import type { Delivery } from './store.ts'

/** A waiting delivery and what must be known of its surroundings before it may go. */
export interface Due {
  delivery: Delivery
  partBefore: Pick<Delivery, 'id' | 'state' | 'networkId' | 'postedAt'> | null
  account: Pick<
    typeof accounts.$inferSelect,
    'id' | 'version' | 'policy' | 'brakeAt' | 'brakePassId' | 'pausedAt' | 'monthlyBudget'
  >
  weekState: string | null
  /** Since when its writer does not host the week any more. */
  hostEndedAt: Date | null
  /** Its writer hosts the week, and has not accepted it. */
  unaccepted: boolean
  /** It would go inside a live window for which its week's scheduled posts step aside. */
  aside: boolean
  /** An earlier attempt of it, or of the same words, may stand on the network. */
  inDoubt: boolean
  /** Whether the week of its writer opens; null for what is the account's own. */
  opening: Opening | null
  /** The network takes no posts of the account before some time, or had no credit: how it stands is to be looked at. */
  paused: boolean
  /** The account came back from an older copy some time. */
  restored: boolean
  /** How it is connected; null as long as it never was. */
  connection: typeof connections.$inferSelect | null
}

export const accountForDue = {
  id: accounts.id,
  version: accounts.version,
  policy: accounts.policy,
  brakeAt: accounts.brakeAt,
  brakePassId: accounts.brakePassId,
  pausedAt: accounts.pausedAt,
  monthlyBudget: accounts.monthlyBudget,
}

export const partBefore = alias(deliveries, 'part_before')

const isPartBefore = and(
  eq(partBefore.decisionId, deliveries.decisionId),
  eq(partBefore.position, sql`${deliveries.position} - 1`),
)

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
      .limit(fixedLimit(10))
      .offset(sql.placeholder('skipped'))
      .prepare(),
  )
  return statement.all({ ...inMilliseconds(moment), skipped })
}

/** One of these as it is now; undefined when it is not to be done any more. */
export async function findDue(read: Reader, id: string, moment: Moment): Promise<Due | undefined> {
  const statement = prepared(read, 'due', () =>
    selectReady(read)
      .where(and(eq(deliveries.id, sql.placeholder('id')), isDue))
      .prepare(),
  )
  return statement.get({ ...inMilliseconds(moment), id })
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
      .limit(fixedLimit(100))
      .prepare(),
  )
  return statement.all({ dueAfter: dueAfter?.getTime() ?? -1 })
}

function selectReady(read: Reader) {
  const pause = read
    .select({ one: sql`1` })
    .from(networkPauses)
    .where(and(eq(networkPauses.accountId, deliveries.accountId), eq(networkPauses.call, 'send')))
  const restore = read
    .select({ one: sql`1` })
    .from(restores)
    .where(eq(restores.accountId, deliveries.accountId))
  return read
    .select({
      delivery: deliveries,
      partBefore: {
        id: partBefore.id,
        state: partBefore.state,
        networkId: partBefore.networkId,
        postedAt: partBefore.postedAt,
      },
      account: accountForDue,
      weekState: weeks.state,
      hostEndedAt: weekHosts.endedAt,
      unaccepted: sql`${weekHosts.id} is not null and ${weekHosts.acceptedAt} is null`.mapWith(Boolean),
      aside: sql`${goesInsideWindow(read, sql.placeholder('now'))}`.mapWith(Boolean),
      inDoubt: sql`${mayStandAlready(read)}`.mapWith(Boolean),
      opening: weekHosts.opening,
      paused: sql`${exists(pause)}`.mapWith(Boolean),
      restored: sql`${exists(restore)}`.mapWith(Boolean),
      connection: connections,
    })
    .from(deliveries)
    .innerJoin(accounts, eq(accounts.id, deliveries.accountId))
    .innerJoin(drafts, eq(drafts.id, deliveries.draftId))
    .leftJoin(weekHosts, eq(weekHosts.id, drafts.weekHostId))
    .leftJoin(weeks, eq(weeks.id, deliveries.weekId))
    .leftJoin(connections, eq(connections.accountId, deliveries.accountId))
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

export function notPutOff(machineNow: Placeholder) {
  return or(isNull(deliveries.notBefore), lte(deliveries.notBefore, machineNow))
}
