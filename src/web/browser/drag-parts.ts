import type { Arrange } from './arrange-in-place.ts'

/** Parts of a thread are dragged by a grip, with a mouse or a finger; the buttons below them do the same. */
export function dragParts(page: Document, arrange: Arrange): void {
  page.addEventListener('pointerdown', (event) => {
    const grip = event.target
    if (!(grip instanceof HTMLElement) || !grip.matches('.grip')) return
    const dragged = partUnder(grip)!
    event.preventDefault()
    grip.setPointerCapture(event.pointerId)
    dragged.dataset['dragged'] = ''
    const over = ({ clientX, clientY }: PointerEvent) => partUnder(page.elementFromPoint(clientX, clientY))
    const mark = (target: HTMLElement | null) => {
      for (const part of page.querySelectorAll<HTMLElement>('[data-part]'))
        part.toggleAttribute('data-target', part === target && part !== dragged)
    }
    const listening = new AbortController()
    const { signal } = listening
    const end = () => {
      listening.abort()
      mark(null)
      delete dragged.dataset['dragged']
    }
    grip.addEventListener('pointermove', (moved) => mark(over(moved)), { signal })
    grip.addEventListener('pointercancel', end, { signal })
    grip.addEventListener(
      'pointerup',
      (released) => {
        const onto = over(released)?.dataset['part']
        end()
        if (onto && onto !== dragged.dataset['part']) void arrange(`move-${dragged.dataset['part']}-${onto}`)
      },
      { signal },
    )
  })
}

export function makeDraggable(form: HTMLFormElement): void {
  for (const name of form.querySelectorAll<HTMLElement>('[data-part] > legend:not([data-alone])')) {
    const grip = form.ownerDocument.createElement('span')
    grip.className = 'grip'
    grip.setAttribute('aria-hidden', 'true')
    name.after(grip)
  }
}

function partUnder(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('form[data-editor] [data-part]') : null
}
