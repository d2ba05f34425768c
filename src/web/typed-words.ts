import { capital, partName } from '../words.ts'
/** One field of a form that could not be taken, to be shown and copied. The model of the partial `what-was-typed`. */
export interface TypedField {
  /** As the form called it. */
  name: string
  value: string
  rows: number
}

const LABELS: Record<string, string> = {
  accessibility: 'Accessibility',
  address: 'Address',
  biography: 'Biography',
  briefing: 'Briefing',
  comment: 'Comment',
  contact: 'Contact',
  email: 'E-mail',
  handle: 'Handle',
  hashtag: 'Hashtag',
  heading: 'Heading',
  houseRules: 'House rules',
  takePart: 'Have the account for a week',
  job: 'Job',
  name: 'Name',
  organisation: 'Organisation',
  privacy: 'Privacy',
  reason: 'Reason',
  'sign-off': 'Sign-off',
  signOff: 'Sign-off',
  text: 'Text',
  theme: 'Theme',
  why: 'Why',
}

const OF_A_PART: Record<string, string> = {
  text: 'Text',
  alt: 'Description of the image',
  poll: 'Poll option',
}

/**
 * What a person typed into a form: fields that people fill in, under their names. Ids, versions, hashes, choices, days and
 * times (which a form fills in by itself) and the pressed button are left out; a field that is not known counts when there are words in it.
 */
export function typedWords(body: unknown): TypedField[] {
  const fields = Object.entries((body ?? {}) as Record<string, unknown>).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, String(one)] as const),
  )
  const parts = fields.filter(([name]) => /^part-\d+-text$/.test(name)).length
  return fields.flatMap(([name, value]) => {
    const label = value.trim() === '' ? undefined : labelOf(name, value, parts)
    return label ? [{ name: label, value, rows: Math.min(12, 1 + Math.floor(value.length / 60)) }] : []
  })
}

/** Whether the editor's form was sent: what is typed there the browser keeps as well, where it runs scripts. */
export function isKeptByBrowser(body: unknown): boolean {
  const fields = (body ?? {}) as Record<string, unknown>
  return 'part-1-text' in fields && !('copy-id' in fields)
}

function labelOf(name: string, value: string, parts: number): string | undefined {
  if (name.startsWith('_') || name.startsWith('asked-')) return undefined
  const part = /^(part|mine)-(\d+)-(\w+?)(?:-(\d+))?$/.exec(name)
  if (part) {
    const what = part[3] === 'alt' && part[4] ? `Description of image ${part[4]}` : OF_A_PART[part[3]!]
    const of = parts > 1 ? `, ${partName(Number(part[2]) - 1)}` : ''
    const option = part[3] === 'poll' && part[4] ? ` ${part[4]}` : ''
    return what && `${part[1] === 'mine' ? 'What you typed first' : what}${option}${of}`
  }
  if (Object.hasOwn(LABELS, name)) return LABELS[name]
  return /\s/.test(value.trim()) ? inWords(name) : undefined
}

/** "Event title" for `event-title` and `eventTitle`. */
function inWords(name: string): string {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_.\d]+/g, ' ')
    .trim()
    .toLowerCase()
  return capital(words)
}
