import type { CheckKind } from '../../accounts/check-rules.ts'

/** Something that a check found in a draft: it stays the same finding as long as the same words stand. */
export interface Finding {
  kind: CheckKind
  /** Counted from 0. */
  part: number
  /** Of the part, counted from 0, where it stands with a picture; null in the text. */
  image: number | null
  /** The words that it is about, as they stand. */
  excerpt: string
  /** What an answer belongs to: the kind and the words, whatever their case and blanks. */
  key: string
  title: string
  text: string
}

/** Of a picture the answer belongs to its bytes, whatever is said beside it. */
export function keyOf(kind: CheckKind, excerpt: string): string {
  return `${kind}:${normalised(kind, excerpt).slice(0, 200)}`
}

function normalised(kind: CheckKind, excerpt: string): string {
  return NUMBERS.has(kind)
    ? excerpt.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
    : excerpt.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim()
}

/** Where blanks and hyphens make no other number. */
const NUMBERS: ReadonlySet<CheckKind> = new Set([
  'nhs-number',
  'date-of-birth',
  'hospital-number',
  'phone-number',
  'post-code',
])

export function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, '')
}

/** What only the server knows: the week's events, what was asked outside, and what else the account says. */
export const SERVER_KINDS: ReadonlySet<CheckKind> = new Set([
  'event-hashtag',
  'unknown-handle',
  'dead-link',
  'much-the-same',
])
