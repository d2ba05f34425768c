import { focusAtStart } from './came-anew.ts'

/** Takes the reader to what has to be put right, as soon as a refused form comes back. */
export function focusErrorSummary(page: Document): void {
  focusAtStart(page.querySelector<HTMLElement>('.error-summary'))
}
