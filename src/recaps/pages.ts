import { dayInWords, dayOf, daysInWords, monthName, weekdayName } from '../calendar.ts'
import { directionOf, initialsOf, postUrl, profileUrl } from '../listening/words.ts'
import { eventLine, inLetters } from '../rota/pages.ts'
import { countOf, figure } from './generate.ts'
import type { Chapter, Count, Item, Moment, PagePost, Person, Said, Voice, WeekPage } from './week-page.ts'

/** What of a page is not in its story: where and when it is shown. */
export interface Showing {
  /** Without a slash at its end. */
  publicUrl: string
  /** Nothing of it stands on a network, and no address may lead to somebody real. */
  sandbox: boolean
  /** The day it is for a running week; null once the week is over. */
  today: string | null
  /** Said under the opening, such as that the story is not told yet. */
  note?: string | null
}

/** So many replies stand open under a post; the others are one click away. */
const REPLIES_SHOWN = 3

/**
 * The model of `recaps/page`: all that stands on a week's public page, and its head (`title`, `description`, `canonical`,
 * `share`). The frame's navigation and colophon are the followers' own.
 */
export function weekPageView(page: WeekPage, showing: Showing) {
  const words = new Wording(page, showing)
  const first = page.days[0]!.day
  const last = page.days.at(-1)!.day
  const chapters = page.chapters.map((chapter, index) => chapterView(chapter, index, page, words))
  const { host } = page
  const title = page.theme || (host ? `${host.name}’s week` : daysInWords(first, last))
  const description = describe(page)
  return {
    title: host
      ? `${title}: ${host.name}’s week on @${page.account.handle}`
      : `${title}: a week on @${page.account.handle}`,
    description,
    canonical: `${showing.publicUrl}/@${page.account.handle}/weeks/${page.slot}`,
    share: {
      type: 'article',
      title,
      description,
      ...(host?.portraitHash
        ? {
            image: `${showing.publicUrl}/pictures/${host.portraitHash}`,
            imageAlt: `Portrait of ${host.name}`,
          }
        : {}),
    },
    opening: {
      title,
      why: page.why,
      host: host && {
        name: host.name,
        detail: [host.job, host.organisation].filter(Boolean).join(', '),
        biography: host.biography ?? '',
      },
      portrait: host && {
        ...face(host.portraitHash, host.name, 'full'),
        alt: `Portrait of ${host.name}`,
      },
      squares: squares(page, words),
      running: showing.today !== null,
      first: { iso: first, label: openingDay(first, last) },
      last: { iso: last, label: dayMonthYear(last) },
      oneDay: first === last,
      note: showing.note ?? null,
    },
    strip: {
      label: 'Days of this week',
      days: page.days.map((day) => stripDay(day, page, words)),
    },
    dates: showing.today === null ? null : datesView(page, showing.today),
    chapters,
    nothing:
      chapters.length > 0
        ? null
        : {
            title: 'Nothing said yet',
            text: host
              ? `What ${host.name} posts on @${page.account.handle} appears here.`
              : `What is posted on @${page.account.handle} appears here.`,
          },
    next: page.next && {
      days: daysInWords(page.next.first, page.next.last),
      handle: `@${page.account.handle}`,
      href: `/@${page.account.handle}/weeks/${page.next.slot}`,
      title: page.next.theme || `${page.next.host.name}’s week`,
      host: page.next.host.name,
      detail: [page.next.host.job, page.next.host.organisation].filter(Boolean).join(', '),
      portrait: {
        ...face(page.next.host.portraitHash, page.next.host.name, 'full'),
        alt: `Portrait of ${page.next.host.name}`,
        lazy: true,
      },
    },
  }
}

/** While a week runs: what is worth being there for, from today on. */
function datesView({ events = [], account: { zone } }: WeekPage, today: string) {
  const lines = events
    .map((event) => ({ ...event, startsAt: new Date(event.startsAt), endsAt: new Date(event.endsAt) }))
    .filter(({ endsAt }) => dayOf(endsAt, zone) >= today)
    .map((event) => eventLine(event, zone))
  return lines.length > 0 ? { note: countOf(lines.length, 'date'), events: lines } : null
}

export type WeekPageView = ReturnType<typeof weekPageView>

/** Words that are looked for many times on one page, and labels that must not occur twice on it. */
class Wording {
  readonly #weekdays = new Map<string, string>()
  readonly #labels = new Map<string, number>()
  readonly #page: WeekPage
  readonly showing: Showing

