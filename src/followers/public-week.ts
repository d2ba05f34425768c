import { dayOf } from '../calendar.ts'
import type { Account } from '../accounts/accounts.ts'
import type { Reader } from '../db/database.ts'
import { nextSlot, slotDays, slotOf } from '../rota/slot.ts'
import { listWeeks, type HostedWeek, type Week } from '../rota/weeks.ts'

/** A week is public from its announcement on; a hiatus always, because it is nobody's. */
export function isPublic(week: Pick<Week, 'kind' | 'state' | 'announcedAt'>): boolean {
  if (week.state === 'cancelled') return false
  if (week.kind === 'hiatus' || week.state === 'announced') return true
  return week.state === 'closed' && week.announcedAt !== null
}

/** A line of the public rota: a week of somebody, a hiatus, or a gap that is anybody's to ask for. */
export type RotaLine =
  | { kind: 'week'; week: Week; host: NonNullable<HostedWeek['host']> }
  | { kind: 'hiatus'; week: Week }
  | { kind: 'gap'; slot: string; days: string[] }

/**
 * What is to come after the slot of `now`: so many slots, and later ones that are announced. Of weeks that are booked and
 * not announced nothing is told, not even that they are no gap.
 */
export async function publicRota(
  read: Reader,
  account: Account,
  { now, slots }: { now: Date; slots: number },
): Promise<RotaLine[]> {
  const current = slotOf(dayOf(now, account.timeZone), account.shape)
  const first = nextSlot(current)
  const booked = await listWeeks(read, account.id, first, nextSlot(current, 104))
  const taken = new Map(booked.map((found) => [found.week.slot, found]))
  const lastPublic = booked.findLast(({ week }) => isPublic(week))?.week.slot ?? current
  const lines: RotaLine[] = []
  for (let at = 1; at <= slots || nextSlot(current, at) <= lastPublic; at += 1) {
    const slot = nextSlot(current, at)
    const found = taken.get(slot)
    if (!found) lines.push({ kind: 'gap', slot, days: slotDays(slot, account.shape) })
    else if (!isPublic(found.week)) continue
    else if (found.host) lines.push({ kind: 'week', week: found.week, host: found.host })
    else lines.push({ kind: 'hiatus', week: found.week })
  }
  return lines
}

/** The announced weeks with a host, from half a year ago on: what the calendar holds. */
export async function weeksForCalendar(
  read: Reader,
  account: Account,
  now: Date,
): Promise<Required<Extract<RotaLine, { kind: 'week' }>>[]> {
  const current = slotOf(dayOf(now, account.timeZone), account.shape)
  const found = await listWeeks(read, account.id, nextSlot(current, -26), nextSlot(current, 104))
  return found.flatMap(({ week, host }) =>
    host && week.kind === 'hosted' && isPublic(week) ? [{ kind: 'week' as const, week, host }] : [],
  )
}
