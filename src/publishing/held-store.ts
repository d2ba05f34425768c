import { and, asc, eq, exists, inArray, isNotNull, isNull, ne, not, or, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { accounts, connections, deliveries, drafts, weekHosts } from '../db/schema/index.ts'
import type { HeldReason } from './delivery.ts'
import { accountForDue, type Due } from './due-store.ts'
import { isHeldFor, type Delivery } from './store.ts'

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
 * Holds for the brake whatever would go by itself: what waits, and what only waits for a connection, for credit, for the
 * month's budget, for its host to accept or for its week to open. What stepped aside for live hours stays in the form of that. Returns what it held.
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
            inArray(deliveries.heldReason, ['reconnect', 'credit', 'budget', 'not-accepted', 'not-open']),
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
  return statement.all()
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
  return statement.all()
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
  return statement.all()
}

/** What is held for a host who had not accepted or a week that had not opened, where that is over by now. */
export async function heldForOpening(read: Reader): Promise<string[]> {
  const statement = prepared(read, 'held for opening', () =>
    read
      .select({ id: deliveries.id })
      .from(deliveries)
      .innerJoin(drafts, eq(drafts.id, deliveries.draftId))
      .innerJoin(weekHosts, eq(weekHosts.id, drafts.weekHostId))
      .where(
        and(
          isNull(weekHosts.endedAt),
          isNotNull(weekHosts.acceptedAt),
          or(isHeldFor('not-accepted'), and(isHeldFor('not-open'), ne(weekHosts.opening, 'waits'))),
        ),
      )
      .orderBy(asc(deliveries.dueAt), asc(deliveries.position))
      .prepare(),
  )
  return statement.all().map(({ id }) => id)
}
