import { countOf } from '../story/generate.ts'
import type { WeekFacts } from '../story/week-facts.ts'
import type { Count } from '../week-page.ts'
import { capital } from '../../words.ts'

/** By what an aim is measured. `own`: the host says on the last day what came of it. */
export const MEASURES = ['replies', 'people', 'posts', 'mentions', 'hashtag', 'own'] as const
export type Measure = (typeof MEASURES)[number]

export const MEASURE_NAMES: Record<Measure, string> = {
  replies: 'replies to the account',
  people: 'people who reply',
  posts: 'posts of the account',
  mentions: 'mentions of the account',
  hashtag: 'what others say with a hashtag',
  own: 'something that you judge yourself',
}

export interface Aim {
  words: string
  measure: Measure
  /** How many; null: as they come, or what is not counted. */
  target: number | null
  /** With the #; only of that measure. */
  hashtag: string
  /** What the host says came of it; empty where they say nothing. */
  outcome: string
}

export const MOST_AIMS = 2
/** In characters. */
export const LONGEST_AIM = 160
export const LONGEST_OUTCOME = 400

/** What an aim came to. */
export interface Reached {
  aim: Aim
  /** Null where nobody counts. */
  count: number | null
  /** What a usual week of the year before has; null where that is not known. */
  usual: number | null
}

/** Counts what can be counted, beside what the account's weeks of the last year have in the middle. */
export function reachedIn(facts: WeekFacts, aims: readonly Aim[], usual: readonly Count[]): Reached[] {
  return aims.map((aim) => ({
    aim,
    count: countFor(facts, aim),
    usual: usual.find(({ what }) => what === aim.measure)?.count ?? null,
  }))
}

function countFor({ own, theirs }: WeekFacts, { measure, hashtag }: Aim): number | null {
  const replies = theirs.filter(({ kind }) => kind === 'reply')
  switch (measure) {
    case 'replies':
      return replies.length
    case 'people':
      return new Set(replies.map(({ authorNetworkId }) => authorNetworkId)).size
    case 'posts':
      return own.length
    case 'mentions':
      return theirs.filter(({ kind }) => kind === 'mention').length
    case 'hashtag':
      return theirs.filter(({ text }) => hashtagsOf(text).has(hashtag.toLowerCase())).length
    default:
      return null
  }
}

/** In small letters, with the #. */
function hashtagsOf(text: string): Set<string> {
  return new Set((text.match(/#[\p{L}\p{M}\p{N}_]+/gu) ?? []).map((tag) => tag.toLowerCase()))
}

/** "Of 5 aimed for, 7 replies; a usual week of the last year has 31. They asked back." */
export function reachedInWords({ aim, count, usual }: Reached): string {
  const counted =
    count === null ? '' : `${aim.target === null ? '' : `of ${aim.target} aimed for, `}${unit(aim, count)}`
  const beside = count === null || usual === null ? '' : `; a usual week of the last year has ${usual}`
  return [counted && `${capital(counted)}${beside}.`, aim.outcome].filter(Boolean).join(' ')
}

function unit({ measure, hashtag }: Aim, count: number): string {
  const units: Record<Exclude<Measure, 'own'>, string> = {
    replies: countOf(count, 'reply', 'replies'),
    people: countOf(count, 'person replied', 'people replied'),
    posts: countOf(count, 'post'),
    mentions: countOf(count, 'mention'),
    hashtag: `${countOf(count, 'post')} of others with ${hashtag}`,
  }
  return measure === 'own' ? '' : units[measure]
}
