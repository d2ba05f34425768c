import { levelOf, type CheckLevel } from '../../accounts/check-rules.ts'
import { checkContent } from '../../drafts/check-content.ts'
import { checkWords } from '../../drafts/checks/check-words.ts'
import type { Finding } from '../../drafts/checks/finding.ts'
import type { SeenContext } from '../../drafts/checks/finding-check.ts'
import { withHashtag } from '../../drafts/live/live.ts'
import { POST_LIMIT, textsAsPosted, weightOf } from '../../drafts/weight.ts'
import {
  keepKnown,
  keepWaiting,
  knownOf,
  sendWaiting,
  takeBack,
  waitingOf,
  type Known,
  type Sent,
  type Waiting,
} from './live-outbox.ts'
import { noteLiveWeek } from './live-tidy.ts'
import { smallerPhoto } from './smaller-photo.ts'

/** How often it is tried again while something waits, and how often the page looks what became of the rest. Milliseconds. */
const TRIES_EVERY = 5_000
const LOOKS_EVERY = 8_000

/**
 * The live page with a script: what is pressed is kept on the phone first and sent then, so that a bad connection loses
 * nothing; the count follows the words; what became of each post is looked up now and then.
 */
export async function workLive(page: Document): Promise<void> {
  const place = page.querySelector<HTMLElement>('[data-live]')
  if (!place) return
  const weekId = place.dataset['live'] || /\/weeks\/([^/]+)\/live/.exec(location.pathname)?.[1] || ''
  const isKeptPage = 'liveKept' in place.dataset
  let form = page.querySelector<HTMLFormElement>('form[data-live-form]')
  const known = isKeptPage ? await knownOf(weekId) : knownOfPage(page, place, weekId)
  if (isKeptPage && known && form) showKnown(page, form, known)
  if (form && isKeptPage && (!known || known.closesAt < Date.now())) {
    form.remove()
    form = null
  } else if (form) workForm(form)
  if (!known) {
    if (!isKeptPage) workLooks(page)
    return
  }
  // Without these the form is sent as it is: an old browser, a private window, a page without HTTPS.
  if (!('serviceWorker' in navigator) || !('locks' in navigator) || !crypto.randomUUID) return workLooks(page)
  if (!isKeptPage) {
    await keepKnown(known)
    noteLiveWeek(weekId, known.closesAt)
    // Its worker may be long on its way, on the very line for which it is made.
    void letOpenOffline(weekId)
  }
  workOutbox(page, form, { known, isKeptPage })
}

/** The host's page says what it needs to open without a connection; of an approver's nothing is kept. */
function knownOfPage(page: Document, place: HTMLElement, weekId: string): Known | null {
  const { person, now, closesAt } = place.dataset
  const form = page.querySelector<HTMLFormElement>('form[data-live-form]')
  if (!person || !now || !closesAt) return null
  const ahead = new Date(now).getTime() - cameAt()
  const onPhone = (at: string) => new Date(at).getTime() - ahead
  return {
    weekId,
    person,
    ahead,
    closesAt: onPhone(closesAt),
    heading: page.querySelector('h1')!.textContent ?? '',
    hashtag: form?.dataset['hashtag'] ?? '',
    signOff: form?.dataset['signOff'] ?? '',
    checkContext: form?.dataset['checkContext'] ?? '',
    label: form?.querySelector('[type="submit"]')?.textContent ?? 'Post it',
  }
}

/** When the page began to come, on this phone's clock, in milliseconds: this script may have come long after it. */
function cameAt(): number {
  const [came] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  return Date.now() - (performance.now() - (came?.responseStart ?? 0))
}

function showKnown(page: Document, form: HTMLFormElement, known: Known): void {
  page.querySelector('h1')!.textContent = known.heading
  form.dataset['hashtag'] = known.hashtag
  form.dataset['signOff'] = known.signOff
  form.dataset['checkContext'] = known.checkContext ?? ''
  form.querySelector('[data-signed]')!.textContent = known.signOff
  form.querySelector<HTMLElement>('[data-with]')!.hidden = known.signOff === ''
  form.querySelector('[data-hashtag-name]')!.textContent = known.hashtag
  form.querySelector<HTMLElement>('.live-hashtag')!.hidden = known.hashtag === ''
  form.querySelector('[type="submit"]')!.textContent = known.label
}

