import { findAccount } from '../../accounts/accounts.ts'
import type { Database, Reader } from '../../db/database.ts'
import { checkDraft } from '../checks/check-draft.ts'
import { draftsToRemindOf, earliestReminder, markReminded } from '../decisions-store.ts'
import { mailReminder } from './submission-mails.ts'

/**
 * Reminds those who decide of drafts that are wanted soon and that nobody has decided, once for each submission, so many
 * minutes before as the account says. Of what was submitted later than that they have just heard. Returns how many.
 */
export async function remindDeciders(
  db: Database,
  { now, machineNow, publicUrl }: { now: Date; machineNow: Date; publicUrl: string },
): Promise<number> {
  return db.write(async (tx) => {
    const due = await draftsToRemindOf(tx, now)
    for (const draft of due) {
      const account = (await findAccount(tx, draft.accountId))!
      await markReminded(tx, draft.id, now)
      const { findings } = await checkDraft(tx, draft, now)
      await mailReminder(tx, draft, { account, findings, now, machineNow, publicUrl })
    }
    return due.length
  })
}

/** When `remindDeciders` has something to do next; null when nothing waits with a time. */
export async function nextReminder(read: Reader, now: Date): Promise<Date | null> {
  return earliestReminder(read, now)
}
