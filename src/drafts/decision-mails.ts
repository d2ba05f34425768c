import type { Account } from '../accounts/accounts.ts'
import { zoneInWords } from '../calendar.ts'
import type { Reader, Writer } from '../db/database.ts'
import type { MailKind } from '../mail/mail.ts'
import { queueMail } from '../mail/outbox.ts'
import { decidersAt, findPerson, listRoles, whyYou, type Person } from '../people/people.ts'
import { mayDecide, type Actor } from '../people/person.ts'
import { findCurrentHost } from '../rota/weeks.ts'
import { momentOf, whenInWords } from './decision.ts'
import type { VerdictKind } from './draft.ts'
import { firstWords } from './first-words.ts'
import { freeze } from './freeze.ts'
import type { Draft } from './store.ts'

const MAIL_KIND: Record<VerdictKind, MailKind> = {
  approved: 'draft-approved',
  'changes-requested': 'changes-requested',
  declined: 'draft-declined',
}

/** Step: tells the writer of a draft what was decided, unless they decided it, or host that week no more. */
export async function mailDecision(
  tx: Writer,
  told: {
    kind: VerdictKind
    draft: Draft
    account: Account
    actor: Actor
    comment?: string
    /** Of an approval. */
    dueAt?: Date
    /** Approved while the brake is on. */
    held?: boolean
    now: Date
    machineNow: Date
    publicUrl: string
  },
): Promise<void> {
  const { kind, draft, account, actor, now, machineNow, publicUrl } = told
  if (draft.authorId === actor.personId) return
  const people = await peopleToTell(tx, draft, { kind, actor })
  const your = draft.authorId === null ? 'the' : 'your'
  const comment = told.comment?.trim()
  const when = told.dueAt ? whenInWords(told.dueAt, now, account.timeZone) : ''
  const happened = {
    approved: {
      subject: `Approved: ${firstWords(draft.content)}`,
      what: told.held
        ? `${actor.name} approved ${your} draft for @${account.handle}. The account is paused, so it is held, and goes out only when the team says so:`
        : `${actor.name} approved ${your} draft for @${account.handle}. It goes out ${when}${
            when === 'at once' ? '' : ` (${zoneInWords(account.timeZone)} time)`
          }:`,
      next: 'Read it here. Should you want to change it before it goes out, you can take it back there:',
    },
    'changes-requested': {
      subject: `Please change: ${firstWords(draft.content)}`,
      what: `${actor.name} read ${your} draft for @${account.handle} and asks for changes before it goes out:`,
      next: 'Change it here, and submit it again:',
    },
    declined: {
      subject: `Declined: ${firstWords(draft.content)}`,
      what: `${actor.name} read ${your} draft for @${account.handle} and decided that it does not go out:`,
      next: 'It is kept here:',
    },
  }[kind]
  for (const person of people)
    await queueMail(tx, {
      accountId: account.id,
      personId: person.id,
      kind: MAIL_KIND[kind],
      to: person.email,
      subject: happened.subject,
      text: `Hello ${person.name},

${happened.what}

${quoteOf(draft)}
${comment ? `\n${actor.name} says:\n\n${indented(comment)}\n` : ''}
${happened.next}
${publicUrl}/drafts/${draft.id}
`,
      now,
      machineNow,
    })
}

/** The writer; of what comes from a template the leads, where somebody has to change it. */
async function peopleToTell(
  read: Reader,
  draft: Draft,
  { kind, actor }: { kind: VerdictKind; actor: Actor },
): Promise<Person[]> {
  if (draft.authorId !== null) return [await writerToTell(read, draft)].filter((one) => one !== undefined)
  if (kind !== 'changes-requested') return []
  const desk = await listRoles(read, draft.accountId)
  return desk
    .filter(({ person, role }) => role === 'lead' && person.id !== actor.personId)
    .map(({ person }) => person)
}

/** Step: tells the writer that nobody decided in time. */
export async function mailUndecided(
  tx: Writer,
  {
    draft,
    account,
    now,
    machineNow,
    publicUrl,
  }: {
    draft: Draft & { wishedAt: Date }
    account: Account
    now: Date
    machineNow: Date
    publicUrl: string
  },
): Promise<void> {
  const writer = await writerToTell(tx, draft)
  if (!writer) return
  await queueMail(tx, {
    accountId: account.id,
    personId: writer.id,
    kind: 'draft-undecided',
    to: writer.email,
    subject: `Not decided in time: ${firstWords(draft.content)}`,
    text: `Hello ${writer.name},

Your draft for @${account.handle} was wished for ${momentOf(draft.wishedAt, now, account.timeZone).replace(/^on /, '')}. Nobody decided it by then, so it has not gone out, and does not go out late by itself:

${quoteOf(draft)}

It still waits. Whoever approves it chooses a new time; or take it back and choose one yourself:
${publicUrl}/drafts/${draft.id}
`,
    now,
    machineNow,
  })
}

