import { isDeepStrictEqual } from 'node:util'
import { partInWords } from '../check-content.ts'
import { differences, type Marked } from '../differences.ts'
import type { DraftContent, DraftPart } from '../draft.ts'

export interface ChangedPart {
  title: string
  /** What it was; null for a part that is new. */
  was: Marked[] | null
  /** What it is; null for a part that is gone. */
  is: Marked[] | null
  /** Where the words stay and something else is another. */
  note: string | null
}

/** The parts that are not as they were when somebody decided last; none where nothing changed. */
export function changedParts(was: DraftContent, is: DraftContent): ChangedPart[] {
  const count = Math.max(was.parts.length, is.parts.length)
  return Array.from({ length: count }, (_, at) => [was.parts[at], is.parts[at]] as const).flatMap(
    ([before, now], at) => {
      const newImage = before !== undefined && now !== undefined && imagesOf(before) !== imagesOf(now)
      const newPoll = before !== undefined && now !== undefined && !isDeepStrictEqual(before.poll, now.poll)
      if (before && now && before.text === now.text && !newImage && !newPoll) return []
      const marked = differences(before?.text ?? '', now?.text ?? '')
      return {
        title: count === 1 ? 'The text' : partInWords(at, count),
        was: before ? marked.one : null,
        is: now ? marked.other : null,
        note: newImage
          ? 'Its image, or the description of it, is another.'
          : newPoll
            ? 'Its poll is another.'
            : null,
      }
    },
  )
}

function imagesOf({ images }: DraftPart): string {
  return JSON.stringify(images.map(({ hash, alt }) => [hash, alt]))
}
