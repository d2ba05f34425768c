import type { Account } from '../accounts/accounts.ts'
import { addDays, dayOf, instantOf } from '../calendar.ts'
import type { Reader } from '../db/database.ts'
import { absencesAfter, listRoles } from '../people/people.ts'
import { listWeeks } from './weeks.ts'

/** So many days from today on are looked at. */
const DAYS_AHEAD = 14

interface Span {
  beginsAt: Date
  endsAt: Date
}

/** Somebody's days away, and their deputy. */
export interface Away extends Span {
  personId: string
  deputyId: string | null
}

/** Coming days on which a week is open and all of the desk are away, without a deputy who is there. */
export async function daysNobodyDecides(
  read: Reader,
  { id, timeZone }: Pick<Account, 'id' | 'timeZone'>,
  now: Date,
): Promise<string[]> {
  const away = await absencesAfter(read, id, now)
  if (away.length === 0) return []
  const today = dayOf(now, timeZone)
  const days = Array.from({ length: DAYS_AHEAD }, (_, at) => addDays(today, at))
  const weeks = await listWeeks(read, id, addDays(today, -7), days.at(-1)!)
  const open = weeks
    .filter(({ week }) => week.kind === 'hosted')
    .map(({ week }) => ({ beginsAt: week.opensAt, endsAt: week.closesAt }))
  const desk = (await listRoles(read, id)).map(({ person }) => person.id)
  return days.filter((day) => {
    const midnight = instantOf(day, '00:00', timeZone)
    // Of today only the rest counts.
    const span = {
      beginsAt: midnight < now ? now : midnight,
      endsAt: instantOf(addDays(day, 1), '00:00', timeZone),
    }
    return open.some((week) => overlap(week, span)) && nobodyDecides(span, { desk, away })
  })
}

/** Whether all of the desk are away for the whole of it, and nobody stands in who is there themselves. */
export function nobodyDecides(span: Span, { desk, away }: { desk: string[]; away: Away[] }): boolean {
  const during = away.filter(({ beginsAt, endsAt }) => beginsAt <= span.beginsAt && endsAt >= span.endsAt)
  const isAway = (personId: string) => during.some((one) => one.personId === personId)
  return desk.every(isAway) && !during.some(({ deputyId }) => deputyId !== null && !isAway(deputyId))
}

function overlap(one: Span, other: Span): boolean {
  return one.beginsAt < other.endsAt && other.beginsAt < one.endsAt
}
