import type { Account } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import type { Writer } from '../../db/database.ts'
import type { Actor } from '../../people/person.ts'
import { takeSlot } from '../take-slot.ts'

export interface Hiatus {
  /** Made with the form. */
  weekId: string
  slot: string
  reason: string
  actor: Actor
  now: Date
}

/** Step: leaves a slot empty on purpose. False when this very form did before. @throws Refused, Conflict as `takeSlot`. */
export async function leaveEmpty(
  tx: Writer,
  account: Account,
  { weekId, slot, reason, actor, now }: Hiatus,
): Promise<boolean> {
  const week = await takeSlot(tx, { weekId, account, slot, kind: 'hiatus', theme: '', why: reason, now })
  if (!week) return false
  await record(tx, {
    accountId: account.id,
    kind: 'week.hiatus-set',
    personId: actor.personId,
    weekId,
    details: { slot, reason },
    at: now,
  })
  return true
}
