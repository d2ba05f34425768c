import { findAccount, findConnection } from '../accounts/accounts.ts'
import { usableToken } from '../accounts/connection.ts'
import { metered } from '../charges/metered-network.ts'
import { isUniqueViolation, type Reader, type Writer } from '../db/database.ts'
import { Conflict, NotAllowed, Refused } from '../errors.ts'
import type { NetworkPost } from '../networks/network.ts'
import { canonicalTextOfPost, canonicalTextOfSent } from '../networks/canonical-text.ts'
import { mayDecide, type Actor } from '../people/person.ts'
import { findWeek } from '../rota/weeks.ts'
import { ALIKE, cancelDelivery } from './deliveries.ts'
import { RECALLABLE_STATES, type DeliveryState } from './delivery.ts'
import { findDeliveryFor } from './found-delivery.ts'
import { readTimeline, settle } from './reconcile.ts'
import { adopt } from './record-answer.ts'
import { later, type ReconcileDeps } from './settings.ts'
import {
  adoptedAmong,
  changeAttempt,
  changeDelivery,
  findUnknownAttempt,
  hostingOfDelivery,
  partsOf,
  type Attempt,
  type Delivery,
} from './store.ts'
import { problemInWords, recordOf } from './trouble.ts'

/** What people decide about a delivery: as it was when they saw its page. */
export interface Settling {
  deliveryId: string
  /** Of the page that they saw. */
  version: number
  actor: Actor
}

/** @throws NotFound, NotAllowed, or Conflict when it changed since then. */
async function decidable(
  read: Reader,
  { deliveryId, version, actor }: Settling,
  states: readonly DeliveryState[],
): Promise<Delivery> {
  const delivery = await findDeliveryFor(read, deliveryId, actor)
  if (!mayDecide(actor, delivery.accountId))
    throw new NotAllowed('The account’s leads and approvers decide what becomes of it.')
  if (delivery.version !== version || !states.includes(delivery.state)) throw new Conflict(FASTER)
  return delivery
}

const FASTER = 'Something happened to it since you opened the page. Please look again, then decide.'

/**
 * Lets a held or failed delivery go at a new time, with the parts after it; the time is this person's decision.
 * @throws Refused for a time that has passed or lies outside a host's week, Conflict when something still stands in the way.
 */
export async function letGo(
  { db, clock }: Pick<ReconcileDeps, 'db' | 'clock'>,
  settling: Settling,
  /** Null: at once. */
  at: Date | null,
): Promise<void> {
  const now = clock.now()
  if (at && at < later(now, -60_000))
    throw new Refused({ time: 'This time has passed. Choose a later one, or “at once”.' })
  const dueAt = at ?? now
  await db.write(async (tx) => {
    const delivery = await decidable(tx, settling, ['held', 'failed'])
    const parts = await partsOf(tx, delivery.decisionId)
    await refuseObstacle(tx, delivery, parts)
    await refuseOutsideWeek(tx, delivery, dueAt)
    const waiting = { state: 'waiting' as const, heldReason: null, trouble: null, notBefore: null, dueAt }
    await change(tx, delivery, waiting)
    for (const after of partsAfter(delivery, parts))
      if (after.state === 'held' || after.state === 'waiting') await change(tx, after, waiting)
    const from = delivery.heldReason ?? delivery.state
    await recordOf(
      tx,
      delivery,
      'delivery.released',
      { from, at: dueAt.toISOString() },
      now,
      settling.actor.personId,
    )
  })
}

async function refuseObstacle(tx: Writer, delivery: Delivery, parts: Delivery[]): Promise<void> {
  const before = parts[delivery.position - 1]
  if (before && before.state !== 'posted')
    throw new Conflict('The part before it has to go out first. Decide about that one.')
  const account = await findAccount(tx, delivery.accountId)
  if (account?.brakeAt) throw new Conflict('The brake is on, so nothing can go. Release the brake first.')
  const week = delivery.weekId ? await findWeek(tx, delivery.weekId) : undefined
  if (week?.state === 'cancelled')
    throw new Conflict('Its week was cancelled, so it can’t go out any more. You can only cancel it.')
}

