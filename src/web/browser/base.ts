/** What stands before every address of this page: nothing, but in a practice account. */
export function base(): string {
  return document.body.dataset['base'] ?? ''
}
