import { keepCheck, lookThrough, type RecordCheck } from '../activity/activities.ts'
import type { Database } from '../db/database.ts'

/** Looks through the whole record, of all accounts, and keeps how it stood. */
export async function checkRecord(db: Database, now: Date): Promise<Omit<RecordCheck, 'id'>> {
  const check = { at: now, ...(await lookThrough(db.read)) }
  await db.write((tx) => keepCheck(tx, check))
  return check
}
