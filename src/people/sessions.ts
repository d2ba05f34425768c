import { record } from '../activity/record.ts'
import type { Database } from '../db/database.ts'
import { NotFound } from '../errors.ts'
import type { Actor } from './person.ts'
import { deleteOtherSessions, deleteSession, deleteSignInLinksOf } from './store.ts'

/** Steps for the page. */
export { sessionsOf, type SignedIn } from './store.ts'

/** Ends all sessions of somebody but the one that they use now, and every link that was sent to sign in. */
export async function signOutElsewhere(
  db: Database,
  { actor, current, now }: { actor: Actor; current: string; now: Date },
): Promise<{ ended: number }> {
  return db.write(async (tx) => {
    const ended = await deleteOtherSessions(tx, actor.personId, current)
    await deleteSignInLinksOf(tx, actor.personId)
    await record(tx, {
      accountId: null,
      kind: 'person.signed-out',
      personId: actor.personId,
      details: { name: actor.name },
      at: now,
    })
    return { ended }
  })
}

/** Ends one session of somebody. @throws NotFound when it is none of theirs, or has ended. */
export async function endSession(
  db: Database,
  { idHash, actor }: { idHash: string; actor: Actor },
): Promise<void> {
  await db.write(async (tx) => {
    if (!(await deleteSession(tx, actor.personId, idHash))) throw new NotFound()
  })
}

/** "Firefox on Windows", from what a browser says of itself; rough on purpose, since browsers say little that is true. */
export function deviceInWords(userAgent: string | undefined): string {
  const says = userAgent ?? ''
  const browser = /Edg\//.test(says)
    ? 'Edge'
    : /Firefox\//.test(says)
      ? 'Firefox'
      : /Chrome\/|CriOS\//.test(says)
        ? 'Chrome'
        : /Safari\//.test(says)
          ? 'Safari'
          : 'A browser'
  const system = /iPhone|iPad/.test(says)
    ? 'an iPhone or iPad'
    : /Android/.test(says)
      ? 'Android'
      : /Windows/.test(says)
        ? 'Windows'
        : /Mac OS X/.test(says)
          ? 'a Mac'
          : /Linux/.test(says)
            ? 'Linux'
            : null
  return system ? `${browser} on ${system}` : browser
}
