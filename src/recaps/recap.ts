export const RECAP_STATES = ['draft', 'published'] as const
export type RecapState = (typeof RECAP_STATES)[number]

export const BLOCK_KINDS = ['opening', 'day', 'post', 'thread', 'text', 'numbers', 'people', 'next'] as const
export type BlockKind = (typeof BLOCK_KINDS)[number]
