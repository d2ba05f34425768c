import type { Writer } from '../db/database.ts'
import type { NetworkPost } from '../networks/network.ts'
import { adoptPartsAfter, candidates, oldestKnown, readTimeline, type InQuestion } from './reconcile.ts'
import { adopt, tellingOf } from './record-answer.ts'
import { noteSecondPost } from './second-posts.ts'
import { CLOCKS_DIFFER, later, laterOf, timesOf, type ReconcileDeps } from './settings.ts'
import {
  alikeInDoubt,
  attemptsOf,
  attemptsToWatch,
  changeAttempt,
  findAttempt,
  markAttemptPosted,
  type Attempt,
} from './attempts-store.ts'
import { findDelivery, type Delivery } from './store.ts'
import { tellDeciders } from './tell-deciders.ts'

/** A timeline that can't be read is asked for again after this. Milliseconds. */
const ASKED_AGAIN = 15 * 60_000
/** For so long at most. Milliseconds. */
const ASKED_FOR = 7 * 24 * 60 * 60_000
/** What X takes, it takes so long after it was handed over at most; what is younger somebody posted by hand. Milliseconds. */
const TAKEN_WITHIN = 15 * 60_000

/**
 * Long after the looks, and whatever people have decided since: reads the timeline a few times more for each attempt of which
 * nobody knows what became. What shows late is adopted or, where the delivery has its post by now, told as standing twice.
 */
export async function watchDoubtful(deps: ReconcileDeps): Promise<void> {
  const { db, clock } = deps
  const due = (await attemptsToWatch(db.read)).filter(({ attempt }) => attempt.watchAt! <= clock.machine())
  for (const accountId of new Set(due.map(({ delivery }) => delivery.accountId))) {
    const questions = due.filter(({ delivery }) => delivery.accountId === accountId)
    const timeline = await readTimeline(deps, accountId, oldestKnown(questions))
    deps.reached?.('watch-unkept')
    await db.write(async (tx) => {
      for (const question of questions) {
        const attempt = (await findAttempt(tx, question.attempt.id))!
        if (attempt.watchAt === null) continue
        if (timeline.ok && (await takeWhatShows(tx, deps, attempt, timeline.value))) continue
        const watchAt = timeline.ok
          ? nextWatch(deps, attempt)
          : askedAgain(deps, attempt, timeline.problem.until)
        await changeAttempt(tx, attempt.id, { watchAt })
      }
    })
  }
}

function nextWatch(deps: ReconcileDeps, attempt: Attempt): Date | null {
  const moments = timesOf(deps).watchesAfterSeconds.map((after) => later(attempt.answeredAt!, after * 1000))
  return moments.find((at) => at > deps.clock.machine()) ?? null
}

function askedAgain({ clock }: ReconcileDeps, attempt: Attempt, until: Date | null): Date | null {
  const at = laterOf(until, later(clock.machine(), ASKED_AGAIN))
  return at > later(attempt.answeredAt!, ASKED_FOR) ? null : at
}

/** Step: whether an attempt’s post is among these; then it is adopted, or told of. */
export async function takeWhatShows(
  tx: Writer,
  deps: ReconcileDeps,
  attempt: Attempt,
  timeline: NetworkPost[],
): Promise<boolean> {
  const delivery = (await findDelivery(tx, attempt.deliveryId))!
  // What is being sent once more has its own answer first.
  if (delivery.state === 'sending') return false
  const [from, until] = [later(attempt.at, -CLOCKS_DIFFER), await latest(tx, attempt)]
  const found = await candidates(
    tx,
    delivery,
    timeline.filter(({ createdAt }) => createdAt >= from && createdAt <= until),
    { ...attempt.sent, mediaCount: attempt.sent.mediaIds.length, newerThan: attempt.newestKnownId },
  )
  if (delivery.networkId !== null) return noteSecond(tx, deps, { attempt, delivery }, found)
  const why = GIVEN_UP[delivery.state]
  // Where people believe that nothing of it stands there, they are told of one, whichever of several that is.
  const only = why || found.length === 1 ? found.at(-1) : undefined
  if (!only) return false
  const post = { networkId: only.id, postedAt: only.createdAt }
  await adopt(tx, deps, { attempt, delivery, post, found: true })
  await adoptPartsAfter(tx, deps, delivery, timeline)
  const posted = (await findDelivery(tx, delivery.id))!
  if (why)
    await tellDeciders(tx, { deliveries: [posted], became: 'stands', why, cause: 'stands' }, tellingOf(deps))
  return true
}

/** Until when it was taken. What is younger than a repeat of which nobody knows either is the repeat, or the first one would be given up for it. */
async function latest(tx: Writer, { id, deliveryId, at }: Attempt): Promise<Date> {
  const taken = later(at, TAKEN_WITHIN)
  const repeat = (await attemptsOf(tx, deliveryId)).find(
    (one) => one.id !== id && one.at > at && (one.outcome === null || one.outcome === 'unknown'),
  )
  const repeated = repeat && later(repeat.at, -CLOCKS_DIFFER)
  return repeated && repeated < taken ? repeated : taken
}

/** The oldest of them is the one that was handed over first. */
async function noteSecond(
  tx: Writer,
  deps: ReconcileDeps,
  { attempt, delivery }: InQuestion,
  found: NetworkPost[],
): Promise<boolean> {
  const second = found.at(-1)
  if (!second || (await alikeInDoubt(tx, delivery)).length > 0) return false
  const telling = tellingOf(deps)
  await markAttemptPosted(tx, attempt.id, { networkId: second.id, machineNow: telling.machineNow })
  await noteSecondPost(tx, deps, { delivery, networkId: second.id, seen: true }, telling)
  return true
}

const ELSE_TAKE_DOWN = 'If it should not stand there, take it down.'

/** Nobody believes any more that it went out. */
const GIVEN_UP: Partial<Record<Delivery['state'], string>> = {
  cancelled: `It was cancelled, and X had taken it before that without telling us. ${ELSE_TAKE_DOWN}`,
  failed: `X refused it when it was sent once more, and had taken it before that without telling us. ${ELSE_TAKE_DOWN}`,
  abandoned: `Nobody knew whether X had taken it, and it was left so. X had taken it. ${ELSE_TAKE_DOWN}`,
}