async function letOpenOffline(weekId: string): Promise<void> {
  const scope = `/weeks/${weekId}/live`
  try {
    await navigator.serviceWorker.register('/live/worker.js', { scope })
    navigator.serviceWorker.controller?.postMessage('opened')
  } catch {
    // A browser that allows no worker: the page works, and does not open without a connection.
  }
}

interface Typed {
  text: string
  alt: string
  hashtag: boolean
  photo: File | null
  /** A photo that the server has already. */
  hash: string
}

function readForm(form: HTMLFormElement): Typed {
  const field = (name: string) => form.querySelector<HTMLInputElement>(`[name="${name}"]`)
  return {
    text: field('text')!.value,
    alt: field('alt')!.value,
    hashtag: field('hashtag')?.checked ?? false,
    photo: field('photo')!.files?.[0] ?? null,
    hash: field('hash')?.value ?? '',
  }
}

function postedText({ text, hashtag }: Typed, form: HTMLFormElement): string {
  const words = hashtag ? withHashtag(text, form.dataset['hashtag'] ?? '') : text.trim()
  return textsAsPosted([{ text: words }], form.dataset['signOff'] ?? '')[0]!
}

/** The count follows the words, and a photo is shown with the field for what it shows. */
function workForm(form: HTMLFormElement): void {
  const image = form.querySelector<HTMLImageElement>('[data-chosen]')!
  const around = form.querySelector<HTMLElement>('[data-live-photo]')!
  const show = () => {
    const typed = readForm(form)
    const weight = weightOf(postedText(typed, form))
    setText(form.querySelector('[data-weight]'), String(weight))
    setText(form.querySelector('[data-over]'), weight > POST_LIMIT ? `${weight - POST_LIMIT} too long` : '')
    around.hidden = !typed.photo && typed.hash === '' && !around.querySelector('.field-error')
  }
  const showPhoto = () => {
    const { photo, hash } = readForm(form)
    if (image.src.startsWith('blob:')) URL.revokeObjectURL(image.src)
    if (photo) image.src = URL.createObjectURL(photo)
    image.hidden = !photo && hash === ''
    show()
  }
  form.querySelector('[name="photo"]')!.addEventListener('change', () => {
    showPhoto()
    if (readForm(form).photo) form.querySelector<HTMLInputElement>('[name="alt"]')!.focus()
  })
  // Not at every letter: a screen reader would say it anew each time.
  let settled: ReturnType<typeof setTimeout> | undefined
  const check = () => setText(form.querySelector('[data-found]'), foundInWords(findingsIn(form)))
  const showAndCheck = () => {
    show()
    clearTimeout(settled)
    settled = setTimeout(check, CHECKED_AFTER)
  }
  form.addEventListener('input', showAndCheck)
  form.addEventListener('reset', () => {
    setTimeout(showPhoto)
    setTimeout(check)
  })
  showPhoto() // it may have been chosen before this was loaded
  check()
}

/** Of a pause in typing. Milliseconds. */
const CHECKED_AFTER = 500

/** What the account’s checks find in the words as they stand. It is advice, and never keeps a press waiting. */
function findingsIn(form: HTMLFormElement): { finding: Finding; level: CheckLevel }[] {
  const context = form.dataset['checkContext']
  if (!context) return []
  const { text, alt, photo, hash } = readForm(form)
  const images = photo || hash !== '' ? [{ hash: '', alt }] : []
  const known = JSON.parse(context) as SeenContext
  return checkWords({ parts: [{ text, images }] }, known).map((finding) => ({
    finding,
    level: levelOf(known.rules, finding.kind),
  }))
}

function foundInWords(found: ReturnType<typeof findingsIn>): string {
  const [first, ...others] = found
  if (!first) return ''
  const more =
    others.length === 0 ? '' : ` And ${others.length === 1 ? 'one more' : others.length} to look at.`
  return `${first.finding.title} ${first.finding.text}${more}`
}

