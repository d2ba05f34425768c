import { findAccount, type Account } from '../../accounts/accounts.ts'
import { dayInWords, dayOf, spanInWords, timeInWords } from '../../calendar.ts'
import type { Reader, Writer } from '../../db/database.ts'
import type { MailItem, Renewal } from '../../mail/mail.ts'
import { gatherMail } from '../../mail/outbox.ts'
import { decidersAt, findDecider, findPerson, whyYou, type Decider } from '../../people/people.ts'
import type { Actor } from '../../people/person.ts'
import type { SeenFinding } from '../checks/check-draft.ts'
import { findingsInMail } from '../checks/findings-in-mail.ts'
import { quoteOf, writerToTell } from '../decision-mails.ts'
import { firstWords } from '../first-words.ts'
import { writerInWords } from '../on-record.ts'
import { findDrafts, foreignRevisions, type Draft } from '../store.ts'
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
  {
    account,
    actor,
    findings,
    now,
    machineNow,
    publicUrl,
  }: Telling & {
    /** Null: the account itself, from a template. */
    actor: Actor | null
    findings: SeenFinding[]
  },
): Promise<void> {
  const item = {
    id: draft.id,
    text: quoteOf(draft) + findingsInMail(findings),
    why: actor
      ? `${actor.name} submitted a draft ${wishedInWords(draft, account)}`
      : `A draft from a template waits ${wishedInWords(draft, account)}`,
    link: `${publicUrl}/queue?draft=${draft.id}`,
  }
  for (const decider of await decidersAt(tx, account.id, now)) {
    const { person } = decider
    if (person.id === actor?.personId || person.id === draft.authorId) continue
    await gatherMail(tx, {
      accountId: account.id,
      personId: person.id,
      kind: 'draft-submitted',
      to: person.email,
      cause: `submitted ${account.id}`,
      items: [item],
      againAfter: GATHERS,
      compose: (items) => submittedInWords(items, { account, decider, publicUrl }),
      now,
      machineNow,
    })
  }
  if (actor && actor.personId !== draft.authorId)
    await mailCorrected(tx, draft, { account, now, machineNow, publicUrl })
}

function submittedInWords(
  items: MailItem[],
  { account, decider, publicUrl }: Pick<Telling, 'account' | 'publicUrl'> & { decider: Decider },
): { subject: string; text: string } {
  const [first] = items
  if (items.length === 1) {
    return {
      subject: first!.why,
      text: `${first!.why}:

${first!.text}

Read and decide it here: ${first!.link}
${whyYou(decider)}`,
    }
  }
  return {
    subject: `${items.length} drafts for @${account.handle} wait for your decision`,
    text: `${items.length} drafts for @${account.handle} wait for your decision.

${items.map(({ why, text, link }) => `${why}:\n\n${text}\n\n${link}`).join('\n\n\n')}

All that waits, to be decided together: ${publicUrl}/queue/together
${whyYou(decider)}`,
  }
}

/** What a mail about submissions still has to ask for when it goes: somebody may have decided, or decide no more. */
export function submittedRenewal(publicUrl: () => string): Renewal {
  return async (read, { accountId, personId, items }, now) => {
    const account = accountId && (await findAccount(read, accountId))
    if (!account) return null
    const decider = await findDecider(read, { accountId: account.id, personId, now })
    return {
      items: decider ? await stillSubmitted(read, items) : [],
      words: (still) => submittedInWords(still, { account, decider: decider!, publicUrl: publicUrl() }),
    }
  }
}

/** The same of a reminder, with the time that is left by then. */
export const renewReminder: Renewal = async (read, { accountId, personId, items }, now) => {
  const account = accountId && (await findAccount(read, accountId))
  if (!account) return null
  const decider = await findDecider(read, { accountId: account.id, personId, now })
  const still = decider ? await stillSubmitted(read, items) : []
  const drafts = await findDrafts(
    read,
    still.map(({ id }) => id),
  )
  return {
    items: still,
    words: (of) => reminderInWords(of, { account, decider: decider!, drafts, now }),
  }
}

