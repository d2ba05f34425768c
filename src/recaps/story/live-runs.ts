import { isTold, type Story } from './stories.ts'
import type { WeekFacts } from './week-facts.ts'

/** An event that was told while it went on, with what was told of it. */
export interface LiveRun {
  event: { id: string; name: string; place: string; hashtag: string }
  startsAt: Date
  endsAt: Date
  /** What the account said, and chosen mentions of it, in time. */
  members: Story[]
}

/** One post from an event is a post. */
const FEWEST = 2

/**
 * The events of a week that were told live: while an event's window was open the account began to say at least two things.
 * What falls into two windows belongs to the one that opened first.
 */
export function liveRuns({ stories, windows }: Pick<WeekFacts, 'stories' | 'windows'>): LiveRun[] {
  const taken = new Set<Story>()
  return windows.flatMap(({ event, startsAt, endsAt }) => {
    const members = stories.filter((story) => {
      const [first] = story.parts
      const during = first!.createdAt >= startsAt && first!.createdAt <= endsAt
      return during && isTold(story) && !taken.has(story)
    })
    if (members.filter(({ parts: [first] }) => first!.kind === 'own').length < FEWEST) return []
    for (const story of members) taken.add(story)
    return [{ event, startsAt, endsAt, members }]
  })
}
