import { asksForCreditAt, pauseForCredit } from '../accounts/credit.ts'
import { keepLimit, notYet, pausedUntil } from '../accounts/heed-limits.ts'
import { giveUpToken, usableToken, type UsableToken } from '../accounts/connection.ts'
import type { Problem, SendAnswer } from '../networks/network.ts'
import { problemInWords } from '../networks/problem-in-words.ts'
import { fitsBudget } from './budget.ts'
import { claim, earliestStillInTime } from './claim.ts'
import type { HeldReason } from './delivery.ts'
import { lookBeforeSending } from './in-doubt.ts'
import type { Lease } from './lease.ts'
import { prepareMedia } from './prepare-media.ts'
import { recordAnswer, recordNotSent, tellingOf } from './record-answer.ts'
import { adoptFromBeforeRestore } from './restores.ts'
import { later, laterOf, timesOf, type PublisherDeps } from './settings.ts'
import type { Due } from './due-store.ts'
import { stepAside } from './step-aside.ts'
import { changeDelivery, findDelivery, isForItself } from './store.ts'
import { failDelivery, holdDelivery } from './trouble.ts'

/** Whether the account's timeline was read since this process has the lease, and whether that was just now. */
export type CaughtUp = ({ ok: true } | { ok: false; problem: Problem }) & { looked: boolean }

/** Brings one due delivery on its way or, where something forbids that, holds it or puts it off. */
export async function send(
  deps: PublisherDeps,
  lease: Lease,
  due: Due,
  catchUpOnce: (accountId: string) => Promise<CaughtUp>,
): Promise<void> {
  const obstacle = obstacleTo(due, deps.clock.now())
  const { accountId, notBefore, trouble } = due.delivery
  // Looked at because it might be late; it is not when it follows a part that went out just now.
  if (!obstacle && notBefore && notBefore > deps.clock.machine()) return
  if (!obstacle && due.paused) {
    const limited = await pausedUntil(deps, accountId, 'send')
    if (limited) return putOff(deps, due, notYet(limited))
    if (await isWithoutCredit(deps, accountId)) return hold(deps, due, 'credit')
  }
  if (obstacle === 'live') {
    const { weekId } = due.delivery
    await deps.db.write((tx) => stepAside(tx, { weekId: weekId!, personId: null, now: deps.clock.now() }))
    return
  }
  // What a restored copy believes to be late may have gone out long ago: look before people are asked.
  const caughtUp: CaughtUp = obstacle === 'brake' ? { ok: true, looked: false } : await catchUpOnce(accountId)
  if (caughtUp.looked && !(await isStillSeen(deps, due))) return
  if (obstacle !== 'brake' && due.restored && (await adoptFromBeforeRestore(deps, due))) return
  if (obstacle) return hold(deps, due, obstacle, obstacle === 'late' ? trouble : null)
  // Where the network was asked meanwhile, somebody else may have renewed the permission.
  const seen = caughtUp.looked || due.restored ? undefined : (due.connection ?? undefined)
  const token = await usableToken(deps, accountId, { seen })
  if (!token.ok) return withoutToken(deps, due, token)
  if (!caughtUp.ok) return afterProblem(deps, due, caughtUp.problem)
  const { networkUserId } = due.delivery
  if (networkUserId !== null && networkUserId !== token.networkUserId) {
    return hold(deps, due, 'reconnect', 'This was approved for another account on X than the one connected.')
  }
  if (due.inDoubt) {
    const looked = await lookBeforeSending(deps, due.delivery)
    if ('problem' in looked) return putOff(deps, due, looked.problem)
    if (!looked.goes) return
  }
  // Parts go one after the other, each after the cost of the one before was kept: two can't both slip past.
  // That there is no budget holds at the claim still: it is made with the account's version.
  if (due.account.monthlyBudget !== null) {
    const { fits } = await fitsBudget(deps.db.read, due.delivery, { now: deps.clock.now() })
    if (!fits) return hold(deps, due, 'budget')
  }
  const refused = await sendOnce(deps, lease, due, token)
  if (!refused) return
  const renewed = await usableToken(deps, accountId, { refused: token.accessToken })
  const again = await findAgain(deps, due)
  if (!again) return
  if (!renewed.ok) return withoutToken(deps, again, renewed)
  const refusedAgain = await sendOnce(deps, lease, again, renewed)
  if (!refusedAgain) return
  const lost = await giveUpToken(deps, accountId, renewed.accessToken, refusedAgain)
  const last = await findAgain(deps, again)
  if (last && !lost.ok) await withoutToken(deps, last, lost)
}

/** Why a delivery may not go now, of what can be known without asking the network. */
function obstacleTo(due: Due, now: Date): HeldReason | null {
  const { delivery, partBefore, account, weekState, hostEndedAt, unaccepted, opening } = due
  if (delivery.position > 0 && partBefore?.state !== 'posted') return 'thread-broken'
  const passes =
    account.brakePassId !== null && delivery.letGoId === account.brakePassId && account.pausedAt === null
  if (account.brakeAt && !passes) return 'brake'
  if (weekState === 'cancelled' || hostEndedAt) return 'week-changed'
  // What somebody let go by itself does not wait for the host or the week.
  if (unaccepted && !isForItself(delivery)) return 'not-accepted'
  if (opening === 'waits' && !isForItself(delivery)) return 'not-open'
  const earliest = earliestStillInTime(due, now)
  // A thread that has begun goes on: its parts are late only when the one before them is long ago.
  const since =
    partBefore?.postedAt && partBefore.postedAt > delivery.dueAt ? partBefore.postedAt : delivery.dueAt
  if (since < earliest) return 'late'
  return due.aside ? 'live' : null
}

