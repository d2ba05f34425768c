import { record } from '../../activity/record.ts'
import type { Database } from '../../db/database.ts'
import type { Actor } from '../../people/person.ts'
import { findAccountToBook } from '../book-week.ts'
import { takeSlot } from '../take-slot.ts'

/**
 * Leaves a slot empty on purpose, with a reason. Cancelling the hiatus frees it again.
 * @throws Refused, Conflict and NotAllowed as booking does.
 */
export async function setHiatus(
  db: Database,
  {
    weekId,
    accountId,
    slot,
    reason,
    actor,
    now,
  }: {
    /** Made with the form. */
    weekId: string
    accountId: string
    slot: string
    reason: string
    actor: Actor
    now: Date
  },
): Promise<void> {
  await db.write(async (tx) => {
    const account = await findAccountToBook(tx, accountId, actor)
    const week = await takeSlot(tx, { weekId, account, slot, kind: 'hiatus', theme: '', why: reason, now })
    if (!week) return
    await record(tx, {
      accountId,
      kind: 'week.hiatus-set',
      personId: actor.personId,
      weekId,
      details: { slot, reason },
      at: now,
    })
  })
}
