import { findAccount, type Account } from '../../accounts/accounts.ts'
import { timeInWords } from '../../calendar.ts'
import type { Writer } from '../../db/database.ts'
import type { MailItem, Renewal } from '../../mail/mail.ts'
import { gatherMail } from '../../mail/outbox.ts'
import { decidersAt, findDecider, findPerson, whyYou, type Decider } from '../../people/people.ts'
import type { Actor } from '../../people/person.ts'
import type { SeenFinding } from '../checks/check-draft.ts'
import { findingsInMail } from '../checks/findings-in-mail.ts'
import { firstWords } from '../first-words.ts'
import { findStoppable } from '../policy/stop-draft.ts'
import { findDrafts, type Draft } from '../store.ts'

/**
 * Step: tells who may decide that somebody posts live. One mail for what is posted within some seconds: at an event there is no
 * time for many.
 */
export async function mailPostedLive(
  tx: Writer,
  draft: Draft,
  {
    account,
    actor,
    publicUrl,
    now,
    machineNow,
    findings,
    dueAt,
  }: {
    account: Account
    actor: Actor
    publicUrl: string
    now: Date
    machineNow: Date
    findings: SeenFinding[]
    /** When it goes out unless somebody stops it; null where it waits for people. */
    dueAt: Date | null
  },
): Promise<void> {
  const link = `${publicUrl}/weeks/${draft.weekId}/live`
  const why = dueAt
    ? `It goes out at ${timeInWords(dueAt, account.timeZone)} unless somebody stops it.`
    : 'It waits for somebody to approve it.'
  for (const decider of await decidersAt(tx, account.id, now)) {
    const { person } = decider
    if (person.id === actor.personId) continue
    await gatherMail(tx, {
      accountId: account.id,
      personId: person.id,
      kind: 'live-posted',
      to: person.email,
      cause: `${draft.weekId} live`,
      items: [
        { id: draft.id, text: `“${firstWords(draft.content, 140)}”${findingsInMail(findings)}`, why, link },
      ],
      compose: (items) => inWords(items, { account, decider, host: actor.name }),
      now,
      machineNow,
    })
  }
}

function inWords(
  items: MailItem[],
  { account, decider, host }: { account: Account; decider: Decider; host: string },
): { subject: string; text: string } {
  const subject = `${host} posts live for @${account.handle}`
  return {
    subject: items.length === 1 ? subject : `${subject}: ${items.length} posts`,
    text: `Hello ${decider.person.name},

${host} posts live for @${account.handle}:

${items.map(({ text, why }) => `${text}\n${why}`).join('\n\n')}

Approve or stop it here, on your phone too:

${items[0]!.link}
${whyYou(decider)}`,
  }
}

/** What of it can still be approved or stopped when the mail goes. */
export const renewPostedLive: Renewal = async (read, { accountId, personId, items }, now) => {
  const account = accountId && (await findAccount(read, accountId))
  const drafts = await findDrafts(
    read,
    items.map(({ id }) => id),
  )
  const host = drafts[0]?.authorId ? await findPerson(read, drafts[0].authorId) : undefined
  if (!account || !host) return null
  const decider = await findDecider(read, { accountId: account.id, personId, now })
  const open = new Set<string>()
  for (const draft of decider ? drafts : [])
    if (draft.state === 'submitted' || (await findStoppable(read, draft))) open.add(draft.id)
  return {
    items: items.filter(({ id }) => open.has(id)),
    words: (still) => inWords(still, { account, decider: decider!, host: host.name }),
  }
}
