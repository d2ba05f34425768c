import type { Account } from '../../accounts/accounts.ts'
import { zoneInWords } from '../../calendar.ts'
import type { Writer } from '../../db/database.ts'
import { queueMail } from '../../mail/outbox.ts'
import { decidersAt, whyYou } from '../../people/people.ts'
import type { Actor } from '../../people/person.ts'
import type { SeenFinding } from '../checks/check-draft.ts'
import { findingsInMail } from '../checks/findings-in-mail.ts'
import type { DecidedByPolicy } from './decide-by-policy.ts'
import { momentOf, whenInWords } from '../decision.ts'
import { quoteOf, writerToTell } from '../decision-mails.ts'
import { firstWords } from '../first-words.ts'
import type { Draft } from '../store.ts'

interface Telling {
  account: Account
  actor: Actor
  now: Date
  machineNow: Date
  publicUrl: string
}

/** Step: tells everybody who may decide, but who wrote or sent it, that it goes out unless one of them stops it. */
export async function mailGoesOut(
  tx: Writer,
  { draft, dueAt, held }: Pick<DecidedByPolicy, 'draft' | 'dueAt' | 'held'>,
  { account, actor, findings, now, machineNow, publicUrl }: Telling & { findings: SeenFinding[] },
): Promise<void> {
  const when = whenInWords(dueAt, now, account.timeZone)
  const goes = held
    ? 'The brake is on, so it is held: it goes out only when somebody lets it go.'
    : `It goes out ${when}${when === 'at once' ? '' : ` (${zoneInWords(account.timeZone)} time)`} unless somebody stops it: the policy of @${account.handle} asks nobody to decide it.`
  for (const decider of await decidersAt(tx, account.id, now)) {
    const { person } = decider
    if (person.id === actor.personId || person.id === draft.authorId) continue
    await queueMail(tx, {
      accountId: account.id,
      personId: person.id,
      kind: 'draft-goes-out',
      to: person.email,
      subject: held
        ? `Held by the brake: ${firstWords(draft.content)}`
        : `Goes out ${when} unless stopped: ${firstWords(draft.content)}`,
      text: `Hello ${person.name},

${actor.name} submitted this for @${account.handle}. ${goes}

${quoteOf(draft)}${findingsInMail(findings)}

${held ? 'Read it here:' : 'Read it here, and stop it there if it should not go out:'}
${publicUrl}/drafts/${draft.id}
${whyYou(decider)}`,
      now,
      machineNow,
    })
  }
}

/** Step: tells the writer that somebody stopped what would have gone out, unless they did it themselves. */
export async function mailStopped(
  tx: Writer,
  { draft, account, actor, now, machineNow, publicUrl }: Telling & { draft: Draft },
): Promise<void> {
  if (draft.authorId === actor.personId) return
  const writer = await writerToTell(tx, draft)
  if (!writer) return
  const wished = draft.wishedAt ? ` It was to go out ${momentOf(draft.wishedAt, now, account.timeZone)}.` : ''
  await queueMail(tx, {
    accountId: account.id,
    personId: writer.id,
    kind: 'draft-stopped',
    to: writer.email,
    subject: `Stopped: ${firstWords(draft.content)}`,
    text: `Hello ${writer.name},

${actor.name} stopped your draft for @${account.handle} before it went out.${wished} It waits for a decision now, and nothing of it goes out until somebody approves it:

${quoteOf(draft)}

See what was said, answer, or take it back to change it:
${publicUrl}/drafts/${draft.id}
`,
    now,
    machineNow,
  })
}
