import type { Reader } from './database.ts'

const statements = new WeakMap<Reader, Map<string, unknown>>()

/** A prepared statement of a hot path, built once for each handle. Only for the lasting `read` handle, never a Writer. */
export function prepared<T>(read: Reader, name: string, build: () => T): T {
  let known = statements.get(read)
  if (!known) statements.set(read, (known = new Map()))
  if (!known.has(name)) known.set(name, build())
  return known.get(name) as T
}