/** What a host wrote goes out while they have the week and it is open; a thread that began in time is finished. */
async function refuseOutsideWeek(read: Reader, { id, position }: Delivery, dueAt: Date): Promise<void> {
  const hosting = await hostingOfDelivery(read, id)
  if (!hosting) return
  if (hosting.endedAt) throw new Conflict('Its writer does not host this week any more, so it can’t go out.')
  if (position > 0 || (dueAt >= hosting.opensAt && dueAt < hosting.closesAt)) return
  throw new Refused({
    '': 'This is outside the week, and what its host wrote goes out while the week is open.',
  })
}

async function change(
  tx: Writer,
  delivery: Delivery,
  to: Parameters<typeof changeDelivery>[2],
): Promise<void> {
  try {
    if (!(await changeDelivery(tx, delivery, to))) throw new Conflict(FASTER)
  } catch (error) {
    if (isUniqueViolation(error, 'likeness')) throw new Conflict(ALIKE)
    throw error
  }
}

/** Cancels a delivery that waits, is held or failed, and what would follow it. Returns how many. */
export async function cancelFrom(
  { db, clock }: Pick<ReconcileDeps, 'db' | 'clock'>,
  settling: Settling,
): Promise<number> {
  return db.write(async (tx) => {
    const delivery = await decidable(tx, settling, RECALLABLE_STATES)
    return cancelWithRest(tx, delivery, { personId: settling.actor.personId, now: clock.now() }, true)
  })
}

async function cancelWithRest(
  tx: Writer,
  delivery: Delivery,
  by: { personId: string; now: Date },
  itself: boolean,
): Promise<number> {
  const after = partsAfter(delivery, await partsOf(tx, delivery.decisionId))
  const all = [...(itself ? [delivery] : []), ...after.filter(({ state }) => isRecallable(state))]
  for (const one of all) await cancelDelivery(tx, one, by)
  return all.length
}

function partsAfter({ position }: Delivery, parts: Delivery[]): Delivery[] {
  return parts.slice(position + 1)
}

function isRecallable(state: DeliveryState): boolean {
  return (RECALLABLE_STATES as readonly DeliveryState[]).includes(state)
}

/**
 * Sends again what may not have gone out, after one more look at the timeline: what stands there is adopted instead.
 * @throws Conflict while the scheduled looks go on, when several posts match, or when the timeline can't be read.
 */
export async function sendAgain(deps: ReconcileDeps, settling: Settling): Promise<'found' | 'waiting'> {
  const { db, clock } = deps
  const seen = await decidable(db.read, settling, ['unknown'])
  const attempt = await unknownAttempt(db.read, seen)
  if (attempt.nextLookAt)
    throw new Conflict('We are still looking for it on the account. Please wait until the last look.')
  const timeline = await readTimeline(deps, seen.accountId, attempt.newestKnownId ?? undefined)
  if (!timeline.ok) {
    throw new Conflict(
      `We can’t see the account now, so it was not sent again: it may stand there. ${problemInWords(timeline.problem)}`,
    )
  }
  return db.write(async (tx) => {
    const delivery = await decidable(tx, settling, ['unknown'])
    const result = await settle(tx, deps, { attempt, delivery }, timeline.value, 'asked-for')
    if (result === 'found') return 'found'
    if (result === 'several')
      throw new Conflict(
        'More than one post on the account looks like it, so it was not sent again. Tell us which one it is.',
      )
    const now = clock.now()
    await refuseOutsideWeek(tx, delivery, now)
    await change(tx, delivery, { state: 'waiting', dueAt: now, notBefore: null, trouble: null })
    await recordOf(tx, delivery, 'delivery.released', { from: 'unknown' }, now, settling.actor.personId)
    return 'waiting'
  })
}

