import { record } from '../../activity/record.ts'
import type { Database } from '../../db/database.ts'
import { Conflict, NotAllowed, Refused } from '../../errors.ts'
import { LINK_OF } from '../../mail/mail.ts'
import { isLead, type Actor } from '../../people/person.ts'
import { MAIL_TITLES, type WordedMailKind } from './mail-plan.ts'
import { whyNotWords, type MailWords } from './mail-words.ts'
import { deleteTemplate, keepTemplate } from './mail-words-store.ts'

/** @throws Refused by field for words of which no mail can be made. */
export function requireWords(kind: WordedMailKind, { subject, text }: MailWords): void {
  const problems = { subject: whyNotWords(kind, subject), text: whyNotWords(kind, text) }
  const fields = Object.fromEntries(Object.entries(problems).filter(([, problem]) => problem !== null))
  const secret = LINK_OF[kind]
  if (secret && subject.includes(secret))
    fields['subject'] = `${secret} is a secret, and belongs into the text.`
  if (secret && !fields['text'] && !text.includes(secret))
    fields['text'] =
      `Without ${secret} nobody can ${kind === 'invitation' ? 'accept' : 'answer'}: please keep it in the text.`
  if (Object.keys(fields).length > 0) throw new Refused(fields as Record<string, string>)
}

/**
 * Gives a mail the account's own words, or with null takes it back to the good default. It counts for what goes out from then on.
 * @throws NotAllowed for all but leads, Refused for unknown variables, Conflict when somebody changed it meanwhile.
 */
export async function changeMailWords(
  db: Database,
  {
    accountId,
    kind,
    version,
    words,
    actor,
    now,
  }: {
    accountId: string
    kind: WordedMailKind
    /** 0: there are no own words yet. */
    version: number
    words: MailWords | null
    actor: Actor
    now: Date
  },
): Promise<void> {
  if (words) requireWords(kind, words)
  await db.write(async (tx) => {
    if (!isLead(actor, accountId)) throw new NotAllowed('Only the account’s leads change its mails.')
    const changed = words
      ? await keepTemplate(tx, {
          accountId,
          kind,
          ...words,
          version,
          changedBy: actor.personId,
          changedAt: now,
        })
      : version === 0 || (await deleteTemplate(tx, { accountId, kind, version }))
    if (!changed)
      throw new Conflict('Somebody changed this mail since you opened the page. Look at what stands now.')
    await record(tx, {
      accountId,
      kind: 'account.changed',
      personId: actor.personId,
      details: { section: 'mails', [MAIL_TITLES[kind]]: words ? 'changed' : 'back to the standard words' },
      at: now,
    })
  })
}