/** Keeps what is pressed, sends it, and shows what waits. */
function workOutbox(
  page: Document,
  form: HTMLFormElement | null,
  { known, isKeptPage }: { known: Known; isKeptPage: boolean },
): void {
  const { weekId, person } = known
  const list = page.querySelector<HTMLElement>('[data-live-waiting]')!
  let timer: ReturnType<typeof setTimeout> | undefined
  let waits = 0
  let pressing = 0

  const showWaiting = async (sent: Sent | null) => {
    const waiting = await waitingOf(weekId, person)
    waits = waiting.filter(({ why }) => why === null).length
    showList(list, waiting, { sent, weekId, back })
  }

  const trySending = async (): Promise<void> => {
    clearTimeout(timer)
    const before = waits
    const sent = await sendWaiting(weekId, person)
    await showWaiting(sent)
    // The bare page has done its work once there is a connection and nothing is typed.
    const idle = !form || (readForm(form).text === '' && !readForm(form).photo)
    if (isKeptPage && sent === 'all' && idle && (await isReachable())) return location.reload()
    if (!isKeptPage && before > 0 && sent === 'all') await look(page)
    timer = setTimeout(() => void trySending(), waits > 0 || isKeptPage ? TRIES_EVERY : LOOKS_EVERY)
    if (!isKeptPage && waits === 0 && before === 0 && page.visibilityState === 'visible') await look(page)
  }

  const back = async (one: Waiting) => {
    if (!(await takeBack(one.id))) {
      await showWaiting(null)
      return
    }
    const area = form?.querySelector<HTMLTextAreaElement>('[name="text"]')
    if (form && area && area.value.trim() === '') {
      area.value = one.text
      form.querySelector<HTMLInputElement>('[name="alt"]')!.value = one.alt
      if (one.photo) chooseAgain(form, one.photo)
      area.focus()
      form.dispatchEvent(new Event('input'))
    }
    await showWaiting(null)
  }

  if (form) form.dataset['works'] = ''
  form?.addEventListener('submit', (event) => {
    const typed = readForm(form)
    // A photo that the server has already comes from a form that came back: it goes as it is.
    if (typed.hash !== '') return
    event.preventDefault()
    // Pressed twice: the form is empty since the first.
    if (pressing > 0 && typed.text.trim() === '' && !typed.photo) return
    const wrong = whyNotPress(typed, form)
    showWrong(form, wrong)
    if (wrong) return
    pressing += 1
    void press(typed, form).finally(() => (pressing -= 1))
  })

  const press = async (typed: Typed, form: HTMLFormElement) => {
    const pressed = new Date(Date.now() + known.ahead).toISOString()
    const { text, alt, hashtag } = typed
    const key = form.querySelector<HTMLInputElement>('[name="id"]')!
    const id = key.value || crypto.randomUUID()
    const asItWas = copyOf(form, { ...typed, id, pressed })
    // At once, before the photo is made smaller: what is typed and pressed from here on is the next post.
    key.value = crypto.randomUUID()
    form.reset()
    const photo = typed.photo && (await smallerPhoto(typed.photo))
    try {
      await keepWaiting({ id, weekId, person, text, alt, hashtag, photo, pressed, why: null })
    } catch {
      // The browser keeps nothing: then it has to go now, as a form does.
      asItWas.hidden = true
      form.after(asItWas)
      asItWas.submit()
      return
    }
    await showWaiting(null)
    list.scrollIntoView({ block: 'nearest' })
    void askForSync()
    await trySending()
  }

  window.addEventListener('online', () => void trySending())
  page.addEventListener('visibilitychange', () => {
    if (page.visibilityState === 'visible') void trySending()
  })
  void showWaiting(null).then(trySending)
}

/** The form with what was typed into it, whatever becomes of the one on the page. */
function copyOf(form: HTMLFormElement, typed: Typed & { id: string; pressed: string }): HTMLFormElement {
  const copy = form.cloneNode(true) as HTMLFormElement
  const field = (name: string) => copy.querySelector<HTMLInputElement>(`[name="${name}"]`)
  for (const name of ['id', 'pressed', 'text', 'alt'] as const) field(name)!.value = typed[name]
  const hashtag = field('hashtag')
  if (hashtag) hashtag.checked = typed.hashtag
  if (typed.photo) choose(copy, typed.photo)
  return copy
}

