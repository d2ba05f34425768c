import { isDeepStrictEqual } from 'node:util'
import { findAccount } from '../accounts/accounts.ts'
import { changeBrakeNote, changeBrakePass, setBrake } from '../accounts/brake.ts'
import { record } from '../activity/record.ts'
import { dayInWords, dayOf, timeInWords } from '../calendar.ts'
import type { Reader, Writer } from '../db/database.ts'
import { canonicalTextOfPost, canonicalTextOfSent } from '../networks/canonical-text.ts'
import type { NetworkPost } from '../networks/network.ts'
import { countPosts } from './brake.ts'
import { adopt, tellingOf } from './record-answer.ts'
import { CLOCKS_DIFFER, later, type ReconcileDeps } from './settings.ts'
import type { Payload } from './delivery.ts'
import type { Due } from './due-store.ts'
import { holdForBrake } from './held-store.ts'
import {
  findRestore,
  firstWrittenAt,
  forgetEveryPostSinceCopy,
  forgetPostsSinceCopy,
  keepPostsSinceCopy,
  listPostsSinceCopy,
  markCompared,
  putRestore,
  type PostSinceCopy,
} from './restores-store.ts'
import { adoptedAmong, findDelivery } from './store.ts'
import { holdDelivery } from './trouble.ts'

/** For so long a restore is told of, and compared with. Milliseconds. */
const IS_NEWS = 14 * 24 * 60 * 60_000

/**
 * Step: an account goes on from an older copy. What was taken back, changed or braked since then is not known here, so
 * nothing new goes out until somebody has looked. Product time.
 */
export async function noteRestore(
  tx: Writer,
  restore: { accountId: string; copyOf: Date; restoredAt: Date },
): Promise<void> {
  const { accountId, copyOf, restoredAt } = restore
  const earlier = await findRestore(tx, accountId)
  // While it is news, nothing else tells of what an earlier restore found, or is still to be compared for.
  if (earlier && !isNews(earlier, restoredAt)) await forgetEveryPostSinceCopy(tx, accountId)
  const isOpen = earlier && !earlier.comparedAt && earlier.copyOf < copyOf
  await putRestore(tx, isOpen ? { ...restore, copyOf: earlier.copyOf } : restore)
  const account = (await findAccount(tx, accountId))!
  const reason = whatIsLost(copyOf, account.timeZone)
  if (account.brakeAt) {
    // Whether it ends by itself, and what passes it, was decided before, and may have been taken back since.
    const on = await changeBrakePass(tx, account, { namedId: null, passId: null })
    await changeBrakeNote(tx, on, {
      reason: [on.brakeReason, reason].filter(Boolean).join(' '),
      endsAt: null,
    })
    await holdForBrake(tx, accountId)
    return
  }
  await setBrake(tx, account, { personId: null, now: restoredAt, reason })
  const held = countPosts(await holdForBrake(tx, accountId))
  await record(tx, {
    accountId,
    kind: 'account.brake-pulled',
    personId: null,
    details: { held, reason },
    at: restoredAt,
  })
}

function isNews({ restoredAt }: { restoredAt: Date }, now: Date): boolean {
  return now <= later(restoredAt, IS_NEWS)
}

/** Hosts read it as well as the desk: what they wrote since is not here either. */
function whatIsLost(copyOf: Date, zone: string): string {
  const at = `${dayInWords(dayOf(copyOf, zone))}, ${timeInWords(copyOf, zone)}`
  return `A backup was put back: this is how things stood on ${at}. What was written or decided here after that is lost. What waits is looked at before it goes out.`
}

/**
 * Step: after the first look at the account since a restore, keeps the posts that stand there and that the copy does not
 * know: what they were approved as is lost, but a draft of which the copy knows may be approved once more.
 */
export async function keepWhatIsNotKnown(
  tx: Writer,
  deps: Pick<ReconcileDeps, 'clock'>,
  accountId: string,
  timeline: NetworkPost[],
): Promise<void> {
  const restore = await findRestore(tx, accountId)
  if (!restore || restore.comparedAt) return
  const since = timeline.filter(({ createdAt }) => createdAt >= later(restore.copyOf, -CLOCKS_DIFFER))
  const ids = since.map(({ id }) => id)
  const known = await adoptedAmong(tx, accountId, ids)
  const unknown = since
    .filter(({ id }) => !known.has(id))
    .map((post) => ({
      accountId,
      networkId: post.id,
      text: canonicalTextOfPost(post),
      words: post.text,
      replyTo: post.replyTo,
      mediaCount: post.media.length,
      pollOptions: post.poll?.options.map(({ label }) => label) ?? [],
      postedAt: post.createdAt,
    }))
  await keepPostsSinceCopy(tx, unknown)
  await markCompared(tx, accountId, deps.clock.now())
}

