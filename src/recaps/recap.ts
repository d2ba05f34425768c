import { hostingOf, isLead, maySeeWeek, type Actor } from '../people/person.ts'
import { isWritten, type Block, type BlockKind } from './block.ts'

export const RECAP_STATES = ['draft', 'published'] as const

/** Of what a host writes when they look back. A change of what was approved leads back to `writing`. */
export const REFLECTION_STATES = [
  'writing',
  'submitted',
  'changes-requested',
  'approved',
  'declined',
] as const
export type ReflectionState = (typeof REFLECTION_STATES)[number]

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
export const QUOTE_LIMIT = 600

/** What somebody may do to a week's story. Leads and the host tell it, also after the week; a lead publishes it. */
export interface RecapPowers {
  see: boolean
  /** Word, write, order, hide, pin, choose. */
  write: boolean
  publish: boolean
}

export function recapPowers(actor: Actor, week: { id: string; accountId: string }): RecapPowers {
  const lead = isLead(actor, week.accountId)
  return {
    see: maySeeWeek(actor, week),
    write: lead || hostingOf(actor, week.id) !== undefined,
    publish: lead,
  }
}

/** Leads and the host word headings; what a person wrote is theirs to change, or a lead's. */
export function mayChangeBlock(actor: Actor, week: { id: string; accountId: string }, block: Block): boolean {
  const { write, publish } = recapPowers(actor, week)
  return write && (publish || !isWritten(block) || block.content.writerId === actor.personId)
}
