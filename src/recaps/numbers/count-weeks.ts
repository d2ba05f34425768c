import type { Database } from '../../db/database.ts'
import { findWeek } from '../../rota/weeks.ts'
import { countedBefore, keepNumbers, nextSettling, weeksToCount } from '../store.ts'
import { weekFacts } from '../story/week-facts.ts'
import { countWeek, NUMBERS_SETTLE, USUAL_OF } from './week-numbers.ts'
import { momentOf } from './moment.ts'

/**
 * Counts the closed weeks of which the network has told something new, and those whose two weeks are over for the last time:
 * from then on their numbers stay as they are, whatever is posted or deleted. Returns when the next ones become final.
 */
export async function countDueWeeks(db: Database, now: Date): Promise<Date | null> {
  const settled = new Date(now.getTime() - NUMBERS_SETTLE)
  for (const weekId of await weeksToCount(db.read, settled)) {
    await db.write(async (tx) => {
      const week = await findWeek(tx, weekId)
      if (!week) return
      const facts = await weekFacts(tx, week)
      const before = await countedBefore(tx, week, USUAL_OF)
      const isFinal = week.closesAt <= settled
      const counted = countWeek(facts, before)
      await keepNumbers(tx, {
        weekId,
        counted: { ...counted, finalSince: isFinal ? momentOf(now, facts.account.timeZone) : null },
        countedAt: now,
        finalAt: isFinal ? now : null,
      })
    })
  }
  const closed = await nextSettling(db.read)
  return closed && new Date(closed.getTime() + NUMBERS_SETTLE)
}
