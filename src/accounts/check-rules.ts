/** What a draft is checked for before it goes out, in the order in which it is shown. */
export const CHECK_KINDS = [
  'nhs-number',
  'date-of-birth',
  'hospital-number',
  'phone-number',
  'email-address',
  'post-code',
  'people-in-picture',
  'lazy-alt',
  'hashtag-capitals',
  'shouting',
  'rude-word',
  'event-hashtag',
  'unknown-handle',
  'dead-link',
  'much-the-same',
] as const
export type CheckKind = (typeof CHECK_KINDS)[number]

/**
 * What a check means for an account. `off`: it is not made. `advice`: it is said, and stops nothing. `answer`: what it
 * finds is put right or answered before the draft is submitted and approved. `never`: put right; no answer will do.
 */
export const CHECK_LEVELS = ['off', 'advice', 'answer', 'never'] as const
export type CheckLevel = (typeof CHECK_LEVELS)[number]

/** How an account treats what the checks find. */
export interface CheckRules {
  /** A check that is not named here has the level of DEFAULT_LEVELS. */
  levels: Partial<Record<CheckKind, CheckLevel>>
  /** A draft in which a binding check was answered instead of put right needs the approval of two people. */
  secondApprover: boolean
}

export const DEFAULT_CHECK_RULES: CheckRules = { levels: {}, secondApprover: false }

/**
 * What holds until an account says otherwise; what is not named is advice. An NHS number names one person, and its last digit is a
 * check of the others: ten digits that fit by chance are rare, so that it holds, and can be answered.
 */
const DEFAULT_LEVELS: Partial<Record<CheckKind, CheckLevel>> = { 'nhs-number': 'answer' }

export function levelOf({ levels }: CheckRules, kind: CheckKind): CheckLevel {
  return levels[kind] ?? DEFAULT_LEVELS[kind] ?? 'advice'
}

/** A check that can keep a draft from going out. */
export function isBinding(level: CheckLevel): boolean {
  return level === 'answer' || level === 'never'
}

/** What each check looks for, in words that finish “Look for …”. */
export const CHECK_NAMES: Record<CheckKind, string> = {
  'nhs-number': 'NHS numbers',
  'date-of-birth': 'dates of birth',
  'hospital-number': 'hospital numbers',
  'phone-number': 'phone numbers',
  'email-address': 'e-mail addresses',
  'post-code': 'postcodes',
  'people-in-picture': 'pictures, and whether the people in them agreed',
  'lazy-alt': 'descriptions that describe nothing',
  'hashtag-capitals': 'hashtags whose words do not begin with capitals',
  shouting: 'words in capitals',
  'rude-word': 'rude words',
  'event-hashtag': 'posts during an event without its hashtag',
  'unknown-handle': 'handles that X does not know',
  'dead-link': 'links that do not answer',
  'much-the-same': 'posts that say much the same as another',
}

export const LEVEL_NAMES: Record<CheckLevel, string> = {
  off: 'not made',
  advice: 'advice',
  answer: 'put right, or answered',
  never: 'put right, nobody may overrule it',
}
