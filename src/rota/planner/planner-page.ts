import { addDays, dayOf, monthName, weekdayName } from '../../calendar.ts'
import type { Account } from '../../accounts/accounts.ts'
import { fiveDays, daysOf, portraitOf, shortDays, weekInWords } from '../pages.ts'
import { nextSlot, slotDays, slotOf, slotSpan } from '../slot.ts'
import type { HostedWeek } from '../store.ts'
import { specialDays } from './special-days.ts'
import { capital, inLetters } from '../../words.ts'

/** The months that a planner shows, and the slots that begin in them. `from` is `YYYY-MM`. */
export interface PlannerSpan {
  from: string
  slots: string[]
}

const MONTHS_SHOWN = 12

/** The year to show: from the month before this one, or from the month that was asked for. */
export function plannerSpan(account: Account, now: Date, asked?: string): PlannerSpan {
  const today = dayOf(now, account.timeZone)
  const from = asked && /^[12]\d{3}-(0[1-9]|1[0-2])$/.test(asked) ? asked : monthLater(today.slice(0, 7), -1)
  const end = `${monthLater(from, MONTHS_SHOWN)}-01`
  const slots: string[] = []
  const first = slotOf(`${from}-01`, account.shape)
  for (let slot = first < `${from}-01` ? nextSlot(first) : first; slot < end; slot = nextSlot(slot))
    slots.push(slot)
  return { from, slots }
}

/** One place of the planner; what a view shows of it beside these stands in the same object. */
interface Cell {
  slot: string
  month: string
  state: 'past' | 'running' | 'booked' | 'hiatus' | 'gap'
  hosted: boolean
  days: string
  bookHref: string | null
}

/** The planner. `booking` is the slot whose form is open beside it. */
export function plannerPage(
  account: Account,
  weeks: HostedWeek[],
  { span, canBook, now, booking }: { span: PlannerSpan; canBook: boolean; now: Date; booking?: string },
) {
  const zone = account.timeZone
  const today = dayOf(now, zone)
  const specialOf = specialDays(account, span.slots)
  const cells = span.slots.flatMap((slot): Cell[] => {
    // More than one only where the account's shape has changed since they were booked.
    const there = weeks.filter(({ week }) => slotOf(week.slot, account.shape) === slot)
    return there.length > 0 ? there.map((hosted) => weekCell(hosted, slot)) : [gapCell(slot)]
  })
  const months = [...new Set(cells.map(({ month }) => month))].map((month) => {
    const slots = cells.filter((cell) => cell.month === month)
    return {
      id: `month-${month}`,
      name: monthName(`${month}-01`),
      note: `${month.slice(0, 4)}, ${monthInWords(slots)}`,
      slots,
    }
  })
  const coming = cells.filter(({ hosted, state }) => hosted && state !== 'past').length
  const gap = cells.find(({ bookHref }) => bookHref)
  return {
    lead: `${monthOf(span.from)} to ${monthOf(monthLater(span.from, MONTHS_SHOWN - 1))}. ${bookedInWords(coming)}`,
    nextGap: gap ? { slot: gap.slot, href: gap.bookHref, days: gap.days } : null,
    shape: `A week is ${weekdaysInWords(account)}.`,
    months,
    earlier: `/rota?from=${monthLater(span.from, -MONTHS_SHOWN)}`,
    later: `/rota?from=${monthLater(span.from, MONTHS_SHOWN)}`,
    calendar: `/@${account.handle}/rota.ics`,
    canBook,
  }

  function weekCell({ week, host }: HostedWeek, slot: string): Cell {
    const words = weekInWords(week, host, { zone, now })
    const past = words.standing === 'closed'
    const begun = now >= week.opensAt
    const cell: Cell & Record<string, unknown> = {
      ...words,
      slot,
      special: specialOf(slot),
      month: slot.slice(0, 7),
      hosted: host !== null,
      state: past ? 'past' : words.standing === 'running' ? 'running' : host ? 'booked' : 'hiatus',
      hiatus: host === null,
      reason: host ? '' : week.why,
      portrait: host && portraitOf(host, 'small'),
      status: past || words.standing === 'running' || words.standing === 'announced' ? '' : words.tag.label,
      fiveDays: words.standing === 'running' ? fiveDays(week, { zone, now }) : null,
      recapHref: past && host ? `${words.href}/recap` : null,
      bookHref: null,
      swapWith: canBook && host?.acceptedAt && !begun ? week.id : null,
      swapHref: canBook && host?.acceptedAt && !begun ? `${words.href}/swap` : null,
      moveHref: canBook && !begun ? `${words.href}/move` : null,
      whyNot: canBook ? whyNotSwapped(host, { begun, past, days: words.days }) : null,
    }
    return cell
  }

  function gapCell(slot: string): Cell {
    const days = slotDays(slot, account.shape)
    const { opensAt, closesAt } = slotSpan(slot, account.shape, zone)
    const open = closesAt > now
    const cell: Cell & Record<string, unknown> = {
      slot,
      special: specialOf(slot),
      month: slot.slice(0, 7),
      hosted: false,
      state: 'gap',
      shortDays: shortDays(days[0]!, days.at(-1)!),
      days: daysOf(days[0]!, days.at(-1)!, today),
      stayedEmpty: !open,
      freeSlot: canBook && opensAt > now ? slot : null,
      whyNot: canBook && opensAt <= now ? tooLate(daysOf(days[0]!, days.at(-1)!, today), !open) : null,
      bookHref: open ? `/rota/book?slot=${slot}` : null,
      planHref: `/accounts/${account.id}/slots/${slot}/days`,
      current: slot === booking,
    }
    return cell
  }
}

