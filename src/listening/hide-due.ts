import { findAccount } from '../accounts/accounts.ts'
import { giveUpToken, usableToken, type ConnectionDeps } from '../accounts/connection.ts'
import { heedingLimits } from '../accounts/heed-limits.ts'
import { record } from '../activity/record.ts'
import type { Writer } from '../db/database.ts'
import { queueMail } from '../mail/outbox.ts'
import type { Answer, Problem } from '../networks/network.ts'
import { problemInWords } from '../networks/problem-in-words.ts'
import { listRoles } from '../people/people.ts'
import { changeHiding, dueHidings, nextHidingAt, type Hiding } from './hidings-store.ts'
import { aboutPost } from './leave-post.ts'
import { findPost, type Post } from './store.ts'

/**
 * Tells the network of all replies that are to be hidden there or shown again, also while the brake is on. Telling it twice
 * does no harm, so whatever has no clear answer is told again, later. Says when to come again, in machine time; null when
 * nothing waits.
 */
export async function hideDue(deps: ConnectionDeps): Promise<Date | null> {
  const { db, clock } = deps
  const failing = new Set<string>()
  for (const hiding of await dueHidings(db.read, clock.machine())) {
    if (failing.has(hiding.accountId)) continue
    const post = (await findPost(db.read, hiding.postId))!
    const answer = await tell(deps, hiding, post)
    await recordHiding(deps, { hiding, post, answer })
    if (!answer.ok && concernsAll(answer.problem)) failing.add(hiding.accountId)
  }
  return nextHidingAt(db.read)
}

/** Not of this reply, but of the account or the way to the network. */
function concernsAll({ code }: Problem): boolean {
  return ['unreachable', 'limited', 'unauthorised', 'credit'].includes(code)
}

/** Once, and once more with a new token where the network did not take the first. */
async function tell(deps: ConnectionDeps, hiding: Hiding, { networkId }: Post): Promise<Answer<void>> {
  const { accountId, hidden } = hiding
  const token = await usableToken(deps, accountId)
  if (!token.ok) return token
  const network = heedingLimits(deps, accountId)
  const answer = await network.hideReply(token.accessToken, networkId, hidden)
  if (answer.ok || answer.problem.code !== 'unauthorised') return answer
  const renewed = await usableToken(deps, accountId, { refused: token.accessToken })
  if (!renewed.ok) return renewed
  const again = await network.hideReply(renewed.accessToken, networkId, hidden)
  if (again.ok || again.problem.code !== 'unauthorised') return again
  const lost = await giveUpToken(deps, accountId, renewed.accessToken, again.problem)
  return lost.ok ? again : lost
}

/** Until it is told again after each failure in a row, the last one for all that follow. Minutes of machine time. */
export const HIDE_AGAIN_MINUTES = [1, 5, 15, 60]
/** After so many failures in a row people are told, though it goes on being tried; after a clear refusal at once. */
const TELL_AFTER = 3

async function recordHiding(
  deps: ConnectionDeps,
  { hiding, post, answer }: { hiding: Hiding; post: Post; answer: Answer<void> },
): Promise<void> {
  const { db, clock, settings } = deps
  const now = clock.now()
  const machineNow = clock.machine()
  await db.write(async (tx) => {
    const details = { ...aboutPost(post).details, hidden: hiding.hidden }
    const about = { ...aboutPost(post), details, personId: null, at: now }
    // What is gone from the network needs no hiding any more.
    if (answer.ok || answer.problem.code === 'not-found') {
      const done = await changeHiding(tx, hiding, { state: 'done', trouble: null, notBefore: null })
      if (done) await record(tx, { ...about, kind: 'post.hiding-done' })
      return
    }
    const { problem } = answer
    const waits = problem.code === 'limited' && problem.until !== null
    const tries = hiding.tries + (waits ? 0 : 1)
    const minutes = HIDE_AGAIN_MINUTES[Math.min(Math.max(tries, 1), HIDE_AGAIN_MINUTES.length) - 1]!
    const later = new Date(machineNow.getTime() + minutes * 60_000)
    const notBefore = waits && problem.until! > later ? problem.until! : later
    const passing = waits || (concernsAll(problem) && tries < TELL_AFTER)
    const telling = !passing && hiding.stuckAt === null
    const trouble = notYet(problem)
    const kept = await changeHiding(tx, hiding, {
      tries,
      notBefore,
      trouble,
      stuckAt: telling ? now : hiding.stuckAt,
    })
    if (!kept || !telling) return
    await record(tx, { ...about, kind: 'post.hiding-stuck', details: { ...details, reason: trouble } })
    await tellDesk(tx, { hiding, post, trouble, publicUrl: settings.publicUrl(), now, machineNow })
  })
}

/** Why the network does not do it yet, for people. */
function notYet(problem: Problem): string {
  switch (problem.code) {
    case 'limited':
      return 'X takes nothing more from this account for now. It is tried again by itself.'
    case 'unreachable':
      return 'X did not answer. It is tried again by itself.'
    case 'unauthorised':
      return `${problemInWords(problem)} It goes on as soon as the account is connected.`
    default:
      return `${problemInWords(problem)} It is tried again by itself; you can do it on X as well.`
  }
}

async function tellDesk(
  tx: Writer,
  {
    hiding,
    post,
    trouble,
    publicUrl,
    now,
    machineNow,
  }: { hiding: Hiding; post: Post; trouble: string; publicUrl: string; now: Date; machineNow: Date },
): Promise<void> {
  const account = (await findAccount(tx, post.accountId))!
  const what = hiding.hidden ? 'hidden' : 'shown again'
  for (const { person } of await listRoles(tx, post.accountId)) {
    await queueMail(tx, {
      accountId: post.accountId,
      personId: person.id,
      kind: 'hiding-stuck',
      to: person.email,
      subject: `A reply to @${account.handle} is not ${what} on X`,
      text: `Hello ${person.name},

A reply of ${post.authorName || `@${post.authorHandle}`} is to be ${what} on X, and is not yet. ${trouble}

On our own pages it counts already. The conversation: ${publicUrl}/weeks/${post.weekId}/conversation?show=${hiding.hidden ? 'hidden' : 'all'}
`,
      now,
      machineNow,
    })
  }
}
