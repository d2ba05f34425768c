import { and, desc, eq, gt, gte, inArray, isNotNull, isNull, lt, notInArray, or, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Reader, Writer } from '../db/database.ts'
import {
  absences,
  accounts,
  addressTroubles,
  erasedPeople,
  mails,
  people,
  roles,
  standbys,
  weekHosts,
  weeks,
} from '../db/schema/index.ts'
import { ASKED_BY_READER, type MailKind } from './mail.ts'

export type AddressTrouble = typeof addressTroubles.$inferSelect

/** Mails that may be tried: not those to an address that does not work, unless somebody asked for it. */
export function mayBeTried(read: Reader) {
  return or(
    mails.asked,
    inArray(mails.kind, ASKED_BY_READER),
    notInArray(mails.to, read.select({ address: addressTroubles.address }).from(addressTroubles)),
  )
}

/** Whether mail to somebody comes back. */
export async function findTrouble(read: Reader, personId: string): Promise<AddressTrouble | undefined> {
  return (await read.select().from(addressTroubles).where(eq(addressTroubles.personId, personId)))[0]
}

/** Of some people those to whom mail comes back. */
export async function troubledOf(read: Reader, personIds: string[]): Promise<string[]> {
  const rows = await read
    .select({ id: addressTroubles.personId })
    .from(addressTroubles)
    .where(inArray(addressTroubles.personId, personIds))
  return rows.map(({ id }) => id)
}

/** All that there are, those of longest standing first. */
export async function listTroubles(read: Reader): Promise<AddressTrouble[]> {
  return read.select().from(addressTroubles).orderBy(addressTroubles.since)
}

export async function troubleOfAddress(read: Reader, address: string): Promise<AddressTrouble | undefined> {
  return (await read.select().from(addressTroubles).where(eq(addressTroubles.address, address)))[0]
}

/** Whose address it is at this moment; undefined for one that nobody has any more, or that is a candidate’s. */
export async function holderOf(read: Reader, address: string): Promise<string | undefined> {
  return (await read.select({ id: people.id }).from(people).where(eq(people.email, address)))[0]?.id
}

/** Goes on since when it began; what is said of it last counts. */
export async function keepTrouble(tx: Writer, trouble: AddressTrouble): Promise<void> {
  const { address, words, markedBy, accountId } = trouble
  await tx
    .insert(addressTroubles)
    .values(trouble)
    .onConflictDoUpdate({ target: addressTroubles.personId, set: { address, words, markedBy, accountId } })
}

/** False when there was none. */
export async function deleteTrouble(tx: Writer, personId: string): Promise<boolean> {
  const rows = await tx
    .delete(addressTroubles)
    .where(eq(addressTroubles.personId, personId))
    .returning({ personId: addressTroubles.personId })
  return rows.length === 1
}

/** A host is of concern until so long after the week: its story is still written. Milliseconds of product time. */
const AFTER_WEEK = 28 * 86_400_000

/** That an account needs to reach somebody, and what they are called there. */
export interface Reaching {
  accountId: string
  personId: string
  called: string
}

/** The accounts that need to reach somebody, each once. @see listReaching */
export async function accountsReaching(read: Reader, personId: string, now: Date): Promise<Reaching[]> {
  return listReaching(read, { personId }, now)
}

/** Whom an account needs to reach, each once. @see listReaching */
export async function peopleReached(read: Reader, accountId: string, now: Date): Promise<Reaching[]> {
  return listReaching(read, { accountId }, now)
}

/**
 * Who needs to reach whom: an account somebody with a place at its desk, now or in place of another one, with a week of it that is
 * not long over, or whom it may call in. Nobody of whom it deleted what it kept.
 */
async function listReaching(
  read: Reader,
  of: { personId: string } | { accountId: string },
  now: Date,
): Promise<Reaching[]> {
  const isOf = (personId: SQLiteColumn, accountId: SQLiteColumn) =>
    and(isNull(people.deletedAt), 'personId' in of ? eq(personId, of.personId) : eq(accountId, of.accountId))
  const hosted = await read
    .select({ accountId: weeks.accountId, personId: weekHosts.personId, called: weekHosts.name })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .innerJoin(people, eq(people.id, weekHosts.personId))
    .where(
      and(
        isOf(weekHosts.personId, weeks.accountId),
        isNull(weekHosts.endedAt),
        isNull(weekHosts.declinedAt),
        gt(weeks.closesAt, new Date(now.getTime() - AFTER_WEEK)),
      ),
    )
    .orderBy(weeks.opensAt)
  const placed = await read
    .select({
      accountId: roles.accountId,
      personId: roles.personId,
      called: sql<string>`coalesce(${roles.called}, ${people.name})`,
    })
    .from(roles)
    .innerJoin(people, eq(people.id, roles.personId))
    .where(isOf(roles.personId, roles.accountId))
  const callable = await read
    .select({ accountId: standbys.accountId, personId: standbys.personId, called: standbys.name })
    .from(standbys)
    .innerJoin(people, eq(people.id, standbys.personId))
    .where(isOf(standbys.personId, standbys.accountId))
  const lent = await read
    .select({
      accountId: absences.accountId,
      personId: people.id,
      called: sql<string>`coalesce(${absences.deputyCalled}, ${people.name})`,
    })
    .from(absences)
    .innerJoin(people, eq(people.id, absences.deputyId))
    .where(and(isOf(people.id, absences.accountId), gt(absences.endsAt, now)))
  const erased = await read
    .select({ accountId: erasedPeople.accountId, personId: erasedPeople.personId })
    .from(erasedPeople)
    .innerJoin(people, eq(people.id, erasedPeople.personId))
    .where(isOf(erasedPeople.personId, erasedPeople.accountId))
  const keyOf = ({ accountId, personId }: Omit<Reaching, 'called'>) => `${accountId} ${personId}`
  const gone = new Set(erased.map(keyOf))
  const all = new Map<string, Reaching>()
  for (const one of [...placed, ...hosted, ...callable, ...lent])
    if (!gone.has(keyOf(one)) && !all.has(keyOf(one))) all.set(keyOf(one), one)
  return [...all.values()]
}

