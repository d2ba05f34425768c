import { MOST_IMAGES } from '../../images/image.ts'
import { MOST_PARTS, partField, type Problems } from '../check-content.ts'
import type { DraftImage } from '../draft.ts'
import { emptyPart, type EditorAction, type EditorPart } from './editor-form.ts'
import { areNumbered, NUMBER_WEIGHT, numbered, unnumbered } from './number-parts.ts'
import { splitAt, splitAtMarkers, splitAtSentences } from './split-text.ts'
import { editorPollOf, pollOf } from '../poll.ts'
import { POST_LIMIT, weightOf } from '../weight.ts'

/** The parts as a button wants to see them, and where to go on. Parts count from 0. */
export interface Arranged {
  parts: EditorPart[]
  focus: number
  /** The character of the part's text before which one goes on; its end where not given. */
  caret?: number
  /** Why the button did nothing, for people. */
  problems?: Problems
}

/**
 * What a button does that saves nothing (`show`: nothing at all); null for a button that does something else. A thread
 * that was numbered stays so, with the numbers that are right then.
 */
export function rearranged(parts: EditorPart[], action: EditorAction, signOff: string): Arranged | null {
  if (action.kind === 'show') return { parts, focus: 0 }
  if (action.kind === 'number') return { parts: numbered(parts), focus: 0 }
  if (action.kind === 'unnumber') return { parts: unnumbered(parts), focus: 0 }
  if (!('part' in action) && action.kind !== 'add-part') return null
  const withNumbers = areNumbered(parts)
  const arranged = arrange(unnumbered(parts), action, { signOff, withNumbers })
  if (arranged.problems) return { ...arranged, parts }
  return withNumbers ? { ...arranged, parts: numbered(arranged.parts) } : arranged
}

type Arranging = Extract<EditorAction, { kind: 'add-part' } | { part: number }>

function arrange(
  parts: EditorPart[],
  action: Arranging,
  splitting: { signOff: string; withNumbers: boolean },
): Arranged {
  if (!('part' in action)) return addPart(parts)
  const { kind, part, place } = action
  if (!(part in parts)) return { parts, focus: 0 }
  if (kind === 'up') return moved(parts, part, part - 1)
  if (kind === 'down') return moved(parts, part, part + 1)
  if (kind === 'move') return moved(parts, part, place)
  if (kind === 'split') return split(parts, part, action.cursor, splitting)
  if (kind === 'join') return joined(parts, part)
  if (kind === 'attach') return { parts, focus: part }
  if (kind === 'remove-poll')
    return { parts: parts.with(part, { ...parts[part]!, poll: editorPollOf(undefined) }), focus: part }
  if (kind === 'remove-image') return withImages(parts, part, (images) => images.toSpliced(place, 1))
  if (kind === 'image-earlier')
    return withImages(parts, part, (images) => reordered(images, place, place - 1))
  if (kind === 'image-later') return withImages(parts, part, (images) => reordered(images, place, place + 1))
  if (parts.length === 1) return { parts, focus: 0 }
  return { parts: parts.toSpliced(part, 1), focus: Math.max(0, part - 1) }
}

function addPart(parts: EditorPart[]): Arranged {
  const added = parts.length < MOST_PARTS ? [...parts, emptyPart()] : parts
  return { parts: added, focus: added.length - 1 }
}

function moved(parts: EditorPart[], from: number, to: number): Arranged {
  const place = Math.max(0, Math.min(parts.length - 1, to))
  return { parts: reordered(parts, from, place), focus: place }
}

function reordered<T>(all: T[], from: number, to: number): T[] {
  return from in all && to in all ? all.toSpliced(from, 1).toSpliced(to, 0, all[from]!) : all
}

/** At the cursor; without one at the lines that are marked, else at the ends of sentences. What hangs on it stays with the first. */
function split(
  parts: EditorPart[],
  part: number,
  cursor: number | null,
  { signOff, withNumbers }: { signOff: string; withNumbers: boolean },
): Arranged {
  const { text, ...rest } = parts[part]!
  const last = part === parts.length - 1
  const reserved = (withNumbers ? NUMBER_WEIGHT : 0) + (last && signOff ? weightOf(` ${signOff}`) : 0)
  const marked = splitAtMarkers(text)
  const texts =
    cursor !== null
      ? splitAt(text, cursor)
      : marked.length > 1
        ? marked
        : splitAtSentences(text, POST_LIMIT - reserved)
  const field = partField(part, 'text')
  if (texts.length === 1) return { parts, focus: part, problems: { [field]: NOT_SPLIT } }
  if (parts.length + texts.length - 1 > MOST_PARTS)
    return { parts, focus: part, problems: { [field]: `A thread has ${MOST_PARTS} parts at most.` } }
  const [first, ...others] = texts
  return {
    parts: parts.toSpliced(
      part,
      1,
      { ...rest, text: first! },
      ...others.map((other) => ({ ...emptyPart(), text: other })),
    ),
    focus: part + 1,
    caret: 0,
  }
}

const NOT_SPLIT =
  'There is no end of a sentence to split at. Put --- on a line of its own where the next part shall begin.'

function joined(parts: EditorPart[], part: number): Arranged {
  const [one, other] = [parts[part]!, parts[part + 1]]
  if (!other) return { parts, focus: part }
  const images = [...one.images, ...other.images]
  if (images.length > MOST_IMAGES) {
    const problem = `Together they would have ${images.length} images, and X takes ${MOST_IMAGES} in a post.`
    return { parts, focus: part, problems: { [partField(part, 'image')]: problem } }
  }
  if (pollOf(one.poll) && pollOf(other.poll)) {
    const problem = 'Each of the two has a poll, and X takes one in a post.'
    return { parts, focus: part, problems: { [partField(part, 'poll-1')]: problem } }
  }
  const poll = pollOf(one.poll) ? one.poll : other.poll
  const after = other.text.trimStart()
  const text = [one.text.trimEnd(), after].filter((piece) => piece !== '').join(' ')
  const both = { ...one, text, images, newAlt: one.newAlt || other.newAlt, poll }
  return { parts: parts.toSpliced(part, 2, both), focus: part, caret: text.length - after.length }
}

function withImages(
  parts: EditorPart[],
  part: number,
  change: (images: DraftImage[]) => DraftImage[],
): Arranged {
  return { parts: parts.with(part, { ...parts[part]!, images: change(parts[part]!.images) }), focus: part }
}
