import { createHash } from 'node:crypto'
import { findAccountFor } from '../../accounts/change-account.ts'
import type { Reader } from '../../db/database.ts'
import { Conflict, NotAllowed, Refused } from '../../errors.ts'
import type { Actor } from '../../people/person.ts'
import { releaseBrake } from '../../publishing/brake.ts'
import { cancelDelivery, heldByBrake } from '../../publishing/deliveries.ts'
import { tellingOf } from '../../publishing/record-answer.ts'
import type { ReconcileDeps } from '../../publishing/settings.ts'
import { tellHostCancelled, tellHostLetGo } from '../../publishing/tell-host.ts'
import { canonicalJson } from '../freeze.ts'
import {
  decideToLetGo,
  findLetGoable,
  fingerprintAsSeen,
  refuseToLetGo,
  type LetGoable,
} from '../deliveries/let-go.ts'

/** What becomes of one post that the brake held: goes at its own time, at a new one, stays held, does not go at all. */
export type Fate = { kind: 'own' | 'stay' | 'cancel' } | { kind: 'time'; at: Date }

/** One post that the brake holds, or what is left of a thread. */
export interface HeldPost {
  /** Of its first part that is held. */
  id: string
  letGoable: LetGoable
  /** Why this person can't let it go at any time; null when they may. */
  whyNot: string | null
  /** Its own time is still ahead, and it may go then. */
  mayGoAtItsTime: boolean
}

/** All that the brake of an account holds, in the order of its times; a thread is one. */
export async function findHeldPosts(
  read: Reader,
  { accountId, actor, now }: { accountId: string; actor: Actor; now: Date },
): Promise<HeldPost[]> {
  const parts = await heldByBrake(read, accountId)
  const firsts = parts.filter(
    (part) => !parts.some((other) => other.decisionId === part.decisionId && other.position < part.position),
  )
  const posts: HeldPost[] = []
  for (const first of firsts) {
    const letGoable = await findLetGoable(read, first, actor)
    const whyNot = await whyNotAt(read, letGoable, { at: null, now })
    const late = first.dueAt <= now || (await whyNotAt(read, letGoable, { at: first.dueAt, now })) !== null
    const outside = whyNot instanceof Refused
    posts.push({
      id: first.id,
      letGoable,
      whyNot: whyNot && !outside ? whyNot.message : null,
      mayGoAtItsTime: (whyNot === null || outside) && !late,
    })
  }
  return posts
}

async function whyNotAt(
  read: Reader,
  letGoable: LetGoable,
  { at, now }: { at: Date | null; now: Date },
): Promise<Error | null> {
  try {
    await refuseToLetGo(read, letGoable, { at, now, brakeOn: 'ignore' })
    return null
  } catch (error) {
    if (error instanceof Refused || error instanceof Conflict || error instanceof NotAllowed) return error
    throw error
  }
}

/** One text for everything that the form shows: another one means that something changed. */
export function seenOf(posts: readonly HeldPost[]): string {
  const shown = posts.map(({ id, letGoable }) => [
    id,
    letGoable.goes.map(({ version }) => version),
    fingerprintAsSeen(letGoable),
  ])
  return createHash('sha256').update(canonicalJson(shown)).digest('hex')
}

/**
 * Releases the brake and says of each post that it held what becomes of it, all in one transaction, with a decision for each
 * that goes. What nobody says anything of stays held.
 * @throws Conflict when something is not as the form showed it, Refused with keys like `day-ID`; then nothing is done.
 */
export async function releaseWithFates(
  deps: Pick<ReconcileDeps, 'db' | 'clock' | 'settings'>,
  {
    accountId,
    actor,
    seen,
    fates,
  }: { accountId: string; actor: Actor; seen: string; fates: ReadonlyMap<string, Fate> },
): Promise<{ goes: number; cancelled: number; stays: number }> {
  const telling = tellingOf(deps)
  const { now } = telling
  return deps.db.write(async (tx) => {
    const account = await findAccountFor(tx, accountId, actor)
    if (!account.brakeAt)
      throw new Conflict('The brake is off by now: somebody released it, or it ended by itself.')
    const posts = await findHeldPosts(tx, { accountId, actor, now })
    if (seenOf(posts) !== seen)
      throw new Conflict(
        'Something changed since you opened this page. Nothing was done; here is how it stands now, with what you chose.',
      )
    await releaseBrake(tx, { account, actor, ...telling })
    const done = { goes: 0, cancelled: 0, stays: 0 }
    const refused: Record<string, string> = {}
    for (const post of posts) {
      const fate = fates.get(post.id) ?? { kind: 'stay' }
      if (fate.kind === 'stay') {
        done.stays++
      } else if (fate.kind === 'cancel') {
        for (const part of post.letGoable.goes)
          await cancelDelivery(tx, part, { personId: actor.personId, now })
        await tellHostCancelled(tx, post.letGoable.delivery, actor, telling)
        done.cancelled++
      } else {
        const { delivery } = post.letGoable
        const at = fate.kind === 'time' ? fate.at : delivery.dueAt
        const why = await whyNotAt(tx, post.letGoable, { at, now })
        if (why) {
          Object.assign(refused, refusalFor(post.id, fate.kind, why))
        } else {
          await decideToLetGo(tx, post.letGoable, { at, actor, now })
          // At its own time nothing is new for its host, and that things go out again they are told.
          if (fate.kind === 'time') await tellHostLetGo(tx, delivery, { at, by: actor }, telling)
        }
        done.goes++
      }
    }
    if (Object.keys(refused).length > 0) throw new Refused(refused)
    return done
  })
}

function refusalFor(id: string, kind: 'own' | 'time', why: Error): Record<string, string> {
  if (kind === 'own' || !(why instanceof Refused)) return { [`choice-${id}`]: why.message }
  return Object.fromEntries(Object.entries(why.fields).map(([field, text]) => [`${field}-${id}`, text]))
}
