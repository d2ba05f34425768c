import { timeOf } from '../../calendar.ts'
import type { Post } from '../../listening/posts.ts'
import { dayCounts } from '../story/generate.ts'
import type { WeekFacts } from '../story/week-facts.ts'
import type { Charts } from '../week-page.ts'
import { capital, inLetters } from '../../words.ts'

/** Fewer replies make no busy hour. */
const BUSY = 3

/** Counted over the week's own days and all hours, in the account's zone; null while nobody answered. */
export function chartsOf({ own, theirs, days, account, dayOfPost }: WeekFacts): Charts | null {
  const replies = theirs.filter(({ kind }) => kind === 'reply')
  if (replies.length === 0) return null
  const byDay = new Map(days.map((day) => [day, { day, posts: 0, replies: 0 }]))
  const hours = Array.from({ length: 24 }, () => ({ posts: 0, replies: 0 }))
  const hourOf = rememberedHour(account.timeZone)
  const count = (posts: readonly Post[], what: 'posts' | 'replies') => {
    for (const post of posts) {
      const day = byDay.get(dayOfPost(post))
      if (day) day[what] += 1
      hours[hourOf(post.createdAt)]![what] += 1
    }
  }
  count(own, 'posts')
  count(replies, 'replies')
  return { days: [...byDay.values()], hours }
}

/** What a finished day came to, in a line: "Eight posts, two replies; busiest between 12:00 and 13:00." Null where nothing is left to say. */
export function daySummary(
  facts: WeekFacts,
  { day, title, off }: { day: string; title: string; off: ReadonlySet<Post> },
): string | null {
  const counts = dayCounts(facts, day, off)
  const busy = busiestHour(facts, day)
  const said = title === counts ? [] : [counts]
  if (busy)
    said.push(
      `busiest between ${busy.from}:00 and ${busy.from + 1}:00, with ${inLetters(busy.replies)} ${busy.replies === 1 ? 'reply' : 'replies'}`,
    )
  const line = said.join('; ')
  return line === '' ? null : `${capital(line)}.`
}

/** The hour of a day in which most people answered, the first of equals; null when hardly anybody did. */
function busiestHour(
  { theirs, account, dayOfPost }: WeekFacts,
  day: string,
): { from: number; replies: number } | null {
  const hours = new Map<number, number>()
  const hourOf = rememberedHour(account.timeZone)
  for (const post of theirs) {
    if (post.kind !== 'reply' || dayOfPost(post) !== day) continue
    const hour = hourOf(post.createdAt)
    hours.set(hour, (hours.get(hour) ?? 0) + 1)
  }
  const [from, replies] = [...hours].toSorted(
    ([one, few], [other, many]) => many - few || one - other,
  )[0] ?? [0, 0]
  return replies >= BUSY ? { from, replies } : null
}

const QUARTER = 15 * 60_000

/** The hour in the zone, 0 to 23; the zone's rules are asked once a quarter of an hour. */
function rememberedHour(zone: string): (at: Date) => number {
  const hours = new Map<number, number>()
  return (at) => {
    const quarter = Math.floor(at.getTime() / QUARTER)
    let hour = hours.get(quarter)
    if (hour === undefined) hours.set(quarter, (hour = Number(timeOf(at, zone).slice(0, 2))))
    return hour
  }
}
