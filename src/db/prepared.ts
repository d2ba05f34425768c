import { sql, type Placeholder } from 'drizzle-orm'
import { lastingHandle, type Reader } from './database.ts'
import { lean } from './lean-statement.ts'

const statements = new WeakMap<Reader, Map<string, unknown>>()

/**
 * A prepared statement of a hot path, built once for each connection: with the `read` handle, or with a Writer, for whose
 * successors it is kept. Run it at once and don't keep it: what a Writer prepared outlives its transaction.
 */
export function prepared<T extends object>(handle: Reader, name: string, build: () => T): T {
  const lasting = lastingHandle(handle)
  let known = statements.get(lasting)
  if (!known) statements.set(lasting, (known = new Map()))
  if (!known.has(name)) known.set(name, lean(build()))
  return known.get(name) as T
}

/**
 * A number for `.limit()` of a prepared statement, written out in it. Bound, as Drizzle binds it, it would have SQLite
 * compile the statement anew at each run: measured with SQLite 3.53.2, a small look-up took 2.5 µs instead of 0.7.
 */
export function fixedLimit(rows: number): Placeholder {
  return sql.raw(String(rows)) as unknown as Placeholder
}
