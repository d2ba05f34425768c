import { findAccount } from '../../accounts/accounts.ts'
import type { Database, Reader } from '../../db/database.ts'
import { mailUndecided } from '../decision-mails.ts'
import { draftsThatStand } from '../stands-since-copy.ts'
import { earliestUndecided, markUndecidedTold, undecidedDrafts } from '../decisions-store.ts'

/**
 * Tells the writers whose wished time passed without a decision, once for each submission. Nothing else happens: the
 * draft stays in the queue, and does not go out late by itself. Nobody is told of one whose words stand on X since a backup
 * was put back. Returns how many came up.
 */
export async function tellUndecided(
  db: Database,
  { now, machineNow, publicUrl }: { now: Date; machineNow: Date; publicUrl: string },
): Promise<number> {
  return db.write(async (tx) => {
    const late = await undecidedDrafts(tx, now)
    for (const draft of late) {
      const account = (await findAccount(tx, draft.accountId))!
      await markUndecidedTold(tx, draft.id, now)
      const standing = await draftsThatStand(tx, [draft], { accountId: account.id, now })
      if (standing.has(draft.id)) continue
      await mailUndecided(tx, { draft, account, now, machineNow, publicUrl })
    }
    return late.length
  })
}

/** When `tellUndecided` has something to do next; null when nothing waits with a time. */
export async function nextUndecided(read: Reader): Promise<Date | null> {
  return earliestUndecided(read)
}
