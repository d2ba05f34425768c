import { ALT_LIMIT } from '../../images/image.ts'
import { HEADING_LIMIT, TEXT_LIMIT } from '../recap.ts'

/** What somebody typed into a story's page: all of it, whichever button they press. */
export interface StoryWords {
  /** Of pieces that stand in the story, by the piece's id; only what the person changed. */
  reworded: Reworded[]
  /** New texts. */
  written: NewText[]
}

/** What of a piece can be worded: `alt` of a picture, `by` of a quote. */
export const WORDED = ['heading', 'text', 'alt', 'by'] as const
export type Worded = (typeof WORDED)[number]
export type Words = { [K in Worded]?: string | undefined }

export interface Reworded extends Words {
  blockId: string
  /** What stood there when they began. */
  was?: Words
}

export interface NewText {
  /** Made with the form: sent twice it is there once. */
  id: string
  /** As the window has saved it before, while somebody goes on typing. */
  was?: { heading: string; text: string }
  /** The id of the piece behind which it stands. */
  after: string
  heading: string
  text: string
}

/**
 * Reads a form's fields: `heading.ID`, `text.ID`, `alt.ID` and `by.ID` with what stood there as `was-heading.ID` and so on, and new
 * texts as `new-heading.AFTER`, `new-text.AFTER`, `new-id.AFTER`, and what a window saved of these before as
 * `was-new-heading.AFTER`, `was-new-text.AFTER`. What the person left as it was is left out.
 */
export function readStoryWords(body: Record<string, unknown>): StoryWords {
  const typed = (name: string) => {
    const value = body[name]
    return typeof value === 'string' ? value.replaceAll('\r\n', '\n').trim() : undefined
  }
  const reworded = new Map<string, Reworded>()
  const written: NewText[] = []
  for (const name of Object.keys(body)) {
    const [kind, id] = [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)]
    if (kind === 'new-text') {
      const [heading, text, made] = [
        typed(`new-heading.${id}`) ?? '',
        typed(name) ?? '',
        typed(`new-id.${id}`),
      ]
      const saved = typed(`was-${name}`)
      const was = { heading: typed(`was-new-heading.${id}`) ?? '', text: saved ?? '' }
      if (made && (heading || text))
        written.push({ id: made, after: id, heading, text, ...(saved === undefined ? {} : { was }) })
    } else if (isWorded(kind) && typed(name) !== typed(`was-${name}`)) {
      const { was = {}, ...known } = reworded.get(id) ?? { blockId: id }
      const stood = typed(`was-${name}`)
      reworded.set(id, {
        ...known,
        [kind]: typed(name)!,
        was: stood === undefined ? was : { ...was, [kind]: stood },
      })
    }
  }
  return { reworded: [...reworded.values()], written }
}

function isWorded(kind: string): kind is Worded {
  return (WORDED as readonly string[]).includes(kind)
}

/** The words among what somebody typed into a piece, and nothing else. */
export function wordsOf(from: Words): Partial<Record<Worded, string>> {
  return Object.fromEntries(WORDED.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])))
}

const LIMITS: Record<Worded, [what: string, most: number]> = {
  heading: ['The heading', HEADING_LIMIT],
  text: ['The text', TEXT_LIMIT],
  alt: ['The description', ALT_LIMIT],
  by: ['The name', HEADING_LIMIT],
}

/** What is wrong with the words, by the ids of their fields. */
export function whyNotWords({ reworded, written }: StoryWords): Record<string, string> {
  const wrong: Record<string, string> = {}
  const check = (worded: Worded, field: string, value: string | undefined) => {
    const [what, most] = LIMITS[worded]
    if (value !== undefined && value.length > most)
      wrong[field] = `${what} has more than ${most.toLocaleString('en-GB')} characters.`
  }
  for (const { blockId, ...words } of reworded)
    for (const name of WORDED) check(name, `${name}-${blockId}`, words[name])
  for (const { after, heading, text } of written) {
    check('heading', `new-heading-${after}`, heading)
    check('text', `new-text-${after}`, text)
    if (text === '') wrong[`new-text-${after}`] = 'There is a heading, and no text yet.'
  }
  return wrong
}

export function saysNothing({ reworded, written }: StoryWords): boolean {
  return reworded.length === 0 && written.length === 0
}

/** Without what was typed into a piece that goes. */
export function withoutPiece({ reworded, written }: StoryWords, blockId: string | null): StoryWords {
  return { reworded: reworded.filter((one) => one.blockId !== blockId), written }
}
