import { findAccount, findConnection } from '../accounts/accounts.ts'
import { heedingLimits } from '../accounts/heed-limits.ts'
import { usableToken } from '../accounts/connection.ts'
import { metered } from '../charges/metered-network.ts'
import type { Reader, Writer } from '../db/database.ts'
import { Conflict, Refused } from '../errors.ts'
import type { NetworkPost, Problem } from '../networks/network.ts'
import { problemInWords } from '../networks/problem-in-words.ts'
import { canonicalTextOfPost, canonicalTextOfSent } from '../networks/canonical-text.ts'
import { cancelDelivery } from './deliveries.ts'
import { RECALLABLE_STATES, type DeliveryState } from './delivery.ts'
import { findDecidableDelivery, type Settling } from './found-delivery.ts'
import { changeUnlessAlike, partsAfter, unknownAttempt } from './release.ts'
import { adoptPartsAfter, readTimeline } from './reconcile.ts'
import { adopt, tellingOf } from './record-answer.ts'
import type { ReconcileDeps } from './settings.ts'
import { changeAttempt, type Attempt } from './attempts-store.ts'
import { adoptedAmong, partsOf, type Delivery } from './store.ts'
import { tellHost, tellHostCancelled } from './tell-host.ts'
import { recordOf } from './trouble.ts'

/** Cancels a delivery that waits, is held or failed, and what would follow it. Returns how many. */
export async function cancelFrom(
  deps: Pick<ReconcileDeps, 'db' | 'clock' | 'settings'>,
  settling: Settling,
): Promise<number> {
  const { db, clock } = deps
  const { actor } = settling
  return db.write(async (tx) => {
    const delivery = await findDecidableDelivery(tx, settling, RECALLABLE_STATES)
    const count = await cancelWithRest(tx, delivery, { personId: actor.personId, now: clock.now() }, true)
    await tellHostCancelled(tx, delivery, actor, tellingOf(deps))
    return count
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

function isRecallable(state: DeliveryState): boolean {
  return (RECALLABLE_STATES as readonly DeliveryState[]).includes(state)
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
  const seen = await findDecidableDelivery(db.read, settling, ['unknown'])
  if (!networkId) {
    const { handle } = (await findAccount(db.read, seen.accountId))!
    throw new Refused({
      address: `This is not the address of a post. Example: https://x.com/${handle}/status/1234567890`,
    })
  }
  const attempt = await unknownAttempt(db.read, seen)
  await refuseKnown(db.read, seen, networkId)
  const post = await lookUp(deps, seen, networkId)
  if (!sure) refuseOtherWords(attempt, post)
  const after = await readPartsAfter(deps, seen, networkId)
  await db.write(async (tx) => {
    const delivery = await findDecidableDelivery(tx, settling, ['unknown'])
    await refuseKnown(tx, delivery, networkId)
    await adopt(tx, deps, {
      attempt,
      delivery,
      post: { networkId, postedAt: post.createdAt },
      found: true,
      personId: settling.actor.personId,
    })
    await adoptPartsAfter(tx, deps, delivery, after)
  })
}

async function refuseKnown(read: Reader, { accountId }: Delivery, networkId: string): Promise<void> {
  if ((await adoptedAmong(read, accountId, [networkId])).size > 0)
    throw new Refused({ address: 'We know this one already: it is another post that went out from here.' })
}

/** What the account said since then, where parts of its thread may be among it. */
async function readPartsAfter(
  deps: ReconcileDeps,
  { accountId, position, parts }: Delivery,
  networkId: string,
): Promise<NetworkPost[]> {
  if (position === parts - 1) return []
  const timeline = await readTimeline(deps, accountId, networkId)
  if (timeline.ok) return timeline.value
  throw cantSee(timeline.problem)
}

function cantSee(problem: Problem): Conflict {
  return new Conflict(`We can’t see the account now. ${problemInWords(problem)} Please try again later.`)
}

async function lookUp(deps: ReconcileDeps, { accountId }: Delivery, networkId: string): Promise<NetworkPost> {
  const token = await usableToken(deps, accountId)
  const account = (await findAccount(deps.db.read, accountId))!
  const network = metered({ ...deps, network: heedingLimits(deps, accountId) }, account)
  const answer = token.ok ? await network.posts(token.accessToken, [networkId]) : token
  if (!answer.ok) throw cantSee(answer.problem)
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
  deps: Pick<ReconcileDeps, 'db' | 'clock' | 'settings'>,
  settling: Settling,
): Promise<number> {
  const { db, clock } = deps
  const { actor } = settling
  return db.write(async (tx) => {
    const delivery = await findDecidableDelivery(tx, settling, ['unknown'])
    const by = { personId: actor.personId, now: clock.now() }
    const attempt = await unknownAttempt(tx, delivery)
    await changeAttempt(tx, attempt.id, { nextLookAt: null })
    await changeUnlessAlike(tx, delivery, { state: 'abandoned' })
    await recordOf(tx, delivery, 'delivery.abandoned', {}, by.now, by.personId)
    const why = `${actor.name} decided to leave it as it is: X never told us whether it took it.`
    await tellHost(tx, delivery, { news: 'abandoned', why, byId: actor.personId }, tellingOf(deps))
    return cancelWithRest(tx, delivery, by, false)
  })
}

/** What was taken down and stands there still is tried again at once, whatever was said of it before. */
export async function removeAgain({ db }: Pick<ReconcileDeps, 'db'>, settling: Settling): Promise<void> {
  await db.write(async (tx) => {
    const delivery = await findDecidableDelivery(tx, settling, ['removing'])
    await changeUnlessAlike(tx, delivery, { notBefore: null })
  })
}
