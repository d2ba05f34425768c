import type { Account } from '../accounts/accounts.ts'
import { askHrefOf } from '../accounts/asking.ts'
import { contactOf } from '../accounts/contact.ts'
import {
  dayOf,
  monthName,
  spanInWords,
  timeInWords,
  weekdayLetter,
  weekdayName,
  zoneInWords,
} from '../calendar.ts'
import { profileUrl } from '../listening/words.ts'
import { initialsOf } from '../rota/host.ts'
import { daysOf, eventLine, fiveDays } from '../rota/pages.ts'
import { nextSlot, slotOf } from '../rota/slot.ts'
import { weekDays } from '../rota/week.ts'
import type { Event, HostedWeek, Week, WeekHost } from '../rota/weeks.ts'
import { renderMarkdown } from '../web/markdown.ts'
import type { RotaLine } from './public-week.ts'
import { capital, inLetters } from '../words.ts'

export type Place = 'now' | 'rota' | 'recaps' | null

interface PageLink {
  href: string
  label: string
  type?: string
}

/** What lies beside a page that is kept in a folder: the account's data and, where `slot` has a published story, the page as one file. */
export function keptBeside({ handle }: Account, slot: string | null): PageLink[] {
  const home = `/@${handle}`
  return [
    ...(slot ? [{ href: `${home}/weeks/${slot}/one-file.html`, label: 'This week as one file' }] : []),
    { href: `${home}/data/weeks.csv`, label: 'The weeks as a table', type: 'text/csv' },
    { href: `${home}/data/posts.csv`, label: 'The posts as a table', type: 'text/csv' },
  ]
}

/** What the frame of every page of an account needs. `keeps`: of a page that is kept in a folder, what lies beside it. */
export function accountFrame(
  account: Account,
  { place, sandbox, keeps }: { place: Place; sandbox: boolean; keeps?: PageLink[] | undefined },
) {
  const home = `/@${account.handle}`
  const contact = contactOf(account.texts.contact)
  const askHref = askHrefOf(account)
  const times = `Times are in ${zoneInWords(account.timeZone)} time.`
  return {
    home,
    accountName: `@${account.handle}`,
    nav: [
      { href: home, label: 'This week', current: place === 'now' },
      { href: `${home}/rota`, label: 'Rota', current: place === 'rota' },
      { href: `${home}/recaps`, label: 'Recaps', current: place === 'recaps' },
      ...(keeps ? [] : [{ href: '/sign-in', label: 'Sign in', current: false }]),
    ],
    feed: { href: `${home}/feed.xml`, json: `${home}/feed.json`, title: `Recaps of @${account.handle}` },
    colophon: {
      links: [
        { href: `${home}/feed.xml`, label: 'Feed of recaps', type: 'application/atom+xml' },
        { href: `${home}/rota.ics`, label: 'Rota as a calendar', type: 'text/calendar' },
        ...(keeps ?? []),
        ...(askHref ? [{ href: askHref, label: 'Host a week' }] : []),
        { href: `${home}/removal`, label: 'Be taken off these pages' },
        // In a sandbox the handle is made up, and on X it would be somebody else's.
        ...(sandbox ? [] : [{ href: profileUrl(account.handle), label: `@${account.handle} on X` }]),
      ],
      note: contact && 'words' in contact ? `${times} ${contact.words}` : times,
      contact: contact && 'address' in contact ? contact.address : null,
    },
  }
}

/** What the frame of a page needs that belongs to several accounts, or to none yet. */
export function commonFrame(accounts: readonly Account[]) {
  const links = accounts.map(({ handle }) => ({
    href: `/@${handle}/removal`,
    label: `Be taken off the pages of @${handle}`,
  }))
  return { home: '/', colophon: { links } }
}

/** The model of the partial `portrait` where everybody may look. */
export function publicPortrait(
  host: Pick<WeekHost, 'name' | 'portraitHash'>,
  more: { size?: 'small' | 'large' | 'full'; alt?: string; lazy?: boolean } = {},
) {
  return host.portraitHash
    ? { src: `/pictures/${host.portraitHash}`, ...more }
    : { initials: initialsOf(host.name) || '?', ...more }
}

