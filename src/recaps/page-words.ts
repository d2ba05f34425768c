import { dayInWords, weekdayName } from '../calendar.ts'
import { directionOf } from '../listening/words.ts'
import type { Item, Moment, Said, WeekPage } from './week-page.ts'

/** What of a page is not in its story: where and when it is shown. */
export interface Showing {
  /** Without a slash at its end. */
  publicUrl: string
  /** Nothing of it stands on a network, and no address may lead to somebody real. */
  sandbox: boolean
  /** The day it is for a running week; null once the week is over. */
  today: string | null
  /** When the page was published; left out of one that is no edition. */
  publishedAt?: Date
  /** When another edition took the place of the first one; left out where none did. */
  correctedAt?: Date | undefined
  /** For people who are signed in: pictures that were put in need not be on a public page yet, or still. */
  signedIn?: boolean
  /** It was cancelled in its middle: its days are those until then. */
  endedEarly?: boolean
  /** Said under the title, such as that the story is not told yet. */
  note?: string | null
}

/** Words that are looked for many times on one page, and labels that must not occur twice on it. */
export class PageWords {
  readonly #weekdays = new Map<string, string>()
  readonly #labels = new Map<string, number>()
  #anchors: Map<string, string> | undefined
  readonly #ids = new Map<string, number>()
  readonly #page: WeekPage
  readonly showing: Showing

  constructor(page: WeekPage, showing: Showing) {
    this.#page = page
    this.showing = showing
  }

  get handle(): string {
    return this.#page.account.handle
  }

  /** Of the account's own posts. */
  get author() {
    const { name, handle } = this.#page.account
    return { name, handle: `@${handle}` }
  }

  weekday(day: string): string {
    let name = this.#weekdays.get(day)
    if (name === undefined) this.#weekdays.set(day, (name = weekdayName(day)))
    return name
  }

  /** As `weekdayLetter` has it. */
  letter(day: string): string {
    return this.weekday(day).charAt(0)
  }

  /** `monday`, while the day is one of the week's own and there is one Monday. */
  idOf(day: string): string {
    const own = this.#page.days.slice(0, 7).some((one) => one.day === day)
    return own ? this.weekday(day).toLowerCase() : `day-${day}`
  }

  /** Where a post stands on this page, also as a part of a thread: `#p123`; null where it does not. */
  anchor(postId: string): string | null {
    if (!this.#anchors) {
      const posts = this.#page.chapters.flatMap(({ items }) => items.flatMap(postsOf))
      this.#anchors = new Map(posts.flatMap(({ id, parts }) => parts.map((part) => [part, `#p${id}`])))
    }
    return this.#anchors.get(postId) ?? null
  }

  /** An id stands once, also where a piece is told in two places. */
  id(wanted: string): string {
    const times = (this.#ids.get(wanted) ?? 0) + 1
    this.#ids.set(wanted, times)
    return times === 1 ? wanted : `${wanted}-${times}`
  }

  /** Links to different posts never have the same name. */
  unique(label: string): string {
    const times = (this.#labels.get(label) ?? 0) + 1
    this.#labels.set(label, times)
    return times === 1 ? label : `${label} (${times})`
  }
}

/** In a sandbox the handles are made up, and would lead to strangers. */
export function saidView(said: Said, { sandbox }: Pick<Showing, 'sandbox'>) {
  const words = sandbox
    ? said.words.map((word) => (word.href?.startsWith('https://x.com/') ? { text: word.text } : word))
    : said.words
  return { words, signOff: said.signOff, lang: said.lang, dir: directionOf(said.lang) }
}

/** "Friday 13 November, 18:05" */
export function dayAndTime({ iso, day, time }: Moment) {
  return { iso, label: `${dayInWords(day)}, ${time}` }
}

/** The things of an item that have an anchor, each with the ids that lead there. */
function postsOf(item: Item): { id: string; parts: string[] }[] {
  if (item.kind === 'live') return item.items.flatMap(postsOf)
  if (item.kind === 'post') return [{ id: item.post.id, parts: item.post.parts.map(({ id }) => id) }]
  const said = item.kind === 'mention' || item.kind === 'brought'
  return said ? [{ id: item.voice.id, parts: [item.voice.id] }] : []
}
