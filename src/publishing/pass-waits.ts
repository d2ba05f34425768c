import { shortenPauses } from '../accounts/heed-limits.ts'
import { inProductTime } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { nextAskForCredit } from './resume.ts'
import type { ReconcileDeps } from './settings.ts'
import { attemptsToLookFor, attemptsToWatch, shortenLooks } from './attempts-store.ts'
import { readyDeliveries } from './due-store.ts'
import { standingRemovals } from './removals-store.ts'
import { secondPostsToRemove, shortenSecondWaits } from './second-posts-store.ts'
import { shortenPutOff } from './store.ts'

/**
 * When something that is due and was put off on the machine's clock is tried again (a limit of the network is over, the
 * timeline is read once more, credit is asked for), as product time counts from here; null when nothing waits so.
 */
export async function nextTry({ db, clock }: Pick<ReconcileDeps, 'db' | 'clock'>): Promise<Date | null> {
  const now = clock.now()
  const putOff = (await readyDeliveries(db.read)).filter(({ dueAt }) => dueAt <= now)
  const tries = [
    ...putOff.map(({ notBefore }) => notBefore),
    ...(await attemptsToLookFor(db.read)).map(({ attempt }) => attempt.nextLookAt),
    ...(await attemptsToWatch(db.read)).map(({ attempt }) => attempt.watchAt),
    ...(await standingRemovals(db.read)).map(({ notBefore }) => notBefore),
    ...(await secondPostsToRemove(db.read)).map(({ second }) => second.notBefore),
    await nextAskForCredit({ db, clock }),
  ].filter((at) => at !== null && at > clock.machine())
  if (tries.length === 0) return null
  return inProductTime(clock, new Date(Math.min(...tries.map((at) => at!.getTime()))))
}

/** For a sandbox, whose product time leaps while the machine's goes on: all such waits are so many milliseconds shorter. */
export async function passWaits(db: Database, milliseconds: number): Promise<void> {
  await db.write(async (tx) => {
    await shortenPauses(tx, milliseconds)
    await shortenPutOff(tx, milliseconds)
    await shortenLooks(tx, milliseconds)
    await shortenSecondWaits(tx, milliseconds)
  })
}
