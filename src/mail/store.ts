import {
  aliasedTable,
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
} from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import {
  accounts,
  erasedPeople,
  mailOutages,
  mails,
  people,
  roles,
  sandboxMails,
  weekHosts,
  weeks,
} from '../db/schema/index.ts'
import { mayBeTried, troublesOf } from './address-store.ts'

export type Mail = typeof mails.$inferSelect

export async function insertMail(tx: Writer, mail: typeof mails.$inferInsert): Promise<void> {
  // Somebody whose data was deleted has no address any more.
  if (!mail.to.includes('@')) return
  if (mail.accountId && mail.personId && (await isErased(tx, mail.accountId, mail.personId))) return
  await tx.insert(mails).values(mail)
}

async function isErased(read: Reader, accountId: string, personId: string): Promise<boolean> {
  const rows = await read
    .select({ at: erasedPeople.at })
    .from(erasedPeople)
    .where(and(eq(erasedPeople.accountId, accountId), eq(erasedPeople.personId, personId)))
  return rows.length > 0
}

/** The newest mail to somebody about a cause, since then (product time). */
export async function latestOfCause(
  read: Reader,
  { personId, cause, since }: { personId: string; cause: string; since: Date },
): Promise<Mail | undefined> {
  const rows = await read
    .select()
    .from(mails)
    .where(and(eq(mails.personId, personId), eq(mails.cause, cause), gte(mails.createdAt, since)))
    .orderBy(desc(mails.createdAt))
    .limit(1)
  return rows[0]
}

/** Whether a mail about a cause that tells of `itemId` has been handed to the mail server, or may have been. */
export async function wasTold(
  read: Reader,
  {
    personId,
    cause,
    itemId,
    orWillBe = false,
  }: {
    personId: string
    cause: string
    itemId: string
    /** A mail that waits counts too. */
    orWillBe?: boolean
  },
): Promise<boolean> {
  const rows = await read
    .select({ items: mails.items })
    .from(mails)
    .where(
      and(eq(mails.personId, personId), eq(mails.cause, cause), orWillBe ? undefined : gt(mails.tries, 0)),
    )
  return rows.some(({ items }) => items?.some(({ id }) => id === itemId))
}

/** Writes more into a mail that nobody took for sending yet; false when somebody did. */
export async function rewriteMail(
  tx: Writer,
  mail: Mail,
  change: Pick<typeof mails.$inferInsert, 'subject' | 'text' | 'items'>,
): Promise<boolean> {
  const rows = await tx
    .update(mails)
    .set(change)
    .where(and(isStill(mail), eq(mails.tries, 0)))
    .returning({ id: mails.id })
  return rows.length === 1
}

/** Words a mail anew that this try has taken for sending. */
export async function rewordMail(
  tx: Writer,
  claimed: Mail,
  change: Pick<typeof mails.$inferInsert, 'subject' | 'text' | 'items'>,
): Promise<void> {
  await tx.update(mails).set(change).where(isStill(claimed))
}

/** What an account is called on its network, without the @; null where the installation has no other one. */
export async function handleAmongSeveral(read: Reader, accountId: string): Promise<string | null> {
  const rows = await read.select({ id: accounts.id, handle: accounts.handle }).from(accounts)
  return (rows.length > 1 && rows.find(({ id }) => id === accountId)?.handle) || null
}

/** What comes with a mail for a calendar, as it is sent. */
export async function keepEntry(tx: Writer, claimed: Mail, calendar: string | null): Promise<void> {
  if (calendar !== claimed.calendar) await tx.update(mails).set({ calendar }).where(isStill(claimed))
}

/** It is not sent, and nobody was told: it is no trace of anything. */
export async function deleteMail(tx: Writer, claimed: Mail): Promise<void> {
  await tx.delete(mails).where(isStill(claimed))
}

export async function dueMails(read: Reader, machineNow: Date): Promise<Mail[]> {
  return read
    .select()
    .from(mails)
    .where(and(eq(mails.state, 'queued'), lte(mails.nextTryAt, machineNow), mayBeTried(read)))
    .orderBy(asc(mails.createdAt))
    .limit(50)
}

/** Takes a mail for sending; null when somebody else did, or its address turned out not to work. Its next try lies ahead, should this process die. */
export async function claimMail(tx: Writer, mail: Mail, nextTryAt: Date): Promise<Mail | null> {
  const rows = await tx
    .update(mails)
    .set({ tries: mail.tries + 1, nextTryAt })
    .where(and(isStill(mail), mayBeTried(tx)))
    .returning()
  return rows[0] ?? null
}

