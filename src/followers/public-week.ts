import { addDays, dayOf } from '../calendar.ts'
import type { Account } from '../accounts/accounts.ts'
import type { Reader } from '../db/database.ts'
import {
  forCalendar,
  lateCancellations,
  lateWithdrawals,
  type CalendarWeek,
} from '../rota/calendar/calendar-weeks.ts'
import { nextSlot, slotDays, slotOf } from '../rota/slot.ts'
import { listEvents, listWeeks, type Event, type HostedWeek, type Week } from '../rota/weeks.ts'

/** A week is public from its announcement on; a hiatus always, because it is nobody's. */
export function isPublic(week: Pick<Week, 'kind' | 'state' | 'announcedAt'>): boolean {
  if (week.state === 'cancelled') return false
  if (week.kind === 'hiatus' || week.state === 'announced') return true
  return week.state === 'closed' && week.announcedAt !== null
}

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
  const lastPublic = booked.findLast(({ week }) => isPublic(week))?.week.slot ?? current
  const lines: RotaLine[] = []
  for (let at = 0; at <= slots || nextSlot(current, at) <= lastPublic; at += 1) {
    const slot = nextSlot(current, at)
    // Not always one, nor on that day: the account's shape may have changed since they were booked.
    const there = booked.filter(({ week }) => slotOf(week.slot, shape) === slot)
    if (there.length === 0 && at > 0) lines.push({ kind: 'gap', slot, days: slotDays(slot, shape) })
    for (const { week, host } of there.filter((found) => isPublic(found.week)))
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
    ...found.filter(({ week, host }) => host && week.kind === 'hosted' && isPublic(week)),
    ...cancelled.filter(({ week }) => week.announcedAt),
    ...(await lateWithdrawals(read, account.id, now)),
  ]
  return forCalendar(read, weeks, now)
}