/** A line of the rota in words. */
export function rotaLine(line: RotaLine, account: Account, now: Date) {
  const days = line.kind === 'gap' ? line.days : weekDays(line.week, account.timeZone)
  const today = dayOf(now, account.timeZone)
  const when = { iso: days[0]!, label: shortSpan(days[0]!, days.at(-1)!, today) }
  if (line.kind === 'gap') return { when, gap: true, href: null }
  if (line.kind === 'hiatus') return { when, hiatus: true, href: null }
  const { week, host } = line
  return {
    when,
    name: host.name,
    detail: host.job,
    theme: week.theme || null,
    events: line.events.map((event) => eventLine(event, account.timeZone)),
    href: weekHref(account, week.slot),
    portrait: publicPortrait(host, { lazy: true }),
  }
}

/** "23 to 27 Nov", "30 Nov to 4 Dec", with the year where it is another one. */
function shortSpan(first: string, last: string, today: string): string {
  const short = (day: string) => `${Number(day.slice(8))} ${monthName(day).slice(0, 3)}`
  const begin = first.slice(0, 7) === last.slice(0, 7) ? String(Number(first.slice(8))) : short(first)
  const year = last.slice(0, 4) === today.slice(0, 4) ? '' : ` ${last.slice(0, 4)}`
  return first === last ? `${short(first)}${year}` : `${begin} to ${short(last)}${year}`
}

export function weekHref(account: Pick<Account, 'handle'>, slot: string): string {
  return `/@${account.handle}/weeks/${slot}`
}

/** A week that is announced and has not opened: who, why, when, and what to come for. */
export function announcedPage(
  { account, week, host, events }: { account: Account; week: Week; host: WeekHost; events: Event[] },
  { now, publicUrl, sandbox }: { now: Date; publicUrl: string; sandbox: boolean },
) {
  const zone = account.timeZone
  const days = weekDays(week, zone)
  const title = week.theme || `${host.name}’s week`
  const first = days[0]!
  const opens = timeInWords(week.opensAt, zone)
  const description = `From ${Number(first.slice(8))} ${monthName(first)} ${[host.name, host.job].filter(Boolean).join(', ')}, has @${account.handle} for a working week.`
  const canonical = `${publicUrl}${weekHref(account, week.slot)}`
  return {
    title: `${title}: ${host.name}’s week on @${account.handle}`,
    description,
    canonical,
    share: {
      type: 'article',
      title,
      description,
      image: `${canonical}/share.png`,
      imageAlt: `${title}. ${host.name}`,
    },
    heading: title,
    portrait: publicPortrait(host, { size: 'full', alt: `Portrait of ${host.name}` }),
    squares: fiveDays(week, { zone, now }),
    when: spanWithTimes(days, { zone, now, account }),
    host: {
      name: host.name,
      detail: [host.job, host.organisation].filter(Boolean).join(', '),
      biography: host.biography,
    },
    why: week.why,
    strip: { label: null, days: days.map((day) => plannedDay(day, events, zone)) },
    opening: {
      heading: {
        id: 'opens-title',
        title: `Opens at ${opens}`,
        number: String(Number(first.slice(8))),
        date: { iso: first, label: weekdayName(first) },
      },
      text: `There is nothing to read here yet. On ${weekdayName(first)} at ${opens} ${host.name} says good morning, and from then on this page tells the day.`,
      calendar: `${weekHref(account, week.slot)}/week.ics`,
      follow: sandbox ? null : { href: profileUrl(account.handle), label: `Follow @${account.handle} on X` },
    },
    dates:
      events.length === 0
        ? null
        : {
            note: `${capital(inLetters(events.length))} ${events.length === 1 ? 'date' : 'dates'}`,
            events: events.map((event) => eventLine(event, zone)),
          },
  }
}

function spanWithTimes(
  days: string[],
  { zone, now, account }: { zone: string; now: Date; account: Account },
) {
  const first = days[0]!
  const last = days.at(-1)!
  const today = dayOf(now, zone)
  const next = nextSlot(slotOf(today, account.shape))
  const words = daysOf(first, last, today)
  return {
    prefix: slotOf(first, account.shape) === next ? 'Next week, ' : '',
    iso: first,
    label: words,
  }
}

function plannedDay(day: string, events: Event[], zone: string) {
  const planned = events.find((event) => dayOf(event.startsAt, zone) === day)
  const date = `${weekdayName(day).slice(0, 3)} ${Number(day.slice(8))}`
  return {
    letter: weekdayLetter(day),
    when: 'ahead',
    title: planned?.name ?? weekdayName(day),
    date: planned
      ? { iso: planned.startsAt.toISOString(), label: `${date}, ${timeInWords(planned.startsAt, zone)}` }
      : { iso: day, label: `${Number(day.slice(8))} ${monthName(day).slice(0, 3)}` },
  }
}

