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

/** Reading the timeline may find any of them there already, as after the return of an older copy of the database. */
export const DELIVERY_TRANSITIONS: Record<DeliveryState, readonly DeliveryState[]> = {
  waiting: ['sending', 'held', 'posted', 'cancelled'],
  held: ['waiting', 'posted', 'cancelled'],
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

/** States in which something may still go out, or may have: a second one like it could not be told apart on the network. */
export const LIVE_STATES = [
  'waiting',
  'held',
  'sending',
  'unknown',
] as const satisfies readonly DeliveryState[]

/** States in which somebody may still take the words back. */
export const RECALLABLE_STATES = ['waiting', 'held', 'failed'] as const satisfies readonly DeliveryState[]

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
