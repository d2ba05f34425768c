import { readFileSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { sql } from 'drizzle-orm'
import type { Reader } from './database.ts'
import { appliedMigrations, ourMigrations } from './migrate.ts'

/** What is wrong with a database file, in SQLite's words; null when its pages, its indexes and its references are whole. */
export function flawOf(file: string): string | null {
  try {
    const connection = new Sqlite(file, { fileMustExist: true })
    try {
      const said = connection.pragma('integrity_check(1)', { simple: true }) as string
      if (said !== 'ok') return said
      const [orphan] = connection.pragma('foreign_key_check') as { table: string; parent: string }[]
      return orphan ? `a row of ${orphan.table} refers to none of ${orphan.parent}` : null
    } finally {
      connection.close()
    }
  } catch (error) {
    if (error instanceof Sqlite.SqliteError) return error.message
    throw error
  }
}

/** How many migrations a database file has. */
export function migrationsOf(file: string): number {
  const connection = new Sqlite(file, { fileMustExist: true })
  try {
    return appliedMigrations(connection)
  } finally {
    connection.close()
  }
}

/** How many migrations the running database has: another version may have changed it under this one. */
export async function appliedNow(read: Reader): Promise<number> {
  const rows = await read.select({ count: sql<number>`count(*)` }).from(sql`__drizzle_migrations`)
  return rows[0]!.count
}

/** How many migrations this program knows. */
export function knownMigrations(folder: string = ourMigrations): number {
  const journal = JSON.parse(readFileSync(`${folder}/meta/_journal.json`, 'utf8')) as { entries: unknown[] }
  return journal.entries.length
}

/** Copies a database file that may be in use, as it is at this moment, into a new and compact file. */
export function copyDatabase(from: string, to: string): void {
  const connection = new Sqlite(from, { fileMustExist: true, timeout: 5000 })
  try {
    connection.prepare('VACUUM INTO ?').run(to)
  } finally {
    connection.close()
  }
}