async function isReachable(): Promise<boolean> {
  try {
    return (await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(4_000) })).ok
  } catch {
    return false
  }
}

/** Not in every browser. */
type Syncing = ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } }

/** Where the browser can, its worker sends when the page is closed. */
async function askForSync(): Promise<void> {
  const ready: Syncing | undefined = await navigator.serviceWorker.getRegistration(location.pathname)
  await ready?.sync?.register('live').catch(() => undefined)
}

function whyNotPress(typed: Typed, form: HTMLFormElement): { field: string; message: string } | null {
  const images = typed.photo ? [{ hash: '', alt: typed.alt }] : []
  const empty = checkContent({ parts: [{ text: typed.text, images }] }, form.dataset['signOff'] ?? '')
  const words = typed.hashtag ? withHashtag(typed.text, form.dataset['hashtag'] ?? '') : typed.text
  const problems: Record<string, string> = {
    ...empty,
    ...checkContent({ parts: [{ text: words, images }] }, form.dataset['signOff'] ?? ''),
  }
  const never = findingsIn(form).find(({ level }) => level === 'never')
  if (never)
    problems[never.finding.image === null ? 'part-1-text' : 'part-1-alt'] ??=
      `${never.finding.title} Put it right first.`
  const [first] = Object.entries(problems)
  return first ? { field: first[0].endsWith('-alt') ? 'alt' : 'text', message: first[1] } : null
}

function showWrong(form: HTMLFormElement, wrong: { field: string; message: string } | null): void {
  form.querySelectorAll('.field-error').forEach((old) => old.remove())
  form.querySelectorAll('[aria-invalid]').forEach((old) => old.removeAttribute('aria-invalid'))
  if (!wrong) return
  const field = form.querySelector<HTMLElement>(`[name="${wrong.field}"]`)!
  const told = form.ownerDocument.createElement('p')
  told.className = 'field-error'
  told.id = `${wrong.field}-error`
  told.textContent = wrong.message
  field.before(told)
  field.setAttribute('aria-invalid', 'true')
  const described = new Set((field.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean))
  field.setAttribute('aria-describedby', [...described.add(told.id)].join(' '))
  field.focus()
}

function chooseAgain(form: HTMLFormElement, photo: Blob): void {
  choose(form, new File([photo], 'photo.jpg', { type: photo.type })).dispatchEvent(new Event('change'))
}

function choose(form: HTMLFormElement, photo: File): HTMLInputElement {
  const chosen = new DataTransfer()
  chosen.items.add(photo)
  const picker = form.querySelector<HTMLInputElement>('[name="photo"]')!
  picker.files = chosen.files
  return picker
}

function showList(
  list: HTMLElement,
  waiting: Waiting[],
  { sent, weekId, back }: { sent: Sent | null; weekId: string; back: (one: Waiting) => Promise<void> },
): void {
  const page = list.ownerDocument
  list.hidden = waiting.length === 0
  const shown = JSON.stringify([sent === 'stranger', waiting.map(({ id, why }) => [id, why])])
  if (list.dataset['shown'] === shown) return
  list.dataset['shown'] = shown
  const make = (name: string, text: string, attributes: Record<string, string> = {}) => {
    const made = page.createElement(name)
    made.textContent = text
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
    return made
  }
  const entries = waiting.map((one) => {
    const entry = make('li', '')
    const time = make('time', clockOf(one.pressed), { datetime: one.pressed })
    const words = make('p', one.text || 'A photo without words', { dir: 'auto' })
    if (one.photo) words.append(' ', make('small', 'with a photo'))
    const state = make('span', '', { class: 'live-state' })
    state.append(
      one.why
        ? make('span', 'Not taken', { class: 'tag', 'data-state': 'failed' })
        : make('span', 'Not sent yet', { class: 'tag', 'data-state': 'queued' }),
    )
    const button = make('button', 'Take it back', {
      type: 'button',
      class: 'button',
      'data-kind': 'plain',
      'data-size': 'small',
      'aria-label': `Take back “${one.text.slice(0, 40)}”`,
    })
    button.addEventListener('click', () => void back(one))
    state.append(button)
    entry.append(time, words, ...(one.why ? [make('p', one.why, { class: 'field-error' })] : []), state)
    return entry
  })
  const title = make('div', '', { class: 'section-title' })
  title.append(make('h2', 'On this phone'))
  const items = make('ol', '', { class: 'day-plan' })
  items.append(...entries)
  const told = make('p', saidOf(waiting, sent), { role: 'status' })
  if (sent === 'stranger')
    told.append(
      ' ',
      make('a', 'Sign in', { href: `/sign-in?next=${encodeURIComponent(`/weeks/${weekId}/live`)}` }),
    )
  list.replaceChildren(title, told, items)
}

