/** What was typed into a form, and is not on the server yet. */
export interface Typed {
  person: string
  /** Of the draft: what was typed into a new one is settled once that draft is there. */
  draft: string
  at: number
  fields: [name: string, value: string][]
}

export const PREFIX = 'typed:'
const LIFE = 7 * 24 * 3600 * 1000

export function readTyped(name: string): Typed | null {
  try {
    return JSON.parse(localStorage.getItem(name) ?? 'null') as Typed | null
  } catch {
    return null
  }
}

export function writeTyped(name: string, typed: Typed): void {
  if (thrownAway) return
  try {
    localStorage.setItem(name, JSON.stringify(typed))
  } catch {
    // Full, or forbidden: then only the server keeps it.
  }
}

export function forgetTyped(name: string): void {
  try {
    localStorage.removeItem(name)
  } catch {
    // Nothing was kept.
  }
}

/** Has `keep` done when the page is left, and before somebody is asked what becomes of what is kept. */
export function keepAtLast(keep: () => void): void {
  lastKeeps.add(keep)
  window.addEventListener('pagehide', keep)
}

const lastKeeps = new Set<() => void>()
/** What still stands in the forms of a page that is left must not come back. */
let thrownAway = false

/** Whether something that this person typed is not on the server yet. */
export function hasTyped(person: string): boolean {
  for (const keep of lastKeeps) keep()
  return ofPerson(person).length > 0
}

/** All that this person typed and the server does not have; nothing is kept any more until another page comes. */
export function throwAwayTyped(person: string): void {
  thrownAway = true
  for (const name of ofPerson(person)) forgetTyped(name)
}

function ofPerson(person: string): string[] {
  return namesOfTyped().filter((name) => readTyped(name)?.person === person)
}

/** Throws away what is settled, and what nobody asked for in a week. */
export function tidyTyped(isSettled: (name: string, typed: Typed) => unknown = () => false): void {
  for (const name of namesOfTyped()) {
    const typed = readTyped(name)
    if (!typed || Date.now() - typed.at > LIFE || isSettled(name, typed)) forgetTyped(name)
  }
}

export function namesOfTyped(): string[] {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))
  } catch {
    return [] // a browser that keeps nothing
  }
}

/** As the server keeps it. */
export function even(text: string): string {
  return text.replaceAll('\r\n', '\n').trim()
}

/** Says above a form that what was typed there is kept, and asks what to do with it. */
export function offerTyped(
  page: Document,
  form: HTMLFormElement,
  at: number,
  { putBack, throwAway }: { putBack: () => void; throwAway: () => void },
): HTMLElement {
  const note = page.createElement('div')
  note.className = 'flash'
  note.setAttribute('role', 'status')
  note.dataset['level'] = 'advice'
  const when = new Date(at)
  const time = `${when.getHours()}:${String(when.getMinutes()).padStart(2, '0')}`
  const words = page.createElement('p')
  words.textContent = `What you typed here at ${time} was not saved. This browser has kept it.`
  const then = (act: () => void) => () => {
    note.remove()
    act()
  }
  const buttons = page.createElement('p')
  buttons.className = 'buttons'
  buttons.append(button(page, 'Put it back', then(putBack)), button(page, 'Throw it away', then(throwAway)))
  note.append(words, buttons)
  form.before(note)
  return note
}

function button(page: Document, label: string, press: () => void): HTMLButtonElement {
  const made = page.createElement('button')
  made.type = 'button'
  made.className = 'button'
  made.dataset['size'] = 'small'
  made.textContent = label
  made.addEventListener('click', press)
  return made
}
