import type { Arrange } from './arrange-in-place.ts'
import { drag } from './drag.ts'

/** Parts of a thread are dragged by a grip, with a mouse or a finger; the buttons below them do the same. */
export function dragParts(page: Document, arrange: Arrange): void {
  page.addEventListener('pointerdown', (event) => {
    const grip = event.target
    if (!(grip instanceof HTMLElement) || !grip.matches('.grip')) return
    const dragged = partUnder(grip)!
    dragged.dataset['dragged'] = ''
    drag<HTMLElement>(event, grip, {
      under: partUnder,
      mark(target) {
        for (const part of page.querySelectorAll<HTMLElement>('[data-part]'))
          part.toggleAttribute('data-target', part === target && part !== dragged)
      },
      drop({ dataset: { part: onto } }) {
        const { part } = dragged.dataset
        if (onto !== part) void arrange(`move-${part}-${onto}`)
      },
      end() {
        delete dragged.dataset['dragged']
      },
    })
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
