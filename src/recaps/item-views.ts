import { sourcesOf } from '../images/pages.ts'
import { dayInWords } from '../calendar.ts'
import type { LeftPage } from '../listening/post.ts'
import { initialsOf, postUrl, profileUrl } from '../listening/words.ts'
import { drawCharts } from './numbers/charts.ts'
import { countOf, figure } from './story/generate.ts'
import { dayAndTime, saidView, type PageWords, type Showing } from './page-words.ts'
import type {
  Count,
  Counted,
  Item,
  LiveItem,
  PageLink,
  PagePicture,
  PagePost,
  Person,
  SpokenOf,
  Voice,
} from './week-page.ts'
import type { WeekWord } from './story/week-words.ts'
import { countsInWords } from './numbers/week-numbers.ts'
import { wordCloud } from './story/word-cloud.ts'
import { capital, inLetters } from '../words.ts'

/** So many replies stand open under a post; the others are one click away. */
const REPLIES_SHOWN = 3

export type ItemView = { [K in string]: object }

/** A piece of a chapter as `recaps/page` shows it: one field, named by its kind. */
export function itemView(item: Item, words: PageWords): ItemView {
  switch (item.kind) {
    case 'post':
      return { post: postView(item.post, words) }
    case 'mention':
      return { mention: mentionView(item, words) }
    case 'live':
      return { live: liveView(item, words) }
    case 'text':
      return { text: { heading: item.heading, html: item.html } }
    case 'heading':
      return { heading: { title: item.heading } }
    case 'picture':
      return {
        picture: {
          ...(words.showing.signedIn ? ownPictureView(item.picture) : pictureView(item.picture)),
          caption: item.caption,
        },
      }
    case 'quote':
      return { quote: { text: item.text, by: item.by, href: item.postId && words.anchor(item.postId) } }
    case 'brought':
      return { brought: { ...voiceView(item.voice, words), id: words.id(`p${item.voice.id}`) } }
    case 'gallery':
      return {
        gallery: item.pictures.map((one) => ({
          picture: { ...pictureView(one, GALLERY), moving: null },
          href: words.anchor(one.postId),
        })),
      }
    case 'words':
      return { words: cloudView(item.words) }
    case 'links':
      return { links: item.links.map(linkView) }
    case 'best':
      return {
        best: {
          ...saidView({ ...item.post.said, signOff: '' }, words.showing),
          href: words.anchor(item.post.id),
          when: `${words.weekday(item.post.at.day)} ${item.post.at.time}`,
          counted: `${countOf(item.post.likes, 'like')}${item.post.replies ? `, ${countOf(item.post.replies, 'reply', 'replies')}` : ''}`,
        },
      }
    case 'numbers':
      return { numbers: numbersView(item) }
    case 'people':
      return { people: peopleView(item, words.showing) }
    default:
      return { join: { html: item.html } }
  }
}

function postView(post: PagePost, words: PageWords) {
  const weekday = words.weekday(post.at.day)
  const thread = post.parts.length > 1
  const parts = thread ? `${capital(inLetters(post.parts.length))} parts.` : ''
  const counted = [
    post.replies ? countOf(post.replies, 'reply', 'replies') : '',
    post.likes ? countOf(post.likes, 'like') : '',
  ].filter(Boolean)
  return {
    id: words.id(`p${post.id}`),
    time: { iso: post.at.iso, label: post.at.time },
    author: words.author,
    thread,
    parts: post.parts.map((part) => ({
      ...saidView(part.said, words.showing),
      pictures: part.pictures.map((one) => pictureView(one)),
      several: part.pictures.length > 1,
    })),
    foot: [parts, counted.length > 0 ? `${counted.join(', ')}.` : '', post.edited ? 'Edited.' : '']
      .filter(Boolean)
      .join(' '),
    ...viewLink(
      { authorHandle: words.handle, networkId: post.parts[0]!.id },
      `${thread ? 'thread' : 'post'} of ${weekday} ${post.at.time}`,
      words,
    ),
    ...repliesView(post.voices, words, post.question),
  }
}

/**
 * They stand open, and fold beyond three. What left the page is not counted, and has its line where it stood. Replies are what
 * others wrote, as they are counted below a post; what the account wrote back are answers.
 */
