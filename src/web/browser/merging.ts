/** On the page with two versions, writing a text afresh chooses it. */
export function workMerging(page: Document): void {
  for (const afresh of page.querySelectorAll('[data-afresh]')) {
    const choice = afresh.querySelector<HTMLInputElement>('input[type="radio"]')
    afresh.querySelector('textarea')?.addEventListener('input', () => {
      if (choice) choice.checked = true
    })
  }
}
