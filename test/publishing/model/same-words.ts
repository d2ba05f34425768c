import type { NetworkPost } from '../../../src/networks/network.ts'
import { problem, type Scripted } from '../../support/network.ts'

/** X refuses for a while, from anybody, the words of a post that stands, whether it shows already or not. Milliseconds. */
const REFUSED_FOR = 15 * 60_000

export function standsLately(posts: NetworkPost[], text: string, now: Date): boolean {
  return posts.some((post) => post.text === text && now.getTime() - post.createdAt.getTime() < REFUSED_FOR)
}

/**
 * The network refuses what somebody posted by hand lately. What was sent through it may be sent again: where the app does
 * so it is to be seen.
 */
export function refusingWhatIsByHand(network: Scripted, now: () => Date): Pick<Scripted, 'sendPost'> {
  const { sendPost } = network
  return {
    async sendPost(token, post, options) {
      const byHand = network.timeline.filter(({ id }) => network.published.every((one) => one.id !== id))
      if (standsLately(byHand, post.text, now()))
        return { outcome: 'duplicate', problem: problem('duplicate') }
      return sendPost(token, post, options)
    },
  }
}
