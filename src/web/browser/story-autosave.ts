import { changedEarly } from './came-anew.ts'
import { mayOutlive, whenLeft } from './leaving.ts'
import { renewToken, signInLink } from './signed-out.ts'
import { fieldOf, isNew, isWords, placeOf, stoodIn, unsavedFields } from './story-words.ts'
import type { Shelf } from './typed-shelf.ts'

/** Milliseconds. */
const PAUSE = 2000
const AT_LATEST = 15_000
const AGAIN = 15_000
const DEADLINE = 20_000

const OFFLINE = 'Not saved yet: no connection. Your words are kept on this device.'
const UNWELL = 'Not saved yet: the server could not take it. Your words are kept on this device.'

/** Keeps the words of a story on the server, a moment after the typing pauses, and in this browser until they are there. */
export function autosaveStory(
  page: Document,
  shelf: Shelf,
  saved: () => void,
): {
  /** A button kept them. */
  sent(): void
  /** Words are on their way to the server. */
  saves(): boolean
  /** Resolves when none are. */
  settled(): Promise<void>
} {
  let timer = 0
  let since = 0
  let inFlight: Promise<void> | null = null
  let dirty = false
  let stopped = false
  /** It went wrong, and is tried again by and by. */
  let waits = false
  /** What was sent, and no answer came: the server may have it, and knows it again when it comes once more as it was. */
  let unanswered: URLSearchParams | null = null

  const form = () => page.querySelector<HTMLFormElement>('form[data-story]')!

  function plan(after: number): void {
    window.clearTimeout(timer)
    timer = window.setTimeout(save, after)
  }

  function save(): void {
    if (inFlight) return plan(PAUSE)
    if (stopped || !dirty) return
    inFlight = sendAll().finally(() => {
      inFlight = null
      if (dirty && !stopped && !waits) plan(PAUSE)
    })
  }

  async function sendAll(): Promise<void> {
    waits = false
    dirty = unanswered !== null
    since = 0
    const words = unanswered ?? wordsIn(form())
    unanswered = words
    try {
      const response = await send(words)
      unanswered = response.status >= 500 ? words : null
      await heed(response, words)
    } catch {
      failed(OFFLINE)
    }
  }

  async function send(words: URLSearchParams): Promise<Response> {
    const post = () => {
      const headers = { accept: 'application/json' }
      const signal = AbortSignal.timeout(DEADLINE)
      const keepalive = mayOutlive(words)
      return fetch(form().action, {
        method: 'POST',
        body: words,
        headers,
        redirect: 'manual',
        signal,
        keepalive,
      })
    }
    const response = await post()
    if (response.status !== 403 || !(await renewToken(page))) return response
    words.set('_csrf', fieldOf(form(), '_csrf')!.value)
    return post()
  }

  async function heed(response: Response, words: URLSearchParams): Promise<void> {
    if (response.status === 401 || response.status === 403) {
      failed('Not saved yet: you were signed out. Your words are kept on this device. ')
      return line()?.append(signInLink(page))
    }
    if (response.status === 409) {
      stopped = true
      shelf.keep()
      return say('Somebody changed the same words meanwhile. Press “Save” to see both; nothing is lost.')
    }
    if (response.status === 422) {
      shelf.keep()
      return say('Not saved yet: press “Save” to see what has to be put right.')
    }
    if (!response.ok) return failed(UNWELL)
    const { version, at } = (await response.json()) as { version: number; at: string }
    stand(form(), words, version)
    shelf.forget()
    say(`Saved ${at}.`)
    saved()
  }

  function failed(words: string): void {
    dirty = true
    waits = true
    shelf.keep()
    say(words)
    plan(AGAIN)
  }

  /** Kept first, and said then. */
  function offline(): void {
    shelf.keep()
    say(OFFLINE)
  }

  function say(words: string): void {
    const where = line()
    if (where && where.textContent !== words) where.textContent = words
  }

  function line(): HTMLElement | null {
    return page.querySelector('[data-kept]')
  }

  const typed = () => {
    dirty = true
    since ||= Date.now()
    shelf.keepSoon()
    if (!inFlight) plan(Math.max(0, Math.min(PAUSE, since + AT_LATEST - Date.now())))
    if (!navigator.onLine) offline()
  }
  page.addEventListener('input', ({ target }) => {
    const field = target as HTMLInputElement | HTMLTextAreaElement
    if (field.form === form() && isWords(field.name)) typed()
  })
  if (unsavedFields(form()).some(changedEarly)) typed()
  window.addEventListener('online', () => {
    if (dirty) plan(0)
  })
  window.addEventListener('offline', () => {
    if (dirty) offline()
  })
  page.addEventListener('visibilitychange', () => {
    if (dirty) plan(0)
  })
  // A second one beside a save under way would be taken for somebody else’s: it stays on the shelf.
  whenLeft(page, form, () => {
    if (!inFlight) save()
  })
  return {
    saves: () => inFlight !== null,
    settled: async () => inFlight ?? undefined,
    sent() {
      // What was typed since the button was pressed waits for its turn.
      dirty = unsavedFields(form()).length > 0
      stopped = false
      unanswered = null
      window.clearTimeout(timer)
      shelf.keep()
      if (dirty) plan(PAUSE)
    },
  }
}

/** What somebody began without a text waits for it. */
function wordsIn(form: HTMLFormElement): URLSearchParams {
  const all = [...new FormData(form)].map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : '',
  ])
  const empty = new Set(
    all.flatMap(([name, value]) =>
      name.startsWith('new-text.') && value.trim() === '' ? [placeOf(name)] : [],
    ),
  )
  return new URLSearchParams(all.filter(([name]) => !(name.startsWith('new-') && empty.has(placeOf(name)))))
}

/** The server has these words now: what is typed next is compared with them. */
function stand(form: HTMLFormElement, words: URLSearchParams, version: number): void {
  const seen = form.elements.namedItem('version') as HTMLInputElement
  // A larger step means that somebody else changed the story too: that, this window has not seen.
  if (version === Number(seen.value) + 1) seen.value = String(version)
  for (const [name, value] of words) {
    if (!isWords(name)) continue
    const before = stoodIn(form, name)
    if (before instanceof HTMLTextAreaElement) before.value = before.defaultValue = value
    else if (before) before.value = value
    else if (isNew(name)) {
      const field = form.ownerDocument.createElement('input')
      field.type = 'hidden'
      field.name = `was-${name}`
      field.value = value
      form.append(field)
    }
    // It is the page's own from now on, and follows what others make of it.
    const field = isNew(name) ? null : fieldOf(form, name)
    if (field) field.defaultValue = value
  }
}
