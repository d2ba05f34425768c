import {
  even,
  forgetTyped,
  namesOfTyped,
  offerTyped,
  PREFIX,
  readTyped,
  tidyTyped,
  writeTyped,
} from './typed-store.ts'

type Field = HTMLInputElement | HTMLTextAreaElement

const PIECE = `${PREFIX}piece:`

/**
 * Keeps what is typed into the form of a heading, a quote, a picture or a post by its address in this browser, until the story
 * shows it: a dead network, a closed window or a lost session loses nothing. Offered again to the same person only, in the next
 * form of that kind for that story, for a week. A picture itself is chosen anew.
 */
export function keepPiece(page: Document): void {
  const form = page.querySelector<HTMLFormElement>('form[data-piece-form]')
  const person = page.body.dataset['signedIn']
  if (!form || !person) return
  const id = form.querySelector<HTMLInputElement>('[name="id"]')!.value
  const kind = form.querySelector<HTMLInputElement>('[name="kind"]')!.value
  // Each form has its own: what is offered stays until somebody says what becomes of it.
  const ofKind = `${PIECE}${form.dataset['pieceForm']}:${kind}:${person}:`
  const name = ofKind + id
  const keep = () => {
    const fields = wordsOf(form).map(({ name, value }): [string, string] => [name, value])
    if (fields.length > 0) writeTyped(name, { person, draft: id, at: Date.now(), fields })
    else forgetTyped(name)
  }
  tidyTyped()
  for (const older of namesOfTyped().filter((one) => one.startsWith(ofKind) && one !== name)) {
    const before = readTyped(older)
    if (!before) continue
    if (shows(form, before.fields)) {
      forgetTyped(older)
      continue
    }
    offerTyped(page, form, before.at, {
      putBack() {
        forgetTyped(older)
        putBack(form, before.fields)
        keep()
      },
      throwAway: () => forgetTyped(older),
    })
  }
  // What came back with the form, or was typed before this was loaded.
  if (wordsOf(form).length > 0) keep()
  form.addEventListener('input', keep)
  form.addEventListener('submit', (event) => {
    keep()
    if (navigator.onLine) return
    event.preventDefault()
    say(form, 'Not sent: no connection. What you typed is kept on this device. Press again when it is back.')
  })
}

/** What the story shows by now is settled; the address says what was put in last, however it stands there. */
export function settlePieces(page: Document): void {
  const address = new URL(location.href)
  const put = address.searchParams.get('put')
  for (const name of namesOfTyped().filter((one) => one.startsWith(PIECE))) {
    const id = readTyped(name)?.draft
    if (id && (id === put || page.querySelector(`[data-source$=":${CSS.escape(id)}"]`))) forgetTyped(name)
  }
  if (!put) return
  address.searchParams.delete('put')
  history.replaceState(history.state, '', address)
}

function wordsOf(form: HTMLFormElement): Field[] {
  return fieldsOf(form).filter(({ value }) => value.trim() !== '')
}

function fieldsOf(form: HTMLFormElement): Field[] {
  return [...form.elements].filter(
    (field): field is Field =>
      field instanceof HTMLTextAreaElement ||
      (field instanceof HTMLInputElement && !['hidden', 'file'].includes(field.type)),
  )
}

function shows(form: HTMLFormElement, fields: [string, string][]): boolean {
  const now = new Map(fieldsOf(form).map(({ name, value }) => [name, even(value)]))
  return fields.every(([name, value]) => now.get(name) === even(value))
}

/** Below what was typed meanwhile, where there is room for both; else in its place. */
function putBack(form: HTMLFormElement, fields: [string, string][]): void {
  const kept = new Map(fields)
  for (const field of fieldsOf(form)) {
    const before = kept.get(field.name)
    if (before === undefined || even(before) === even(field.value)) continue
    const isBoth = field instanceof HTMLTextAreaElement && field.value.trim() !== ''
    field.value = isBoth ? `${field.value}\n\n${before}` : before
  }
  wordsOf(form)[0]?.focus()
}

function say(form: HTMLFormElement, words: string): void {
  const line = form.querySelector('[data-kept]')
  if (line) line.textContent = words
}
