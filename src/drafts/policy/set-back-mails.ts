import { findAccount, type Account } from '../../accounts/accounts.ts'
import type { Writer } from '../../db/database.ts'
import { queueMail } from '../../mail/outbox.ts'
import { decidersAt, whyYou, type Person } from '../../people/people.ts'
import { quoteOf, writerToTell } from '../decision-mails.ts'
import type { Draft } from '../store.ts'
import type { GroundChange } from './change-ground.ts'

/**
 * Step: tells those who decide, and the writers, that these drafts of one account wait for people since somebody changed its
 * rules: one mail each, none to who did it.
 */
export async function mailSetBack(tx: Writer, drafts: Draft[], by: GroundChange): Promise<void> {
  const account = (await findAccount(tx, by.accountId))!
  await mailDeciders(tx, drafts, account, by)
  await mailWriters(tx, drafts, account, by)
}

async function mailDeciders(
  tx: Writer,
  drafts: Draft[],
  account: Account,
  { why, actor, now, machineNow, publicUrl }: GroundChange,
): Promise<void> {
  for (const decider of await decidersAt(tx, account.id, now)) {
    const { person } = decider
    const theirs = drafts.filter(({ authorId }) => authorId !== person.id)
    if (person.id === actor.personId || theirs.length === 0) continue
    const one = theirs.length === 1
    await queueMail(tx, {
      accountId: account.id,
      personId: person.id,
      kind: 'draft-submitted',
      to: person.email,
      subject: one
        ? `A draft for @${account.handle} waits for your decision`
        : `${theirs.length} drafts for @${account.handle} wait for your decision`,
      text: `${why} So ${one ? 'this, which was to go out by itself, waits' : 'these, which were to go out by themselves, wait'} for a decision now, and nothing goes out until somebody approves it:

${theirs.map((draft) => `${quoteOf(draft)}\n\n${publicUrl}/queue?draft=${draft.id}`).join('\n\n\n')}

All that waits, to be decided together: ${publicUrl}/queue/together
${whyYou(decider)}`,
      now,
      machineNow,
    })
  }
}

async function mailWriters(
  tx: Writer,
  drafts: Draft[],
  account: Account,
  { why, actor, now, machineNow, publicUrl }: GroundChange,
): Promise<void> {
  const byWriter = new Map<string, { writer: Person; told: Draft[] }>()
  for (const draft of drafts) {
    const writer = await writerToTell(tx, draft)
    if (!writer || writer.id === actor.personId) continue
    const { told } = byWriter.get(writer.id) ?? { told: [] }
    byWriter.set(writer.id, { writer, told: [...told, draft] })
  }
  for (const { writer, told } of byWriter.values()) {
    const what =
      told.length === 1
        ? 'A post of yours waits for a decision'
        : `${told.length} posts of yours wait for a decision`
    await queueMail(tx, {
      accountId: account.id,
      personId: writer.id,
      kind: 'draft-stopped',
      to: writer.email,
      subject: `${what}: @${account.handle}`,
      text: `Hello ${writer.name},

${why} ${what}, and nothing of ${told.length === 1 ? 'it' : 'them'} goes out until somebody approves it. You need do nothing:

${told.map((draft) => `${quoteOf(draft)}\n\n${publicUrl}/drafts/${draft.id}`).join('\n\n\n')}
`,
      now,
      machineNow,
    })
  }
}
