/** "three"; figures from thirteen on. */
export function inLetters(count: number): string {
  return NUMBERS[count] ?? String(count)
}

const NUMBERS = 'none one two three four five six seven eight nine ten eleven twelve'.split(' ')

/** With a capital at its beginning. */
export function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** With a full stop, where it does not end already. */
export function sentence(words: string): string {
  return /[.!?…]$/.test(words) ? words : `${words}.`
}
