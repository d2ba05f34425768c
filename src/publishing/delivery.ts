import type { Poll } from '../networks/network.ts'

export type { PostToSend } from '../networks/network.ts'
import { hostingOf, mayDecide, type Actor } from '../people/person.ts'

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

/**
 * Reading the timeline may find any of them there already, as after the return of an older copy of the database; and the
 * network’s answer may come after people decided, from a process that stood still.
 */
export const DELIVERY_TRANSITIONS: Record<DeliveryState, readonly DeliveryState[]> = {
  // A picture that the network refuses fails before anything is sent.
  waiting: ['sending', 'held', 'failed', 'posted', 'cancelled'],
  held: ['waiting', 'posted', 'cancelled'],
  sending: ['posted', 'failed', 'unknown', 'waiting', 'held'],
  // X may say only then that it refused it.
  unknown: ['posted', 'waiting', 'held', 'failed', 'abandoned'],
  failed: ['waiting', 'posted', 'cancelled'],
  posted: ['removing'],
  removing: ['removed', 'posted'],
  removed: [],
  abandoned: ['posted'],
  cancelled: ['posted'],
}

export const HELD_REASONS = [
  'brake',
  'late',
  'thread-broken',
  'week-changed',
  'credit',
  'reconnect',
  'budget',
  'undecided',
  'live',
  'not-open',
  'not-accepted',
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
  /** Instead of images; left out where there is none. */
  poll?: Poll
  /** Network id of the post that the first part answers. Later parts answer the part before. */
  replyTo: string | null
}

export const ATTEMPT_OUTCOMES = ['posted', 'refused', 'unknown', 'put-off'] as const

/** Of a post that X took twice, the one that its delivery does not stand for. */
export const SECOND_POST_STATES = ['standing', 'left', 'removing', 'removed'] as const

/** What somebody takes down: one part, or all of a thread that stands. */
export const REMOVAL_SCOPES = ['part', 'thread'] as const
export type RemovalScope = (typeof REMOVAL_SCOPES)[number]

/** Null when the person may take a post down; else why not, for people. */
export function whyNotTakeDown(
  actor: Actor,
  { accountId, weekId }: { accountId: string; weekId: string | null },
): string | null {
  if (mayDecide(actor, accountId)) return null
  if (weekId !== null && hostingOf(actor, weekId)?.powers === 'post') return null
  return 'The account’s leads and approvers can take it down at any time, the week’s host while the week is open.'
}

/** What taking down would do to the parts of a thread, in the order of the thread. */
export interface Removal<Part> {
  /** Why it can't be now, for people; null when it can. */
  refusal: string | null
  goes: Part[]
  /** They have not gone out, and would follow what goes. */
  cancelled: Part[]
  stays: Part[]
}

/** Which parts go and which are cancelled when the part at `position`, or the whole thread, is taken down. */
export function removalOf<Part extends { position: number; state: DeliveryState }>(
  parts: readonly Part[],
  { position, scope }: { position: number; scope: RemovalScope },
): Removal<Part> {
  const stands = parts.filter(({ state }) => state === 'posted')
  const goes = stands.filter((part) => scope === 'thread' || part.position === position)
  const from = goes[0]?.position ?? 0
  return {
    refusal: whyNotTakeDownYet(parts) ?? (goes.length === 0 ? 'Nothing of it stands on the account.' : null),
    goes,
    cancelled: parts.filter(
      (part) => part.position > from && (RECALLABLE_STATES as readonly DeliveryState[]).includes(part.state),
    ),
    stays: stands.filter((part) => !goes.includes(part)),
  }
}

/** Why nothing of a thread can be taken down at this moment, for people: nobody could say then what is left of it. */
export function whyNotTakeDownYet(parts: readonly { state: DeliveryState }[]): string | null {
  const alone = parts.length === 1
  if (parts.some(({ state }) => state === 'sending'))
    return alone
      ? 'It is being sent at this moment, so it can’t be taken down. Please try again in a minute.'
      : 'A part of it is being sent at this moment, so nothing can be taken down. Please try again in a minute.'
  if (parts.some(({ state }) => state === 'unknown'))
    return alone
      ? 'We don’t know yet whether it went out, so it can’t be taken down. First find out about that.'
      : 'We don’t know yet whether a part of it went out, so nothing can be taken down. First find out about that part.'
  return null
}