  constructor(page: WeekPage, showing: Showing) {
    this.#page = page
    this.showing = showing
  }

  get handle(): string {
    return this.#page.account.handle
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

  /** Links to different posts never have the same name. */
  unique(label: string): string {
    const times = (this.#labels.get(label) ?? 0) + 1
    this.#labels.set(label, times)
    return times === 1 ? label : `${label} (${times})`
  }
}

function chapterView(chapter: Chapter, index: number, page: WeekPage, words: Wording) {
  const id = chapter.day
    ? words.idOf(chapter.day)
    : chapter.kind === 'text'
      ? `words-${index}`
      : chapter.title
        ? chapter.kind
        : `before-${index}`
  return {
    id,
    titleId: `${id}-title`,
    untitled: chapter.title === '',
    heading: {
      id: `${id}-title`,
      title: chapter.title,
      events: chapter.day ? eventsOfDay(chapter.day, page) : [],
      ...headingMargin(chapter, page, words),
    },
    items: chapter.items.map((item) => itemView(item, words)),
  }
}

/** What was planned for that day: its name, hours and place. */
function eventsOfDay(day: string, { events = [], account: { zone } }: WeekPage) {
  return events
    .map((event) => ({ ...event, startsAt: new Date(event.startsAt), endsAt: new Date(event.endsAt) }))
    .filter(({ startsAt }) => dayOf(startsAt, zone) === day)
    .map((event) => {
      const { time, place, hashtag } = eventLine(event, zone)
      // The day stands beside it.
      return { name: event.name, time: { ...time, label: time.label.replace(/^.*?, /, '') }, place, hashtag }
    })
}

function headingMargin({ kind, day, items }: Chapter, page: WeekPage, words: Wording) {
  if (day) {
    const at = page.days.findIndex((one) => one.day === day)
    const date = { iso: day, label: words.weekday(day) }
    const number = String(Number(day.slice(8)))
    if (at < 0) return { number, date: { iso: day, label: `${date.label}, ${monthName(day)}` } }
    const when = (index: number) => (index < at ? 'past' : index === at ? 'now' : 'ahead')
    return {
      number,
      date,
      place: {
        label: `Day ${at + 1} of ${inLetters(page.days.length)}`,
        days: page.days.map((one, index) => ({ letter: words.letter(one.day), when: when(index) })),
      },
    }
  }
  const writer = items.find((item) => item.kind === 'text')?.writer
  return { note: kind === 'numbers' ? 'The numbers' : kind === 'people' ? 'Met' : (writer ?? '') }
}

function itemView(item: Item, words: Wording) {
  if (item.kind === 'post') return { post: postView(item.post, words) }
  if (item.kind === 'mention')
    return { mention: { ...voiceView(item.voice, words), id: `p${item.voice.id}` } }
  if (item.kind === 'text') return { text: { heading: item.heading, html: item.html } }
  if (item.kind === 'numbers') {
    return {
      numbers: {
        words: numberWords(item.numbers),
        readAt: item.readAt && dayAndTime(item.readAt),
        seenReadAt: item.seenReadAt && dayAndTime(item.seenReadAt),
      },
    }
  }
  const others = item.total - item.named.length
  return {
    people: {
      named: item.named.map((person) => personView(person, words.showing)),
      others: others > 0 ? (item.named.length > 0 ? `And ${countOf(others, 'other')}.` : null) : null,
      onlyCounted: item.named.length === 0 ? `${countOf(item.total, 'person', 'people')} joined in.` : null,
    },
  }
}

function postView(post: PagePost, words: Wording) {
  const weekday = words.weekday(post.at.day)
  const thread = post.parts.length > 1
  const parts = thread ? `${capital(inLetters(post.parts.length))} parts.` : ''
  const counted = [
    post.replies ? countOf(post.replies, 'reply', 'replies') : '',
    post.likes ? countOf(post.likes, 'like') : '',
  ].filter(Boolean)
  const voices = post.voices.map((voice) => voiceView(voice, words))
  const more = voices.slice(REPLIES_SHOWN)
  return {
    id: `p${post.id}`,
    time: { iso: post.at.iso, label: post.at.time },
    thread,
    parts: post.parts.map((part) => ({
      ...saidView(part.said, words.showing),
      pictures: part.pictures.map((picture) => ({
        src: `/pictures/${picture.hash}`,
        moving: picture.moves ? `/pictures/${picture.hash}/moving` : null,
        alt: picture.alt,
        width: picture.width,
        height: picture.height,
        lazy: true,
      })),
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
    replies: voices.slice(0, REPLIES_SHOWN),
    moreReplies:
      more.length > 0 ? { label: countOf(more.length, 'more reply', 'more replies'), replies: more } : null,
  }
}

function voiceView(voice: Voice, words: Wording) {
  const { showing } = words
  return {
    portrait: voice.portraitHash
      ? { src: `/pictures/${voice.portraitHash}`, size: 'small', lazy: true }
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
function viewLink(post: { authorHandle: string; networkId: string }, what: string, words: Wording) {
  if (words.showing.sandbox)
    return { url: '/sandbox', link: 'Sandbox data', linkLabel: words.unique(`Sandbox data: ${what}`) }
  const url = postUrl(post)
  return { url, cite: url, link: 'View on X', linkLabel: words.unique(`View on X: ${what}`) }
}

/** In a sandbox the handles are made up, and would lead to strangers. */
export function saidView(said: Said, { sandbox }: Pick<Showing, 'sandbox'>) {
  const words = sandbox
    ? said.words.map((word) => (word.href?.startsWith('https://x.com/') ? { text: word.text } : word))
    : said.words
  return { words, signOff: said.signOff, lang: said.lang, dir: directionOf(said.lang) }
}

function personView({ name, handle }: Person, { sandbox }: Showing) {
  return {
    portrait: { initials: initialsOf(name) },
    name,
    detail: `@${handle}`,
    href: sandbox ? null : profileUrl(handle),
  }
}

/** The week's numbers as a sentence that says what each of them counts. */
export function numberWords(numbers: readonly Count[]): { text: string; strong?: true }[] {
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
      : [{ text: `${replies === undefined ? '' : ','} and its posts were seen ` }, ...times(seen)]),
    { text: '.' },
  ]
}

function stripDay({ day, plan, posts }: WeekPage['days'][number], page: WeekPage, words: Wording) {
  const chapter = page.chapters.find((one) => one.day === day)
  const { today } = words.showing
  const when = today === null || day < today ? 'past' : day === today ? 'now' : 'ahead'
  const weekday = words.weekday(day)
  return {
    letter: words.letter(day),
    when,
    title: chapter?.title ?? plan ?? (when === 'ahead' ? 'To come' : 'A quiet day'),
    date: { iso: day, label: day === today ? 'Today' : `${weekday.slice(0, 3)} ${Number(day.slice(8))}` },
    note: chapter && posts > 0 && !/ posts?(,|$)/.test(chapter.title) ? countOf(posts, 'post') : null,
    href: chapter ? `#${words.idOf(day)}` : null,
  }
}

function squares(page: WeekPage, words: Wording) {
  const { today } = words.showing
  const number = inLetters(page.days.length)
  const at = page.days.findIndex((one) => one.day === today)
  return {
    label:
      today === null
        ? `A finished week, all ${number} days`
        : at < 0
          ? 'A running week'
          : `${words.weekday(today)}, day ${inLetters(at + 1)} of ${number}`,
    days: page.days.map(({ day }) => ({
      letter: words.letter(day),
      when: today === null || day < today ? 'past' : day === today ? 'now' : 'ahead',
    })),
  }
}

function describe({ host, account, why, posts }: WeekPage): string {
  if (posts === 0) return why
  const who = host ? [host.name, host.job].filter(Boolean).join(', ') : account.name
  return `${who}: a working week in ${countOf(posts, 'post')}.`
}

function face(hash: string | null, name: string, size: 'full') {
  return hash ? { src: `/pictures/${hash}`, size } : { initials: initialsOf(name), size }
}

/** "Friday 13 November, 18:05" */
function dayAndTime({ iso, day, time }: Moment) {
  return { iso, label: `${dayInWords(day)}, ${time}` }
}

function dayMonthYear(day: string): string {
  return `${Number(day.slice(8))} ${monthName(day)} ${day.slice(0, 4)}`
}

/** "9", or "30 November" where the week ends in another month. */
function openingDay(first: string, last: string): string {
  const words = daysInWords(first, last)
  return first === last ? words : words.slice(0, words.indexOf(' to '))
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
