import { replaceQuietly } from './replace.ts'

const EVERY = 20_000
/** After this many looks that failed, one after the other, the next wait is the longest. */
const MOST_WAITS = 6

/**
 * A page of the desk looks whether it is another one, while somebody can see it, and becomes that in place. Where nothing is
 * new the server says so in one line. People who can't see the page are told when something new waits, and of nothing else.
 */
export function refreshQuietly(page: Document): void {
  const main = page.querySelector<HTMLElement>('main[data-refresh]')
  if (!main) return
  let failed = 0
  let looking = false
  let timer = 0
  const wait = () => {
    clearTimeout(timer)
    timer = window.setTimeout(() => void look(), EVERY * Math.min(2 ** failed, MOST_WAITS))
  }
  const look = async () => {
    if (looking || page.visibilityState !== 'visible') return
    // Not under the hand of who drags something.
    if (page.querySelector('[data-dragged]')) return wait()
    looking = true
    try {
      if (await lookOnce(page, main)) wait()
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
async function lookOnce(page: Document, main: HTMLElement): Promise<boolean> {
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
  replaceQuietly(page.body, next.body)
  if (page.title !== next.title) page.title = next.title
  announce(page, before)
  page.dispatchEvent(new Event('refreshed'))
  return true
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
