import { record } from '../activity/record.ts'
import type { Database, Reader, Writer } from '../db/database.ts'
import { Conflict, NotFound, Refused } from '../errors.ts'
import { queueMail } from '../mail/outbox.ts'
import { findPerson } from '../people/people.ts'
import { mayDecide, type Actor } from '../people/person.ts'
import { changeHelp, eraseEvidence, findHelp, type NamedHelp } from './help-store.ts'

/** What is said back to who asked, in characters at most. */
export const LONGEST_WORD = 1000

/** A copy of what a stranger wrote is kept so many days after its request was closed. Days of product time. */
export const EVIDENCE_KEPT_DAYS = 180

/** A request for help, with its evidence: for the account's desk only. @throws NotFound */
export async function findHelpFor(read: Reader, id: string, actor: Actor): Promise<NamedHelp> {
  const help = await findHelp(read, id)
  if (!help || !mayDecide(actor, help.accountId)) throw new NotFound()
  return help
}

/** Somebody at the desk looks after it, and who asked sees that. Whoever takes it last has it. @throws NotFound, Conflict once it is closed. */
export async function takeHelp(
  db: Database,
  { helpId, actor, now }: { helpId: string; actor: Actor; now: Date },
): Promise<void> {
  await db.write(async (tx) => {
    const help = await findHelpFor(tx, helpId, actor)
    if (help.state === 'looking' && help.takenBy === actor.personId) return
    const taken = { state: 'looking' as const, takenBy: actor.personId, takenAt: now }
    if (!(await changeHelp(tx, { id: helpId, from: ['open', 'looking'] }, taken)))
      throw new Conflict(closedBy(help))
    await record(tx, { ...aboutHelp(help), kind: 'help.taken', personId: actor.personId, at: now })
  })
}

/**
 * Closes a request with a word back to who asked; they get it by mail as well.
 * @throws NotFound, Refused under `word` without one, Conflict when somebody closed it before.
 */
export async function closeHelp(
  db: Database,
  {
    helpId,
    word,
    actor,
    publicUrl,
    now,
    machineNow,
  }: { helpId: string; word: string; actor: Actor; publicUrl: string; now: Date; machineNow: Date },
): Promise<void> {
  await db.write(async (tx) => {
    const help = await findHelpFor(tx, helpId, actor)
    if (word === '') throw new Refused({ word: `Say something back to ${help.asker}: they wait for it.` })
    if (word.length > LONGEST_WORD)
      throw new Refused({ word: `This has more than ${LONGEST_WORD} characters.` })
    const closed = { state: 'closed' as const, closedBy: actor.personId, closedAt: now, word }
    if (!(await changeHelp(tx, { id: helpId, from: ['open', 'looking'] }, closed)))
      throw new Conflict(closedBy(help))
    await record(tx, { ...aboutHelp(help), kind: 'help.closed', personId: actor.personId, at: now })
    await tellAsker(tx, help, { word, actor, publicUrl, now, machineNow })
  })
}

/** Step: forgets copies whose time to be kept is over. That help was asked, and what was said, stays. */
export async function sweepEvidence(tx: Writer, now: Date): Promise<void> {
  await eraseEvidence(tx, new Date(now.getTime() - EVIDENCE_KEPT_DAYS * 86_400_000))
}

async function tellAsker(
  tx: Writer,
  help: NamedHelp,
  {
    word,
    actor,
    publicUrl,
    now,
    machineNow,
  }: { word: string; actor: Actor; publicUrl: string; now: Date; machineNow: Date },
): Promise<void> {
  const asker = help.askedBy === actor.personId ? undefined : await findPerson(tx, help.askedBy)
  if (!asker) return
  const of = help.evidence ? ` from ${help.evidence.name || `@${help.evidence.handle}`}` : ''
  await queueMail(tx, {
    accountId: help.accountId,
    personId: asker.id,
    kind: 'help-closed',
    to: asker.email,
    subject: `${actor.name} looked after the reply${of}`,
    text: `Hello ${asker.name},

You asked for help with a reply${of}. ${actor.name} says:

${word}
${help.weekId ? `\nThe conversation: ${publicUrl}/weeks/${help.weekId}/conversation\n` : ''}`,
    now,
    machineNow,
  })
}

function closedBy({ closer }: NamedHelp): string {
  return `${closer ?? 'Somebody'} has closed this already.`
}

function aboutHelp({ accountId, weekId, evidence }: NamedHelp) {
  const details = { name: evidence?.name ?? null, handle: evidence?.handle ?? null }
  return { accountId, weekId, details }
}
