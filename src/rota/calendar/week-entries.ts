import { findAccount } from '../../accounts/accounts.ts'
import { momentInWords } from '../../calendar.ts'
import type { Reader } from '../../db/database.ts'
import type { EntryMaker, EntryMakers, MailKind } from '../../mail/mail.ts'
import { hoursInWords } from './calendar-entries.ts'
import { calendarFile, type CalendarEntry } from './calendar-file.ts'
import { forCalendar, type CalendarWeek } from './calendar-weeks.ts'
import { markEntered } from './calendar-store.ts'
import { findHosting } from '../hosts-store.ts'
import { hostedDays } from '../week.ts'

/** The mails to a host that change what stands in their calendar. */
const MAILS_WITH_ENTRY = [
  'week-confirmed',
  'hosting-ended',
  'week-declined',
  'week-moved',
  'swap-done',
] as const satisfies MailKind[]

/**
 * The entries that come with the mails of a week, made at the moment of sending. A host who accepted is sent their week as a
 * request (RFC 5546, 3.2.2), and when it is taken from them its cancellation (3.2.5), under the id that the feeds have too; the
 * sequence is higher by then, because each change raises the week's version. A message holds one id only, so the week's
 * events are in its words.
 */
export function weekEntries({
  publicUrl,
  from,
}: {
  publicUrl: () => string
  /** Who the mails are from: `Name <address>`, or the address. */
  from: string
}): EntryMakers {
  const email = /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from
  const make: EntryMaker = async (tx, { to, weekHostId }, now) => {
    const found = weekHostId === null ? undefined : await findHosting(tx, weekHostId)
    const standing = found && standingOf(found)
    if (!found || !standing) return null
    await markEntered(tx, found.host.id, standing === 'cancelled' ? null : found.week.version)
    return entryOf(tx, found, { standing, publicUrl: publicUrl(), email, to, now })
  }
  return Object.fromEntries(MAILS_WITH_ENTRY.map((kind) => [kind, make]))
}

type Hosting = NonNullable<Awaited<ReturnType<typeof findHosting>>>

/** What a host's calendar ought to say of a week; null where it says nothing, and never did. */
function standingOf({ week, host }: Hosting): 'confirmed' | 'tentative' | 'cancelled' | null {
  const has = !host.endedAt && !host.declinedAt && week.state !== 'cancelled'
  if (has && host.acceptedAt) return 'confirmed'
  if (host.enteredVersion === null) return null
  return has ? 'tentative' : 'cancelled'
}

async function entryOf(
  read: Reader,
  found: Hosting,
  {
    standing,
    publicUrl,
    email,
    to,
    now,
  }: {
    standing: NonNullable<CalendarEntry['standing']>
    publicUrl: string
    email: string
    to: string
    now: Date
  },
): Promise<string> {
  const { week, host } = found
  const account = (await findAccount(read, week.accountId))!
  const [{ events, changedAt }] = (await forCalendar(read, [found], now)) as [CalendarWeek]
  const days = hostedDays(week, host, account.timeZone)
  const entry: CalendarEntry = {
    id: `week-${week.id}`,
    sequence: week.version,
    changedAt,
    standing,
    when: { first: days[0]!, last: days.at(-1)! },
    busy: false,
    summary: `Your week on @${account.handle}`,
    description: [
      hoursInWords(account, { week, host }),
      week.theme,
      ...events
        .filter(({ endsAt }) => endsAt > host.createdAt)
        .map(({ name, startsAt }) => `${name}: ${momentInWords(startsAt, now, account.timeZone)}`),
    ]
      .filter(Boolean)
      .join('\n'),
    url: `${publicUrl}/weeks/${week.id}`,
  }
  return calendarFile([entry], {
    name: `@${account.handle}`,
    publicUrl,
    invitation: {
      method: standing === 'cancelled' ? 'cancel' : 'request',
      organiser: { name: account.name, email },
      attendee: { name: host.name, email: to },
      at: now,
    },
  })
}
