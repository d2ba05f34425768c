import type { Database } from '../../db/database.ts'
import { findAccountToBook } from '../book-week.ts'
import { leaveEmpty, type Hiatus } from './leave-empty.ts'

/**
 * Leaves a slot empty on purpose, with a reason. Cancelling the hiatus frees it again.
 * @throws Refused, Conflict and NotAllowed as booking does.
 */
export async function setHiatus(
  db: Database,
  { accountId, ...hiatus }: Hiatus & { accountId: string },
): Promise<void> {
  await db.write(async (tx) => {
    const account = await findAccountToBook(tx, accountId, hiatus.actor)
    await leaveEmpty(tx, account, hiatus)
  })
}
