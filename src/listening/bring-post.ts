import { findAccount } from '../accounts/accounts.ts'
import type { Writer } from '../db/database.ts'
import { Conflict, Refused } from '../errors.ts'
import type { NetworkPost } from '../networks/network.ts'
import type { Actor } from '../people/person.ts'
import { keepPost } from './keep.ts'
import { findPostOnNetwork, setChosen, type Post } from './store.ts'

/**
 * Step: keeps a post of anybody's that somebody brought to a page by its address, chosen for it, so that it is looked up again
 * and goes from the page when its author deletes it.
 * @throws Refused under `address` for the words of somebody who asked to be taken off our pages.
 */
export async function bringPost(
  tx: Writer,
  {
    accountId,
    read,
    networkUserId,
    actor,
    now,
  }: { accountId: string; read: NetworkPost; networkUserId: string; actor: Actor; now: Date },
): Promise<Post> {
  const account = (await findAccount(tx, accountId))!
  await keepPost(tx, account, { networkUserId, post: read, now })
  const post = await findPostOnNetwork(tx, accountId, read.editHistory[0] ?? read.id)
  if (!post)
    throw new Refused({ address: 'Its author asked to be taken off our pages, so it can’t stand here.' })
  if (post.removedAt || post.hiddenAt)
    throw new Conflict('It was deleted or hidden, so it can’t stand on the page.')
  if (post.kind === 'own' || post.chosenAt) return post
  return (await setChosen(tx, post.id, { at: now, by: actor.personId })) ?? post
}
