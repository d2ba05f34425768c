/**
 * Has something done at the last moment at which a script surely runs: when the page is left, or put out of sight. Not where the
 * form that is typed into was sent, which carries it itself, nor where somebody signs out, who was asked what becomes of it.
 */
export function whenLeft(page: Document, form: () => HTMLFormElement, act: () => void): void {
  let sends = false
  window.addEventListener('submit', ({ target, defaultPrevented }) => {
    const carries = target === form() || (target as HTMLFormElement).matches('[action="/sign-out"]')
    sends = carries && !defaultPrevented
  })
  page.addEventListener('input', () => (sends = false))
  window.addEventListener('pageshow', () => (sends = false))
  const left = () => {
    // Sent by a script, a form tells nobody that it is.
    if (!sends && !page.querySelector('[data-leaves]')) act()
  }
  window.addEventListener('pagehide', left)
  page.addEventListener('visibilitychange', () => {
    if (page.visibilityState === 'hidden') left()
  })
}

/** What browsers let outlive a page is 64 KB for all requests together, and two may be under way. Bytes. */
const OUTLIVES = 30_000
/** What a field of a form takes beside its name and value. Bytes. */
const FIELD = 200

/** Whether a request with this body may outlive its page; a browser refuses larger ones outright. */
export function mayOutlive(body: FormData | URLSearchParams): boolean {
  if (body instanceof URLSearchParams) return body.toString().length <= OUTLIVES
  const encoder = new TextEncoder()
  const bytes = [...body].map(
    ([name, value]) => FIELD + (typeof value === 'string' ? encoder.encode(name + value).length : value.size),
  )
  return bytes.reduce((sum, each) => sum + each, 0) <= OUTLIVES
}
