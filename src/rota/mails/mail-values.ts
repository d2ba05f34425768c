import type { Account } from '../../accounts/accounts.ts'
import { unreadInWords } from '../../accounts/texts.ts'
import type { Reader } from '../../db/database.ts'
import { listRoles } from '../../people/people.ts'
import { dayOf, daysBetween } from '../../calendar.ts'
import { decidersInWords } from '../invitations/invitation-page.ts'
import type { Values } from './mail-words.ts'
import { hostedDaysInWords, opensInWords, weekInWords } from '../pages.ts'
import { missingFor, type Missing } from '../readiness/readiness.ts'
import type { Week, WeekHost } from '../store.ts'
import { inLetters, listInWords } from '../../words.ts'

/** The numbers of a hosting as a sentence, from a room above; empty where nothing was posted. */
export type NumbersOf = (read: Reader, hosting: { week: Week; host: WeekHost }) => Promise<string>

/** What the variables of a week's mails stand for at this moment. */
export async function mailValues(
  read: Reader,
  {
    account,
    week,
    host,
    lead,
    numbersOf,
    publicUrl,
    now,
    readAt = now,
  }: {
    account: Account
    week: Week
    host: WeekHost
    /** Who asks the host; without one the account's first lead. */
    lead?: { name: string; email: string }
    numbersOf: NumbersOf
    publicUrl: string
    now: Date
    /** When it is to be read, for one that is shown before it goes. */
    readAt?: Date
  },
): Promise<Values> {
  const words = weekInWords(week, host, { zone: account.timeZone, now })
  const desk = await listRoles(read, account.id)
  const asks = lead ?? desk.find(({ role }) => role === 'lead')?.person
  const missing = await missingFor(read, account, { week, host })
  const own = unsaid(week, host)
  const unread = unreadInWords(account.policy)
  const page = `${publicUrl}${words.href}`
  return {
    name: host.name,
    account: `@${account.handle}`,
    'account-name': account.name,
    days: hostedDaysInWords(week, host, { zone: account.timeZone, now }),
    opens: opensInWords(week, host, { zone: account.timeZone, now: readAt }),
    closes: words.closes,
    zone: words.zone,
    countdown: countdownTo(week, { zone: account.timeZone, now: readAt }),
    about: about(week),
    lead: asks?.name ?? 'the team',
    'lead-mail': asks?.email ?? account.texts.contact,
    deciders: decidersInWords(desk),
    reads: `one of us reads each before it goes out${unread ? `, except ${unread}` : ''}`,
    missing: listed(missing, { own, page: publicUrl && page }) || '- nothing: all is ready',
    opening:
      host.opening === 'waits' && missing
        ? [
            `${readAt < week.opensAt ? `It opens ${words.opens}, ${words.zone} time, if this is done by then` : 'It opens as soon as this is done'}:\n${listed(missing, { own: [], page: publicUrl && page })}`,
            ...(own.length > 0
              ? [
                  `It does not wait for this, and looks better with it:\n${unsaidLine(own, publicUrl && page)}`,
                ]
              : []),
          ].join('\n\n')
        : `It ${readAt < week.opensAt ? 'opens' : 'is open from'} ${words.opens}, ${words.zone} time, ${readAt < week.opensAt ? 'and closes' : 'to'} ${words.closes}.`,
    numbers: now >= week.closesAt ? await numbersOf(read, { week, host }) : '',
    'week-link': page,
    'own-link': `${publicUrl}/today?week=${week.id}`,
    'write-link': `${publicUrl}/drafts/new?week=${week.id}`,
    'practice-link': `${publicUrl}/practice`,
    'rules-link': `${page}/agreement`,
    'public-link': `${publicUrl}/@${account.handle}/weeks/${week.slot}`,
    'recap-link': `${page}/recap`,
    'reflection-link': `${page}/reflection`,
    'certificate-link': `${page}/certificate`,
  }
}

function about({ theme, why }: Week): string {
  return [theme && `The theme so far is “${theme}”, and you can change it.`, why].filter(Boolean).join(' ')
}

/** "tomorrow", "in four weeks"; "now" once it has begun. True whenever the mail goes, also when somebody sends it early. */
function countdownTo({ opensAt }: Week, { zone, now }: { zone: string; now: Date }): string {
  if (now >= opensAt) return 'now'
  const days = daysBetween(dayOf(now, zone), dayOf(opensAt, zone))
  if (days < 2) return days === 0 ? 'today' : 'tomorrow'
  if (days % 7 > 0) return `in ${inLetters(days)} days`
  return days === 7 ? 'in a week' : `in ${inLetters(days / 7)} weeks`
}

/**
 * What is to be done, as the host reads it: what they do, with where, and then what the team goes through with them, in the
 * team's own words.
 */
function listed(
  missing: Missing | null,
  {
    own,
    page,
  }: {
    own: string[]
    /** Address of the week’s page; empty where the reader can’t open it yet. */
    page: string
  },
): string {
  const theirs = [
    ...(missing?.signature
      ? [withAddress('- read and sign the house rules', page && `${page}/agreement`)]
      : []),
    ...(own.length > 0 ? [unsaidLine(own, page)] : []),
  ]
  const points = (missing?.points ?? []).map((point) => `- ${point}`)
  return [
    theirs.join('\n'),
    points.length > 0 ? `The team goes through this with you, and ticks it off:\n${points.join('\n')}` : '',
  ]
    .filter(Boolean)
    .join('\n\n')
}

/** What the host has not said of themselves and the week; it opens without. */
function unsaid(week: Week, host: WeekHost): string[] {
  return [
    !host.job && 'what you do',
    !host.portraitHash && 'a portrait',
    !host.biography && 'two sentences about you',
    !week.theme && 'a theme for the week',
  ].flatMap((one) => one || [])
}

function unsaidLine(own: string[], page: string): string {
  return withAddress(`- add ${listInWords(own)}`, page && `${page}/edit`)
}

function withAddress(words: string, address: string): string {
  return address ? `${words}:\n  ${address}` : words
}
