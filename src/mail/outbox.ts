import { randomUUID } from 'node:crypto'
import type { Database, Writer } from '../db/database.ts'
import { LINK_OF, type LinkMakers, type MailItem, type MailKind, type MailTransport } from './mail.ts'
import {
  claimMail,
  dueMails,
  insertMail,
  latestOfCause,
  markSent,
  markTrouble,
  rewriteMail,
  type Mail,
} from './store.ts'

export { dropQueuedMails, failedMails, heldMails, holdQueuedMails, mailsToHost, type Mail } from './store.ts'

/** Minutes until the next try after each failure; after the last one the mail is `failed`, and shown. */
export const MAIL_RETRY_MINUTES = [1, 5, 15, 60, 240]

interface NewMail {
  accountId?: string
  personId: string
  weekHostId?: string
  kind: MailKind
  to: string
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
    compose(items: MailItem[]): { subject: string; text: string }
  },
): Promise<void> {
  const { now, machineNow, items, onlyIntoOpen = false, compose, ...rest } = mail
  const since = new Date(now.getTime() - TOLD_LATELY)
  const lately = await latestOfCause(tx, { personId: mail.personId, cause: mail.cause, since })
  const told = lately?.items ?? []
  const all = [...told.filter(({ id }) => items.every((item) => item.id !== id)), ...items]
  if (lately && (await rewriteMail(tx, lately, { items: all, ...compose(all) }))) return
  if (onlyIntoOpen) return
  const nextTryAt = new Date(machineNow.getTime() + (lately ? GATHERS_LONGER : GATHERS))
  const made = { items, ...compose(items), id: randomUUID(), state: 'queued' as const, nextTryAt }
  await insertMail(tx, { ...rest, ...made, createdAt: now })
}

/** Sends what is due, one after the other. Returns how many the server took. */
export async function sendDueMails(
  db: Database,
  {
    transport,
    links,
    now,
    machine,
  }: { transport: MailTransport; links: LinkMakers; now: () => Date; machine: () => Date },
): Promise<number> {
  let sent = 0
  for (const mail of await dueMails(db.read, machine())) {
    if (await sendOne(mail)) sent += 1
  }
  return sent

  async function sendOne(mail: Mail): Promise<boolean> {
    const minutes = MAIL_RETRY_MINUTES[Math.min(mail.tries, MAIL_RETRY_MINUTES.length - 1)]!
    const nextTryAt = new Date(machine().getTime() + minutes * 60_000)
    const claimed = await db.write((tx) => claimMail(tx, mail, nextTryAt))
    if (!claimed) return false
    let made
    try {
      // After the claim: a mail whose link can't be made must not keep the ones behind it waiting.
      made = await db.write((tx) => fillIn(tx, claimed, links, machine()))
      await transport.send({ id: mail.id, to: mail.to, subject: claimed.subject, text: made.text })
    } catch (error) {
      const state = claimed.tries > MAIL_RETRY_MINUTES.length ? 'failed' : 'queued'
      await db.write((tx) => markTrouble(tx, claimed, reasonOf(error), state))
      return false
    }
    const { taken } = made
    await db.write(async (tx) => {
      await markSent(tx, mail.id, now())
      await taken?.(tx, machine())
    })
    return true
  }
}

async function fillIn(tx: Writer, mail: Mail, links: LinkMakers, machineNow: Date) {
  const placeholder = LINK_OF[mail.kind]
  if (!placeholder) return { text: mail.text }
  const { url, taken } = await links[placeholder]!(tx, mail, machineNow)
  return { text: mail.text.replaceAll(placeholder, url), taken }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
