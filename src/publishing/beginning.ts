import { firstPartsHave, inLetters, partName } from '../words.ts'

/** Making one costs more than using it. */
const LETTERS = new Intl.Segmenter()

/** The beginning of what somebody wrote, in one line, cut between words; `most` in letters as people count them. */
export function beginningOf(text: string, most = 64): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  if (line.length <= most) return line
  let letters = 0
  for (const { index } of LETTERS.segment(line)) if (letters++ === most) return cutAt(line, index)
  return line
}

function cutAt(line: string, end: number): string {
  const cut = line.slice(0, end)
  const blank = cut.lastIndexOf(' ')
  return `${(blank > cut.length / 2 ? cut.slice(0, blank) : cut).replace(/[\s.,;:]+$/, '')}…`
}

/** Of the first part of a thread that does not stand there yet: that what comes before it did go out. Null at its beginning. */
export function hasBegunInWords({ position, parts }: { position: number; parts: number }): string | null {
  if (position === 0) return null
  return `It is ${partName(position)} of a thread of ${inLetters(parts)}, of which ${firstPartsHave(position)} gone out already.`
}
