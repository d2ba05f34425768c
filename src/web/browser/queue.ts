const SWITCH = 'queue-keys'

/**
 * Keys of the queue: A approves, C asks for changes, D declines, J and K go through the list. They are silent while
 * somebody types, and can be turned off, since single keys get in the way of people who dictate (WCAG 2.1.4).
 */
export function workQueue(page: Document): void {
  const queue = page.querySelector<HTMLElement>('[data-queue]')
  if (!queue) return
  let on = remembered() !== 'off'
  show()
  queue.querySelector('[data-keys-switch]')?.addEventListener('click', () => {
    on = !on
    remember(on ? 'on' : 'off')
    show()
  })
  page.addEventListener('keydown', (event) => {
    if (!on || event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target))
      return
    if (press(queue, event.key.toUpperCase())) event.preventDefault()
  })

  function show() {
    const line = queue!.querySelector<HTMLElement>('[data-keys]')
    if (!line) return
    line.hidden = false
    queue!.dataset['queue'] = on ? 'keys' : ''
    line.querySelector('[data-keys-switch]')!.textContent = on ? 'Turn the keys off' : 'Turn the keys on'
    for (const button of queue!.querySelectorAll('button[data-key], button[aria-keyshortcuts]')) {
      const key = button.getAttribute('data-key') ?? button.getAttribute('aria-keyshortcuts')!
      button.setAttribute('data-key', key)
      if (on) button.setAttribute('aria-keyshortcuts', key)
      else button.removeAttribute('aria-keyshortcuts')
    }
  }
}

/** Does what a key stands for; false when it stands for nothing here. */
function press(queue: HTMLElement, key: string): boolean {
  if (key === 'J' || key === 'K') {
    const links = [...queue.querySelectorAll<HTMLAnchorElement>('.queue-list a')]
    const at = links.findIndex((link) => link.hasAttribute('aria-current'))
    const to = key === 'J' ? links[at + 1] : links[at - 1]
    to?.click()
    return to !== undefined
  }
  const button = queue.querySelector<HTMLButtonElement>(`button[data-key="${CSS.escape(key)}"]`)
  if (!button) return false
  const comment = queue.querySelector<HTMLTextAreaElement>('#comment')
  // Asking for changes and declining need words: the key leads to where they are typed.
  if (key !== 'A' && comment?.value.trim() === '') comment.focus()
  else button.click()
  return true
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null
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
