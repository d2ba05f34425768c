import { isDeepStrictEqual } from 'node:util'
import { canonicalTextOfPost, canonicalTextOfSent } from '../networks/canonical-text.ts'
import type { NetworkPost, Poll } from '../networks/network.ts'

/** What was sent, or may have been. */
export interface Sought {
  text: string
  replyTo: string | null
  mediaCount: number
  poll?: Poll | null | undefined
  /** Of the images that were uploaded for it. */
  mediaKeys: string[]
}

/**
 * The posts of an account's timeline that may be the one sought. A media key of ours proves a post; else the words as the
 * network shows them, the answered post, the number of pictures and
 * the options of a poll must agree. One: that is it. Several: nobody can tell.
 */
export function matching(sought: Sought, timeline: NetworkPost[]): NetworkPost[] {
  const proven = timeline.filter((post) =>
    post.media.some(({ mediaKey }) => sought.mediaKeys.includes(mediaKey)),
  )
  if (proven.length > 0) return proven
  const text = canonicalTextOfSent(sought)
  return timeline.filter(
    (post) =>
      post.replyTo === sought.replyTo &&
      post.media.length === sought.mediaCount &&
      isSamePoll(post, sought.poll) &&
      canonicalTextOfPost(post) === text,
  )
}

function isSamePoll(post: NetworkPost, poll: Poll | null | undefined): boolean {
  return isDeepStrictEqual(post.poll?.options.map(({ label }) => label) ?? [], poll?.options ?? [])
}

/** Network ids are numbers too large for JavaScript's own. */
export function isNewer(networkId: string, than: string | null): boolean {
  return than === null || BigInt(networkId) > BigInt(than)
}
