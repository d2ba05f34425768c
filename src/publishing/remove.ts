import { heedingLimits } from '../accounts/heed-limits.ts'
import { giveUpToken, usableToken, type UsableToken } from '../accounts/connection.ts'
import type { Answer, Problem } from '../networks/network.ts'
import { problemInWords } from '../networks/problem-in-words.ts'
import { keepLease, type Lease } from './lease.ts'
import { tellingOf } from './record-answer.ts'
import { changeSecondPost, secondPostsToRemove, type SecondPost } from './second-posts-store.ts'
import { later, laterOf, timesOf, type PublisherDeps } from './settings.ts'
import { changeRemoval, findRemoval, isAnyStuck, standingRemovals } from './removals-store.ts'
import { changeDelivery, findDelivery, type Delivery } from './store.ts'
import { tellDeciders } from './tell-deciders.ts'
import { recordOf } from './trouble.ts'

/**
 * Takes down what people took down, also while the brake is on. Asking twice does no harm, so whatever has no clear answer
 * is asked again, later. An account whose network fails is left in peace until the next run.
 * @throws LeaseLost
 */
export async function removeAllDue(
  deps: PublisherDeps,
  lease: Lease,
  isStopping: () => boolean,
): Promise<void> {
  const failing = new Set<string>()
  for (;;) {
    const machineNow = deps.clock.machine()
    const due = (await listUnwanted(deps)).find(
      ({ accountId, notBefore }) =>
        !failing.has(accountId) && (notBefore === null || notBefore <= machineNow),
    )
    if (!due || isStopping()) return
    const answer = await remove(deps, lease, due)
    await due.record(answer)
    if (!answer.ok && concernsAll(answer.problem)) failing.add(due.accountId)
  }
}

/** A post that is to go, and how to write down what the network said to that. */
interface Unwanted {
  accountId: string
  networkId: string
  networkUserId: string | null
  notBefore: Date | null
  record(answer: Answer<void>): Promise<void>
}

async function listUnwanted(deps: PublisherDeps): Promise<Unwanted[]> {
  const parts = (await standingRemovals(deps.db.read)).map((part) => ({
    ...part,
    networkId: part.networkId!,
    record: (answer: Answer<void>) => recordRemoval(deps, part.id, answer),
  }))
  const seconds = (await secondPostsToRemove(deps.db.read)).map(({ second, delivery }) => ({
    ...second,
    networkUserId: delivery.networkUserId,
    record: (answer: Answer<void>) => recordSecondRemoval(deps, second, delivery, answer),
  }))
  return [...parts, ...seconds]
}

/** Not of this post, but of the account or the way to the network. */
function concernsAll({ code }: Problem): boolean {
  return ['unreachable', 'limited', 'unauthorised', 'credit'].includes(code)
}

/** Asks once, and once more with a new token where the network did not take the first. */
async function remove(deps: PublisherDeps, lease: Lease, unwanted: Unwanted): Promise<Answer<void>> {
  const { accountId, networkUserId } = unwanted
  const token = await usableToken(deps, accountId)
  if (!token.ok) return token
  if (networkUserId !== null && networkUserId !== token.networkUserId) return anotherAccount
  const answer = await askOnce(deps, lease, unwanted, token)
  if (answer.ok || answer.problem.code !== 'unauthorised') return answer
  const renewed = await usableToken(deps, accountId, { refused: token.accessToken })
  if (!renewed.ok) return renewed
  const again = await askOnce(deps, lease, unwanted, renewed)
  if (again.ok || again.problem.code !== 'unauthorised') return again
  const lost = await giveUpToken(deps, accountId, renewed.accessToken, again.problem)
  return lost.ok ? again : lost
}

async function askOnce(
  deps: PublisherDeps,
  lease: Lease,
  { accountId, networkId }: Unwanted,
  token: Extract<UsableToken, { ok: true }>,
): Promise<Answer<void>> {
  const until = later(deps.clock.machine(), timesOf(deps).leaseMs)
  await deps.db.write((tx) => keepLease(tx, lease, until))
  return heedingLimits(deps, accountId).removePost(token.accessToken, networkId).catch(brokenOff)
}

const anotherAccount: { ok: false; problem: Problem } = {
  ok: false,
  problem: {
    code: 'unauthorised',
    status: null,
    detail: 'The account that is connected is another one than this stands on.',
    until: null,
  },
}

