import type { Reader } from '../db/database.ts'
import { forgottenBy, type Forgotten } from './forgotten.ts'
import { listBeingCleared } from './removals-store.ts'
import type { Post } from './store.ts'

/*
 * From the moment that somebody is taken off an account's pages until all that is stored has been gone through, whatever is
 * opened of it leaves them out. Most of the time there is nobody, and this is one small query.
 */

/** Whom nothing of an account may name at this moment; null while there is nobody. */
export async function beingCleared(read: Reader, accountId: string): Promise<Forgotten | null> {
  const people = await listBeingCleared(read, accountId)
  return people.length === 0 ? null : forgottenBy(people)
}

/** Posts of an account as they may be read at this moment, also by who is signed in. */
export async function readable(read: Reader, accountId: string): Promise<(post: Post) => Post> {
  const unnamed = await beingCleared(read, accountId)
  if (!unnamed) return (post) => post
  return ({ text, links, images, authorName, ...post }) => ({
    ...post,
    ...unnamed.mask({ text, links, images, authorName }),
  })
}
