import { weekdayName, zoneInWords } from '../../calendar.ts'
import type { Values } from './values.ts'

export function identity(values: Values) {
  const hint = 'As it stands on X. Addresses of the public pages carry it.'
  return {
    fields: [
      { id: 'name', name: 'name', label: 'Name', required: true, ...values('name') },
      { id: 'handle', name: 'handle', label: 'Handle', required: true, hint, ...values('handle') },
      { id: 'hashtag', name: 'hashtag', label: 'Hashtag', ...values('hashtag') },
    ],
    facts: [
      { term: 'Name', value: values('name').value },
      { term: 'Handle', value: `@${values('handle').value}` },
      { term: 'Hashtag', value: values('hashtag').value || 'none' },
    ],
  }
}

export function shape(values: Values) {
  const days = values('days')
  const chosen = new Set(days.value.split(','))
  const zone = values('timeZone')
  const zones = Intl.supportedValuesOf('timeZone')
  const all = zones.includes(zone.value) || zone.value === '' ? zones : [zone.value, ...zones]
  const names = WEEKDAYS.filter((day) => chosen.has(String(day))).map(dayName)
  const first = names[0] ?? 'No day'
  const last = names.at(-1) ?? first
  return {
    days: WEEKDAYS.map((day) => ({
      value: day,
      label: dayName(day),
      letter: dayName(day).charAt(0),
      checked: chosen.has(String(day)),
    })),
    daysError: days.error,
    fields: [
      {
        id: 'opens',
        name: 'opens',
        type: 'time',
        label: 'Opens, first day',
        required: true,
        ...values('opens'),
      },
      {
        id: 'closes',
        name: 'closes',
        type: 'time',
        label: 'Closes, last day',
        required: true,
        ...values('closes'),
      },
    ],
    timeZone: {
      id: 'timeZone',
      name: 'timeZone',
      label: 'Time zone',
      error: zone.error,
      options: all.map((value) => ({ value, label: value, selected: value === zone.value })),
    },
    facts: [
      { term: 'Days', value: first === last ? first : `${first} to ${last}` },
      { term: 'Opens', value: `${first} ${timeOfDay(values('opens').value)}` },
      { term: 'Closes', value: `${last} ${timeOfDay(values('closes').value)}` },
      { term: 'Time zone', value: zoneInWords(zone.value) },
    ],
  }
}

/** ISO weekdays, 1 is Monday. */
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7]

export function dayName(weekday: number): string {
  return weekdayName(`2026-06-0${weekday}`)
}

/** "9:00" for a field's `09:00`. */
function timeOfDay(time: string): string {
  return time.replace(/^0/, '')
}
