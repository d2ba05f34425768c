import { renameSync, rmSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { diskTroubleOf, type DiskTrouble } from '../errors.ts'
import { countChanges, type Topic } from './followed.ts'

type Handle = BetterSQLite3Database

/** Selects; sees committed data only. */
export type Reader = Pick<Handle, 'select' | 'selectDistinct' | '$count'>

/** Changes; lives as long as its transaction. */
export type Writer = Reader & Pick<Handle, 'insert' | 'update' | 'delete'>

export interface Database {
  read: Reader
  /**
   * Runs `work` in one transaction, alone, and commits; a throw rolls back. Await nothing in it but queries: no network,
   * no files. @throws Error, and rolls back, when `work` waits for anything but queries, another `write` among it.
   */
  write<T>(work: (tx: Writer) => Promise<T>): Promise<T>
  /**
   * What `read` sees, read between two `write`s on the connection that writes. That one keeps its pages over its own commits,
   * after which the reading one starts afresh: quicker for who reads and writes in turns, and keeps others waiting, so nobody
   * else needs it. The same holds for `work` as in `write`.
   */
  readBeforeWrite<T>(work: (read: Reader) => Promise<T>): Promise<T>
  /** Why the disk did not take the latest change that had to be written; null when it did. */
  diskTrouble(): DiskTrouble | null
  /** A number that is another one after every commit, whoever made it: what was read before may be old then. */
  changes(): number
  /** A number that rises with each commit that changed something of one of these, and with no other of this process. */
  latestChangeOf(topics: readonly Topic[]): number
  /** Copies the running database, committed data only. A file that is there already is replaced once the copy is whole. */
  backup(file: string): Promise<void>
  close(): void
}

export function openDatabase(file: string): Database {
  const writing = connect(file)
  const writer = drizzle(writing)
  const reading = connect(file)
  reading.pragma('query_only = ON')
  const changes = countChanges(writing)
  const [begin, commit] = ['BEGIN IMMEDIATE', 'COMMIT'].map((statement) => writing.prepare(statement))
  let turn: Promise<unknown> = Promise.resolve()
  let current: Turn | null = null
  let trouble: DiskTrouble | null = null

  const inTurn = <T>(work: (tx: Writer) => Promise<T>, ends: Ends): Promise<T> => {
    const during = current
    if (during) during.wasAskedFor = true
    const result = turn.then(() => {
      if (during?.hangs) throw new Error(ONE_INSIDE_ANOTHER)
      current = { hangs: false, wasAskedFor: false }
      return runAlone(writer, current, work, ends)
    })
    turn = result.then(
      () => (current = null),
      () => (current = null),
    )
    return result
  }

  const write = <T>(work: (tx: Writer) => Promise<T>): Promise<T> => {
    const result = inTurn(work, {
      begin() {
        changes.begin()
        begin!.run()
      },
      commit() {
        commit!.run()
        changes.committed()
      },
      rollBack: () => writing.inTransaction && writing.exec('ROLLBACK'),
    })
    void result.then(
      () => (trouble = null),
      (error: unknown) => (trouble = diskTroubleOf(error) ?? trouble),
    )
    return result
  }

  // It counts the commits of other connections, and the reading one makes none.
  const dataVersion = reading.prepare('PRAGMA data_version').pluck()
  return {
    read: drizzle(reading),
    write,
    readBeforeWrite: (work) => inTurn(work, {}),
    diskTrouble: () => trouble,
    changes: () => dataVersion.get() as number,
    latestChangeOf: (topics) => changes.latestOf(topics),
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

/** Whoever has the connection that writes for themselves at the moment. */
interface Turn {
  /** It waits for something that isn't a query. */
  hangs: boolean
  /** Somebody asked for a turn of their own meanwhile; where this one hangs, that is what it waits for. */
  wasAskedFor: boolean
}

interface Ends {
  begin?(): unknown
  commit?(): unknown
  rollBack?(): unknown
}

const ONE_INSIDE_ANOTHER = 'write() inside write(): pass the Writer on instead.'

function runAlone<T>(
  writer: Handle,
  turn: Turn,
  work: (tx: Writer) => Promise<T>,
  { begin, commit, rollBack }: Ends,
): Promise<T> {
  begin?.()
  const { proxy, revoke } = Proxy.revocable(writer, {})
  lastingHandles.set(proxy, writer)
  return new Promise((resolve, reject) => {
    let over = false
    const end = (outcome: () => T) => {
      if (over) return
      over = true
      clearImmediate(watch)
      try {
        const value = outcome()
        commit?.()
        resolve(value)
      } catch (error) {
        try {
          rollBack?.()
          reject(error)
        } catch (trouble) {
          reject(trouble)
        }
      } finally {
        lastingHandles.delete(proxy)
        revoke()
      }
    }
    const fail = (error: unknown) =>
      end(() => {
        throw error
      })
    // better-sqlite3 answers at once, so queries end before the event loop turns. If it turns, somebody awaits the network, a
    // file or another turn while holding the only writer. An AsyncLocalStorage would tell sooner who asked for a turn inside
    // their own, and would make every promise of the process dearer.
    const watch = setImmediate(() => {
      turn.hangs = true
      fail(
        new Error(
          turn.wasAskedFor
            ? ONE_INSIDE_ANOTHER
            : 'A transaction waited for something other than its queries.',
        ),
      )
    })
    const asynchronously = async () => work(proxy)
    asynchronously().then((value) => end(() => value), fail)
  })
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
