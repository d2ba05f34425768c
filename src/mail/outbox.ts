import { randomUUID } from 'node:crypto'
import type { Database, Writer } from '../db/database.ts'
import { endWaiting, noteNoMailbox, noteTaken } from './addresses.ts'
import {
  LINK_OF,
  MailTrouble,
  type EntryMakers,
  type LinkMakers,
  type MailItem,
  type MailKind,
  type MailTransport,
  type Renewals,
} from './mail.ts'
import {
  claimMail,
  deleteMail,
  deleteMailsBefore,
  dueMails,
  endOutage,
  findOutage,
  handleAmongSeveral,
  insertMail,
  keepEntry,
  keepOutage,
  latestOfCause,
  markSent,
  markTrouble,
  rewordMail,
  rewriteMail,
  type Mail,
} from './store.ts'

export {
  dropPlanned,
  kindsToHost,
  dropPlannedMails,
  failPlanned,
  findMail,
  holdPlanned,
  movePlanned,
  nextPlannedMail,
  plannedMails,
  planMail,
  queuePlanned,
  resumePlanned,
} from './planned-store.ts'
export { findTrouble, isReachedBy, seenFrom, type AddressTrouble } from './addresses.ts'
export {
  deleteMailsToCandidate,
  dropQueuedMails,
  failedMails,
  findOutage,
  heldMails,
  holdQueuedMails,
  mailsToCandidates,
  mailsToHost,
  waitingMails,
  wasTold,
  type Mail,
  type MailOutage,
  type NamedMail,
} from './store.ts'

/** Minutes until the next try after each failure; after the last one the mail is `failed`, and shown. */
export const MAIL_RETRY_MINUTES = [1, 5, 15, 60, 240]

interface NewMail {
  accountId?: string
  personId: string
  weekHostId?: string
  kind: MailKind
  to: string
  /** Somebody wants it tried, also where mail to the address came back. */
  asked?: boolean
  now: Date
  machineNow: Date
}

/** Step: puts a mail into the outbox, in the transaction of the change that it tells about. */
export async function queueMail(
  tx: Writer,
  mail: NewMail & { subject: string; text: string },
): Promise<void> {
  const { now, machineNow, ...rest } = mail
  await insertMail(tx, { id: randomUUID(), state: 'queued', nextTryAt: machineNow, createdAt: now, ...rest })
}

/** Step: puts a mail to somebody into the outbox who has no account here and gave an address to be told at. */
export async function queueMailToStranger(
  tx: Writer,
  mail: Omit<NewMail, 'personId' | 'weekHostId'> & { candidateId?: string; subject: string; text: string },
): Promise<void> {
  const { now, machineNow, ...rest } = mail
  await insertMail(tx, { id: randomUUID(), state: 'queued', nextTryAt: machineNow, createdAt: now, ...rest })
}

/** How long a mail waits for more of its cause, on the machine's clock. Milliseconds. */
const GATHERS = 20_000
/** And when the same person was told of the same cause within that time (product time): nobody wants a mail a minute. */
const TOLD_LATELY = 3_600_000
const GATHERS_LONGER = 900_000

/**
 * Step: one mail for one cause. What happens while it waits to be sent is written into it, and `compose` words it anew
 * with all there is, oldest first; what happens after that begins another one.
 */
export async function gatherMail(
  tx: Writer,
  mail: NewMail & {
    /** What belongs together: the same for everything that one mail shall tell of. */
    cause: string
    items: MailItem[]
    /** Begins no mail. */
    onlyIntoOpen?: boolean
    /** How long the mail waits for more where the same person was told of the cause lately: milliseconds. */
    againAfter?: number
    compose(items: MailItem[]): { subject: string; text: string }
  },
): Promise<void> {
  const { now, machineNow, items, onlyIntoOpen = false, againAfter = GATHERS_LONGER, compose, ...rest } = mail
  const since = new Date(now.getTime() - TOLD_LATELY)
  const lately = await latestOfCause(tx, { personId: mail.personId, cause: mail.cause, since })
  const told = lately?.items ?? []
  const all = [...told.filter(({ id }) => items.every((item) => item.id !== id)), ...items]
  if (lately && (await rewriteMail(tx, lately, { items: all, ...compose(all) }))) return
  if (onlyIntoOpen) return
  const nextTryAt = new Date(machineNow.getTime() + (lately ? againAfter : GATHERS))
  const made = { items, ...compose(items), id: randomUUID(), state: 'queued' as const, nextTryAt }
  await insertMail(tx, { ...rest, ...made, createdAt: now })
}

/** How long a mail is tried while the server takes none: after that its news is none. Milliseconds of product time. */
const GIVEN_UP_AFTER = 3 * 86_400_000
/** Until a server that takes nothing is tried again, with one mail. Milliseconds. */
const OUTAGE_RETRY = 60_000

/**
 * Sends what is due, one after the other, each as true as it still is. Returns how many the server took. Where the server fails as such, and not this
 * mail, the others are not tried: they stay as they are, and one of them asks again a minute later.
 */
