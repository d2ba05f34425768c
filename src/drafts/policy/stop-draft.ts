import { randomUUID } from 'node:crypto'
import { findAccount } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import type { Database, Reader } from '../../db/database.ts'
import { Conflict, Faster, NotAllowed, NotFound } from '../../errors.ts'
import { mayDecide, type Actor } from '../../people/person.ts'
import { cancelWaiting, deliveriesOfDrafts, type Delivery } from '../../publishing/deliveries.ts'
import { insertDecision, lastDecision } from '../decisions-store.ts'
import { maySeeDraft } from '../draft.ts'
import { about } from '../on-record.ts'
import { mailStopped } from './policy-mails.ts'
import { changeDraft, findDraft, type Decision, type Draft } from '../store.ts'

/**
 * Stops what the account's policy let go, until the moment at which it is claimed for sending: nothing of it goes out, and
 * it waits in the queue for people instead. Stopping it twice is stopping it once.
 * @throws NotFound, NotAllowed for those who do not decide, Conflict when it is being sent, went out, or was not the policy's.
 */
export async function stopDraft(
  db: Database,
  {
    draftId,
    actor,
    now,
    machineNow,
    publicUrl,
  }: { draftId: string; actor: Actor; now: Date; machineNow: Date; publicUrl: string },
): Promise<void> {
  await db.write(async (tx) => {
    const draft = await findDraft(tx, draftId)
    if (!draft || !maySeeDraft(actor, draft)) throw new NotFound()
    if (!mayDecide(actor, draft.accountId))
      throw new NotAllowed('The account’s leads and approvers stop what goes out. You can take it back.')
    const decision = await lastDecision(tx, draftId)
    if (draft.state === 'submitted' && decision?.kind === 'stopped') return
    if (draft.state !== 'approved' || !isOfPolicy(decision))
      throw new Conflict('There is nothing to stop here any more. Please look again.')
    await cancelWaiting(tx, { draftId }, { personId: actor.personId, now })
    const stopped = await changeDraft(
      tx,
      { id: draftId, version: draft.version, from: ['approved'] },
      { state: 'submitted', changedAt: now, changedBy: actor.personId },
    )
    if (!stopped) throw new Faster('Somebody was faster with this draft. Please look again.')
    await insertDecision(tx, {
      id: randomUUID(),
      draftId,
      revision: draft.revision,
      kind: 'stopped',
      personId: actor.personId,
      comment: '',
      fingerprint: decision.fingerprint,
      frozen: decision.frozen,
      at: now,
    })
    await record(tx, { ...about(draft), kind: 'draft.stopped', personId: actor.personId, at: now })
    const account = (await findAccount(tx, draft.accountId))!
    await mailStopped(tx, { draft, account, actor, now, machineNow, publicUrl })
  })
}

/** What goes out unless somebody stops it, and when. */
export interface Stoppable {
  draft: Draft
  decision: Decision
  /** Product time. */
  dueAt: Date
}

/** Null when people decided it, or a part of it is being sent, went out, or is off the plan. */
export async function findStoppable(read: Reader, draft: Draft): Promise<Stoppable | null> {
  if (draft.state !== 'approved') return null
  const decision = await lastDecision(read, draft.id)
  if (!isOfPolicy(decision)) return null
  const parts = (await deliveriesOfDrafts(read, [draft.id])).filter(
    ({ decisionId }) => decisionId === decision.id,
  )
  return parts.length > 0 && parts.every(isWaiting) ? { draft, decision, dueAt: parts[0]!.dueAt } : null
}

function isOfPolicy(decision: Decision | undefined): decision is Decision {
  return decision?.kind === 'approved' && decision.personId === null
}

function isWaiting({ state }: Delivery): boolean {
  return state === 'waiting'
}
