import { ALT_LIMIT, MOST_IMAGES } from '../images/image.ts'
import { checkWords } from './checks/check-words.ts'
import type { Finding } from './checks/finding.ts'
import { findingCheck, type Check, type SeenContext } from './checks/finding-check.ts'
import type { DraftContent, DraftPart } from './draft.ts'
import { whyNotPoll } from './poll.ts'
import { cashtagsIn, MOST_CHARACTERS, POST_LIMIT, textsAsPosted, weightOf } from './weight.ts'
import { capital, partName } from '../words.ts'

export const MOST_PARTS = 25
/** Of a sign-off, in characters. */
export const MOST_SIGN_OFF = 15

/** Messages by the names of the editor's fields. */
export type Problems = Record<string, string>

/** The editor's name for a field of a part, and of an image of it; both count from 0. */
export function partField(
  part: number,
  what: 'text' | 'image' | 'alt' | 'hash' | `poll-${1 | 2 | 3 | 4 | 'length'}`,
  image = 0,
): string {
  return `part-${part + 1}-${what}${nth(image)}`
}

/** What follows a field's name in its second, third and fourth place; places count from 0. */
export function nth(place: number): string {
  return place === 0 ? '' : `-${place + 1}`
}

/** "Part two"; of a draft with only one part "The text". */
export function partInWords(part: number, parts: number): string {
  return parts === 1 ? 'The text' : capital(partName(part))
}

/** What can't even be kept: it comes back with the form. Anything else can be saved, and finished later. */
export function whyNotKept(content: DraftContent, signOff: string): Problems {
  const problems: Problems = {}
  const count = content.parts.length
  content.parts.forEach((part, at) => {
    if (part.text.length > MOST_CHARACTERS) {
      problems[partField(at, 'text')] =
        `${partInWords(at, count)} has ${figure(part.text.length)} characters. A post takes ${POST_LIMIT}, and we keep up to ${figure(MOST_CHARACTERS)}: please keep the rest somewhere else.`
    }
    part.images.forEach(({ alt }, image) => {
      if (alt.length > MOST_CHARACTERS) problems[partField(at, 'alt', image)] = altTooLong(alt)
    })
    if (part.images.length > MOST_IMAGES) problems[partField(at, 'image')] = TOO_MANY_IMAGES
    else if (new Set(part.images.map(({ hash }) => hash)).size < part.images.length)
      problems[partField(at, 'image')] = `The same image stands twice${inPart(at, count)}. Please remove one.`
  })
  if (count > MOST_PARTS) problems[''] = `A thread has ${MOST_PARTS} parts at most.`
  if (signOff.length > MOST_SIGN_OFF || /\s/.test(signOff))
    problems['sign-off'] = `A sign-off is one word of up to ${MOST_SIGN_OFF} characters, such as ^PG.`
  if (content.parts.every((part) => part.text.trim() === '' && part.images.length === 0 && !part.poll))
    problems[partField(0, 'text')] = 'There is nothing here yet. Write something, or add an image.'
  return problems
}

/** What has to be put right before a draft can be submitted, by field. Empty: nothing. */
export function checkContent(content: DraftContent, signOff: string): Problems {
  const problems = whyNotKept(content, signOff)
  const count = content.parts.length
  const texts = textsAsPosted(content.parts, signOff)
  content.parts.forEach((part, at) => {
    const text = partField(at, 'text')
    const over = weightOf(texts[at]!) - POST_LIMIT
    if (part.text.trim() === '' && part.poll) {
      problems[text] ??= `Write the question that the poll${inPart(at, count)} asks.`
    } else if (part.text.trim() === '' && part.images.length === 0) {
      problems[text] ??= `${partInWords(at, count)} is empty. Write something, add an image, or remove it.`
    } else if (over > 0) {
      problems[text] ??=
        `${partInWords(at, count)} is ${figure(over)} too long${at === count - 1 && signOff ? ', sign-off included' : ''}: ${figure(over + POST_LIMIT)} of ${POST_LIMIT}.`
    }
    Object.assign(problems, pollProblems(part, at))
    if (cashtagsIn(texts[at]!) > 1)
      problems[text] ??=
        `${partInWords(at, count)} has several cashtags, such as $ABC; X takes one in a post.`
    part.images.forEach((image, place) => {
      const alt = partField(at, 'alt', place)
      if (image.alt.trim() === '')
        problems[alt] ??=
          `Describe ${part.images.length === 1 ? 'the image' : `image ${place + 1}`}${inPart(at, count)} for people who can’t see it.`
      else if (image.alt.length > ALT_LIMIT) problems[alt] ??= altTooLong(image.alt)
    })
  })
  return problems
}

/** What the editor says of the words while they are written, in the page as it comes and in the browser as they change. */
export function checksOf(content: DraftContent, signOff: string, context: SeenContext): Check[] {
  const count = content.parts.length
  const images = content.parts.flatMap((part) => part.images)
  if (images.length === 0 && content.parts.every((part) => part.text.trim() === '' && !part.poll)) return []
  const problems = checkContent(content, signOff)
  const found = checkWords(content, context)
  const checks = found.map((finding) => editorCheck(finding, count, context))
  for (const [field, text] of Object.entries(problems))
    checks.push({ level: 'stop', text, link: { href: `#${field}`, label: 'Go there' } })
  const wrong = Object.keys(problems)
  if (!wrong.some((field) => field.endsWith('-text')))
    checks.push({
      text: `${count === 1 ? 'It fits' : count === 2 ? 'Both parts fit' : 'All parts fit'}${signOff ? ', sign-off included' : ''}.`,
    })
  const lazy = found.some(({ kind }) => kind === 'lazy-alt')
  if (images.length > 0 && !lazy && !wrong.some((field) => /-alt(-\d)?$/.test(field)))
    checks.push({
      text: images.length === 1 ? 'The image has a description.' : 'All images have descriptions.',
    })
  return checks
}

/** A finding with the way to where it stands, and its answers. */
export function editorCheck(finding: Finding, count: number, context: SeenContext): Check {
  const { part, image } = finding
  const what = image === null ? 'the text' : 'the description'
  const link = {
    href: `#${image === null ? partField(part, 'text') : partField(part, 'alt', image)}`,
    label: `Go to ${count > 1 && image === null ? partName(part) : what}`,
  }
  return findingCheck(finding, context, { link, mayAnswer: true })
}

function pollProblems({ poll, images }: DraftPart, at: number): Problems {
  if (!poll) return {}
  if (images.length > 0)
    return {
      [partField(at, 'poll-1')]:
        'X takes a poll or images in a post, not both. Please put one of them in another part.',
    }
  const wrong = whyNotPoll(poll)
  if (!wrong) return {}
  const { option, message } = wrong
  return { [partField(at, option === null ? 'poll-length' : POLL_FIELDS[option]!)]: message }
}

const POLL_FIELDS = ['poll-1', 'poll-2', 'poll-3', 'poll-4'] as const

export const TOO_MANY_IMAGES = `X takes ${MOST_IMAGES} images in a post. Please remove some, or put them in another part.`

function altTooLong(alt: string): string {
  return `The description has ${figure(alt.length)} characters; X takes ${figure(ALT_LIMIT)}.`
}

function inPart(at: number, count: number): string {
  return count === 1 ? '' : ` of ${partName(at)}`
}

function figure(number: number): string {
  return number.toLocaleString('en-GB')
}