async function stillSubmitted(read: Reader, items: MailItem[]): Promise<MailItem[]> {
  const drafts = await findDrafts(
    read,
    items.map(({ id }) => id),
  )
  const waiting = new Set(drafts.filter(({ state }) => state === 'submitted').map(({ id }) => id))
  return items.filter(({ id }) => waiting.has(id))
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
    compose: (items) => correctedInWords(items, { account, name: writer.name }),
    now,
    machineNow,
  })
}

function correctedInWords(
  [item]: MailItem[],
  { account, name }: { account: Account; name: string },
): { subject: string; text: string } {
  return {
    subject: `${item!.why} changed your draft for @${account.handle}`,
    text: `Hello ${name},

${item!.why} changed your draft for @${account.handle} and submitted it. It reads like this now:

${item!.text}

Should these words be yours too, accept them: then ${item!.why} may approve it. Otherwise somebody else decides it.
${item!.link}
`,
  }
}

/** Whether there is still something to accept when such a mail goes; what else is said beside drafts stays said. */
export const renewCorrected: Renewal = async (read, { accountId, personId, cause, items }) => {
  const account = accountId && (await findAccount(read, accountId))
  const writer = await findPerson(read, personId)
  if (!cause.startsWith('corrected ') || !account || !writer) return null
  const [draft] = await findDrafts(read, [cause.slice('corrected '.length)])
  const foreign = draft?.state === 'submitted' ? await foreignRevisions(read, draft) : []
  return {
    items: foreign.length > 0 ? items : [],
    words: (still) => correctedInWords(still, { account, name: writer.name }),
  }
}

/** Step: reminds everybody who may decide, but its writer, of a draft that is wanted soon and that nobody has decided. */
export async function mailReminder(
  tx: Writer,
  draft: Draft & { wishedAt: Date },
  { account, findings, now, machineNow, publicUrl }: Telling & { findings: SeenFinding[] },
): Promise<void> {
  const at = `${dayInWords(dayOf(draft.wishedAt, account.timeZone))}, ${timeInWords(draft.wishedAt, account.timeZone)}`
  const writer = await writerInWords(tx, draft, account)
  const item = {
    id: draft.id,
    text: quoteOf(draft) + findingsInMail(findings),
    why: `${draft.authorId === null ? 'A draft from a template' : `${writer}’s draft`} for ${at} is not decided yet`,
    link: `${publicUrl}/queue?draft=${draft.id}`,
  }
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
      compose: (items) => reminderInWords(items, { account, decider, drafts: [draft], now }),
      now,
      machineNow,
    })
  }
}

function reminderInWords(
  items: MailItem[],
  { account, decider, drafts, now }: { account: Account; decider: Decider; drafts: Draft[]; now: Date },
): { subject: string; text: string } {
  const [only] = drafts
  const left = only?.wishedAt ? only.wishedAt.getTime() - now.getTime() : 0
  const one = only
    ? `${left > 0 ? `${spanInWords(left)} left` : 'Not decided yet'}: “${firstWords(only.content)}”`
    : ''
  return {
    subject:
      items.length === 1
        ? one
        : `${items.length} drafts for @${account.handle} are wanted soon and not decided`,
    text: `${items.map(({ why, text, link }) => `${why}:\n\n${text}\n\nDecide it here: ${link}`).join('\n\n\n')}

What nobody decides in time does not go out late by itself. You get this mail once.
${whyYou(decider)}`,
  }
}

function wishedInWords({ wishedAt }: Draft, { timeZone }: Account): string {
  return wishedAt
    ? `for ${dayInWords(dayOf(wishedAt, timeZone))}, ${timeInWords(wishedAt, timeZone)}`
    : 'to go out as soon as it is approved'
}
