import { hostingOf, isLead, maySeeWeek, type Actor } from '../people/person.ts'
import { isWritten, type Block, type BlockKind } from './block.ts'

export const RECAP_STATES = ['draft', 'published'] as const

/** Kinds with a heading that people may word anew. */
export const HEADED_KINDS: readonly BlockKind[] = [
  'day',
  'live',
  'numbers',
  'best',
  'gallery',
  'words',
  'links',
  'people',
  'join',
  'reflection',
  'text',
  'heading',
]

/** The opening stands first, the next host and how to take part last, and a day stays where it is: what is in it moves. */
const FIXED_KINDS: readonly BlockKind[] = ['opening', 'day', 'next', 'join']

export function isMovable({ kind }: { kind: BlockKind }): boolean {
  return !FIXED_KINDS.includes(kind)
}

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

/** A lead may change every text and heading, a host what they wrote. */
export function mayChangeBlock(actor: Actor, week: { id: string; accountId: string }, block: Block): boolean {
  const powers = recapPowers(actor, week)
  return powers.arrange || (powers.write && isWritten(block) && block.content.writerId === actor.personId)
}
