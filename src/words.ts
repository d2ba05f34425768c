/** "three"; figures from thirteen on. */
export function inLetters(count: number): string {
  return NUMBERS[count] ?? String(count)
}

/** Numbers that stand beside each other: all in letters, or where one of them has figures, all in figures. */
export function inOneForm(...counts: number[]): string[] {
  return counts.every((count) => count in NUMBERS) ? counts.map(inLetters) : counts.map(String)
}

const NUMBERS = 'none one two three four five six seven eight nine ten eleven twelve'.split(' ')

/** "part two", or "part two of three": how one of a thread is called wherever it is spoken of. Positions count from 0. */
export function partName(position: number, parts?: number): string {
  return `part ${inLetters(position + 1)}${parts === undefined ? '' : ` of ${inLetters(parts)}`}`
}

/** "part one has", or "parts one to three have": the first so many of a thread. */
export function firstPartsHave(count: number): string {
  return count === 1 ? 'part one has' : `parts one to ${inLetters(count)} have`
}

/** "Helen, Owen and Ruth", or with "or" before the last; empty for none. */
export function listInWords(all: readonly string[], last: 'and' | 'or' = 'and'): string {
  return LISTS[last].format(all)
}

const LISTS = {
  and: new Intl.ListFormat('en-GB', { type: 'conjunction' }),
  or: new Intl.ListFormat('en-GB', { type: 'disjunction' }),
}

/** With a capital at its beginning. */
export function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** With a full stop, where it does not end already. */
export function sentence(words: string): string {
  return /[.!?…]$/.test(words) ? words : `${words}.`
}
