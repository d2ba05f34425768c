import type { Shelf } from './typed-shelf.ts'
import {
  even,
  forgetTyped,
  keepAtLast,
  offerTyped,
  PREFIX,
  readTyped,
  tidyTyped,
  writeTyped,
} from './typed-store.ts'
import { fieldOf, isNew, isWords, placeOf, stoodIn, unsavedFields, type Field } from './story-words.ts'

type Kept = Map<string, string>

/**
 * Keeps what is typed into a story in this browser, until the server has it: a dead network, a closed window or a lost session
 * loses nothing. Offered again to the same person only, on the next visit to that story, for a week.
 */
export function keepStoryTyped(page: Document, form: () => HTMLFormElement): Shelf {
  const person = form().dataset['person'] ?? ''
  // Each has their own: who else opens the story on this device neither reads nor ends what another one typed.
  const name = `${PREFIX}story:${form().dataset['story']}:${person}`
  tidyTyped()
  let timer = 0
  /** What was kept before, while nobody has said what becomes of it. */
  let offered: Kept = new Map()

  const shelf: Shelf = {
    keep() {
      window.clearTimeout(timer)
      timer = 0
      const fields = [...new Map([...offered, ...typedInto(form())])]
      if (fields.some(([field]) => isWords(field)))
        writeTyped(name, { person, draft: '', at: Date.now(), fields })
      else forgetTyped(name)
    },
    keepSoon() {
      window.clearTimeout(timer)
      timer = window.setTimeout(shelf.keep, 400)
    },
    // Only what is saved is forgotten: somebody may have typed on.
    forget: () => shelf.keep(),
  }
  const before = readTyped(name)
  const missing: Kept = before ? missingIn(form(), new Map(before.fields)) : new Map()
  if (before && missing.size > 0) {
    offered = missing
    const settled = (act: () => void) => () => {
      offered = new Map()
      act()
      shelf.keep()
    }
    const note = offerTyped(page, form(), before.at, {
      putBack: settled(() => putBack(form(), missing)),
      throwAway: settled(() => {}),
    })
    note.dataset['stays'] = ''
    note.dataset['offer'] = ''
  } else shelf.keep()
  keepAtLast(() => {
    if (timer) shelf.keep()
  })
  return shelf
}

/** With what stood there when they began, and of new texts the id that the form made for them. */
function typedInto(form: HTMLFormElement): Kept {
  const typed: Kept = new Map()
  const add = (name: string, field: Field | null) => {
    if (field) typed.set(name, field.value)
  }
  for (const { name, value } of unsavedFields(form)) {
    typed.set(name, value)
    add(`was-${name}`, stoodIn(form, name))
    if (!isNew(name)) continue
    for (const beside of ['heading', 'text', 'id'])
      add(`new-${beside}.${placeOf(name)}`, fieldOf(form, `new-${beside}.${placeOf(name)}`))
  }
  if (typed.size > 0) add('version', fieldOf(form, 'version'))
  return typed
}

/** What of it the page does not show. Empty where it shows all. */
function missingIn(form: HTMLFormElement, kept: Kept): Kept {
  const stands = new Set(
    [...form.querySelectorAll<HTMLTextAreaElement>('[name^="text."]')].map(({ value }) => even(value)),
  )
  const isMissing = (name: string, value: string): boolean => {
    if (!isWords(name) || even(value) === even(fieldOf(form, name)?.value ?? '')) return false
    // A new text may have come into the story while nobody heard the answer.
    const written = isNew(name) ? even(kept.get(`new-text.${placeOf(name)}`) ?? '') : ''
    return written === '' || !stands.has(written)
  }
  return [...kept].some(([name, value]) => isMissing(name, value)) ? kept : new Map()
}

/**
 * Puts it where it was typed. When somebody changed the same words since, or the piece is gone, nothing is overwritten: the server
 * then shows both, and words without a place come as a new text at the end.
 */
function putBack(form: HTMLFormElement, kept: Kept): void {
  const touched: Field[] = []
  const homeless: string[] = []
  for (const [name, value] of kept) {
    if (!isWords(name)) continue
    const field = fieldOf(form, name)
    if (!field) {
      if (value.trim() !== '') homeless.push(value)
      continue
    }
    if (even(field.value) === even(value)) continue
    if (isNew(name)) {
      const id = fieldOf(form, `new-id.${placeOf(name)}`)
      const made = kept.get(`new-id.${placeOf(name)}`)
      if (id && made) id.value = made
    } else if (even(stoodIn(form, name)?.value ?? '') !== even(kept.get(`was-${name}`) ?? '')) {
      stoodIn(form, name)!.value = kept.get(`was-${name}`) ?? ''
      const version = fieldOf(form, 'version')
      if (version) version.value = kept.get('version') ?? version.value
    }
    field.value = value
    touched.push(field)
  }
  const last = [...form.querySelectorAll<HTMLTextAreaElement>('[name^="new-text."]')].at(-1)
  if (last && homeless.length > 0) {
    last.value = [last.value, ...homeless].filter(Boolean).join('\n\n')
    touched.push(last)
  }
  for (const field of touched) {
    for (let place = field.closest('details'); place; place = place.parentElement?.closest('details') ?? null)
      place.open = true
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }
  touched[0]?.focus()
}
