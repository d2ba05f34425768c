import { LEFT_OUT } from '../listening/forgotten.ts'
import type { LeftPage } from '../listening/post.ts'
import type { Word } from '../listening/words.ts'
import type { GalleryPicture } from './story/gallery.ts'
import type { WeekWord } from './story/week-words.ts'

/**
 * A week's page as it is kept with each edition: all that the page needs, so that it outlives the tables and the network.
 * Words and times are as they were told; addresses, labels and what may still be shown are worked out when it is shown.
 */
export interface WeekPage {
  /** Rises when the shape changes; `openPage` opens every older one. */
  format: 2
  account: { id: string; handle: string; name: string; zone: string }
  slot: string
  theme: string
  why: string
  /** Null where nobody hosts the week any more. */
  host: PageHost | null
  /** Who had the account before them in this week, and until which day; older pages lack it. */
  earlier?: EarlierHost[]
  /** What the account said in the week, answers included. */
  posts: number
  /** The week's own days, each with what was planned for it and how many posts it brought. */
  days: { day: string; plan: string | null; posts: number }[]
  /** As they were planned. Instants as text. */
  events: PageEvent[]
  chapters: Chapter[]
  next: NextWeek | null
}

export interface PageHost {
  name: string
  handle: string
  job: string
  organisation: string
  biography: string
  portraitHash: string | null
}

export interface EarlierHost {
  name: string
  job: string
  organisation: string
  until: string
}

/** All who had the account in the week, the first of them first, without whom the pages are not to name. */
export function hostsOf({
  earlier = [],
  host,
}: WeekPage): { name: string; job: string; organisation: string }[] {
  return [...earlier, ...(host ? [host] : [])].filter(isNamed)
}

/** Whether somebody’s name stands on the page, and not that it was left out. */
export function isNamed({ name }: { name: string }): boolean {
  return !name.includes(LEFT_OUT)
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

export const CHAPTER_KINDS = [
  'day',
  'numbers',
  'best',
  'gallery',
  'words',
  'links',
  'people',
  'reflection',
  'text',
  'join',
] as const

export interface Chapter {
  kind: (typeof CHAPTER_KINDS)[number]
  /** Empty for what stands before the first heading. */
  title: string
  /** Of a day. */
  day: string | null
  /** What happened that day in numbers, once it is over; null where the title says it. */
  line: string | null
  items: Item[]
}

export type Item =
  | SaidItem
  | LiveItem
  | { kind: 'text'; heading: string; writer: string; html: string }
  | { kind: 'heading'; heading: string }
  | { kind: 'picture'; picture: PagePicture; caption: string }
  | { kind: 'quote'; text: string; by: string; postId: string | null }
  | { kind: 'brought'; voice: Voice; readAt: string }
  | { kind: 'gallery'; pictures: GalleryPicture[] }
  | { kind: 'words'; words: WeekWord[] }
  | { kind: 'links'; links: PageLink[] }
  | { kind: 'best'; post: BestPost }
  | ({ kind: 'numbers' } & Counted)
  | { kind: 'people'; named: Person[]; total: number; spokenOf: SpokenOf[] }
  | { kind: 'join'; html: string }

/** What the account said, or somebody said to it. */
export type SaidItem =
  { kind: 'post'; post: PagePost } | { kind: 'mention'; voice: Voice; answers: Voice[]; question: boolean }

/** An event that was told while it went on: its own run. */
export interface LiveItem {
  kind: 'live'
  id: string
  name: string
  place: string
  startsAt: Moment
  endsAt: Moment
  items: SaidItem[]
}

/** An address that was passed on. */
export interface PageLink {
  href: string
  display: string
  title: string | null
  site: string | null
  /** Of the posts that shared it; without one of these on the page it goes. */
  postIds: string[]
}

/** A post said once more where it stands out: with the post itself it goes. */
export interface BestPost {
  id: string
  at: Moment
  said: Said
  likes: number
  replies: number | null
}

/** What a week came to. */
export interface Counted {
  numbers: Count[]
  /** When replies were read last. */
  readAt: Moment | null
  /** When views were read: of those that were read first. */
  seenReadAt: Moment | null
  /** Null while nobody answered. */
  charts: Charts | null
  /** The account's usual week: the middle of so many before it; null while there were too few. */
  usual: { weeks: number; numbers: Count[] } | null
  /** Nothing changes it any more. */
  finalSince: Moment | null
}

/** What charts are drawn from. */
export interface Charts {
  days: { day: string; posts: number; replies: number }[]
  /** 24, from midnight in the account's zone. */
  hours: { posts: number; replies: number }[]
}

/** A handle that the account's own posts on the page name. */
export interface SpokenOf {
  handle: string
  postIds: string[]
}

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
  /** It asked, and its voices answered. */
  question: boolean
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
  /** It left the page, and nothing else is said of it. */
  left?: LeftPage
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
  /** How many posts of theirs the week heard; null where nobody counted. */
  posts: number | null
}

