import { randomUUID } from 'node:crypto'
import type { Reader, Writer } from '../../db/database.ts'
import { Conflict, NotAllowed, Refused } from '../../errors.ts'
import type { NetworkPost } from '../../networks/network.ts'
import { problemInWords } from '../../networks/problem-in-words.ts'
import type { Actor } from '../../people/person.ts'
import { attemptsOf, type Attempt } from '../../publishing/deliveries.ts'
import type { DeliveryState } from '../../publishing/delivery.ts'
import { findDecidableDelivery, type Settling } from '../../publishing/found-delivery.ts'
import { adoptIfThere, readTimeline, settle } from '../../publishing/reconcile.ts'
import { tellingOf } from '../../publishing/record-answer.ts'
import {
  findReleasable,
  refuseObstacle,
  refuseOutsideWeek,
  release,
  unknownAttempt,
  type Releasable,
} from '../../publishing/release.ts'
import { later, type ReconcileDeps } from '../../publishing/settings.ts'
import { tellHostLetGo } from '../../publishing/tell-host.ts'
import { findDecidable, type DecidableDraft } from '../decide-draft.ts'
import { whyNotLetGo } from '../decision.ts'
import { insertDecision } from '../decisions-store.ts'
import { canonicalJson, fingerprint, type Frozen } from '../freeze.ts'

export interface LettingGo extends Settling {
  /** Of what the person read, with the time that it had; the form carries it. */
  fingerprint: string
}

/** What somebody lets go, and the draft that says who may. */
export type LetGoable = Releasable & Pick<DecidableDraft, 'draft' | 'account' | 'ownWork'>

/** @throws NotFound or NotAllowed for people who don’t decide. */
export async function findLetGoable(
  read: Reader,
  delivery: Releasable['delivery'],
  actor: Actor,
): Promise<LetGoable> {
  const { draft, account, ownWork } = await findDecidable(read, delivery.draftId, actor)
  return { ...(await findReleasable(read, delivery)), draft, account, ownWork }
}

/** What letting go freezes: the parts that go, for whom, and the time; null: at once. */
export function freezeLetGo({ delivery, goes, before, networkUserId }: Releasable, at: Date | null): Frozen {
  return {
    account: delivery.accountId,
    networkUser: networkUserId,
    parts: goes.map(({ payload: { text, images, poll } }) => ({
      text,
      images: images.map(({ hash, alt }) => ({ hash, alt })),
      ...(poll && { poll }),
    })),
    replyTo: before ? before.networkId : delivery.payload.replyTo,
    at: at?.toISOString() ?? null,
  }
}

/** What the page shows and its form carries: everything that goes, with the time that it had. */
export function fingerprintAsSeen(letGoable: Releasable): string {
  return fingerprint(freezeLetGo(letGoable, letGoable.delivery.dueAt))
}

/**
 * Lets a held or failed delivery go at a new time, or at once (null), with the parts after it. That is a decision like
 * approving, by somebody who may decide it. What was handed to the network before is looked for there first, and adopted.
 * @throws Refused for a time that has passed or lies outside a host's week, NotAllowed for one's own work, Conflict when it
 *   changed or something still stands in the way.
 */
export async function letGo(
  deps: ReconcileDeps,
  lettingGo: LettingGo,
  at: Date | null,
): Promise<'found' | 'waiting'> {
  const { db, clock } = deps
  const seen = await readAsSeen(db.read, lettingGo, ['held', 'failed'])
  await refuseToLetGo(db.read, seen, { at, now: clock.now() })
  const timeline = await readWhereItMayStand(deps, seen)
  return db.write(async (tx) => {
    const letGoable = await readAsSeen(tx, lettingGo, ['held', 'failed'])
    const now = clock.now()
    await refuseToLetGo(tx, letGoable, { at, now })
    if (timeline) {
      const { newerThan, posts } = timeline
      const result = await adoptIfThere(tx, deps, letGoable.delivery.id, posts, newerThan)
      if (result === 'found') return 'found'
      if (result === 'several')
        throw new Conflict(
          'More than one post on the account looks like it, so it was not sent. Look at the account: if one of them is it, cancel this one.',
        )
    }
    await decideToLetGo(tx, letGoable, { at, actor: lettingGo.actor, now })
    await tellHostLetGo(tx, letGoable.delivery, { at, by: lettingGo.actor }, tellingOf(deps))
    return 'waiting'
  })
}

/**
 * Sends again what may not have gone out, after one more look at the timeline: what stands there is adopted instead. It is a
 * decision of its own, since it goes now.
 * @throws Conflict while the scheduled looks go on, when several posts match, or when the timeline can't be read;
 *   NotAllowed for one's own work.
 */
