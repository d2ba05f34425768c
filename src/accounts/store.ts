import { and, asc, desc, eq, isNotNull, isNull, lte, or, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { accounts, connections, deliveries, houseRules, networkPauses } from '../db/schema/index.ts'

export type Account = typeof accounts.$inferSelect
export type Connection = typeof connections.$inferSelect

export async function findAccount(read: Reader, id: string): Promise<Account | undefined> {
  const statement = prepared(read, 'account', () =>
    read
      .select()
      .from(accounts)
      .where(eq(accounts.id, sql.placeholder('id')))
      .prepare(),
  )
  return statement.get({ id })
}

/** Only that: it is asked for with each post. */
export async function isBraked(read: Reader, id: string): Promise<boolean> {
  const statement = prepared(read, 'is braked', () =>
    read
      .select({ brakeAt: accounts.brakeAt })
      .from(accounts)
      .where(eq(accounts.id, sql.placeholder('id')))
      .prepare(),
  )
  return statement.get({ id })!.brakeAt !== null
}

/** As much of an account as its charges need. */
export async function findChargedAccount(
  read: Reader,
  id: string,
): Promise<Pick<Account, 'id' | 'timeZone' | 'prices'> | undefined> {
  const statement = prepared(read, 'charged account', () =>
    read
      .select({ id: accounts.id, timeZone: accounts.timeZone, prices: accounts.prices })
      .from(accounts)
      .where(eq(accounts.id, sql.placeholder('id')))
      .prepare(),
  )
  return statement.get({ id })
}

/** Handles are unique whatever their case. */
export async function findAccountByHandle(read: Reader, handle: string): Promise<Account | undefined> {
  const all = await listAccounts(read)
  return all.find((a) => a.handle.toLowerCase() === handle.toLowerCase())
}

export async function listAccounts(read: Reader): Promise<Account[]> {
  return read.select().from(accounts).orderBy(asc(accounts.createdAt))
}

/** Those that everybody may read of: an account that ended may have withdrawn its pages. */
export async function publicAccounts(read: Reader): Promise<Account[]> {
  return (await listAccounts(read)).filter(
    ({ retiredAt, pagesAfter }) => retiredAt === null || pagesAfter === 'stay',
  )
}

export async function insertAccount(tx: Writer, account: typeof accounts.$inferInsert): Promise<void> {
  await tx.insert(accounts).values(account)
}

export async function findConnection(read: Reader, accountId: string): Promise<Connection | undefined> {
  const statement = prepared(read, 'connection', () =>
    read
      .select()
      .from(connections)
      .where(eq(connections.accountId, sql.placeholder('accountId')))
      .prepare(),
  )
  return statement.get({ accountId })
}

/** What the connections keep sealed, of each account. */
export async function listSeals(read: Reader): Promise<{ accountId: string; sealed: string }[]> {
  const rows = await read.select().from(connections)
  return rows.flatMap(({ accountId, accessToken, refreshToken }) =>
    [accessToken, refreshToken].flatMap((sealed) => (sealed === null ? [] : [{ accountId, sealed }])),
  )
}

/** Changes an account that is still as it was read; null when somebody was faster. */
export async function changeAccountRow(
  tx: Writer,
  seen: Pick<Account, 'id' | 'version'>,
  change: Partial<typeof accounts.$inferInsert>,
): Promise<Account | null> {
  const rows = await tx
    .update(accounts)
    .set({ ...change, version: seen.version + 1 })
    .where(and(eq(accounts.id, seen.id), eq(accounts.version, seen.version)))
    .returning()
  return rows[0] ?? null
}

export type HouseRules = typeof houseRules.$inferSelect

export async function insertHouseRules(tx: Writer, rules: typeof houseRules.$inferInsert): Promise<void> {
  await tx.insert(houseRules).values(rules)
}

/** The house rules that hold now. */
export async function latestHouseRules(read: Reader, accountId: string): Promise<HouseRules | undefined> {
  return (await listHouseRules(read, accountId))[0]
}

/** Every version of an account's house rules, the newest first. */
export async function listHouseRules(read: Reader, accountId: string): Promise<HouseRules[]> {
  return read
    .select()
    .from(houseRules)
    .where(eq(houseRules.accountId, accountId))
    .orderBy(desc(houseRules.number))
}

/** The accounts whose brake ends by itself by now. */
export async function dueBrakeEnds(read: Reader, now: Date): Promise<Account[]> {
  return read
    .select()
    .from(accounts)
    .where(and(isNotNull(accounts.brakeAt), isNull(accounts.pausedAt), lte(accounts.brakeEndsAt, now)))
    .orderBy(asc(accounts.brakeEndsAt))
}

/** When the next brake ends by itself, in product time; null when none does. */
export async function nextBrakeEnd(read: Reader): Promise<Date | null> {
  const rows = await read
    .select({ at: accounts.brakeEndsAt })
    .from(accounts)
    .where(and(isNotNull(accounts.brakeAt), isNull(accounts.pausedAt), isNotNull(accounts.brakeEndsAt)))
    .orderBy(asc(accounts.brakeEndsAt))
    .limit(1)
  return rows[0]?.at ?? null
}

export async function upsertConnection(
  tx: Writer,
  connection: typeof connections.$inferInsert,
): Promise<void> {
  await tx
    .insert(connections)
    .values(connection)
    .onConflictDoUpdate({ target: connections.accountId, set: connection })
}

/** Takes the refresh of this very refresh token: false when somebody else has it, or had it. */
export async function takeRefresh(
  tx: Writer,
  seen: Connection,
  { owner, until, machineNow }: { owner: string; until: Date; machineNow: Date },
): Promise<boolean> {
  const rows = await tx
    .update(connections)
    .set({ refreshOwner: owner, refreshUntil: until })
    .where(
      and(isStillSeen(seen), or(isNull(connections.refreshOwner), lte(connections.refreshUntil, machineNow))),
    )
    .returning({ accountId: connections.accountId })
  return rows.length === 1
}

/** Ends every refresh, whoever took it. */
export async function dropRefreshes(tx: Writer): Promise<void> {
  await tx.update(connections).set({ refreshOwner: null, refreshUntil: null })
}

/** Changes a connection whose refresh is still `owner`'s, and ends the refresh; false when it is not any more. */
export async function endRefresh(
  tx: Writer,
  seen: Connection,
  owner: string,
  change: Partial<typeof connections.$inferInsert>,
): Promise<boolean> {
  const rows = await tx
    .update(connections)
    .set({ refreshOwner: null, refreshUntil: null, ...change })
    .where(and(isStillSeen(seen), eq(connections.refreshOwner, owner)))
    .returning({ accountId: connections.accountId })
  return rows.length === 1
}

/** Changes a connection that still has these tokens; false when it was renewed or taken away meanwhile. */
export async function changeConnection(
  tx: Writer,
  seen: Connection,
  change: Partial<typeof connections.$inferInsert>,
): Promise<boolean> {
  const rows = await tx
    .update(connections)
    .set(change)
    .where(isStillSeen(seen))
    .returning({ accountId: connections.accountId })
  return rows.length === 1
}

function isStillSeen(seen: Connection) {
  return and(
    eq(connections.accountId, seen.accountId),
    eq(connections.state, seen.state),
    seen.refreshToken === null
      ? isNull(connections.refreshToken)
      : eq(connections.refreshToken, seen.refreshToken),
  )
}

type Pause = typeof networkPauses.$inferSelect

export async function findPause(read: Reader, of: Omit<Pause, 'until'>): Promise<Pause | undefined> {
  const statement = prepared(read, 'pause', () => read.select().from(networkPauses).where(isPause).prepare())
  return statement.get({ ...of })
}

export async function keepPause(tx: Writer, pause: Pause): Promise<void> {
  const { accountId, call, reason } = networkPauses
  await tx
    .insert(networkPauses)
    .values(pause)
    .onConflictDoUpdate({ target: [accountId, call, reason], set: { until: pause.until } })
}

export async function endPause(tx: Writer, of: Omit<Pause, 'until'>): Promise<void> {
  const statement = prepared(tx, 'end pause', () => tx.delete(networkPauses).where(isPause).prepare())
  statement.run({ ...of })
}

/** Brings the end of every pause nearer, by milliseconds. */
export async function shortenPauses(tx: Writer, milliseconds: number): Promise<void> {
  await tx.update(networkPauses).set({ until: sql`${networkPauses.until} - ${milliseconds}` })
}

const isPause = and(
  eq(networkPauses.accountId, sql.placeholder('accountId')),
  eq(networkPauses.call, sql.placeholder('call')),
  eq(networkPauses.reason, sql.placeholder('reason')),
)

/** How many posts an account has that wait for their time or for its connection, a thread being one, and the next time of them. */
export async function postsToCome(
  read: Reader,
  accountId: string,
): Promise<{ count: number; nextDueAt: Date | null }> {
  const rows = await read
    .selectDistinct({ decisionId: deliveries.decisionId, dueAt: deliveries.dueAt })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.accountId, accountId),
        or(
          eq(deliveries.state, 'waiting'),
          and(eq(deliveries.state, 'held'), eq(deliveries.heldReason, 'reconnect')),
        ),
      ),
    )
    .orderBy(asc(deliveries.dueAt))
  return { count: new Set(rows.map(({ decisionId }) => decisionId)).size, nextDueAt: rows[0]?.dueAt ?? null }
}
