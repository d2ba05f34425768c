import { record } from '../activity/record.ts'
import type { Database } from '../db/database.ts'
import type { Actor } from '../people/person.ts'
import { findAccountFor } from './change-account.ts'
import { changeAccountRow } from './store.ts'

interface Braking {
  accountId: string
  actor: Actor
  now: Date
}

/**
 * Stops everything new of an account from going out, at once: what becomes due is held. What is being sent at this moment
 * can't be stopped any more. Pulling it twice is pulling it once. Leads and approvers may.
 */
export async function pullBrake(
  db: Database,
  { accountId, actor, reason, now }: Braking & { reason: string },
): Promise<void> {
  await db.write(async (tx) => {
    const account = await findAccountFor(tx, accountId, actor)
    if (account.brakeAt) return
    const brake = { brakeAt: now, brakeBy: actor.personId, brakeReason: reason || null }
    await changeAccountRow(tx, account, brake)
    const details = reason ? { reason } : {}
    await record(tx, { accountId, kind: 'account.brake-pulled', personId: actor.personId, details, at: now })
  })
}

/** Lets things go again from here on. What was held stays held until somebody decides about it. */
export async function releaseBrake(db: Database, { accountId, actor, now }: Braking): Promise<void> {
  await db.write(async (tx) => {
    const account = await findAccountFor(tx, accountId, actor)
    if (!account.brakeAt) return
    await changeAccountRow(tx, account, { brakeAt: null, brakeBy: null, brakeReason: null })
    await record(tx, { accountId, kind: 'account.brake-released', personId: actor.personId, at: now })
  })
}
