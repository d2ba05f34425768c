import { replaceQuietly } from './replace.ts'

/** Seconds, unless a page waits for something that comes sooner. */
const EVERY = 20
/** After this many looks that failed, one after the other, the next wait is the longest. */
const MOST_WAITS = 6

/**
 * A page of the desk looks whether it is another one, while somebody can see it, and becomes that in place. Where nothing is
 * new the server says so in one line. People who can't see the page are told when something new waits, and of nothing else.
 */
export function refreshQuietly(page: Document): void {
  const main = page.querySelector<HTMLElement>('main[data-refresh]')
  if (!main) return
  const heedMoves = ignorePressesOnMoved(page, main)
  let failed = 0
  let looking = false
  let timer = 0
  const wait = () => {
    clearTimeout(timer)
    const every = Number(main.dataset['refreshEvery'] ?? EVERY) * 1000
    timer = window.setTimeout(() => void look(), every * Math.min(2 ** failed, MOST_WAITS))
  }
  const look = async () => {
    if (looking || page.visibilityState !== 'visible') return
    // Not under the hand of who drags something.
    if (page.querySelector('[data-dragged]')) return wait()
    looking = true
    try {
      if (await lookOnce(page, main, heedMoves)) wait()
      failed = 0
    } catch {
      failed += 1
      wait()
    } finally {
      looking = false
    }
  }
  page.addEventListener('visibilitychange', () => void look())
  wait()
}

/** False where looking again is no use: somebody is signed out, or the page is gone. @throws Error without a connection. */
async function lookOnce(
  page: Document,
  main: HTMLElement,
  heedMoves: (change: () => void) => void,
): Promise<boolean> {
  const { refresh = '', version = '' } = main.dataset
  const answer = await fetch(refresh, {
    headers: { 'if-none-match': version, 'x-quiet': '1' },
    redirect: 'manual',
    cache: 'no-store',
  })
  if (answer.status === 304) return true
  if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status))
  if (answer.status !== 200) return false
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html')
  // What was pressed meanwhile leads away from here.
  if (!next.querySelector('main[data-refresh]')) return false
  const before = waiting(page)
  heedMoves(() => replaceQuietly(page.body, next.body))
  if (page.title !== next.title) page.title = next.title
  announce(page, before)
  page.dispatchEvent(new Event('refreshed'))
  return true
}

/** Between seeing where to press and pressing there. Milliseconds. */
const FINGER_ON_ITS_WAY = 700

/**
 * A finger that is on its way meant what stood there until now: where a change moves buttons, or brings new ones, they are not
 * pressed by it for a moment. The keyboard goes by what has the focus, and goes on.
 */
function ignorePressesOnMoved(page: Document, main: HTMLElement): (change: () => void) => void {
  let movedAt = -FINGER_ON_ITS_WAY
  page.addEventListener(
    'click',
    (event) => {
      if (event.detail === 0 || performance.now() - movedAt >= FINGER_ON_ITS_WAY) return
      if (!(event.target instanceof Element) || !event.target.closest('main button')) return
      event.preventDefault()
      event.stopImmediatePropagation()
    },
    { capture: true },
  )
  return (change) => {
    const before = placesOf(main)
    change()
    for (const [button, place] of placesOf(main))
      if (before.get(button) !== place) movedAt = performance.now()
  }
}

function placesOf(main: HTMLElement): Map<Element, string> {
  const places = [...main.querySelectorAll('button')].map((button) => {
    const { left, top } = button.getBoundingClientRect()
    return [button, `${left} ${top}`] as const
  })
  return new Map(places)
}

/** The ids of what stands in lists that tell of what is new. */
function waiting(page: Document): Set<string> {
  const items = page.querySelectorAll<HTMLElement>('[data-announces] > li')
  return new Set(Array.from(items, (item) => item.dataset['id'] ?? item.id))
}

function announce(page: Document, before: Set<string>): void {
  const place = page.querySelector('[data-announce]')
  const list = page.querySelector<HTMLElement>('[data-announces]')
  if (!place || !list) return
  const count = [...waiting(page)].filter((id) => !before.has(id)).length
  if (count === 0) return
  const { announces = '', announcesMany = '' } = list.dataset
  place.textContent = count === 1 ? announces : `${count} ${announcesMany}`
}
