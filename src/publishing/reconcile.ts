import { findAccount } from '../accounts/accounts.ts'
import { heedingLimits } from '../accounts/heed-limits.ts'
import { giveUpToken, usableToken } from '../accounts/connection.ts'
import { metered } from '../charges/metered-network.ts'
import type { Writer } from '../db/database.ts'
import type { Answer, NetworkPost } from '../networks/network.ts'
import { ALREADY_THERE } from '../networks/problem-in-words.ts'
import { chargeSend } from './cost.ts'
import { isNewer, matching, type Sought } from './match.ts'
import { adopt, recordUnknown, tellingOf } from './record-answer.ts'
import { keepWhatIsNotKnown } from './restores.ts'
import { CLOCKS_DIFFER, later, laterOf, timesOf, type ReconcileDeps } from './settings.ts'
import {
  attemptsToLookFor,
  changeAttempt,
  findAttempt,
  openAttempts,
  type Attempt,
} from './attempts-store.ts'
import {
  adoptedAmong,
  changeDelivery,
  deliveriesInStates,
  findDelivery,
  partsOf,
  type Delivery,
} from './store.ts'
import { findTimeline, knowTimeline } from './timelines-store.ts'
import { uploadsOf } from './uploads-store.ts'
import { tellDeciders } from './tell-deciders.ts'
import { tellHost } from './tell-host.ts'
import { holdDelivery } from './trouble.ts'

/** Attempts that were left without an answer: the process died, or was frozen, after its claim. */
export async function doubtLeftAttempts(deps: ReconcileDeps): Promise<void> {
  const { db, clock } = deps
  for (const { id, deliveryId, deadlineAt } of await openAttempts(db.read)) {
    if (deadlineAt > clock.machine()) continue
    await db.write(async (tx) => {
      const attempt = await findAttempt(tx, id)
      const delivery = await findDelivery(tx, deliveryId)
      if (attempt?.outcome !== null || delivery?.state !== 'sending') return
      await chargeSend(tx, delivery, clock.now())
      const trouble = 'The answer of X was lost, because the app stopped or stood still while it was sending.'
      await recordUnknown(tx, deps, { attempt, delivery, trouble })
    })
  }
}

export interface InQuestion {
  attempt: Attempt
  delivery: Delivery
}

/** Reads the timeline of each account that has a look due, once, and settles what it tells. */
export async function lookBack(deps: ReconcileDeps): Promise<void> {
  const { db, clock } = deps
  const due = (await attemptsToLookFor(db.read)).filter(
    ({ attempt }) => attempt.nextLookAt! <= clock.machine(),
  )
  for (const accountId of new Set(due.map(({ delivery }) => delivery.accountId))) {
    const questions = due.filter(({ delivery }) => delivery.accountId === accountId)
    const timeline = await readTimeline(deps, accountId, oldestKnown(questions))
    if (!timeline.ok) {
      const nextLookAt = laterOf(timeline.problem.until, later(clock.machine(), timesOf(deps).retryMs))
      await db.write(async (tx) => {
        for (const question of questions) {
          await changeAttempt(tx, question.attempt.id, { nextLookAt })
          await tellThatNobodySees(tx, deps, question)
        }
      })
      continue
    }
    deps.reached?.('look-unkept')
    for (const question of questions)
      await db.write((tx) => settle(tx, deps, question, timeline.value, 'scheduled'))
  }
}

const NOBODY_SEES =
  'X gave no clear answer, and the account can’t be read to see whether the post is there. It was not sent again, and we go on looking.'

/** Once the time for looking is over without a look: the leads hear of it, and need not wait until X can be read. */
async function tellThatNobodySees(tx: Writer, deps: ReconcileDeps, { attempt, delivery }: InQuestion) {
  const over = later(attempt.answeredAt!, timesOf(deps).looksAfterSeconds.at(-1)! * 1000)
  if (deps.clock.machine() < over) return
  const seen = await findDelivery(tx, delivery.id)
  if (seen?.state !== 'unknown' || seen.trouble === NOBODY_SEES) return
  const told = await changeDelivery(tx, seen, { trouble: NOBODY_SEES })
  if (told) await tellUnknown(tx, deps, told, NOBODY_SEES)
}

