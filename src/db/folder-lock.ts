import { join } from 'node:path'
import Sqlite from 'better-sqlite3'

/** Held until it is released, or the process ends in whatever way: the operating system keeps it. */
export interface FolderLock {
  release(): void
}

export const LOCK_FILE = 'in-use.lock'

/** A connection that nobody refers to is closed, and its lock gone with it. */
const held = new Set<Sqlite.Database>()

/**
 * Says that this process works in a data folder, beside any number of others. Null while somebody has it alone. SQLite's
 * own locks on a file without any content: nothing is left to tidy up after a crash.
 */
export function shareFolder(folder: string): FolderLock | null {
  return lock(folder, (connection) => {
    connection.exec('BEGIN')
    connection.prepare('SELECT count(*) FROM sqlite_master').get()
  })
}

/** Takes a data folder for this process alone. Null while anybody works in it. */
export function takeFolder(folder: string): FolderLock | null {
  return lock(folder, (connection) => connection.exec('BEGIN EXCLUSIVE'))
}

/**
 * Says that this process is the one server of a data folder; commands may work beside it. Null while another server runs
 * there: two would have two stand-ins for X in a sandbox, and two outboxes.
 */
export function serveFolder(folder: string): FolderLock | null {
  return lock(folder, (connection) => connection.exec('BEGIN EXCLUSIVE'), `${LOCK_FILE}-server`)
}

function lock(
  folder: string,
  take: (connection: Sqlite.Database) => void,
  file = LOCK_FILE,
): FolderLock | null {
  const connection = new Sqlite(join(folder, file), { timeout: 0 })
  try {
    take(connection)
  } catch (error) {
    connection.close()
    if (error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null
    throw error
  }
  held.add(connection)
  return {
    release() {
      held.delete(connection)
      connection.close()
    },
  }
}