/** The port promises answers, not exceptions. */
function brokenOff(error: unknown): { ok: false; problem: Problem } {
  const detail = error instanceof Error ? error.message : String(error)
  return { ok: false, problem: { code: 'unreachable', status: null, detail, until: null } }
}

/** After so many failures in a row people are told, though it goes on being tried. */
const TELL_AFTER = 3

/** Writes down what the network said, whoever has the lease by then. */
async function recordRemoval(deps: PublisherDeps, deliveryId: string, answer: Answer<void>): Promise<void> {
  await deps.db.write(async (tx) => {
    const telling = tellingOf(deps)
    const delivery = await findDelivery(tx, deliveryId)
    const removal = await findRemoval(tx, deliveryId)
    if (delivery?.state !== 'removing' || !removal) return
    if (answer.ok) {
      await changeDelivery(tx, delivery, { state: 'removed', trouble: null, notBefore: null })
      return recordOf(tx, delivery, 'delivery.removed', {}, telling.now)
    }
    const { problem } = answer
    const trouble = stillThere(problem)
    const waits = problem.code === 'limited' && problem.until !== null
    const tries = waits ? removal.tries : removal.tries + 1
    const passing = waits || (isPassing(problem) && tries < TELL_AFTER)
    const notBefore = waits
      ? laterOf(problem.until, later(telling.machineNow, timesOf(deps).retryMs))
      : later(telling.machineNow, pause(deps, problem, tries))
    await changeDelivery(tx, delivery, { trouble, notBefore })
    if (passing || removal.stuckAt) return changeRemoval(tx, deliveryId, { tries, stuckAt: removal.stuckAt })
    const first = !(await isAnyStuck(tx, delivery.decisionId))
    await changeRemoval(tx, deliveryId, { tries, stuckAt: telling.now })
    await recordOf(tx, delivery, 'delivery.removal-stuck', { reason: trouble }, telling.now)
    const told = { deliveries: [delivery], became: 'stuck', why: trouble, cause: 'stuck' } as const
    if (first) await tellDeciders(tx, told, telling)
  })
}

async function recordSecondRemoval(
  deps: PublisherDeps,
  second: SecondPost,
  delivery: Delivery,
  answer: Answer<void>,
): Promise<void> {
  await deps.db.write(async (tx) => {
    const telling = tellingOf(deps)
    if (answer.ok) {
      if (await changeSecondPost(tx, second, { state: 'removed', trouble: null, notBefore: null }))
        await recordOf(tx, delivery, 'delivery.second-removed', {}, telling.now)
      return
    }
    const { problem } = answer
    const trouble = stillThere(problem)
    const tries = second.tries + 1
    const pausedUntil = later(telling.machineNow, pause(deps, problem, tries))
    const notBefore = laterOf(problem.until, pausedUntil)
    if (!(await changeSecondPost(tx, second, { tries, trouble, notBefore }))) return
    const became = delivery.state === 'posted' ? 'twice' : 'stands'
    const told = { deliveries: [delivery], became, why: trouble, cause: became } as const
    if (tries === TELL_AFTER) await tellDeciders(tx, told, telling)
  })
}

function isPassing({ code }: Problem): boolean {
  return code === 'unreachable' || code === 'limited'
}

/** Milliseconds. A permission may come back at any time, and asking for it costs nothing. */
function pause(deps: PublisherDeps, problem: Problem, tries: number): number {
  const { removalRetriesMs, retryMs } = timesOf(deps)
  if (problem.code === 'unauthorised') return retryMs
  const last = removalRetriesMs.length - 1
  return removalRetriesMs[isPassing(problem) ? Math.min(tries - 1, last) : last]!
}

/** Why a post stands there still, for people. */
function stillThere(problem: Problem): string {
  switch (problem.code) {
    case 'limited':
      return 'X takes nothing more from this account for now. It is tried again by itself.'
    case 'unreachable':
      return `${problemInWords(problem)} It is tried again by itself.`
    case 'unauthorised':
      return `${problemInWords(problem)} It is taken down as soon as the right account is connected.`
    default:
      return `${problemInWords(problem)} It is tried again by itself; you can delete it on X as well.`
  }
}
