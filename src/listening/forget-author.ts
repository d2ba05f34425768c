import { randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { Reader, Writer } from '../db/database.ts'
import { forgottenOf, hashesOf, wordsOfName } from './forgotten.ts'
import { eraseEvidenceOf, eraseSaid, insertForgotten, postsAfter } from './removals-store.ts'
import { findPost, updatePost } from './store.ts'

/** Somebody who asked to be taken off our pages, as far as they are known. */
export interface Author {
  /** Null where only others named them. */
  authorNetworkId: string | null
  handle: string
  name: string
}

/** So many posts are looked at before anybody else has a turn. */
const POSTS_AT_ONCE = 500

/**
 * The ids of the posts of an account in which one of these people is named, in whatever case and alphabet. It looks at all that
 * was ever said, a little at a time, and lets others work in between.
 */
export async function postsNaming(
  read: Reader,
  accountId: string,
  authors: readonly Author[],
): Promise<string[]> {
  const names = authors
    .flatMap(({ handle, name }) => [handle, wordsOfName(name).at(-1) ?? ''])
    .filter((name) => name !== '')
    .map((name) => name.toLowerCase())
  const found: string[] = []
  for (let after = ''; ;) {
    const some = await postsAfter(read, accountId, { after, limit: POSTS_AT_ONCE })
    for (const { id, ...said } of some) {
      const words = JSON.stringify(said).toLowerCase()
      if (names.some((name) => words.includes(name))) found.push(id)
    }
    if (some.length < POSTS_AT_ONCE) return found
    after = some.at(-1)!.id
    await setImmediate()
  }
}

/**
 * Step: nothing of what somebody said to an account is kept any more, and nothing of it comes back with the next look at the
 * network. `authors` are the handles and names that one person had.
 */
export async function forgetAuthor(
  tx: Writer,
  {
    accountId,
    requestId,
    authors,
    now,
  }: { accountId: string; requestId: string; authors: readonly Author[]; now: Date },
): Promise<void> {
  for (const author of authors) {
    const { authorNetworkId } = author
    const kept = { accountId, authorNetworkId, ...hashesOf(author) }
    await insertForgotten(tx, { id: randomUUID(), requestId, at: now, ...kept })
  }
  for (const id of new Set(authors.flatMap(({ authorNetworkId }) => authorNetworkId ?? []))) {
    await eraseSaid(tx, accountId, id, now)
    await eraseEvidenceOf(tx, accountId, id)
  }
}

/** Step: leaves everybody who was taken off an account's pages out of these posts of others. */
export async function leaveOutOfPosts(tx: Writer, accountId: string, ids: readonly string[]): Promise<void> {
  const { mask } = await forgottenOf(tx, accountId)
  for (const id of ids) {
    const { text, links, images, authorName } = (await findPost(tx, id))!
    const said = { text, links, images, authorName }
    const left = mask(said)
    if (JSON.stringify(left) !== JSON.stringify(said)) await updatePost(tx, id, left)
  }
}