function repliesView(all: readonly Voice[], words: PageWords, question: boolean) {
  const present = all.filter(({ left }) => !left)
  const folded = new Set(present.slice(REPLIES_SHOWN))
  const from = folded.size === 0 ? all.length : all.findIndex((voice) => folded.has(voice))
  const voices = all.map((voice) => voiceView(voice, words))
  return {
    repliesLabel: question && present.length > 0 ? 'Answered' : null,
    replies: voices.slice(0, from),
    moreReplies: folded.size > 0 ? { label: foldedInWords([...folded]), replies: voices.slice(from) } : null,
  }
}

/** "2 more replies", "1 more reply and 1 answer" */
function foldedInWords(folded: readonly Voice[]): string {
  const answers = folded.filter(({ own }) => own).length
  const replies = folded.length - answers
  if (replies === 0) return countOf(answers, 'more answer')
  const more = countOf(replies, 'more reply', 'more replies')
  return answers === 0 ? more : `${more} and ${countOf(answers, 'answer')}`
}

function mentionView({ voice, answers, question }: Extract<Item, { kind: 'mention' }>, words: PageWords) {
  return {
    ...voiceView(voice, words),
    id: words.id(`p${voice.id}`),
    ...repliesView(answers, words, question),
  }
}

function liveView({ id, name, place, startsAt, endsAt, items }: LiveItem, words: PageWords) {
  const anchor = words.id(`live-${id}`)
  // Each part is a post, as in the numbers of the day.
  const posts = items.reduce((sum, item) => sum + (item.kind === 'post' ? item.post.parts.length : 0), 0)
  return {
    id: anchor,
    titleId: `${anchor}-title`,
    name,
    place,
    startsAt: { iso: startsAt.iso, label: startsAt.time },
    endsAt: { iso: endsAt.iso, label: endsAt.time },
    count: capital(`${inLetters(posts)} ${posts === 1 ? 'post' : 'posts'}`),
    items: items.map((item) => itemView(item, words)),
  }
}

/** What stands where something stood that left the page. */
export const LEFT: Record<LeftPage, string> = {
  deleted: 'Something stood here that its author has deleted on X, or shows to fewer people now.',
  asked: 'Something stood here that was taken off this page because its author asked for it.',
}

function voiceView(voice: Voice, words: PageWords): object {
  if (voice.left) return { left: LEFT[voice.left] }
  const { showing } = words
  return {
    portrait: voice.portraitHash
      ? { src: `/pictures/${voice.portraitHash}/96.webp`, size: 'small', lazy: true }
      : { initials: initialsOf(voice.name) },
    name: voice.name,
    handle: `@${voice.handle}`,
    profile: showing.sandbox ? null : profileUrl(voice.handle),
    time: { iso: voice.at.iso, label: voice.at.time },
    pictures: voice.pictures > 0 ? 'with a picture' : null,
    edited: voice.edited,
    ...saidView(voice.said, showing),
    ...viewLink(
      { authorHandle: voice.handle, networkId: voice.id },
      `${voice.name}, ${words.weekday(voice.at.day)} ${voice.at.time}`,
      words,
    ),
  }
}

/** The way to the post itself: on X, or, where nothing was posted, to the sandbox that says so. */
function viewLink(post: { authorHandle: string; networkId: string }, what: string, words: PageWords) {
  if (words.showing.sandbox)
    return { url: '/sandbox', link: 'Sandbox data', linkLabel: words.unique(`Sandbox data: ${what}`) }
  const url = postUrl(post)
  return { url, cite: url, link: 'View on X', linkLabel: words.unique(`View on X: ${what}`) }
}

/** How wide the page shows a picture: past the text column where there is room, else the screen without its gutters. */
const COLUMN = '(min-width: 64rem) 46rem, calc(100vw - 2.5rem)'
const GALLERY = '(min-width: 64rem) 14rem, calc(50vw - 1.5rem)'

function pictureView({ hash, alt, width, height, moves }: PagePicture, sizes = COLUMN) {
  const src = `/pictures/${hash}`
  const moving = moves ? `${src}/moving` : null
  return { src, moving, alt, width, height, lazy: true, ...sourcesOf({ src, width, moves }, sizes) }
}

/** As the editor shows it. */
function ownPictureView({ hash, alt, width, height, moves }: PagePicture) {
  const src = `/images/${hash}`
  return { src, moving: moves ? `${src}/moving` : null, alt, width, height, lazy: true }
}

