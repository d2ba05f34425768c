import { MOST_PARTS } from '../check-content.ts'

/** What the longest number weighs, with the blank before it: " 25/25". */
export const NUMBER_WEIGHT = ` ${MOST_PARTS}/${MOST_PARTS}`.length

interface Written {
  text: string
}

/** Whether a thread's parts end with their numbers, "1/5" and so on: most of them, since one may be new. */
export function areNumbered(parts: readonly Written[]): boolean {
  return totalOf(parts) !== null
}

/** The parts with their numbers at the end of their texts, and without the ones that stood there. Counts like any text. */
export function numbered<P extends Written>(parts: readonly P[]): P[] {
  const plain = unnumbered(parts)
  if (plain.length < 2) return plain
  return plain.map((part, at) => {
    const text = part.text.trim()
    return text === '' ? part : { ...part, text: `${text} ${at + 1}/${plain.length}` }
  })
}

export function unnumbered<P extends Written>(parts: readonly P[]): P[] {
  const total = totalOf(parts)
  if (total === null) return [...parts]
  const ending = new RegExp(`(^|\\s+)\\d{1,2}/${total}\\s*$`)
  return parts.map((part) => ({ ...part, text: part.text.replace(ending, '') }))
}

/** A single "24/7" at the end of a text is no number of a part: more than half of the parts must end alike. */
function totalOf(parts: readonly Written[]): number | null {
  const totals = parts.flatMap(({ text }) => {
    const found = /(?:^|\s)(\d{1,2})\/(\d{1,2})\s*$/.exec(text)
    return found && Number(found[1]) >= 1 && Number(found[1]) <= Number(found[2]) ? [Number(found[2])] : []
  })
  const total = totals.find((one) => totals.filter((other) => other === one).length > parts.length / 2)
  return parts.length > 1 && total !== undefined ? total : null
}
