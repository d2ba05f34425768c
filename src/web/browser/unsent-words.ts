interface Unsent {
  person: string
  /** What the field came with: over other words than these nothing is put back. */
  over: string
  words: string
}

const PREFIX = 'unsent:'
const SIGN_OUT = '[action="/sign-out"]'

/**
 * A page has several forms, and pressing a button of one loads it anew: what stands unsent in the others, such as a comment
 * begun before a check is answered, comes back, for as long as the tab is open and the same person is signed in. The forms
 * say that they want this by `data-unsent`; their address names the one thing that they are about.
 */
export function keepUnsentWords(page: Document): void {
  const person = page.body.dataset['signedIn']
  if (!person) return
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

function areasOf(page: Document): HTMLTextAreaElement[] {
  return [...page.querySelectorAll<HTMLTextAreaElement>('form[data-unsent] textarea')]
}

function putBack(area: HTMLTextAreaElement, person: string): void {
  const unsent = read(area)
  if (!unsent || unsent.person !== person) return
  if (area.value !== area.defaultValue || unsent.over !== area.defaultValue) return
  area.value = unsent.words
  for (let place = area.closest('details'); place; place = place.parentElement?.closest('details') ?? null)
    place.open = true
  area.dispatchEvent(new Event('input', { bubbles: true }))
}

function keep(area: HTMLTextAreaElement, person: string, isSent: boolean): void {
  const isTyped = area.value !== area.defaultValue && area.value.trim() !== ''
  try {
    if (!isTyped || isSent) return sessionStorage.removeItem(nameOf(area))
    const unsent: Unsent = { person, over: area.defaultValue, words: area.value }
    sessionStorage.setItem(nameOf(area), JSON.stringify(unsent))
  } catch {
    // A browser that keeps nothing.
  }
}

function read(area: HTMLTextAreaElement): Unsent | null {
  try {
    return JSON.parse(sessionStorage.getItem(nameOf(area)) ?? 'null') as Unsent | null
  } catch {
    return null
  }
}

function nameOf(area: HTMLTextAreaElement): string {
  return `${PREFIX}${area.form?.getAttribute('action')} ${area.name}`
}

function forgetAll(): void {
  try {
    for (const name of Object.keys(sessionStorage))
      if (name.startsWith(PREFIX)) sessionStorage.removeItem(name)
  } catch {
    // Nothing was kept.
  }
}
