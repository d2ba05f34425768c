import { findAccount } from '../accounts/accounts.ts'
import { usableToken, type ConnectionDeps } from '../accounts/connection.ts'
import { heedingLimits } from '../accounts/heed-limits.ts'
import { metered } from '../charges/metered-network.ts'
import type { Writer } from '../db/database.ts'
import { Conflict, Refused } from '../errors.ts'
import type { NetworkPost } from '../networks/network.ts'
import { problemInWords } from '../networks/problem-in-words.ts'
import type { Actor } from '../people/person.ts'
import { keepPost } from './keep.ts'
import { findPostOnNetwork, setChosen, type Post } from './store.ts'

/**
 * Reads one post of the network, as the account sees it; it costs what reading a post costs.
 * @throws Refused under `address` where nothing is shown there, Conflict when the network can't be asked now.
 */
export async function lookUpPost(
  deps: ConnectionDeps,
  accountId: string,
  networkId: string,
): Promise<{ read: NetworkPost; networkUserId: string }> {
  const token = await usableToken(deps, accountId)
  const account = (await findAccount(deps.db.read, accountId))!
  const network = metered({ ...deps, network: heedingLimits(deps, accountId) }, account)
  const answer = token.ok ? await network.posts(token.accessToken, [networkId]) : token
  if (!answer.ok || !token.ok)
    throw new Conflict(
      `The post can’t be read now. ${answer.ok ? '' : problemInWords(answer.problem)} Please try again later.`,
    )
  const [read] = answer.value
  if (!read)
    throw new Refused({
      address: 'X shows no such post: it was deleted, or its author shows it to few people.',
    })
  return { read, networkUserId: token.networkUserId }
}

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
