/** Pixels from the top and the bottom of the window in which dragging moves the page, and by how many at most in a frame. */
const EDGE = 64
const FASTEST = 16

export interface Drag<Place> {
  /** What lies under the pointer, where something can be let go; else null. */
  under(element: Element | null): Place | null
  /** Shows where it would go. */
  mark(place: Place | null): void
  drop(place: Place): void
  /** It was let go, dropped or not. */
  end(): void
}

/**
 * Follows a mouse or a finger from a grip until it is let go; Escape lets go of nothing. The page scrolls for as long as the
 * pointer stays at the window's edge. Anywhere else than on the grip a finger scrolls as ever.
 */
export function drag<Place>(
  event: PointerEvent,
  grip: HTMLElement,
  { under, mark, drop, end }: Drag<Place>,
): void {
  if (!event.isPrimary || event.button !== 0) return end()
  const page = grip.ownerDocument
  const window = page.defaultView!
  event.preventDefault()
  grip.setPointerCapture(event.pointerId)
  let { clientX: x, clientY: y } = event
  const here = () => under(page.elementFromPoint(x, y))
  const listening = new AbortController()
  const { signal } = listening
  let frame = window.requestAnimationFrame(scroll)

  function scroll(): void {
    const beyond = y < EDGE ? y - EDGE : Math.max(0, y - window.innerHeight + EDGE)
    if (beyond !== 0) {
      window.scrollBy({ top: Math.max(-FASTEST, Math.min(FASTEST, beyond / 4)), behavior: 'instant' })
      mark(here())
    }
    frame = window.requestAnimationFrame(scroll)
  }

  function letGo(place: Place | null): void {
    window.cancelAnimationFrame(frame)
    listening.abort()
    mark(null)
    end()
    if (place) drop(place)
  }

  const on = (name: 'pointermove' | 'pointerup' | 'pointercancel', act: (moved: PointerEvent) => void) =>
    grip.addEventListener(name, act, { signal })
  on('pointermove', (moved) => {
    x = moved.clientX
    y = moved.clientY
    mark(here())
  })
  on('pointercancel', () => letGo(null))
  on('pointerup', () => letGo(here()))
  page.addEventListener('keydown', ({ key }) => key === 'Escape' && letGo(null), { signal })
}
