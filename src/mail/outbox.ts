import { randomUUID } from 'node:crypto'
import type { Database, Writer } from '../db/database.ts'
import { LINK_OF, type LinkMakers, type MailKind, type MailTransport } from './mail.ts'
import { claimMail, dueMails, insertMail, markSent, markTrouble, type Mail } from './store.ts'

export { failedMails, mailsToHost, type Mail } from './store.ts'

/** Minutes until the next try after each failure; after the last one the mail is `failed`, and shown. */
export const MAIL_RETRY_MINUTES = [1, 5, 15, 60, 240]

/** Step: puts a mail into the outbox, in the transaction of the change that it tells about. */
export async function queueMail(
  tx: Writer,
  mail: {
    accountId?: string
    personId: string
    weekHostId?: string
    kind: MailKind
    to: string
    subject: string
    text: string
    now: Date
    machineNow: Date
  },
): Promise<void> {
  const { now, machineNow, ...rest } = mail
  await insertMail(tx, { id: randomUUID(), state: 'queued', nextTryAt: machineNow, createdAt: now, ...rest })
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
      await transport.send({ id: mail.id, to: mail.to, subject: mail.subject, text: made.text })
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