export async function markSent(tx: Writer, id: string, sentAt: Date): Promise<void> {
  await tx.update(mails).set({ state: 'sent', sentAt, trouble: null }).where(eq(mails.id, id))
}

/** Of this try: nothing happens when the mail was sent, or taken for another try, meanwhile. */
export async function markTrouble(
  tx: Writer,
  claimed: Mail,
  change: Pick<Partial<Mail>, 'state' | 'tries' | 'nextTryAt'> & { trouble: string },
): Promise<void> {
  await tx.update(mails).set(change).where(isStill(claimed))
}

export type MailOutage = typeof mailOutages.$inferSelect
const OUTAGE = 1

/** Since when the mail server takes nothing; undefined while it works. */
export async function findOutage(read: Reader): Promise<MailOutage | undefined> {
  return (await read.select().from(mailOutages))[0]
}

/** Goes on since when it began. */
export async function keepOutage(tx: Writer, outage: Omit<MailOutage, 'id'>): Promise<void> {
  const { reason, retryAt } = outage
  await tx
    .insert(mailOutages)
    .values({ id: OUTAGE, ...outage })
    .onConflictDoUpdate({ target: mailOutages.id, set: { reason, retryAt } })
}

export async function endOutage(tx: Writer): Promise<void> {
  await tx.delete(mailOutages)
}

function isStill(mail: Mail) {
  return and(eq(mails.id, mail.id), eq(mails.state, 'queued'), eq(mails.tries, mail.tries))
}

export async function latestMails(read: Reader, limit: number): Promise<Mail[]> {
  return read.select().from(mails).orderBy(desc(mails.createdAt)).limit(limit)
}

/** What was written to a host and not sent yet is not sent. */
export async function dropQueuedMails(tx: Writer, weekHostId: string): Promise<void> {
  await tx.delete(mails).where(and(eq(mails.weekHostId, weekHostId), eq(mails.state, 'queued')))
}

/** What was written to people who ask for a week, in order. */
export async function mailsToCandidates(read: Reader, candidateIds: string[]): Promise<Mail[]> {
  return read
    .select()
    .from(mails)
    .where(inArray(mails.candidateId, candidateIds))
    .orderBy(asc(mails.createdAt))
}

/** Whatever became of them: who asked for a week is forgotten. */
export async function deleteMailsToCandidate(tx: Writer, candidateId: string): Promise<void> {
  await tx.delete(mails).where(eq(mails.candidateId, candidateId))
}

/** What was written to a host about their week, in order. */
export async function mailsToHost(read: Reader, weekHostId: string): Promise<Mail[]> {
  return read
    .select()
    .from(mails)
    .where(eq(mails.weekHostId, weekHostId))
    .orderBy(asc(sql`coalesce(${mails.sentAt}, ${mails.plannedFor}, ${mails.createdAt})`))
}

/** What was written about an account since then (product time), of one kind, in order. */
export async function mailsOfKind(
  read: Reader,
  { accountId, kind, since }: { accountId: string; kind: Mail['kind']; since: Date },
): Promise<(Mail & { personId: string })[]> {
  const rows = await read
    .select()
    .from(mails)
    .where(and(gte(mails.createdAt, since), eq(mails.accountId, accountId), eq(mails.kind, kind)))
    .orderBy(asc(mails.createdAt))
  return rows.flatMap(({ personId, ...mail }) => (personId === null ? [] : [{ ...mail, personId }]))
}

export async function insertSandboxMail(tx: Writer, mail: typeof sandboxMails.$inferInsert): Promise<void> {
  await tx.insert(sandboxMails).values(mail)
}

export async function listSandboxMails(read: Reader): Promise<(typeof sandboxMails.$inferSelect)[]> {
  return read.select().from(sandboxMails).orderBy(desc(sandboxMails.at)).limit(200)
}

/** How many mails of a kind were written to somebody since then (product time). */
export async function countMails(
  read: Reader,
  { personId, kind, since }: { personId: string; kind: Mail['kind']; since: Date },
): Promise<number> {
  return read.$count(
    mails,
    and(gte(mails.createdAt, since), eq(mails.personId, personId), eq(mails.kind, kind)),
  )
}

/** When the next queued mail wants to be tried, on the machine's clock; null when none waits. */
export async function nextMailAt(read: Reader): Promise<Date | null> {
  const rows = await read
    .select({ at: mails.nextTryAt })
    .from(mails)
    .where(and(eq(mails.state, 'queued'), mayBeTried(read)))
    .orderBy(asc(mails.nextTryAt))
    .limit(1)
  const next = rows[0]?.at ?? null
  const retryAt = (await findOutage(read))?.retryAt
  return next && retryAt && retryAt > next ? retryAt : next
}