export async function sendAgain(deps: ReconcileDeps, lettingGo: LettingGo): Promise<'found' | 'waiting'> {
  const { db, clock } = deps
  const seen = await readAsSeen(db.read, lettingGo, ['unknown'])
  refuseOwnWork(seen)
  const attempt = await unknownAttempt(db.read, seen.delivery)
  if (attempt.nextLookAt)
    throw new Conflict('We are still looking for it on the account. Please wait until the last look.')
  const posts = await readOrRefuse(deps, seen.account.id, attempt.newestKnownId)
  return db.write(async (tx) => {
    const letGoable = await readAsSeen(tx, lettingGo, ['unknown'])
    const { delivery } = letGoable
    const result = await settle(tx, deps, { attempt, delivery }, posts, 'asked-for')
    if (result === 'found') return 'found'
    if (result === 'several')
      throw new Conflict(
        'More than one post on the account looks like it, so it was not sent again. Tell us which one it is.',
      )
    const now = clock.now()
    await refuseToLetGo(tx, letGoable, { at: null, now })
    await decideToLetGo(tx, letGoable, { at: null, actor: lettingGo.actor, now })
    await tellHostLetGo(tx, delivery, { at: null, by: lettingGo.actor }, tellingOf(deps))
    return 'waiting'
  })
}

async function readAsSeen(
  read: Reader,
  lettingGo: LettingGo,
  states: readonly DeliveryState[],
): Promise<LetGoable> {
  const delivery = await findDecidableDelivery(read, lettingGo, states)
  const letGoable = await findLetGoable(read, delivery, lettingGo.actor)
  if (fingerprintAsSeen(letGoable) !== lettingGo.fingerprint)
    throw new Conflict('What goes out is not what you saw on the page. Please look again, then decide.')
  return letGoable
}

/**
 * Step: everything that has to hold for letting go, the changes meanwhile aside.
 * @throws NotAllowed for one's own work, Conflict, or Refused under `time` or for the whole form.
 */
export async function refuseToLetGo(
  read: Reader,
  letGoable: LetGoable,
  { at, now, brakeOn = 'refuse' }: { at: Date | null; now: Date; brakeOn?: 'refuse' | 'ignore' },
): Promise<void> {
  refuseOwnWork(letGoable)
  if (at && at < later(now, -60_000))
    throw new Refused({ time: 'This time has passed. Choose a later one, or “at once”.' })
  await refuseObstacle(read, letGoable, { brakeOn })
  await refuseOutsideWeek(read, letGoable.delivery, at ?? now)
}

function refuseOwnWork({ ownWork, account }: LetGoable): void {
  const notTheirs = whyNotLetGo({ ownWork, selfApproval: account.policy.selfApproval })
  if (notTheirs) throw new NotAllowed(notTheirs)
}

/** Step: the decision, frozen with its time like an approval, and what follows from it. Returns when it goes. */
export async function decideToLetGo(
  tx: Writer,
  letGoable: LetGoable,
  {
    at,
    actor,
    now,
    kind = 'let-go',
    id: letGoId = randomUUID(),
    asApproved = false,
  }: {
    at: Date | null
    actor: Actor
    now: Date
    kind?: 'let-go' | 'passed'
    id?: string
    asApproved?: boolean
  },
): Promise<Date> {
  const { draft, ownWork } = letGoable
  const frozen = freezeLetGo(letGoable, at)
  await insertDecision(tx, {
    id: letGoId,
    draftId: draft.id,
    revision: draft.revision,
    kind,
    personId: actor.personId,
    ownWork,
    comment: '',
    fingerprint: fingerprint(frozen),
    frozen: canonicalJson(frozen),
    at: now,
  })
  const dueAt = at ?? now
  await release(tx, letGoable, { letGoId, dueAt, asApproved, ownWork, personId: actor.personId, now })
  return dueAt
}

/** The account's posts since what was sent first; null where nothing of it was ever handed to the network. */
async function readWhereItMayStand(
  deps: ReconcileDeps,
  { delivery }: Releasable,
): Promise<{ posts: NetworkPost[]; newerThan: string | null } | null> {
  const [first] = await attemptsOf(deps.db.read, delivery.id)
  if (!first) return null
  const newerThan = first.newestKnownId
  return { posts: await readOrRefuse(deps, delivery.accountId, newerThan), newerThan }
}

async function readOrRefuse(
  deps: ReconcileDeps,
  accountId: string,
  sinceId: Attempt['newestKnownId'],
): Promise<NetworkPost[]> {
  const timeline = await readTimeline(deps, accountId, sinceId ?? undefined)
  if (timeline.ok) return timeline.value
  throw new Conflict(
    `We can’t see the account now, so it was not sent again: it may stand there. ${problemInWords(timeline.problem)}`,
  )
}
