import type { Reader } from '../db/database.ts'
import type { AnsweredPost } from '../drafts/draft.ts'
import { findAccount } from '../accounts/accounts.ts'
import { readable } from './being-cleared.ts'
import { speaksTo } from './post.ts'
import { findPostOnNetwork, type Post } from './store.ts'

/** The post that a draft is to answer, for the editor; null when we don't know it, or it is gone from the network. */
export async function findAnsweredPost(
  read: Reader,
  accountId: string,
  networkId: string,
): Promise<AnsweredPost | null> {
  const post = await findPostOnNetwork(read, accountId, networkId)
  if (!post || post.removedAt) return null
  const { authorHandle, authorName, text } = (await readable(read, accountId))(post)
  return {
    handle: authorHandle,
    name: authorName,
    text,
    summons: await speaksToUs(read, post),
  }
}

/** It names the account, or answers a post of ours: then its author expects an answer. Our own posts expect none. */
async function speaksToUs(read: Reader, post: Post): Promise<boolean> {
  const answered =
    post.replyTo === null ? undefined : await findPostOnNetwork(read, post.accountId, post.replyTo)
  const { handle } = (await findAccount(read, post.accountId))!
  return speaksTo(post, { handle, answersOurs: answered?.kind === 'own' })
}
