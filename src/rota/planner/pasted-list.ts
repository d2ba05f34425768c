import type { Shape } from '../../accounts/account.ts'
import { addDays, isDay, monthName } from '../../calendar.ts'
import { slotOf } from '../slot.ts'

/** Who is to host a week, as it was typed. */
export interface ListedHost {
  name: string
  email: string
  job: string
}

export interface PastedList {
  /** By the first day of their week. */
  hosts: Map<string, ListedHost>
  /** Why nobody hosts a week on purpose, by its first day; may be empty. */
  hiatuses: Map<string, string>
  /** The lines that could not be filled in, each with why in a sentence. */
  left: { line: string; why: string }[]
}

/**
 * Reads lines out of a spreadsheet: a name, an e-mail address and perhaps a job, with tabs, semicolons or commas between them. With a
 * date a line belongs to that week, without one to the next of the `free` slots that no line before it has. A date without a year is
 * the next such day from `today` on. A line without an address that says hiatus, nobody or Christmas break leaves its week empty;
 * one that says TBC keeps its week free.
 */
export function readPastedList(
  text: string,
  { shape, free, today }: { shape: Shape; free: string[]; today: string },
): PastedList {
  const hosts = new Map<string, ListedHost>()
  const hiatuses = new Map<string, string>()
  const undecided = new Set<string>()
  const has = (slot: string) => hosts.has(slot) || hiatuses.has(slot) || undecided.has(slot)
  const left: PastedList['left'] = []
  for (const line of text.split(/\r?\n/)) {
    const cells = cellsOf(line)
    const email = cells.map(addressIn).find(Boolean) ?? ''
    const day = cells.map((cell) => dayIn(cell, today)).find((found) => found !== null) ?? null
    const words = cells.flatMap((cell) =>
      dayIn(cell, today) === null ? (addressIn(cell) ? nameBeside(cell) : cell) : [],
    )
    const [name = '', job = ''] = words
    const reason = email ? null : hiatusIn(words)
    const isTitle =
      hosts.size === 0 && !email && !day && reason === null && /\b(name|host|e-?mail|week)\b/i.test(line)
    if ((!name && !email) || isTitle) continue
    const slot = day ? slotOf(day, shape) : free.find((one) => !has(one))
    const leave = (why: string) => left.push({ line, why: `${name || email}: ${why}` })
    if (day === '') {
      leave('the date is on no calendar.')
      continue
    }
    if (!slot) leave('no week is free any more.')
    else if (has(slot)) leave('a line before this one has that week.')
    else if (!free.includes(slot)) leave('that week can’t be booked, it is taken or begun.')
    else if (!email && UNDECIDED.test(name)) {
      undecided.add(slot)
      leave('nobody is named yet, and that week stays free.')
    } else if (reason !== null) hiatuses.set(slot, reason)
    else hosts.set(slot, { name, email, job })
  }
  return { hosts, hiatuses, left }
}

/** What stands where a name will stand once somebody is found. */
const UNDECIDED = /^(?:tb[acd]|to be (?:confirmed|announced|decided)|vacant|vacancy|free|open|gap|\?+)[.!]?$/i

/** What is said where a name would stand, of a week that nobody hosts on purpose; alone it gives no reason. */
const NOBODY = /^(?:hiatus|empty|nobody|no[- ]?one|no host|none|skip(?:ped)?|closed)$/i
const BREAK =
  /\b(?:hiatus|break|holidays?|shut ?down|closed|closure)$|^(?:hiatus|nobody|no[- ]?one|no host|closed|empty)\b/i
const FEAST =
  /^(?:christmas|xmas|new year|easter|half[- ]term)(?:['’]s)?(?: (?:day|eve|week|and new year))?$/i

/** Why nobody is to host, out of a line's words; null where it does not say so. */
function hiatusIn(words: string[]): string | null {
  const [name = ''] = words
  if (![NOBODY, BREAK, FEAST].some((says) => says.test(name))) return null
  return words
    .filter((one) => !NOBODY.test(one))
    .map((one) => one.replace(/^(?:hiatus|nobody|no[- ]?one|no host|empty|closed)\s*[:,(–-]+\s*|\)$/gi, ''))
    .join(', ')
    .slice(0, 300)
}

function cellsOf(line: string): string[] {
  const between = ['\t', ';', ','].find((one) => line.includes(one)) ?? '\t'
  // What stands in quotation marks is one cell.
  const cells = line.match(new RegExp(`"(?:[^"]|"")*"|[^${between}]+`, 'g')) ?? []
  return cells
    .map((cell) =>
      cell
        .trim()
        .replace(/^"([\s\S]*)"$/, '$1')
        .replaceAll('""', '"')
        .trim(),
    )
    .filter(Boolean)
}

/** "priya@example.org", also out of "<priya@example.org>"; else empty. */
function addressIn(cell: string): string {
  return cell.split(/[\s<>]+/).find((word) => /.@./.test(word)) ?? ''
}

/** "Priya Nair" out of "Priya Nair <priya@example.org>", as mail programs copy it; else nothing. */
function nameBeside(cell: string): string[] {
  const name = /^"?([^"<>@]+?)"?\s*<[^<>]+>$/.exec(cell)?.[1]?.trim()
  return name ? [name] : []
}

/** A day as people write it here: 2027-01-04, 4/1/2027, 4.1.27, 4/1, "w/c 4 January", "Mon 4 to 8 Jan 2027". Empty for a date that no calendar has, null for anything else. */
function dayIn(cell: string, today: string): string | null {
  const said = cell
    .replace(/^(w\/c|week commencing|week of|week from|from)\s+/i, '')
    .replace(/^(mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+/i, '')
  const iso = /^\d{4}-\d{2}-\d{2}$/.exec(said)
  if (iso) return isDay(said) ? said : ''
  const figures = /^(\d{1,2})[/.](\d{1,2})(?:\.|[/.](\d{4}|\d{2}))?$/.exec(said)
  if (figures?.[3]) return dayFrom(figures[1]!, Number(figures[2]), figures[3].padStart(4, '20'))
  if (figures) return nextSuch(figures[1]!, Number(figures[2]), today)
  const words =
    /^(\d{1,2})(?:st|nd|rd|th)?(?:\s*(?:to|-|–)\s*\d{1,2}(?:st|nd|rd|th)?)?\s+([a-z]{3,9})\.?(?:\s+to\s+\d{1,2}\s+[a-z]{3,9})?,?(?:\s+(\d{4}))?$/i.exec(
      said,
    )
  const month = words ? MONTHS.findIndex((one) => one.startsWith(words[2]!.toLowerCase())) + 1 : 0
  if (!words || month === 0) return null
  return words[3] ? dayFrom(words[1]!, month, words[3]) : nextSuch(words[1]!, month, today)
}

/** Of a date without a year. */
function nextSuch(date: string, month: number, today: string): string {
  const thisYear = dayFrom(date, month, today.slice(0, 4))
  // The week that runs may have begun before today.
  return thisYear && thisYear >= addDays(today, -6)
    ? thisYear
    : dayFrom(date, month, String(Number(today.slice(0, 4)) + 1))
}

const MONTHS = Array.from({ length: 12 }, (_, at) =>
  monthName(`2026-${String(at + 1).padStart(2, '0')}-01`).toLowerCase(),
)

function dayFrom(date: string, month: number, year: string): string {
  const day = `${year}-${String(month).padStart(2, '0')}-${date.padStart(2, '0')}`
  return isDay(day) ? day : ''
}
