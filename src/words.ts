/** "three"; figures from thirteen on. */
export function inLetters(count: number): string {
  return NUMBERS[count] ?? String(count)
}

const NUMBERS = 'none one two three four five six seven eight nine ten eleven twelve'.split(' ')

/** "part two", or "part two of three": how one of a thread is called wherever it is spoken of. Positions count from 0. */
export function partName(position: number, parts?: number): string {
  return `part ${inLetters(position + 1)}${parts === undefined ? '' : ` of ${inLetters(parts)}`}`
}

/** With a capital at its beginning. */
export function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** With a full stop, where it does not end already. */
export function sentence(words: string): string {
  return /[.!?…]$/.test(words) ? words : `${words}.`
}
