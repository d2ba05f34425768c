import type { Account } from '../../accounts/accounts.ts'
import { dayInWords, dayOf, spanInWords, timeInWords } from '../../calendar.ts'
import type { Writer } from '../../db/database.ts'
import type { MailItem } from '../../mail/mail.ts'
import { gatherMail } from '../../mail/outbox.ts'
import { decidersAt, findPerson, whyYou } from '../../people/people.ts'
import type { Actor } from '../../people/person.ts'
import { quoteOf, writerToTell } from '../decision-mails.ts'
import { firstWords } from '../first-words.ts'
import { foreignRevisions, type Draft } from '../store.ts'
import { namesOf } from './suggestion.ts'

interface Telling {
  account: Account
  now: Date
  machineNow: Date
  publicUrl: string
}

/** How long a mail waits for more where somebody heard of a submission lately: a draft may be wanted soon. Milliseconds. */
const GATHERS = 120_000

/**
 * Step: tells everybody who may decide, but who wrote it or sends it. What is submitted within a short time stands in one mail.
 * Its writer is told where somebody else submitted it with words of their own, and can accept those.
 */
export async function mailSubmitted(
  tx: Writer,
  draft: Draft,
  { account, actor, now, machineNow, publicUrl }: Telling & { actor: Actor },
): Promise<void> {
  const item = {
    id: draft.id,
    text: quoteOf(draft),
    why: `${actor.name} submitted a draft ${wishedInWords(draft, account)}`,
    link: `${publicUrl}/queue?draft=${draft.id}`,
  }
  for (const decider of await decidersAt(tx, account.id, now)) {
    const { person } = decider
    if (person.id === actor.personId || person.id === draft.authorId) continue
    await gatherMail(tx, {
      accountId: account.id,
      personId: person.id,
      kind: 'draft-submitted',
      to: person.email,
      cause: `submitted ${account.id}`,
      items: [item],
      againAfter: GATHERS,
      compose: (items) => {
        const { subject, text } = submittedInWords(items, { account, publicUrl })
        return { subject, text: text + whyYou(decider) }
      },
      now,
      machineNow,
    })
  }
  if (actor.personId !== draft.authorId)
    await mailCorrected(tx, draft, { account, now, machineNow, publicUrl })
}

function submittedInWords(
  items: MailItem[],
  { account, publicUrl }: Pick<Telling, 'account' | 'publicUrl'>,
): { subject: string; text: string } {
  const [first] = items
  if (items.length === 1) {
    return {
      subject: first!.why,
      text: `${first!.why}:

${first!.text}

Read and decide it here: ${first!.link}
`,
    }
  }
  return {
    subject: `${items.length} drafts for @${account.handle} wait for your decision`,
    text: `${items.length} drafts for @${account.handle} wait for your decision.

${items.map(({ why, text, link }) => `${why}:\n\n${text}\n\n${link}`).join('\n\n\n')}

All that waits, to be decided together: ${publicUrl}/queue/together
`,
  }
}

/** The writer of a draft that somebody else changed and submitted. */
async function mailCorrected(
  tx: Writer,
  draft: Draft,
  { account, now, machineNow, publicUrl }: Telling,
): Promise<void> {
  const foreign = await foreignRevisions(tx, draft)
  const writer = foreign.length > 0 ? await writerToTell(tx, draft) : undefined
  if (!writer) return
  const who = namesOf(foreign)
  await gatherMail(tx, {
    accountId: account.id,
    personId: writer.id,
    kind: 'draft-answered',
    to: writer.email,
    cause: `corrected ${draft.id}`,
    items: [{ id: draft.id, text: quoteOf(draft), why: who, link: `${publicUrl}/drafts/${draft.id}` }],
    againAfter: GATHERS,
    compose: ([item]) => ({
      subject: `${item!.why} changed your draft for @${account.handle}`,
      text: `Hello ${writer.name},

${item!.why} changed your draft for @${account.handle} and submitted it. It reads like this now:

${item!.text}

Should these words be yours too, accept them: then ${item!.why} may approve it. Otherwise somebody else decides it.
${item!.link}
`,
    }),
    now,
    machineNow,
  })
}

/** Step: reminds everybody who may decide, but its writer, of a draft that is wanted soon and that nobody has decided. */
export async function mailReminder(
  tx: Writer,
  draft: Draft & { wishedAt: Date },
  { account, now, machineNow, publicUrl }: Telling,
): Promise<void> {
  const at = `${dayInWords(dayOf(draft.wishedAt, account.timeZone))}, ${timeInWords(draft.wishedAt, account.timeZone)}`
  const writer = (await findPerson(tx, draft.authorId))?.name ?? 'Somebody'
  const item = {
    id: draft.id,
    text: quoteOf(draft),
    why: `${writer}’s draft for ${at} is not decided yet`,
    link: `${publicUrl}/queue?draft=${draft.id}`,
  }
  const left = spanInWords(draft.wishedAt.getTime() - now.getTime())
  for (const decider of await decidersAt(tx, account.id, now)) {
    const { person } = decider
    if (person.id === draft.authorId) continue
    await gatherMail(tx, {
      accountId: account.id,
      personId: person.id,
      kind: 'draft-reminder',
      to: person.email,
      cause: `reminder ${account.id}`,
      items: [item],
      againAfter: 0,
      compose: (items) => ({
        subject:
          items.length === 1
            ? `${left} left: “${firstWords(draft.content)}”`
            : `${items.length} drafts for @${account.handle} are wanted soon and not decided`,
        text: `${items.map(({ why, text, link }) => `${why}:\n\n${text}\n\nDecide it here: ${link}`).join('\n\n\n')}

What nobody decides in time does not go out late by itself. You get this mail once.
${whyYou(decider)}`,
      }),
      now,
      machineNow,
    })
  }
}

function wishedInWords({ wishedAt }: Draft, { timeZone }: Account): string {
  return wishedAt
    ? `for ${dayInWords(dayOf(wishedAt, timeZone))}, ${timeInWords(wishedAt, timeZone)}`
    : 'to go out as soon as it is approved'
}
