import twitterText from 'twitter-text'
import { MOST_CHARACTERS, weightOf } from '../weight.ts'

/** How good a place is to end a post at. */
const QUALITIES = ['sentence', 'clause', 'word', 'character'] as const
type Places = Record<(typeof QUALITIES)[number], number[]>

const ABBREVIATIONS =
  /(?:^|[\s(“"'])(?:[A-Z]|Dr|Mr|Mrs|Ms|Miss|Mx|Prof|Sr|Jr|St|Rev|Sgt|No|Nos|Fig|Vol|Tel|Ext|Dept|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|approx|vs|etc|ca|cf|e\.g|i\.e|a\.m|p\.m)\.\s*$/

/** A line of a text that stands for "split here": three dashes or more, and nothing else. */
const MARKER = /^[ \t]*-{3,}[ \t]*$/m

/** A text cut at each line with only `---`; one piece when there is none. */
export function splitAtMarkers(text: string): string[] {
  return pieces(text.split(new RegExp(MARKER, 'gm')))
}

/** A text in two, at a character. One piece when nothing would stand on one side. */
export function splitAt(text: string, place: number): string[] {
  return pieces([text.slice(0, place), text.slice(place)])
}

/**
 * A text cut so that no piece weighs more than `limit`: at the ends of sentences, else after a comma and the like, else
 * between words, and inside a word only where it is longer than a whole post. Never inside a link, and not at the full
 * stop of a number or an abbreviation. A text that fits is cut in two, at the sentence's end that is nearest to its middle.
 * Texts of more than `MOST_CHARACTERS` are left as they are.
 */
export function splitAtSentences(text: string, limit: number): string[] {
  if (text.length > MOST_CHARACTERS) return [text]
  const places = placesIn(text)
  if (weightOf(text.trim()) <= limit) return splitAt(text, nearest(places.sentence, text.length / 2))
  const cuts: number[] = [0]
  while (weightOf(text.slice(cuts.at(-1)).trim()) > limit) {
    const next = furthest(text, places, cuts.at(-1)!, limit)
    if (next === null) break
    cuts.push(next)
  }
  return pieces(cuts.map((from, at) => text.slice(from, cuts[at + 1])))
}

function pieces(all: string[]): string[] {
  const said = all.map((piece) => piece.trim()).filter((piece) => piece !== '')
  return said.length > 0 ? said : ['']
}

function placesIn(text: string): Places {
  const links = twitterText.extractUrlsWithIndices(text).map(({ indices }) => indices)
  const free = (place: number) =>
    place > 0 && place < text.length && !links.some(([from, to]) => place > from && place < to)
  return {
    sentence: sentenceEnds(text).filter(free),
    clause: endsOf(text, /[,;:–—)\]]\s+|\n+|[，、；：]/g).filter(free),
    word: endsOf(text, /(?<!\d)\s+|\s+(?!\d)/g).filter(free),
    character: charactersOf(text).filter(free),
  }
}

function sentenceEnds(text: string): number[] {
  const ends: number[] = []
  for (const { index, segment } of new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text)) {
    if (!/\s$|[。！？]$/.test(segment)) continue
    if (!ABBREVIATIONS.test(segment)) ends.push(index + segment.length)
  }
  return ends
}

function endsOf(text: string, pattern: RegExp): number[] {
  return [...text.matchAll(pattern)].map(({ 0: found, index }) => index + found.length)
}

function charactersOf(text: string): number[] {
  return Array.from(new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text), ({ index }) => index)
}

/** The best place after `from` up to which the text fits; null when there is none at all. */
function furthest(text: string, places: Places, from: number, limit: number): number | null {
  for (const quality of QUALITIES) {
    const later = places[quality].filter((place) => text.slice(from, place).trim() !== '')
    const last = lastFitting(later, (place) => weightOf(text.slice(from, place).trim()) <= limit)
    if (last !== null) return last
  }
  return null
}

/** Pieces grow with their places, so the last one that fits is found by halving. */
function lastFitting(places: number[], fits: (place: number) => boolean): number | null {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (fits(places[middle]!)) low = middle + 1
    else high = middle
  }
  return low === 0 ? null : places[low - 1]!
}

function nearest(places: number[], middle: number): number {
  return places.reduce(
    (best, place) => (Math.abs(place - middle) < Math.abs(best - middle) ? place : best),
    places[0] ?? 0,
  )
}
