import type { Account } from '../accounts/accounts.ts'
import type { Writer } from '../db/database.ts'
import type { MailKind } from '../mail/mail.ts'
import { queueMail } from '../mail/outbox.ts'
import type { Person } from '../people/people.ts'
import type { Telling } from './tell-deciders.ts'

/** Step: one mail about an account, to one person by their name. */
export async function mailPerson(
  tx: Writer,
  { now, machineNow }: Telling,
  account: Account,
  person: Person,
  { kind, subject, text }: { kind: MailKind; subject: string; text: string },
): Promise<void> {
  await queueMail(tx, {
    accountId: account.id,
    personId: person.id,
    kind,
    to: person.email,
    subject,
    text: `Hello ${person.name},\n\n${text}\n`,
    now,
    machineNow,
  })
}
