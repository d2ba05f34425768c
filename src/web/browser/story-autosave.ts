/** Milliseconds. */
const PAUSE = 2000
const AT_LATEST = 15_000
const AGAIN = 15_000
const DEADLINE = 20_000

/** Keeps the words of a story on the server, a moment after the typing pauses. */
export function autosaveStory(
  page: Document,
  saved: () => void,
): { /** A button kept them. */ sent(): void } {
  let timer = 0
  let since = 0
  let inFlight = false
  let dirty = false
  let stopped = false

  const form = () => page.querySelector<HTMLFormElement>('form[data-story]')!

  function plan(after: number): void {
    window.clearTimeout(timer)
    timer = window.setTimeout(() => void save(), after)
  }

  async function save(): Promise<void> {
    if (inFlight) return plan(PAUSE)
    if (stopped || !dirty) return
    inFlight = true
    dirty = false
    since = 0
    const words = wordsIn(form())
    try {
      await heed(await send(words), words)
    } catch {
      failed('Not saved yet: no connection. It is tried again.')
    } finally {
      inFlight = false
      if (dirty && !stopped) plan(PAUSE)
    }
  }

  function send(words: URLSearchParams): Promise<Response> {
    const headers = { accept: 'application/json' }
    const signal = AbortSignal.timeout(DEADLINE)
    return fetch(form().action, { method: 'POST', body: words, headers, redirect: 'manual', signal })
  }

  async function heed(response: Response, words: URLSearchParams): Promise<void> {
    if (response.status === 409) {
      stopped = true
      return say('Somebody changed the same words meanwhile. Press “Save” to see both; nothing is lost.')
    }
    if (response.status === 422) return say('Not saved yet: press “Save” to see what has to be put right.')
    if (response.status === 401 || response.status === 403)
      return say('Not saved: you were signed out. Press “Save”: what you typed comes along.')
    if (!response.ok) return failed('Not saved yet: the server could not take it. It is tried again.')
    const { version, at } = (await response.json()) as { version: number; at: string }
    stand(form(), words, version)
    say(`Saved ${at}.`)
    saved()
  }

  function failed(words: string): void {
    dirty = true
    say(words)
    plan(AGAIN)
  }

  function say(words: string): void {
    const line = page.querySelector('[data-kept]')
    if (line && line.textContent !== words) line.textContent = words
  }

  page.addEventListener('input', ({ target }) => {
    const field = target as HTMLInputElement | HTMLTextAreaElement
    if (field.form !== form() || !isWords(field.name)) return
    dirty = true
    since ||= Date.now()
    if (!inFlight) plan(Math.max(0, Math.min(PAUSE, since + AT_LATEST - Date.now())))
  })
  window.addEventListener('online', () => {
    if (dirty) plan(0)
  })
  page.addEventListener('visibilitychange', () => {
    if (dirty) plan(0)
  })
  return {
    sent() {
      dirty = false
      stopped = false
      window.clearTimeout(timer)
    },
  }
}

function isWords(name: string): boolean {
  return /^(?:heading|text|alt|by|new-heading|new-text)\./.test(name)
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

function placeOf(name: string): string {
  return name.slice(name.indexOf('.') + 1)
}

/** The server has these words now: what is typed next is compared with them. */
function stand(form: HTMLFormElement, words: URLSearchParams, version: number): void {
  const seen = form.elements.namedItem('version') as HTMLInputElement
  // A larger step means that somebody else changed the story too: that, this window has not seen.
  if (version === Number(seen.value) + 1) seen.value = String(version)
  for (const [name, value] of words) {
    if (!isWords(name)) continue
    const before = form.querySelector<HTMLInputElement | HTMLTextAreaElement>(
      `[name="${CSS.escape(`was-${name}`)}"]`,
    )
    if (before instanceof HTMLTextAreaElement) before.value = before.defaultValue = value
    else if (before) before.value = value
    else if (name.startsWith('new-')) {
      const field = form.ownerDocument.createElement('input')
      field.type = 'hidden'
      field.name = `was-${name}`
      field.value = value
      form.append(field)
    }
  }
}
