import { listAccounts } from './accounts/accounts.ts'
import { forgetTokens } from './accounts/connection.ts'
import { record } from './activity/record.ts'
import type { Database } from './db/database.ts'
import { holdQueuedMails } from './mail/outbox.ts'
import { endEverySession } from './people/people.ts'
import { noteRestore } from './publishing/restores.ts'

/**
 * Makes an older copy fit to go on from. What happened after it is not known here: a sign-in may have been ended, a mail
 * sent, a post withdrawn or braked. So everybody signs in anew, what was in the outbox stays there, nothing new goes out
 * until somebody has looked, and the publisher compares with what stands on the network.
 */
export async function noteRestored(
  db: Database,
  {
    copyOf,
    now,
    forgetTokens: forget,
    missing,
  }: {
    copyOf: Date
    now: Date
    forgetTokens: boolean
    /** Put back by hand: the hash of the entry up to which the record went before. */
    missing?: string
  },
): Promise<void> {
  await db.write(async (tx) => {
    await endEverySession(tx)
    await holdQueuedMails(tx, now)
    for (const { id: accountId } of await listAccounts(tx)) {
      if (forget) await forgetTokens(tx, { accountId, now })
      await noteRestore(tx, { accountId, copyOf, restoredAt: now })
      const details = { copyOf: copyOf.toISOString(), ...(missing && { missing }) }
      await record(tx, { accountId, kind: 'installation.restored', personId: null, details, at: now })
    }
  })
}
