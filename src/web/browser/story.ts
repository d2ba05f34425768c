import { drag } from './drag.ts'
import { settlePieces } from './piece-shelf.ts'
import { replaceQuietly } from './replace.ts'
import { autosaveStory } from './story-autosave.ts'
import { keepStoryTyped } from './story-shelf.ts'
import type { Field } from './story-words.ts'
import type { Shelf } from './typed-shelf.ts'

/**
 * The recap's editor: every button does its work in place, pieces are dragged to where they belong, and what is typed is
 * kept. All of it is what the buttons do without a script.
 */
export function workStory(page: Document): void {
  const form = storyForm(page)
  if (!form) return
  settlePieces(page)
  let turn = Promise.resolve(true)
  let underWay = 0
  const shelf = keepStoryTyped(page, () => storyForm(page)!)
  const kept = autosaveStory(page, shelf, () => showPreview(page))
  const send = (action: string, fields: [string, string][]) => {
    underWay += 1
    turn = turn
      .then(() => sendInPlace(page, action, fields, { kept, shelf }))
      .finally(() => {
        underWay -= 1
      })
  }
  /** What leaves the page tells which version it saw: that of all that was done before it was pressed. */
  let leaving = false
  const leaveAfterwards = async (pressed: HTMLButtonElement) => {
    if (leaving) return
    leaving = true
    await kept.settled()
    if (await turn) standIn(storyForm(page)!, pressed)?.click()
    leaving = false
  }
  page.addEventListener('submit', (event) => {
    const { submitter, target } = event
    if (!(target instanceof HTMLFormElement) || target !== storyForm(page)) return
    if (!(submitter instanceof HTMLButtonElement)) return
    shelf.keep()
    const leaves = submitter.dataset['kind'] === 'main' || 'leadsOn' in submitter.dataset
    if (leaves && navigator.onLine && underWay === 0 && !kept.saves()) return
    event.preventDefault()
    if (leaves && navigator.onLine) return void leaveAfterwards(submitter)
    if (leaves) return say(page, NOT_DONE)
    // Without a formaction of its own, a button's property is the address of the page and not that of its form.
    const action = submitter.hasAttribute('formaction') ? submitter.formAction : target.action
    send(action, submitter.name ? [[submitter.name, submitter.value]] : [])
  })
  page.addEventListener('keydown', (event) => stepByKey(page, event))
  dragPieces(page, send)
  makeHandles(page)
}

const NOT_DONE =
  'Not done: no connection. What you typed is kept on this device. Press again when it is back.'

function storyForm(page: Document): HTMLFormElement | null {
  return page.querySelector<HTMLFormElement>('form[data-story]')
}

/** Sends the form as a button does, and puts the answer in the place of the page; false where that could not be done. */
async function sendInPlace(
  page: Document,
  action: string,
  fields: [string, string][],
  { kept, shelf }: { kept: { sent(): void }; shelf: Shelf },
): Promise<boolean> {
  const form = storyForm(page)!
  const body = new URLSearchParams(
    [...new FormData(form)].map(([name, value]) => [name, typeof value === 'string' ? value : '']),
  )
  for (const [name, value] of fields) body.append(name, value)
  const typed = newFields(form).map((field) => [field.name, field.value] as const)
  let answer: Document
  try {
    const response = await fetch(action, { method: 'POST', body })
    answer = new DOMParser().parseFromString(await response.text(), 'text/html')
    // What can't be done has a page of its own, or comes back with the form: the browser shows it as ever.
    if (!response.ok || !storyForm(answer)) {
      sendAsEver(form, action, fields)
      return false
    }
    const { search } = new URL(response.url)
    history.replaceState(null, '', location.pathname + search + location.hash)
  } catch {
    shelf.keep()
    say(page, NOT_DONE)
    return false
  }
  for (const [name, value] of typed) clear(form, name, value)
  // The line beside the state says it; a flash of the page before would stay, and be untrue.
  const said = answer.querySelector('.flash')?.textContent?.trim()
  for (const one of [page, answer])
    for (const flash of one.querySelectorAll('.flash[data-stays]:not([data-offer])')) flash.remove()
  const pressed = page.activeElement
  replaceQuietly(page.querySelector('main')!, answer.querySelector('main')!)
  if (pressed instanceof HTMLButtonElement && !pressed.isConnected) standIn(form, pressed)?.focus()
  for (const field of newFields(form))
    if (field.value === '') field.closest('details')?.removeAttribute('open')
  kept.sent()
  makeHandles(page)
  showPreview(page)
  if (said) say(page, said)
  return true
}

