/** Asks the server for the draft as a button wants it, and puts that in place of the form. */
export type Arrange = (action: string, options?: { whileTyping?: boolean; cursor?: number }) => Promise<void>

/**
 * Buttons that save nothing (add, move, split, remove) do without a new page: the server arranges the parts, as it does
 * without a script, and its form takes the place of this one. Where that fails, the button sends the form as ever; without
 * a connection it stays.
 */
export function arrangeInPlace(
  page: Document,
  { replaced, notSent }: { replaced(): void; notSent(): void },
): Arrange {
  // One after the other: what is pressed or chosen meanwhile is meant for what comes of it.
  let turn = Promise.resolve()
  const arrange: Arrange = (action, options) => {
    const next = () => arrangeNow(action, options)
    turn = turn.then(next, next)
    return turn
  }
  const arrangeNow: Arrange = async (action, { whileTyping = false, cursor } = {}) => {
    const form = editorIn(page)
    const body = new FormData(form)
    body.set('do', action)
    if (cursor !== undefined) body.set('cursor', String(cursor))
    const before = statesOf(form)
    if (!whileTyping) form.inert = true
    const answer = await ask(form.action, body)
    const next = answer?.querySelector<HTMLFormElement>('form[data-editor]')
    form.inert = false
    if (!next) return navigator.onLine ? send(form, action) : notSent()
    if (whileTyping) carryOver(before, form, next)
    const place = placeIn(form)
    form.replaceWith(next)
    page.querySelector('[data-beside]')?.replaceWith(answer!.querySelector('[data-beside]')!)
    replaced()
    focus(next, whileTyping ? place : null)
  }
  page.addEventListener('submit', (event) => {
    const { submitter } = event
    if (!(submitter instanceof HTMLButtonElement) || !('inPlace' in submitter.dataset)) return
    event.preventDefault()
    const area = submitter.closest('[data-part]')?.querySelector<HTMLTextAreaElement>('.part-text')
    const atCursor = 'atCursor' in submitter.dataset && area
    void arrange(submitter.value, atCursor ? { cursor: area.selectionStart } : {})
  })
  return arrange
}

function editorIn(page: Document): HTMLFormElement {
  return page.querySelector<HTMLFormElement>('form[data-editor]')!
}

async function ask(action: string, body: FormData): Promise<Document | null> {
  try {
    const response = await fetch(action, { method: 'POST', body, redirect: 'manual' })
    return new DOMParser().parseFromString(await response.text(), 'text/html')
  } catch {
    return null
  }
}

/** As without a script: whatever comes then, a page says it. */
function send(form: HTMLFormElement, action: string): void {
  const pressed = form.ownerDocument.createElement('input')
  pressed.type = 'hidden'
  pressed.name = 'do'
  pressed.value = action
  form.append(pressed)
  form.dataset['leaves'] = ''
  form.submit()
}

type Field = HTMLTextAreaElement | HTMLSelectElement | HTMLInputElement

function fieldsIn(form: HTMLFormElement): Field[] {
  return [...form.querySelectorAll<Field>(':is(textarea, select, input:not([type="hidden"]))[id]')]
}

/** What stands in each field, by its id. */
function statesOf(form: HTMLFormElement): Map<string, string | File | null> {
  return new Map(fieldsIn(form).map((field) => [field.id, stateOf(field)]))
}

function stateOf(field: Field): string | File | null {
  if (!(field instanceof HTMLInputElement)) return field.value
  if (field.files) return field.files[0] ?? null
  return field.type === 'radio' || field.type === 'checkbox' ? String(field.checked) : field.value
}

/** What was typed, ticked or chosen while the answer was on its way. */
function carryOver(before: ReturnType<typeof statesOf>, form: HTMLFormElement, next: HTMLFormElement): void {
  for (const field of fieldsIn(form)) {
    if (before.get(field.id) === stateOf(field)) continue
    const place = next.querySelector<Field>(`#${CSS.escape(field.id)}`)
    if (!place) continue
    if (!(place instanceof HTMLInputElement) || !(field instanceof HTMLInputElement))
      place.value = field.value
    else if (field.files) place.files = field.files
    else {
      place.value = field.value
      place.checked = field.checked
    }
  }
}

interface CaretPlace {
  id: string
  start: number
  end: number
}

function placeIn(form: HTMLFormElement): CaretPlace | null {
  const { activeElement } = form.ownerDocument
  if (!(activeElement instanceof HTMLTextAreaElement) || !form.contains(activeElement)) return null
  return { id: activeElement.id, start: activeElement.selectionStart, end: activeElement.selectionEnd }
}

/** Where one goes on: at what went wrong, where one was, or where the server says. */
function focus(form: HTMLFormElement, place: CaretPlace | null): void {
  const wrong = form.querySelector<HTMLElement>('[aria-invalid]')
  if (wrong) return wrong.focus()
  const was = place && form.querySelector<HTMLTextAreaElement>(`#${CSS.escape(place.id)}`)
  if (was) {
    was.focus()
    return was.setSelectionRange(place.start, place.end)
  }
  const area = form.querySelector<HTMLTextAreaElement>('[autofocus]')
  const caret = Number(area?.dataset['caret'] ?? area?.value.length)
  area?.focus()
  area?.setSelectionRange(caret, caret)
}
