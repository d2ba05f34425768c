import { CREDIT_ASKED_EVERY_MINUTES } from './account.ts'
import type { Reader, Writer } from '../db/database.ts'
import { endPause, findPause, keepPause } from './store.ts'

/** The pause of an account for which X had no credit. */
export const CREDIT_PAUSE = { call: 'send', reason: 'credit' } as const

/** Step: X said that there is no credit. Nothing is sent for a while; then one post may ask. */
export async function pauseForCredit(tx: Writer, accountId: string, machineNow: Date): Promise<void> {
  const until = new Date(machineNow.getTime() + CREDIT_ASKED_EVERY_MINUTES * 60_000)
  await keepPause(tx, { accountId, ...CREDIT_PAUSE, until })
}

/** When one post may ask again whether there is credit (machine time); null while X has not said that there is none. */
export async function asksForCreditAt(read: Reader, accountId: string): Promise<Date | null> {
  return (await findPause(read, { accountId, ...CREDIT_PAUSE }))?.until ?? null
}

/** Step: X took a post again, or somebody says that there is credit. */
export async function endCreditPause(tx: Writer, accountId: string): Promise<void> {
  await endPause(tx, { accountId, ...CREDIT_PAUSE })
}
