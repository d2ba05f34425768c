import { dayInWords, dayOf, daysInWords, machineReadable, monthName, timeInWords } from '../calendar.ts'
import { sourcesOf } from '../images/pages.ts'
import { initialsOf } from '../listening/words.ts'
import { eventLine } from '../rota/pages.ts'
import { countOf } from './story/generate.ts'
import { itemView } from './item-views.ts'
import { PageWords, type Showing } from './page-words.ts'
import { oEmbedAddress } from './recap-card.ts'
import { hostsOf, isNamed, type Chapter, type WeekPage } from './week-page.ts'
import { inLetters, listInWords } from '../words.ts'

/**
 * The model of `recaps/page`: all that stands on a week's public page, and its head (`title`, `description`, `canonical`,
 * `share`). The frame's navigation and colophon are the followers' own.
 */
export function weekPageView(page: WeekPage, showing: Showing) {
  const words = new PageWords(page, showing)
  const first = page.days[0]!.day
  const last = page.days.at(-1)!.day
  const hosts = hostsOf(page).map(({ name }) => name)
  const chapters = page.chapters.map((chapter, index) => chapterView(chapter, index, page, words))
  const { host } = page
  const title = weekTitle(page)
  const description = describe(page)
  const canonical = `${showing.publicUrl}/@${page.account.handle}/weeks/${page.slot}`
  return {
    title: weekPageTitle(page),
    description,
    canonical,
    published: showing.publishedAt?.toISOString() ?? null,
    corrected: showing.correctedAt ? correctedView(showing.correctedAt, page) : null,
    oEmbed: showing.publishedAt ? oEmbedAddress({ publicUrl: showing.publicUrl, address: canonical }) : null,
    share: {
      type: 'article',
      title,
      description,
      image: `${canonical}/share.png`,
      // Without a subject and a host the account’s name stands there.
      imageAlt: [page.theme || host ? title : page.account.name, host?.name, daysInWords(first, last)]
        .filter(Boolean)
        .join('. '),
    },
    opening: {
      title,
      why: page.why,
      host: host && {
        name: host.name,
        detail: [host.job, host.organisation].filter(Boolean).join(', '),
        biography: host.biography,
      },
      /** All who had the account in the week. */
      hosts: listInWords(hosts) || null,
      earlier: (page.earlier ?? []).map((one) => ({
        until: { iso: one.until, label: dayInWords(one.until, first) },
        name: one.name,
        // What they do, and where, would say who they are.
        detail: isNamed(one) ? [one.job, one.organisation].filter(Boolean).join(', ') : '',
        isAuthor: isNamed(one),
      })),
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

/** As the browser’s tab has it. */
export function weekPageTitle({ theme, host, days, account }: WeekPage): string {
  const title = theme || (host ? `${host.name}’s week` : daysInWords(days[0]!.day, days.at(-1)!.day))
  return `${title}: ${host ? `${host.name}’s week` : 'a week'} on @${account.handle}`
}

/** Its days stand beside it. */
function weekTitle({ theme, host, account }: WeekPage): string {
  return theme || (host ? `${host.name}’s week` : `A week at ${account.name}`)
}

/** At the foot of every edition but the first. */
function correctedView(at: Date, { account: { zone } }: WeekPage) {
  return { iso: machineReadable(at), label: `${dayMonthYear(dayOf(at, zone))}, ${timeInWords(at, zone)}` }
}

/** While a week runs: what is worth being there for, from today on. */
function datesView({ events, account: { zone } }: WeekPage, today: string) {
  const lines = events
    .map((event) => ({ ...event, startsAt: new Date(event.startsAt), endsAt: new Date(event.endsAt) }))
    .filter(({ endsAt }) => dayOf(endsAt, zone) >= today)
    .map((event) => eventLine(event, zone))
  return lines.length > 0 ? { note: countOf(lines.length, 'date'), events: lines } : null
}

export type WeekPageView = ReturnType<typeof weekPageView>

function chapterView(chapter: Chapter, index: number, page: WeekPage, words: PageWords) {
  const id = chapter.day
    ? words.idOf(chapter.day)
    : chapter.kind === 'text' || chapter.kind === 'reflection'
      ? `words-${index}`
      : chapter.title
        ? chapter.kind
        : `before-${index}`
  return {
    id,
    // Two days may have the same heading: the day tells them apart.
    labelledBy: chapter.day ? `${id}-title-day ${id}-title` : `${id}-title`,
    untitled: chapter.title === '',
    heading: {
      id: `${id}-title`,
      title: chapter.title,
      line: chapter.day !== null && chapter.day === words.showing.today ? 'Today, so far.' : chapter.line,
      events: chapter.day ? eventsOfDay(chapter.day, page) : [],
      ...headingMargin(chapter, page, words),
    },
    items: chapter.items.map((item) => itemView(item, words)),
  }
}

/** What was planned for that day: its name, hours and place. */
function eventsOfDay(day: string, { events, account: { zone } }: WeekPage) {
  return events
    .map((event) => ({ ...event, startsAt: new Date(event.startsAt), endsAt: new Date(event.endsAt) }))
    .filter(({ startsAt }) => dayOf(startsAt, zone) === day)
    .map((event) => {
      const { time, place, hashtag } = eventLine(event, zone)
      // The day stands beside it.
      return { name: event.name, time: { ...time, label: time.label.replace(/^.*?, /, '') }, place, hashtag }
    })
}

/** What hangs in the margin beside a chapter that is no day. */
const MARGINS: Partial<Record<Chapter['kind'], string>> = {
  numbers: 'The numbers',
  best: 'Liked',
  gallery: 'Seen',
  words: 'The words',
  links: 'Passed on',
  people: 'Met',
  join: 'Your turn',
}

function headingMargin({ kind, day, items }: Chapter, page: WeekPage, words: PageWords) {
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
  return { note: MARGINS[kind] ?? writer ?? '' }
}

function stripDay({ day, plan, posts }: WeekPage['days'][number], page: WeekPage, words: PageWords) {
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

function squares(page: WeekPage, words: PageWords) {
  const { today, endedEarly } = words.showing
  const number = inLetters(page.days.length)
  const at = page.days.findIndex((one) => one.day === today)
  return {
    label: endedEarly
      ? `A week that ended early, after ${number} ${number === 'one' ? 'day' : 'days'}`
      : today === null
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
  if (posts === 0) return why || `A working week on @${account.handle}, told day by day.`
  const who = host ? [host.name, host.job].filter(Boolean).join(', ') : account.name
  return `${who}: a working week in ${countOf(posts, 'post')}.`
}

/** How wide the opening shows its host: a column of its own where there is room. */
const PORTRAIT = '(min-width: 64rem) 25rem, 15rem'

function face(hash: string | null, name: string, size: 'full') {
  return hash
    ? { ...sourcesOf({ src: `/pictures/${hash}`, width: 600 }, PORTRAIT), size }
    : { initials: initialsOf(name), size }
}

function dayMonthYear(day: string): string {
  return `${Number(day.slice(8))} ${monthName(day)} ${day.slice(0, 4)}`
}

/** "9", or "30 November" where the week ends in another month. */
function openingDay(first: string, last: string): string {
  const words = daysInWords(first, last)
  return first === last ? words : words.slice(0, words.indexOf(' to '))
}
