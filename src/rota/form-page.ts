import { addDays, dayInWords, isDay } from '../calendar.ts'
import { EVENT_FIELDS, eventField, eventRows, MOST_EVENTS, type Typed } from './booking-form.ts'
import { defaultSignOff } from './host.ts'

/** What is wrong, by the name of the field. */
export type Errors = Record<string, string>

/** Models of the form partials for a week and its host, with what was typed and what is wrong. */
export function weekFields(
  typed: Typed,
  errors: Errors,
  { days, stands = {} }: { days: string[]; stands?: Typed },
) {
  const field = (name: string, label: string, more: { hint?: string; type?: string; rows?: number } = {}) => {
    const now = stands[name]
    const hint =
      now === undefined || now === (typed[name] ?? '') ? more.hint : `Stands now: ${now || 'nothing'}`
    return { id: name, name, label, value: typed[name] ?? '', error: errors[name], ...more, hint }
  }
  return {
    name: field('name', 'Host’s name'),
    email: field('email', 'E-mail', {
      type: 'email',
      hint: 'The invitation goes here. It works until the week closes.',
    }),
    job: field('job', 'Job'),
    organisation: field('organisation', 'Organisation'),
    site: field('site', 'Site', { hint: 'Where they work. For your planning only.' }),
    region: field('region', 'Region'),
    handle: field('handle', 'Handle on X', { hint: 'If they have one. Example: @TheirName' }),
    signOff: field('signOff', 'Sign-off', {
      hint: `Ends each post${typed['name'] ? '' : ', as ^PN for Priya Nair'}. Left empty, it is ${defaultSignOff(typed['name'] ?? '') || 'made from the name'}.`,
    }),
    biography: field('biography', 'Short biography', {
      rows: 4,
      hint: 'Two or three sentences for the public page.',
    }),
    theme: field('theme', 'Theme', { hint: 'A few words, as a headline. The host can change it.' }),
    why: field('why', 'Why this week', { rows: 3 }),
    reason: field('reason', 'Reason', { rows: 2 }),
    portrait: {
      id: 'portrait',
      name: 'portrait',
      label: typed['portraitHash'] ? 'Another portrait' : 'Portrait',
      accept: 'image/jpeg,image/png,image/webp',
      hint: 'A face, as large as you have it. We make it square.',
      error: errors['portrait'],
    },
    portraitKept: typed['portraitHash']
      ? { hash: typed['portraitHash'], src: `/images/${typed['portraitHash']}` }
      : null,
    events: eventFields(typed, errors, days),
    mayAddEvent: eventRows(typed) < MOST_EVENTS,
    openMore: opened(typed, errors, [
      'organisation',
      'site',
      'region',
      'handle',
      'signOff',
      'biography',
      'portrait',
      'portraitHash',
    ]),
    openEvents: eventRows(typed) > 0,
  }
}

function opened(typed: Typed, errors: Errors, names: string[]): boolean {
  return names.some((name) => typed[name] || errors[name])
}

function eventFields(typed: Typed, errors: Errors, days: string[]) {
  const rows = eventRows(typed)
  return Array.from({ length: rows }, (_, row) => {
    const field = (name: Parameters<typeof eventField>[1], label: string, more: object = {}) => {
      const id = eventField(row, name)
      return { id, name: id, label, value: typed[id] ?? '', error: errors[id], ...more }
    }
    const dayField = (name: 'day' | 'lastDay', label: string, first?: string) => {
      const chosen = typed[eventField(row, name)] ?? ''
      const options = [...new Set([...days, ...(isDay(chosen) ? [chosen] : [])])].toSorted()
      return {
        ...field(name, label),
        options: [
          ...(first ? [{ value: '', label: first }] : []),
          ...options.map((day) => ({ value: day, label: dayInWords(day), selected: day === chosen })),
        ],
      }
    }
    return {
      number: row + 1,
      name: field('name', 'What it is called', {
        autofocus: typed['do'] === 'add-event' && row === rows - 1,
      }),
      remove: { name: 'do', value: `${REMOVE_EVENT}${row}` },
      hashtag: field('hashtag', 'Hashtag'),
      place: field('place', 'Place'),
      day: dayField('day', 'Day'),
      from: field('from', 'From', { type: 'time' }),
      lastDay: dayField('lastDay', 'Until', 'The same day'),
      to: field('to', 'To', { type: 'time' }),
    }
  })
}

const REMOVE_EVENT = 'remove-event-'

/** The form with a row more or less, where a button of its rows asked for that; undefined for any other button. */
export function withOtherRows(typed: Typed, firstDay: string): Typed | undefined {
  const asked = typed['do'] ?? ''
  if (asked === 'add-event') return withEventRow(typed, firstDay)
  return asked.startsWith(REMOVE_EVENT)
    ? withoutEventRow(typed, Number(asked.slice(REMOVE_EVENT.length)))
    : undefined
}

/** The rows after it move up. */
function withoutEventRow(typed: Typed, row: number): Typed {
  const events = Array.from({ length: eventRows(typed) }, (_, at) => at).filter((at) => at !== row)
  const others = Object.entries(typed).filter(([name]) => !name.startsWith('events.'))
  return Object.fromEntries([
    ...others,
    ...events.flatMap((from, to) =>
      EVENT_FIELDS.map((field) => [eventField(to, field), typed[eventField(from, field)] ?? '']),
    ),
  ])
}

/** One more empty row for an event, on the week's first day. */
function withEventRow(typed: Typed, firstDay: string): Typed {
  const rows = eventRows(typed)
  return rows < MOST_EVENTS
    ? { ...typed, [eventField(rows, 'name')]: '', [eventField(rows, 'day')]: firstDay }
    : typed
}

/** The days that an event may be chosen for: those of the week, and the weekend around it. */
export function eventDays(days: string[]): string[] {
  return [-2, -1]
    .map((by) => addDays(days[0]!, by))
    .concat(days, [addDays(days.at(-1)!, 1), addDays(days.at(-1)!, 2)])
}
