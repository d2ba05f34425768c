import { repliesTo, type Story } from './stories.ts'

/** Too few to say that people liked it. */
const FEWEST_LIKES = 3

/**
 * The account's own story whose opening post was liked most, of equals the one that was answered most; or the one that people
 * said it `shows`. Undefined where the network gives no likes or hardly any, and where none stands out.
 */
export function bestReceived(stories: readonly Story[], shows?: string): Story | undefined {
  const own = stories.filter(({ parts: [first] }) => first!.kind === 'own')
  const wanted = shows === undefined ? undefined : own.find(({ root }) => root === shows)
  if (wanted) return wanted
  const liked = mostOf(own, ({ parts: [first] }) => first!.numbers.likes ?? 0)
  if ((liked[0]?.parts[0]!.numbers.likes ?? 0) < FEWEST_LIKES) return undefined
  const best = mostOf(liked, (story) => repliesTo(story) ?? 0)
  return best.length === 1 ? best[0] : undefined
}

/** The account's own stories that people liked, the most liked first, of equals the most answered; those with hardly any likes left out. */
export function likedStories(stories: readonly Story[]): Story[] {
  const numbers = ({ parts: [first] }: Story) => first!.numbers
  return stories
    .filter((story) => story.parts[0]!.kind === 'own' && (numbers(story).likes ?? 0) >= FEWEST_LIKES)
    .toSorted((a, b) => numbers(b).likes! - numbers(a).likes! || (repliesTo(b) ?? 0) - (repliesTo(a) ?? 0))
}

function mostOf(stories: readonly Story[], count: (story: Story) => number): Story[] {
  const most = stories.reduce((known, story) => Math.max(known, count(story)), 0)
  return stories.filter((story) => count(story) === most)
}
