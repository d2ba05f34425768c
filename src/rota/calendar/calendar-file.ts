import ical, {
  ICalAttendeeRole,
  ICalAttendeeStatus,
  ICalAttendeeType,
  ICalCalendarMethod,
  ICalEventStatus,
  ICalEventTransparency,
  type ICalEventData,
} from 'ical-generator'
import { addDays } from '../../calendar.ts'

/** One entry of a calendar. The id stays the same for good; `sequence` rises with every change of the entry. */
export interface CalendarEntry {
  /** Unique by itself; the installation's host name is put behind it. */
  id: string
  sequence: number
  changedAt: Date
  /** Tentative: its days have changed, and who has it has not said yes to them. */
  standing: 'confirmed' | 'tentative' | 'cancelled'
  /** Whole days, both included, or instants. */
  when: { first: string; last: string } | { from: Date; to: Date }
  /** Whether whoever has it in their calendar counts as busy then. */
  busy: boolean
  summary: string
  description: string
  place?: string
  url: string
}

/** A message from one to one about an entry (RFC 5546), where a feed is for everybody. */
export interface Invitation {
  method: 'request' | 'cancel'
  organiser: { name: string; email: string }
  attendee: { name: string; email: string }
  /** When the message is written. */
  at: Date
}

/**
 * Entries as iCalendar (RFC 5545). Whole days are dates without any zone, so that a week lies across a calendar and not in it;
 * all else are instants in UTC, since nothing here recurs: a reader's own zone and the change of the clocks are its calendar's
 * affair, and there is no VTIMEZONE that could be wrong.
 */
export function calendarFile(
  entries: CalendarEntry[],
  {
    name,
    publicUrl,
    url,
    invitation,
  }: {
    name: string
    publicUrl: string
    /** Where the feed stands; none for a mail, nor for an address that is a secret. */
    url?: string
    invitation?: Invitation
  },
): string {
  const { hostname } = new URL(publicUrl)
  const calendar = ical({
    name: inOneLine(name),
    prodId: { company: 'My Working Week', product: 'Rota', language: 'EN' },
    ...(url && { url, ttl: 3600 }),
    ...(invitation && { method: METHODS[invitation.method] }),
  })
  for (const entry of entries)
    calendar.createEvent({
      id: `${entry.id}@${hostname}`,
      sequence: entry.sequence,
      // RFC 5545, 3.8.7.2: with a method when the message was written, without one when the entry last changed.
      stamp: invitation?.at ?? entry.changedAt,
      lastModified: entry.changedAt,
      ...timesOf(entry),
      summary: plain(entry.summary),
      description: plain(entry.description),
      location: plain(entry.place ?? '') || null,
      url: entry.url,
      status: STATUSES[entry.standing],
      transparency: entry.busy ? ICalEventTransparency.OPAQUE : ICalEventTransparency.TRANSPARENT,
      ...(invitation && partiesOf(invitation, entry)),
    })
  return calendar.toString()
}

const METHODS = { request: ICalCalendarMethod.REQUEST, cancel: ICalCalendarMethod.CANCEL }

const STATUSES = {
  confirmed: ICalEventStatus.CONFIRMED,
  tentative: ICalEventStatus.TENTATIVE,
  cancelled: ICalEventStatus.CANCELLED,
}

function timesOf({ when }: CalendarEntry): Pick<ICalEventData, 'start'> & Partial<ICalEventData> {
  if ('from' in when) return { start: when.from, end: when.to }
  return { allDay: true, start: midnight(when.first), end: midnight(addDays(when.last, 1)) }
}

/** They say yes here and not by their calendar, which has nothing to ask therefore. */
function partiesOf({ organiser, attendee }: Invitation, { standing }: CalendarEntry): Partial<ICalEventData> {
  return {
    organizer: { name: quotable(organiser.name) || organiser.email, email: organiser.email },
    attendees: [
      {
        name: quotable(attendee.name) || attendee.email,
        email: attendee.email,
        role: ICalAttendeeRole.REQ,
        type: ICalAttendeeType.INDIVIDUAL,
        status: standing === 'tentative' ? ICalAttendeeStatus.TENTATIVE : ICalAttendeeStatus.ACCEPTED,
        rsvp: false,
      },
    ],
  }
}

/** RFC 5545, 3.3.11: of the control characters a text has only the tab, and line breaks, which are escaped. */
function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
}

/** The calendar’s name, which the writer of the file takes as it is; not all readers undo what is escaped in it. */
function inOneLine(text: string): string {
  return plain(text)
    .replace(/[\n\\;,]+/g, ' ')
    .trim()
}

/** RFC 5545, 3.2: a parameter in quotation marks can hold neither such a mark nor a line break. */
function quotable(text: string): string {
  return plain(text)
    .replaceAll('"', '’')
    .replace(/[\n\\]/g, ' ')
}

function midnight(day: string): Date {
  return new Date(`${day}T00:00:00Z`)
}
