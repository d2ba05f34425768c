import { and, eq, exists, gt, gte, isNotNull, isNull, lte, ne, not, or, sql } from 'drizzle-orm'
import type { Writer } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { accounts, connections, deliveries, drafts, leases, weekHosts, weeks } from '../db/schema/index.ts'
import { goesInsideWindow, isLetGoForItself } from './aside-store.ts'
import { notPutOff, partBefore, type Due } from './due-store.ts'
import { isLease } from './lease-store.ts'

/**
 * Takes a delivery for sending, if everything that must hold does so at this moment; false when something does not.
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
): Promise<boolean> {
  const statement = prepared(tx, 'claim', () => buildClaim(tx))
  const { changes } = statement.run({
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
  return changes === 1
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
        not(goesInsideWindow(tx, given('now'))),
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
                isNull(accounts.pausedAt),
                isNull(accounts.retiredAt),
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
            .where(
              and(
                eq(drafts.id, deliveries.draftId),
                isNull(weekHosts.endedAt),
                or(isNull(weekHosts.id), isNotNull(weekHosts.acceptedAt), isLetGoForItself),
                or(isNull(weekHosts.opening), ne(weekHosts.opening, 'waits'), isLetGoForItself),
              ),
            ),
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
    .prepare()
}
