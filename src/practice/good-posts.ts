import { dayOf, addDays } from '../calendar.ts'
import type { Reader } from '../db/database.ts'
import { likedStories } from '../recaps/story/best-received.ts'
import type { Story } from '../recaps/story/stories.ts'
import { weekFacts } from '../recaps/story/week-facts.ts'
import { listWeeks } from '../rota/weeks.ts'

export interface GoodPost {
  /** Of a thread the first part. */
  text: string
  host: string
  slot: string
  likes: number
  replies: number | null
  /** It had a picture with a description: what that says. */
  alt: string | null
}

/** So many days back. */
const LOOKED_BACK = 182
/** So many weeks are read, the newest first. */
const MOST_WEEKS = 12
const SHOWN = 3

/**
 * What good posts look like: of the account's latest weeks those that are over, and of what was said in them the most liked
 * first. What was taken down, or left the pages, is not among it.
 */
export async function goodPosts(
  read: Reader,
  { accountId, zone, now }: { accountId: string; zone: string; now: Date },
): Promise<GoodPost[]> {
  const today = dayOf(now, zone)
  const weeks = (await listWeeks(read, accountId, addDays(today, -LOOKED_BACK), today))
    .filter(({ week }) => week.kind === 'hosted' && week.closesAt <= now)
    .slice(-MOST_WEEKS)
  const said: { story: Story; host: string; slot: string }[] = []
  for (const { week, host } of weeks) {
    const { stories } = await weekFacts(read, week)
    if (host) said.push(...stories.map((story) => ({ story, host: host.name, slot: week.slot })))
  }
  const byStory = new Map(said.map((one) => [one.story, one]))
  return likedStories([...byStory.keys()])
    .filter(({ parts: [first] }) => first!.leftPage === null)
    .slice(0, SHOWN)
    .map((story) => {
      const { host, slot } = byStory.get(story)!
      const { text, numbers, images } = story.parts[0]!
      const alt = images.find((image) => image.alt)?.alt ?? null
      return { text, host, slot, likes: numbers.likes!, replies: numbers.replies, alt }
    })
}
