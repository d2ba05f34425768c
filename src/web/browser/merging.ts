import { changedEarly } from './came-anew.ts'

/** On the page with two versions, writing a text afresh chooses it. */
export function workMerging(page: Document): void {
  for (const afresh of page.querySelectorAll('[data-afresh]')) {
    const choice = afresh.querySelector<HTMLInputElement>('input[type="radio"]')
    const area = afresh.querySelector('textarea')
    if (!choice || !area) continue
    const choose = () => {
      choice.checked = true
    }
    area.addEventListener('input', choose)
    if (changedEarly(area)) choose()
  }
}
