import { randomUUID } from 'node:crypto'
import { record } from '../../activity/record.ts'
import type { Database, Reader, Writer } from '../../db/database.ts'
import { Conflict, NotAllowed, Refused } from '../../errors.ts'
import { queueMail } from '../../mail/outbox.ts'
import { findOrAddPerson, knowAgain } from '../../people/people.ts'
import { hostingOf, type Actor } from '../../people/person.ts'
import { findAccountToBook } from '../book-week.ts'
import { beginHosting } from '../hostings.ts'
import { defaultSignOff, type HostDetails } from '../host.ts'
import { queueInvitation } from '../invitations/invitations.ts'
import {
  deleteStandby,
  deleteStandbyOf,
  insertStandby,
  latestHostingOf,
  standbyOf,
  standbysOf,
  type Standby,
} from './standby-store.ts'
import { takeSlot } from '../take-slot.ts'
import { findWeekFor } from '../weeks.ts'

/** Steps of this room for others. */
export { latestHostingOf, standbyOf, standbysOf, type Standby }

/**
 * Puts somebody on the list of those who said that they may be called in; a mail tells them, and where they see and delete what is
 * kept about them. Sending the same form twice does it once.
 * @throws Refused when they are on it, NotAllowed for everybody but leads.
 */
export async function addStandby(
  db: Database,
  {
    id,
    accountId,
    name,
    email,
    job,
    organisation,
    note,
    actor,
    publicUrl,
    now,
    machineNow,
  }: {
    /** Made with the form. */
    id: string
    accountId: string
    name: string
    email: string
    job: string
    organisation: string
    note: string
    actor: Actor
    /** For the link in their mail, without a slash at its end. */
    publicUrl: string
    now: Date
    machineNow: Date
  },
): Promise<void> {
  await db.write(async (tx) => {
    const account = await findAccountToBook(tx, accountId, actor)
    const person = await findOrAddPerson(tx, { name, email, now })
    await knowAgain(tx, { accountId, personId: person.id })
    const known = (await standbysOf(tx, accountId)).find(({ personId }) => personId === person.id)
    if (known?.id === id) return
    if (known) throw new Refused({ email: `${known.name} is on the list already.` })
    const details = { name, job, organisation, note }
    const added = { id, accountId, personId: person.id, ...details, addedBy: actor.personId, createdAt: now }
    if (!(await insertStandby(tx, added)))
      throw new Refused({ '': 'This form is broken. Please open its page again.' })
    await recordStandby(tx, 'standby.added', added, actor, now)
    if (person.id === actor.personId) return
    await queueMail(tx, {
      accountId,
      personId: person.id,
      kind: 'standby-added',
      to: person.email,
      subject: `You can be called in at @${account.handle}`,
      text: `Hello ${name},

${actor.name} has put you on the list of people who may be asked to host @${account.handle} when a week has nobody. You are asked each time, and a week is yours only once you say yes.

What is kept about you is your name, this address${[job, organisation, note].some(Boolean) ? ', your job and when you can' : ''}. To read it, or to have it deleted, sign in with this address:
${publicUrl}/you

If you did not say that you may be called in, please write to ${actor.name}, ${actor.email}.
`,
      now,
      machineNow,
    })
  })
}

/**
 * A host whose week is over says that they may be called in again: they put themselves on the list. Doing it twice does it once.
 * @throws NotAllowed for everybody but that week’s host, once it is over.
 */
export async function offerStandby(
  db: Database,
  { weekId, actor, now }: { weekId: string; actor: Actor; now: Date },
): Promise<void> {
  await db.write(async (tx) => {
    const { week, host } = await ownPastWeek(tx, weekId, actor)
    const added = await insertStandby(tx, {
      id: randomUUID(),
      accountId: week.accountId,
      personId: actor.personId,
      name: host.name,
      job: host.job,
      organisation: host.organisation,
      note: '',
      addedBy: actor.personId,
      createdAt: now,
    })
    if (added) await recordStandby(tx, 'standby.added', { ...host, accountId: week.accountId }, actor, now)
  })
}

/** They take themselves off it again. @throws NotAllowed as `offerStandby`. */
export async function withdrawStandby(
  db: Database,
  { weekId, actor, now }: { weekId: string; actor: Actor; now: Date },
): Promise<void> {
  await db.write(async (tx) => {
    const { week } = await ownPastWeek(tx, weekId, actor)
    const standby = (await standbysOf(tx, week.accountId)).find(({ personId }) => personId === actor.personId)
    if (standby && (await deleteStandby(tx, standby)))
      await recordStandby(tx, 'standby.removed', standby, actor, now)
  })
}