/** Step: tells a host and the leads what nobody decided before the week closed, each with one mail for all of it. */
export async function mailLeftOver(
  tx: Writer,
  {
    drafts,
    account,
    now,
    machineNow,
    publicUrl,
  }: {
    /** Of one host. */
    drafts: Draft[]
    account: Account
    now: Date
    machineNow: Date
    publicUrl: string
  },
): Promise<void> {
  const writer = await writerToTell(tx, drafts[0]!)
  const several = drafts.length > 1
  const count = several ? `${drafts.length} drafts` : 'A draft'
  const listed = drafts
    .map((draft) => `${quoteOf(draft)}\n\n    ${publicUrl}/drafts/${draft.id}`)
    .join('\n\n')
  const so = several
    ? 'so they have not gone out, and do not go out as their host’s any more'
    : 'so it has not gone out, and does not go out as its host’s any more'
  const mail = { accountId: account.id, kind: 'draft-undecided', now, machineNow } as const
  if (writer)
    await queueMail(tx, {
      ...mail,
      personId: writer.id,
      to: writer.email,
      subject: `Not decided before your week closed: ${several ? count : firstWords(drafts[0]!.content)}`,
      text: `Hello ${writer.name},

Your week on @${account.handle} has closed. Nobody decided ${several ? `these ${count} of yours` : 'this draft of yours'} before that, ${so}. You did nothing wrong.

${listed}

What you wrote is kept for you to read. The account’s leads know of it, and may take it over as the account’s own.
`,
    })
  const whose = writer ? `${writer.name}’s week` : 'a week'
  for (const { person, role } of await listRoles(tx, account.id)) {
    if (role !== 'lead' || person.id === writer?.id) continue
    await queueMail(tx, {
      ...mail,
      personId: person.id,
      to: person.email,
      subject: `Not decided before ${whose} closed: ${several ? count : firstWords(drafts[0]!.content)}`,
      text: `Hello ${person.name},

${count} of ${whose} on @${account.handle} waited for a decision when it closed. Nobody made one, ${so}. ${several ? 'They are' : 'It is'} no longer in the queue. ${writer ? `${writer.name} was told.` : ''}

${listed}

To say it all the same, open it, tick “Take it over for the account”, and submit it.
`,
    })
  }
}

/** Step: tells the writer of a post that somebody else took it down, and why. */
export async function mailTakenDown(
  tx: Writer,
  {
    draft,
    account,
    actor,
    words,
    standing,
    reason,
    now,
    machineNow,
    publicUrl,
  }: {
    draft: Draft
    account: Account
    actor: Actor
    /** Of the parts that go. */
    words: string[]
    /** How many parts of the thread stay. */
    standing: number
    reason: string
    now: Date
    machineNow: Date
    publicUrl: string
  },
): Promise<void> {
  const said = `${words.map((text) => indented(text || 'A picture without words')).join('\n\n')}

${actor.name} says why:

${indented(reason)}`
  const part = standing > 0 ? 'a part of a thread' : words.length > 1 ? 'a thread' : 'a post'
  // The desk hears of what a host takes down. What one of the desk does stands in the record.
  for (const decider of mayDecide(actor, account.id) ? [] : await decidersAt(tx, account.id, now)) {
    if (decider.person.id === draft.authorId) continue
    await queueMail(tx, {
      accountId: account.id,
      personId: decider.person.id,
      kind: 'post-taken-down',
      to: decider.person.email,
      subject: `${actor.name} took down ${part} of @${account.handle}`,
      text: `Hello ${decider.person.name},

${actor.name} took down ${part} on @${account.handle}:

${said}

It is off our own pages, and is deleted on X. How it stands:

${publicUrl}/drafts/${draft.id}
${whyYou(decider)}`,
      now,
      machineNow,
    })
  }
  if (draft.authorId === actor.personId) return
  const writer = await writerToTell(tx, draft)
  if (!writer) return
  const what = standing > 0 ? 'a part of your thread' : words.length > 1 ? 'your thread' : 'your post'
  await queueMail(tx, {
    accountId: account.id,
    personId: writer.id,
    kind: 'post-taken-down',
    to: writer.email,
    subject: `Taken down: ${firstWords(draft.content)}`,
    text: `Hello ${writer.name},

${actor.name} took down ${what} on @${account.handle}:

${words.map((text) => indented(text || 'A picture without words')).join('\n\n')}

${actor.name} says why:

${indented(reason)}

It is off our own pages already, and goes from X as soon as X does it. What you wrote is kept here:
${publicUrl}/drafts/${draft.id}
`,
    now,
    machineNow,
  })
}

/** Who is told what becomes of a draft: its writer, unless they do not host that week any more. */
export async function writerToTell(read: Reader, draft: Draft) {
  if (draft.weekHostId !== null && draft.weekId !== null) {
    const host = await findCurrentHost(read, draft.weekId)
    if (host?.id !== draft.weekHostId) return undefined
  }
  return draft.authorId === null ? undefined : findPerson(read, draft.authorId)
}

/** The words as they will stand, indented. */
export function quoteOf(draft: Draft): string {
  const { parts } = freeze(draft, { networkUserId: null, at: null })
  return parts.map(({ text }) => indented(text || '(an image without words)')).join('\n\n')
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '    ')
}
