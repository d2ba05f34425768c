import { checksOf } from '../../drafts/check-content.ts'
import type { Poll } from '../../networks/network.ts'
import type { Check, SeenContext } from '../../drafts/checks/finding-check.ts'
import { lengthInWords, pollOf, type PollUnit } from '../../drafts/poll.ts'
import { POST_LIMIT, stretchesOf, textsAsPosted, weightOf, type Stretch } from '../../drafts/weight.ts'
import { arrangeInPlace } from './arrange-in-place.ts'
import { autosave } from './autosave.ts'
import { cameAnew, changedEarly } from './came-anew.ts'
import { dragParts, makeDraggable } from './drag-parts.ts'
import { takeImages } from './take-images.ts'
import { followServerChecks } from './server-checks.ts'
import { cameBack, isTouched, keepTyped } from './typed-shelf.ts'

/**
 * What the editor does beyond its form: the count, the preview and the checks follow what is typed, hashtags come with one
 * tap, and the browser keeps what was not saved. Loaded on pages with a draft only, since it counts as the server does.
 */
export function workDraft(page: Document): void {
  const shelf = keepTyped(page, editorIn(page))
  if (!shelf) return
  const show = () => {
    const form = editorIn(page)!
    const draft = readDraft(form)
    showWeights(form, draft)
    showPreview(page, draft)
    showChecks(page, draft)
  }
  const begin = () => {
    const form = editorIn(page)!
    form.dataset['works'] = ''
    offerHashtags(form)
    linkTimes(form)
    makeDraggable(form)
    form.addEventListener('input', () => {
      show()
      shelf.keepSoon()
      server.changed()
    })
    form.addEventListener('submit', (event) => {
      shelf.keep()
      if (navigator.onLine) return
      // The browser would put a page of its own in the place of what is typed.
      event.preventDefault()
      event.stopPropagation()
      server.notSent()
    })
    show() // what was typed before this was loaded
  }
  const others = followServerChecks(page, (place, checks) =>
    place.querySelector('.checks')?.replaceChildren(...checks.map((check) => checkItem(page, check))),
  )
  const server = autosave(page, shelf, others.kept)
  const arrange = arrangeInPlace(page, {
    replaced() {
      server.replaced()
      begin()
      shelf.keep()
      server.changed()
    },
    notSent: server.notSent,
  })
  takeImages(page, arrange)
  dragParts(page, arrange)
  begin()
  const form = editorIn(page)!
  if (cameBack(form) || wasTypedBefore(form)) server.changed()
}

/** While this was being loaded. What a browser puts back by itself when a page is loaded again is offered, and not saved. */
function wasTypedBefore(form: HTMLFormElement): boolean {
  return cameAnew() && isTouched(form)
}

function editorIn(page: Document): HTMLFormElement | null {
  return page.querySelector<HTMLFormElement>('form[data-editor]')
}

interface TypedPart {
  text: string
  /** With the picture that the form shows of it; null where it has none. */
  images: { hash: string; alt: string; shown: HTMLElement | null }[]
  poll?: Poll
}

interface TypedDraft {
  parts: TypedPart[]
  signOff: string
}

function readDraft(form: HTMLFormElement): TypedDraft {
  const parts = partsOf(form).map((part) => ({
    text: part.querySelector<HTMLTextAreaElement>('.part-text')!.value,
    images: [...part.querySelectorAll<HTMLElement>('.attached')].map((attached) => ({
      hash: attached.querySelector<HTMLInputElement>('input[type="hidden"]')!.value,
      alt: attached.querySelector('textarea')!.value,
      shown: attached.querySelector<HTMLElement>(':scope > :is(img, .moving)'),
    })),
    ...pollIn(part),
  }))
  const typed = form.querySelector<HTMLInputElement>('[name="sign-off"]')
  return { parts, signOff: (typed ? typed.value : (form.dataset['signOff'] ?? '')).trim() }
}

