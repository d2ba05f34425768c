import { findAccount } from '../accounts/accounts.ts'
import { endCreditPause, pauseForCredit } from '../accounts/credit.ts'
import { isUniqueViolation, type Writer } from '../db/database.ts'
import type { Problem, SendAnswer } from '../networks/network.ts'
import { ownWordsOf, problemInWords } from '../networks/problem-in-words.ts'
import { chargeSend } from './cost.ts'
import { holdBack } from './hold-back.ts'
import { holdWhileBraked } from './hold-while-braked.ts'
import { noteSecondPost } from './second-posts.ts'
import { later, laterOf, timesOf, type ReconcileDeps } from './settings.ts'
import {
  attemptsOf,
  changeAttempt,
  findAnswered,
  findAttempt,
  markAttemptPosted,
  type Answered,
  type Attempt,
} from './attempts-store.ts'
import { changeDelivery, findDelivery, letPartsFollow, markPosted, type Delivery } from './store.ts'
import { takenForAnother } from './taken-for-another.ts'
import { knowTimeline } from './timelines-store.ts'
import { forgetUploads } from './uploads-store.ts'
import { doubtDelivery, failDelivery, holdDelivery, recordOf } from './trouble.ts'
import type { Telling } from './tell-deciders.ts'
import { tellHostPosted } from './tell-host.ts'

/**
 * Writes down what the network said to an attempt, and what that costs, whoever has the lease by then. What may have gone out
 * counts as charged, at once and for good, found or not, refused late or not; what the network refused in time costs nothing.
 * That a post stands there is true at any time, and so is that the network refused it; any other answer counts only while
 * nobody has written down another one.
 */
export async function recordAnswer(
  deps: ReconcileDeps,
  attemptId: string,
  answer: SendAnswer,
): Promise<void> {
  await deps.db.write(async (tx) => {
    const telling = tellingOf(deps)
    const named = answer.outcome === 'posted' ? answer.networkId : ''
    const answered = (await findAnswered(tx, { attemptId, networkId: named }))!
    const { attempt, delivery, account, creditPaused, namesAnothers } = answered
    const isFirst = attempt.outcome === null
    if (isFirst && answer.outcome !== 'refused' && answer.outcome !== 'duplicate')
      await chargeSend(tx, delivery, telling.now, account)
    if (answer.outcome === 'posted') {
      const { networkId } = answer
      if (creditPaused) await endCreditPause(tx, delivery.accountId)
      if (delivery.networkId === null && namesAnothers)
        return takenForAnother(tx, deps, { attempt, delivery, networkId }, telling)
      try {
        await adopt(tx, deps, { attempt, delivery, post: { networkId, postedAt: telling.now }, found: false })
      } catch (error) {
        if (!isUniqueViolation(error, 'network_id')) throw error
        return takenForAnother(tx, deps, { attempt, delivery, networkId }, telling)
      }
      if (delivery.networkId !== null && delivery.networkId !== networkId)
        await noteSecondPost(tx, deps, { delivery, networkId }, telling)
      return
    }
    if (answer.outcome === 'refused')
      return recordRefusal(tx, deps, { attempt, delivery, problem: answer.problem })
    if (!isFirst || delivery.state !== 'sending') return
    const trouble = problemInWords(answer.problem)
    const said = ownWordsOf(answer.problem)
    await recordUnknown(tx, deps, { attempt, delivery, trouble, said })
  })
}

/**
 * Step: what X refused stands nowhere, however late it says so: nobody has to look for that attempt’s post. Of what nobody
 * knows this far it becomes what it would have become in time; what people decided since, or what was sent since, stays.
 */
async function recordRefusal(
  tx: Writer,
  deps: ReconcileDeps,
  { attempt, delivery, problem }: { attempt: Answered['attempt']; delivery: Delivery; problem: Problem },
): Promise<void> {
  if (attempt.outcome !== null && attempt.outcome !== 'unknown') return
  const telling = tellingOf(deps)
  const trouble = problemInWords(problem)
  const { code, until } = problem
  if (code === 'media') await forgetUploads(tx, delivery.id)
  const uploadsAnew = code === 'media' && !(await wasPutOff(tx, attempt, trouble))
  const putOff = code === 'limited' || code === 'unauthorised' || uploadsAnew
  await changeAttempt(tx, attempt.id, {
    outcome: putOff ? 'put-off' : 'refused',
    trouble,
    said: ownWordsOf(problem),
    answeredAt: telling.machineNow,
    nextLookAt: null,
    watchAt: null,
  })
  if (!(await isItsLastWord(tx, attempt, delivery))) return
  if (putOff) {
    const soon = later(telling.machineNow, timesOf(deps).retryMs)
    const notBefore = code === 'limited' ? laterOf(until, soon) : null
    await changeDelivery(tx, delivery, { state: 'waiting', notBefore, trouble })
    await holdBack(tx, delivery, telling.now)
  } else if (code === 'credit') {
    await pauseForCredit(tx, delivery.accountId, telling.machineNow)
    await holdDelivery(tx, delivery, { reason: 'credit' }, telling)
    await holdWhileBraked(tx, delivery.accountId)
  } else {
    await endCreditPause(tx, delivery.accountId)
    await failDelivery(tx, delivery, trouble, telling)
  }
}

