import { isChanged } from './came-anew.ts'
import { forgetTyped, PREFIX as TYPED, readTyped, tidyTyped, writeTyped } from './typed-store.ts'

type Field = HTMLInputElement | HTMLTextAreaElement

interface Unsent {
  person: string
  /** What the field came with: over other words than these nothing is put back. */
  over: string
  words: string
}

const PREFIX = 'unsent:'
const SIGN_OUT = '[action="/sign-out"]'
/** What people fill in by writing. A moment is not kept: when it is put back it may have passed. */
const LINE = 'input:is(:not([type]), [type="text"], [type="email"], [type="url"], [type="number"])'
const WORDS = `textarea, ${LINE}, input:is([type="tel"], [type="date"], [type="time"])`
/** These keep what is typed themselves, in this browser or on the server. */
const SHELVED = '[data-editor], [data-autosave], [data-story], [data-piece-form]'

/**
 * A page has several forms, and pressing a button of one loads it anew: what stands unsent in the others, such as a comment
 * begun before a check is answered, comes back, for as long as the tab is open and the same person is signed in. The forms
 * say that they want this by `data-unsent`; their address names the one thing that they are about. Whoever signs out is asked
 * about it, and may have it kept until they come back.
 */
export function keepUnsentWords(page: Document): void {
  const person = page.body.dataset['signedIn']
  if (!person) return
  tidyTyped()
  for (const area of areasOf(page)) putBack(area, person)
  let sent: HTMLFormElement | null = null
  page.addEventListener('submit', (event) => {
    sent = event.defaultPrevented ? null : (event.target as HTMLFormElement)
  })
  page.addEventListener('input', () => (sent = null))
  window.addEventListener('pagehide', () => {
    // Signing out may ask first, and is sent after that.
    if (sent?.matches(SIGN_OUT) || page.querySelector(`${SIGN_OUT}[data-leaves]`)) return forgetAll()
    for (const area of areasOf(page)) keep(area, person, area.form === sent)
  })
}

/** What was typed on this page into fields that nothing here keeps: signing out loses it. */
export function fieldsToLose(page: Document): Field[] {
  const kept = new Set<Field>(areasOf(page))
  return [...page.querySelectorAll<Field>(WORDS)].filter((field) => {
    if (kept.has(field) || !field.form || field.form.matches(SHELVED) || !isSent(field.form)) return false
    // A form that was refused came back with what was typed, and nothing of it is saved.
    const isTyped = isChanged(field) || field.form.querySelector('[aria-invalid="true"]') !== null
    return isTyped && !field.readOnly && field.value.trim() !== ''
  })
}

function isSent(form: HTMLFormElement): boolean {
  return form.getAttribute('method') === 'post' && !form.matches(SIGN_OUT)
}

/** Whether this person began something in this tab, on this page or one before, that they have not sent. */
export function hasUnsent(page: Document, person: string): boolean {
  for (const area of areasOf(page)) keep(area, person, false)
  return unsentOf(person).length > 0
}

/** Keeps it in this browser, beyond the tab and the signing out. */
export function shelveUnsent(person: string): void {
  for (const [name, { over, words }] of unsentOf(person))
    writeTyped(shelfOf(name, person), { person, draft: '', at: Date.now(), fields: [[over, words]] })
}

function unsentOf(person: string): [name: string, unsent: Unsent][] {
  try {
    return Object.keys(sessionStorage)
      .filter((name) => name.startsWith(PREFIX))
      .flatMap((name) => {
        const unsent = read(name)
        return unsent?.person === person ? [[name, unsent] as [string, Unsent]] : []
      })
  } catch {
    return [] // a browser that keeps nothing
  }
}

function areasOf(page: Document): Field[] {
  const lines = `form[data-unsent]:not([data-live-form]) ${LINE}`
  return [...page.querySelectorAll<Field>(`form[data-unsent] textarea, ${lines}`)]
}

function putBack(area: Field, person: string): void {
  takeFromShelf(area, person)
  const unsent = read(nameOf(area))
  if (!unsent || unsent.person !== person) return
  if (area.value !== area.defaultValue || unsent.over !== area.defaultValue) return
  area.value = unsent.words
  for (let place = area.closest('details'); place; place = place.parentElement?.closest('details') ?? null)
    place.open = true
  area.dispatchEvent(new Event('input', { bubbles: true }))
}

/** What was kept when this person signed out is the tab's again. */
function takeFromShelf(area: Field, person: string): void {
  const name = nameOf(area)
  const shelved = readTyped(shelfOf(name, person))
  if (!shelved) return
  const [[over, words]] = shelved.fields as [[string, string]]
  try {
    if (read(name)?.person !== person) write(name, { person, over, words })
    forgetTyped(shelfOf(name, person))
  } catch {
    // It stays on the shelf.
  }
}

function keep(area: Field, person: string, isSent: boolean): void {
  const isTyped = area.value !== area.defaultValue && area.value.trim() !== ''
  try {
    if (!isTyped || isSent) return sessionStorage.removeItem(nameOf(area))
    write(nameOf(area), { person, over: area.defaultValue, words: area.value })
  } catch {
    // A browser that keeps nothing.
  }
}

function write(name: string, unsent: Unsent): void {
  sessionStorage.setItem(name, JSON.stringify(unsent))
}

function read(name: string): Unsent | null {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? 'null') as Unsent | null
  } catch {
    return null
  }
}

function nameOf(area: Field): string {
  return `${PREFIX}${area.form?.getAttribute('action')} ${area.name}`
}

function shelfOf(name: string, person: string): string {
  return `${TYPED}${person}:${name}`
}

function forgetAll(): void {
  try {
    for (const name of Object.keys(sessionStorage))
      if (name.startsWith(PREFIX)) sessionStorage.removeItem(name)
  } catch {
    // Nothing was kept.
  }
}
