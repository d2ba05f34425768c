export const DRAFT_STATES = [
  'writing',
  'submitted',
  'changes-requested',
  'approved',
  'declined',
  'discarded',
] as const
export type DraftState = (typeof DRAFT_STATES)[number]

/** A withdrawal leads back to `writing`, from where the text can be changed again. */
export const DRAFT_TRANSITIONS: Record<DraftState, readonly DraftState[]> = {
  writing: ['submitted', 'discarded'],
  submitted: ['writing', 'changes-requested', 'approved', 'declined'],
  'changes-requested': ['submitted', 'discarded'],
  approved: ['writing'],
  declined: [],
  discarded: [],
}

/** States in which the words may be changed. */
export const EDITABLE_STATES: readonly DraftState[] = ['writing', 'changes-requested']

export const DECISION_KINDS = ['approved', 'changes-requested', 'declined'] as const
export type DecisionKind = (typeof DECISION_KINDS)[number]

/** What a draft says: one part, or a thread. A revision is one such content, never changed. */
export interface DraftContent {
  parts: DraftPart[]
}

export interface DraftPart {
  text: string
  images: DraftImage[]
}

export interface DraftImage {
  /** SHA-256 of the stored bytes, in hex. */
  hash: string
  alt: string
}
