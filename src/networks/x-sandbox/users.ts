import type { StandInDatabase } from './database.ts'
import { nextId } from './ids.ts'

export interface StandInUser {
  id: string
  /** Without the @. */
  handle: string
  name: string
  /** Accounts can give their consent to the app; followers only read and answer. */
  kind: 'account' | 'follower'
  createdAt: number
}

export interface UserToAdd {
  handle: string
  name?: string | undefined
  kind?: StandInUser['kind'] | undefined
}

const columns = 'CAST(id AS TEXT) AS id, handle, name, kind, created_at AS createdAt'

/** The user with this handle, made when there is none. */
export function ensureUser(database: StandInDatabase, user: UserToAdd, now: Date): StandInUser {
  const known = userByHandle(database, user.handle)
  if (known) return known
  database
    .prepare('INSERT INTO users VALUES (?, ?, ?, ?, ?)')
    .run(
      BigInt(nextId(database, now)),
      user.handle,
      user.name ?? user.handle,
      user.kind ?? 'follower',
      now.getTime(),
    )
  return userByHandle(database, user.handle)!
}

export function userByHandle(database: StandInDatabase, handle: string): StandInUser | undefined {
  return database.prepare(`SELECT ${columns} FROM users WHERE handle = ?`).get(handle) as
    StandInUser | undefined
}

export function userById(database: StandInDatabase, id: string): StandInUser | undefined {
  return database.prepare(`SELECT ${columns} FROM users WHERE id = ?`).get(BigInt(id)) as
    StandInUser | undefined
}

export function allUsers(database: StandInDatabase): StandInUser[] {
  return database.prepare(`SELECT ${columns} FROM users ORDER BY handle`).all() as StandInUser[]
}
