import type { Database, Writer } from '../../db/database.ts'
import { Conflict, Faster } from '../../errors.ts'
import { queueMailToStranger } from '../../mail/outbox.ts'
import type { Actor } from '../../people/person.ts'
import type { Account } from '../../accounts/accounts.ts'
import { mayStep, type CandidateStep } from '../candidate.ts'
import type { AskingMailKind } from '../mails/mail-plan.ts'
import { writeCandidateMail } from './candidate-mails.ts'
import { eraseCandidate, findCandidateFor, recordCandidate, type Candidate } from './candidates.ts'
import { changeCandidate } from './store.ts'

export interface Sorting {
  id: string
  version: number
  actor: Actor
  now: Date
  machineNow: Date
}

/** Puts somebody on the shortlist. They are not told. @throws NotFound, NotAllowed, Conflict, Faster */
export async function shortlistCandidate(db: Database, sorting: Sorting): Promise<void> {
  await db.write(async (tx) => {
    const { candidate } = await findToSort(tx, sorting, 'shortlist')
    await sort(tx, candidate, { state: 'shortlisted' })
    await onRecord(tx, candidate, 'candidate.shortlisted', sorting)
  })
}

/** Keeps somebody for later, and tells them if asked to. @throws NotFound, NotAllowed, Conflict, Faster */
export async function keepCandidate(
  db: Database,
  { tell, words, ...sorting }: Sorting & { tell: boolean; words: string },
): Promise<void> {
  await db.write(async (tx) => {
    const { candidate, account } = await findToSort(tx, sorting, 'keep')
    await sort(tx, candidate, { state: 'kept' })
    await onRecord(tx, candidate, 'candidate.kept', sorting)
    if (tell) await write(tx, 'candidate-kept', { candidate, account, words, ...sorting })
  })
}

/** Tells somebody no. What they sent is deleted when they were told it would be. @throws NotFound, NotAllowed, Conflict, Faster */
export async function declineCandidate(
  db: Database,
  { words, ...sorting }: Sorting & { words: string },
): Promise<void> {
  await db.write(async (tx) => {
    const { candidate, account } = await findToSort(tx, sorting, 'decline')
    await sort(tx, candidate, { state: 'declined' })
    await onRecord(tx, candidate, 'candidate.declined', sorting)
    await write(tx, 'candidate-declined', { candidate, account, words, ...sorting })
  })
}

/** Deletes all that somebody sent, at once; they are not told. @throws NotFound, NotAllowed, Faster, Conflict while an offer is open. */
export async function deleteRequest(
  db: Database,
  { id, version, actor, now }: Omit<Sorting, 'machineNow'>,
): Promise<void> {
  await db.write(async (tx) => {
    const { candidate } = await findCandidateFor(tx, id, actor)
    if (candidate.version !== version) throw new Faster(FASTER)
    if (candidate.state === 'offered')
      throw new Conflict('They have an offer. Take it back first, then delete what they sent.')
    const details = { why: 'lead' }
    await recordCandidate(tx, candidate, {
      kind: 'candidate.erased',
      personId: actor.personId,
      at: now,
      details,
    })
    await eraseCandidate(tx, candidate)
  })
}

/** Step: somebody with whom a lead is about to do something. @throws NotFound, NotAllowed, Conflict, Faster */
export async function findToSort(
  tx: Writer,
  { id, version, actor }: Pick<Sorting, 'id' | 'version' | 'actor'>,
  step: CandidateStep,
): Promise<{ candidate: Candidate; account: Account }> {
  const found = await findCandidateFor(tx, id, actor)
  if (found.candidate.version !== version) throw new Faster(FASTER)
  if (!mayStep(found.candidate.state, step))
    throw new Conflict('That can’t be done as things stand with this person. Look at what stands now.')
  return found
}

/** Step: where somebody stands from now on. @throws Faster */
export async function sort(
  tx: Writer,
  candidate: Candidate,
  set: Parameters<typeof changeCandidate>[2],
): Promise<Candidate> {
  const changed = await changeCandidate(tx, candidate, set)
  if (!changed) throw new Faster(FASTER)
  return changed
}

const FASTER = 'Something changed here since you opened the page. Look at what stands now, then decide again.'

async function onRecord(
  tx: Writer,
  candidate: Candidate,
  kind: Parameters<typeof recordCandidate>[2]['kind'],
  { actor, now }: Sorting,
): Promise<void> {
  await recordCandidate(tx, candidate, { kind, personId: actor.personId, at: now })
}

async function write(
  tx: Writer,
  kind: AskingMailKind,
  {
    candidate,
    account,
    words,
    actor,
    now,
    machineNow,
  }: Sorting & { candidate: Candidate; account: Account; words: string },
): Promise<void> {
  await queueMailToStranger(tx, {
    accountId: account.id,
    candidateId: candidate.id,
    kind,
    to: candidate.email,
    ...(await writeCandidateMail(tx, kind, { account, candidate, lead: actor, words, now })),
    now,
    machineNow,
  })
}