/** Whom of those that an account needs to reach mail does not, as it calls them; those of longest standing first. */
export async function troublesOf(
  read: Reader,
  accountId: string,
  now: Date,
): Promise<(AddressTrouble & { called: string })[]> {
  const troubles = await listTroubles(read)
  if (troubles.length === 0) return []
  const reached = new Map(
    (await peopleReached(read, accountId, now)).map((one) => [one.personId, one.called]),
  )
  return troubles.flatMap((trouble) => {
    const called = reached.get(trouble.personId)
    return called === undefined ? [] : [{ ...trouble, called }]
  })
}

/** How many mails of an account wait for somebody’s address to work; null: of all accounts, and those of none. */
export async function countWaiting(
  read: Reader,
  { address, accountId }: { address: string; accountId: string | null },
): Promise<number> {
  return read.$count(
    mails,
    and(
      eq(mails.to, address),
      eq(mails.state, 'queued'),
      eq(mails.asked, false),
      accountId === null ? undefined : eq(mails.accountId, accountId),
    ),
  )
}

/** What waits for an old address goes to the new one; `but`: mails of these kinds stay. */
export async function readdress(
  tx: Writer,
  { personId, from, to, but }: { personId: string; from: string; to: string; but: MailKind[] },
): Promise<void> {
  await tx
    .update(mails)
    .set({ to, tries: 0, trouble: null })
    .where(
      and(
        eq(mails.personId, personId),
        eq(mails.to, from),
        eq(mails.state, 'queued'),
        notInArray(mails.kind, but),
      ),
    )
}

/** What waits for somebody at an address and is not sent any more. */
export async function dropWaiting(
  tx: Writer,
  { personId, to, kinds }: { personId: string; to: string; kinds: MailKind[] },
): Promise<void> {
  await tx
    .delete(mails)
    .where(
      and(
        eq(mails.personId, personId),
        eq(mails.to, to),
        eq(mails.state, 'queued'),
        inArray(mails.kind, kinds),
      ),
    )
}

export async function waitingTo(
  read: Reader,
  { personId, to, kind }: { personId: string; to: string; kind: MailKind },
): Promise<{ id: string; text: string }[]> {
  return read
    .select({ id: mails.id, text: mails.text })
    .from(mails)
    .where(
      and(eq(mails.personId, personId), eq(mails.to, to), eq(mails.state, 'queued'), eq(mails.kind, kind)),
    )
}

/** A mail that waits goes to another address, with words that name it. */
export async function readdressNaming(
  tx: Writer,
  { id, ...change }: { id: string; to: string; text: string },
): Promise<void> {
  await tx
    .update(mails)
    .set({ ...change, tries: 0, trouble: null })
    .where(eq(mails.id, id))
}

/** What has waited since before then for an address that still does not work (product time) is sent no more, and shown. */
export async function giveUpWaiting(
  tx: Writer,
  { before, trouble }: { before: Date; trouble: string },
): Promise<void> {
  await tx
    .update(mails)
    .set({ state: 'failed', trouble })
    .where(
      and(
        eq(mails.state, 'queued'),
        eq(mails.asked, false),
        lt(mails.createdAt, before),
        inArray(mails.to, tx.select({ address: addressTroubles.address }).from(addressTroubles)),
      ),
    )
}

/** What an account wrote to somebody since then (product time), in order. */
export async function mailsTo(
  read: Reader,
  { personId, accountId, since }: { personId: string; accountId: string; since: Date },
) {
  return read
    .select()
    .from(mails)
    .where(and(eq(mails.personId, personId), eq(mails.accountId, accountId), gt(mails.createdAt, since)))
    .orderBy(mails.createdAt)
}

/** The latest mail by which somebody wanted an address tried that does not work; undefined where nobody did. */
export async function latestTry(read: Reader, { personId, address, since }: AddressTrouble) {
  const rows = await read
    .select()
    .from(mails)
    .where(
      and(
        eq(mails.personId, personId),
        eq(mails.to, address),
        eq(mails.kind, 'address-tried'),
        gte(mails.createdAt, since),
      ),
    )
    .orderBy(desc(mails.createdAt))
    .limit(1)
  return rows[0]
}

/** Of planned mails: those that do not go at their time, as things stand. */
export function isKeptBack(read: Reader) {
  return sql`(${or(
    inArray(mails.personId, read.select({ id: addressTroubles.personId }).from(addressTroubles)),
    inArray(
      mails.accountId,
      read.select({ id: accounts.id }).from(accounts).where(isNotNull(accounts.pausedAt)),
    ),
  )})`
}
