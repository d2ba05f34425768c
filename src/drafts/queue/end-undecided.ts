import { findAccount } from '../../accounts/accounts.ts'
import type { Database, Reader } from '../../db/database.ts'
import { mailLeftOver } from '../decision-mails.ts'
import { earliestToEnd, undecidedOfClosedWeeks } from '../decisions-store.ts'
import { draftsThatStand } from '../stands-since-copy.ts'
import type { Draft } from '../store.ts'
import { endWaiting } from '../week/take-back.ts'

/** Of a week that closed longer ago nobody is mailed: the app was off, or did not know of this yet. Milliseconds. */
const NEWS_FOR = 3 * 86_400_000

/**
 * What hosts submitted and nobody decided before their week closed waits no longer: it can't go out as theirs any more. It is
 * kept as a draft, which leads can take over for the account; the host and the leads get one mail each, as long as it is news. Of
 * what stands on X since a backup was put back nobody is told that it has not gone out.
 * Returns how many.
 */
export async function endUndecided(
  db: Database,
  at: { now: Date; machineNow: Date; publicUrl: string },
): Promise<number> {
  const { now } = at
  return db.write(async (tx) => {
    const late = await undecidedOfClosedWeeks(tx, now)
    const byHost = new Map<string, Draft[]>()
    for (const { draft, closedAt } of late) {
      await endWaiting(tx, draft, now)
      if (now.getTime() - closedAt.getTime() > NEWS_FOR) continue
      const standing = await draftsThatStand(tx, [draft], { accountId: draft.accountId, now })
      if (standing.has(draft.id)) continue
      byHost.set(draft.weekHostId!, [...(byHost.get(draft.weekHostId!) ?? []), draft])
    }
    for (const drafts of byHost.values()) {
      const account = (await findAccount(tx, drafts[0]!.accountId))!
      await mailLeftOver(tx, { drafts, account, ...at })
    }
    return late.length
  })
}

/** When `endUndecided` has something to do next; null when nothing of a host waits. */
export async function nextEnd(read: Reader): Promise<Date | null> {
  return earliestToEnd(read)
}
