import { base } from './base.ts'
import { mayOutlive, whenLeft } from './leaving.ts'
import { renewToken, signInLink } from './signed-out.ts'
import type { Shelf } from './typed-shelf.ts'

/** Keeps what is typed on the server, a moment after the typing pauses. */
export interface Autosave {
  /** Something was typed. */
  changed(): void
  /** Another form stands in the place of the one before. */
  replaced(): void
  /** A button was pressed without a connection, and the form stays. */
  notSent(): void
}

/** Milliseconds. */
const PAUSE = 2000
const AT_LATEST = 15_000
const AGAIN = 15_000
const DEADLINE = 20_000

const OFFLINE = 'Not saved yet: no connection. Your words are kept on this device.'
const NOT_SENT = 'Not sent: no connection. Your words are kept on this device. Press again when it is back.'
const BACK = 'The connection is back: press again.'
const STILL_NOT_SENT = 'What you pressed was not sent: press again.'
const UNWELL = 'Not saved yet: the server could not take it. Your words are kept on this device.'

export function autosave(page: Document, shelf: Shelf, saved: () => void): Autosave {
  const place = { key: keyOf(page), turn: 0 }
  let version: number | null = null
  let timer = 0
  let since = 0
  let inFlight = false
  /** Another one is, of what was typed after it: a page that goes tells so more than once, and a third would be refused. */
  let besideIt = false
  /** A save was due while another one was under way. */
  let wanted = false
  let dirty = false
  let stopped = false
  /** A button was pressed without a connection; saving what was typed does not do what it says. */
  let unsent = false

  const form = () => page.querySelector<HTMLFormElement>('form:is([data-editor], [data-autosave])')!

  function plan(after: number): void {
    window.clearTimeout(timer)
    timer = window.setTimeout(() => void save(), after)
  }

  async function save(): Promise<void> {
    window.clearTimeout(timer)
    wanted = inFlight
    if (inFlight || stopped || !dirty || isBlank(form())) return
    inFlight = true
    dirty = false
    since = 0
    const sent = form()
    try {
      await heed(await send(sent))
    } catch {
      failed(OFFLINE)
    } finally {
      inFlight = false
      if (wanted) plan(0)
    }
  }

  async function send(sent: HTMLFormElement): Promise<Response> {
    const body = new FormData(sent)
    for (const name of new Set(body.keys())) if (body.get(name) instanceof File) body.delete(name)
    const url = sent.dataset['autosave'] ?? `${base()}/drafts/${sent.dataset['draft']}/autosave`
    const keepalive = mayOutlive(body)
    const signal = AbortSignal.timeout(DEADLINE)
    const post = () => fetch(url, { method: 'POST', body, redirect: 'manual', signal, keepalive })
    const response = await post()
    if (response.status !== 403 || !(await renewToken(page))) return response
    body.set('_csrf', sent.querySelector<HTMLInputElement>('[name="_csrf"]')!.value)
    return post()
  }

  async function heed(response: Response): Promise<void> {
    if (response.status === 401) return signedOut()
    if (response.status === 409) {
      stopped = true
      shelf.keep()
      return say(
        `Somebody changed this meanwhile. Press “${form().dataset['button'] ?? 'Save the draft'}” to see both versions; nothing is lost.`,
      )
    }
    if (response.status === 422) {
      const { note } = (await response.json()) as { note: string }
      shelf.keep()
      return say(`Not on the server yet. ${note}`)
    }
    if (!response.ok) return failed(UNWELL)
    const kept = (await response.json()) as { version: number; at: string; note: string | null }
    version = kept.version
    if (!dirty) shelf.forget()
    stand(form(), version)
    say(
      `Saved ${kept.at}.${unsent ? ` ${STILL_NOT_SENT}` : ''}${kept.note ? ` The time is not saved yet. ${kept.note}` : ''}`,
    )
    if (dirty) plan(PAUSE)
    saved()
  }

  function failed(words: string): void {
    dirty = true
    shelf.keep()
    say(words)
    plan(AGAIN)
  }

  /** Kept first, and said then. */
  function offline(): void {
    shelf.keep()
    say(OFFLINE)
  }

  function signedOut(): void {
    failed('Not saved yet: you were signed out. Your words are kept on this device. ')
    stateLine()?.append(signInLink(page))
  }

  function say(words: string): void {
    const line = stateLine()
    if (line && line.textContent !== words) line.textContent = words
  }

  function stateLine(): HTMLElement | null {
    return page.querySelector('[data-kept]')
  }

  function mark(event: FormDataEvent): void {
    event.formData.set('window', place.key)
    event.formData.set('turn', String(++place.turn))
  }

  window.addEventListener('online', () => {
    if (stateLine()?.textContent === NOT_SENT) say(BACK)
    plan(0)
  })
  window.addEventListener('offline', () => {
    if (dirty) offline()
  })
  page.addEventListener('visibilitychange', () => {
    if (dirty) plan(0)
  })
  whenLeft(page, form, () => {
    if (!inFlight) {
      void save()
      return
    }
    // What was typed since the save under way would wait for its answer, and nobody may be there by then.
    if (besideIt || !dirty || stopped || isBlank(form())) return
    besideIt = true
    void send(form())
      .catch(() => {})
      .finally(() => (besideIt = false))
  })
  form().addEventListener('formdata', mark)
  return {
    changed() {
      dirty = true
      since ||= Date.now()
      if (!inFlight) plan(Math.max(0, Math.min(PAUSE, since + AT_LATEST - Date.now())))
      if (!navigator.onLine) offline()
    },
    replaced() {
      unsent = false
      form().addEventListener('formdata', mark)
      if (version !== null) stand(form(), version)
    },
    notSent() {
      unsent = true
      say(NOT_SENT)
      stateLine()?.scrollIntoView({ block: 'center' })
    },
  }
}

/** The same for as long as the page stands open, also when the browser brings it back. */
function keyOf(page: Document): string {
  const { body } = page
  body.dataset['window'] ??= crypto.randomUUID?.() ?? randomKey()
  return body.dataset['window']
}

/** Plain HTTP beyond the own machine has no `randomUUID`. */
function randomKey(): string {
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) =>
    byte.toString(16).padStart(2, '0'),
  )
  return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

function isBlank(form: HTMLFormElement): boolean {
  return (
    !form.dataset['autosave'] &&
    !form.querySelector('.attached') &&
    [...form.querySelectorAll<HTMLTextAreaElement>('.part-text')].every(({ value }) => value.trim() === '')
  )
}

/** The form of a draft that the server has now, in this version. */
function stand(form: HTMLFormElement, version: number): void {
  const id = form.dataset['draft']!
  const known = form.querySelector<HTMLInputElement>('[name="version"]')
  if (known) {
    known.value = String(version)
    return
  }
  const field = form.ownerDocument.createElement('input')
  field.type = 'hidden'
  field.name = 'version'
  field.value = String(version)
  form.append(field)
  for (const name of ['id', 'week', 'account', 'slot', 'reply'])
    form.querySelector(`input[type="hidden"][name="${name}"]`)?.remove()
  delete form.dataset['new']
  form.dataset['shelf'] = id
  form.setAttribute('action', `${base()}/drafts/${id}`)
  form
    .querySelector('button[value="submit"]')
    ?.setAttribute('formaction', `${base()}/drafts/${id}/submission`)
  history.replaceState(null, '', `${base()}/drafts/${id}`)
}
