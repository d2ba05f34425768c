import type { Heeded } from '../../accounts/change-account.ts'
import { record } from '../../activity/record.ts'
import type { Database, Reader } from '../../db/database.ts'
import { Faster, NotAllowed, NotFound, Refused } from '../../errors.ts'
import { hostingOf, isLead, type Actor } from '../../people/person.ts'
import { extendedEnd, isOpenAt, type LiveWindow } from '../../rota/live-window.ts'
import { keepLiveWindow, liveWindowsOf } from '../../rota/live-windows.ts'
import { findWeekFor, type Week } from '../../rota/weeks.ts'
import { heedEvents } from './heed-events.ts'

/** Leads set its times; they and the host keep it open for longer, or end it. */
export type WindowChange =
  | { kind: 'times'; startsAt: Date; endsAt: Date }
  | { kind: 'extend'; minutes: number }
  | { kind: 'end' }
  /** The week's scheduled posts are held meanwhile, or go on. */
  | { kind: 'aside' | 'go-on' }

/**
 * Changes when the live page of an event is open, within the week. The event's public times stay. What steps aside or comes
 * back because of that does so at once; says what.
 * @throws NotFound, NotAllowed for who may not, Refused under `from` or `to`, Conflict when somebody was faster.
 */
export async function changeLiveWindow(
  db: Database,
  {
    weekId,
    eventId,
    version,
    change,
    actor,
    now,
  }: {
    weekId: string
    eventId: string
    /** Of the window as it was seen; 0 as long as nobody had changed it. */
    version: number
    change: WindowChange
    actor: Actor
    now: Date
  },
): Promise<Heeded> {
  return db.write(async (tx) => {
    const { week, window } = await findWindow(tx, { weekId, eventId, actor })
    const times = newTimes(window, change, { week, now })
    const wrong = whyNotChange(window, change, { week, actor, now })
    if (wrong) throw new NotAllowed(wrong)
    refuseTimes(times, week)
    const aside = change.kind === 'aside' || (window.aside && change.kind !== 'go-on')
    const kept = await keepLiveWindow(tx, { eventId, weekId, version }, { ...times, aside })
    if (!kept) throw new Faster('Somebody changed when this is live meanwhile. Please look again.')
    await record(tx, {
      accountId: week.accountId,
      weekId,
      kind: 'live.changed',
      personId: actor.personId,
      details: {
        event: window.event.name,
        from: times.startsAt.toISOString(),
        to: times.endsAt.toISOString(),
        ...(aside === window.aside ? {} : { aside }),
      },
      at: now,
    })
    return heedEvents(tx, { accountId: week.accountId, weekId, personId: actor.personId, now })
  })
}

/** @throws NotFound for a week or an event that is not there, or not for this person. */
export async function findWindow(
  read: Reader,
  { weekId, eventId, actor }: { weekId: string; eventId: string; actor: Actor },
): Promise<{ week: Week; window: LiveWindow }> {
  const { week } = await findWeekFor(read, weekId, actor)
  const window = (await liveWindowsOf(read, weekId)).find(({ event }) => event.id === eventId)
  if (!window) throw new NotFound('This event is not in the week any more.')
  return { week, window }
}

/** Null when this person may change the window so; else why not. */
export function whyNotChange(
  window: LiveWindow,
  change: WindowChange,
  {
    week,
    actor,
    now,
  }: { week: Pick<Week, 'id' | 'accountId' | 'state' | 'closesAt'>; actor: Actor; now: Date },
): string | null {
  if (week.state === 'cancelled') return 'This week was cancelled, so nothing is live in it.'
  if (now >= week.closesAt) return 'This week is over, so nothing is live in it any more.'
  const lead = isLead(actor, week.accountId)
  if (!lead && hostingOf(actor, week.id)?.powers !== 'post')
    return 'When an event is live is for the account’s leads to say, and for the host while the week is open.'
  if (change.kind === 'end') return isOpenAt(window, now) ? null : 'It is not open at this moment.'
  if (change.kind === 'aside' || change.kind === 'go-on')
    return now < window.endsAt ? null : 'It is not live any more, so nothing has to step aside.'
  if (lead) return null
  if (change.kind === 'times') return 'Only a lead sets these times. You can keep it open for longer.'
  return now >= window.startsAt ? null : 'It has not opened yet. A lead can let it open earlier.'
}

function newTimes(
  { startsAt, endsAt }: LiveWindow,
  change: WindowChange,
  { week: { closesAt }, now }: { week: Week; now: Date },
): { startsAt: Date; endsAt: Date } {
  if (change.kind === 'times') return { startsAt: change.startsAt, endsAt: change.endsAt }
  if (change.kind === 'end') return { startsAt, endsAt: now }
  if (change.kind !== 'extend') return { startsAt, endsAt }
  return { startsAt, endsAt: extendedEnd({ endsAt }, { minutes: change.minutes, now, closesAt }) }
}

function refuseTimes({ startsAt, endsAt }: { startsAt: Date; endsAt: Date }, week: Week): void {
  if (startsAt < week.opensAt || startsAt >= week.closesAt)
    throw new Refused({ from: 'This is outside the week. It can be live while the week is open.' })
  if (endsAt > week.closesAt)
    throw new Refused({ to: 'This is after the week’s end. It can be live until the week closes.' })
  if (endsAt < startsAt) throw new Refused({ to: 'The end lies before the beginning.' })
}
