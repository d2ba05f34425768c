import { dayOf } from '../../calendar.ts'
import type { Post } from '../../listening/posts.ts'
import type { Block, BlockKind, GeneratedBlock } from '../block.ts'
import { bestReceived } from './best-received.ts'
import { picturesOfWeek } from './gallery.ts'
import { liveRuns } from './live-runs.ts'
import { sharedLinks } from './shared-links.ts'
import { asks, chosenOf, isTold, toldPosts, type Story } from './stories.ts'
import type { WeekFacts } from './week-facts.ts'
import { weekWords } from './week-words.ts'
import { capital, inLetters } from '../../words.ts'

/** Fewer pictures are seen well enough where they were posted. */
const FEWEST_PICTURES = 3

/** The story of a week as nobody has touched it: opening, day by day what was said, what the week adds up to, who comes next. */
export function generateBlocks(facts: WeekFacts): GeneratedBlock[] {
  const days = generateDays(facts)
  if (days.length === 0) return [block('opening', 'opening')]
  const shown = facts.stories.filter(isTold).flatMap(toldPosts)
  return [
    block('opening', 'opening'),
    ...days,
    block('numbers', 'numbers', 'The week, counted'),
    ...(bestReceived(facts.stories.filter(isTold)) ? [block('best', 'best', 'Best received')] : []),
    ...(picturesOfWeek(shown, facts.pictures).length < FEWEST_PICTURES
      ? []
      : [block('gallery', 'gallery', 'Pictures of the week')]),
    ...(weekWords(shown, facts.account, facts.events).length > 0
      ? [block('words', 'words', 'What it was about')]
      : []),
    ...(sharedLinks(shown).length > 0 ? [block('links', 'links', 'Links shared')] : []),
    block('people', 'people', 'People who joined in'),
    block('next', 'next'),
    ...(facts.account.texts.takePart ? [block('join', 'join', 'Take part')] : []),
  ]
}

/** Only the days: also what a running week's page shows. */
export function generateDays(facts: WeekFacts): GeneratedBlock[] {
  const byDay = new Map<string, Story[]>()
  for (const story of facts.stories.filter(isTold)) {
    const day = facts.dayOfPost(story.parts[0]!)
    const known = byDay.get(day)
    if (known) known.push(story)
    else byDay.set(day, [story])
  }
  const runs = liveRuns(facts)
  return [...byDay].flatMap(([day, stories]) => [
    block('day', `day:${day}`, dayLine(facts, day)),
    ...stories.flatMap((story) => {
      const run = runs.find(({ members }) => members[0] === story)
      const told = block(kindOf(story), sourceOf(story))
      return run ? [block('live', `live:${run.event.id}`, run.event.name), told] : [told]
    }),
  ])
}

/** A thread keeps the source of its first part: so a post that goes on, or is answered, later stays the same block. */
export function sourceOf({ root }: Story): string {
  return `post:${root}`
}

function kindOf(story: Story): GeneratedBlock['kind'] {
  const chosen = chosenOf(story)
  if (chosen.length > 0) return asks(story) ? 'question' : 'conversation'
  return story.parts.length > 1 ? 'thread' : 'post'
}

/** The kinds that tell what was said. */
export const TELLING_KINDS: readonly BlockKind[] = ['post', 'thread', 'conversation', 'question']

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
export type Tellable = Pick<Block, 'source'> &
  Partial<Pick<Block, 'hidden' | 'pinned' | 'byPerson' | 'away' | 'choices'>> &
  { [K in BlockKind]: Pick<Extract<Block, { kind: K }>, 'kind' | 'content'> }[BlockKind]

/** What happened that day in a line: its event, else what was said, without the posts that are `off` the page. */
function dayLine(facts: WeekFacts, day: string, off: ReadonlySet<Post> = new Set()): string {
  const { events, account } = facts
  const event = events.find((one) => dayOf(one.startsAt, account.timeZone) === day)
  return event ? event.name : dayCounts(facts, day, off)
}

/** "Eight posts, two replies", without the posts that are `off` the page. */
export function dayCounts(
  { own, theirs, dayOfPost }: WeekFacts,
  day: string,
  off: ReadonlySet<Post> = new Set(),
): string {
  const onDay = (post: Post) => !off.has(post) && dayOfPost(post) === day
  const ofThem = theirs.filter(onDay)
  const replies = ofThem.filter((post) => post.kind === 'reply').length
  if (!own.some(onDay)) return ofThem.length > 0 ? 'Heard that day' : 'Of that day'
  const posts = headline(own.filter(onDay).length, 'post', 'posts')
  return replies === 0 ? posts : `${posts}, ${lettered(replies, 'reply', 'replies')}`
}

function headline(count: number, one: string, many: string): string {
  return capital(lettered(count, one, many))
}

/** "one reply", "41 replies" */
function lettered(count: number, one: string, many: string): string {
  return `${inLetters(count)} ${count === 1 ? one : many}`
}

const FIGURES = new Intl.NumberFormat('en-GB')

/** "1,204" */
export function figure(count: number): string {
  // Most figures are small, a page has hundreds of them, and the formatter is slow.
  return count < 1000 ? String(count) : FIGURES.format(count)
}

/** "1 post", "1,204 posts" */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${figure(count)} ${count === 1 ? one : many}`
}

function block(kind: GeneratedBlock['kind'], source: string, heading?: string): GeneratedBlock {
  return { kind, source, content: heading === undefined ? {} : { heading } }
}
