import { findAccount, type Account } from '../accounts/accounts.ts'
import { record } from '../activity/record.ts'
import type { Database, Reader, Writer } from '../db/database.ts'
import { NotFound } from '../errors.ts'
import type { Metered } from '../charges/metered-network.ts'
import type { Answer, NetworkPost, Problem } from '../networks/network.ts'
import { problemInWords } from '../networks/problem-in-words.ts'
import { idAt } from '../networks/x-ids.ts'
import { forgetPost, keepPost } from './keep.ts'
import {
  LISTEN_AFTER_CLOSE,
  LOOKED_UP_FOR,
  newerId,
  OLD_POSTS_EVERY,
  readAgainAfter,
  SEARCH_LAGS,
} from './post.ts'
import { lastLook, ownPostsSince, saveLook, standingPosts, type Look, type Post } from './store.ts'
import { weeksListenedTo } from './weeks-listened.ts'

const DAY = 86_400_000
/** X's recent search looks back so far. */
const SEARCHED = 7 * DAY

/** So that "hourly" is not every second look of an hourly listener. */
const GRACE = 60_000

/** Whose eyes we look with. */
export interface Ear {
  /** What it reads is kept with what it costs. */
  network: Pick<Metered, 'ownPosts' | 'mentions' | 'replies' | 'posts'>
  accessToken: string
  networkUserId: string
}

/**
 * One look at the network: the account's own new posts, who named it, who answered, and whether what we know still
 * stands and how it does. What was read is kept even when a later call fails; the failure is kept too, in plain words,
 * and given back.
 */
export async function listen(
  db: Database,
  { accountId, ear, now }: { accountId: string; ear: Answer<Ear>; now: Date },
): Promise<Problem | null> {
  const account = await findAccount(db.read, accountId)
  if (!account) throw new NotFound()
  const look = await lastLook(db.read, accountId)
  if (!ear.ok) {
    await db.write((tx) => saveLook(tx, accountId, { readAt: now, trouble: inWords(ear.problem) }))
    return ear.problem
  }
  const { networkUserId } = ear.value
  const begin = idAt(await beginning(db.read, account, now)).toString()

  const { network, accessToken } = ear.value
  const own = await network.ownPosts(accessToken, networkUserId, { sinceId: look?.newestOwnId ?? begin })
  await keepAll(db, account, { networkUserId, posts: own, now, mark: 'newestOwnId' })

  const mentions = await network.mentions(accessToken, networkUserId, {
    sinceId: look?.newestMentionId ?? begin,
  })
  await keepAll(db, account, { networkUserId, posts: mentions, now, mark: 'newestMentionId' })

  const replies = await repliesTo(db.read, account, { ear: ear.value, look, now })
  await keepAll(db, account, { networkUserId, posts: replies, now })

  const again = await lookAgain(db, account, { ear: ear.value, now })

  const problem = [own, mentions, replies, again].find((answer) => !answer.ok)?.problem ?? null
  await db.write((tx) =>
    saveLook(tx, accountId, {
      readAt: now,
      ...(problem ? { trouble: inWords(problem) } : { trouble: null, wellAt: now }),
    }),
  )
  return problem
}

/** What is older is not read at the first look: reading costs, and belongs to no week of ours. */
async function beginning(read: Reader, account: Account, now: Date): Promise<Date> {
  const first = (await weeksListenedTo(read, account, now))[0]
  return new Date((first?.opensAt ?? now).getTime() - DAY)
}

async function keepAll(
  db: Database,
  account: Account,
  {
    networkUserId,
    posts,
    now,
    mark,
  }: {
    networkUserId: string
    posts: Answer<NetworkPost[]>
    now: Date
    mark?: 'newestOwnId' | 'newestMentionId'
  },
): Promise<void> {
  if (!posts.ok || posts.value.length === 0) return
  const oldestFirst = posts.value.toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1))
  await db.write(async (tx) => {
    for (const post of oldestFirst) await keepPost(tx, account, { networkUserId, post, now })
    if (!mark) return
    const known = await lastLook(tx, account.id)
    await saveLook(tx, account.id, { [mark]: newerId(known?.[mark] ?? null, oldestFirst.at(-1)!.id) })
  })
}

