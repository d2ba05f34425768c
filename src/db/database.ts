import { AsyncLocalStorage } from 'node:async_hooks'
import { renameSync, rmSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'

type Handle = BetterSQLite3Database

/** Selects; sees committed data only. */
export type Reader = Pick<Handle, 'select' | 'selectDistinct' | '$count'>

/** Changes; lives as long as its transaction. */
export type Writer = Reader & Pick<Handle, 'insert' | 'update' | 'delete'>

export interface Database {
  read: Reader
  /**
   * Runs `work` in one transaction, alone, and commits; a throw rolls back. Await nothing in it but queries: no network,
   * no files. @throws Error when called inside another `write`, or when `work` waited for anything but queries.
   */
  write<T>(work: (tx: Writer) => Promise<T>): Promise<T>
  /** A number that is another one after every commit, whoever made it: what was read before may be old then. */
  changes(): number
  /** Copies the running database, committed data only. A file that is there already is replaced once the copy is whole. */
  backup(file: string): Promise<void>
  close(): void
}

export function openDatabase(file: string): Database {
  const writing = connect(file)
  const reading = connect(file)
  reading.pragma('query_only = ON')
  const inside = new AsyncLocalStorage<true>()
  let turn: Promise<unknown> = Promise.resolve()

  const write = <T>(work: (tx: Writer) => Promise<T>): Promise<T> => {
    if (inside.getStore()) throw new Error('write() inside write(): pass the Writer on instead.')
    const result = turn.then(() => inside.run(true, () => transaction(writing, work)))
    turn = result.catch(() => undefined)
    return result
  }

  // It counts the commits of other connections, and the reading one makes none.
  const dataVersion = reading.prepare('PRAGMA data_version').pluck()
  return {
    read: drizzle(reading),
    write,
    changes: () => dataVersion.get() as number,
    async backup(to) {
      const part = `${to}.part`
      rmSync(part, { force: true })
      await reading.backup(part)
      renameSync(part, to)
    },
    close() {
      reading.close()
      writing.close()
    },
  }
}

function connect(file: string): Sqlite.Database {
  const connection = new Sqlite(file)
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = FULL')
  connection.pragma('foreign_keys = ON')
  connection.pragma('busy_timeout = 5000')
  return connection
}

async function transaction<T>(connection: Sqlite.Database, work: (tx: Writer) => Promise<T>): Promise<T> {
  const { proxy, revoke } = Proxy.revocable(drizzle(connection), {})
  // better-sqlite3 answers at once, so a transaction of queries ends before the event loop turns. If it turned, somebody
  // awaited the network or a file while holding the only writer.
  let turned = false
  const watch = setImmediate(() => {
    turned = true
  })
  connection.exec('BEGIN IMMEDIATE')
  try {
    const value = await work(proxy)
    if (turned) throw new Error('A transaction waited for something other than its queries.')
    connection.exec('COMMIT')
    return value
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK')
    throw error
  } finally {
    clearImmediate(watch)
    revoke()
  }
}

/** Whether `error` is SQLite's refusal of a second row under a unique index, whose columns or name contain `index`. */
export function isUniqueViolation(error: unknown, index?: string): boolean {
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    if (e instanceof Sqlite.SqliteError && e.code.startsWith('SQLITE_CONSTRAINT_UNIQUE')) {
      return index === undefined || e.message.includes(index)
    }
  }
  return false
}
