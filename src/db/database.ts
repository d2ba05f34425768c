import { AsyncLocalStorage } from 'node:async_hooks'
import { renameSync, rmSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { diskTroubleOf, type DiskTrouble } from '../errors.ts'

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
  /** Why the disk did not take the latest change that had to be written; null when it did. */
  diskTrouble(): DiskTrouble | null
  /** A number that is another one after every commit, whoever made it: what was read before may be old then. */
  changes(): number
  /** Copies the running database, committed data only. A file that is there already is replaced once the copy is whole. */
  backup(file: string): Promise<void>
  close(): void
}

export function openDatabase(file: string): Database {
  const writing = connect(file)
  const transaction = transactionsOn(writing)
  const reading = connect(file)
  reading.pragma('query_only = ON')
  const inside = new AsyncLocalStorage<true>()
  let turn: Promise<unknown> = Promise.resolve()
  let trouble: DiskTrouble | null = null

  const write = <T>(work: (tx: Writer) => Promise<T>): Promise<T> => {
    if (inside.getStore()) throw new Error('write() inside write(): pass the Writer on instead.')
    const result = turn.then(() => inside.run(true, () => transaction(work)))
    void result.then(
      () => (trouble = null),
      (error: unknown) => (trouble = diskTroubleOf(error) ?? trouble),
    )
    turn = result.catch(() => undefined)
    return result
  }

  // It counts the commits of other connections, and the reading one makes none.
  const dataVersion = reading.prepare('PRAGMA data_version').pluck()
  return {
    read: drizzle(reading),
    write,
    diskTrouble: () => trouble,
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

function transactionsOn(connection: Sqlite.Database) {
  const writer = drizzle(connection)
  const [begin, commit] = ['BEGIN IMMEDIATE', 'COMMIT'].map((statement) => connection.prepare(statement))
  return <T>(work: (tx: Writer) => Promise<T>): Promise<T> =>
    transaction({ connection, writer, begin: begin!, commit: commit! }, work)
}

async function transaction<T>(
  {
    connection,
    writer,
    begin,
    commit,
  }: { connection: Sqlite.Database; writer: Handle; begin: Sqlite.Statement; commit: Sqlite.Statement },
  work: (tx: Writer) => Promise<T>,
): Promise<T> {
  const { proxy, revoke } = Proxy.revocable(writer, {})
  lastingHandles.set(proxy, writer)
  // better-sqlite3 answers at once, so a transaction of queries ends before the event loop turns. If it turned, somebody
  // awaited the network or a file while holding the only writer.
  let turned = false
  const watch = setImmediate(() => {
    turned = true
  })
  begin.run()
  try {
    const value = await work(proxy)
    if (turned) throw new Error('A transaction waited for something other than its queries.')
    commit.run()
    return value
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK')
    throw error
  } finally {
    clearImmediate(watch)
    lastingHandles.delete(proxy)
    revoke()
  }
}

const lastingHandles = new WeakMap<Reader, Handle>()

/** What outlives `handle`: the connection's own handle behind a Writer, while its transaction lasts; else `handle` itself. */
export function lastingHandle(handle: Reader): Reader {
  return lastingHandles.get(handle) ?? handle
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
