import { idAt } from '../x-ids.ts'
import type { StandInDatabase } from './database.ts'

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
