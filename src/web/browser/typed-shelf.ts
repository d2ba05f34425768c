interface Typed {
  person: string
  /** Of the draft: what was typed into a new one is settled once that draft is there. */
  draft: string
  at: number
  fields: [name: string, value: string][]
}

const PREFIX = 'typed:'
const LIFE = 7 * 24 * 3600 * 1000

/**
 * Keeps what is typed into a draft in this browser, until the server has it: a lost session or a closed window loses
 * nothing. Offered again to the same person only, on the next visit to that draft, for a week.
 */
export function keepTyped(page: Document, form: HTMLFormElement | null): Shelf | null {
  const settled = page.querySelector<HTMLElement>('[data-settled]')?.dataset['settled']
  const kept = form && !('new' in form.dataset) ? form.dataset['draft'] : settled
  tidy((name, typed) => (kept && typed.draft === kept && name.includes(':new:')) || name === PREFIX + settled)
  if (!form) return null
  const name = PREFIX + form.dataset['shelf']
  const before = read(name)
  if (before) {
    const missing = before.person === form.dataset['person'] && differs(form, before)
    if (missing && !cameBack(form)) offer(page, form, name, before)
    else localStorage.removeItem(name)
  }
  const shelf = openShelf(page)
  if (isTouched(form) || cameBack(form)) shelf.keep() // typed before this was loaded
  return shelf
}

/** It shows what was typed, all of it, and the server has not saved that: the form was sent, and came back. */
export function cameBack(form: HTMLFormElement): boolean {
  return !('fresh' in form.dataset)
}

/** Where what is typed is kept. The page's form may be replaced by a newer one meanwhile. */
export interface Shelf {
  /** At once. */
  keep(): void
  /** In a moment, when the typing pauses. */
  keepSoon(): void
  /** The server has all of it. */
  forget(): void
}

function openShelf(page: Document): Shelf {
  let timer = 0
  const form = () => page.querySelector<HTMLFormElement>('form:is([data-editor], [data-autosave])')
  const shelf: Shelf = {
    keep() {
      window.clearTimeout(timer)
      timer = 0
      const now = form()
      if (!now) return
      write(PREFIX + now.dataset['shelf'], {
        person: now.dataset['person'] ?? '',
        draft: now.dataset['draft'] ?? '',
        at: Date.now(),
        fields: fieldsOf(now),
      })
    },
    keepSoon() {
      window.clearTimeout(timer)
      timer = window.setTimeout(shelf.keep, 400)
    },
    forget() {
      window.clearTimeout(timer)
      timer = 0
      localStorage.removeItem(PREFIX + form()?.dataset['shelf'])
    },
  }
  window.addEventListener('pagehide', () => {
    if (timer) shelf.keep()
  })
  return shelf
}

/** Somebody typed into it since it came. */
export function isTouched(form: HTMLFormElement): boolean {
  return [...form.querySelectorAll('textarea')].some((area) => area.value !== area.defaultValue)
}

function fieldsOf(form: HTMLFormElement): [string, string][] {
  return [...new FormData(form)].flatMap(([name, value]) =>
    typeof value === 'string' && name !== '_csrf' && name !== 'id' ? [[name, value]] : [],
  )
}

function differs(form: HTMLFormElement, { fields }: Typed): boolean {
  const now = new Map(fieldsOf(form))
  const words = fields.filter(([name]) => /-(text|alt)(-\d)?$/.test(name))
  return words.some(([name, value]) => value.trim() !== '' && even(value) !== even(now.get(name) ?? ''))
}

function even(text: string): string {
  return text.replaceAll('\r\n', '\n').trim()
}

function offer(page: Document, form: HTMLFormElement, name: string, typed: Typed): void {
  const note = page.createElement('div')
  note.className = 'flash'
  note.setAttribute('role', 'status')
  note.dataset['level'] = 'advice'
  const at = new Date(typed.at)
  const time = `${at.getHours()}:${String(at.getMinutes()).padStart(2, '0')}`
  const words = page.createElement('p')
  words.textContent = `What you typed here at ${time} was not saved. This browser has kept it.`
  note.append(
    words,
    button(page, 'Put it back', () => putBack(page, form, typed)),
    button(page, 'Throw it away', () => {
      localStorage.removeItem(name)
      note.remove()
    }),
  )
  form.before(note)
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

/**
 * Sends what was kept to be shown again, as many parts as there were. It carries the version that it was typed for: when
 * somebody changed the draft since, saving shows both.
 */
function putBack(page: Document, form: HTMLFormElement, { fields }: Typed): void {
  const keep = form.querySelectorAll<HTMLInputElement>('[name="_csrf"], [name="id"]')
  form.replaceChildren(...keep)
  for (const [name, value] of [...fields, ['do', 'show'] as [string, string]]) {
    const field = page.createElement('input')
    field.type = 'hidden'
    field.name = name
    field.value = value
    form.append(field)
  }
  form.submit()
}

function tidy(isSettled: (name: string, typed: Typed) => unknown): void {
  for (const name of names()) {
    const typed = read(name)
    if (!typed || Date.now() - typed.at > LIFE || isSettled(name, typed)) localStorage.removeItem(name)
  }
}

function names(): string[] {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))
  } catch {
    return [] // a browser that keeps nothing
  }
}

function read(name: string): Typed | null {
  try {
    return JSON.parse(localStorage.getItem(name) ?? 'null') as Typed | null
  } catch {
    return null
  }
}

function write(name: string, typed: Typed): void {
  try {
    localStorage.setItem(name, JSON.stringify(typed))
  } catch {
    // Full, or forbidden: then only the server keeps it.
  }
}