function saidOf(waiting: Waiting[], sent: Sent | null): string {
  const count = waiting.filter(({ why }) => why === null).length
  if (count === 0) return 'The account did not take this. Nothing of it went out.'
  const what = count === 1 ? 'One post waits' : `${count} posts wait`
  return sent === 'stranger'
    ? `${what} until you sign in again.`
    : `${what} for a connection, and ${count === 1 ? 'is' : 'are'} sent on, once, when there is one.`
}

/** As the phone shows times: its own zone is where its holder stands. */
function clockOf(iso: string): string {
  const at = new Date(iso)
  return `${at.getHours()}:${String(at.getMinutes()).padStart(2, '0')}`
}

/** For who only looks: what comes, and what becomes of it. */
function workLooks(page: Document): void {
  setInterval(() => {
    if (page.visibilityState === 'visible') void look(page)
  }, LOOKS_EVERY)
}

/**
 * Fetches the page anew and puts what became of the posts in its place; never under somebody's finger or keyboard: while the
 * focus is in it nothing moves, and where new posts wait for a decision they are announced first.
 */
async function look(page: Document): Promise<void> {
  const parts = page.querySelector<HTMLElement>('[data-live-parts]')
  if (!parts || parts.contains(page.activeElement)) return
  let fresh: HTMLElement | null
  try {
    const answer = await fetch(location.pathname, { signal: AbortSignal.timeout(10_000) })
    if (!answer.ok || answer.redirected) return
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html')
    fresh = next.querySelector<HTMLElement>('[data-live-parts]')
  } catch {
    return
  }
  if (!fresh || parts.contains(page.activeElement)) return
  const news = page.querySelector<HTMLElement>('[data-live-news]')
  const decides = (part: HTMLElement) =>
    [...part.querySelectorAll('[data-decides]')].map((one) => one.getAttribute('data-decides'))
  const [before, after] = [decides(parts), decides(fresh)]
  const added = after.filter((id) => !before.includes(id))
  if (added.length > 0 && before.length > 0 && news) {
    news.hidden = false
    setText(
      news.querySelector('[data-count]'),
      added.length === 1 ? 'One more post has come.' : `${added.length} more posts have come.`,
    )
    return
  }
  if (news) news.hidden = true
  if (parts.innerHTML === fresh.innerHTML) return
  // A finger that is on its way meant what stood there until now.
  if (String(toDecide(parts)) !== String(toDecide(fresh))) {
    parts.inert = true
    setTimeout(() => (parts.inert = false), FINGER_ON_ITS_WAY)
  }
  parts.replaceChildren(...fresh.childNodes)
}

/** Between seeing where to press and pressing there. Milliseconds. */
const FINGER_ON_ITS_WAY = 700

/** What is to be decided, with what pressing would approve of it. */
function toDecide(parts: HTMLElement): string[] {
  return [...parts.querySelectorAll<HTMLElement>('[data-decides]')].map((one) => {
    const approves = one.querySelector<HTMLInputElement>('[name="fingerprint"]')
    return `${one.dataset['decides']} ${approves?.value}`
  })
}

/** A live region speaks when it changes, so it must not be set to what it says already. */
function setText(element: Element | null, text: string): void {
  if (element && element.textContent !== text) element.textContent = text
}
