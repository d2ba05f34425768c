import { findAccount, type Account } from '../accounts/accounts.ts'
import { addDays, dayOf, instantOf } from '../calendar.ts'
import type { Reader } from '../db/database.ts'
import { undecidedBetween } from '../drafts/drafts.ts'
import { firstWords } from '../drafts/first-words.ts'
import type { Actor, Hosting } from '../people/person.ts'
import { hoursInWords, removedEntry } from '../rota/calendar/calendar-entries.ts'
import type { CalendarEntry } from '../rota/calendar/calendar-file.ts'
import {
  forCalendar,
  lateCancellations,
  lostHostings,
  type CalendarWeek,
} from '../rota/calendar/calendar-weeks.ts'
import { cameLater, hostedDays, weekDays, weekStanding, type WeekStanding } from '../rota/week.ts'
import { findHostedWeek, listWeeks, missingFor, missingInWords } from '../rota/weeks.ts'

/** How far a desk’s calendar reaches: half a year back, two years ahead. Days. */
const BACK = 183
const AHEAD = 731
/** How long before it opens a week ought to be ready, as Today has it. Days. */
const READY_BEFORE = 7
/** How long an instant is shown, and how long before its time a draft wants its decision. Milliseconds. */
const SHOWN_FOR = 15 * 60_000
const DECIDED_BEFORE = 30 * 60_000

/**
 * Everything that somebody's own calendar holds at this moment: of each desk that they sit at, also in somebody's place, all
 * its weeks, their openings and closings, what is not ready, and what has to be decided by when; of the weeks that they host
 * what concerns them. What they may see no more is gone.
 */
export async function calendarOf(
  read: Reader,
  { actor, publicUrl, now }: { actor: Actor; publicUrl: string; now: Date },
): Promise<CalendarEntry[]> {
  const entries = new Map<string, CalendarEntry>()
  const add = (more: CalendarEntry[]) => {
    for (const entry of more) if (!entries.has(entry.id)) entries.set(entry.id, entry)
  }
  for (const { accountId } of actor.roles) {
    const account = (await findAccount(read, accountId))!
    add(await deskEntries(read, account, { publicUrl, now }))
  }
  for (const hosting of actor.hosting) add(await hostEntries(read, hosting, { publicUrl, now }))
  for (const found of await forCalendar(read, await lostHostings(read, actor.personId, now), now)) {
    const account = (await findAccount(read, found.week.accountId))!
    add(weekEntries(account, found, { publicUrl, standing: 'cancelled', whose: 'own' }))
  }
  return [...entries.values()]
}

async function deskEntries(
  read: Reader,
  account: Account,
  { publicUrl, now }: { publicUrl: string; now: Date },
): Promise<CalendarEntry[]> {
  const today = dayOf(now, account.timeZone)
  const booked = await listWeeks(read, account.id, addDays(today, -BACK), addDays(today, AHEAD))
  const cancelled = await lateCancellations(read, account.id, now)
  const entries: CalendarEntry[] = []
  for (const found of await forCalendar(read, [...booked, ...cancelled], now)) {
    const standing = STANDINGS[weekStanding(found.week, found.host, now)]
    entries.push(...weekEntries(account, found, { publicUrl, standing, whose: 'desk' }))
    const unready = await unreadyEntry(read, account, { found, publicUrl, now })
    if (unready) entries.push(unready)
  }
  const until = new Date(now.getTime() + AHEAD * 86_400_000)
  for (const draft of await undecidedBetween(read, account.id, now, until))
    if (draft.wishedAt)
      entries.push({
        id: `decision-${draft.id}`,
        sequence: draft.version,
        changedAt: draft.changedAt,
        standing: 'confirmed',
        when: { from: new Date(draft.wishedAt.getTime() - DECIDED_BEFORE), to: draft.wishedAt },
        busy: false,
        summary: `To be decided for @${account.handle}`,
        description: firstWords(draft.content),
        url: `${publicUrl}/drafts/${draft.id}`,
      })
  return entries
}

async function hostEntries(
  read: Reader,
  { weekId, accountId }: Hosting,
  { publicUrl, now }: { publicUrl: string; now: Date },
): Promise<CalendarEntry[]> {
  const hosted = await findHostedWeek(read, weekId)
  if (!hosted) return []
  const account = (await findAccount(read, accountId))!
  const [found] = (await forCalendar(read, [hosted], now)) as [CalendarWeek]
  const standing = found.host?.acceptedAt ? 'confirmed' : 'tentative'
  return weekEntries(account, found, { publicUrl, standing, whose: 'own' })
}

const STANDINGS: Record<WeekStanding, CalendarEntry['standing']> = {
  booked: 'tentative',
  invited: 'tentative',
  declined: 'tentative',
  announced: 'confirmed',
  running: 'confirmed',
  closed: 'confirmed',
  hiatus: 'confirmed',
  cancelled: 'cancelled',
}

