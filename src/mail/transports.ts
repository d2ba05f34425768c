import { randomUUID } from 'node:crypto'
import nodemailer from 'nodemailer'
import type { Database } from '../db/database.ts'
import type { MailTransport } from './mail.ts'
import { insertSandboxMail } from './store.ts'

export function smtpTransport({
  url,
  from,
  proxy,
}: {
  url: string
  from: string
  proxy: string | undefined
}): MailTransport {
  const smtp = nodemailer.createTransport({
    url,
    ...(proxy ? { proxy } : {}),
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 30_000,
  })
  return {
    // The same Message-ID at each try: a server that took the mail and lost the answer can tell.
    send: async ({ id, to, subject, text }) =>
      void (await smtp.sendMail({ messageId: `<${id}@my-working-week>`, from, to, subject, text })),
  }
}

/** The sandbox's mails go into a table, to be read at `/sandbox/mail`. */
export function sandboxTransport(db: Database, now: () => Date): MailTransport {
  return {
    send: ({ to, subject, text }) =>
      db.write((tx) => insertSandboxMail(tx, { id: randomUUID(), to, subject, text, at: now() })),
  }
}
