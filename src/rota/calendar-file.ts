import ical, { ICalCalendarMethod } from 'ical-generator'
import type { Account } from '../accounts/accounts.ts'
import { addDays, timeInWords, weekdayName } from '../calendar.ts'
import type { Event, Week, WeekHost } from '../rota/weeks.ts'
import { weekDays } from '../rota/week.ts'

export interface CalendarWeek {
  week: Week
  host: WeekHost
  events: Event[]
}

/**
 * Announced weeks and their events as iCalendar (RFC 5545). A week is an event of whole days, so that it lies across a
 * calendar and not in it; its events have times, in UTC. Ids stay the same for good, and a change raises the sequence.
 */
export function calendarFile(
  account: Account,
  weeks: CalendarWeek[],
  {
    name,
    publicUrl,
    method,
  }: {
    name: string
    publicUrl: string
    /** For a mail (RFC 5546); a feed has none. */
    method?: 'publish' | 'cancel'
  },
): string {
  const { hostname } = new URL(publicUrl)
  const calendar = ical({
    name,
    prodId: { company: 'My Working Week', product: 'Rota', language: 'EN' },
    ttl: 3600,
    ...(method && { method: METHODS[method] }),
    url: `${publicUrl}/@${account.handle}/rota.ics`,
  })
  for (const { week, host, events } of weeks) {
    const days = weekDays(week, account.timeZone)
    const url = `${publicUrl}/@${account.handle}/weeks/${week.slot}`
    const common = { stamp: week.announcedAt ?? week.createdAt, sequence: week.version, url }
    calendar.createEvent({
      ...common,
      id: `week-${week.id}@${hostname}`,
      allDay: true,
      start: midnight(days[0]!),
      end: midnight(addDays(days.at(-1)!, 1)),
      summary: `${host.name} on @${account.handle}`,
      description: [
        week.theme,
        [host.name, host.job, host.organisation].filter(Boolean).join(', '),
        `Opens ${weekdayName(days[0]!)} ${timeInWords(week.opensAt, account.timeZone)}, closes ${weekdayName(days.at(-1)!)} ${timeInWords(week.closesAt, account.timeZone)}.`,
        week.why,
      ]
        .filter(Boolean)
        .join('\n\n'),
    })
    for (const event of events) {
      calendar.createEvent({
        ...common,
        id: `event-${event.id}@${hostname}`,
        start: event.startsAt,
        end: event.endsAt,
        summary: event.name,
        location: event.place || null,
        description: [event.hashtag, `With ${host.name} on @${account.handle}.`].filter(Boolean).join(' '),
      })
    }
  }
  return calendar.toString()
}

const METHODS = { publish: ICalCalendarMethod.PUBLISH, cancel: ICalCalendarMethod.CANCEL }

function midnight(day: string): Date {
  return new Date(`${day}T00:00:00Z`)
}
