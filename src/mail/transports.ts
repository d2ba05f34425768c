import { randomUUID } from 'node:crypto'
import nodemailer from 'nodemailer'
import type { Database } from '../db/database.ts'
import { MailTrouble, type MailTransport } from './mail.ts'
import { cleaned, refusalOf } from './refusal.ts'
import { insertSandboxMail } from './store.ts'

/** How long one mail may take in all: a server that answers a byte at a time would never be silent. Milliseconds. */
const DEADLINE = 45_000

/** `deadlineMs`: for tests. */
export function smtpTransport({
  url,
  from,
  proxy,
  deadlineMs = DEADLINE,
}: {
  url: string
  from: string
  proxy: string | undefined
  deadlineMs?: number
}): MailTransport {
  const smtp = nodemailer.createTransport({
    url,
    ...(proxy ? { proxy } : {}),
    connectionTimeout: Math.min(15_000, deadlineMs),
    greetingTimeout: Math.min(15_000, deadlineMs),
    socketTimeout: Math.min(30_000, deadlineMs),
  })
  return {
    async send({ id, to, subject, text, calendar }) {
      // The same Message-ID at each try: a server that took the mail and lost the answer can tell.
      const sending = smtp.sendMail({
        messageId: `<${id}@my-working-week>`,
        from,
        to,
        subject,
        text,
        ...(calendar && {
          icalEvent: { method: methodOf(calendar), filename: 'week.ics', content: calendar },
        }),
      })
      let timer: NodeJS.Timeout | undefined
      const over = new Promise<never>((_, reject) => {
        const seconds = deadlineMs / 1000
        timer = setTimeout(
          () => reject(new Error(`The mail server did not finish within ${seconds} s.`)),
          deadlineMs,
        )
      })
      try {
        await Promise.race([sending, over])
      } catch (error) {
        throw troubleOf(error)
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

/** RFC 6047, 2.4: the part's type says the same method as the entry in it. */
function methodOf(calendar: string): string {
  return /^METHOD:(\w+)/m.exec(calendar)?.[1]?.toLowerCase() ?? 'publish'
}

/** Only an answer to an address or to the words is about this mail; any other one is about the server, or about us. */
function troubleOf(error: unknown): unknown {
  const { command, responseCode: code, response, message } = error as Partial<Record<string, unknown>>
  if ((command !== 'RCPT TO' && command !== 'DATA') || typeof code !== 'number') return error
  const reply = typeof response === 'string' ? response : String(message)
  return new MailTrouble(refusalOf({ command, code, reply }), cleaned(reply) || String(code))
}

/** In a sandbox nobody has a mailbox there, so that everybody can see what becomes of mail that comes back. */
const NO_MAILBOXES = 'nowhere.example'

/** The sandbox's mails go into a table, to be read at `/sandbox/mail`. */
export function sandboxTransport(db: Database, now: () => Date): MailTransport {
  return {
    async send({ to, subject, text, calendar = null }) {
      if (to.endsWith(`@${NO_MAILBOXES}`))
        throw new MailTrouble('no-mailbox', `<${to}>: Recipient address rejected: User unknown`)
      await db.write((tx) =>
        insertSandboxMail(tx, { id: randomUUID(), to, subject, text, calendar, at: now() }),
      )
    },
  }
}
