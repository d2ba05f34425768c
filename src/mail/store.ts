import { and, asc, desc, eq, gte, lte } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { mails, sandboxMails } from '../db/schema/index.ts'

export type Mail = typeof mails.$inferSelect

export async function insertMail(tx: Writer, mail: typeof mails.$inferInsert): Promise<void> {
  await tx.insert(mails).values(mail)
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

export async function dueMails(read: Reader, machineNow: Date): Promise<Mail[]> {
  return read
    .select()
    .from(mails)
    .where(and(eq(mails.state, 'queued'), lte(mails.nextTryAt, machineNow)))
    .orderBy(asc(mails.createdAt))
    .limit(50)
}

/** Takes a mail for sending; null when somebody else did. Its next try lies ahead, should this process die. */
export async function claimMail(tx: Writer, mail: Mail, nextTryAt: Date): Promise<Mail | null> {
  const rows = await tx
    .update(mails)
    .set({ tries: mail.tries + 1, nextTryAt })
    .where(isStill(mail))
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
  trouble: string,
  state: 'queued' | 'failed',
): Promise<void> {
  await tx.update(mails).set({ state, trouble }).where(isStill(claimed))
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

/** What was written to a host about their week, in order. */
export async function mailsToHost(read: Reader, weekHostId: string): Promise<Mail[]> {
  return read.select().from(mails).where(eq(mails.weekHostId, weekHostId)).orderBy(asc(mails.createdAt))
}

/** What was written about an account since then (product time), of one kind, in order. */
export async function mailsOfKind(
  read: Reader,
  { accountId, kind, since }: { accountId: string; kind: Mail['kind']; since: Date },
): Promise<Mail[]> {
  return read
    .select()
    .from(mails)
    .where(and(gte(mails.createdAt, since), eq(mails.accountId, accountId), eq(mails.kind, kind)))
    .orderBy(asc(mails.createdAt))
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
    .where(eq(mails.state, 'queued'))
    .orderBy(asc(mails.nextTryAt))
    .limit(1)
  return rows[0]?.at ?? null
}

/** Mails about an account that no server took, the latest first. */
export async function failedMails(read: Reader, accountId: string, limit: number): Promise<Mail[]> {
  return read
    .select()
    .from(mails)
    .where(and(eq(mails.state, 'failed'), eq(mails.accountId, accountId)))
    .orderBy(desc(mails.createdAt))
    .limit(limit)
}

/** What has not been sent yet stays where it is: nobody knows whether it was. */
export async function holdQueuedMails(tx: Writer): Promise<void> {
  await tx.update(mails).set({ state: 'held' }).where(eq(mails.state, 'queued'))
}

/** Mails about an account that a restore held, the latest first. */
export async function heldMails(read: Reader, accountId: string): Promise<Mail[]> {
  return read
    .select()
    .from(mails)
    .where(and(eq(mails.state, 'held'), eq(mails.accountId, accountId)))
    .orderBy(desc(mails.createdAt))
}
