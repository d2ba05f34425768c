import { createHash } from 'node:crypto'
import type { Account } from '../../accounts/accounts.ts'
import { findAccountFor } from '../../accounts/change-account.ts'
import type { Reader, Writer } from '../../db/database.ts'
import { Conflict, NotAllowed, Refused } from '../../errors.ts'
import type { Actor } from '../../people/person.ts'
import { mailReleased } from '../../publishing/brake-mails.ts'
import { releaseBrake } from '../../publishing/brake.ts'
import {
  cancelDelivery,
  findDelivery,
  heldAside,
  heldByBrake,
  partsOf,
  type Delivery,
} from '../../publishing/deliveries.ts'
import { holdBack } from '../../publishing/hold-back.ts'
import { adoptIfInDoubt, lookForDoubtful, type Look } from '../../publishing/in-doubt.ts'
import { tellingOf } from '../../publishing/record-answer.ts'
import type { ReconcileDeps } from '../../publishing/settings.ts'
import { tellHostCancelled, tellHostLetGo } from '../../publishing/tell-host.ts'
import { canonicalJson } from '../freeze.ts'
import { decideToLetGo, findLetGoable, fingerprintAsSeen, refuseToLetGo, type LetGoable } from './let-go.ts'
import { inLetters, listInWords } from '../../words.ts'

/** Of what one form is about: of all that the brake of an account holds, or of a week’s posts that stepped aside for its live hours. */
export type HeldSet =
  { reason: 'brake'; accountId: string } | { reason: 'live'; accountId: string; weekId: string }

/** What becomes of one post that is held: goes at its own time, at a new one, stays held, does not go at all. */
export type Fate = { kind: 'stay' } | { kind: 'cancel' } | Going
type Going = { kind: 'own' } | { kind: 'time'; at: Date }

/** One post that is held, or what is left of a thread. */
export interface HeldPost {
  /** Of its first part that is held. */
  id: string
  letGoable: LetGoable
  /** Why this person can't let it go at any time; null when they may. */
  whyNot: string | null
  /** Its own time is still ahead, and it may go then. */
  mayGoAtItsTime: boolean
}

/** All of it, in the order of its times; a thread is one. */
export async function findHeldPosts(
  read: Reader,
  { set, actor, now }: { set: HeldSet; actor: Actor; now: Date },
): Promise<HeldPost[]> {
  const parts = await partsOfSet(read, set)
  const { reason } = set
  const firsts = parts.filter(
    (part) => !parts.some((other) => other.decisionId === part.decisionId && other.position < part.position),
  )
  const posts: HeldPost[] = []
  for (const first of firsts) {
    const letGoable = await findLetGoable(read, first, actor)
    const whyNot = await whyNotAt(read, letGoable, { at: null, now, reason })
    const late =
      first.dueAt <= now || (await whyNotAt(read, letGoable, { at: first.dueAt, now, reason })) !== null
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

async function partsOfSet(read: Reader, set: HeldSet): Promise<Delivery[]> {
  return set.reason === 'brake' ? heldByBrake(read, set.accountId) : heldAside(read, set.weekId)
}

async function whyNotAt(
  read: Reader,
  letGoable: LetGoable,
  { at, now, reason }: { at: Date | null; now: Date; reason: HeldSet['reason'] },
): Promise<Error | null> {
  try {
    await refuseToLetGo(read, letGoable, { at, now, brakeOn: BRAKE[reason] })
    return null
  } catch (error) {
    if (isRefusal(error)) return error
    throw error
  }
}

/** The form about what the brake holds releases the brake itself. */
const BRAKE = { brake: 'ignore', live: 'refuse' } as const

/** One text for everything that the form shows: another one means that something changed. */
export function seenOf(posts: readonly HeldPost[], { releases }: { releases: boolean }): string {
  const shown = posts.map(({ id, letGoable }) => [
    id,
    letGoable.goes.map(({ version }) => version),
    fingerprintAsSeen(letGoable),
  ])
  return createHash('sha256').update(canonicalJson({ shown, releases })).digest('hex')
}

/** What became of the posts of one form, by their number. */
export interface Decided {
  goes: number
  found: number
  cancelled: number
  stays: number
}

/**
 * Says of each post that is held what becomes of it, all in one transaction, with a decision for each that goes; where the
 * brake held them and is on, it is released. What nobody says anything of stays held. What X may have taken before is looked
 * for once more, and adopted.
 * @throws Conflict when something is not as the form showed it, Refused with keys like `day-ID`; then nothing is done.
 */
export async function decideHeld(
  deps: ReconcileDeps,
  { set, actor, seen, fates }: { set: HeldSet; actor: Actor; seen: string; fates: ReadonlyMap<string, Fate> },
): Promise<Decided & { released: boolean }> {
  const { db, clock } = deps
  const shown = await readAsShown(db.read, { set, actor, seen, now: clock.now() })
  const going = shown.posts.filter(
    ({ id }) => fates.get(id)?.kind === 'own' || fates.get(id)?.kind === 'time',
  )
  const look = await lookForDoubtful(
    deps,
    set.accountId,
    going.map(({ id }) => id),
  )
  const telling = tellingOf(deps)
  const { now } = telling
  return db.write(async (tx) => {
    const { account, posts, releases } = await readAsShown(tx, { set, actor, seen, now })
    if (releases) await releaseBrake(tx, { account, actor, ...telling })
    const done = { goes: 0, found: 0, cancelled: 0, stays: 0 }
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
        try {
          const became = await letGoAsSaid(tx, deps, post.letGoable, { fate, look, actor, set })
          done[became]++
        } catch (error) {
          if (!isRefusal(error)) throw error
          Object.assign(refused, refusalFor(post.id, fate.kind, error))
        }
      }
    }
    if (Object.keys(refused).length > 0) throw new Refused(refused)
    if (releases) await mailReleased(tx, { account, actor, done: decidedInWords(done), ...telling })
    return { ...done, released: releases }
  })
}

