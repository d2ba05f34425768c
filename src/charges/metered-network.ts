import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { Answer, Network, NetworkPost } from '../networks/network.ts'
import type { ChargedAccount, ChargeKind } from './charge.ts'
import { charge, chargeReads } from './charges.ts'

/** What costs by what comes back. Sending is charged where its answer is written down. */
export type Metered = Pick<
  Network,
  'me' | 'userByHandle' | 'uploadImage' | 'ownPosts' | 'mentions' | 'replies' | 'posts'
>

/**
 * A network that keeps what an account's calls cost, each once its answer is there. Charged is what came back: the posts
 * of every page, also where a later page failed. A call that failed as a whole costs nothing (X, "Pricing": per resource
 * returned), and a post that was read on the same day before, UTC, costs nothing.
 * Taking down and hiding are in no price that we know of, and are not counted.
 */
export function metered(
  { network, db, clock }: { network: Network; db: Database; clock: Clock },
  account: ChargedAccount,
  { weekId = null }: { weekId?: string | null } = {},
): Metered {
  const keep = (kind: ChargeKind) =>
    db.write((tx) => charge(tx, account, { kind, units: 1, weekId, at: clock.now() }))
  const read = async (kind: ChargeKind, asked: Promise<Answer<NetworkPost[]>>) => {
    const answer = await asked
    const networkIds = answer.given ?? (answer.ok ? answer.value.map(({ id }) => id) : [])
    if (networkIds.length > 0)
      await db.write((tx) => chargeReads(tx, account, { kind, networkIds, weekId, at: clock.now() }))
    return answer
  }
  return {
    me: async (...args) => {
      const answer = await network.me(...args)
      if (answer.ok) await keep('user-read')
      return answer
    },
    userByHandle: async (...args) => {
      const answer = await network.userByHandle(...args)
      if (answer.ok && answer.value) await keep('user-read')
      return answer
    },
    uploadImage: async (accessToken, image) => {
      const answer = await network.uploadImage(accessToken, image)
      if (answer.ok && image.alt !== '') await keep('description')
      return answer
    },
    ownPosts: (...args) => read('own-read', network.ownPosts(...args)),
    mentions: (...args) => read('own-read', network.mentions(...args)),
    replies: (...args) => read('post-read', network.replies(...args)),
    posts: (...args) => read('post-read', network.posts(...args)),
  }
}
