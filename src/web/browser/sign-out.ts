import { clearLive, keepsLive, unsentLive } from './live-tidy.ts'
import { hasTyped, throwAwayTyped } from './typed-store.ts'
import { fieldsToLose, hasUnsent, shelveUnsent } from './unsent-words.ts'

/**
 * What a browser keeps of somebody is not left on a device that others use: signing out takes it off. What is not on the server
 * yet is asked about first; where there is nothing of that kind, one press signs out as ever.
 */
export function workSignOut(page: Document): void {
  const person = page.body.dataset['signedIn'] ?? ''
  for (const form of page.querySelectorAll<HTMLFormElement>('form[action="/sign-out"]'))
    form.addEventListener('submit', (event) => {
      const isKept = [hasUnsent(page, person), hasTyped(person)].includes(true)
      const lost = fieldsToLose(page)
      const unsaved = isKept || lost.length > 0
      if (!unsaved && !keepsLive()) return
      event.preventDefault()
      if (!unsaved) void signOut(form)
      else
        ask(page, {
          lost: lost.map(labelOf),
          ...(isKept && { keep: () => void signOut(form, () => shelveUnsent(person)) }),
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

function labelOf({ labels, name }: HTMLInputElement | HTMLTextAreaElement): string {
  return labels?.[0]?.textContent.trim().replaceAll(/\s+/g, ' ') || name
}

interface Question {
  /** What the fields are called whose words can't be kept. */
  lost: string[]
  /** Where there is something that can. */
  keep?: () => void
  throwAway: () => void
}

function ask(page: Document, { lost, keep, throwAway }: Question): void {
  const dialog = page.createElement('dialog')
  dialog.className = 'small-dialog'
  dialog.setAttribute('aria-labelledby', 'sign-out-title')
  dialog.dataset['stays'] = ''
  const title = page.createElement('h2')
  title.id = 'sign-out-title'
  title.textContent = 'You typed something that is not saved'
  const sentences = [
    keep &&
      `${lost.length > 0 ? 'Part of it' : 'It'} can stay in this browser for a week, and is there when you sign in here again. On a device that you share, others could find it.`,
    lost.length > 0 &&
      `What you typed under ${listed(lost)} can’t be kept: it is lost when you sign out. To keep it, stay and save it first.`,
  ]
  const paragraphs = sentences.flatMap((text) => {
    if (!text) return []
    const words = page.createElement('p')
    words.textContent = text
    return [words]
  })
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
  const stay = () => {}
  if (!keep) {
    button('Stay signed in', 'main', stay)
    button('Lose it and sign out', 'danger', throwAway)
  } else {
    button(lost.length > 0 ? 'Keep what can be kept and sign out' : 'Keep it and sign out', 'main', keep)
    button('Throw it away and sign out', 'danger', throwAway)
    button('Stay signed in', 'plain', stay)
  }
  dialog.addEventListener('close', () => dialog.remove())
  dialog.append(title, ...paragraphs, buttons)
  page.body.append(dialog)
  dialog.showModal()
}

/** “Reason”, “On” and “At” */
function listed(names: string[]): string {
  const quoted = [...new Set(names)].map((name) => `“${name}”`)
  const last = quoted.pop()!
  return quoted.length > 0 ? `${quoted.join(', ')} and ${last}` : last
}
