import type { Said } from '../week-page.ts'

/** What was said as plain words, with how it was signed. */
export function saidWords({ words, signOff }: Said): string {
  return [words.map(({ text }) => text).join(''), signOff].filter(Boolean).join(' ')
}