/**
 * What was said in the conversations that our posts opened. X's search knows a post some time after it was written, so
 * the last stretch is asked for again each time.
 */
async function repliesTo(
  read: Reader,
  account: Account,
  { ear, look, now }: { ear: Ear; look: Look | undefined; now: Date },
): Promise<Answer<NetworkPost[]>> {
  const own = await ownPostsSince(read, account.id, new Date(now.getTime() - SEARCHED))
  const opened = own
    .filter((post) => post.removedAt === null && post.replyTo === null)
    .map((post) => post.conversationId ?? post.networkId)
  if (opened.length === 0) return { ok: true, value: [] }
  const since = Math.max(now.getTime() - SEARCHED, (look?.wellAt?.getTime() ?? 0) - SEARCH_LAGS)
  return ear.network.replies(ear.accessToken, [...new Set(opened)], {
    sinceId: idAt(new Date(since + 60_000)).toString(),
  })
}

/** Reads anew what was not read for long enough: numbers, edits, and whether it is still there. */
async function lookAgain(
  db: Database,
  account: Account,
  { ear, now }: { ear: Ear; now: Date },
): Promise<Answer<unknown>> {
  const since = new Date(now.getTime() - LISTEN_AFTER_CLOSE - 7 * DAY)
  const readBefore = new Date(now.getTime() - OLD_POSTS_EVERY + GRACE)
  const theirsSince = new Date(now.getTime() - LOOKED_UP_FOR)
  const standing = await standingPosts(db.read, account.id, { since, theirsSince, readBefore })
  const due = standing.filter((post) => isDue(post, now))
  if (due.length === 0) return { ok: true, value: null }
  const answer = await ear.network.posts(
    ear.accessToken,
    due.map((post) => post.networkId),
  )
  if (!answer.ok) return answer
  const edited = await newestVersions(ear, answer.value)
  const found = new Map(answer.value.map((post) => [post.id, post]))
  await db.write(async (tx) => {
    for (const post of [...answer.value, ...edited])
      await keepPost(tx, account, { networkUserId: ear.networkUserId, post, now })
    for (const post of due.filter(({ networkId }) => !found.has(networkId))) await vanished(tx, post, now)
  })
  return answer
}

function isDue(post: Post, now: Date): boolean {
  const every = readAgainAfter({ ...post, chosen: post.chosenAt !== null }, now)
  if (every === null) return false
  const read = post.numbersReadAt?.getTime()
  return read === undefined || (now.getTime() > read && now.getTime() - read + GRACE >= every)
}

/** A post edited since we know it: X shows each version under its own id, and names them all. */
async function newestVersions(ear: Ear, posts: NetworkPost[]): Promise<NetworkPost[]> {
  const newer = posts
    .map((post) => post.editHistory.at(-1) ?? post.id)
    .filter((id, index) => id !== posts[index]!.id)
  if (newer.length === 0) return []
  const answer = await ear.network.posts(ear.accessToken, newer)
  return answer.ok ? answer.value : []
}

async function vanished(tx: Writer, post: Post, now: Date): Promise<void> {
  await forgetPost(tx, post, now)
  if (post.kind !== 'own' && post.chosenAt === null) return
  await record(tx, {
    accountId: post.accountId,
    kind: 'post.vanished',
    personId: null,
    weekId: post.weekId,
    details: { own: post.kind === 'own', text: post.kind === 'own' ? post.text.slice(0, 80) : null },
    at: now,
  })
}

function inWords(problem: Problem): string {
  switch (problem.code) {
    case 'unauthorised':
      return 'X doesn’t accept our connection any more. Connect the account again.'
    case 'credit':
      return 'The account’s credit at X is used up, so replies can’t be fetched. Top it up at X.'
    case 'limited':
      return 'X lets us read no more for now. We go on by ourselves.'
    case 'unreachable':
      return 'X did not answer. We try again by ourselves.'
    default:
      return `X refused to show the replies. ${problemInWords(problem)}`
  }
}
