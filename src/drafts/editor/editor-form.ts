import { MOST_IMAGES } from '../../images/image.ts'
import { MOST_PARTS, nth } from '../check-content.ts'
import type { DraftContent, DraftImage, DraftPart, WritingWindow } from '../draft.ts'
import { editorPollOf, POLL_UNITS, pollOf, type EditorPoll } from '../poll.ts'
import type { Wish } from '../wished-time.ts'

/** The editor as it was sent: whatever was typed, so that it can be shown again as it was. */
export interface EditorForm {
  parts: EditorPart[]
  signOff: string
  wish: Wish
  takeOver: boolean
}

export interface EditorPart {
  text: string
  images: DraftImage[]
  /** The description of an image that is still to come. */
  newAlt: string
  poll: EditorPoll
}

export function emptyPart(): EditorPart {
  return { text: '', images: [], newAlt: '', poll: editorPollOf(undefined) }
}

/** What the pressed button asks for. Parts and places count from 0. */
export type EditorAction =
  | { kind: 'save' | Exclude<(typeof FORM_ACTIONS)[number], 'add-part'> }
  | { kind: 'add-part' }
  | {
      kind: PartAction
      part: number
      /** Of an image of the part, or the one where the part shall stand. */
      place: number
      /** Where in the part's text one writes, in characters; null where the browser does not say. */
      cursor: number | null
    }

const FORM_ACTIONS = ['submit', 'show', 'add-part', 'number', 'unnumber', 'merge', 'copy'] as const
const PART_ACTIONS = [
  'up',
  'down',
  'move',
  'split',
  'join',
  'remove',
  'attach',
  'remove-image',
  'remove-poll',
  'image-earlier',
  'image-later',
] as const
type PartAction = (typeof PART_ACTIONS)[number]

type Body = Record<string, unknown>

/** Whether a body has an editor's words at all; a form that only presses a button has none. */
export function hasWords(body: unknown): boolean {
  return typeof (body as Body | null)?.['part-1-text'] === 'string'
}

export function readEditorForm(body: unknown, prefix = 'part'): EditorForm {
  const fields = (body ?? {}) as Body
  const when = textOf(fields, 'when') || (textOf(fields, 'day') || textOf(fields, 'time') ? 'time' : 'soon')
  const which = textOf(fields, 'which')
  return {
    parts: readParts(fields, prefix),
    signOff: textOf(fields, 'sign-off').trim(),
    wish: {
      when: when === 'time' ? 'time' : 'soon',
      day: textOf(fields, 'day').trim(),
      time: textOf(fields, 'time').trim().slice(0, 5),
      which: which === 'first' || which === 'second' ? which : '',
    },
    takeOver: textOf(fields, 'take-over') === 'yes',
  }
}

function readParts(fields: Body, prefix: string): EditorPart[] {
  const parts: EditorPart[] = []
  while (parts.length <= MOST_PARTS && `${prefix}-${parts.length + 1}-text` in fields) {
    const name = `${prefix}-${parts.length + 1}`
    parts.push({
      text: cleaned(textOf(fields, `${name}-text`)),
      ...readImages(fields, name),
      poll: readPoll(fields, name),
    })
  }
  return parts.length > 0 ? parts : [emptyPart()]
}

function readPoll(fields: Body, name: string): EditorPoll {
  const unit = textOf(fields, `${name}-poll-unit`)
  const none = editorPollOf(undefined)
  return {
    options: none.options.map((_, at) =>
      cleaned(textOf(fields, `${name}-poll-${at + 1}`)).replaceAll('\n', ' '),
    ),
    length: `${name}-poll-length` in fields ? textOf(fields, `${name}-poll-length`).trim() : none.length,
    unit: POLL_UNITS.find((known) => known === unit) ?? none.unit,
  }
}

function readImages(fields: Body, name: string): Pick<EditorPart, 'images' | 'newAlt'> {
  const images: DraftImage[] = []
  for (let at = 0; at <= MOST_IMAGES; at++) {
    const hash = textOf(fields, `${name}-hash${nth(at)}`)
    const alt = cleaned(textOf(fields, `${name}-alt${nth(at)}`)).trim()
    if (hash === '') return { images, newAlt: alt }
    images.push({ hash, alt })
  }
  return { images, newAlt: '' }
}

/** The window that a form was sent from; null where no script says it. */
export function readWindow(body: unknown): WritingWindow | null {
  const fields = (body ?? {}) as Body
  const [key, turn] = [textOf(fields, 'window'), textOf(fields, 'turn')]
  return /^[0-9a-f-]{36}$/.test(key) && /^\d{1,9}$/.test(turn) ? { key, turn: Number(turn) } : null
}

export function readAction(body: unknown): EditorAction {
  const pressed = textOf((body ?? {}) as Body, 'do')
  const found = /^(.+?)-(\d{1,2})(?:-(\d{1,2}))?$/.exec(pressed)
  const kind = PART_ACTIONS.find((known) => known === found?.[1])
  if (kind) {
    const cursor = textOf(body as Body, 'cursor')
    return {
      kind,
      part: Number(found![2]) - 1,
      place: Number(found![3] ?? 1) - 1,
      cursor: /^\d{1,7}$/.test(cursor) ? Number(cursor) : null,
    }
  }
  return { kind: FORM_ACTIONS.find((known) => known === pressed) ?? 'save' }
}

export function partsOf(form: EditorForm): DraftPart[] {
  return form.parts.map(({ text, images, poll: typed }) => {
    const poll = pollOf(typed)
    return poll ? { text, images, poll } : { text, images }
  })
}

export function editorPartsOf(content: DraftContent): EditorPart[] {
  return content.parts.map(({ text, images, poll }) => ({
    text,
    images,
    newAlt: '',
    poll: editorPollOf(poll),
  }))
}

/** Browsers send line breaks as CR LF; X refuses some characters that nobody can see. */
function cleaned(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff\ufeff]/g, '') // oxlint-disable-line no-control-regex
}

function textOf(fields: Body, name: string): string {
  const value = [fields[name]].flat().at(-1)
  return typeof value === 'string' ? value : ''
}
