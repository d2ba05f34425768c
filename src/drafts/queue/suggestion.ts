import type { DraftContent, DraftState } from '../draft.ts'
import { listInWords } from '../../words.ts'

/** Words that somebody suggested for a part, and what they stood for. */
export interface Suggestion {
  /** From 0. */
  part: number
  words: string
  /** As the part read then. */
  instead: string
  taken: boolean
}

/** States in which the draft's writer may take a suggestion. Of an approved one the words are frozen. */
export const TAKES_SUGGESTIONS: readonly DraftState[] = ['writing', 'submitted', 'changes-requested']

/** Why suggested words can't be taken into a draft now, for people; null when they can. */
export function whyNotTake(
  { part, instead, taken }: Suggestion,
  { state, content }: { state: DraftState; content: DraftContent },
): string | null {
  if (taken) return 'These words were taken already.'
  if (!TAKES_SUGGESTIONS.includes(state))
    return state === 'approved'
      ? 'The draft is approved. Take it back first, then take these words.'
      : 'The draft does not go out any more, so nothing is taken into it.'
  const now = content.parts[part]
  if (!now) return 'That part is not there any more. You can copy the words.'
  if (now.text !== instead)
    return 'That part reads differently now. You can copy the words into it, where they still fit.'
  return null
}

/** The content with the suggested words in their part; everything else stays. */
export function withSuggestion(content: DraftContent, { part, words }: Suggestion): DraftContent {
  return {
    ...content,
    parts: content.parts.map((one, at) => (at === part ? { ...one, text: words } : one)),
  }
}

/** "Helen Marsh", "Helen Marsh and Owen Price": who wrote in somebody's draft. */
export function namesOf(foreign: { personName: string }[]): string {
  return listInWords([...new Set(foreign.map(({ personName }) => personName))])
}
