import type { Account } from '../../accounts/accounts.ts'
import { dayOf, isDay } from '../../calendar.ts'
import { errorSummary } from '../../web/forms.ts'
import type { Typed } from '../booking-form.ts'
import { slotInWords } from './move-to-slot.ts'
import type { PastedList } from './pasted-list.ts'
import { specialDays } from './special-days.ts'
import { inOneForm, listInWords } from '../../words.ts'

export const LISTED_FIELDS = ['name', 'email', 'job'] as const

export function listedField(field: (typeof LISTED_FIELDS)[number], slot: string): string {
  return `${field}.${slot}`
}

/** The first days of the weeks in which something was typed, in their order. */
export function slotsTyped(typed: Typed): string[] {
  const slots = Object.entries(typed).flatMap(([key, value]) =>
    value.trim() ? (/^(?:name|email|job)\.(\d{4}-\d{2}-\d{2})$/.exec(key)?.[1] ?? []) : [],
  )
  return [...new Set(slots)].filter(isDay).toSorted()
}

export function hiatusField(field: 'hiatus' | 'reason', slot: string): string {
  return `${field}.${slot}`
}

/** For which address of a week it was asked whether it is somebody whom the account knows. */
export function askedField(slot: string): string {
  return `asked.${slot}`
}

/** With the address that a week’s host is known by, as the button beside the question gives it. */
export function sameField(slot: string): string {
  return `same.${slot}`
}

/**
 * With the addresses of those who are somebody whom the account knows; null where no such button was pressed. Of the others it is
 * asked anew.
 */
export function takenSame(typed: Typed): Typed | null {
  const taken = Object.entries(typed).filter(([key]) => key.startsWith('same.'))
  if (taken.length === 0) return null
  return {
    ...Object.fromEntries(Object.entries(typed).filter(([key]) => !/^(same|asked)\./.test(key))),
    ...Object.fromEntries(
      taken.map(([key, email]) => [listedField('email', key.slice('same.'.length)), email]),
    ),
  }
}

/** The first days of the weeks that nobody is to host. */
export function hiatusesTyped(typed: Typed): string[] {
  const slots = Object.entries(typed).flatMap(([key, value]) =>
    value === 'yes' ? (/^hiatus\.(\d{4}-\d{2}-\d{2})$/.exec(key)?.[1] ?? []) : [],
  )
  return slots.filter(isDay).toSorted()
}

/** The weeks that are free, and those in which something was typed, each with its fields. `wrong` is by field. */
export function severalPage(
  account: Account,
  {
    id,
    free,
    typed,
    left,
    read,
    wrong,
    near,
    now,
  }: {
    id: string
    free: string[]
    typed: Typed
    left: PastedList['left']
    /** A list was read just now. */
    read: boolean
    wrong: Record<string, string>
    /** By slot the known address of whom it may be. */
    near: Record<string, string>
    now: Date
  },
) {
  const today = dayOf(now, account.timeZone)
  const empty = new Set(hiatusesTyped(typed))
  const slots = [...new Set([...free, ...slotsTyped(typed), ...empty])].toSorted()
  const specialOf = specialDays(account, slots)
  return {
    title: 'Book several weeks',
    id,
    filled: read ? filledInWords(slotsTyped(typed).length, empty.size) : null,
    left: left.map(({ why }) => why),
    pasting: left.length > 0 || (!read && Boolean(typed['list']?.trim())),
    summary: Object.keys(wrong).length > 0 ? errorSummary(withDays(wrong)) : null,
    list: {
      id: 'list',
      name: 'list',
      label: 'Your list',
      // What was filled in would be filled in twice.
      value: read ? left.map(({ line }) => line).join('\n') : (typed['list'] ?? ''),
      rows: 6,
      hint: 'A line a week: name, e-mail, job. Copy the columns from your spreadsheet, or put commas between them. With a date on the line it is for that week, without one for the next that is free. A line that says “hiatus”, “nobody” or “Christmas break” instead of a name leaves its week empty on purpose.',
    },
    rows: slots.map((slot) => ({
      days: slotInWords(slot, account, today),
      special: specialOf(slot).map(({ words }) => words),
      asked: typed[askedField(slot)] ? { name: askedField(slot), value: typed[askedField(slot)] } : null,
      hiatus: empty.has(slot)
        ? {
            tick: {
              ...named('hiatus', slot),
              label: 'Hiatus, nobody on purpose',
              checked: true,
              error: wrong[hiatusField('hiatus', slot)],
            },
            reason: {
              ...named('reason', slot),
              label: 'Reason',
              value: typed[hiatusField('reason', slot)] ?? '',
              error: wrong[hiatusField('reason', slot)],
              autocomplete: 'off',
            },
          }
        : null,
      fields: [
        field('name', 'Host’s name', slot),
        { ...field('email', 'E-mail', slot, 'email'), same: sameOf(slot) },
        field('job', 'Job', slot),
      ],
    })),
  }

  /** Takes the address under which somebody is known: beside the question whether it is them. */
  function sameOf(slot: string) {
    const email = near[slot]
    return email ? { name: sameField(slot), email, label: `Yes, take ${email}` } : null
  }

  function named(field: 'hiatus' | 'reason', slot: string) {
    const key = hiatusField(field, slot)
    return { id: key, name: key }
  }

  function field(name: (typeof LISTED_FIELDS)[number], label: string, slot: string, type = 'text') {
    const key = listedField(name, slot)
    return {
      id: key,
      name: key,
      label,
      type,
      value: typed[key] ?? '',
      error: wrong[key],
      autocomplete: 'off',
    }
  }

  /** In the summary each says of which week it speaks. */
  function withDays(errors: Record<string, string>): Record<string, string> {
    const entries = Object.entries(errors).map(([key, message]) => {
      const slot = key.slice(key.indexOf('.') + 1)
      return [key, key ? `${slotInWords(slot, account, today)}: ${message}` : message]
    })
    return Object.fromEntries(entries)
  }
}

function filledInWords(hosts: number, hiatuses: number): string {
  if (hosts + hiatuses === 0) return 'No line could be filled in.'
  const [filled, empty] = inOneForm(hosts, hiatuses)
  const said = [
    ...(hosts > 0 ? [`${filled} ${hosts === 1 ? 'week' : 'weeks'} with a host`] : []),
    ...(hiatuses > 0 ? [`${empty} ${hiatuses === 1 ? 'that stays' : 'that stay'} empty on purpose`] : []),
  ]
  return `Filled in: ${listInWords(said)}. Nothing is booked yet: look through them first.`
}
