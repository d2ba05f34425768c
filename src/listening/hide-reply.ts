import { record } from '../activity/record.ts'
import type { Database, Reader } from '../db/database.ts'
import { Conflict, NotAllowed } from '../errors.ts'
import type { Actor } from '../people/person.ts'
import { saveWish, setHidden } from './hidings-store.ts'
import { aboutPost, findSaid } from './leave-post.ts'
import { mayHide } from './post.ts'
import { findPostOnNetwork, type Post } from './store.ts'

/**
 * Hides what somebody answered, or shows it again. Here it counts at once: a hidden reply is on no page and among no
 * suggestions, and has to be chosen anew when it is shown again. The network is told in the background until it knows.
 * @throws NotFound for a conversation that is not theirs, NotAllowed for who does not sit at the desk.
 * @throws Conflict for what the network does not let us hide, or what was deleted there.
 */
export async function hideReply(
  db: Database,
  { postId, hidden, actor, now }: { postId: string; hidden: boolean; actor: Actor; now: Date },
): Promise<Post> {
  return db.write(async (tx) => {
    const { post } = await findSaid(tx, { postId, actor, now })
    if (!mayHide(actor, post.accountId))
      throw new NotAllowed(
        'Replies are hidden by the account’s leads and approvers. Ask them for help with it.',
      )
    if (hidden && !(await canBeHidden(tx, post)))
      throw new Conflict('X lets us hide replies under our own posts only. This one stands somewhere else.')
    const changed = await setHidden(tx, postId, hidden ? { at: now, by: actor.personId } : null)
    if (!changed) return post
    await saveWish(tx, { postId, accountId: post.accountId, hidden })
    await record(tx, {
      ...aboutPost(post),
      kind: hidden ? 'post.hidden' : 'post.unhidden',
      personId: actor.personId,
      at: now,
    })
    return changed
  })
}

/** Step: the network hides replies only in conversations that the account began. */
async function canBeHidden(read: Reader, post: Post): Promise<boolean> {
  if (post.kind !== 'reply' || post.conversationId === null) return false
  return (await findPostOnNetwork(read, post.accountId, post.conversationId))?.kind === 'own'
}
