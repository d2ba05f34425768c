import { dayInWords } from '../../calendar.ts'
import { changesBetween, type Changed } from '../../drafts/differences.ts'
import { saidWords } from './said-words.ts'
import type { Item, SaidItem, Voice, WeekPage } from '../week-page.ts'

/** A piece of a page as it is compared: what it is, and its words. */
interface Line {
  /** The same piece in both pages has the same. */
  key: string
  label: string
  text: string
}

export interface Difference {
  label: string
  what: 'came' | 'went' | 'moved' | 'changed'
  words: Changed[]
}

/** What a reader would see changed between two pages of a week, in the later one's order; numbers that were only counted anew aside. */
export function comparePages(was: WeekPage, is: WeekPage): Difference[] {
  const [before, after] = [linesOf(was), linesOf(is)]
  const known = new Map(before.map((line) => [line.key, line]))
  const still = new Set(after.map(({ key }) => key))
  const stayed = inOrder(
    before.filter(({ key }) => still.has(key)).map(({ key }) => key),
    after.filter(({ key }) => known.has(key)).map(({ key }) => key),
  )
  const went = before.filter(({ key }) => !still.has(key))
  return [
    ...after.flatMap((line) => differenceOf(known.get(line.key), line, stayed)),
    ...went.map(({ label, text }) => ({ label, what: 'went' as const, words: changesBetween(text, '') })),
  ]
}

function differenceOf(was: Line | undefined, is: Line, stayed: ReadonlySet<string>): Difference[] {
  const { label, key, text } = is
  if (!was) return [{ label, what: 'came', words: changesBetween('', text) }]
  if (was.text !== text) return [{ label, what: 'changed', words: changesBetween(was.text, text) }]
  return stayed.has(key) ? [] : [{ label, what: 'moved', words: [{ text }] }]
}

/** Of the same keys in two orders, those that nobody had to move: a longest common run. */
function inOrder(before: readonly string[], after: readonly string[]): Set<string> {
  const place = new Map(before.map((key, at) => [key, at]))
  /** By length less one: the last key of such a run whose place is the first. */
  const ends: string[] = []
  const previous = new Map<string, string | undefined>()
  for (const key of after) {
    const at = ends.findIndex((end) => place.get(end)! >= place.get(key)!)
    const length = at < 0 ? ends.length : at
    previous.set(key, ends[length - 1])
    ends[length] = key
  }
  const run = new Set<string>()
  for (let key = ends.at(-1); key !== undefined; key = previous.get(key)) run.add(key)
  return run
}

function linesOf(page: WeekPage): Line[] {
  const lines: Line[] = []
  const seen = new Map<string, number>()
  const add = (key: string, label: string, text: string) => {
    // Two pieces may be alike in all that tells them apart: then their order does.
    const count = (seen.get(key) ?? 0) + 1
    seen.set(key, count)
    lines.push({ key: count === 1 ? key : `${key} ${count}`, label, text })
  }
  add('theme', 'Theme', page.theme)
  add('why', 'Why this week', page.why)
  add('host', 'Host', page.host ? [page.host.name, page.host.job].filter(Boolean).join(', ') : '')
  add(
    'earlier',
    'Host before',
    (page.earlier ?? []).map(({ name, until }) => `${name}, until ${dayInWords(until)}`).join('; '),
  )
  for (const chapter of page.chapters) {
    if (chapter.title !== '') add(`title:${chapter.day ?? chapter.kind}`, 'Heading', chapter.title)
    for (const item of chapter.items) addItem(item, add)
  }
  add('next', 'Next', page.next ? `${page.next.host.name}, ${page.next.theme}` : '')
  return lines.filter(({ text }) => text !== '')
}

type Add = (key: string, label: string, text: string) => void

function addItem(item: Item, add: Add): void {
  switch (item.kind) {
    case 'post':
    case 'mention':
      return addSaid(item, add)
    case 'live':
      add(`live:${item.id}`, 'Live event', item.name)
      for (const one of item.items) addSaid(one, add)
      return
    case 'text':
      return add(
        `text:${item.writer}`,
        `Text by ${item.writer}`,
        [item.heading, plain(item.html)].filter(Boolean).join('\n'),
      )
    case 'heading':
      return add('heading', 'Heading', item.heading)
    case 'picture':
      return add(
        `picture:${item.picture.hash}`,
        'Picture',
        [item.picture.alt, item.caption].filter(Boolean).join('\n'),
      )
    case 'quote':
      return add('quote', 'Quote', `“${item.text}”\n${item.by}`)
    case 'brought':
      return addVoice(item.voice, 'Post of', add)
    case 'gallery':
      return add('gallery', 'Pictures', item.pictures.map(({ alt }) => alt || 'A picture').join('\n'))
    case 'words':
      return add('words', 'Words', item.words.map(({ text }) => text).join(', '))
    case 'links':
      return add('links', 'Links', item.links.map(({ title, display }) => title ?? display).join('\n'))
    case 'best':
      return add('best', 'Best received', saidWords(item.post.said))
    case 'people':
      return add('people', 'People', item.named.map(({ name }) => name).join(', '))
    case 'join':
      return add('join', 'Take part', plain(item.html))
    case 'numbers':
  }
}

function addSaid(item: SaidItem, add: Add): void {
  if (item.kind === 'mention') {
    addVoice(item.voice, 'Mention of', add)
    for (const answer of item.answers) addVoice(answer, 'Answer of', add)
    return
  }
  const { id, at, parts, voices } = item.post
  add(`post:${id}`, `Post of ${at.time}`, parts.map(({ said }) => saidWords(said)).join('\n\n'))
  for (const voice of voices) addVoice(voice, 'Reply of', add)
}

function addVoice({ id, name, handle, said, left }: Voice, of: string, add: Add): void {
  if (!left) add(`voice:${id}`, `${of} ${name || `@${handle}`}`, saidWords(said))
}

const ENTITIES: Record<string, string> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': '’',
  '&amp;': '&',
}

/** Our own renderer’s HTML as text. */
function plain(html: string): string {
  return html
    .replaceAll(/<\/(?:p|li|h\d|blockquote)>/g, '\n')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(?:lt|gt|quot|#39|amp);/g, (one) => ENTITIES[one]!)
    .trim()
}
