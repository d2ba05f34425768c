import type { DraftContent } from './draft.ts'

/** What a draft is called in lists and mails: its beginning, cut between words. */
export function firstWords(content: DraftContent, most = 64): string {
  const text = content.parts
    .map((part) => part.text.replaceAll(/\s+/g, ' ').trim())
    .find((words) => words !== '')
  if (text === undefined) return 'An image without words'
  const letters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment)
  if (letters.length <= most) return text
  const cut = letters.slice(0, most).join('')
  const blank = cut.lastIndexOf(' ')
  return `${(blank > most / 2 ? cut.slice(0, blank) : cut).replace(/[\s.,;:]+$/, '')}…`
}
