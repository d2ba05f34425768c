import { dayOf } from '../calendar.ts'
import type { Post } from '../listening/posts.ts'
import { inLetters } from '../rota/pages.ts'
import type { GeneratedBlock } from './merge.ts'
import type { Block } from './recap.ts'
import { isTold, type Story } from './stories.ts'
import type { WeekFacts } from './week-facts.ts'

/** The story of a week as nobody has touched it: opening, day by day what was said, numbers, people, who comes next. */
export function generateBlocks(facts: WeekFacts): GeneratedBlock[] {
  const days = generateDays(facts)
  if (days.length === 0) return [block('opening', 'opening')]
  return [
    block('opening', 'opening'),
    ...days,
    block('numbers', 'numbers', 'The week, counted'),
    block('people', 'people', 'People who joined in'),
    block('next', 'next'),
  ]
}

/** Only the days: also what a running week's page shows. */
export function generateDays(facts: WeekFacts): GeneratedBlock[] {
  const byDay = new Map<string, Story[]>()
  for (const story of facts.stories.filter(isTold)) {
    const day = facts.dayOfPost(story.parts[0]!)
    byDay.set(day, [...(byDay.get(day) ?? []), story])
  }
  return [...byDay].flatMap(([day, stories]) => [
    block('day', `day:${day}`, dayLine(facts, day)),
    ...stories.map((story) => block(story.parts.length > 1 ? 'thread' : 'post', sourceOf(story))),
  ])
}

/** A thread keeps the source of its first part: so a post that goes on later stays the same block. */
export function sourceOf({ root }: Story): string {
  return `post:${root}`
}

/** The posts that are off the page with the blocks that somebody hid: what was said there, and all that was answered. */
export function hiddenPosts({ stories }: WeekFacts, blocks: readonly Tellable[]): Set<Post> {
  const hidden = new Set(blocks.flatMap((one) => (one.hidden ? [one.source] : [])))
  const off = stories.filter((story) => hidden.has(sourceOf(story)))
  return new Set(off.flatMap((story) => [...story.parts, ...story.conversation]))
}

/** The story with the headings of days that nobody worded as they are for what is not hidden. */
export function wordedAnew<B extends Tellable>(facts: WeekFacts, blocks: readonly B[]): B[] {
  const off = hiddenPosts(facts, blocks)
  return blocks.map((one) => {
    if (one.kind !== 'day' || one.byPerson) return one
    const heading = dayLine(facts, one.source.slice('day:'.length), off)
    return { ...one, content: { ...one.content, heading } }
  })
}

/** A block of a story: also of one that nobody has touched. */
export type Tellable = GeneratedBlock & Partial<Pick<Block, 'hidden' | 'byPerson'>>

/** What happened that day in a line: its event, else what was said, without the posts that are `off` the page. */
function dayLine(
  { events, own, theirs, account, dayOfPost }: WeekFacts,
  day: string,
  off: ReadonlySet<Post> = new Set(),
): string {
  const zone = account.timeZone
  const event = events.find((one) => dayOf(one.startsAt, zone) === day)
  if (event) return event.name
  const onDay = (post: Post) => !off.has(post) && dayOfPost(post) === day
  const ofThem = theirs.filter(onDay)
  const replies = ofThem.filter((post) => post.kind === 'reply').length
  if (!own.some(onDay)) return ofThem.length > 0 ? 'Heard that day' : 'Of that day'
  const posts = headline(own.filter(onDay).length, 'post', 'posts')
  return replies === 0 ? posts : `${posts}, ${lettered(replies, 'reply', 'replies')}`
}

function headline(count: number, one: string, many: string): string {
  const words = lettered(count, one, many)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** "one reply", "41 replies" */
function lettered(count: number, one: string, many: string): string {
  return `${inLetters(count)} ${count === 1 ? one : many}`
}

const FIGURES = new Intl.NumberFormat('en-GB')

/** "1,204" */
export function figure(count: number): string {
  return FIGURES.format(count)
}

/** "1 post", "1,204 posts" */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${figure(count)} ${count === 1 ? one : many}`
}

function block(kind: GeneratedBlock['kind'], source: string, heading?: string): GeneratedBlock {
  return { kind, source, content: heading === undefined ? {} : { heading } }
}
