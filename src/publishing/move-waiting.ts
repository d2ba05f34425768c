import type { Writer } from '../db/database.ts'
import { Conflict } from '../errors.ts'
import { FASTER } from './found-delivery.ts'
import { changeDelivery, deliveriesOfDrafts, type Delivery } from './store.ts'
import { recordOf } from './trouble.ts'
import { heldInWords } from './pages.ts'

/**
 * Step: what of these drafts was approved for a time that is another one now is held at the new time, whatever it waited or was
 * held for: the time is a part of what was approved, so somebody has to say yes to the new one. Of what has begun to go out, or
 * may have, nothing changes. Returns how many posts or threads are held.
 * @throws Conflict when one is being sent at this moment.
 */
export async function holdMoved(
  tx: Writer,
  draftIds: string[],
  { move, personId, now }: { move: (dueAt: Date) => Date; personId: string; now: Date },
): Promise<number> {
  const all = (await deliveriesOfDrafts(tx, draftIds)).filter(({ state }) => state !== 'cancelled')
  const decisions = new Set(all.map(({ decisionId }) => decisionId))
  let held = 0
  for (const decision of decisions) {
    const parts = all.filter(({ decisionId }) => decisionId === decision)
    if (parts.some(({ state }) => state === 'sending'))
      throw new Conflict('A post of this week is being sent at this moment. Please try again in a minute.')
    if (!parts.every(({ state }) => state === 'waiting' || state === 'held')) continue
    for (const part of parts) await hold(tx, part, move(part.dueAt))
    const reason = heldInWords({ heldReason: 'week-changed', trouble: null })
    await recordOf(
      tx,
      parts.find(({ position }) => position === 0)!,
      'delivery.held',
      { reason },
      now,
      personId,
    )
    held += 1
  }
  return held
}

async function hold(tx: Writer, part: Delivery, dueAt: Date): Promise<void> {
  const changed = await changeDelivery(tx, part, {
    state: 'held',
    heldReason: part.position === 0 ? 'week-changed' : 'thread-broken',
    dueAt,
    trouble: null,
    notBefore: null,
    keepsApproval: false,
  })
  if (!changed) throw new Conflict(FASTER)
}
