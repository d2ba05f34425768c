import { scaleSqrt } from 'd3-scale'
import type { WeekWord } from './week-words.ts'

/** How wide the page's serif draws a letter, in hundredths of its size; measured in a browser at weight 400. */
const WIDTHS: [hundredths: number, letters: string][] = [
  [16, "'"],
  [20, '’'],
  [29, 'ij'],
  [30, 'l'],
  [35, 'ft'],
  [36, 'I'],
  [39, '-'],
  [43, '1r'],
  [45, 's'],
  [46, 'J'],
  [47, 'z'],
  [49, 'c'],
  [50, '7e'],
  [52, 'a'],
  [53, '3x'],
  [54, 'gvy'],
  [55, '5'],
  [56, 'oø'],
  [57, '8bkq'],
  [58, '2469Sdu'],
  [59, 'Fp'],
  [60, 'Lhn'],
  [62, 'Z'],
  [64, '0#Eß'],
  [65, 'P'],
  [66, 'BT'],
  [68, 'CY'],
  [70, 'ARV'],
  [72, 'X'],
  [74, 'GKU'],
  [77, 'DN'],
  [78, 'OQØ'],
  [80, 'wæ'],
  [81, 'H'],
  [89, 'M'],
  [90, 'm'],
  [97, 'Æ'],
  [103, 'W'],
]

const widthOf = new Map(
  WIDTHS.flatMap(([width, letters]) => Array.from(letters, (letter) => [letter, width])),
)
/** Of a letter of another script, which another font draws. */
const OTHER_LETTER = 62
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}]/u

/** How much of its size a word is wide. */
function widthAt(word: string, size: number): number {
  let hundredths = 0
  for (const letter of word.normalize('NFD').replaceAll(/\p{M}/gu, ''))
    hundredths += widthOf.get(letter) ?? (WIDE.test(letter) ? 100 : OTHER_LETTER)
  return (hundredths * size) / 100
}

export interface CloudWord {
  text: string
  /** Of its baseline's beginning. */
  x: number
  y: number
  size: number
  /** It is drawn exactly so wide, whatever font there is. */
  width: number
  /** 1 for the most said, 3 for the least. */
  rank: 1 | 2 | 3
}

export interface WordCloud {
  width: number
  height: number
  words: CloudWord[]
}

const SMALLEST = 24
const LARGEST = 84
/** Of the ellipse along which words are tried. */
const FLATNESS = 0.52
const GAP = { x: 9, y: 3 }
const EDGE = 4

interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

/**
 * By the list of words that a page was opened with: nobody changes that, and finding the places takes a millisecond. A page without
 * what was taken down, or whom it is not to name, has another list.
 */
const clouds = new WeakMap<readonly WeekWord[], WordCloud>()

/**
 * Words as a picture: the more posts say one, the larger it stands, each as near to the middle as the larger ones let it. The
 * same words give the same picture; no two overlap.
 */
export function wordCloud(words: readonly WeekWord[]): WordCloud {
  const cloud = clouds.get(words) ?? placed(words)
  clouds.set(words, cloud)
  return cloud
}

function placed(words: readonly WeekWord[]): WordCloud {
  const counts = words.map(({ postIds }) => postIds.length)
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  const sizeOf = scaleSqrt([least, Math.max(most, least + 1)], [SMALLEST, LARGEST]).clamp(true)
  const boxes: Box[] = []
  const found = words.map(({ text, postIds }, index) => {
    const size = Math.round(sizeOf(postIds.length))
    const width = Math.round(widthAt(text, size))
    const box = nearestFree({ width: width + GAP.x, height: size * 1.02 + GAP.y }, boxes, index)
    boxes.push(box)
    const rank: CloudWord['rank'] = size > 54 ? 1 : size > 34 ? 2 : 3
    return { text, size, width, rank, box }
  })
  const left = Math.min(...boxes.map((box) => box.left)) - EDGE
  const top = Math.min(...boxes.map((box) => box.top)) - EDGE
  return {
    width: Math.ceil(Math.max(...boxes.map((box) => box.right)) - left + EDGE),
    height: Math.ceil(Math.max(...boxes.map((box) => box.bottom)) - top + EDGE),
    words: found.map(({ box, ...word }) => ({
      ...word,
      x: Math.round(box.left - left + GAP.x / 2),
      // Letters stand on their line with a quarter of them below it at most.
      y: Math.round(box.top - top + word.size * 0.78 + GAP.y / 2),
    })),
  }
}

/** Along a spiral from the middle, which begins somewhere else for each word so that they spread evenly. */
function nearestFree(
  { width, height }: { width: number; height: number },
  taken: readonly Box[],
  index: number,
): Box {
  const begins = index * 2.4
  for (let step = 0; ; step += 1) {
    const angle = begins + step * 0.22
    const radius = step * 0.85
    const [x, y] = [Math.cos(angle) * radius, Math.sin(angle) * radius * FLATNESS]
    const box = { left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2 }
    if (!taken.some((other) => overlap(box, other))) return box
  }
}

function overlap(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
}
