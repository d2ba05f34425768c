import { drag } from './drag.ts'

/**
 * The planner with a mouse or a finger: a week is dragged by its grip to a gap, to be moved there, or onto another host's week,
 * to be swapped with it. Nothing changes by it: the page that opens says what moving does, with the same days chosen; where
 * neither can be done the planner says why. The links beside the grip lead there too.
 */
export function workRota(page: Document): void {
  if (!page.querySelector('[data-rota]')) return
  const note = page.querySelector<HTMLElement>('[data-rota-said]')
  note?.querySelector('button')!.addEventListener('click', () => say(note, ''))
  page.addEventListener('pointerdown', (event) => {
    const grip = event.target
    if (!(grip instanceof HTMLElement) || !grip.matches('[data-rota] [data-grip]')) return
    const dragged = grip.closest<HTMLElement>('[data-move-href]')!
    dragged.dataset['dragged'] = ''
    say(note!, '')
    drag<HTMLElement>(event, grip, {
      under: (element) => placeUnder(element, dragged),
      mark(place) {
        const target = place && takes(place, dragged) ? place : null
        for (const marked of page.querySelectorAll('[data-rota] [data-target]'))
          if (marked !== target) marked.removeAttribute('data-target')
        target?.setAttribute('data-target', '')
      },
      drop(place) {
        if (takes(place, dragged)) page.location.assign(hrefOf(dragged, place))
        else {
          place.closest('.month')!.after(note!)
          say(note!, place.dataset['whyNot'] ?? dragged.dataset['whyNot'] ?? '')
          note!.scrollIntoView({ block: 'nearest' })
        }
      },
      end() {
        delete dragged.dataset['dragged']
      },
    })
  })
}

/** Any other place of the year. */
function placeUnder(target: Element | null, dragged: HTMLElement): HTMLElement | null {
  const place = target?.closest<HTMLElement>('[data-rota] .slot')
  return place && place !== dragged ? place : null
}

/** A gap that is still to come, or another host's week where both may swap. */
function takes(place: HTMLElement, dragged: HTMLElement): boolean {
  return place.matches(dragged.dataset['swapHref'] ? '[data-free], [data-swap-with]' : '[data-free]')
}

function say(note: HTMLElement, words: string): void {
  note.querySelector('p')!.textContent = words
}

function hrefOf(dragged: HTMLElement, place: HTMLElement): string {
  const { free, swapWith } = place.dataset
  if (!free) return `${dragged.dataset['swapHref']!}?${new URLSearchParams({ with: swapWith! })}`
  return `${dragged.dataset['moveHref']!}?${new URLSearchParams({ to: free })}`
}
