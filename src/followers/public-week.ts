import { addDays, dayOf, isDay } from '../calendar.ts'
import type { Account } from '../accounts/accounts.ts'
import type { Reader } from '../db/database.ts'
import { ownPostsOfWeek } from '../listening/posts.ts'
import {
  forCalendar,
  lateCancellations,
  lateWithdrawals,
  type CalendarWeek,
} from '../rota/calendar/calendar-weeks.ts'
import { nextSlot, slotDays, slotOf } from '../rota/slot.ts'
import { asTold, isAnnounced, wasLeft } from '../rota/week.ts'
import {
  findCutShort,
  findWeekOfSlot,
  listCutShort,
  listEvents,
  listWeeks,
  type Event,
  type HostedWeek,
  type Week,
} from '../rota/weeks.ts'

/** Whether a week has a page: from its announcement on, and for good once it had opened so, also when it is nobody's for a while. */
export function isPublic(week: Week): boolean {
  return isAnnounced(week) || (week.state !== 'cancelled' && wasLeft(week))
}

/**
 * The week that has a page at an address. One that was cancelled in its middle has it while anything that was said in it stands,
 * until another has its place.
 */
export async function findPublicWeek(
  read: Reader,
  account: Account,
  slot: string,
): Promise<Week | undefined> {
  const week = await weekOfAddress(read, account, slot)
  if (week?.state !== 'cancelled') return week
  return (await ownPostsOfWeek(read, week.id)).length > 0 ? week : undefined
}

/** Whether a week itself is what stands at its address, and not another one of the same days. */
export async function hasPage(read: Reader, account: Account, { id, slot }: Week): Promise<boolean> {
  return (await findPublicWeek(read, account, slot))?.id === id
}

/** The same, whether anything stands of what was said or not. */
export async function weekOfAddress(read: Reader, { id }: Account, slot: string): Promise<Week | undefined> {
  if (!isDay(slot)) return undefined
  const week = await findWeekOfSlot(read, id, slot)
  return week && isPublic(week) ? week : findCutShort(read, id, slot)
}

/**
 * All weeks of an account that have a page, in order: those that stand, hiatuses too, and those that were cancelled in their middle
 * while anything that was said in them stands and no other week has their place.
 */
export async function listPublicWeeks(read: Reader, { id }: Pick<Account, 'id'>): Promise<Week[]> {
  const standing = (await listWeeks(read, id, ...EVER)).map(({ week }) => week).filter(isPublic)
  const bySlot = new Map(standing.map((week) => [week.slot, week]))
  const found = [...standing]
  for (const week of await listCutShort(read, id)) {
    // What was cancelled last comes first: that one is at the address.
    if (bySlot.has(week.slot)) continue
    bySlot.set(week.slot, week)
    if ((await ownPostsOfWeek(read, week.id)).length > 0) found.push(week)
  }
  return found.toSorted((one, other) => one.slot.localeCompare(other.slot))
}

/** The first days of all slots there can be. */
const EVER = ['0000-01-01', '9999-12-31'] as const

/** A line of the public rota: a week of somebody, a hiatus, or a gap that is anybody's to ask for. */
export type RotaLine =
  | { kind: 'week'; week: Week; host: NonNullable<HostedWeek['host']>; events: Event[] }
  | { kind: 'hiatus'; week: Week }
  | { kind: 'gap'; slot: string; days: string[] }

/**
 * What is to come after today: so many slots, and later ones that are announced. Of weeks that are booked and
 * not announced nothing is told, not even that they are no gap.
 */
export async function publicRota(
  read: Reader,
  account: Account,
  { now, slots }: { now: Date; slots: number },
): Promise<RotaLine[]> {
  // Nobody comes next where it has ended.
  if (account.retiredAt) return []
  const { shape } = account
  const today = dayOf(now, account.timeZone)
  const current = slotOf(today, shape)
  const booked = await listWeeks(read, account.id, addDays(today, 1), nextSlot(current, 104))
  const lastPublic = booked.findLast(({ week }) => isAnnounced(week))?.week.slot ?? current
  const lines: RotaLine[] = []
  for (let at = 0; at <= slots || nextSlot(current, at) <= lastPublic; at += 1) {
    const slot = nextSlot(current, at)
    // Not always one, nor on that day: the account's shape may have changed since they were booked.
    const there = booked.filter(({ week }) => slotOf(week.slot, shape) === slot)
    if (there.length === 0 && at > 0) lines.push({ kind: 'gap', slot, days: slotDays(slot, shape) })
    for (const { week, host } of there.filter((found) => isAnnounced(found.week)))
      lines.push(
        host
          ? { kind: 'week', week, host, events: await listEvents(read, week.id) }
          : { kind: 'hiatus', week },
      )
  }
  return lines
}

/** The announced weeks with a host, from half a year ago on, and those cancelled or taken back lately: what the calendar holds. */
export async function weeksForCalendar(read: Reader, account: Account, now: Date): Promise<CalendarWeek[]> {
  const current = slotOf(dayOf(now, account.timeZone), account.shape)
  const found = await listWeeks(read, account.id, nextSlot(current, -26), nextSlot(current, 104))
  const cancelled = await lateCancellations(read, account.id, now)
  const weeks = [
    ...found
      .filter(({ week }) => week.kind === 'hosted' && isAnnounced(week))
      .map(asTold)
      .filter(({ host }) => host),
    ...cancelled.filter(({ week }) => week.announcedAt),
    ...(await lateWithdrawals(read, account.id, now)),
  ]
  return forCalendar(read, weeks, now)
}
