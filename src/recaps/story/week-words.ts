import { isFiller } from './filler-words.ts'
import type { Post } from '../../listening/posts.ts'

/** A word of the week, as it was mostly written. */
export interface WeekWord {
  text: string
  /** The network ids of the posts that say it, each once. */
  postIds: string[]
}

/** Said once it is a word, said again it is a subject. */
const FEWEST_TIMES = 2
/** Fewer are no picture of a week. */
const FEWEST_WORDS = 6
const MOST_WORDS = 24

/** Addresses, handles, how hosts sign; and numbers, which say nothing alone. */
const NO_WORDS =
  /https?:\/\/\S+|(?<![\p{L}\p{N}])[@^][\p{L}\p{N}_]+|(?<![\p{L}\p{N}])[\d.,:%£€$]+(?![\p{L}])/giu
const WORD = /#?[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}]|['’\-‑](?=\p{L}))*/gu
/** Scripts without blanks between words: only a segmenter finds them. */
const WITHOUT_BLANKS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/**
 * What a week was about: the words that most of its posts say, without those that every text has, the hashtags of the account
 * and of its events, and what people took out (`without`). None when there are too few for a picture.
 */
export function weekWords(
  posts: readonly Post[],
  { hashtag, handle }: { hashtag: string; handle: string },
  events: readonly { hashtag: string }[],
  without: ReadonlySet<string> = new Set(),
): WeekWord[] {
  const hashtags = [hashtag, ...events.map((event) => event.hashtag)].map((one) => one.replace(/^#?/, '#'))
  const left = new Set([...hashtags, handle, ...without].map(folded))
  const found = new Map<string, Found>()
  for (const post of posts) {
    const inPost = new Map<string, string>()
    for (const word of wordsIn(post.text)) {
      const key = folded(word)
      if (!inPost.has(key) && !left.has(key) && !isFiller(key, post.lang)) inPost.set(key, word)
    }
    for (const [key, word] of inPost) {
      const known = found.get(key) ?? { spellings: new Map<string, number>(), postIds: [] }
      found.set(key, known)
      known.spellings.set(word, (known.spellings.get(word) ?? 0) + 1)
      known.postIds.push(post.networkId)
    }
  }
  for (const [key, plural] of found) {
    const singular = key.endsWith('s') ? found.get(key.slice(0, -1)) : undefined
    if (!singular) continue
    joinInto(singular, plural)
    found.delete(key)
  }
  const words = [...found.values()]
    .filter(({ postIds }) => postIds.length >= FEWEST_TIMES)
    .map(({ spellings, postIds }) => ({ text: usualSpelling(spellings), postIds }))
    .toSorted((one, other) => other.postIds.length - one.postIds.length || (one.text < other.text ? -1 : 1))
  return words.length < FEWEST_WORDS ? [] : words.slice(0, MOST_WORDS)
}

interface Found {
  spellings: Map<string, number>
  postIds: string[]
}

/** "Biscuits" and "biscuit" are one word. */
function joinInto(one: Found, other: Found): void {
  for (const [spelling, times] of other.spellings)
    one.spellings.set(spelling, (one.spellings.get(spelling) ?? 0) + times)
  one.postIds = [...new Set([...one.postIds, ...other.postIds])]
}

function wordsIn(text: string): string[] {
  const plain = text.replaceAll(NO_WORDS, ' ')
  if (!WITHOUT_BLANKS.test(plain)) return plain.match(WORD) ?? []
  const pieces = [...new Intl.Segmenter(undefined, { granularity: 'word' }).segment(plain)]
  return pieces
    .filter(({ isWordLike, segment }) => isWordLike && segment.length > 1)
    .map(({ segment }) => segment)
}

/** One word however it is written: "Kettle", "kettle’s" and "kettle". */
function folded(word: string): string {
  return word.normalize('NFC').toLocaleLowerCase('en').replaceAll('’', "'").replace(/'s$/, '')
}

/** The way it was written most; of a word at the beginning of sentences and within them the smaller one. */
function usualSpelling(spellings: ReadonlyMap<string, number>): string {
  const [usual] = [...spellings]
    .map(([word, times]) => [word.replace(/['’]s$/, ''), times] as const)
    .toSorted(([one, times], [other, often]) => often - times || (one > other ? -1 : 1))
  const [word] = usual!
  const small = word.toLocaleLowerCase('en')
  return spellings.has(small) ? small : word
}
