import { randomUUID } from 'node:crypto'
import type { Database, Writer } from '../db/database.ts'
import type { LinkMakers, MailKind, MailTransport } from './mail.ts'
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
    const made = await db.write(async (tx) => {
      const minutes = MAIL_RETRY_MINUTES[Math.min(mail.tries, MAIL_RETRY_MINUTES.length - 1)]!
      if (!(await claimMail(tx, mail, new Date(machine().getTime() + minutes * 60_000)))) return null
      return fillIn(tx, mail, links, machine())
    })
    if (!made) return false
    try {
      await transport.send({ id: mail.id, to: mail.to, subject: mail.subject, text: made.text })
    } catch (error) {
      const last = mail.tries + 1 > MAIL_RETRY_MINUTES.length
      await db.write((tx) => markTrouble(tx, mail.id, reasonOf(error), last ? 'failed' : 'queued'))
      return false
    }
    await db.write(async (tx) => {
      await markSent(tx, mail.id, now())
      for (const taken of made.taken) await taken(tx, machine())
    })
    return true
  }
}

async function fillIn(tx: Writer, mail: Mail, links: LinkMakers, machineNow: Date) {
  let text = mail.text
  const taken: ((tx: Writer, at: Date) => Promise<void>)[] = []
  for (const [placeholder, make] of Object.entries(links)) {
    if (!text.includes(placeholder)) continue
    const link = await make(tx, mail, machineNow)
    text = text.replaceAll(placeholder, link.url)
    if (link.taken) taken.push(link.taken)
  }
  return { text, taken }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
