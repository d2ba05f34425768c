export const DELIVERY_STATES = [
  'waiting',
  'held',
  'sending',
  'unknown',
  'failed',
  'posted',
  'removing',
  'removed',
  'abandoned',
  'cancelled',
] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

export const DELIVERY_TRANSITIONS: Record<DeliveryState, readonly DeliveryState[]> = {
  waiting: ['sending', 'held', 'cancelled'],
  held: ['waiting', 'cancelled'],
  sending: ['posted', 'failed', 'unknown', 'waiting', 'held'],
  unknown: ['posted', 'waiting', 'abandoned'],
  failed: ['waiting', 'cancelled'],
  posted: ['removing'],
  removing: ['removed', 'posted'],
  removed: [],
  abandoned: [],
  cancelled: [],
}

export const HELD_REASONS = [
  'brake',
  'late',
  'thread-broken',
  'week-changed',
  'credit',
  'reconnect',
  'undecided',
] as const
export type HeldReason = (typeof HELD_REASONS)[number]

/** Exactly what goes to the network, frozen at approval. */
export interface Payload {
  /** With the sign-off, as it will stand. */
  text: string
  images: { hash: string; alt: string }[]
  /** Network id of the post that the first part answers. Later parts answer the part before. */
  replyTo: string | null
}

export const ATTEMPT_OUTCOMES = ['posted', 'refused', 'unknown', 'put-off'] as const
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number]
