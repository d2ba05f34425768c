import { randomUUID } from 'node:crypto'
import { findAccount, type Account } from '../accounts/accounts.ts'
import { requireNotRetired } from '../accounts/pause.ts'
import { record } from '../activity/record.ts'
import type { Database, Reader, Writer } from '../db/database.ts'
import { Conflict, NotAllowed, NotFound, Refused } from '../errors.ts'
import { isLead, mayDecide, type Actor } from '../people/person.ts'
import { beginHosting } from './hostings.ts'
import { queueInvitation } from './invitations/invitations.ts'
import type { EventDetails, HostDetails } from './host.ts'
import {
  deleteEvents,
  insertEvents,
  insertRemoved,
  keepLiveWindow,
  listEvents,
  listLiveWindows,
  type KeptLiveWindow,
} from './events-store.ts'
import { leaveEmpty, type Hiatus } from './planner/leave-empty.ts'
import { takeSlot } from './take-slot.ts'

interface Booking {
  /** Made with the form. */
  weekId: string
  slot: string
  email: string
  host: HostDetails
  theme: string
  why: string
  events: EventDetails[]
  invite: boolean
  actor: Actor
  now: Date
  machineNow: Date
}

/**
 * Gives a free slot to a host, who is found by their address or made, and invites them if asked to. Sending the same form
 * twice books once.
 * @throws Refused for a slot that can't be booked, Conflict when somebody has it, NotAllowed for approvers.
 */
export async function bookWeek(db: Database, booking: Booking & { accountId: string }): Promise<void> {
  await db.write(async (tx) => {
    const account = await findAccountToBook(tx, booking.accountId, booking.actor)
    await book(tx, account, booking)
  })
}

/** One week of several. */
export type ListedWeek = Pick<Parameters<typeof bookWeek>[1], 'weekId' | 'slot' | 'email' | 'host'>
export type ListedHiatus = Pick<Hiatus, 'weekId' | 'slot' | 'reason'>

/**
 * Gives several free slots to their hosts, and leaves others empty on purpose: all of it or nothing. Sending the same form twice
 * books once. Returns how many weeks it took that this form had not taken before.
 * @throws Refused with what is wrong, by the first day of the week it is wrong with; NotAllowed for approvers.
 */
export async function bookSeveralWeeks(
  db: Database,
  {
    accountId,
    weeks,
    hiatuses = [],
    ...common
  }: {
    accountId: string
    weeks: ListedWeek[]
    hiatuses?: ListedHiatus[]
    invite: boolean
    actor: Actor
    now: Date
    machineNow: Date
  },
): Promise<number> {
  return db.write(async (tx) => {
    const account = await findAccountToBook(tx, accountId, common.actor)
    const wrong: Record<string, string> = {}
    let taken = 0
    const take = async (slot: string, act: () => Promise<boolean>) => {
      try {
        if (await act()) taken += 1
      } catch (error) {
        if (!(error instanceof Refused || error instanceof Conflict)) throw error
        wrong[slot] = error.message
      }
    }
    for (const week of weeks)
      await take(week.slot, () => book(tx, account, { ...week, theme: '', why: '', events: [], ...common }))
    for (const hiatus of hiatuses)
      await take(hiatus.slot, () => leaveEmpty(tx, account, { ...hiatus, ...common }))
    if (Object.keys(wrong).length > 0) throw new Refused(wrong)
    return taken
  })
}

/** False when this very form booked it before. */
async function book(
  tx: Writer,
  account: Account,
  { weekId, slot, email, theme, why, actor, now, machineNow, ...booking }: Booking,
): Promise<boolean> {
  const week = await takeSlot(tx, { weekId, account, slot, email, kind: 'hosted', theme, why, now })
  if (!week) return false
  const host = await beginHosting(tx, { week, email, host: booking.host, now })
  await setEvents(tx, weekId, booking.events, now)
  await record(tx, {
    accountId: account.id,
    kind: 'week.booked',
    personId: actor.personId,
    weekId,
    details: { host: host.name, slot },
    at: now,
  })
  if (booking.invite) await queueInvitation(tx, { account, week, host, actor, now, machineNow })
  return true
}

/** @throws NotFound for people from elsewhere, NotAllowed for approvers. */
export async function findAccountToBook(read: Reader, accountId: string, actor: Actor): Promise<Account> {
  const account = mayDecide(actor, accountId) ? await findAccount(read, accountId) : undefined
  if (!account) throw new NotFound()
  if (!isLead(actor, accountId)) throw new NotAllowed('Only a lead can change the rota.')
  requireNotRetired(account)
  return account
}

/** Step: the events of a week are these, and no others. Those that stay keep their ids: calendars know them by these. */
export async function setEvents(
  tx: Writer,
  weekId: string,
  events: EventDetails[],
  now: Date,
): Promise<void> {
  const known = await listEvents(tx, weekId)
  const windows = await listLiveWindows(tx, weekId)
  const before = new Map<EventDetails, KnownEvent>()
  // The surest first, so that none takes the place of another one.
  for (const isSame of [isCalledAndBegins, isCalled, begins])
    for (const after of events) {
      const same = before.has(after) ? -1 : known.findIndex((one) => isSame(one, after))
      if (same >= 0) before.set(after, known.splice(same, 1)[0]!)
    }
  const changes = events.map((after) => ({ after, before: before.get(after) }))
  // What is left of the known ones is taken out.
  await insertRemoved(
    tx,
    known.map(({ id, name, startsAt, endsAt }) => ({ id, weekId, name, startsAt, endsAt, removedAt: now })),
  )
  await deleteEvents(tx, weekId)
  await insertEvents(
    tx,
    changes.map(({ after, before }) => ({ id: before?.id ?? randomUUID(), weekId, ...after })),
  )
  for (const { after, before } of changes) {
    const window = before && windows.find(({ eventId }) => eventId === before.id)
    if (window) await moveLiveWindow(tx, window, before, after)
  }
}

type KnownEvent = EventDetails & { id: string }

const isCalled = (one: EventDetails, other: EventDetails) => one.name === other.name
const begins = (one: EventDetails, other: EventDetails) => one.startsAt.getTime() === other.startsAt.getTime()
const isCalledAndBegins = (one: EventDetails, other: EventDetails) =>
  isCalled(one, other) && begins(one, other)

/** What somebody said of when an event is live goes with it when it is moved. */
async function moveLiveWindow(
  tx: Writer,
  window: KeptLiveWindow,
  before: EventDetails,
  after: EventDetails,
): Promise<void> {
  const begins = after.startsAt.getTime() - before.startsAt.getTime()
  const ends = after.endsAt.getTime() - before.endsAt.getTime()
  if (begins === 0 && ends === 0) return
  const startsAt = new Date(window.startsAt.getTime() + begins)
  const endsAt = new Date(Math.max(window.endsAt.getTime() + ends, startsAt.getTime()))
  await keepLiveWindow(tx, window, { startsAt, endsAt, aside: window.aside })
}
