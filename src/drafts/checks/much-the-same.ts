/** What two texts have in common, as pairs of words that follow each other. */
export interface Wording {
  pairs: ReadonlySet<string>
  words: number
}

/** Of all pairs in the two, so many are in both: Jaccard's measure. */
const ALIKE = 0.4
/** Of the shorter one's pairs, so many are in the longer one: it is said again inside it. */
const INSIDE = 0.8
/** Shorter than this a text is not looked for inside others: “Good morning, everybody” is. */
const FEWEST_WORDS_INSIDE = 6
/** Shorter than this only the very same words are the same. */
const FEWEST_WORDS = 4

/**
 * A text without its case, marks, addresses of pages, mentions and the # of its hashtags, as pairs of neighbouring words.
 * Neighbours, and not words alone, so that two posts about one thing are not yet the same post.
 */
export function wordingOf(text: string): Wording {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll(/\bhttps?:\/\/\S+|[@^]\w+/g, ' ')
      .replaceAll(/['’]/g, '')
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  const pairs = new Set<string>()
  if (words.length < FEWEST_WORDS) {
    if (words.length > 0) pairs.add(words.join(' '))
  } else {
    for (let at = 1; at < words.length; at++) pairs.add(`${words[at - 1]} ${words[at]}`)
  }
  return { pairs, words: words.length }
}

/**
 * Whether two texts say much the same: few words changed, or one stands inside the other. Other words for the same thing are
 * not found.
 */
export function saysMuchTheSame(one: Wording, other: Wording): boolean {
  const [shorter, longer] = one.pairs.size <= other.pairs.size ? [one, other] : [other, one]
  if (shorter.pairs.size === 0) return false
  let both = 0
  for (const pair of shorter.pairs) if (longer.pairs.has(pair)) both++
  if (both / (shorter.pairs.size + longer.pairs.size - both) >= ALIKE) return true
  return shorter.words >= FEWEST_WORDS_INSIDE && both / shorter.pairs.size >= INSIDE
}