/** Since which post the timeline tells of all of them; undefined: since the first one. */
export function oldestKnown(questions: InQuestion[]): string | undefined {
  const known = questions.map(({ attempt }) => attempt.newestKnownId)
  if (known.includes(null)) return undefined
  return known.reduce((oldest, id) => (isNewer(oldest!, id) ? id : oldest))!
}

/**
 * The account's own posts, answers included, newer than `sinceId`. Not search: its index lags. No budget stops it: to know
 * what stands there is worth a cent, or a post would go out twice.
 */
export async function readTimeline(
  deps: ReconcileDeps,
  accountId: string,
  sinceId: string | undefined,
): Promise<Answer<NetworkPost[]>> {
  const account = (await findAccount(deps.db.read, accountId))!
  const network = metered({ ...deps, network: heedingLimits(deps, accountId) }, account)
  let token = await usableToken(deps, accountId)
  if (!token.ok) return token
  let answer = await network.ownPosts(token.accessToken, token.networkUserId, { sinceId })
  if (answer.ok || answer.problem.code !== 'unauthorised') return answer
  token = await usableToken(deps, accountId, { refused: token.accessToken })
  if (!token.ok) return token
  answer = await network.ownPosts(token.accessToken, token.networkUserId, { sinceId })
  if (answer.ok || answer.problem.code !== 'unauthorised') return answer
  const lost = await giveUpToken(deps, accountId, token.accessToken, answer.problem)
  return lost.ok ? answer : lost
}

export type LookResult = 'found' | 'several' | 'none'

/**
 * Step: one look for one attempt. Exactly one matching post is adopted. After the last scheduled look, or when several
 * match, a person has to decide.
 */
export async function settle(
  tx: Writer,
  deps: ReconcileDeps,
  { attempt: { id }, delivery: { id: deliveryId } }: InQuestion,
  timeline: NetworkPost[],
  look: 'scheduled' | 'asked-for',
): Promise<LookResult> {
  const attempt = (await findAttempt(tx, id))!
  const delivery = (await findDelivery(tx, deliveryId))!
  if (delivery.state !== 'unknown') return delivery.state === 'posted' ? 'found' : 'none'
  const found = await candidates(tx, delivery, timeline, {
    ...attempt.sent,
    mediaCount: attempt.sent.mediaIds.length,
    newerThan: attempt.newestKnownId,
  })
  if (found.length === 1) {
    const { id: networkId, createdAt: postedAt } = found[0]!
    await adopt(tx, deps, { attempt, delivery, post: { networkId, postedAt }, found: true })
    await adoptPartsAfter(tx, deps, delivery, timeline)
    return 'found'
  }
  if (look === 'scheduled') await afterLook(tx, deps, { attempt, delivery }, found.length)
  return found.length > 1 ? 'several' : 'none'
}

/** Step: the posts that may be it, and that nothing here stands for. */
export async function candidates(
  tx: Writer,
  delivery: Delivery,
  timeline: NetworkPost[],
  sought: Omit<Sought, 'mediaKeys'> & { newerThan: string | null },
): Promise<NetworkPost[]> {
  const newer = timeline.filter(({ id }) => isNewer(id, sought.newerThan))
  const adopted = await adoptedAmong(
    tx,
    delivery.accountId,
    newer.map(({ id }) => id),
  )
  const uploads = await uploadsOf(tx, delivery.id)
  const mediaKeys = uploads.flatMap(({ mediaKey }) => mediaKey ?? [])
  return matching(
    { ...sought, mediaKeys },
    newer.filter(({ id }) => !adopted.has(id)),
  )
}

async function afterLook(
  tx: Writer,
  deps: ReconcileDeps,
  { attempt, delivery }: InQuestion,
  found: number,
): Promise<void> {
  const { looksAfterSeconds } = timesOf(deps)
  const looks = attempt.looks + 1
  const next = found > 1 ? undefined : looksAfterSeconds[looks]
  const nextLookAt = next === undefined ? null : later(attempt.answeredAt!, next * 1000)
  await changeAttempt(tx, attempt.id, { looks, nextLookAt })
  if (nextLookAt) return
  await changeDelivery(tx, delivery, { notBefore: null })
  const why =
    found > 1
      ? 'More than one post on the account looks like it, so we can’t tell which one it is.'
      : attempt.trouble === ALREADY_THERE
        ? 'X answered that the same words stand there already, and we don’t see them among the account’s latest posts. It was not sent again.'
        : 'X gave no clear answer, and the post can’t be seen on the account. It was not sent again.'
  await tellUnknown(tx, deps, delivery, why)
}

