import { clearLive, keepsLive, unsentLive } from './live-tidy.ts'
import { hasTyped, throwAwayTyped } from './typed-store.ts'
import { hasUnsent, shelveUnsent } from './unsent-words.ts'

/**
 * What a browser keeps of somebody is not left on a device that others use: signing out takes it off. What is not on the server
 * yet is asked about first; where there is nothing of that kind, one press signs out as ever.
 */
export function workSignOut(page: Document): void {
  const person = page.body.dataset['signedIn'] ?? ''
  for (const form of page.querySelectorAll<HTMLFormElement>('form[action="/sign-out"]'))
    form.addEventListener('submit', (event) => {
      const unsaved = hasUnsent(page, person) || hasTyped(person)
      if (!unsaved && !keepsLive()) return
      event.preventDefault()
      if (!unsaved) void signOut(form)
      else
        ask(page, {
          keep: () => void signOut(form, () => shelveUnsent(person)),
          throwAway: () => void signOut(form, () => throwAwayTyped(person)),
        })
    })
}

/** @param settle what becomes of what was typed, once nothing else holds the signing out back */
async function signOut(form: HTMLFormElement, settle = () => {}): Promise<void> {
  try {
    const lost = await unsentLive()
    if (lost && !confirm(`${lost} lost when you sign out. Sign out all the same?`)) return
    await clearLive()
  } catch {
    // A browser that does not give its storage away any more.
  }
  settle()
  // Sent by a script, a form tells nobody that it is.
  form.dataset['leaves'] = ''
  form.submit()
}

function ask(page: Document, { keep, throwAway }: { keep: () => void; throwAway: () => void }): void {
  const dialog = page.createElement('dialog')
  dialog.className = 'small-dialog'
  dialog.setAttribute('aria-labelledby', 'sign-out-title')
  dialog.dataset['stays'] = ''
  const title = page.createElement('h2')
  title.id = 'sign-out-title'
  title.textContent = 'You typed something that is not saved'
  const words = page.createElement('p')
  words.textContent =
    'It can stay in this browser for a week, and is there when you sign in here again. On a device that you share, others could find it.'
  const buttons = page.createElement('p')
  buttons.className = 'buttons'
  const button = (label: string, kind: 'main' | 'danger' | 'plain', act: () => void) => {
    const made = page.createElement('button')
    made.type = 'button'
    made.className = 'button'
    made.dataset['kind'] = kind
    made.textContent = label
    made.addEventListener('click', () => {
      dialog.close()
      act()
    })
    buttons.append(made)
  }
  button('Keep it and sign out', 'main', keep)
  button('Throw it away and sign out', 'danger', throwAway)
  button('Stay signed in', 'plain', () => {})
  dialog.addEventListener('close', () => dialog.remove())
  dialog.append(title, words, buttons)
  page.body.append(dialog)
  dialog.showModal()
}