/** Said to who drags that week onto another, or another onto it; null where the two may change places. */
function whyNotSwapped(
  host: HostedWeek['host'],
  { begun, past, days }: { begun: boolean; past: boolean; days: string },
): string | null {
  if (begun) return tooLate(days, past)
  if (!host)
    return `Nobody has ${days}, on purpose. A hiatus can’t change places with another week, but it can be moved to a gap.`
  if (host.acceptedAt) return null
  return `${host.name} has not said yes to ${days} yet. Two weeks can change places once both hosts have said yes. Until then either can be moved to a gap.`
}

function tooLate(days: string, past: boolean): string {
  return past
    ? `The week of ${days} is past: nothing can be moved there.`
    : `The week of ${days} has begun: nothing can be moved there.`
}

function bookedInWords(count: number): string {
  if (count === 0) return 'No weeks booked'
  return `${capital(inLetters(count))} ${count === 1 ? 'week' : 'weeks'} booked`
}

function monthInWords(slots: { hosted: boolean; state: string; bookHref: string | null }[]): string {
  const gaps = slots.filter(({ bookHref }) => bookHref).length
  if (gaps === slots.length) return 'open'
  if (slots.every(({ state }) => state === 'gap')) return 'empty'
  if (gaps > 0) return `${inLetters(gaps)} ${gaps === 1 ? 'gap' : 'gaps'}`
  const stayed = slots.filter(({ state }) => state === 'gap').length
  return stayed > 0 ? `${inLetters(stayed)} stayed empty` : 'complete'
}

/** "Monday to Friday", "Sunday" */
function weekdaysInWords({ shape }: Account): string {
  const days = slotDays(slotOf('2026-01-01', shape), shape)
  const [first, last] = [weekdayName(days[0]!), weekdayName(days.at(-1)!)]
  return first === last ? first : `${first} to ${last}`
}

function monthOf(month: string): string {
  return `${monthName(`${month}-01`)} ${month.slice(0, 4)}`
}

function monthLater(month: string, by: number): string {
  const months = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + by
  return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}`
}

/** Between whom a slot lies: "After Chloe Whitfield, before Huw Pritchard." */
export function neighbours(slot: string, weeks: HostedWeek[], account: Account): string {
  const nameAt = (by: number) =>
    weeks.find(({ week }) => slotOf(week.slot, account.shape) === addDays(slot, by))?.host?.name
  const [before, after] = [nameAt(-7), nameAt(7)]
  if (before && after) return `After ${before}, before ${after}.`
  if (before) return `After ${before}.`
  return after ? `Before ${after}.` : 'Nobody hosts the weeks around it yet.'
}
