import { z } from 'zod'
import { Conflict, Refused } from '../errors.ts'

/**
 * What was typed, checked. Messages of the schema are shown as they stand, so write them for people.
 * @throws Refused with a message for each wrong field.
 */
export function readForm<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const result = schema.safeParse(body ?? {})
  if (result.success) return result.data
  const fields: Record<string, string> = {}
  for (const issue of result.error.issues) fields[issue.path.join('.')] ??= issue.message
  throw new Refused(fields)
}

/** The model of the partial `error-summary`; a field's id is its name. */
export function errorSummary(fields: Record<string, string>) {
  const errors = Object.entries(fields).map(([id, message]) => ({ id: id || null, message }))
  return {
    title: errors.length === 1 ? 'One thing to put right' : `${errors.length} things to put right`,
    errors,
  }
}

/** A form's fields as they came, one value each, to be shown again. */
export function typedIn(body: unknown): Record<string, string> {
  const fields = Object.entries((body ?? {}) as Record<string, string | string[]>)
  return Object.fromEntries(fields.map(([name, value]) => [name, [value].flat()[0] ?? '']))
}

/**
 * A form that comes back: its status and its messages by field. A conflict speaks of the whole form. Rethrows everything else.
 */
export function refusalOf(error: unknown): { status: 409 | 422; fields: Record<string, string> } {
  if (error instanceof Refused) return { status: 422, fields: error.fields }
  if (error instanceof Conflict) return { status: 409, fields: { '': error.message } }
  throw error
}

/** Field rules that many forms share. */
export const line = (label: string, most: number) =>
  z
    .string({ error: `${label} is missing.` })
    .trim()
    .min(1, `${label} is missing.`)
    .max(most, `${label} has more than ${most} characters.`)

export const optionalLine = (label: string, most: number) =>
  z.string().trim().max(most, `${label} has more than ${most} characters.`).default('')

/** A line’s end counts as one character, as it does in the browser. */
export const optionalLines = (label: string, most: number) =>
  z
    .string()
    .transform((typed) => typed.replaceAll('\r\n', '\n').trim())
    .refine((typed) => typed.length <= most, `${label} has more than ${most} characters.`)
    .default('')

/** The id that a form carries from when it was shown, so that sending it twice makes one thing. */
export const formId = z.uuid('This form is broken. Please open its page again.')

/** The version of the thing that the form was shown for. */
export const version = z.coerce.number('This form is broken. Please open its page again.').int()
