import { readFileSync, renameSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Sqlite from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { digestOf, hashOf } from './record-chain.ts'

export const ourMigrations = fileURLToPath(new URL('../../migrations', import.meta.url))

/**
 * Brings the database file to the newest schema. A file that will change is copied first, beside itself.
 * @throws Error for a file that a newer version wrote.
 */
export function migrateDatabase(file: string, migrationsFolder = ourMigrations): void {
  const connection = new Sqlite(file)
  try {
    connection.pragma('journal_mode = WAL')
    const applied = appliedMigrations(connection)
    const known = (
      JSON.parse(readFileSync(`${migrationsFolder}/meta/_journal.json`, 'utf8')) as { entries: unknown[] }
    ).entries.length
    if (applied > known) {
      throw new Error(
        'This data folder was written by a newer version of My Working Week. Install that version.',
      )
    }
    if (applied > 0 && applied < known) copyBefore(connection, file, applied)
    connection.pragma('foreign_keys = OFF')
    for (const [name, work] of Object.entries(FUNCTIONS))
      connection.function(name, { deterministic: true }, work)
    migrate(drizzle(connection), { migrationsFolder })
  } finally {
    connection.close()
  }
}

/**
 * What SQLite does not know and a migration calls: once, to chain the record that stood before it was chained. One that changed
 * hashes again would look like an older copy, unless the file that says how far the record was goes as well.
 */
const FUNCTIONS: Record<string, (...given: never[]) => string> = {
  activity_digest: digestOf,
  activity_hash: (
    previous: string,
    accountId: string | null,
    kind: string,
    personId: string | null,
    weekId: string | null,
    draftId: string | null,
    deliveryId: string | null,
    at: number,
    digest: string,
  ) => hashOf(previous, { accountId, kind, personId, weekId, draftId, deliveryId, at, digest }),
}

export function appliedMigrations(connection: Sqlite.Database): number {
  const table = connection.prepare("select 1 from sqlite_master where name = '__drizzle_migrations'").get()
  if (!table) return 0
  return connection.prepare('select count(*) from __drizzle_migrations').pluck().get() as number
}

function copyBefore(connection: Sqlite.Database, file: string, applied: number): void {
  const copy = `${file}.before-${applied + 1}`
  const part = `${copy}.part`
  rmSync(part, { force: true })
  // Of a file alone what stands in its log would be missing. An earlier copy of this name is of an older state by now.
  connection.prepare('VACUUM INTO ?').run(part)
  renameSync(part, copy)
}
