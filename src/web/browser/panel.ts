import { focusAtStart } from './came-anew.ts'

/**
 * A panel opens with its page and closes by a link or a form, so that it works without a script. With one, the keyboard
 * starts in the panel's first field, and Escape is its way out.
 */
export function workPanel(page: Document): void {
  const panel = page.querySelector<HTMLDialogElement>('.panel[open]')
  if (!panel) return
  if (!page.querySelector('.error-summary'))
    focusAtStart(
      panel.querySelector<HTMLElement>('[autofocus]') ??
        panel.querySelector<HTMLElement>('input:not([type=hidden]), select, textarea'),
    )
  page.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') panel.querySelector<HTMLElement>('[data-closes]')?.click()
  })
}
