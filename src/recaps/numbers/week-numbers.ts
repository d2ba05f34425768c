import { countOf } from '../story/generate.ts'
import { chartsOf } from './counts.ts'
import { momentOf } from './moment.ts'
import type { WeekFacts } from '../story/week-facts.ts'
import type { Count, Counted } from '../week-page.ts'

/** So long after its close a week's numbers still follow what the network tells, in milliseconds; then they stay. */
export const NUMBERS_SETTLE = 14 * 86_400_000

/** Fewer weeks before are no habit. */
const FEWEST_WEEKS = 3
/** So many weeks back a usual week is looked for. */
export const USUAL_OF = 12

/** What a week came to, from what we have of it; what the network does not give is left out. `before`: the account's earlier weeks. */
export function countWeek(facts: WeekFacts, before: readonly Counted[]): Counted {
  const zone = facts.account.timeZone
  const replies = facts.theirs.filter((post) => post.kind === 'reply')
  const seen = facts.own.filter((post) => post.numbers.impressions !== null)
  const numbers: Count[] = [{ what: 'posts', count: facts.own.length }]
  if (replies.length > 0) {
    numbers.push({ what: 'replies', count: replies.length })
    numbers.push({ what: 'people', count: new Set(replies.map((post) => post.authorNetworkId)).size })
  }
  if (seen.length > 0) {
    numbers.push({ what: 'seen', count: seen.reduce((sum, post) => sum + post.numbers.impressions!, 0) })
  }
  let oldest: Date | null = null
  for (const { numbersReadAt: at } of seen) if (at && (!oldest || at < oldest)) oldest = at
  return {
    numbers,
    readAt: facts.listenedAt && momentOf(facts.listenedAt, zone),
    seenReadAt: oldest && momentOf(oldest, zone),
    charts: chartsOf(facts),
    usual: usualOf(before),
    finalSince: null,
  }
}

/** The middle of the weeks before, number by number; null while there are too few. */
function usualOf(all: readonly Counted[]): Counted['usual'] {
  // A week in which nothing was posted says nothing of a usual one.
  const before = all.filter(({ numbers }) => numbers.some(({ what, count }) => what === 'posts' && count > 0))
  if (before.length < FEWEST_WEEKS) return null
  const numbers = (['posts', 'replies', 'people', 'seen'] as const).flatMap((what) => {
    const counts = before.flatMap((week) =>
      week.numbers.filter((one) => one.what === what).map(({ count }) => count),
    )
    return counts.length < FEWEST_WEEKS ? [] : [{ what, count: middleOf(counts) }]
  })
  return { weeks: before.length, numbers }
}

function middleOf(counts: readonly number[]): number {
  const inOrder = counts.toSorted((one, other) => one - other)
  const half = inOrder.length / 2
  return Math.round((inOrder[Math.floor(half)]! + inOrder[Math.ceil(half) - 1]!) / 2)
}

/** "31 posts, 118 replies from 63 people, seen 74,576 times" */
export function countsInWords(numbers: readonly Count[]): string {
  const counts = new Map(numbers.map(({ what, count }) => [what, count]))
  const [replies, people, seen] = [counts.get('replies'), counts.get('people'), counts.get('seen')]
  return [
    countOf(counts.get('posts') ?? 0, 'post'),
    replies === undefined
      ? ''
      : `${countOf(replies, 'reply', 'replies')}${people === undefined ? '' : ` from ${countOf(people, 'person', 'people')}`}`,
    seen === undefined ? '' : `seen ${countOf(seen, 'time')}`,
  ]
    .filter(Boolean)
    .join(', ')
}
