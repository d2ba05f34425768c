import { randomUUID } from 'node:crypto'
import { findAccount, findConnection, type Account } from '../accounts/accounts.ts'
import { record } from '../activity/record.ts'
import type { Database, Reader, Writer } from '../db/database.ts'
import { Conflict, Faster, NotAllowed, NotFound, Refused } from '../errors.ts'
import { mayDecide, type Actor } from '../people/person.ts'
import { queueDeliveries } from '../publishing/deliveries.ts'
import { findCurrentHost, findWeek } from '../rota/weeks.ts'
import { checkDraft, whyChecksRefuse } from './checks/check-draft.ts'
import {
  goesOutAt,
  isOwnWork,
  isTooLate,
  whyNotApprove,
  whyNotApproveAt,
  whyNotGoOut,
  type HostedPlace,
} from './decision.ts'
import { mailDecision } from './decision-mails.ts'
import { insertDecision, revisionsBy } from './decisions-store.ts'
import { maySeeDraft, type DraftState, type VerdictKind } from './draft.ts'
import { canonicalJson, fingerprint, freeze, payloadsOf, type Frozen } from './freeze.ts'
import { changeDraft, findDraft, type Draft } from './store.ts'
import { grouped, once } from './shared-reads.ts'
import { about } from './on-record.ts'
import { approveFirst, firstApproval, needsTwo } from './second-approval.ts'

export interface Verdict {
  draftId: string
  /** Of what the person read; the form carries it. */
  fingerprint: string
  /** The time that the approver chose, because the wished one had passed. */
  newTime?: Date | undefined
  comment?: string
  actor: Actor
  now: Date
  machineNow: Date
  publicUrl: string
}

/** Everything that a decision looks at, as it stands. */
export interface DecidableDraft {
  draft: Draft
  account: Account
  networkUserId: string | null
  hosted: HostedPlace | null
  /** Null where there is none, or it was cancelled: then its deliveries belong to no week. */
  weekId: string | null
  /** The person who decides wrote in it. */
  ownWork: boolean
}

/** @throws NotFound when it is not for this person to see, NotAllowed when not to decide. */
export async function findDecidable(read: Reader, draftId: string, actor: Actor): Promise<DecidableDraft> {
  const draft = await findDraft(read, draftId)
  return (await findDecidables(read, draft ? [draft] : [undefined], actor))[0]!
}

/** As `findDecidable`, of drafts that were read already. */
export async function findDecidables(
  read: Reader,
  drafts: (Draft | undefined)[],
  actor: Actor,
): Promise<DecidableDraft[]> {
  const theirs = drafts.map((draft) => {
    if (!draft || !maySeeDraft(actor, draft)) throw new NotFound()
    if (!mayDecide(actor, draft.accountId))
      throw new NotAllowed('Drafts are decided by the account’s leads and approvers.')
    return draft
  })
  const places = await placesOf(read, theirs)
  const ids = theirs.map(({ id }) => id)
  const revisions = grouped(await revisionsBy(read, ids, actor.personId), ({ draftId }) => draftId)
  return places.map((place) => {
    const { id, authorId } = place.draft
    const written = { authorId, revisions: revisions.get(id) ?? [] }
    return { ...place, ownWork: isOwnWork(actor.personId, written) }
  })
}

/** Step: what decides whether and when a draft can go out, whoever decides it. */
export async function placeOf(read: Reader, draft: Draft): Promise<Omit<DecidableDraft, 'ownWork'>> {
  return (await placesOf(read, [draft]))[0]!
}

