/** Making one costs more than using it. */
const LETTERS = new Intl.Segmenter()

/** The beginning of what somebody wrote, in one line, cut between words; `most` in letters as people count them. */
export function beginningOf(text: string, most = 64): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  const letters = Array.from(LETTERS.segment(line), ({ segment }) => segment)
  if (letters.length <= most) return line
  const cut = letters.slice(0, most).join('')
  const blank = cut.lastIndexOf(' ')
  return `${(blank > most / 2 ? cut.slice(0, blank) : cut).replace(/[\s.,;:]+$/, '')}…`
}
