import type { Account } from '../../accounts/accounts.ts'
import { dayInWords, dayOf } from '../../calendar.ts'
import type { Reader } from '../../db/database.ts'
import { listRoles } from '../../people/people.ts'
import type { AskingMailKind } from '../mails/mail-plan.ts'
import { fillIn, type MailWords } from '../mails/mail-words.ts'
import { daysOf } from '../pages.ts'
import { slotDays } from '../slot.ts'
import { wordsOf } from '../mails/week-mails.ts'
import type { Candidate } from './candidates.ts'

/** A mail to somebody who asks for a week, in the account’s words. Its secret address stays a placeholder. */
export async function writeCandidateMail(
  read: Reader,
  kind: AskingMailKind,
  {
    account,
    candidate,
    lead,
    words = '',
    slots = [],
    endsAt,
    now,
  }: {
    account: Account
    candidate: Candidate
    /** Who writes; without one the account’s first lead. */
    lead?: { name: string; email: string }
    words?: string
    slots?: string[]
    endsAt?: Date
    now: Date
  },
): Promise<MailWords> {
  const zone = account.timeZone
  const today = dayOf(now, zone)
  const from = lead ?? (await listRoles(read, account.id)).find(({ role }) => role === 'lead')?.person
  return fillIn(await wordsOf(read, account.id, kind), {
    name: candidate.name,
    account: `@${account.handle}`,
    'account-name': account.name,
    lead: from?.name ?? 'the team',
    'lead-mail': from?.email ?? account.texts.contact,
    by: candidate.suggestedBy,
    weeks: slots.map((slot) => `- ${weekOfSlot(account, slot, today)}`).join('\n'),
    until: endsAt ? dayInWords(dayOf(endsAt, zone), today) : '',
    words,
    'kept-until': dayInWords(dayOf(candidate.eraseAt, zone), today),
  })
}

/** "23 to 27 November", with the year where that is not this one. */
export function weekOfSlot(account: Account, slot: string, today: string): string {
  const days = slotDays(slot, account.shape)
  return daysOf(days[0]!, days.at(-1)!, today)
}
