/** Buttons that copy what stands in a field: `data-copies` names it. Without a script people select it themselves. */
export function workCopying(page: Document): void {
  for (const button of page.querySelectorAll<HTMLButtonElement>('[data-copies]')) {
    const field = page.querySelector<HTMLTextAreaElement>(`#${button.dataset['copies']}`)
    if (!field) continue
    button.hidden = false
    button.addEventListener(
      'click',
      () => void copy(field, button.parentElement?.querySelector('[data-copied]')),
    )
  }
}

async function copy(field: HTMLTextAreaElement, said: Element | null | undefined): Promise<void> {
  field.select()
  // A page that came without HTTPS has no clipboard.
  const done = await (
    navigator.clipboard?.writeText(field.value) ?? Promise.reject(new Error('No clipboard.'))
  ).then(
    () => true,
    () => false,
  )
  if (said) said.textContent = done ? 'Copied.' : 'It is selected: copy it with your keyboard.'
}
