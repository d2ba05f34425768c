import { beginningOf } from '../publishing/beginning.ts'
import type { DraftContent } from './draft.ts'

/** What a draft is called in lists and mails: its beginning, cut between words. */
export function firstWords(content: DraftContent, most = 64): string {
  const text = content.parts.map((part) => part.text).find((words) => words.trim() !== '')
  return text === undefined ? 'An image without words' : beginningOf(text, most)
}
