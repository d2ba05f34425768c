import { record } from '../activity/record.ts'
import type { Heeded } from '../accounts/change-account.ts'
import type { Database, Writer } from '../db/database.ts'
import { Conflict, NotAllowed } from '../errors.ts'
import { hostingOf, isLead, type Actor } from '../people/person.ts'
import { setEvents } from './book-week.ts'
import type { EventDetails, HostDetails } from './host.ts'
import { requirePortrait } from './hostings.ts'
import { listEvents } from './events-store.ts'
import { updateHost } from './hosts-store.ts'
import type { HostedWeek } from './store.ts'
import { findWeekFor, touchWeek } from './weeks.ts'

/** What may be said anew about a week; what is left out stays as it is. */
export interface WeekChange {
  theme?: string
  why?: string
  host?: Partial<HostDetails>
  events?: EventDetails[]
}

/** A step of the room that knows of posts: sees to what waits once a week's events are others, and says what became of it. */
export type HeedEvents = (
  tx: Writer,
  whose: { accountId: string; weekId: string; personId: string; now: Date },
) => Promise<Heeded>

const NOTHING: Heeded = { said: [], link: null }

/** What hosts change themselves: their own details, the theme, and why this week. */
export const HOST_CHANGES = ['biography', 'job', 'portraitHash'] as const

/**
 * Changes what is said about a week. Leads change everything, also afterwards; hosts their own part, until the week closes.
 * @throws NotAllowed for approvers and for hosts whose week is over, Conflict when somebody changed it meanwhile.
 */
export async function changeWeek(
  db: Database,
  {
    weekId,
    version,
    change,
    actor,
    now,
  }: { weekId: string; version: number; change: WeekChange; actor: Actor; now: Date },
  heedEvents: HeedEvents = async () => NOTHING,
): Promise<Heeded> {
  return db.write(async (tx) => {
    const found = await findWeekFor(tx, weekId, actor)
    const { week, host } = found
    requireChangeable(found, actor)
    const allowed = isLead(actor, week.accountId) ? change : ownPart(change)
    const { events, host: details = {}, ...about } = allowed
    await requirePortrait(tx, week.accountId, details.portraitHash)
    const changed = [
      ...differences(about, week),
      ...differences(details, host ?? {}),
      ...(events && !sameEvents(events, await listEvents(tx, weekId)) ? ['events'] : []),
    ]
    if (changed.length === 0) return NOTHING
    await touchWeek(tx, week, version, about, ['booked', 'announced', 'closed'])
    if (host && Object.keys(details).length > 0) await updateHost(tx, host.id, details)
    if (events) await setEvents(tx, weekId, events, now)
    await record(tx, {
      accountId: week.accountId,
      kind: 'week.changed',
      personId: actor.personId,
      weekId,
      details: { host: host?.name ?? null, changed: changed.join(', ') },
      at: now,
    })
    if (!changed.includes('events')) return NOTHING
    return heedEvents(tx, { accountId: week.accountId, weekId, personId: actor.personId, now })
  })
}

/** @throws NotAllowed for who may not change this week, Conflict for a cancelled one. */
export function requireChangeable({ week, host }: HostedWeek, actor: Actor): void {
  if (week.state === 'cancelled')
    throw new Conflict('This week was cancelled, so there is nothing to change in it any more.')
  if (isLead(actor, week.accountId)) return
  const hosting = hostingOf(actor, week.id)
  if (!hosting || hosting.weekHostId !== host?.id) throw new NotAllowed('Only a lead can change the rota.')
  if (hosting.powers === 'read')
    throw new NotAllowed(
      'Your week is over, so it can’t be changed any more. Ask the team if something is wrong.',
    )
}

function ownPart({ theme, why, host = {} }: WeekChange): WeekChange {
  const own = Object.entries(host).filter(([key]) => HOST_CHANGES.some((may) => may === key))
  return {
    ...(theme === undefined ? {} : { theme }),
    ...(why === undefined ? {} : { why }),
    host: Object.fromEntries(own),
  }
}

function differences(after: object, before: object): string[] {
  const now = new Map(Object.entries(before))
  return Object.entries(after)
    .filter(([key, value]) => now.get(key) !== value)
    .map(([key]) => key)
}

function sameEvents(a: EventDetails[], b: EventDetails[]): boolean {
  return JSON.stringify(a.map(comparable)) === JSON.stringify(b.map(comparable))
}

function comparable({ name, hashtag, place, startsAt, endsAt }: EventDetails) {
  return [name, hashtag, place, startsAt.getTime(), endsAt.getTime()]
}