/**
 * A person found the post on the account. It must be one of the account's own that stands for nothing else; when its
 * words are others than the ones that were sent, they have to be sure.
 * @throws Refused under `address`, or under `sure`
 */
export async function itIsThere(
  deps: ReconcileDeps,
  settling: Settling,
  { address, sure }: { address: string; sure: boolean },
): Promise<void> {
  const { db } = deps
  const networkId = /(?:^|\/status\/)(\d{1,19})(?:$|[/?#])/.exec(address.trim())?.[1]
  if (!networkId)
    throw new Refused({
      address: 'This is not the address of a post. Example: https://x.com/NorthDaleHealth/status/1234567890',
    })
  const seen = await decidable(db.read, settling, ['unknown'])
  const attempt = await unknownAttempt(db.read, seen)
  const post = await lookUp(deps, seen, networkId)
  if (!sure) refuseOtherWords(attempt, post)
  await db.write(async (tx) => {
    const delivery = await decidable(tx, settling, ['unknown'])
    if ((await adoptedAmong(tx, delivery.accountId, [networkId])).size > 0)
      throw new Refused({ address: 'This post stands for another delivery already.' })
    await adopt(tx, deps, {
      attempt,
      delivery,
      post: { networkId, postedAt: post.createdAt },
      found: true,
      personId: settling.actor.personId,
    })
  })
}

async function lookUp(deps: ReconcileDeps, { accountId }: Delivery, networkId: string): Promise<NetworkPost> {
  const token = await usableToken(deps, accountId)
  const network = metered(deps, (await findAccount(deps.db.read, accountId))!)
  const answer = token.ok ? await network.posts(token.accessToken, [networkId]) : token
  if (!answer.ok)
    throw new Conflict(
      `We can’t see the account now. ${problemInWords(answer.problem)} Please try again later.`,
    )
  const post = answer.value.find(({ id }) => id === networkId)
  const own = (await findConnection(deps.db.read, accountId))?.networkUserId
  if (!post) throw new Refused({ address: 'X knows no such post. Please check the address.' })
  if (post.author.id !== own)
    throw new Refused({ address: `This post is by @${post.author.handle}, not by the account.` })
  return post
}

function refuseOtherWords({ sent }: Attempt, post: NetworkPost): void {
  const alike = canonicalTextOfPost(post) === canonicalTextOfSent(sent) && post.replyTo === sent.replyTo
  if (alike) return
  throw new Refused({
    sure: `That post says something else, or answers something else: “${post.text}”. Tick the box if it is the one all the same.`,
  })
}

/** Nobody finds out any more: it stays as it is, and what would follow it is cancelled. Returns how many those are. */
export async function leaveIt(
  { db, clock }: Pick<ReconcileDeps, 'db' | 'clock'>,
  settling: Settling,
): Promise<number> {
  return db.write(async (tx) => {
    const delivery = await decidable(tx, settling, ['unknown'])
    const by = { personId: settling.actor.personId, now: clock.now() }
    const attempt = await unknownAttempt(tx, delivery)
    await changeAttempt(tx, attempt.id, { nextLookAt: null })
    await change(tx, delivery, { state: 'abandoned' })
    await recordOf(tx, delivery, 'delivery.abandoned', {}, by.now, by.personId)
    return cancelWithRest(tx, delivery, by, false)
  })
}

async function unknownAttempt(read: Reader, { id }: Delivery): Promise<Attempt> {
  const attempt = await findUnknownAttempt(read, id)
  if (!attempt) throw new Conflict(FASTER)
  return attempt
}

/** What was taken down and stands there still is tried again at once, whatever was said of it before. */
export async function removeAgain({ db }: Pick<ReconcileDeps, 'db'>, settling: Settling): Promise<void> {
  await db.write(async (tx) => {
    const delivery = await decidable(tx, settling, ['removing'])
    await change(tx, delivery, { notBefore: null })
  })
}
