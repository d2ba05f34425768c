import { dayOf, addDays } from '../calendar.ts'
import type { Reader } from '../db/database.ts'
import { bestReceived } from '../recaps/story/best-received.ts'
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
 * What good posts look like: of the account's latest weeks those that are over, each one's best received post, the most liked
 * first. What was taken down, or left the pages, is not among them.
 */
export async function goodPosts(
  read: Reader,
  { accountId, zone, now }: { accountId: string; zone: string; now: Date },
): Promise<GoodPost[]> {
  const today = dayOf(now, zone)
  const weeks = (await listWeeks(read, accountId, addDays(today, -LOOKED_BACK), today))
    .filter(({ week }) => week.kind === 'hosted' && week.closesAt <= now)
    .slice(-MOST_WEEKS)
  const found: GoodPost[] = []
  for (const { week, host } of weeks) {
    const best = bestReceived((await weekFacts(read, week)).stories)
    const first = best?.parts[0]
    if (!first || !host || first.leftPage !== null) continue
    found.push({
      text: first.text,
      host: host.name,
      slot: week.slot,
      likes: first.numbers.likes ?? 0,
      replies: first.numbers.replies,
      alt: first.images.find(({ alt }) => alt)?.alt ?? null,
    })
  }
  return found.toSorted((a, b) => b.likes - a.likes).slice(0, SHOWN)
}
