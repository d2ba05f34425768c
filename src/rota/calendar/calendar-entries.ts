import type { Account } from '../../accounts/accounts.ts'
import { timeInWords, weekdayName, zoneInWords } from '../../calendar.ts'
import type { CalendarEntry } from './calendar-file.ts'
import type { CalendarWeek } from './calendar-weeks.ts'
import { cameLater, hostedDays, weekDays } from '../week.ts'

/** A public week and its events, for everybody. Of a cancelled one it says no more than that. */
export function publicEntries(
  account: Account,
  { week, host, events, removed, changedAt }: CalendarWeek,
  publicUrl: string,
): CalendarEntry[] {
  const days = weekDays(week, account.timeZone)
  // Announced no more, it may be somebody else's by now, with other events: nothing of that is public.
  const withdrawn = week.announcedAt === null
  const cancelled = week.state === 'cancelled' || withdrawn
  const at = `@${account.handle}`
  const common = {
    sequence: week.version,
    changedAt,
    standing: cancelled ? ('cancelled' as const) : ('confirmed' as const),
    url: `${publicUrl}/${at}/weeks/${week.slot}`,
  }
  const who = host?.name ?? 'Nobody'
  return [
    {
      ...common,
      id: `week-${week.id}`,
      when: { first: days[0]!, last: days.at(-1)! },
      busy: false,
      summary: cancelled ? `Cancelled: a week on ${at}` : `${who} on ${at}`,
      description: cancelled
        ? ''
        : [
            week.theme,
            host && [host.name, host.job, host.organisation].filter(Boolean).join(', '),
            hoursInWords(account, { week }),
            week.why,
          ]
            .filter(Boolean)
            .join('\n\n'),
    },
    ...events.map((event) => ({
      ...common,
      id: `event-${event.id}`,
      when: { from: event.startsAt, to: event.endsAt },
      busy: true,
      summary: cancelled ? `Cancelled: ${withdrawn ? `an event on ${at}` : event.name}` : event.name,
      place: withdrawn ? '' : event.place,
      description: cancelled ? '' : [event.hashtag, `With ${who} on ${at}.`].filter(Boolean).join(' '),
    })),
    ...removed
      .filter(({ removedAt }) => week.announcedAt && removedAt >= week.announcedAt)
      .map((event) => removedEntry(event, common)),
  ]
}

/** Of an event that was taken out of its week. */
export function removedEntry(
  { id, name, startsAt, endsAt }: CalendarWeek['removed'][number],
  common: Pick<CalendarEntry, 'sequence' | 'changedAt' | 'url'>,
): CalendarEntry {
  return {
    ...common,
    id: `event-${id}`,
    standing: 'cancelled',
    when: { from: startsAt, to: endsAt },
    busy: false,
    summary: `Cancelled: ${name}`,
    description: '',
  }
}

/**
 * "Opens Monday 9:00, closes Friday 18:00, London time."; empty for a hiatus, which does neither. For a `host` who came when it had
 * begun, "From Wednesday, closes Friday 18:00, London time."
 */
export function hoursInWords(
  { timeZone }: Account,
  { week, host = null }: Pick<CalendarWeek, 'week'> & Partial<Pick<CalendarWeek, 'host'>>,
): string {
  if (week.kind === 'hiatus') return ''
  const days = weekDays(week, timeZone)
  const [first, last] = [weekdayName(days[0]!), weekdayName(days.at(-1)!)]
  const closes = `${last} ${timeInWords(week.closesAt, timeZone)}, ${zoneInWords(timeZone)} time.`
  if (host && cameLater(week, host))
    return `From ${weekdayName(hostedDays(week, host, timeZone)[0]!)}, closes ${closes}`
  return `Opens ${first} ${timeInWords(week.opensAt, timeZone)}, closes ${closes}`
}
