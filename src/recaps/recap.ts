import { hostingOf, isLead, maySeeWeek, type Actor } from '../people/person.ts'

export const RECAP_STATES = ['draft', 'published'] as const

export const BLOCK_KINDS = ['opening', 'day', 'post', 'thread', 'text', 'numbers', 'people', 'next'] as const
export type BlockKind = (typeof BLOCK_KINDS)[number]

/** A piece of the story. What was said is looked up by `source`; `content` holds headings and what a person wrote. */
export interface Block {
  kind: BlockKind
  /** `opening`, `day:2015-01-19`, `post:NETWORKID` (of a thread: its first part), `text:UUID`; unique in a recap. */
  source: string
  content: BlockContent
  hidden: boolean
  /** A person changed or wrote it: generating anew leaves its content. */
  byPerson: boolean
}

export interface BlockContent {
  heading?: string
  /** Markdown. */
  text?: string
  /** Who wrote the text, and what they were called then. */
  writerId?: string
  writer?: string
}

/** Kinds with a heading that people may word anew. */
export const HEADED_KINDS: readonly BlockKind[] = ['day', 'text', 'numbers', 'people']

/** The opening stands first, and a day stays where it is: what is in it moves. */
export const MOVABLE_KINDS: readonly BlockKind[] = ['post', 'thread', 'text', 'numbers', 'people']

export const HEADING_LIMIT = 120
export const TEXT_LIMIT = 20_000

/** What somebody may do to a week's story. The lead tells and publishes it; the host writes in it, also after the week. */
export interface RecapPowers {
  see: boolean
  write: boolean
  arrange: boolean
  publish: boolean
}

export function recapPowers(actor: Actor, week: { id: string; accountId: string }): RecapPowers {
  const lead = isLead(actor, week.accountId)
  return {
    see: maySeeWeek(actor, week),
    write: lead || hostingOf(actor, week.id) !== undefined,
    arrange: lead,
    publish: lead,
  }
}

/** A lead may change every text and heading, a host the texts that they wrote. */
export function mayChangeBlock(actor: Actor, week: { id: string; accountId: string }, block: Block): boolean {
  const powers = recapPowers(actor, week)
  return (
    powers.arrange || (powers.write && block.kind === 'text' && block.content.writerId === actor.personId)
  )
}