/**
 * What is about to be sent may have gone out already, before the restore and after the copy that was put back: then it is
 * adopted or, when several look like it, held for people to say. Returns whether it was.
 */
export async function adoptFromBeforeRestore(
  deps: ReconcileDeps,
  { delivery: seen, partBefore }: Pick<Due, 'delivery' | 'partBefore'>,
): Promise<boolean> {
  const { db, clock } = deps
  const { accountId, draftId, position, payload } = seen
  const restore = await findRestore(db.read, accountId)
  if (!restore || !isNews(restore, clock.now())) return false
  const writtenAt = await firstWrittenAt(db.read, draftId)
  if (!writtenAt || writtenAt >= restore.restoredAt) return false
  const replyTo = position === 0 ? payload.replyTo : (partBefore?.networkId ?? null)
  if (position > 0 && replyTo === null) return false
  const isLike = likeness({ ...payload, replyTo }, writtenAt)
  return db.write(async (tx) => {
    const delivery = await findDelivery(tx, seen.id)
    if (delivery?.version !== seen.version || delivery.state !== 'waiting') return false
    const like = (await listPostsSinceCopy(tx, accountId)).filter(isLike)
    const [only, ...others] = like
    if (!only) return false
    if (others.length === 0) {
      await adopt(tx, deps, { attempt: null, delivery, post: only, found: true })
      return true
    }
    // People are asked once: when they let it go all the same, it goes.
    await forgetPostsSinceCopy(
      tx,
      accountId,
      like.map(({ networkId }) => networkId),
    )
    const trouble = 'More than one post there looks like it.'
    await holdDelivery(tx, delivery, { reason: 'undecided', trouble }, tellingOf(deps))
    return true
  })
}

/** Whether a post since the copy is what would be sent now. */
function likeness(payload: Payload, writtenAt: Date): (post: PostSinceCopy) => boolean {
  const { replyTo } = payload
  const text = canonicalTextOfSent({ text: payload.text, replyTo })
  const options = payload.poll?.options ?? []
  return (post) =>
    // What was written after a post stood there can't be it.
    writtenAt <= later(post.postedAt, CLOCKS_DIFFER) &&
    post.text === text &&
    post.replyTo === replyTo &&
    post.mediaCount === payload.images.length &&
    (post.pollOptions === null || isDeepStrictEqual(post.pollOptions, options))
}

/** What stands on the account since the copy with the words of a draft. */
export interface StandsSinceCopy {
  postedAt: Date
  /** So many of its parts would be adopted, from the first one on. */
  parts: number
  /** More than one post looks like its first part, so that people would be asked. */
  several: boolean
}

/** Step: of drafts that may be approved once more, by their ids, what sending them would find there already. */
export async function standingSinceCopy(
  read: Reader,
  { accountId, now }: { accountId: string; now: Date },
  written: { id: string; createdAt: Date; payloads: Payload[] }[],
): Promise<Map<string, StandsSinceCopy>> {
  const found = new Map<string, StandsSinceCopy>()
  const restore = await findRestore(read, accountId)
  if (!restore || !isNews(restore, now)) return found
  const posts = await listPostsSinceCopy(read, accountId)
  for (const { id, createdAt, payloads } of written) {
    if (createdAt >= restore.restoredAt) continue
    const [first, ...rest] = payloads
    const like = first ? posts.filter(likeness(first, createdAt)) : []
    let [last] = like
    if (!last) continue
    const standing = { postedAt: last.postedAt, parts: 1, several: like.length > 1 }
    for (const payload of rest) {
      const next: PostSinceCopy[] = posts.filter(likeness({ ...payload, replyTo: last.networkId }, createdAt))
      if (next.length !== 1) break
      last = next[0]!
      standing.parts += 1
    }
    found.set(id, standing)
  }
  return found
}

/** An account that goes on from an older copy, while that is news. */
export interface RestoredAccount {
  copyOf: Date
  restoredAt: Date
  /** Whether the network was looked at since then. */
  compared: boolean
  /** Until when this is told of. */
  newsUntil: Date
  /** What stands on the account since the copy, and is not known here, the oldest first. */
  unknownPosts: PostSinceCopy[]
}

export async function restoredLately(
  read: Reader,
  { accountId, now }: { accountId: string; now: Date },
): Promise<RestoredAccount | null> {
  const restore = await findRestore(read, accountId)
  if (!restore || !isNews(restore, now)) return null
  const { copyOf, restoredAt, comparedAt } = restore
  const newsUntil = later(restoredAt, IS_NEWS)
  const unknownPosts = await listPostsSinceCopy(read, accountId)
  return { copyOf, restoredAt, compared: comparedAt !== null, newsUntil, unknownPosts }
}
