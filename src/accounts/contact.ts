/** How people reach the account's team: an address to write to, or words; null where nothing is set. */
export function contactOf(contact: string): { address: string } | { words: string } | null {
  const text = contact.trim()
  if (text === '') return null
  return /^\S+@\S+\.\S+$/.test(text) ? { address: text } : { words: text }
}
