import { askHrefOf } from '../accounts/asking.ts'
import { takePartOf } from '../accounts/texts.ts'
import type { Account } from '../accounts/accounts.ts'
import { dayInWords, dayOf, daysInWords, weekdayName } from '../calendar.ts'
import { renderMarkdown } from '../web/markdown.ts'
import { contactOf } from '../accounts/contact.ts'
import type { Reader } from '../db/database.ts'
import { listPublished, weekPageModel, type PublishedRecap, type WeekPageView } from '../recaps/recaps.ts'
import { slotOf } from '../rota/slot.ts'
import { asTold, weekDays } from '../rota/week.ts'
import { findCurrentHost, findRunningWeek, findWeekOfDay, type HostedWeek } from '../rota/weeks.ts'
import { publicPortrait, rotaLine, runningInWords, weekHref } from './pages.ts'
import { findPublicWeek, isPublic, publicRota } from './public-week.ts'

export interface Showing {
  now: Date
  /** Without a slash at its end. */
  publicUrl: string
  sandbox: boolean
}

/** So many coming slots, and so many recaps, stand on the account's first page. */
const SLOTS = 4
const RECAPS = 3

/** Who hosts now, what they said today, who comes next, and the latest recaps. */
export async function accountPage(read: Reader, account: Account, showing: Showing) {
  const { now, publicUrl } = showing
  const running = await publicRunningWeek(read, account, now)
  const lines = await publicRota(read, account, { now, slots: SLOTS })
  const recaps = await listPublished(read, account.id, { limit: RECAPS })
  const part = partOf(account)
  const home = `/@${account.handle}`
  const description = running?.host
    ? `Each week somebody who works here has @${account.handle}. This week: ${[running.host.name, running.host.job].filter(Boolean).join(', ')}.`
    : `Each week somebody who works here has @${account.handle}, and tells of their work.`
  const title = `@${account.handle}: a different working week, every week`
  return {
    title,
    description,
    canonical: `${publicUrl}${home}`,
    share: {
      type: 'website',
      title,
      description,
      ...(running?.host && {
        image: `${publicUrl}${home}/weeks/${running.week.slot}/share.png`,
        imageAlt: [running.week.theme, running.host.name].filter(Boolean).join('. '),
      }),
    },
    week: running ? await runningWeek(read, account, running, showing) : null,
    quiet: running ? null : await quietWeek(read, account, now, lines.length),
    rota: {
      lines: lines.slice(0, SLOTS + 1).map((line) => rotaLine(line, account, now)),
      href: `${home}/rota`,
      askHref: askHrefOf(account) ?? (part && '#part'),
    },
    recaps: { list: recaps.map((recap) => recapTeaser(recap, account)), href: `${home}/recaps` },
    part,
  }
}

/** The week that is open now, when everybody may know of it, with its host where they may be named. */
export async function publicRunningWeek(
  read: Reader,
  account: Account,
  now: Date,
): Promise<HostedWeek | null> {
  const found = await findRunningWeek(read, account.id, now)
  return found && found.week.kind === 'hosted' && isPublic(found.week) ? asTold(found) : null
}

async function runningWeek(read: Reader, account: Account, { week }: HostedWeek, showing: Showing) {
  const page = await weekPageModel(read, week, showing)
  const href = weekHref(account, week.slot)
  const today = dayOf(showing.now, account.timeZone)
  const chapter = page.chapters.find(({ heading }) => dateOf(heading) === today)
  return {
    href,
    opening: page.opening,
    dates: page.dates,
    strip: {
      ...page.strip,
      days: page.strip.days.map((day) => ({ ...day, href: day.href && `${href}${day.href}` })),
    },
    today: {
      heading: {
        id: 'today-title',
        title: 'Said today',
        number: String(Number(today.slice(8))),
        date: { iso: today, label: weekdayName(today) },
      },
      items: chapter?.items.toReversed() ?? [],
      whole: page.chapters.length > (chapter ? 1 : 0),
    },
  }
}

function dateOf(heading: WeekPageView['chapters'][number]['heading']): string | undefined {
  return 'date' in heading ? heading.date?.iso : undefined
}

/** Nobody has the account at this moment: before the week opens, after it closed, in a hiatus or a gap. */
async function quietWeek(read: Reader, account: Account, now: Date, ahead: number) {
  if (account.retiredAt)
    return {
      title: account.name,
      text: `The weeks of @${account.handle} ended on ${dayInWords(dayOf(account.retiredAt, account.timeZone))}. What was told can be read.`,
      link: null,
    }
  const today = dayOf(now, account.timeZone)
  const ended = await findPublicWeek(read, account, slotOf(today, account.shape))
  if (ended?.state === 'cancelled')
    return {
      title: account.name,
      text: 'This week ended early.',
      link: { href: weekHref(account, ended.slot), label: 'Read what was said until then' },
    }
  const week = await findWeekOfDay(read, account.id, today)
  const known =
    week && isPublic(week) ? asTold({ week, host: await findCurrentHost(read, week.id) }).week : undefined
  const name = account.name
  if (known?.kind === 'hiatus') {
    const days = weekDays(known, account.timeZone)
    return {
      title: 'A week off',
      text: `From ${daysInWords(days[0]!, days.at(-1)!)} nobody has @${account.handle}, on purpose. ${ahead > 0 ? 'Who comes next stands below.' : ''}`,
      link: null,
    }
  }
  if (known && now < known.opensAt)
    return {
      title: known.theme || name,
      text: `The week opens on ${dayInWords(dayOf(known.opensAt, account.timeZone))}.`,
      link: { href: weekHref(account, known.slot), label: 'Look ahead to the week' },
    }
  if (known)
    return {
      title: known.theme || name,
      text: 'The week is over.',
      link: { href: weekHref(account, known.slot), label: 'Read it again' },
    }
  return {
    title: name,
    text: `Each week somebody who works at ${name} has this account and tells of their work. This week it is quiet.`,
    link: null,
  }
}

/** A published recap as it stands in a list. */
export function recapTeaser(recap: PublishedRecap, account: Account) {
  const days = weekDays(recap, account.timeZone)
  return {
    title: recap.theme || (recap.host ? `${recap.host}’s week` : daysInWords(days[0]!, days.at(-1)!)),
    who: [recap.host, recap.job].filter(Boolean).join(', '),
    days: { iso: days[0]!, label: daysInWords(days[0]!, days.at(-1)!) },
    href: weekHref(account, recap.slot),
    portrait: publicPortrait(
      { name: recap.host ?? account.name, portraitHash: recap.portraitHash },
      { size: 'full', lazy: true },
    ),
  }
}

/** How somebody gets a week, where the account says so and can be asked. */
function partOf(account: Account) {
  const takePart = takePartOf(account)
  const contact = contactOf(account.texts.contact)
  const askHref = askHrefOf(account)
  if (!takePart || account.retiredAt || !(askHref || contact)) return null
  const ways = askHref ? { askHref, suggestHref: `/@${account.handle}/suggestion` } : { contact }
  return { html: renderMarkdown(takePart), ...ways }
}

/** The week that runs, beside a page about another one. */
export function runningTeaser(account: Account, { week, host }: HostedWeek, now: Date) {
  if (!host) return null
  return {
    handle: `@${account.handle}`,
    until: runningInWords(week, { zone: account.timeZone, now }),
    title: week.theme || `${host.name}’s week`,
    host: host.name,
    detail: host.job,
    href: weekHref(account, week.slot),
    portrait: publicPortrait(host, { size: 'full', alt: `Portrait of ${host.name}` }),
  }
}
