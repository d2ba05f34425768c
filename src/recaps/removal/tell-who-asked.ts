import { findAccount } from '../../accounts/accounts.ts'
import type { Writer } from '../../db/database.ts'
import { queueMailToStranger } from '../../mail/outbox.ts'

/** Step: tells somebody without an account here what became of what they asked, where they gave an address. */
export async function tellWhoAsked(
  tx: Writer,
  {
    accountId,
    email,
    words,
    ...mail
  }: {
    accountId: string
    email: string
    kind: 'removal-done' | 'removal-settled' | 'removal-refused'
    subject: string
    words(handle: string): string
    now: Date
    machineNow: Date
  },
): Promise<void> {
  if (email === '') return
  const account = (await findAccount(tx, accountId))!
  await queueMailToStranger(tx, {
    accountId,
    to: email,
    text: `Hello,\n\n${words(account.handle)}\n`,
    ...mail,
  })
}
