import { listAccounts } from '../accounts/accounts.ts'
import { addDays, dayOf, instantOf } from '../calendar.ts'
import type { Database } from '../db/database.ts'
import { findRunningWeek } from '../rota/weeks.ts'
import { generateRecap } from './story/generate-recap.ts'
import { findRecap } from './store.ts'
import { weekFacts } from './story/week-facts.ts'

/**
 * Puts the stories of running weeks together for the days that are over, so that each evening's chapter stands for those who
 * write along. Returns when the next day ends.
 */
export async function closeDueDays(db: Database, now: Date): Promise<Date | null> {
  let next: Date | null = null
  for (const account of await listAccounts(db.read)) {
    const week = (await findRunningWeek(db.read, account.id, now))?.week
    if (week?.kind !== 'hosted') continue
    const today = dayOf(now, account.timeZone)
    const began = instantOf(today, '00:00', account.timeZone)
    const told = (await findRecap(db.read, week.id))?.generatedAt
    if (began > week.opensAt && (!told || told < began)) {
      await db.write(async (tx) => {
        const facts = await weekFacts(tx, week)
        if (facts.own.length > 0) await generateRecap(tx, facts, { personId: null, now })
      })
    }
    const ends = instantOf(addDays(today, 1), '00:00', account.timeZone)
    if (next === null || ends < next) next = ends
  }
  return next
}
