import type { Word } from '../listening/words.ts'

/**
 * A week's page as it is kept with each edition: all that the page needs, so that it outlives the tables and the network.
 * Words and times are as they were told; addresses, labels and what may still be shown are worked out when it is shown.
 */
export interface WeekPage {
  format: 1
  account: { id: string; handle: string; name: string; zone: string }
  slot: string
  theme: string
  why: string
  /** Null where nobody hosts the week any more. */
  host: PageHost | null
  /** What the account said in the week, answers included. */
  posts: number
  /** The week's own days, each with what was planned for it and how many posts it brought. */
  days: { day: string; plan: string | null; posts: number }[]
  /** As they were planned; editions of before they stood on the page have none. Instants as text. */
  events?: PageEvent[]
  chapters: Chapter[]
  next: NextWeek | null
}

export interface PageHost {
  name: string
  handle: string
  job: string
  organisation: string
  /** Editions of before it stood on the page have none. */
  biography?: string
  portraitHash: string | null
}

export interface PageEvent {
  name: string
  place: string
  hashtag: string
  startsAt: string
  endsAt: string
}

export interface NextWeek {
  slot: string
  first: string
  last: string
  theme: string
  why: string
  host: PageHost
}

export interface Chapter {
  kind: 'day' | 'numbers' | 'people' | 'text'
  /** Empty for what stands before the first heading. */
  title: string
  /** Of a day. */
  day: string | null
  items: Item[]
}

export type Item =
  | { kind: 'post'; post: PagePost }
  | { kind: 'mention'; voice: Voice }
  | { kind: 'text'; heading: string; writer: string; html: string }
  | { kind: 'numbers'; numbers: Count[]; readAt: Moment | null; seenReadAt: Moment | null }
  | { kind: 'people'; named: Person[]; total: number }

/** An instant with its words in the account's zone. */
export interface Moment {
  iso: string
  day: string
  time: string
}

/** A post of the account; several parts make a thread. */
export interface PagePost {
  id: string
  at: Moment
  parts: { id: string; said: Said; pictures: PagePicture[] }[]
  replies: number | null
  likes: number | null
  edited: boolean
  voices: Voice[]
}

export interface Said {
  words: Word[]
  /** The host's initials at the end, which were cut off `words`; empty for none. */
  signOff: string
  lang: string | null
}

/** What somebody answered or said to the account, or the account answered to that. */
export interface Voice {
  id: string
  /** The id of what it answers. */
  answers: string | null
  /** The account's own. */
  own: boolean
  name: string
  handle: string
  portraitHash: string | null
  at: Moment
  said: Said
  /** Pictures of strangers are not copied. */
  pictures: number
  edited: boolean
}

export interface PagePicture {
  hash: string
  alt: string
  width: number
  height: number
  /** A GIF: it stands still until somebody starts it. */
  moves?: true
}

export interface Count {
  count: number
  what: 'posts' | 'replies' | 'people' | 'seen'
}

export interface Person {
  name: string
  handle: string
  /** The posts for which they are named: without one of these on the page, they are only counted. */
  ids: string[]
}

/** The ids of all posts that a page shows. */
export function postsOnPage(page: WeekPage): string[] {
  return page.chapters.flatMap(({ items }) => items.flatMap(postsIn))
}

function postsIn(item: Item): string[] {
  if (item.kind === 'mention') return [item.voice.id]
  if (item.kind !== 'post') return []
  return [...item.post.parts.map((part) => part.id), ...item.post.voices.map((voice) => voice.id)]
}

/** A page without the posts that may not be shown any more, and without what hung on them. */
export function withoutGone(page: WeekPage, gone: ReadonlySet<string>): WeekPage {
  if (gone.size === 0) return page
  const chapters = page.chapters
    .map((chapter) => ({ ...chapter, items: chapter.items.flatMap((item) => remaining(item, gone)) }))
    .filter((chapter) => chapter.items.length > 0)
  return { ...page, chapters: namedOnPage(chapters) }
}

/** People are named for what of theirs stands on the page; all others are only counted. */
export function namedOnPage(chapters: Chapter[]): Chapter[] {
  const shown = new Set(chapters.flatMap(({ items }) => items.flatMap(postsIn)))
  const named = (item: Item): Item =>
    item.kind === 'people'
      ? { ...item, named: item.named.filter((person) => person.ids.some((id) => shown.has(id))) }
      : item
  return chapters.map((chapter) => ({ ...chapter, items: chapter.items.map(named) }))
}

function remaining(item: Item, gone: ReadonlySet<string>): Item[] {
  if (item.kind === 'mention') return gone.has(item.voice.id) ? [] : [item]
  if (item.kind !== 'post') return [item]
  const parts = item.post.parts.filter((part) => !gone.has(part.id))
  if (parts.length === 0) return []
  return [{ kind: 'post', post: { ...item.post, parts, voices: remainingVoices(item.post.voices, gone) } }]
}

/** An answer of ours goes with what it answered. */
function remainingVoices(voices: readonly Voice[], gone: ReadonlySet<string>): Voice[] {
  const lost = new Set(gone)
  return voices.filter((voice) => {
    if (voice.own && voice.answers !== null && lost.has(voice.answers)) lost.add(voice.id)
    return !lost.has(voice.id)
  })
}