/** Whether what becomes of the delivery hangs on this attempt: it is being sent, or not known, and was not tried again since. */
async function isItsLastWord(
  tx: Writer,
  attempt: Answered['attempt'],
  { id, state }: Delivery,
): Promise<boolean> {
  if (attempt.outcome === null) return state === 'sending'
  return state === 'unknown' && (await attemptsOf(tx, id)).at(-1)!.id === attempt.id
}

/** Whether the network said the same to an attempt before: then to try by itself once more leads nowhere. */
async function wasPutOff(
  tx: Writer,
  { id, deliveryId }: Pick<Attempt, 'id' | 'deliveryId'>,
  trouble: string,
): Promise<boolean> {
  const all = await attemptsOf(tx, deliveryId)
  return all.some((one) => one.id !== id && one.outcome === 'put-off' && one.trouble === trouble)
}

/** An attempt that was claimed and then not sent: nothing went out, and unless somebody else went on it is tried anew. */
export async function recordNotSent(deps: ReconcileDeps, attemptId: string): Promise<void> {
  await deps.db.write(async (tx) => {
    const attempt = (await findAttempt(tx, attemptId))!
    const delivery = (await findDelivery(tx, attempt.deliveryId))!
    if (attempt.outcome !== null || delivery.state !== 'sending') return
    const trouble = 'The app stood still before anything was sent.'
    await changeAttempt(tx, attempt.id, { outcome: 'put-off', trouble, answeredAt: deps.clock.machine() })
    await changeDelivery(tx, delivery, { state: 'waiting', notBefore: null, trouble })
    await holdBack(tx, delivery, deps.clock.now())
  })
}

/** Step: nobody knows what became of an attempt; the account's timeline will be read for it. */
export async function recordUnknown(
  tx: Writer,
  deps: ReconcileDeps,
  {
    attempt,
    delivery,
    trouble,
    said = null,
  }: { attempt: Pick<Attempt, 'id'>; delivery: Delivery; trouble: string; said?: string | null },
): Promise<void> {
  const telling = tellingOf(deps)
  const { looksAfterSeconds, watchesAfterSeconds } = timesOf(deps)
  const looksAt = later(telling.machineNow, looksAfterSeconds[0]! * 1000)
  await changeAttempt(tx, attempt.id, {
    outcome: 'unknown',
    trouble,
    said,
    answeredAt: telling.machineNow,
    nextLookAt: looksAt,
    watchAt: later(telling.machineNow, watchesAfterSeconds[0]! * 1000),
  })
  await doubtDelivery(tx, delivery, { trouble, looksAt }, telling)
}

/** Step: the post stands on the network; what follows in its thread may go, after the account's gap. */
export async function adopt(
  tx: Writer,
  deps: ReconcileDeps,
  {
    attempt,
    delivery,
    post,
    found,
    personId = null,
  }: {
    attempt: Pick<Attempt, 'id'> | null
    delivery: Delivery
    post: { networkId: string; postedAt: Date }
    /** By reading the timeline, or by a person: the network's answer never came. */
    found: boolean
    personId?: string | null
  },
): Promise<void> {
  const { now, machineNow } = tellingOf(deps)
  // Without an attempt of ours it was sent before the copy of the database that came back, and charged then.
  if (!attempt) await chargeSend(tx, delivery, post.postedAt)
  else {
    await markAttemptPosted(tx, attempt.id, { networkId: post.networkId, machineNow })
  }
  const posted = await markPosted(tx, delivery, post)
  if (!posted) return
  if (posted.position + 1 < posted.parts) {
    const { policy } = (await findAccount(tx, posted.accountId))!
    await letPartsFollow(tx, posted, later(machineNow, policy.threadGapSeconds * 1000))
    await holdWhileBraked(tx, posted.accountId)
  }
  // What is found by looking for one post says nothing of older ones: in an older copy others may stand before it, unread.
  if (!found) await knowTimeline(tx, posted.accountId, [post.networkId], machineNow)
  const details = { networkId: post.networkId, ...(found ? { found } : {}) }
  await recordOf(tx, posted, 'delivery.posted', details, now, personId)
  await tellHostPosted(tx, posted, tellingOf(deps))
}

export function tellingOf({ clock, settings }: Pick<ReconcileDeps, 'clock' | 'settings'>): Telling {
  return { publicUrl: settings.publicUrl(), now: clock.now(), machineNow: clock.machine() }
}
