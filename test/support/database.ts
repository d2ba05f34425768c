import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { openDatabase, type Database } from '../../src/db/database.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'

/** A migrated database of the test's own, and the folder it lies in; both go with the test. `from`: a copy of that file. */
export function testDatabase(
  t: Test,
  { from }: { from?: string | undefined } = {},
): { db: Database; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'week-test-'))
  const file = join(folder, 'week.db')
  if (from) copyFileSync(from, file)
  else migrateDatabase(file)
  const db = openDatabase(file)
  t.teardown(() => {
    db.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { db, folder }
}
