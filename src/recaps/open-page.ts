import type { Chapter, Item, PagePost, Person, WeekPage } from './week-page.ts'

/** As pages were kept at first: without runs, lists, charts and answers to mentions. */
interface FirstPage extends Omit<WeekPage, 'format' | 'events' | 'host' | 'next' | 'chapters'> {
  format: 1
  host: (Omit<NonNullable<WeekPage['host']>, 'biography'> & { biography?: string }) | null
  events?: WeekPage['events']
  next: WeekPage['next']
  chapters: (Omit<Chapter, 'line' | 'items'> & { items: FirstItem[] })[]
}

type FirstItem =
  | { kind: 'post'; post: Omit<PagePost, 'question'> }
  | Pick<Extract<Item, { kind: 'mention' }>, 'kind' | 'voice'>
  | Omit<Extract<Item, { kind: 'numbers' }>, 'charts' | 'usual' | 'finalSince'>
  | { kind: 'people'; named: Omit<Person, 'posts'>[]; total: number }
  | Extract<Item, { kind: 'text' }>

/**
 * A page as it was kept, of this format or an older one.
 * @throws RangeError when it was kept by a newer version of this software.
 */
export function openPage(kept: WeekPage | FirstPage): WeekPage {
  if (kept.format === 2) return kept
  if (kept.format !== 1)
    throw new RangeError('This page was kept by a newer version of this software, which can open it.')
  const { host } = kept
  return {
    ...kept,
    format: 2,
    host: host && { ...host, biography: host.biography ?? '' },
    events: kept.events ?? [],
    chapters: kept.chapters.map((chapter) => ({ ...chapter, line: null, items: chapter.items.map(opened) })),
  }
}

function opened(item: FirstItem): Item {
  switch (item.kind) {
    case 'post':
      return { ...item, post: { ...item.post, question: false } }
    case 'mention':
      return { ...item, answers: [], question: false }
    case 'numbers':
      return { ...item, charts: null, usual: null, finalSince: null }
    case 'people':
      return { ...item, named: item.named.map((person) => ({ ...person, posts: null })), spokenOf: [] }
    default:
      return item
  }
}
