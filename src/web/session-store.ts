import { createHash } from 'node:crypto'
import { eq, lt } from 'drizzle-orm'
import type { SessionStore } from '@fastify/session'
import type { Session } from 'fastify'
import type { Database } from '../db/database.ts'
import { sessions } from '../db/schema/index.ts'

/** How long a person stays signed in on a device, in milliseconds of machine time. */
export const SESSION_LIFE = 14 * 24 * 3600 * 1000
/** However often they come back, a new sign-in is due after this; of machine time as well. */
export const SIGNED_IN_AT_MOST = 30 * 24 * 3600 * 1000
/** How long the session of somebody who is not signed in is kept: each robot that comes by gets one. */
export const STRANGER_LIFE = 24 * 3600 * 1000

declare module 'fastify' {
  interface Session {
    /** It was there before this request: should it be ended meanwhile, this request must not bring it back. */
    known?: boolean
    /** When they signed in, in milliseconds of machine time. */
    signedInAt?: number
  }
}

type Callback = (error?: unknown, session?: Session | null) => void

/** Sessions in the database, by the hash of their id. */
export function sessionStore(db: Database, machine: () => Date): SessionStore {
  const answer = (work: Promise<Session | null | void>, done: Callback) => {
    work.then(
      (session) => done(null, session ?? null),
      (error: unknown) => done(error),
    )
  }
  return {
    get: (id, done) => answer(load(id), done as Callback),
    set: (id, session, done) => answer(save(id, session), done as Callback),
    destroy: (id, done) =>
      answer(
        db.write(async (tx) => void (await tx.delete(sessions).where(eq(sessions.idHash, hash(id))))),
        done as Callback,
      ),
  }

  async function load(id: string): Promise<Session | null> {
    const row = (
      await db.read
        .select()
        .from(sessions)
        .where(eq(sessions.idHash, hash(id)))
    )[0]
    if (!row || row.expiresAt <= machine()) return null
    return { ...(JSON.parse(row.data) as Session), known: true }
  }

  async function save(id: string, session: Session): Promise<void> {
    const now = machine().getTime()
    if (session.personId) session.signedInAt ??= now
    const end = session.personId
      ? Math.min(now + SESSION_LIFE, session.signedInAt! + SIGNED_IN_AT_MOST)
      : now + STRANGER_LIFE
    const row = {
      personId: session.personId ?? null,
      data: JSON.stringify(session),
      expiresAt: new Date(end),
    }
    await db.write(async (tx) => {
      await tx.delete(sessions).where(lt(sessions.expiresAt, machine()))
      if (session.known) {
        await tx
          .update(sessions)
          .set(row)
          .where(eq(sessions.idHash, hash(id)))
        return
      }
      await tx
        .insert(sessions)
        .values({ idHash: hash(id), ...row })
        .onConflictDoUpdate({ target: sessions.idHash, set: row })
    })
  }
}

function hash(id: string): string {
  return createHash('sha256').update(id).digest('hex')
}
