import { eq, sql } from 'drizzle-orm'
import type { Reader } from '../../db/database.ts'
import { prepared } from '../../db/prepared.ts'
import { recaps, weeks } from '../../db/schema/index.ts'

/** Null for a story that is not there. */
export async function accountOfRecap(read: Reader, recapId: string): Promise<string | null> {
  const statement = prepared(read, 'account of a recap', () =>
    read
      .select({ accountId: weeks.accountId })
      .from(recaps)
      .innerJoin(weeks, eq(weeks.id, recaps.weekId))
      .where(eq(recaps.id, sql.placeholder('recapId')))
      .prepare(),
  )
  const found = statement.get({ recapId })
  return found?.accountId ?? null
}