export async function sendDueMails(
  db: Database,
  {
    transport,
    links,
    renewals = {},
    entries = {},
    reachedAgain,
    now,
    machine,
  }: {
    transport: MailTransport
    links: LinkMakers
    renewals?: Renewals
    entries?: EntryMakers
    /** An address works again: what was kept back for it may go. */
    reachedAgain?: () => void
    now: () => Date
    machine: () => Date
  },
): Promise<number> {
  const outage = await findOutage(db.read)
  if (outage && outage.retryAt > machine()) return 0
  await endWaiting(db, now())
  let sent = 0
  for (const mail of await dueMails(db.read, machine())) {
    const result = await sendOne(mail)
    if (result === 'no-server') break
    if (result === 'sent') sent += 1
  }
  return sent

  async function sendOne(mail: Mail): Promise<'sent' | 'not-sent' | 'no-server'> {
    const minutes = MAIL_RETRY_MINUTES[Math.min(mail.tries, MAIL_RETRY_MINUTES.length - 1)]!
    const nextTryAt = new Date(machine().getTime() + minutes * 60_000)
    const claimed = await db.write((tx) => claimMail(tx, mail, nextTryAt))
    if (!claimed) return 'not-sent'
    let made
    try {
      // After the claim: a mail that can't be made must not keep the ones behind it waiting.
      made = await db.write(async (tx) => {
        const renewed = await lookAgain(tx, claimed, renewals, now())
        if (!renewed) return null
        const current = await nameAccount(tx, renewed)
        const calendar = (await entries[mail.kind]?.(tx, current, now())) ?? null
        await keepEntry(tx, claimed, calendar)
        return { calendar, ...(await fillIn(tx, current, links, machine())) }
      })
    } catch (error) {
      await putOff(claimed, error)
      return 'not-sent'
    }
    if (!made) return 'not-sent'
    try {
      const { subject, text, calendar } = made
      await transport.send({ id: mail.id, to: mail.to, subject, text, calendar })
    } catch (error) {
      if (!(error instanceof MailTrouble)) {
        await withoutServer(claimed, error)
        return 'no-server'
      }
      await putOff(claimed, error)
      return 'not-sent'
    }
    const { taken } = made
    const worksAgain = await db.write(async (tx) => {
      await endOutage(tx)
      await markSent(tx, mail.id, now())
      await taken?.(tx, machine())
      return noteTaken(tx, { address: mail.to, asked: claimed.asked, now: now() })
    })
    if (worksAgain) reachedAgain?.()
    return 'sent'
  }

  async function putOff(claimed: Mail, error: unknown): Promise<void> {
    const kind = error instanceof MailTrouble ? error.kind : 'put-off'
    const state = kind !== 'put-off' || claimed.tries > MAIL_RETRY_MINUTES.length ? 'failed' : 'queued'
    const trouble = reasonOf(error)
    await db.write(async (tx) => {
      await markTrouble(tx, claimed, { state, trouble })
      if (kind === 'no-mailbox') await noteNoMailbox(tx, { address: claimed.to, words: trouble, now: now() })
    })
  }

  /** It is not the mail's fault: the try does not count, and only a mail whose news is old is given up. */
  async function withoutServer(claimed: Mail, error: unknown): Promise<void> {
    const reason = reasonOf(error)
    const retryAt = new Date(machine().getTime() + OUTAGE_RETRY)
    const old = claimed.createdAt.getTime() < now().getTime() - GIVEN_UP_AFTER
    await db.write(async (tx) => {
      await keepOutage(tx, { since: now(), reason, retryAt })
      await markTrouble(tx, claimed, {
        state: old ? 'failed' : 'queued',
        trouble: reason,
        tries: claimed.tries - 1,
        nextTryAt: retryAt,
      })
    })
  }
}

/** How long mails are kept once they came to their end. Days of product time. */
export const MAILS_KEPT_DAYS = 90

/** Step: deletes old mails. What they told of stays on the record. */
export async function sweepMails(tx: Writer, now: Date): Promise<void> {
  await deleteMailsBefore(tx, new Date(now.getTime() - MAILS_KEPT_DAYS * 86_400_000))
}

/** A gathered mail without what is no more true; null, and the mail is gone, where nothing is left of it. */
async function lookAgain(tx: Writer, mail: Mail, renewals: Renewals, now: Date): Promise<Mail | null> {
  const { accountId, personId, cause, items } = mail
  const renewed =
    items && cause !== null && personId !== null
      ? await renewals[mail.kind]?.(tx, { accountId, personId, cause, items }, now)
      : null
  if (!renewed) return mail
  if (renewed.items.length === 0) {
    await deleteMail(tx, mail)
    return null
  }
  const change = { items: renewed.items, ...renewed.words(renewed.items) }
  await rewordMail(tx, mail, change)
  return { ...mail, ...change }
}

/**
 * Where an installation has several accounts, the subject of each mail about one says which it is, whatever words an account
 * gave its mails: somebody with a place at two must not look at the wrong desk.
 */
async function nameAccount(tx: Writer, mail: Mail): Promise<Mail> {
  const handle = mail.accountId && (await handleAmongSeveral(tx, mail.accountId))
  if (!handle) return mail
  const words: string[] = mail.subject.toLowerCase().match(/@\w+/g) ?? []
  if (words.includes(`@${handle.toLowerCase()}`)) return mail
  const change = { subject: `[@${handle}] ${mail.subject}`, text: mail.text }
  await rewordMail(tx, mail, change)
  return { ...mail, ...change }
}

async function fillIn(tx: Writer, mail: Mail, links: LinkMakers, machineNow: Date) {
  const { subject, text } = mail
  const placeholder = LINK_OF[mail.kind]
  if (!placeholder) return { subject, text }
  const { url, taken } = await links[placeholder]!(tx, mail, machineNow)
  return { subject, text: text.replaceAll(placeholder, url), taken }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
