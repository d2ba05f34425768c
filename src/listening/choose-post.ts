import { record } from '../activity/record.ts'
import type { Database, Writer } from '../db/database.ts'
import { Conflict, NotAllowed, NotFound } from '../errors.ts'
import type { Actor } from '../people/person.ts'
import { findWeek } from '../rota/weeks.ts'
import { mayChoose, mayReadConversation } from './post.ts'
import { findPost, setChosen, type Post } from './store.ts'

/**
 * Puts what somebody said on the week's page, or takes it off; done twice it is done once. Nothing of a stranger's is
 * public without it.
 * @throws NotFound when it does not belong to a week whose conversation the person may read.
 * @throws NotAllowed for those who read but don't choose.
 * @throws Conflict when it was deleted on the network meanwhile, or the desk hid it.
 */
export async function choosePost(
  db: Database,
  { postId, chosen, actor, now }: { postId: string; chosen: boolean; actor: Actor; now: Date },
): Promise<Post> {
  return db.write((tx) => choose(tx, { postId, chosen, actor, now }))
}

/** Step: the same, in a transaction of somebody else's. */
export async function choose(
  tx: Writer,
  { postId, chosen, actor, now }: { postId: string; chosen: boolean; actor: Actor; now: Date },
): Promise<Post> {
  const post = await findPost(tx, postId)
  const week = post?.weekId ? await findWeek(tx, post.weekId) : undefined
  if (!post || post.kind === 'own' || !week || !mayReadConversation(actor, week, now)) throw new NotFound()
  if (!mayChoose(actor, week, now))
    throw new NotAllowed('The week’s host and the account’s leads choose what stands on its page.')
  if (post.removedAt) throw new Conflict('They deleted this meanwhile, so it can’t stand on the page.')
  if (post.hiddenAt && chosen)
    throw new Conflict('The team hid this meanwhile, so it can’t stand on the page.')
  const changed = await setChosen(tx, postId, chosen ? { at: now, by: actor.personId } : null)
  if (!changed) return post
  await record(tx, {
    accountId: post.accountId,
    kind: chosen ? 'post.chosen' : 'post.unchosen',
    personId: actor.personId,
    weekId: post.weekId,
    details: { name: post.authorName, handle: post.authorHandle },
    at: now,
  })
  return changed
}