/** A mail with what the account calls whom it is for, and the week that they host where it is about that. */
export type NamedMail = Mail & { name: string; weekId: string | null }

/**
 * Mails about an account that no server took, to addresses that still stand, the latest first. Not those to an address that does
 * not work of somebody whom the account needs to reach, which is told for all of them at once, nor an invitation that was sent again.
 */
export async function failedMails(
  read: Reader,
  { accountId, now, limit }: { accountId: string; now: Date; limit: number },
): Promise<NamedMail[]> {
  const told = (await troublesOf(read, accountId, now)).map(({ address }) => address)
  const stands = and(
    eq(people.email, mails.to),
    or(isNull(weekHosts.personId), eq(weekHosts.personId, mails.personId)),
  )
  const rows = await selectNamed(read, accountId)
    .where(
      and(
        eq(mails.state, 'failed'),
        eq(mails.accountId, accountId),
        ne(mails.kind, 'address-tried'),
        // What was never written came too late, whatever the address was when it was planned.
        or(isNull(mails.personId), eq(mails.text, ''), stands),
        notInArray(mails.to, told),
        not(wasSentAgain(read)),
      ),
    )
    .orderBy(desc(mails.createdAt))
    .limit(limit)
  return rows.map(({ mail, ...more }) => ({ ...mail, ...more }))
}

/** An invitation that failed, and a later one to the same host went out. */
function wasSentAgain(read: Reader) {
  const later = aliasedTable(mails, 'later')
  return exists(
    read
      .select({ id: later.id })
      .from(later)
      .where(
        and(
          eq(later.weekHostId, mails.weekHostId),
          eq(later.kind, 'invitation'),
          eq(mails.kind, 'invitation'),
          eq(later.state, 'sent'),
          gt(later.createdAt, mails.createdAt),
        ),
      ),
  )
}

/** Mails about an account that have not gone out, and its people’s own, as those to sign in; the oldest first. */
export async function waitingMails(read: Reader, accountId: string): Promise<NamedMail[]> {
  const hosts = read
    .select({ id: weekHosts.personId })
    .from(weekHosts)
    .innerJoin(weeks, eq(weeks.id, weekHosts.weekId))
    .where(eq(weeks.accountId, accountId))
  const ofItsPeople = and(
    isNull(mails.accountId),
    or(isNotNull(roles.personId), inArray(mails.personId, hosts)),
  )
  const rows = await selectNamed(read, accountId)
    .where(and(eq(mails.state, 'queued'), mayBeTried(read), or(eq(mails.accountId, accountId), ofItsPeople)))
    .orderBy(asc(mails.createdAt))
  return rows.map(({ mail, ...more }) => ({ ...mail, ...more }))
}

function selectNamed(read: Reader, accountId: string) {
  const name = sql<string>`coalesce(${weekHosts.name}, ${roles.called}, ${people.name}, ${mails.to})`
  return read
    .select({ mail: mails, name, weekId: weekHosts.weekId })
    .from(mails)
    .leftJoin(people, eq(people.id, mails.personId))
    .leftJoin(roles, and(eq(roles.personId, mails.personId), eq(roles.accountId, accountId)))
    .leftJoin(weekHosts, eq(weekHosts.id, mails.weekHostId))
}

/** Deletes mails that came to their end, and the sandbox's copies, from before a day (product time). */
export async function deleteMailsBefore(tx: Writer, before: Date): Promise<void> {
  await tx.delete(mails).where(and(inArray(mails.state, ['sent', 'failed']), lt(mails.createdAt, before)))
  await tx.delete(sandboxMails).where(lt(sandboxMails.at, before))
}

/** What has not been sent yet, or was planned for a time that has passed, stays where it is: nobody knows whether it was. */
export async function holdQueuedMails(tx: Writer, now: Date): Promise<void> {
  await tx
    .update(mails)
    .set({ state: 'held' })
    .where(or(eq(mails.state, 'queued'), and(eq(mails.state, 'planned'), lte(mails.plannedFor, now))))
}

/** Mails about an account that a restore held, the latest first. */
export async function heldMails(read: Reader, accountId: string): Promise<Mail[]> {
  return read
    .select()
    .from(mails)
    .where(and(eq(mails.state, 'held'), isNull(mails.heldBy), eq(mails.accountId, accountId)))
    .orderBy(desc(mails.createdAt))
}
