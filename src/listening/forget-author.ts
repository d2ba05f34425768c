import { randomUUID } from 'node:crypto'
import type { Writer } from '../db/database.ts'
import { forgottenBy, forgottenOf, hashesOf, wordsOfName, type Forgotten } from './forgotten.ts'
import { eraseEvidenceOf, insertForgotten, postsNaming, postsOfAuthor } from './removals-store.ts'
import { riseVersion, updatePost } from './store.ts'

/** Somebody who asked to be taken off our pages, as far as they are known. */
export interface Author {
  /** Null where only others named them. */
  authorNetworkId: string | null
  handle: string
  name: string
}

/**
 * Step: keeps nothing of what somebody said to an account, leaves their handle and name out of what others said, and takes
 * care that nothing of it comes back with the next look at the network. Returns the mask that leaves them out, and the network
 * ids of what they said.
 */
export async function forgetAuthor(
  tx: Writer,
  { accountId, requestId, author, now }: { accountId: string; requestId: string; author: Author; now: Date },
): Promise<{ forgotten: Forgotten; networkIds: string[] }> {
  const { authorNetworkId, handle, name } = author
  const kept = { accountId, authorNetworkId, ...hashesOf(author) }
  await insertForgotten(tx, { id: randomUUID(), requestId, at: now, ...kept })
  const theirs = authorNetworkId === null ? [] : await postsOfAuthor(tx, accountId, authorNetworkId)
  for (const post of theirs)
    await updatePost(tx, post.id, {
      authorHandle: '',
      authorName: '',
      text: '',
      lang: null,
      links: [],
      images: [],
      removedAt: post.removedAt ?? now,
      leftPage: post.chosenAt !== null || post.leftPage !== null ? 'asked' : null,
      chosenAt: null,
      chosenBy: null,
    })
  if (authorNetworkId !== null) await eraseEvidenceOf(tx, accountId, authorNetworkId)
  const { mask } = forgottenBy([kept])
  const named = [handle, wordsOfName(name).at(-1) ?? '']
  for (const { id, text, links, images, authorName } of await postsNaming(tx, accountId, named))
    await updatePost(tx, id, mask({ text, links, images, authorName }))
  await riseVersion(tx, accountId)
  return { forgotten: await forgottenOf(tx, accountId), networkIds: theirs.map(({ networkId }) => networkId) }
}
