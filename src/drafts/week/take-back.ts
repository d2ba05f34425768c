import { record } from '../../activity/record.ts'
import type { Reader, Writer } from '../../db/database.ts'
import { cancelWaiting, deliveriesOfDrafts } from '../../publishing/deliveries.ts'
import { RECALLABLE_STATES } from '../../publishing/delivery.ts'
import { findCurrentHost } from '../../rota/weeks.ts'
import type { DraftState } from '../draft.ts'
import { changeDraft, draftsOfWeek, draftsInStates, type Draft } from '../store.ts'
import { about } from '../on-record.ts'
import { putAwayAbout } from '../templates/put-away.ts'

/** Decided or about to be: what falls back to a draft when its host loses the week. */
const UNDER_WAY: readonly DraftState[] = ['submitted', 'approved']

/** What of a host's work is stopped when they lose the week, and what has gone out already. */
export interface HostWork {
  /** Deliveries that wait, are held, or failed and could be tried again. */
  waiting: number
  /** Drafts that wait for a decision. */
  submitted: number
  /** All their drafts, whatever their state. */
  drafts: number
  /** Deliveries that went out, or are on their way at this moment. */
  out: number
}

export async function countHostWork(read: Reader, weekId: string, weekHostId: string): Promise<HostWork> {
  const drafts = (await draftsOfWeek(read, weekId)).filter((draft) => draft.weekHostId === weekHostId)
  const deliveries = await deliveriesOfDrafts(
    read,
    drafts.map(({ id }) => id),
  )
  const among = (...states: string[]) => deliveries.filter(({ state }) => states.includes(state)).length
  return {
    waiting: among(...RECALLABLE_STATES),
    submitted: drafts.filter(({ state }) => state === 'submitted').length,
    drafts: drafts.length,
    out: among('posted', 'sending', 'unknown'),
  }
}

/**
 * Step: nothing of a week's hosts goes out from now on. What waits is cancelled, and what was submitted or approved, and of
 * which nothing went out, is a draft again: leads can take it over. What the account was to say of that host is put away. Returns how many deliveries were cancelled.
 */
export async function takeBackHostWork(
  tx: Writer,
  weekId: string,
  { personId, now }: { personId: string; now: Date },
): Promise<number> {
  const cancelled = await cancelWaiting(tx, { weekId }, { personId, now })
  const host = await findCurrentHost(tx, weekId)
  if (host) await putAwayAbout(tx, host.id, { personId, now })
  const drafts = (await draftsOfWeek(tx, weekId)).filter((draft) => draft.weekHostId !== null)
  await reopenAll(tx, drafts, { personId, now, cause: 'host-ended' })
  return cancelled
}

/** Step: nothing of an account goes out any more, whoever wrote it. Returns how many deliveries were cancelled. */
export async function takeBackAccountWork(
  tx: Writer,
  accountId: string,
  { personId, now }: { personId: string; now: Date },
): Promise<number> {
  const cancelled = await cancelWaiting(tx, { accountId }, { personId, now })
  const drafts = await draftsInStates(tx, accountId, UNDER_WAY)
  await reopenAll(tx, drafts, { personId, now, cause: 'account-ended' })
  return cancelled
}

/** Step: what waits for a decision waits no longer, because its host's week is over. */
export async function endWaiting(tx: Writer, draft: Draft, now: Date): Promise<void> {
  await reopen(tx, draft, { personId: null, now, cause: 'week-closed' })
}

interface Reopening {
  personId: string | null
  now: Date
  cause: 'host-ended' | 'account-ended' | 'week-closed'
}

/** Of these drafts each that was submitted or approved, and of which nothing went out. */
async function reopenAll(tx: Writer, drafts: Draft[], reopening: Reopening): Promise<void> {
  const deliveries = await deliveriesOfDrafts(
    tx,
    drafts.map(({ id }) => id),
  )
  const wentOut = new Set(
    deliveries.filter(({ state }) => state !== 'cancelled').map(({ draftId }) => draftId),
  )
  for (const draft of drafts)
    if (UNDER_WAY.includes(draft.state) && !wentOut.has(draft.id)) await reopen(tx, draft, reopening)
}

async function reopen(tx: Writer, draft: Draft, { personId, now, cause }: Reopening): Promise<void> {
  await changeDraft(
    tx,
    { id: draft.id, version: draft.version, from: UNDER_WAY },
    {
      state: 'writing',
      submittedAt: null,
      ...(cause === 'week-closed' ? { undecidedAt: now } : {}),
      changedAt: now,
      changedBy: personId,
    },
  )
  await record(tx, {
    ...about(draft, { from: draft.state, cause }),
    kind: 'draft.withdrawn',
    personId,
    at: now,
  })
}