/** "On its third day, until Friday 18:00" */
export function runningInWords(week: Week, { zone, now }: { zone: string; now: Date }): string {
  const last = weekDays(week, zone).at(-1)!
  const left = week.closesAt.getTime() - now.getTime()
  const until = `until ${weekdayName(last)} ${timeInWords(week.closesAt, zone)}`
  return left < 3_600_000 ? `for another ${spanInWords(left)}` : until
}

/** Every account of this installation, and who has it now. */
export function accountsPage(accounts: Account[], running: (HostedWeek | null)[], publicUrl: string) {
  return {
    title: 'My Working Week',
    description: 'A different working week, every week.',
    canonical: `${publicUrl}/`,
    ...commonFrame(accounts),
    nav: [{ href: '/sign-in', label: 'Sign in', current: false }],
    heading: 'A different working week, every week',
    lead: 'Each of these accounts is handed to somebody else every week, who tells of their work.',
    accounts: accounts.map((account, index) => {
      const host = running[index]?.host
      return {
        href: `/@${account.handle}`,
        name: account.name,
        handle: `@${account.handle}`,
        portrait: account.avatarHash
          ? { src: `/pictures/${account.avatarHash}` }
          : { initials: initialsOf(account.name) || '?' },
        now: host ? `This week: ${[host.name, host.job].filter(Boolean).join(', ')}` : null,
      }
    }),
    empty: { title: 'Nothing here yet', text: 'As soon as there is an account, its weeks are told here.' },
  }
}

/** The public rota: announced weeks, hiatuses, and gaps that are open. */
export function rotaPage(
  account: Account,
  { lines, running }: { lines: RotaLine[]; running: object | null },
  { now, publicUrl }: { now: Date; publicUrl: string },
) {
  const contact = contactOf(account.texts.contact)
  return {
    title: `Rota of @${account.handle}: who comes next`,
    description: `Who has @${account.handle} in the coming weeks.`,
    canonical: `${publicUrl}/@${account.handle}/rota`,
    heading: 'The rota',
    lead: `Who has @${account.handle} in the coming weeks. A week appears here once its host has accepted.`,
    running,
    lines: lines.map((line) => rotaLine(line, account, now)),
    askHref: askHrefOf(account) ?? (contact && 'address' in contact ? `mailto:${contact.address}` : null),
    calendar: `/@${account.handle}/rota.ics`,
  }
}

/** The archive of recaps, a page at a time. */
export function recapsPage(
  account: Account,
  { teasers, at, more }: { teasers: object[]; at: number; more: boolean },
  { publicUrl }: { publicUrl: string },
) {
  const here = `/@${account.handle}/recaps`
  const page = (number: number) => (number === 1 ? here : `${here}?page=${number}`)
  return {
    title: `Recaps of @${account.handle}${at > 1 ? `, page ${at}` : ''}`,
    description: `The stories of all working weeks on @${account.handle}.`,
    canonical: `${publicUrl}${page(at)}`,
    heading: 'Recaps',
    lead: 'Each week’s story, told from what was said.',
    count: at > 1 ? `Page ${at}` : '',
    recaps: teasers,
    newer: at > 1 ? { href: page(at - 1), label: 'Newer' } : null,
    older: more ? { href: page(at + 1), label: 'Older' } : null,
    empty: {
      title: 'No recaps yet',
      text: `The first one appears here when a week on @${account.handle} is over and its story is told.`,
      action: { href: `/@${account.handle}`, label: 'Who is here now' },
    },
  }
}

const STATEMENT_WORDS = {
  accessibility:
    'How these pages can be read and used by everybody, what does not work yet, and whom to tell.',
  privacy: 'What these pages keep about people, for how long, and how to be taken off them.',
} as const

const STATEMENTS = { accessibility: 'Accessibility statement', privacy: 'Privacy notice' } as const

/** What the accounts say about accessibility or privacy; each its own where there are several. */
export function statementPage(accounts: Account[], about: keyof typeof STATEMENTS, publicUrl: string) {
  const heading = STATEMENTS[about]
  return {
    title: `${heading}: ${accounts.length === 1 ? accounts[0]!.name : 'My Working Week'}`,
    description: STATEMENT_WORDS[about],
    canonical: `${publicUrl}/${about}`,
    heading,
    parts: accounts.map(({ name, texts }) => ({
      name: accounts.length > 1 ? name : null,
      html: renderMarkdown(texts[about]),
      contact: contactOf(texts.contact),
    })),
  }
}
