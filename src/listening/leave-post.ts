import { record } from '../activity/record.ts'
import type { Database, Reader } from '../db/database.ts'
import { Conflict, NotFound } from '../errors.ts'
import type { Actor } from '../people/person.ts'
import { findWeek, type Week } from '../rota/weeks.ts'
import { mayReadConversation } from './post.ts'
import { findPost, setLeft, type Post } from './store.ts'

/**
 * Says of what somebody said that it needs no answer, or that it does after all; done twice it is done once. Nothing becomes
 * of that on the network.
 * @throws NotFound when it does not belong to a week whose conversation the person may read.
 * @throws Conflict when it was deleted on the network meanwhile.
 */
export async function leavePost(
  db: Database,
  { postId, left, actor, now }: { postId: string; left: boolean; actor: Actor; now: Date },
): Promise<Post> {
  return db.write(async (tx) => {
    const { post } = await findSaid(tx, { postId, actor, now })
    const changed = await setLeft(tx, postId, left ? { at: now, by: actor.personId } : null)
    if (!changed) return post
    await record(tx, {
      ...aboutPost(post),
      kind: left ? 'post.left' : 'post.unleft',
      personId: actor.personId,
      at: now,
    })
    return changed
  })
}

/**
 * Step: what somebody said to a week whose conversation the person may read.
 * @throws NotFound when there is no such thing; Conflict when it was deleted on the network.
 */
export async function findSaid(
  read: Reader,
  { postId, actor, now }: { postId: string; actor: Actor; now: Date },
): Promise<{ post: Post; week: Week }> {
  const post = await findPost(read, postId)
  const week = post?.weekId ? await findWeek(read, post.weekId) : undefined
  if (!post || post.kind === 'own' || !week || !mayReadConversation(actor, week, now)) throw new NotFound()
  if (post.removedAt)
    throw new Conflict('They deleted this on X meanwhile, so there is nothing to do about it.')
  return { post, week }
}

/** For the record: whose words it concerns. */
export function aboutPost(post: Post) {
  return {
    accountId: post.accountId,
    weekId: post.weekId,
    details: { name: post.authorName, handle: post.authorHandle },
  }
}