/** False once in a while, though X said that there is no credit: then the one that is due next asks again. */
async function isWithoutCredit({ db, clock }: PublisherDeps, accountId: string): Promise<boolean> {
  const asksAt = await asksForCreditAt(db.read, accountId)
  if (!asksAt) return false
  if (asksAt > clock.machine()) return true
  await db.write((tx) => pauseForCredit(tx, accountId, clock.machine()))
  return false
}

/**
 * Sends once, with nothing awaited between the claim and the post, and writes the answer down. Returns the problem when
 * the network did not take the token: then nothing went out, and a new attempt may be made with another one.
 */
async function sendOnce(
  deps: PublisherDeps,
  lease: Lease,
  due: Due,
  token: Extract<UsableToken, { ok: true }>,
): Promise<Problem | null> {
  const media = await prepareMedia(deps, due.delivery, token)
  if (!media.ok && media.problem.code === 'unauthorised') return media.problem
  if (!media.ok) {
    await afterProblem(deps, due, media.problem)
    return null
  }
  const { networkUserId, accessToken } = token
  deps.reached?.('before-attempt')
  const claimed = await claim(deps, lease, due, { mediaIds: media.value, networkUserId })
  if (!claimed) return null
  const { id, sent, deadlineAt } = claimed
  deps.reached?.('after-attempt')
  if (stoodStill(deps, deadlineAt)) {
    await recordNotSent(deps, id)
    return null
  }
  const answer = await deps.network
    .sendPost(accessToken, sent, { deadlineMs: timesOf(deps).sendDeadlineMs })
    .catch(brokenOff)
  deps.reached?.('answer-unkept')
  await recordAnswer(deps, id, answer)
  await keepLimit(deps, { accountId: due.delivery.accountId, call: 'send' }, answer)
  deps.reached?.('answer-kept')
  return answer.outcome === 'refused' && answer.problem.code === 'unauthorised' ? answer.problem : null
}

/**
 * Whether the process stood still after its claim (a suspended machine) for so long that a send would not end before the
 * attempt's deadline: after that somebody else may have sent it anew.
 */
function stoodStill(deps: PublisherDeps, deadlineAt: Date): boolean {
  return later(deps.clock.machine(), timesOf(deps).sendDeadlineMs) > deadlineAt
}

/** The port promises answers, not exceptions; should one come all the same, nobody knows what was sent. */
function brokenOff(error: unknown): SendAnswer {
  const detail = error instanceof Error ? error.message : String(error)
  return { outcome: 'unknown', problem: { code: 'unreachable', status: null, detail, until: null } }
}

async function withoutToken(
  deps: PublisherDeps,
  due: Due,
  token: Extract<UsableToken, { ok: false }>,
): Promise<void> {
  if (token.lost) return hold(deps, due, 'reconnect', token.problem.detail)
  return putOff(deps, due, token.problem)
}

/** A problem before the claim: nothing was sent. */
async function afterProblem(deps: PublisherDeps, due: Due, problem: Problem): Promise<void> {
  if (problem.code === 'credit') {
    await deps.db.write((tx) => pauseForCredit(tx, due.delivery.accountId, deps.clock.machine()))
    return hold(deps, due, 'credit')
  }
  const passing = ['unreachable', 'limited', 'unauthorised'].includes(problem.code)
  if (passing) return putOff(deps, due, problem)
  await deps.db.write((tx) => failDelivery(tx, due.delivery, problemInWords(problem), tellingOf(deps)))
}

async function putOff({ db, clock, ...deps }: PublisherDeps, due: Due, problem: Problem): Promise<void> {
  const notBefore = laterOf(problem.until, later(clock.machine(), timesOf(deps).retryMs))
  await db.write((tx) => changeDelivery(tx, due.delivery, { notBefore, trouble: problemInWords(problem) }))
}

/**
 * Sending it failed for a reason of our own. Where nothing was handed to the network it is tried again a little later, and
 * people are asked once it is too late; an attempt that was begun counts as unknown after its deadline.
 */
export async function putOffFailed(deps: PublisherDeps, deliveryId: string): Promise<void> {
  const notBefore = later(deps.clock.machine(), timesOf(deps).retryMs)
  const trouble =
    'The app failed while it was sending this. It tries again by itself; whoever runs it finds the reason in its log.'
  await deps.db.write(async (tx) => {
    const delivery = await findDelivery(tx, deliveryId)
    if (delivery?.state === 'waiting') await changeDelivery(tx, delivery, { notBefore, trouble })
  })
}

async function hold(
  deps: PublisherDeps,
  due: Due,
  reason: HeldReason,
  trouble: string | null = null,
): Promise<void> {
  await deps.db.write((tx) => holdDelivery(tx, due.delivery, { reason, trouble }, tellingOf(deps)))
}

async function isStillSeen({ db }: PublisherDeps, { delivery }: Due): Promise<boolean> {
  return (await findDelivery(db.read, delivery.id))?.version === delivery.version
}

/** The delivery after a refused attempt: waiting again, unless somebody took it back meanwhile. */
async function findAgain({ db }: PublisherDeps, due: Due): Promise<Due | null> {
  const delivery = await findDelivery(db.read, due.delivery.id)
  return delivery?.state === 'waiting' ? { ...due, delivery } : null
}
