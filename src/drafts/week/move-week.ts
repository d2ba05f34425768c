import { findAccount } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import type { Database, Reader, Writer } from '../../db/database.ts'
import type { Actor } from '../../people/person.ts'
import { deliveriesOfDrafts } from '../../publishing/deliveries.ts'
import { holdMoved } from '../../publishing/move-waiting.ts'
import { shifted, type Shift } from '../../rota/planner/move-to-slot.ts'
import {
  findCurrentHost,
  findWeekToChange,
  moveToSlot,
  takeBackAcceptance,
  type Week,
} from '../../rota/weeks.ts'
import { draftsOfWeek, moveDraftsOfWeek } from '../store.ts'
import { putAwayAbout } from '../templates/put-away.ts'

/** What moving a week did. */
export interface MovedWeek {
  week: Week
  /** Its host has to accept the new days. */
  asked: boolean
  /** Approved posts and threads that are held until somebody says yes to their new times. */
  held: number
}

/**
 * Moves a week or a hiatus that has not opened to a free slot. Drafts, wished times, events and live windows keep their weekday
 * and hour; the planned mails follow by themselves. What was approved is held at its new time and asked about. The host is told
 * and has to accept the new days: until then the week is announced no more.
 * @throws Refused for a slot that can't be had, Conflict when it is taken, or the week is open, over or was changed meanwhile;
 *   NotAllowed for everybody but leads.
 */
export async function moveWeek(
  db: Database,
  {
    weekId,
    version,
    slot,
    reason,
    actor,
    now,
    machineNow,
  }: {
    weekId: string
    version: number
    slot: string
    /** For the mail and the record; may be empty. */
    reason: string
    actor: Actor
    now: Date
    machineNow: Date
  },
): Promise<MovedWeek> {
  return db.write(async (tx) => {
    const { week: before, host } = await findWeekToChange(tx, { weekId, actor, now })
    const account = (await findAccount(tx, before.accountId))!
    const { moved, shift } = await moveToSlot(tx, { account, week: before, version, slot, now })
    const held = await moveWork(tx, moved, shift, { personId: actor.personId, now })
    const told = { account, before, week: moved, reason, actor, now, machineNow }
    const { week, asked } = host
      ? await takeBackAcceptance(tx, { ...told, host })
      : { week: moved, asked: false }
    await record(tx, {
      accountId: account.id,
      kind: 'week.moved',
      personId: actor.personId,
      weekId,
      details: {
        host: host?.name ?? null,
        kind: before.kind,
        from: before.slot,
        to: slot,
        asked,
        held,
        reason,
      },
      at: now,
    })
    return { week, asked, held }
  })
}

/** How many approved drafts of a week have to be approved anew where it moves. */
export async function countApproved(read: Reader, weekId: string): Promise<number> {
  return (await draftsOfWeek(read, weekId)).filter(({ state }) => state === 'approved').length
}

/**
 * Step: a week's drafts go with it; what says when its host comes next is put away, since it names the old days. Returns how many
 * approved ones are held since their time is another one.
 */
export async function moveWork(
  tx: Writer,
  week: Week,
  shift: Shift,
  { personId, now }: { personId: string; now: Date },
): Promise<number> {
  const host = await findCurrentHost(tx, week.id)
  if (host) await putAwayAbout(tx, host.id, { only: 'next-host', personId, now })
  const drafts = await draftsOfWeek(tx, week.id)
  const ids = drafts.map(({ id }) => id)
  const out = await begunToGoOut(tx, ids)
  const move = (at: Date) => shifted(at, shift)
  await moveDraftsOfWeek(tx, week, {
    times: drafts.flatMap(({ id, wishedAt }) =>
      wishedAt && !out.has(id) ? [{ id, wishedAt: move(wishedAt) }] : [],
    ),
  })
  return holdMoved(tx, ids, { move, personId, now })
}

/** Drafts of which something stands on the network, or may. */
async function begunToGoOut(read: Reader, draftIds: string[]): Promise<Set<string>> {
  const deliveries = await deliveriesOfDrafts(read, draftIds)
  const still = ['cancelled', 'waiting', 'held', 'failed']
  return new Set(deliveries.filter(({ state }) => !still.includes(state)).map(({ draftId }) => draftId))
}