/** So many words are named where the picture can't be seen; the list has all. */
const WORDS_NAMED = 4

function numbersView({ numbers, readAt, seenReadAt, charts, usual, finalSince }: Counted) {
  return {
    words: numberWords(numbers).map((word) => (word.seen ? { ...word, href: `#${SEEN_NOTE}` } : word)),
    readAt: readAt && dayAndTime(readAt),
    seenReadAt: seenReadAt && dayAndTime(seenReadAt),
    finalSince: finalSince && { iso: finalSince.day, label: dayInWords(finalSince.day) },
    usual:
      usual &&
      `${countsInWords(usual.numbers)}. That is the middle of the ${inLetters(usual.weeks)} weeks before it`,
    seenNote: numbers.some(({ what }) => what === 'seen') ? SEEN_NOTE : null,
    charts: charts && drawCharts(charts),
  }
}

/** Where the page says what “seen” does and does not mean. */
const SEEN_NOTE = 'what-seen-means'

function cloudView(words: readonly WeekWord[]) {
  const { words: cloud, ...size } = wordCloud(words)
  const named = words.slice(0, WORDS_NAMED).map(({ text }) => text)
  const last = named.pop()
  const first = named.length > 0 ? `${named.join(', ')} and ` : ''
  return {
    ...size,
    cloud,
    label: `Word cloud. Said most: ${first}${last}. The full list follows.`,
    list: words.map(({ text, postIds }) => ({ text, count: countOf(postIds.length, 'post') })),
  }
}

function linkView({ href, display, title, site, postIds }: PageLink) {
  const host = site ?? new URL(href).hostname.replace(/^www\./, '')
  return {
    href,
    title: title ?? display,
    site: host,
    count: postIds.length > 1 ? `shared ${timesInWords(postIds.length)}` : null,
  }
}

/** "twice", "9 times" */
function timesInWords(times: number): string {
  return times === 1 ? 'once' : times === 2 ? 'twice' : `${figure(times)} times`
}

function peopleView({ named, total, spokenOf }: Extract<Item, { kind: 'people' }>, showing: Showing) {
  const others = total - named.length
  return {
    named: named.map((person) => personView(person, showing)),
    others: others > 0 ? (named.length > 0 ? `And ${countOf(others, 'other')}.` : null) : null,
    onlyCounted: named.length === 0 ? `${countOf(total, 'person', 'people')} joined in.` : null,
    spokenOf: spokenOf.length > 0 ? spokenOf.map((one) => spokenOfView(one, showing)) : null,
  }
}

function personView({ name, handle, posts }: Person, { sandbox }: Showing) {
  return {
    portrait: { initials: initialsOf(name) },
    name,
    detail: `@${handle}${posts === null ? '' : `, ${countOf(posts, 'post')}`}`,
    href: sandbox ? null : profileUrl(handle),
  }
}

function spokenOfView({ handle, postIds }: SpokenOf, { sandbox }: Showing) {
  return {
    handle: `@${handle}`,
    href: sandbox ? null : profileUrl(handle),
    count: postIds.length > 1 ? timesInWords(postIds.length) : null,
  }
}

/** The week's numbers as a sentence that says what each of them counts. */
export function numberWords(numbers: readonly Count[]): { text: string; strong?: true; seen?: true }[] {
  const counts = new Map(numbers.map(({ what, count }) => [what, count]))
  const strong = (count: number) => ({ text: figure(count), strong: true as const })
  const times = (count: number) =>
    count === 1 ? [{ text: 'once', strong: true as const }] : [strong(count), { text: ' times' }]
  const replies = counts.get('replies')
  const people = counts.get('people')
  const seen = counts.get('seen')
  return [
    { text: 'The account posted ' },
    ...times(counts.get('posts') ?? 0),
    ...(replies === undefined
      ? []
      : [
          { text: seen === undefined ? ' and got ' : ', got ' },
          strong(replies),
          { text: replies === 1 ? ' reply' : ' replies' },
        ]),
    ...(people === undefined
      ? []
      : [{ text: ' from ' }, strong(people), { text: people === 1 ? ' person' : ' people' }]),
    ...(seen === undefined
      ? []
      : [
          { text: `${replies === undefined ? '' : ','} and its posts were seen ` },
          ...times(seen).map((word) => ('strong' in word ? { ...word, seen: true as const } : word)),
        ]),
    { text: '.' },
  ]
}
