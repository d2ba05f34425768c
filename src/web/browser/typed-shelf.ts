import { base } from './base.ts'
import { isChanged } from './came-anew.ts'
import {
  even,
  forgetTyped,
  keepAtLast,
  namesOfTyped,
  offerTyped,
  PREFIX,
  readTyped,
  tidyTyped,
  writeTyped,
  type Typed,
} from './typed-store.ts'

/**
 * Keeps what is typed into a draft in this browser, until the server has it: a lost session or a closed window loses
 * nothing. Offered again to the same person only, on the next visit to that draft, for a week.
 */
export function keepTyped(page: Document, form: HTMLFormElement | null): Shelf | null {
  const settled = page.querySelector<HTMLElement>('[data-settled]')?.dataset['settled']
  const kept = form && !('new' in form.dataset) ? form.dataset['draft'] : settled
  tidyTyped((name, typed) => {
    if (name === PREFIX + settled) return true
    if (!kept || typed.draft !== kept) return false
    // What nobody decided about is settled by nothing but its own words.
    return name.includes(ASIDE) ? !(form && cameBack(form)) && hasAll(page, typed) : name.includes(':new:')
  })
  if (!form) return null
  const name = PREFIX + form.dataset['shelf']
  const before = readTyped(name)
  if (before) {
    const missing = differs(form, before) && !cameBack(form)
    // What somebody else typed on this device waits for them.
    if (missing || before.person !== form.dataset['person']) putAside(name, before)
    else forgetTyped(name)
  }
  offerAside(page, form, name)
  const shelf = openShelf(page)
  if (isTouched(form) || cameBack(form)) shelf.keep() // typed before this was loaded
  return shelf
}

/** Stands in the names of what is offered and not decided: whoever types on instead of pressing has both. */
const ASIDE = ':aside:'

function putAside(name: string, typed: Typed): void {
  writeTyped(`${name}${ASIDE}${typed.at}`, typed)
  forgetTyped(name)
}

function offerAside(page: Document, form: HTMLFormElement, name: string): void {
  for (const aside of namesOfTyped().filter((one) => one.startsWith(name + ASIDE))) {
    const before = readTyped(aside)
    if (before && before.person !== form.dataset['person']) continue
    if (!before || !differs(form, before)) {
      forgetTyped(aside)
      continue
    }
    const offer = () =>
      offerTyped(page, form, before.at, {
        putBack() {
          const since = readTyped(name)
          if (since) putAside(name, since)
          putBack(page, form, before)
        },
        throwAway: () => forgetTyped(aside),
      })
    void reachedTheServer(name, before).then((reached) => {
      if (!reached) {
        offer()
        return
      }
      forgetTyped(aside)
      // This page was asked for before its words had come.
      if (!name.includes(':new:') && !isTouched(form) && !cameBack(form)) location.reload()
    })
  }
}

/** What was sent as a page was left has no answer there: by now the server may have all of it. */
async function reachedTheServer(name: string, typed: Typed): Promise<boolean> {
  const url = name.includes(':new:') ? `${base()}/drafts/${typed.draft}` : location.pathname + location.search
  try {
    const response = await fetch(url, { redirect: 'manual' })
    if (!response.ok) return false
    return hasAll(new DOMParser().parseFromString(await response.text(), 'text/html'), typed)
  } catch {
    return false
  }
}

/** Whether a page as the server gave it has all these words: in its form, or to be read, once the draft was submitted. */
function hasAll(page: Document, typed: Typed): boolean {
  const form = page.querySelector<HTMLFormElement>(FORM)
  if (form) return !differs(form, typed)
  if (!page.querySelector('[data-settled]')) return false
  const shown = new Set([...page.querySelectorAll('.as-posted .said')].map(saidIn))
  const described = [...page.querySelectorAll('.as-posted .described')].map(({ textContent }) => textContent)
  return wordsOf(typed).every(([name, value]) =>
    name.includes('-alt')
      ? described.some((words) => words.endsWith(` ${even(value)}`))
      : shown.has(withoutSchemes(value)),
  )
}

/** Without the sign-off, and its links whole: X shows them shortened. */
function saidIn(post: Element): string {
  const said = post.cloneNode(true) as Element
  said.querySelector('mark')?.remove()
  for (const link of said.querySelectorAll('a')) link.replaceWith(link.getAttribute('href') ?? '')
  return withoutSchemes(said.textContent ?? '')
}

function withoutSchemes(words: string): string {
  return even(words).replaceAll(/https?:\/\//g, '')
}

const FORM = 'form:is([data-editor], [data-autosave])'

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
  const form = () => page.querySelector<HTMLFormElement>(FORM)
  const shelf: Shelf = {
    keep() {
      window.clearTimeout(timer)
      timer = 0
      const now = form()
      if (!now) return
      writeTyped(PREFIX + now.dataset['shelf'], {
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
      forgetTyped(PREFIX + form()?.dataset['shelf'])
    },
  }
  keepAtLast(() => {
    if (timer) shelf.keep()
  })
  return shelf
}

/** Somebody typed, ticked or chose something in it since it came. */
export function isTouched(form: HTMLFormElement): boolean {
  return [...form.elements].some(isChanged)
}

function fieldsOf(form: HTMLFormElement): [string, string][] {
  return [...new FormData(form)].flatMap(([name, value]) =>
    typeof value === 'string' && name !== '_csrf' && name !== 'id' ? [[name, value]] : [],
  )
}

function differs(form: HTMLFormElement, typed: Typed): boolean {
  const now = new Map(fieldsOf(form))
  return wordsOf(typed).some(([name, value]) => even(value) !== even(now.get(name) ?? ''))
}

function wordsOf({ fields }: Typed): [name: string, value: string][] {
  return fields.filter(([name, value]) => /-(text|alt)(-\d)?$/.test(name) && value.trim() !== '')
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
  form.dataset['leaves'] = ''
  form.submit()
}
