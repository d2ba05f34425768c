import ICAL from 'ical.js'

/** An entry as another program reads it. */
export interface ReadEntry {
  id: string
  sequence: number
  status: string
  busy: boolean
  /** Days as `YYYY-MM-DD`, the last one not included; instants in ISO form. */
  start: string
  end: string
  stamp: string
  changed: string
  summary: string
  description: string
  place: string | null
  url: string
  organiser: string | null
  attendee: { address: string; name: string; answer: string } | null
}

/** Reads iCalendar with somebody else’s parser. @throws Error for a line that is too long, and for what it can’t read. */
export function readCalendar(file: string): {
  name: string
  method: string | null
  components: string[]
  entries: ReadEntry[]
} {
  for (const line of file.split('\r\n'))
    if (Buffer.byteLength(line) > 75) throw new Error(`A line of ${Buffer.byteLength(line)} octets: ${line}`)
  if (/[^\r]\n|\r[^\n]/.test(file)) throw new Error('A line ends with half of its break.')
  const calendar = new ICAL.Component(ICAL.parse(file) as unknown[])
  const components = calendar.getAllSubcomponents()
  return {
    name: String(calendar.getFirstPropertyValue('x-wr-calname') ?? ''),
    method: calendar.getFirstPropertyValue('method') as string | null,
    components: components.map(({ name }) => name),
    entries: components.filter(({ name }) => name === 'vevent').map(readEntry),
  }
}

function readEntry(component: InstanceType<typeof ICAL.Component>): ReadEntry {
  const event = new ICAL.Event(component)
  const text = (name: string) => component.getFirstPropertyValue(name) as string | null
  const time = (name: string) => component.getFirstPropertyValue(name) as InstanceType<typeof ICAL.Time>
  const attendee = component.getFirstProperty('attendee')
  return {
    id: event.uid,
    sequence: event.sequence,
    status: text('status') ?? '',
    busy: text('transp') !== 'TRANSPARENT',
    start: inWords(event.startDate),
    end: inWords(event.endDate),
    stamp: inWords(time('dtstamp')),
    changed: inWords(time('last-modified')),
    summary: event.summary,
    description: event.description ?? '',
    place: event.location,
    url: text('url') ?? '',
    organiser: text('organizer'),
    attendee: attendee && {
      address: String(attendee.getFirstValue()).toLowerCase(),
      name: String(attendee.getParameter('cn')),
      answer: String(attendee.getParameter('partstat')),
    },
  }
}

function inWords(time: InstanceType<typeof ICAL.Time>): string {
  return time.isDate ? time.toString() : time.toJSDate().toISOString()
}