/** A week across its days, when it opens and closes, and its events. */
function weekEntries(
  account: Account,
  found: CalendarWeek,
  {
    publicUrl,
    standing,
    whose,
  }: { publicUrl: string; standing: CalendarEntry['standing']; whose: 'desk' | 'own' },
): CalendarEntry[] {
  const { week, host, events, removed, changedAt } = found
  const at = `@${account.handle}`
  // What was before they came is not theirs.
  const newcomer = whose === 'own' && host && cameLater(week, host) ? host : null
  const days = newcomer ? hostedDays(week, newcomer, account.timeZone) : weekDays(week, account.timeZone)
  // Whoever had it before reads nothing of what it has become since.
  const lost = whose === 'own' && standing === 'cancelled' && host?.ending !== 'cancelled'
  const lostAt = host?.endedAt ?? host?.declinedAt
  const prefix = standing === 'cancelled' ? 'Cancelled: ' : ''
  const common = {
    sequence: week.version,
    changedAt,
    standing,
    url: `${publicUrl}/weeks/${week.id}`,
  }
  const whole: CalendarEntry = {
    ...common,
    id: `week-${week.id}`,
    when: { first: days[0]!, last: days.at(-1)! },
    busy: false,
    summary: `${prefix}${titleOf(found, { at, standing, whose })}`,
    description: lost
      ? ''
      : [week.theme, hoursInWords(account, { week, host: newcomer }), week.why].filter(Boolean).join('\n\n'),
  }
  if (!host) return [whole]
  const moment = (id: string, from: Date, what: string): CalendarEntry => ({
    ...common,
    id: `${id}-${week.id}`,
    when: { from, to: new Date(from.getTime() + SHOWN_FOR) },
    busy: false,
    summary: `${prefix}${whose === 'own' ? 'Your week on ' : `${host.name}’s week on `}${at} ${what}`,
    description: '',
  })
  return [
    whole,
    ...(newcomer ? [] : [moment('opens', week.opensAt, 'opens')]),
    moment('closes', week.closesAt, 'closes'),
    ...events
      .filter(({ endsAt }) => !newcomer || endsAt > newcomer.createdAt)
      .map((event) => ({
        ...common,
        id: `event-${event.id}`,
        when: { from: event.startsAt, to: event.endsAt },
        busy: true,
        summary: `${prefix}${lost ? `an event on ${at}` : event.name}`,
        place: lost ? '' : event.place,
        description: lost ? '' : [event.hashtag, `On ${at}, with ${host.name}.`].filter(Boolean).join(' '),
      })),
    ...removed
      .filter(({ removedAt }) => !lost || !lostAt || removedAt <= lostAt)
      .map((event) => removedEntry(event, common)),
  ]
}

function titleOf(
  { week, host }: CalendarWeek,
  { at, standing, whose }: { at: string; standing: CalendarEntry['standing']; whose: 'desk' | 'own' },
): string {
  if (whose === 'own') return `Your week on ${at}${standing === 'tentative' ? ', if you take it' : ''}`
  if (!host) return `Hiatus on ${at}${week.why && `: ${week.why}`}`
  const not = host.declinedAt ? ' (said no)' : host.invitedAt ? ' (has not answered)' : ' (not invited)'
  return `${host.name} on ${at}${standing === 'tentative' ? not : ''}`
}

/** What is missing a week before it opens, on that day, and then each day until it is there: nobody looks for it in the past. */
async function unreadyEntry(
  read: Reader,
  account: Account,
  { found, publicUrl, now }: { found: CalendarWeek; publicUrl: string; now: Date },
): Promise<CalendarEntry | null> {
  const { week, host, changedAt } = found
  if (!host || host.opening !== 'waits' || week.state === 'cancelled' || now >= week.closesAt) return null
  const missing = await missingFor(read, account, { week, host })
  if (!missing) return null
  const today = dayOf(now, account.timeZone)
  const early = addDays(dayOf(week.opensAt, account.timeZone), -READY_BEFORE)
  const day = early < today ? today : early
  return {
    id: `ready-${week.id}`,
    // It changes by itself, with what is ticked and from day to day; minutes rise too.
    sequence: Math.floor(
      Math.max(changedAt.getTime(), instantOf(today, '00:00', account.timeZone).getTime()) / 60_000,
    ),
    changedAt,
    standing: 'confirmed',
    when: { first: day, last: day },
    busy: false,
    summary: `${host.name}’s week on @${account.handle} is not ready`,
    description: `Missing: ${missingInWords(missing)}.`,
    url: `${publicUrl}/weeks/${week.id}`,
  }
}
