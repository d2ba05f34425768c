import { drag } from './drag.ts'

/**
 * The planner with a mouse or a finger: a week is dragged by its grip to a gap, to be moved there, or onto another host's week,
 * to be swapped with it. Nothing changes by it: the
 * page that opens says what moving does, with the same days chosen. The links beside the grip lead there too.
 */
export function workRota(page: Document): void {
  if (!page.querySelector('[data-rota]')) return
  page.addEventListener('pointerdown', (event) => {
    const grip = event.target
    if (!(grip instanceof HTMLElement) || !grip.matches('[data-rota] [data-grip]')) return
    const dragged = grip.closest<HTMLElement>('[data-move-href]')!
    dragged.dataset['dragged'] = ''
    drag<HTMLElement>(event, grip, {
      under: (element) => placeUnder(element, dragged),
      mark(place) {
        for (const marked of page.querySelectorAll('[data-rota] [data-target]'))
          if (marked !== place) marked.removeAttribute('data-target')
        place?.setAttribute('data-target', '')
      },
      drop: (place) => page.location.assign(hrefOf(dragged, place)),
      end() {
        delete dragged.dataset['dragged']
      },
    })
  })
}

/** A gap that is still to come, or another host's week where both may swap. */
function placeUnder(target: Element | null, dragged: HTMLElement): HTMLElement | null {
  const places = dragged.dataset['swapHref'] ? '[data-free], [data-swap-with]' : '[data-free]'
  const place = target?.closest<HTMLElement>(`[data-rota] :is(${places})`)
  return place && place !== dragged ? place : null
}

function hrefOf(dragged: HTMLElement, place: HTMLElement): string {
  const { free, swapWith } = place.dataset
  if (!free) return `${dragged.dataset['swapHref']!}?${new URLSearchParams({ with: swapWith! })}`
  return `${dragged.dataset['moveHref']!}?${new URLSearchParams({ to: free })}`
}
