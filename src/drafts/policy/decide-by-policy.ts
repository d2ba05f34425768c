import { randomUUID } from 'node:crypto'
import { record } from '../../activity/record.ts'
import type { Writer } from '../../db/database.ts'
import { Faster } from '../../errors.ts'
import { queueDeliveries } from '../../publishing/deliveries.ts'
import { later } from '../../publishing/settings.ts'
import { freezeDecidable, placeOf } from '../decide-draft.ts'
import { checkDraft, whyChecksRefuse } from '../checks/check-draft.ts'
import { goesOutAt, whyNotApproveAt, whyNotGoOut } from '../decision.ts'
import { insertDecision } from '../decisions-store.ts'
import type { PolicyGround } from '../draft.ts'
import { canonicalJson, fingerprint, payloadsOf } from '../freeze.ts'
import { about } from '../on-record.ts'
import { needsTwo } from '../second-approval.ts'
import { changeDraft, type Draft } from '../store.ts'

/** What the account's policy decided, and when it goes out. */
export interface DecidedByPolicy {
  draft: Draft
  decisionId: string
  /** Product time. Until it is claimed for sending somebody can stop it. */
  dueAt: Date
  /** The brake is on. */
  held: boolean
}

/**
 * Step: the account's policy approves a submitted draft, without a person. It is frozen and put on its way like what a person
 * approves, at its own time, but never sooner than the delay in which it can be stopped. Null when it can't go out then,
 * because the week is over before: it waits for people.
 * Whether the policy covers the draft is the caller's question.
 * @throws Conflict when somebody was faster, or it could not be told apart from something on its way.
 */
export async function decideByPolicy(
  tx: Writer,
  draft: Draft,
  {
    ground,
    delayMinutes,
    now,
    since = now,
  }: {
    ground: PolicyGround
    /** In which it can be stopped. */
    delayMinutes: number
    now: Date
    /** From when delay and lateness count, when that is not now: the press on a phone that had no connection. Product time. */
    since?: Date
  },
): Promise<DecidedByPolicy | null> {
  const place = await placeOf(tx, draft)
  const { account, hosted, networkUserId, weekId } = place
  const zone = account.timeZone
  const earliest = later(since, delayMinutes * 60_000)
  // A time of its own that comes before the delay is over becomes another one, and it is the time that is frozen.
  const at = draft.wishedAt && draft.wishedAt < earliest ? earliest : draft.wishedAt
  const soon = goesOutAt(null, hosted, since)
  const dueAt = at ?? (soon > earliest ? soon : earliest)
  if (whyNotGoOut(hosted, { now, zone }) || (hosted && dueAt >= hosted.closesAt)) return null
  if (at && at > now && whyNotApproveAt(at, { hosted, slot: draft.slot, zone, now })) return null
  // What a check stops is a matter for people, and so is what two of them have to approve.
  const { findings } = await checkDraft(tx, { ...draft, wishedAt: dueAt }, now)
  if (Object.keys(whyChecksRefuse(findings)).length > 0) return null
  if (needsTwo(account, findings)) return null
  const frozen = freezeDecidable(place, at ?? undefined)
  const decided = await changeDraft(
    tx,
    { id: draft.id, version: draft.version, from: ['submitted'] },
    { state: 'approved', wishedAt: at, changedAt: now, changedBy: null },
  )
  if (!decided) throw new Faster('Somebody was faster with this draft. Please look again.')
  const decisionId = randomUUID()
  await insertDecision(tx, {
    id: decisionId,
    draftId: draft.id,
    revision: draft.revision,
    kind: 'approved',
    personId: null,
    ground,
    comment: '',
    fingerprint: fingerprint(frozen),
    frozen: canonicalJson(frozen),
    at: now,
  })
  await record(tx, {
    ...about(decided, { ground, at: dueAt.toISOString() }),
    kind: 'draft.approved',
    personId: null,
    at: now,
  })
  await queueDeliveries(tx, {
    accountId: account.id,
    weekId,
    draftId: draft.id,
    decisionId,
    dueAt,
    payloads: payloadsOf(frozen),
    networkUserId,
    personId: null,
    now,
  })
  return { draft: decided, decisionId, dueAt, held: account.brakeAt !== null }
}
