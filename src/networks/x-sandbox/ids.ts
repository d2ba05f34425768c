import type { StandInDatabase } from './database.ts'

/** Where X's ids begin: 4 November 2010, in milliseconds since 1970. */
const epoch = 1288834974657n

/** The smallest id that X could give at this moment: time in the upper bits, 22 lower ones for everything else. */
export function idAt(when: Date): bigint {
  const since = BigInt(when.getTime()) - epoch
  return since > 0n ? since << 22n : 1n << 22n
}

/** A new id, of this moment, yet above each one given before, wherever the clock stands. */
export function nextId(database: StandInDatabase, when: Date): string {
  const last = database.prepare('SELECT CAST(id AS TEXT) FROM last_id').pluck().get() as string | undefined
  const wanted = idAt(when)
  const id = last !== undefined && BigInt(last) >= wanted ? BigInt(last) + 1n : wanted
  database
    .prepare('INSERT INTO last_id VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET id = excluded.id')
    .run(id)
  return id.toString()
}