async function ownPastWeek(read: Reader, weekId: string, actor: Actor) {
  const { week, host } = await findWeekFor(read, weekId, actor)
  const powers = hostingOf(actor, weekId)?.powers
  if (!host?.acceptedAt || host.personId !== actor.personId || powers !== 'read')
    throw new NotAllowed('Only whoever hosted this week can say so, once it is over.')
  return { week, host }
}

async function recordStandby(
  tx: Writer,
  kind: 'standby.added' | 'standby.removed',
  { accountId, name }: { accountId: string; name: string },
  actor: Actor,
  now: Date,
): Promise<void> {
  await record(tx, { accountId, kind, personId: actor.personId, details: { name }, at: now })
}

/** Takes somebody off the list; the record keeps that they were on it. @throws Conflict when they are not on it, NotAllowed for everybody but leads. */
export async function removeStandby(
  db: Database,
  { id, accountId, actor, now }: { id: string; accountId: string; actor: Actor; now: Date },
): Promise<void> {
  await db.write(async (tx) => {
    await findAccountToBook(tx, accountId, actor)
    const standby = await findStandby(tx, { id, accountId })
    await deleteStandby(tx, standby)
    await recordStandby(tx, 'standby.removed', standby, actor, now)
  })
}

/** Step: somebody whose data is deleted, by themselves or by `by`, is called in no more: nowhere, or not by one account. */
export async function forgetStandby(
  tx: Writer,
  {
    personId,
    accountId: only,
    by = personId,
    now,
  }: { personId: string; accountId?: string; by?: string | null; now: Date },
): Promise<void> {
  for (const { accountId, name } of await standbyOf(tx, personId))
    if (only === undefined || only === accountId)
      await record(tx, { accountId, kind: 'standby.removed', personId: by, details: { name }, at: now })
  await deleteStandbyOf(tx, personId, only)
}

/**
 * Calls somebody in for a gap: it is booked for them, and they are invited. They have it once they accept.
 * @throws Refused for a slot that can't be booked, Conflict when somebody has it or they are not on the list any more.
 */
export async function callIn(
  db: Database,
  {
    weekId,
    accountId,
    slot,
    standbyId,
    actor,
    now,
    machineNow,
  }: {
    /** Made with the form. */
    weekId: string
    accountId: string
    slot: string
    standbyId: string
    actor: Actor
    now: Date
    machineNow: Date
  },
): Promise<Standby> {
  return db.write(async (tx) => {
    const account = await findAccountToBook(tx, accountId, actor)
    const standby = await findStandby(tx, { id: standbyId, accountId })
    const week = await takeSlot(tx, {
      weekId,
      account,
      slot,
      email: standby.email,
      kind: 'hosted',
      theme: '',
      why: '',
      now,
    })
    if (!week) return standby
    const host = await beginHosting(tx, {
      week,
      email: standby.email,
      host: await detailsOf(tx, standby),
      now,
    })
    await record(tx, {
      accountId,
      kind: 'week.booked',
      personId: actor.personId,
      weekId,
      details: { host: host.name, slot, standby: true },
      at: now,
    })
    await queueInvitation(tx, { account, week, host, actor, now, machineNow })
    return standby
  })
}

/** @throws Conflict when they are not on the account's list. */
export async function findStandby(
  read: Reader,
  { id, accountId }: { id: string; accountId: string },
): Promise<Standby & { email: string }> {
  const found = (await standbysOf(read, accountId)).find((one) => one.id === id)
  if (!found)
    throw new Conflict(
      'They are not on the standby list any more. Nothing was changed: choose somebody else.',
    )
  return found
}

/** What is known of somebody for a week of theirs: as they hosted last, or else as the list has it. */
export async function detailsOf(
  read: Reader,
  about: Pick<Standby, 'accountId' | 'personId' | 'name'> & Partial<Pick<Standby, 'job' | 'organisation'>>,
): Promise<HostDetails> {
  const last = await latestHostingOf(read, about)
  return {
    name: about.name,
    handle: last?.handle ?? '',
    job: about.job || (last?.job ?? ''),
    organisation: about.organisation || (last?.organisation ?? ''),
    site: last?.site ?? '',
    region: last?.region ?? '',
    biography: last?.biography ?? '',
    portraitHash: last?.portraitHash ?? null,
    signOff: last?.signOff || defaultSignOff(about.name),
  }
}