/** The ids of all posts that a page shows. */
export function postsOnPage(page: WeekPage): string[] {
  return page.chapters.flatMap(({ items }) => items.flatMap(postsIn))
}

function postsIn(item: Item): string[] {
  switch (item.kind) {
    case 'post':
      return [...item.post.parts.map(({ id }) => id), ...idsOf(item.post.voices)]
    case 'mention':
      return idsOf([item.voice, ...item.answers])
    case 'live':
      return item.items.flatMap(postsIn)
    case 'brought':
      return idsOf([item.voice])
    default:
      return []
  }
}

function idsOf(voices: readonly Voice[]): string[] {
  return voices.flatMap(({ id, left }) => (left ? [] : [id]))
}

/** The hashes of the portraits on a page and of the pictures that people put there. Who comes next is looked up when it is shown. */
export function picturesOnPage(page: WeekPage): string[] {
  const { host, chapters } = page
  const inItems = chapters.flatMap(({ items }) => items.flatMap(portraitsIn))
  return [...new Set([host?.portraitHash ?? null, ...inItems].filter((hash) => hash !== null))]
}

function portraitsIn(item: Item): (string | null)[] {
  switch (item.kind) {
    case 'post':
      return item.post.voices.map(({ portraitHash }) => portraitHash)
    case 'mention':
      return [item.voice, ...item.answers].map(({ portraitHash }) => portraitHash)
    case 'live':
      return item.items.flatMap(portraitsIn)
    case 'brought':
      return [item.voice.portraitHash]
    case 'picture':
      return [item.picture.hash]
    default:
      return []
  }
}

/** A page with its numbers as they are counted by now. */
export function withNumbers(page: WeekPage, counted: Counted): WeekPage {
  const renewed = (item: Item): Item => (item.kind === 'numbers' ? { kind: 'numbers', ...counted } : item)
  return {
    ...page,
    chapters: page.chapters.map((chapter) => ({ ...chapter, items: chapter.items.map(renewed) })),
  }
}

/** Whom a page is not to name: their handles and names are left out of all texts, and the words of their names are not counted. */
export interface Unnamed {
  mask<T>(kept: T): T
  isNameWord(word: string): boolean
}

/** A page that doesn't name somebody any more. Who hosted, hosts next and whose account it is stays. */
export function withoutNamed(page: WeekPage, { mask, isNameWord }: Unnamed): WeekPage {
  const unnamed = (item: Item): Item[] => {
    if (item.kind === 'quote' && mask(item).by !== item.by) return []
    if (item.kind === 'people')
      return [{ ...item, spokenOf: item.spokenOf.filter((one) => mask(one).handle === one.handle) }]
    if (item.kind === 'words') return [{ ...item, words: item.words.filter(({ text }) => !isNameWord(text)) }]
    return [item]
  }
  const chapters = page.chapters.map((chapter) => ({ ...chapter, items: chapter.items.flatMap(unnamed) }))
  const { account, host, next } = page
  return { ...mask({ ...page, chapters: settled(chapters) }), account, host, next }
}

/** The ids of posts that may not be shown any more; with a reason where a line stands in their place. */
export type Gone = ReadonlyMap<string, LeftPage | null>