/** What drafts share, their account and their week, is read once. */
async function placesOf(read: Reader, drafts: Draft[]): Promise<Omit<DecidableDraft, 'ownWork'>[]> {
  const accountOf = once((id) => findAccount(read, id))
  const connectionOf = once((id) => findConnection(read, id))
  const weekOf = once((id) => findWeek(read, id))
  const hostOf = once((id) => findCurrentHost(read, id))
  const places = []
  for (const draft of drafts) {
    const week = draft.weekId === null ? undefined : await weekOf(draft.weekId)
    const host = week && draft.weekHostId !== null ? await hostOf(week.id) : undefined
    places.push({
      draft,
      account: (await accountOf(draft.accountId))!,
      networkUserId: (await connectionOf(draft.accountId))?.networkUserId ?? null,
      hosted:
        week && draft.weekHostId !== null
          ? {
              cancelled: week.state === 'cancelled',
              ended: host?.id !== draft.weekHostId,
              opensAt: week.opensAt,
              closesAt: week.closesAt,
            }
          : null,
      weekId: week && week.state !== 'cancelled' ? week.id : null,
    })
  }
  return places
}

/** What approving would freeze: with the wished time, or the one chosen anew. */
export function freezeDecidable(
  { draft, networkUserId }: Pick<DecidableDraft, 'draft' | 'networkUserId'>,
  newTime?: Date,
): Frozen {
  return freeze(draft, { networkUserId, at: newTime ?? draft.wishedAt })
}

/**
 * Approves a draft: freezes exactly what was read and puts its deliveries on their way, in one transaction. While the brake
 * is on they are held at once.
 * @throws Conflict when it is not as it was read, or could not be told apart from something on its way;
 *   Refused when it can't go out, or its time has passed and there is no new one;
 *   NotAllowed for one's own work, unless the account allows it; then the record says so.
 */
export async function approveDraft(db: Database, verdict: Verdict): Promise<Approval> {
  return db.write((tx) => approve(tx, verdict))
}

export interface Approval {
  goesOutAt: Date
  /** The brake is on. */
  held: boolean
  /** It was the first of two people: nothing goes out until the second one approves it too. */
  first: boolean
}

/**
 * Step: as `approveDraft`. `withWordOf`: somebody who said in another place that exactly this goes out, and so counts as
 * the first of two people.
 */
export async function approve(
  tx: Writer,
  verdict: Verdict,
  { withWordOf = null }: { withWordOf?: string | null } = {},
): Promise<Approval> {
  const { newTime, now, actor } = verdict
  const decidable = await readAsSeen(tx, verdict)
  const { draft, account, hosted, networkUserId, weekId, ownWork } = decidable
  const { timeZone: zone, policy } = account
  const notTheirs = whyNotApprove({ ownWork, selfApproval: policy.selfApproval })
  if (notTheirs) throw new NotAllowed(notTheirs)
  const at = newTime ?? draft.wishedAt
  const stuck = whyNotGoOut(hosted, { now, zone })
  if (stuck) throw new Refused({ '': stuck })
  const wrongTime = whyNotApproveAt(at, { hosted, slot: draft.slot, zone, now })
  if (wrongTime) throw new Refused(wrongTime)
  const { findings } = await checkDraft(tx, { ...draft, wishedAt: goesOutAt(at, hosted, now) }, now)
  const [unanswered] = Object.values(whyChecksRefuse(findings))
  if (unanswered) throw new Refused({ '': unanswered })
  const dueAt = goesOutAt(at, hosted, now)
  if (needsTwo(account, findings)) {
    const wanted = freezeDecidable(decidable, newTime)
    const first = await firstApproval(tx, decidable, wanted)
    const other = [first?.personId, withWordOf].some((id) => id && id !== actor.personId)
    if (!other) {
      await approveFirst(tx, decidable, { verdict, frozen: wanted, first, findings })
      return { goesOutAt: dueAt, held: false, first: true }
    }
  }
  const { decisionId, frozen } = await decide(tx, decidable, verdict, 'approved')
  await queueDeliveries(tx, {
    accountId: account.id,
    weekId,
    draftId: draft.id,
    decisionId,
    dueAt,
    payloads: payloadsOf(frozen),
    networkUserId,
    personId: actor.personId,
    now,
  })
  const held = account.brakeAt !== null
  await mailDecision(tx, { ...verdict, kind: 'approved', draft, account, actor, dueAt, held })
  return { goesOutAt: dueAt, held, first: false }
}