async function tellUnknown(tx: Writer, deps: ReconcileDeps, delivery: Delivery, why: string): Promise<void> {
  const telling = tellingOf(deps)
  const told = { deliveries: [delivery], became: 'unknown', why, cause: 'unknown' } as const
  await tellDeciders(tx, told, telling)
  await tellHost(tx, delivery, { news: 'unknown', why: 'X gave no clear answer to it.' }, telling)
}

/**
 * Before the first send after a start: adopts what stands on the account already, so that a restored older copy of the
 * database sends nothing twice.
 */
export async function catchUp(deps: ReconcileDeps, accountId: string): Promise<Answer<void>> {
  const { db, clock } = deps
  const known = (await findTimeline(db.read, accountId))?.newestId ?? undefined
  const timeline = await readTimeline(deps, accountId, known)
  if (!timeline.ok) return timeline
  deps.reached?.('caught-up-unkept')
  const ids = timeline.value.map(({ id }) => id)
  await db.write(async (tx) => {
    // What failed is asked last: a post that may be either's belongs to the one that would still go out.
    const open = [
      ...(await deliveriesInStates(tx, accountId, ['waiting', 'held'])).toSorted(byPosition),
      ...(await deliveriesInStates(tx, accountId, ['failed'])).toSorted(byPosition),
    ]
    for (const { id } of open) {
      const result = await adoptIfThere(tx, deps, id, timeline.value, known ?? null)
      if (result === 'several') await leaveToPeople(tx, deps, id)
    }
    await keepWhatIsNotKnown(tx, deps, accountId, timeline.value)
    await knowTimeline(tx, accountId, ids, clock.machine())
  })
  return { ok: true, value: undefined }
}

function byPosition(one: Delivery, other: Delivery): number {
  return one.position - other.position
}

/** Step: adopts the one post of the timeline that a delivery may be, which nobody knows to have been sent. */
export async function adoptIfThere(
  tx: Writer,
  deps: ReconcileDeps,
  deliveryId: string,
  timeline: NetworkPost[],
  newerThan: string | null,
): Promise<LookResult> {
  const delivery = (await findDelivery(tx, deliveryId))!
  const before = (await partsOf(tx, delivery.decisionId))[delivery.position - 1]
  if (before && !before.networkId) return 'none'
  const { payload, queuedAt } = delivery
  const found = await candidates(
    tx,
    delivery,
    timeline.filter(({ createdAt }) => createdAt >= later(queuedAt, -CLOCKS_DIFFER)),
    {
      text: payload.text,
      replyTo: before ? before.networkId : payload.replyTo,
      mediaCount: payload.images.length,
      poll: payload.poll,
      newerThan,
    },
  )
  const [only, ...others] = found
  if (!only) return 'none'
  if (others.length > 0) return 'several'
  const post = { networkId: only.id, postedAt: only.createdAt }
  await adopt(tx, deps, { attempt: null, delivery, post, found: true })
  return 'found'
}

/**
 * Step: in an older copy of the database the parts after one that is found only now may have gone out too. Nothing looked
 * for them while nobody knew which post they answer, so that is done before they go.
 */
export async function adoptPartsAfter(
  tx: Writer,
  deps: ReconcileDeps,
  { decisionId, position }: Delivery,
  timeline: NetworkPost[],
): Promise<void> {
  for (const part of (await partsOf(tx, decisionId)).slice(position + 1)) {
    if (part.state !== 'waiting' && part.state !== 'held' && part.state !== 'failed') return
    const result = await adoptIfThere(tx, deps, part.id, timeline, null)
    if (result === 'several') await leaveToPeople(tx, deps, part.id)
    if (result !== 'found') return
  }
}

async function leaveToPeople(tx: Writer, deps: ReconcileDeps, deliveryId: string): Promise<void> {
  const delivery = (await findDelivery(tx, deliveryId))!
  const trouble = 'More than one post there looks like it.'
  if (delivery.state === 'failed') await changeDelivery(tx, delivery, { trouble })
  else await holdDelivery(tx, delivery, { reason: 'undecided', trouble }, tellingOf(deps))
}