/** @throws NotFound, or Conflict when it is not as the form showed it. */
async function readAsShown(
  read: Reader,
  { set, actor, seen, now }: { set: HeldSet; actor: Actor; seen: string; now: Date },
): Promise<{ account: Account; posts: HeldPost[]; releases: boolean }> {
  const account = await findAccountFor(read, set.accountId, actor)
  const releases = set.reason === 'brake' && account.brakeAt !== null
  const posts = await findHeldPosts(read, { set, actor, now })
  if (seenOf(posts, { releases }) !== seen)
    throw new Conflict(
      'Something changed since you opened this page. Nothing was done; here is how it stands now, with what you chose.',
    )
  return { account, posts, releases }
}

/** "two go out and one stays held"; empty where nothing was held. */
export function decidedInWords(posts: Decided): string {
  const fates = [
    [posts.goes, 'goes out', 'go out'],
    [posts.found, 'stood on the account already', 'stood on the account already'],
    [posts.cancelled, 'is cancelled', 'are cancelled'],
    [posts.stays, 'stays held', 'stay held'],
  ] as const
  const said = fates
    .filter(([count]) => count > 0)
    .map(([count, one, several]) => `${inLetters(count)} ${count === 1 ? one : several}`)
  return listInWords(said)
}

/** What stands there already, and what follows it in its thread goes. @throws Refused, Conflict or NotAllowed when it can't go so. */
async function letGoAsSaid(
  tx: Writer,
  deps: ReconcileDeps,
  seen: LetGoable,
  { fate, look, actor, set }: { fate: Going; look: Look; actor: Actor; set: HeldSet },
): Promise<'found' | 'goes' | 'stays'> {
  const telling = tellingOf(deps)
  const { now } = telling
  const at = fate.kind === 'time' ? fate.at : seen.delivery.dueAt
  await refuseToLetGo(tx, seen, { at, now, brakeOn: BRAKE[set.reason] })
  const found = await adoptIfInDoubt(tx, deps, seen.delivery, look)
  const letGoable = found ? await findRest(tx, seen, { actor, set }) : seen
  if (!letGoable) return 'found'
  const asApproved = set.reason === 'brake' && fate.kind === 'own'
  await decideToLetGo(tx, letGoable, { at, actor, now, asApproved })
  if (asApproved && (await isHeldBack(tx, letGoable.delivery, now))) return 'stays'
  // At its own time nothing is new for its host, and that things go out again they are told.
  if (fate.kind === 'time') await tellHostLetGo(tx, letGoable.delivery, { at, by: actor }, telling)
  return found ? 'found' : 'goes'
}

/** Only the brake was in its way, and something else may be by now. */
async function isHeldBack(tx: Writer, delivery: Delivery, now: Date): Promise<boolean> {
  await holdBack(tx, delivery, now)
  return (await findDelivery(tx, delivery.id))?.state === 'held'
}

/** What still waits for a decision of a thread that stands further than was known. */
async function findRest(
  read: Reader,
  { delivery }: LetGoable,
  { actor, set }: { actor: Actor; set: HeldSet },
): Promise<LetGoable | null> {
  const parts = await partsOf(read, delivery.decisionId)
  const next = parts.find(({ state, heldReason }) => state === 'held' && heldReason === set.reason)
  return next ? findLetGoable(read, next, actor) : null
}

function isRefusal(error: unknown): error is Refused | Conflict | NotAllowed {
  return error instanceof Refused || error instanceof Conflict || error instanceof NotAllowed
}

function refusalFor(id: string, kind: 'own' | 'time', why: Error): Record<string, string> {
  if (kind === 'own' || !(why instanceof Refused)) return { [`choice-${id}`]: why.message }
  return Object.fromEntries(
    Object.entries(why.fields).map(([field, text]) => [
      `${field}-${id}`,
      // There is no “at once” to choose here.
      text.replace(', or “at once”', ''),
    ]),
  )
}
