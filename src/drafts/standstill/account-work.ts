import type { Reader } from '../../db/database.ts'
import { listRecallable } from '../../publishing/deliveries.ts'
import { OPEN_STATES } from '../../rota/week.ts'
import { listWeeks } from '../../rota/weeks.ts'
import { countSubmitted } from '../store.ts'

/** What the end of an account would stop. */
export interface AccountWork {
  weeks: number
  /** Parts that wait, are held, or failed and could be tried again. */
  waiting: number
  submitted: number
}

export async function countAccountWork(read: Reader, accountId: string, now: Date): Promise<AccountWork> {
  const weeks = await listWeeks(read, accountId, '0000-01-01', '9999-12-31')
  return {
    weeks: weeks.filter(({ week }) => OPEN_STATES.includes(week.state) && week.closesAt > now).length,
    waiting: (await listRecallable(read, accountId)).length,
    submitted: await countSubmitted(read, accountId),
  }
}
