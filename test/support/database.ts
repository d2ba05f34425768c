import { accessSync, constants, copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, type Database } from '../../src/db/database.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'

/**
 * A migrated database of the test's own, and the folder it lies in; both go with the test. `from`: a copy of that file.
 * `swift`: in memory where the system has a folder there, for tests that make hundreds.
 */
export function testDatabase(
  t: { teardown(end: () => void): unknown },
  { from, swift = false }: { from?: string | undefined; swift?: boolean } = {},
): { db: Database; folder: string } {
  const folder = mkdtempSync(join(swift ? folderInMemory() : tmpdir(), 'week-test-'))
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

/** Linux keeps `/dev/shm` in memory; elsewhere the usual folder does, only slower. */
function folderInMemory(): string {
  try {
    accessSync('/dev/shm', constants.W_OK)
    return '/dev/shm'
  } catch {
    return tmpdir()
  }
}
