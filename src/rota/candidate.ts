/**
 * Somebody who asked for a week, or was suggested for one, on their way to it.
 * `unconfirmed`: a form came, and nobody answered for its address; nobody here sees it. `nominated`: who suggested them
 * answered, and they were asked themselves; nobody here sees them yet. `new`: the team has it. `shortlisted`, `kept` (for
 * later): as a lead sorted it. `offered`: they have weeks to choose from. `booked`: they chose one. `declined`: they were told no.
 */
export const CANDIDATE_STATES = [
  'unconfirmed',
  'nominated',
  'new',
  'shortlisted',
  'kept',
  'offered',
  'booked',
  'declined',
] as const
export type CandidateState = (typeof CANDIDATE_STATES)[number]

/** What a lead may do with somebody who asked. */
export const CANDIDATE_STEPS = ['shortlist', 'keep', 'offer', 'take-back', 'decline'] as const
export type CandidateStep = (typeof CANDIDATE_STEPS)[number]

const STEPS: Record<CandidateState, readonly CandidateStep[]> = {
  unconfirmed: [],
  nominated: [],
  new: ['shortlist', 'keep', 'offer', 'decline'],
  shortlisted: ['keep', 'offer', 'decline'],
  kept: ['shortlist', 'offer', 'decline'],
  offered: ['take-back'],
  booked: [],
  declined: [],
}

export function mayStep(state: CandidateState, step: CandidateStep): boolean {
  return STEPS[state].includes(step)
}

/** States in which the team sees them. */
export const SEEN_STATES: readonly CandidateState[] = CANDIDATE_STATES.filter(
  (state) => state !== 'unconfirmed' && state !== 'nominated',
)

/** States in which they may still change what they said. */
export const CHANGEABLE_STATES: readonly CandidateState[] = ['new', 'shortlisted', 'kept', 'offered']

/** `open`: can be answered until it ends. `taken`: a week was chosen. `ended`: its time was over before an answer. */
export const OFFER_STATES = ['open', 'taken', 'refused', 'withdrawn', 'ended'] as const
export type OfferState = (typeof OFFER_STATES)[number]

/** Whose a link is: of who wrote a suggestion, or of who would host. */
export const LINK_READERS = ['suggester', 'candidate'] as const
export type LinkReader = (typeof LINK_READERS)[number]

/** Why an address gets no mail of a kind for a while. */
export const REST_REASONS = ['confirm', 'nomination'] as const
export type RestReason = (typeof REST_REASONS)[number]

/** What somebody says of themselves, or of whom they suggest. */
export interface AskedFor {
  name: string
  email: string
  job: string
  /** What they would talk about; of a suggestion, why them. */
  about: string
  /** First days of the weeks that suit. */
  weeks: string[]
  /** Which weeks suit, in their own words. */
  weeksWords: string
  /** A post as they would write it. */
  sample: string
}

export const UNCONFIRMED_DAYS = 3
export const NOMINATED_DAYS = 14
/** One mail to confirm goes to an address in so many hours, whoever fills in forms with it. */
export const CONFIRM_REST_HOURS = 24
/** Somebody is told that they were suggested at most once in so many days. */
export const NOMINATION_REST_DAYS = 90
/** So many forms are taken in an hour, of all senders and accounts together. */
export const MOST_AN_HOUR = 60
