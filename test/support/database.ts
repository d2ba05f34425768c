import {
  accessSync,
  constants,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
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
  else newDatabase(file)
  const db = openDatabase(file)
  t.teardown(() => {
    db.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { db, folder }
}

let migrated: Buffer | undefined

/** An empty, migrated database. The migrations take longer than most tests: they run once a process. */
export function newDatabase(file: string): void {
  if (migrated) return writeFileSync(file, migrated)
  migrateDatabase(file)
  migrated = readFileSync(file)
}

/** Remembers what the database holds now; what it returns brings all of it back, behind the back of whoever has it open. */
export async function markDatabase(
  t: Parameters<typeof testDatabase>[0],
  { db, folder }: { db: Database; folder: string },
): Promise<() => void> {
  const marked = join(folder, 'marked.db')
  await db.backup(marked)
  const file = new Sqlite(join(folder, 'week.db'))
  t.teardown(() => file.close())
  file.pragma('synchronous = OFF')
  file.prepare('attach ? as marked').run(marked)
  const tables = file
    .prepare("select name from marked.sqlite_schema where type = 'table' and name <> 'sqlite_schema'")
    .pluck()
    .all() as string[]
  const refill = file.transaction(() => {
    for (const table of tables) {
      file.exec(`delete from main."${table}"; insert into main."${table}" select * from marked."${table}"`)
    }
  })
  return () => {
    // It can't be switched inside a transaction.
    file.pragma('foreign_keys = OFF')
    refill.immediate()
  }
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
