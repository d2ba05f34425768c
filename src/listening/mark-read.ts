import type { Database } from '../db/database.ts'
import { NotFound } from '../errors.ts'
import type { Actor } from '../people/person.ts'
import { findWeek } from '../rota/weeks.ts'
import { mayReadConversation } from './post.ts'
import { saveReading } from './store.ts'

/**
 * Keeps how far the person has read what is said to a week: all that had come until then. Nobody else's page changes.
 * @throws NotFound for a conversation that is not theirs.
 */
export async function markRead(
  db: Database,
  { weekId, until, actor, now }: { weekId: string; until: Date; actor: Actor; now: Date },
): Promise<void> {
  await db.write(async (tx) => {
    const week = await findWeek(tx, weekId)
    if (!week || !mayReadConversation(actor, week, now)) throw new NotFound()
    await saveReading(tx, { personId: actor.personId, weekId, readUntil: until > now ? now : until })
  })
}
