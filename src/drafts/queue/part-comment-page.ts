import { randomUUID } from 'node:crypto'
import { partInWords } from '../check-content.ts'
import type { Draft } from '../store.ts'

/** What was typed, and what is wrong with it, when the form comes back. */
export interface PartCommentTyped {
  id?: string | undefined
  text?: string | undefined
  suggestion?: string | undefined
  back?: string
  errors?: Record<string, string>
}

/** The model of the partial `part-comment-form`, for a part counted from 0. */
export function partCommentForm(
  draft: Draft,
  at: number,
  {
    writer,
    textId = 'text',
    suggestionId = 'suggestion',
    typed: { id = randomUUID(), text, suggestion, back, errors = {} } = {},
  }: { writer: string; textId?: string; suggestionId?: string; typed?: PartCommentTyped },
) {
  return {
    action: `/drafts/${draft.id}/parts/${at + 1}/comments`,
    formId: id,
    textId,
    suggestionId,
    revision: draft.revision,
    back,
    comment: text ?? '',
    commentError: errors['text'],
    suggestion: suggestion ?? draft.content.parts[at]!.text,
    suggestionError: errors['suggestion'],
    hint: `Change them, and ${writer} can take them with one press. Left as they are, nothing is suggested.`,
  }
}

/** The model of `drafts/part-comment`: the form on a page of its own, where it comes back with a mistake. */
export function partCommentPage(
  draft: Draft,
  at: number,
  { writer, typed }: { writer: string; typed: PartCommentTyped },
) {
  const name = partInWords(at, draft.content.parts.length)
  return {
    title: `About ${name.charAt(0).toLowerCase()}${name.slice(1)}`,
    lead: `${writer} and those who decide can read what you say here.`,
    text: draft.content.parts[at]!.text,
    form: partCommentForm(draft, at, { writer, typed }),
    href: typed.back || `/drafts/${draft.id}`,
  }
}