function pollIn(part: HTMLElement): { poll?: Poll } {
  const fields = part.querySelector('[data-poll]')
  if (!fields) return {}
  const value = (end: string) =>
    fields.querySelector<HTMLInputElement | HTMLSelectElement>(`[name$="-poll-${end}"]`)?.value ?? ''
  const poll = pollOf({
    options: ['1', '2', '3', '4'].map(value),
    length: value('length'),
    unit: value('unit') as PollUnit,
  })
  return poll ? { poll } : {}
}

function partsOf(form: HTMLFormElement): HTMLElement[] {
  return [...form.querySelectorAll<HTMLElement>('[data-part]')]
}

function showWeights(form: HTMLFormElement, { parts, signOff }: TypedDraft): void {
  const texts = textsAsPosted(parts, signOff)
  partsOf(form).forEach((part, at) => {
    const weight = weightOf(texts[at]!)
    const over = weight - POST_LIMIT
    setText(part.querySelector('[data-weight]'), String(weight))
    setText(part.querySelector('[data-over]'), over > 0 ? `${over} too long` : '')
    setText(part.querySelector('[data-signed]'), signOff)
  })
}

/** A live region speaks when it changes, so it must not be set to what it says already. */
function setText(element: Element | null, text: string): void {
  if (element && element.textContent !== text) element.textContent = text
}

function showPreview(page: Document, { parts, signOff }: TypedDraft): void {
  const list = page.querySelector('[data-preview] .as-posted')
  const pattern = list?.firstElementChild
  if (!list || !pattern) return
  const texts = textsAsPosted(parts, signOff)
  const posts = parts.map((part, at) => {
    const post = pattern.cloneNode(true) as HTMLElement
    const signed = at === parts.length - 1 && signOff !== '' && texts[at]!.endsWith(signOff)
    const text = signed ? texts[at]!.slice(0, -signOff.length).trimEnd() : texts[at]!
    const said = post.querySelector('.said')!
    said.replaceChildren(...stretchesOf(text).map((stretch) => stretchAsPosted(page, stretch)))
    if (signed) said.append(' ', element(page, 'mark', signOff))
    post.querySelector('.pictures')?.remove()
    const pictures = part.images.flatMap(({ shown, alt }) => (shown ? [picture(shown, alt)] : []))
    if (pictures.length > 0) said.after(grid(page, pictures))
    post.querySelectorAll('.poll, .poll-length').forEach((old) => old.remove())
    if (part.poll) post.append(...pollAsPosted(page, part.poll))
    return post
  })
  list.replaceChildren(...posts)
}

function stretchAsPosted(page: Document, { text, kind, shown, href }: Stretch): Node {
  if (kind === undefined) return page.createTextNode(text)
  if (shown === undefined || href === undefined) return element(page, 'span', text, 'entity')
  const link = element(page, 'a', shown, 'entity') as HTMLAnchorElement
  link.href = href
  link.rel = 'nofollow noreferrer'
  return link
}

function pollAsPosted(page: Document, { options, minutes }: Poll): HTMLElement[] {
  const list = element(page, 'ul', '', 'poll')
  const length = lengthInWords(minutes)
  list.setAttribute('aria-label', `Poll, ${length}`)
  list.append(...options.map((option) => element(page, 'li', option)))
  return [list, element(page, 'p', `Open for ${length}`, 'poll-length')]
}

function picture(shown: HTMLElement, alt: string): HTMLElement {
  const copy = shown.cloneNode(true) as HTMLElement
  copy.querySelector('details')?.removeAttribute('open')
  for (const image of copy instanceof HTMLImageElement ? [copy] : copy.querySelectorAll('img'))
    image.alt = alt
  return copy
}

function grid(page: Document, pictures: HTMLElement[]): HTMLElement {
  const made = page.createElement('div')
  made.className = 'pictures'
  made.dataset['count'] = String(pictures.length)
  made.append(...pictures)
  return made
}

