import { dayInWords, dayOf, timeInWords, weekdayName } from '../calendar.ts'
import type { Block, BlockKind } from './block.ts'
import type { Story } from './story/stories.ts'

export function kindLabel(block: Block, story: Story | undefined, zone: string): string {
  if (story) return timeInWords(story.parts[0]!.createdAt, zone)
  return KIND_LABELS[block.kind] ?? ''
}

const KIND_LABELS: Partial<Record<BlockKind, string>> = {
  live: 'Live',
  numbers: 'Count',
  best: 'Best',
  gallery: 'Pictures',
  words: 'Words',
  links: 'Links',
  people: 'People',
  reflection: 'Looking back',
  text: 'Written',
  heading: 'Heading',
  picture: 'Picture',
  quote: 'Quote',
  brought: 'Brought in',
  next: 'Next',
  join: 'Take part',
}

const DESCRIPTIONS: Partial<Record<BlockKind, string>> = {
  live: 'the heading of the live event',
  numbers: 'the numbers',
  best: 'what was best received',
  gallery: 'the pictures',
  words: 'the words of the week',
  links: 'the links',
  people: 'who joined in',
  reflection: 'the host’s looking back',
  heading: 'a heading',
  picture: 'a picture',
  quote: 'a quote',
  brought: 'a post from elsewhere',
  next: 'who comes next',
  join: 'how to take part',
}

/** To be read aloud after what a button does: "thread of Monday 12:20". */
export function describeBlock(block: Block, story: Story | undefined, zone: string): string {
  if (story) {
    const at = story.parts[0]!.createdAt
    return `${story.parts.length > 1 ? 'thread' : 'post'} of ${momentOfWeek(at, zone)}`
  }
  if (block.kind === 'text') return `what ${block.content.writer ?? 'somebody'} wrote`
  if (block.kind === 'day') return `the heading of ${dayInWords(block.source.slice('day:'.length))}`
  return DESCRIPTIONS[block.kind] ?? block.kind
}

export function momentOfWeek(at: Date, zone: string): string {
  return `${weekdayName(dayOf(at, zone))} ${timeInWords(at, zone)}`
}
