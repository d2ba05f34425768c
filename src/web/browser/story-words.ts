import { even } from './typed-store.ts'

export type Field = HTMLInputElement | HTMLTextAreaElement

/** Of a field in which somebody words a piece of the story, or writes a new one. */
export function isWords(name: string): boolean {
  return /^(?:heading|text|alt|by|new-heading|new-text)\./.test(name)
}

export function isNew(name: string): boolean {
  return name.startsWith('new-')
}

/** The piece that a field is of; of a new text the one behind which it comes. */
export function placeOf(name: string): string {
  return name.slice(name.indexOf('.') + 1)
}

export function fieldOf(form: HTMLFormElement, name: string): Field | null {
  return form.querySelector<Field>(`[name="${CSS.escape(name)}"]`)
}

/** Where the form says what stood in a field when it came, or what the server has of it since. */
export function stoodIn(form: HTMLFormElement, name: string): Field | null {
  return fieldOf(form, `was-${name}`)
}

/** The fields whose words the server does not have. */
export function unsavedFields(form: HTMLFormElement): Field[] {
  return [...form.elements].filter(
    (field): field is Field =>
      (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) &&
      isWords(field.name) &&
      !(isNew(field.name) && even(field.value) === '') &&
      even(field.value) !== even(stoodIn(form, field.name)?.value ?? ''),
  )
}