function showChecks(page: Document, { parts, signOff }: TypedDraft): void {
  const box = page.querySelector<HTMLElement>('[data-checks]')
  if (!box) return
  const checks = checksOf({ parts }, signOff, contextOf(box))
  box.querySelector('.checks')?.replaceChildren(...checks.map((check) => checkItem(page, check)))
  const nothing = page.querySelector<HTMLElement>('[data-no-checks]')
  if (nothing) nothing.hidden = checks.length > 0
}

/** What the account's checks know, as the page brought it; read once for each page. */
function contextOf(box: HTMLElement): SeenContext {
  const known = contexts.get(box) ?? (JSON.parse(box.dataset['context']!) as SeenContext)
  contexts.set(box, known)
  return known
}

const contexts = new WeakMap<HTMLElement, SeenContext>()

function checkItem(page: Document, { level, title, text, link, answered, answers }: Check): HTMLElement {
  const item = page.createElement('li')
  if (level) item.dataset['level'] = level
  const words = page.createElement('span')
  if (title) words.append(element(page, 'b', title), ' ')
  words.append(text)
  if (answered) words.append(' ', element(page, 'span', answered, 'answered'))
  if (link) {
    const anchor = element(page, 'a', link.label) as HTMLAnchorElement
    anchor.href = link.href
    words.append(' ', anchor)
  }
  item.append(words)
  if (answers) {
    const row = element(page, 'span', '', 'check-answers')
    row.append(...answers.flatMap((answer) => [answerButton(page, answer), ' ']))
    item.append(row)
  }
  return item
}

function answerButton(page: Document, { value, label, of, plain }: Answer): HTMLElement {
  const button = element(page, 'button', label, 'button') as HTMLButtonElement
  button.dataset['size'] = 'small'
  if (plain) button.dataset['kind'] = 'plain'
  button.name = 'answer'
  button.value = value
  button.setAttribute('form', 'draft-form')
  button.setAttribute('aria-label', label + of)
  return button
}

type Answer = NonNullable<Check['answers']>[number]

function element(page: Document, name: string, text: string, className = ''): HTMLElement {
  const made = page.createElement(name)
  made.textContent = text
  if (className) made.className = className
  return made
}

/** The hint with the week's hashtags becomes buttons that put them where one writes. */
function offerHashtags(form: HTMLFormElement): void {
  for (const part of partsOf(form)) {
    const area = part.querySelector<HTMLTextAreaElement>('.part-text')!
    for (const name of part.querySelectorAll('[data-hashtags] span')) {
      const tag = name.textContent ?? ''
      const button = form.ownerDocument.createElement('button')
      button.type = 'button'
      button.className = 'hashtag'
      button.textContent = tag
      button.setAttribute('aria-label', `Put ${tag} in`)
      button.addEventListener('click', () => insert(area, tag))
      name.replaceWith(button)
    }
  }
}

function insert(area: HTMLTextAreaElement, word: string): void {
  const before = area.value.slice(0, area.selectionStart)
  const after = area.value.slice(area.selectionEnd)
  const lead = before === '' || /\s$/.test(before) ? '' : ' '
  const trail = after === '' || /^\s/.test(after) ? '' : ' '
  area.setRangeText(lead + word + trail, area.selectionStart, area.selectionEnd, 'end')
  area.focus()
  area.dispatchEvent(new Event('input', { bubbles: true }))
}

/** Typing a day or a time means "at this time"; "as soon as it is approved" needs neither. */
function linkTimes(form: HTMLFormElement): void {
  const field = (name: string) => form.querySelector<HTMLInputElement>(`[data-when] input[name="${name}"]`)
  const [day, time] = [field('day'), field('time')]
  const soon = form.querySelector<HTMLInputElement>('[data-when] input[value="soon"]')
  const then = form.querySelector<HTMLInputElement>('[data-when] input[value="time"]')
  if (!day || !time || !soon || !then) return
  for (const input of [day, time]) {
    const choose = () => {
      if (input.value) then.checked = true
    }
    input.addEventListener('input', choose)
    if (changedEarly(input)) choose()
  }
  soon.addEventListener('change', () => {
    day.value = ''
    time.value = ''
  })
}