/** The button that does what `pressed` did, where that was replaced meanwhile: a piece that went to another day is made anew there. */
function standIn(form: HTMLFormElement, pressed: HTMLButtonElement): HTMLButtonElement | undefined {
  if (pressed.isConnected) return pressed
  const { name, value, formAction } = pressed
  const same = [...form.querySelectorAll<HTMLButtonElement>('button[formaction]')].filter(
    (button) => button.formAction === formAction && button.name === name,
  )
  return same.find((button) => button.value === value) ?? same[0]
}

function newFields(form: HTMLFormElement): Field[] {
  return [...form.querySelectorAll<Field>('[name^="new-heading."], [name^="new-text."]')]
}

/** It is in the story now, and must not come into it twice; what was typed since stays. */
function clear(form: HTMLFormElement, name: string, value: string): void {
  const field = newFields(form).find((one) => one.name === name)
  if (field?.value === value) field.value = ''
}

function sendAsEver(form: HTMLFormElement, action: string, fields: [string, string][]): void {
  for (const [name, value] of fields) {
    const field = form.ownerDocument.createElement('input')
    field.type = 'hidden'
    field.name = name
    field.value = value
    form.append(field)
  }
  form.action = action
  form.submit()
}

function say(page: Document, words: string): void {
  const line = page.querySelector('[data-kept]')
  if (line) line.textContent = words
}

/** As it stands now, where it was scrolled to. */
function showPreview(page: Document): void {
  const frame = page.querySelector<HTMLIFrameElement>('.preview iframe')
  if (frame?.checkVisibility()) frame.contentWindow?.location.reload()
}

function stepByKey(page: Document, event: KeyboardEvent): void {
  const { target, key } = event
  if (!(event.ctrlKey || event.metaKey) || key.toLowerCase() !== 'z') return
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return
  const button = page.querySelector<HTMLButtonElement>(`.step[value="${event.shiftKey ? 'redo' : 'undo'}"]`)
  if (!button || button.disabled) return
  event.preventDefault()
  button.click()
}

/** Pieces of the story and what happened have a grip; the buttons beside them do the same. */
function makeHandles(page: Document): void {
  for (const piece of page.querySelectorAll('.block[data-movable], [data-found][data-act]')) {
    if (piece.querySelector(':scope > .handle')) continue
    const handle = page.createElement('span')
    handle.className = 'handle'
    handle.setAttribute('aria-hidden', 'true')
    handle.dataset['stays'] = ''
    piece.prepend(handle)
  }
}

function dragPieces(page: Document, send: (action: string, fields: [string, string][]) => void): void {
  page.addEventListener('pointerdown', (event) => {
    const grip = event.target
    if (!(grip instanceof HTMLElement) || !grip.matches('form[data-story] .handle')) return
    const dragged = grip.parentElement!
    dragged.dataset['dragged'] = ''
    drag<HTMLElement>(event, grip, {
      under: (element) => element?.closest<HTMLElement>('[data-behind]') ?? null,
      mark(target) {
        for (const one of page.querySelectorAll('.story [data-behind]'))
          one.toggleAttribute('data-target', one === target && one !== dragged)
      },
      drop({ dataset: { behind } }) {
        const { piece, act, name, value } = dragged.dataset
        const after: [string, string] = ['after', behind!]
        if (piece && piece !== behind)
          send(`${storyForm(page)!.dataset['story']}/blocks/${piece}/position`, [after])
        else if (act && name && value) send(act, [[name, value], after])
      },
      end() {
        delete dragged.dataset['dragged']
      },
    })
  })
}