/** A page without the posts that may not be shown any more, and without what hung on them. */
export function withoutGone(page: WeekPage, gone: Gone): WeekPage {
  if (gone.size === 0) return page
  return { ...page, chapters: settled(page.chapters.map((chapter) => withoutGoneIn(chapter, gone))) }
}

function withoutGoneIn(chapter: Chapter, gone: Gone): Chapter {
  return { ...chapter, items: chapter.items.flatMap((item) => remaining(item, gone)) }
}

/**
 * Chapters without what has nothing left of it on the page: people are named, words and links are listed, pictures and quotes
 * are shown for what of theirs stands there; other people are only counted.
 */
export function settled(chapters: readonly Chapter[]): Chapter[] {
  const shown = new Set(chapters.flatMap(({ items }) => items.flatMap(postsIn)))
  return chapters
    .map((chapter) => ({ ...chapter, items: chapter.items.flatMap((item) => standing(item, shown)) }))
    .filter(({ items }) => items.length > 0)
}

function standing(item: Item, shown: ReadonlySet<string>): Item[] {
  const stand = ({ postIds }: { postIds: string[] }) => postIds.filter((id) => shown.has(id))
  const listed = <T extends { postIds: string[] }>(all: readonly T[]) =>
    all.map((one) => ({ ...one, postIds: stand(one) })).filter(({ postIds }) => postIds.length > 0)
  switch (item.kind) {
    case 'people': {
      const named = item.named.filter((person) => person.ids.some((id) => shown.has(id)))
      return [{ ...item, named, spokenOf: listed(item.spokenOf) }]
    }
    case 'words': {
      const words = listed(item.words)
      return words.length > 0 ? [{ ...item, words }] : []
    }
    case 'links': {
      const links = listed(item.links)
      return links.length > 0 ? [{ ...item, links }] : []
    }
    case 'gallery': {
      const pictures = item.pictures.filter(({ postId }) => shown.has(postId))
      return pictures.length > 0 ? [{ ...item, pictures }] : []
    }
    case 'best':
      return shown.has(item.post.id) ? [item] : []
    case 'quote':
      return item.postId === null || shown.has(item.postId) ? [item] : []
    default:
      return [item]
  }
}

function remaining(item: Item, gone: Gone): Item[] {
  switch (item.kind) {
    case 'brought':
      return remainingVoices([item.voice], gone).map((voice) => ({ ...item, voice }))
    case 'live': {
      const items = item.items.flatMap((one) => remainingSaid(one, gone))
      return items.length > 0 ? [{ ...item, items }] : []
    }
    case 'post':
    case 'mention':
      return remainingSaid(item, gone)
    default:
      return [item]
  }
}

function remainingSaid(item: SaidItem, gone: Gone): SaidItem[] {
  if (item.kind === 'mention')
    return remainingVoices([item.voice], gone).map((voice) => ({
      ...item,
      voice,
      answers: remainingVoices(item.answers, gone),
    }))
  const { post } = item
  const parts = post.parts.filter((part) => !gone.has(part.id))
  if (parts.length === 0) return []
  return [{ kind: 'post', post: { ...post, parts, voices: remainingVoices(post.voices, gone) } }]
}

/** An answer of ours goes with what it answered. */
function remainingVoices(voices: readonly Voice[], gone: Gone): Voice[] {
  const lost = new Set(gone.keys())
  return voices.flatMap((voice) => {
    if (voice.own && voice.answers !== null && lost.has(voice.answers)) lost.add(voice.id)
    if (!lost.has(voice.id)) return [voice]
    const left = gone.get(voice.id) ?? null
    return left && !voice.own ? [withoutWords(voice, left)] : []
  })
}

/** Where and when something stood, and nothing of what it said or of who said it. */
export function withoutWords({ id, answers, at }: Voice, left: LeftPage): Voice {
  const nobody = { name: '', handle: '', portraitHash: null, pictures: 0, edited: false }
  return { id, answers, own: false, at, ...nobody, said: { words: [], signOff: '', lang: null }, left }
}
