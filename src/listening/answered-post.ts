import type { Reader } from '../db/database.ts'
import type { AnsweredPost } from '../drafts/draft.ts'
import { findPostOnNetwork } from './store.ts'

/** The post that a draft is to answer, for the editor; null when we don't know it, or it is gone from the network. */
export async function findAnsweredPost(
  read: Reader,
  accountId: string,
  networkId: string,
): Promise<AnsweredPost | null> {
  const post = await findPostOnNetwork(read, accountId, networkId)
  if (!post || post.removedAt) return null
  return { handle: post.authorHandle, name: post.authorName, text: post.text }
}