/** Gives a draft back to its writer, with what to change. @throws Conflict, Refused without a comment. */
export async function requestChanges(db: Database, verdict: Verdict): Promise<void> {
  await giveBack(db, verdict, 'changes-requested', 'Say what to change.')
}

/** Declines a draft for good, with the reason. @throws Conflict, Refused without a reason. */
export async function declineDraft(db: Database, verdict: Verdict): Promise<void> {
  await giveBack(db, verdict, 'declined', 'Say why it does not go out.')
}

async function giveBack(
  db: Database,
  verdict: Verdict,
  kind: 'changes-requested' | 'declined',
  withoutComment: string,
): Promise<void> {
  await db.write(async (tx) => {
    const decidable = await readAsSeen(tx, verdict)
    if (!verdict.comment?.trim()) throw new Refused({ comment: withoutComment })
    await decide(tx, decidable, verdict, kind)
    await mailDecision(tx, { ...verdict, kind, draft: decidable.draft, account: decidable.account })
  })
}

async function readAsSeen(tx: Writer, verdict: Verdict): Promise<DecidableDraft> {
  const decidable = await findDecidable(tx, verdict.draftId, verdict.actor)
  const { draft } = decidable
  if (draft.state !== 'submitted') {
    const own = draft.changedBy === verdict.actor.personId ? OWN_ALREADY[draft.state] : undefined
    throw new Conflict(own ?? NOT_SUBMITTED[draft.state])
  }
  const wished = verdict.newTime !== undefined && !isTooLate(draft.wishedAt, verdict.now)
  if (wished || fingerprint(freezeDecidable(decidable, verdict.newTime)) !== verdict.fingerprint)
    throw new Faster(
      'This draft changed while you were reading it. Nothing was decided. Please read it again.',
    )
  return decidable
}

const OWN_ALREADY: Partial<Record<DraftState, string>> = {
  'changes-requested': 'You have asked for changes to this draft already.',
  approved: 'You have approved this already.',
  declined: 'You have declined this already.',
}

const NOT_SUBMITTED: Record<Exclude<DraftState, 'submitted'>, string> = {
  writing: 'Its writer has taken this draft back, to change it. Nothing was decided.',
  'changes-requested': 'Somebody has asked for changes to this draft already.',
  approved: 'Somebody has approved this draft already.',
  declined: 'Somebody has declined this draft already.',
  discarded: 'Its writer has discarded this draft.',
}

async function decide(
  tx: Writer,
  decidable: DecidableDraft,
  { newTime, comment = '', actor, now }: Verdict,
  kind: VerdictKind,
): Promise<{ decisionId: string; frozen: Frozen }> {
  const { draft, ownWork } = decidable
  const frozen = freezeDecidable(decidable, newTime)
  const changed = await changeDraft(
    tx,
    { id: draft.id, version: draft.version, from: ['submitted'] },
    {
      state: kind,
      ...(kind === 'approved' && newTime ? { wishedAt: newTime } : {}),
      changedAt: now,
      changedBy: actor.personId,
    },
  )
  if (!changed) throw new Faster('Somebody was faster with this draft. Please look again.')
  const decisionId = randomUUID()
  await insertDecision(tx, {
    id: decisionId,
    draftId: draft.id,
    revision: draft.revision,
    kind,
    personId: actor.personId,
    ownWork: kind === 'approved' && ownWork,
    comment: comment.trim(),
    fingerprint: fingerprint(frozen),
    frozen: canonicalJson(frozen),
    at: now,
  })
  await record(tx, {
    ...about(draft, {
      ...(comment.trim() ? { comment: comment.trim() } : {}),
      ...(kind === 'approved' && ownWork ? { ownWork: true } : {}),
      ...(kind === 'approved' && newTime ? { at: newTime.toISOString() } : {}),
    }),
    kind: `draft.${kind}`,
    personId: actor.personId,
    at: now,
  })
  return { decisionId, frozen }
}
