import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { Answer, Network, Problem, RateLimit } from '../networks/network.ts'
import type { NetworkCall } from './account.ts'
import { findPause, keepPause, listAccounts } from './store.ts'

/** Step for a sandbox. */
export { shortenPauses } from './store.ts'

/** What heeding the network's limits needs. */
export interface LimitDeps {
  db: Database
  clock: Clock
  network: Network
}

/**
 * The network as one account may call it now. A call that X would not take before a time that it named is answered here,
 * without asking; and what each answer says of the calls that are left is kept, also over a restart. Sending is passed on
 * as it is, because nothing may be awaited between its claim and the post: see `keepLimit`.
 */
export function heedingLimits(deps: LimitDeps, accountId: string): Network {
  const { network } = deps
  const heed = async <T>(call: NetworkCall, ask: () => Promise<Answer<T>>): Promise<Answer<T>> => {
    const until = await pausedUntil(deps, accountId, call)
    if (until) return { ok: false, problem: notYet(until) }
    const answer = await ask()
    await keepLimit(deps, { accountId, call }, answer.ok ? { limit: answer.limit } : answer)
    return answer
  }
  const heeding: Partial<Network> = {
    uploadImage: (...given) => heed('upload', () => network.uploadImage(...given)),
    removePost: (...given) => heed('remove', () => network.removePost(...given)),
    hideReply: (...given) => heed('hide', () => network.hideReply(...given)),
    ownPosts: (...given) => heed('own-posts', () => network.ownPosts(...given)),
    mentions: (...given) => heed('mentions', () => network.mentions(...given)),
    replies: (...given) => heed('replies', () => network.replies(...given)),
    posts: (...given) => heed('posts', () => network.posts(...given)),
  }
  return Object.assign(Object.create(network) as Network, heeding)
}

/** Machine time; null when this account may make this call now. */
export async function pausedUntil(
  { db, clock }: { db: Pick<Database, 'read'>; clock: Clock },
  accountId: string,
  call: NetworkCall,
): Promise<Date | null> {
  const pause = await findPause(db.read, { accountId, call, reason: 'limited' })
  return pause && pause.until > clock.machine() ? pause.until : null
}

/** The answer that X would give. */
export function notYet(until: Date): Problem {
  return { code: 'limited', status: 429, detail: 'Too Many Requests', until }
}

/** X counts in windows of 15 minutes and of 24 hours. Milliseconds. */
const USUAL_WINDOW = 15 * 60_000
const LONGEST_WINDOW = 25 * 60 * 60_000

/** When a limit ends. An end that lies further ahead than any window of X is a defect of its answer, and nobody waits years for it. */
export function endOfWindow(named: Date, machineNow: Date): Date {
  const ahead = named.getTime() - machineNow.getTime()
  return ahead > LONGEST_WINDOW ? new Date(machineNow.getTime() + USUAL_WINDOW) : named
}

/**
 * Keeps what an answer said of the calls that are left: none before the limit's end when it is used up, for every account
 * when it is the limit of the app. X sends these headers with good answers too, so the call that it would refuse is
 * never made.
 */
export async function keepLimit(
  { db, clock }: Pick<LimitDeps, 'db' | 'clock'>,
  { accountId, call }: { accountId: string; call: NetworkCall },
  { limit, problem }: { limit?: RateLimit | undefined; problem?: Problem },
): Promise<void> {
  const ends = [
    problem?.code === 'limited' ? problem.until : null,
    limit?.remaining === 0 ? limit.resetsAt : null,
  ].filter((end) => end !== null)
  const machineNow = clock.machine()
  const until = new Date(Math.max(...ends.map((end) => endOfWindow(end, machineNow).getTime())))
  if (ends.length === 0 || until <= machineNow) return
  await db.write(async (tx) => {
    const concerned = limit?.wholeApp ? (await listAccounts(tx)).map(({ id }) => id) : [accountId]
    for (const each of concerned) await keepPause(tx, { accountId: each, call, reason: 'limited', until })
  })
}
