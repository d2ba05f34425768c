import { focusAtStart } from './came-anew.ts'

const SWITCH = 'queue-keys'

/**
 * Keys of the queue: A approves, C asks for changes, D declines, J and K go through the list, X chooses where several are
 * decided together, O opens, ? shows them all. They are silent while somebody types, and can be turned off, since single keys
 * get in the way of people who dictate (WCAG 2.1.4).
 */
export function workQueue(page: Document): void {
  readOn(page)
  page.addEventListener('click', ({ target, detail }) => {
    const pressed =
      target instanceof Element && target.closest('[data-queue] :is(a[href], button[type="submit"])')
    // No pointer clicked: it was Enter, the space bar, or a key of the queue.
    if (pressed && detail === 0) noteByKeys()
  })
  if (!page.querySelector('[data-queue]')) return
  // The page refreshes itself, so whatever is here is looked up when it is wanted.
  const queue = () => page.querySelector<HTMLElement>('[data-queue]')
  let on = remembered() !== 'off'
  show()
  countChosen(page)
  page.addEventListener('change', () => countChosen(page))
  page.addEventListener('refreshed', () => {
    show()
    countChosen(page)
  })
  page.addEventListener('click', ({ target }) => {
    if (!(target instanceof Element)) return
    if (target.closest('[data-all-keys]')) showAllKeys(page)
    if (!target.closest('[data-keys-switch]')) return
    on = !on
    remember(on ? 'on' : 'off')
    show()
  })
  page.addEventListener('keydown', (event) => {
    if (event.repeat && event.key === 'Enter' && sendsSomething(event.target)) event.preventDefault()
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
    if (event.key === 'Escape' && isTyping(event.target)) (event.target as HTMLElement).blur()
    if (!on || isTyping(event.target) || page.querySelector('dialog[open]')) return
    const place = queue()
    if (place && press(page, place, event.key.toUpperCase())) event.preventDefault()
  })

  function show() {
    const place = queue()
    const line = place?.querySelector<HTMLElement>('[data-keys]')
    if (!place || !line) return
    line.hidden = false
    place.dataset['queue'] = on ? 'keys' : ''
    line.querySelector('[data-keys-switch]')!.textContent = on ? 'Turn the keys off' : 'Turn the keys on'
    for (const button of place.querySelectorAll('[data-key], [aria-keyshortcuts]')) {
      const key = button.getAttribute('data-key') ?? button.getAttribute('aria-keyshortcuts')!
      button.setAttribute('data-key', key)
      if (on) button.setAttribute('aria-keyshortcuts', key)
      else button.removeAttribute('aria-keyshortcuts')
    }
  }
}

const BY_KEYS = 'queue-by-keys'

/**
 * Somebody who works by keyboard goes on where the next draft begins, not at the top of the page; and who can't see it hears
 * what became of the last one. A page that came back with something wrong begins with that instead.
 */
function readOn(page: Document): void {
  if (!cameByKeys() || !page.location.pathname.startsWith('/queue') || page.querySelector('.error-summary'))
    return
  const place =
    page.querySelector<HTMLElement>('#item-title') ??
    page.querySelector<HTMLElement>('[data-together] input[name="draft"]') ??
    page.querySelector<HTMLElement>('main h1')
  if (place?.tagName === 'H1') place.tabIndex = -1
  focusAtStart(place)
  const happened = page.querySelector('.flash[role="status"] p')?.textContent
  const announced = page.querySelector('[data-announce]')
  // A region that changes is spoken; one that a page comes with is not.
  if (happened && announced) setTimeout(() => (announced.textContent = happened), 200)
}

function noteByKeys(): void {
  try {
    sessionStorage.setItem(BY_KEYS, 'yes')
  } catch {
    // A browser that keeps nothing begins each page at its top.
  }
}

function cameByKeys(): boolean {
  try {
    const came = sessionStorage.getItem(BY_KEYS) !== null
    sessionStorage.removeItem(BY_KEYS)
    return came
  } catch {
    return false
  }
}

/** Does what a key stands for; false when it stands for nothing here. */
function press(page: Document, queue: HTMLElement, key: string): boolean {
  if (key === '?') return showAllKeys(page)
  const together = queue.hasAttribute('data-together')
  if (key === 'J' || key === 'K') return together ? step(queue, key) : follow(queue, key)
  const read = together ? standing(queue) : queue
  if (key === 'X' || key === 'O') {
    const found = read?.querySelector<HTMLElement>(
      key === 'X' ? 'input[name="draft"]' : 'a[data-key="O"], a[aria-keyshortcuts="O"]',
    )
    found?.click()
    return Boolean(found)
  }
  const button = queue.querySelector<HTMLButtonElement>(`button[data-key="${CSS.escape(key)}"]`)
  if (!button) return false
  const comment = queue.querySelector<HTMLTextAreaElement>('#comment')
  // Asking for changes and declining need words: the key leads to where they are typed.
  if (key !== 'A' && comment?.value.trim() === '') comment.focus()
  else if (takesPresses(button)) button.click()
  return true
}

/** Not in the first moment after another draft was decided, as its style sheet says: who pressed twice meant the one before. */
function takesPresses(button: HTMLButtonElement): boolean {
  return getComputedStyle(button).pointerEvents !== 'none'
}

/** A button that is pressed by Enter; held down, that key would press again and again. */
function sendsSomething(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[data-queue] button[type="submit"]') !== null
}

/** To the next draft of the list, or the one before; at the end of a page to the page after. */
function follow(queue: HTMLElement, key: 'J' | 'K'): boolean {
  const links = [...queue.querySelectorAll<HTMLAnchorElement>('.queue-list a')]
  const at = links.findIndex((link) => link.hasAttribute('aria-current'))
  const over = queue.querySelector<HTMLAnchorElement>(`.pager a[rel="${key === 'J' ? 'next' : 'prev'}"]`)
  const to = links[key === 'J' ? at + 1 : at - 1] ?? over
  to?.click()
  return Boolean(to)
}

/** Of several on one page the next, or the one before: its box has the focus. */
function step(queue: HTMLElement, key: 'J' | 'K'): boolean {
  const boxes = [...queue.querySelectorAll<HTMLInputElement>('input[name="draft"]')]
  const at = boxes.findIndex((box) => box === standing(queue)?.querySelector('input[name="draft"]'))
  const to = key === 'J' ? boxes[at + 1] : boxes[at < 0 ? boxes.length - 1 : at - 1]
  to?.focus({ preventScroll: true })
  to?.closest('li')?.scrollIntoView({ block: 'start' })
  return to !== undefined
}

/** The draft in which the focus is. */
function standing(queue: HTMLElement): Element | null {
  const { activeElement } = queue.ownerDocument
  return activeElement && queue.contains(activeElement) ? activeElement.closest('ol > li.queue-item') : null
}

function countChosen(page: Document): void {
  const count = page.querySelector('[data-chosen-count]')
  if (!count) return
  const chosen = page.querySelectorAll('[data-together] input[name="draft"]:checked').length
  count.textContent = chosen === 0 ? '' : `${chosen} chosen`
}

function showAllKeys(page: Document): boolean {
  page.querySelector<HTMLDialogElement>('[data-all-keys-list]')?.showModal()
  return true
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]') !== null
  )
}

function remembered(): string | null {
  try {
    return localStorage.getItem(SWITCH)
  } catch {
    return null
  }
}

function remember(value: string): void {
  try {
    localStorage.setItem(SWITCH, value)
  } catch {
    // A browser that keeps nothing: the switch holds for this page.
  }
}
