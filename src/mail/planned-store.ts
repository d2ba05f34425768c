import { and, asc, eq, gte, inArray, isNotNull, not, or, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { fixedLimit, prepared } from '../db/prepared.ts'
import { mails } from '../db/schema/index.ts'
import { isKeptBack } from './address-store.ts'
import type { Mail } from './store.ts'

/** Step: a mail that goes at its time, with words that are written then. `subject` is what it is called until then. */
export async function planMail(
  tx: Writer,
  mail: Required<
    Pick<
      typeof mails.$inferInsert,
      'id' | 'accountId' | 'personId' | 'weekHostId' | 'kind' | 'to' | 'subject' | 'plannedFor' | 'createdAt'
    >
  >,
): Promise<void> {
  // Nobody tries it before it is in the outbox.
  await tx.insert(mails).values({ ...mail, text: '', state: 'planned', nextTryAt: mail.createdAt })
}

export async function findMail(read: Reader, id: string): Promise<Mail | undefined> {
  return (await read.select().from(mails).where(eq(mails.id, id)))[0]
}

/** What has not come to the outbox yet, the soonest first; also what somebody holds. */
export async function plannedMails(read: Reader): Promise<Mail[]> {
  return read
    .select()
    .from(mails)
    .where(and(inArray(mails.state, ['planned', 'held']), isNotNull(mails.plannedFor)))
    .orderBy(asc(mails.plannedFor), asc(mails.createdAt))
}

/**
 * When the next planned mail goes, in product time; null when none does. One that is kept back at its time, since its reader’s
 * address does not work or the account rests, asks for no time: what lets it go wakes who sends it.
 */
export async function nextPlannedMail(read: Reader): Promise<Date | null> {
  const statement = prepared(read, 'next planned mail', () =>
    read
      .select({ at: mails.plannedFor })
      .from(mails)
      .where(and(eq(mails.state, 'planned'), isNotNull(mails.plannedFor), not(isKeptBack(read))))
      .orderBy(asc(mails.plannedFor))
      .limit(fixedLimit(1))
      .prepare(),
  )
  return statement.get()?.at ?? null
}

/** Step: it goes at another time. */
export async function movePlanned(tx: Writer, mail: Mail, plannedFor: Date): Promise<void> {
  await tx.update(mails).set({ plannedFor }).where(isAsSeen(mail))
}

/** Step: it stays until somebody lets it go. */
export async function holdPlanned(tx: Writer, mail: Mail, personId: string): Promise<void> {
  await tx.update(mails).set({ state: 'held', heldBy: personId }).where(isAsSeen(mail))
}

/** Step: it goes at its time after all. */
export async function resumePlanned(tx: Writer, mail: Mail): Promise<void> {
  await tx.update(mails).set({ state: 'planned', heldBy: null }).where(isAsSeen(mail))
}

/** Step: into the outbox, with the words of this moment. What it tells is new now, however long it was planned. */
export async function queuePlanned(
  tx: Writer,
  mail: Mail,
  {
    now,
    machineNow,
    ...words
  }: Pick<Mail, 'personId' | 'to' | 'subject' | 'text' | 'asked'> & { now: Date; machineNow: Date },
): Promise<void> {
  await tx
    .update(mails)
    .set({
      ...words,
      state: 'queued',
      heldBy: null,
      trouble: null,
      tries: 0,
      nextTryAt: machineNow,
      createdAt: now,
    })
    .where(isAsSeen(mail))
}

/** Step: it does not go any more, and the desk is shown why. */
export async function failPlanned(tx: Writer, mail: Mail, trouble: string): Promise<void> {
  await tx.update(mails).set({ state: 'failed', trouble }).where(isAsSeen(mail))
}

/** Step: it is planned no more, and was never sent. */
export async function dropPlanned(tx: Writer, mail: Mail): Promise<void> {
  await tx.delete(mails).where(isAsSeen(mail))
}

/** What kinds of mails are planned for a host, or were for a time since then, whatever became of them; null: at any time. */
export async function kindsToHost(
  read: Reader,
  weekHostId: string,
  since: Date | null = null,
): Promise<Mail['kind'][]> {
  const statement = prepared(read, 'kinds to host', () =>
    read
      .selectDistinct({ kind: mails.kind })
      .from(mails)
      .where(
        and(
          eq(mails.weekHostId, sql.placeholder('weekHostId')),
          isNotNull(mails.plannedFor),
          or(inArray(mails.state, ['planned', 'held']), gte(mails.plannedFor, sql.placeholder('since'))),
        ),
      )
      .prepare(),
  )
  return statement.all({ weekHostId, since: since?.getTime() ?? 0 }).map(({ kind }) => kind)
}

/** Step: nothing that was planned for a host goes out. */
export async function dropPlannedMails(tx: Writer, weekHostId: string): Promise<void> {
  await tx
    .delete(mails)
    .where(
      and(
        eq(mails.weekHostId, weekHostId),
        inArray(mails.state, ['planned', 'held']),
        isNotNull(mails.plannedFor),
      ),
    )
}

function isAsSeen(mail: Mail) {
  return and(eq(mails.id, mail.id), eq(mails.state, mail.state), sql`${mails.tries} = ${mail.tries}`)
}
