import type { Poll } from '../networks/network.ts'
import { hostingOf, isLead, mayDecide, type Actor } from '../people/person.ts'

export const DRAFT_STATES = [
  'writing',
  'submitted',
  'changes-requested',
  'approved',
  'declined',
  'discarded',
] as const
export type DraftState = (typeof DRAFT_STATES)[number]

/**
 * A withdrawal leads back to `writing`, from where the text can be changed again; so does taking back a discarding. What the
 * policy approved can be stopped, and then waits for people.
 */
export const DRAFT_TRANSITIONS: Record<DraftState, readonly DraftState[]> = {
  writing: ['submitted', 'discarded'],
  submitted: ['writing', 'changes-requested', 'approved', 'declined'],
  'changes-requested': ['submitted', 'discarded'],
  approved: ['writing', 'submitted'],
  declined: [],
  discarded: ['writing'],
}

/** States in which the words may be changed. */
export const EDITABLE_STATES: readonly DraftState[] = ['writing', 'changes-requested']

/** Waits for a decision, or has one, which is about its time too: changing anything takes it back. */
export const DECIDED_STATES: readonly DraftState[] = ['submitted', 'approved']

/** States from which a draft can get to `state`. */
export function statesBefore(state: DraftState): DraftState[] {
  return DRAFT_STATES.filter((before) => DRAFT_TRANSITIONS[before].includes(state))
}

/** What is said of a submitted draft. */
export const VERDICT_KINDS = ['approved', 'changes-requested', 'declined'] as const
export type VerdictKind = (typeof VERDICT_KINDS)[number]

/**
 * `agreed`: the first of two people approved it, and it stays submitted until the second one does. `let-go`: what was approved goes on, after it was held, failed or may have gone out. `named` and `passed`: somebody names
 * a draft that may go out although the brake is on, and a second person agrees. `stopped`: what the policy had decided waits
 * for people instead.
 */
export const DECISION_KINDS = [...VERDICT_KINDS, 'agreed', 'let-go', 'named', 'passed', 'stopped'] as const
export type DecisionKind = (typeof DECISION_KINDS)[number]

/** Why an account's policy decides a draft without a person. */
export const POLICY_GROUNDS = ['answer', 'trusted-host', 'live', 'standard-answer'] as const
export type PolicyGround = (typeof POLICY_GROUNDS)[number]

export function isVerdict<D extends { kind: DecisionKind }>(
  decision: D,
): decision is D & { kind: VerdictKind } {
  return (VERDICT_KINDS as readonly DecisionKind[]).includes(decision.kind)
}

/** What a draft says: one part, or a thread. A revision is one such content, never changed. */
export interface DraftContent {
  parts: DraftPart[]
}

export interface DraftPart {
  text: string
  /** Up to four pictures, or one GIF. */
  images: DraftImage[]
  /** Instead of images. Left out where there is none, so that older drafts and their fingerprints stay as they are. */
  poll?: Poll
}

export interface DraftImage {
  /** SHA-256 of the stored bytes, in hex. */
  hash: string
  alt: string
}

/**
 * The browser window in which a draft is being written: what it sends is in conflict with others, never with itself, also
 * where an answer was lost on the way.
 */
export interface WritingWindow {
  /** Made when the page was opened. */
  key: string
  /** Rises with everything that the window sends: what arrives late is older than what is kept. */
  turn: number
}

export interface WrittenIn extends WritingWindow {
  /** When it began the current revision, in milliseconds; null when it did not. */
  since: number | null
}

/** The post that a draft answers, as it is shown beside it. */
export interface AnsweredPost {
  /** Without the @. */
  handle: string
  name: string
  text: string
  /** It names the account or answers it, so that an answer is no intrusion. Absent on what is older than this. */
  summons?: boolean
}

/** Whose a draft is: as much of it as decides who may do what. */
export interface DraftPlace {
  accountId: string
  weekId: string | null
  /** Set when a host wrote it in that role. */
  weekHostId: string | null
}

/** The desk sees every draft of its account; a host their own and the desk's of their week, not those of a host before. */
export function maySeeDraft(actor: Actor, { accountId, weekId, weekHostId }: DraftPlace): boolean {
  if (mayDecide(actor, accountId)) return true
  const hosting = weekId === null ? undefined : hostingOf(actor, weekId)
  return hosting !== undefined && (weekHostId === null || weekHostId === hosting.weekHostId)
}

/** Null when the person may change, submit, withdraw and discard the draft; else why not, for people. */
export function whyNotWrite(actor: Actor, draft: DraftPlace): string | null {
  if (isLead(actor, draft.accountId)) return null
  const hosting = draft.weekId === null ? undefined : hostingOf(actor, draft.weekId)
  if (!hosting) return 'You read and decide drafts here. Writing is for the week’s host and for leads.'
  if (hosting.powers === 'read') return 'Your week is over, so its drafts can be read but not changed.'
  if (hosting.weekHostId !== draft.weekHostId)
    return 'Somebody else wrote this one. You can read it; the account’s leads can change it.'
  return null
}

/** Who may add a line to the conversation beside a draft: whoever writes it, and whoever decides it. */
export function mayComment(actor: Actor, draft: DraftPlace): boolean {
  return mayDecide(actor, draft.accountId) || whyNotWrite(actor, draft) === null
}
