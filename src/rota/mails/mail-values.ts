import type { Account } from '../../accounts/accounts.ts'
import { unreadInWords } from '../../accounts/texts.ts'
import type { Reader } from '../../db/database.ts'
import { listRoles, type Person } from '../../people/people.ts'
import { namesInWords } from '../invitations/invitation-page.ts'
import type { Values } from './mail-words.ts'
import { weekInWords } from '../pages.ts'
import { missingFor, type Missing } from '../readiness/readiness.ts'
import type { Week, WeekHost } from '../store.ts'

/** The numbers of a week as a sentence, from a room above; empty where nothing was posted. */
export type NumbersOf = (read: Reader, weekId: string) => Promise<string>

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
  }: {
    account: Account
    week: Week
    host: WeekHost
    /** Who asks the host; without one the account's first lead. */
    lead?: { name: string; email: string }
    numbersOf: NumbersOf
    publicUrl: string
    now: Date
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
    days: words.days,
    opens: words.opens,
    closes: words.closes,
    zone: words.zone,
    about: about(week),
    lead: asks?.name ?? 'the team',
    'lead-mail': asks?.email ?? account.texts.contact,
    deciders: namesInWords(
      desk.map(({ person }: { person: Person }) => person.name),
      'or',
    ),
    reads: `one of us reads each before it goes out${unread ? `, except ${unread}` : ''}`,
    missing: [...needed(missing), ...own].join('\n') || '- nothing: all is ready',
    opening:
      host.opening === 'waits' && missing
        ? [
            `It opens as soon as this is done:\n${needed(missing).join('\n')}`,
            ...(own.length > 0
              ? [`It does not wait for this, and looks better with it:\n${own.join('\n')}`]
              : []),
          ].join('\n\n')
        : `It ${now < week.opensAt ? 'opens' : 'is open from'} ${words.opens}, ${words.zone} time, ${now < week.opensAt ? 'and closes' : 'to'} ${words.closes}.`,
    numbers: now >= week.closesAt ? await numbersOf(read, week.id) : '',
    'week-link': page,
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

/** What a week waits for: what the host does, then what the team does with them. */
function needed(missing: Missing | null): string[] {
  return [
    ...(missing?.signature ? ['- the house rules, read and signed on your page'] : []),
    ...(missing?.points ?? []).map((point) => `- with us: ${point}`),
  ]
}

/** What the host has not said of themselves and the week; it opens without. */
function unsaid(week: Week, host: WeekHost): string[] {
  return [
    !host.job && 'what you do',
    !host.portraitHash && 'a portrait',
    !host.biography && 'two sentences about you',
    !week.theme && 'a theme for the week',
  ].flatMap((one) => (one ? [`- ${one}`] : []))
}
