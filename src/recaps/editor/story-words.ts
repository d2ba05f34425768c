import { HEADING_LIMIT, TEXT_LIMIT } from '../recap.ts'

/** What somebody typed into a story's page: all of it, whichever button they press. */
export interface StoryWords {
  /** Of pieces that stand in the story, by the piece's id; only what the person changed. */
  reworded: Reworded[]
  /** New texts. */
  written: NewText[]
}

export interface Reworded {
  blockId: string
  heading?: string
  text?: string
  /** What stood there when they began. */
  was?: { heading?: string; text?: string }
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
 * Reads a form's fields: `heading.ID` and `text.ID` with what stood there as `was-heading.ID` and `was-text.ID`, and new
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
    } else if ((kind === 'heading' || kind === 'text') && typed(name) !== typed(`was-${name}`)) {
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

/** What is wrong with the words, by the ids of their fields. */
export function whyNotWords({ reworded, written }: StoryWords): Record<string, string> {
  const wrong: Record<string, string> = {}
  const check = (field: string, value: string | undefined, most: number, what: string) => {
    if (value !== undefined && value.length > most)
      wrong[field] = `${what} has more than ${most.toLocaleString('en-GB')} characters.`
  }
  for (const { blockId, heading, text } of reworded) {
    check(`heading-${blockId}`, heading, HEADING_LIMIT, 'The heading')
    check(`text-${blockId}`, text, TEXT_LIMIT, 'The text')
  }
  for (const { after, heading, text } of written) {
    check(`new-heading-${after}`, heading, HEADING_LIMIT, 'The heading')
    check(`new-text-${after}`, text, TEXT_LIMIT, 'The text')
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
