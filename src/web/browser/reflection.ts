import { autosave } from './autosave.ts'
import { cameBack, isTouched, keepTyped } from './typed-shelf.ts'

/** Keeps what is typed on the server and in the browser, as the editor of a draft does. */
export function workReflection(page: Document): void {
  const form = page.querySelector<HTMLFormElement>('form[data-autosave]')
  const shelf = keepTyped(page, form)
  if (!form || !shelf) return
  const server = autosave(page, shelf, () => {})
  form.addEventListener('input', () => {
    shelf.keepSoon()
    server.changed()
  })
  form.addEventListener('submit', (event) => {
    shelf.keep()
    if (navigator.onLine) return
    event.preventDefault()
    event.stopPropagation()
    server.notSent()
  })
  if (cameBack(form) || isTouched(form)) server.changed()
}
