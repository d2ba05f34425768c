import { record } from '../activity/record.ts'
import type { Database } from '../db/database.ts'
import { Conflict, Faster, NotAllowed, NotFound } from '../errors.ts'
import { findWeek } from '../rota/weeks.ts'
import { putAwayAbout } from '../drafts/drafts.ts'
import type { Edit } from './editor/change-story.ts'
import { recapPowers } from './recap.ts'
import { changeRecap, findRecap } from './store.ts'

/**
 * Takes a published story off its public page, the lists and the feed, and the post that tells of it out of the queue; nothing publishes it again but a lead. The story
 * and its editions are kept.
 * @throws Conflict when the story is not published any more, or not as it was seen.
 */
export async function withdrawRecap(db: Database, { weekId, version, actor, now }: Edit): Promise<void> {
  await db.write(async (tx) => {
    const week = await findWeek(tx, weekId)
    if (!week || !recapPowers(actor, week).see) throw new NotFound()
    if (!recapPowers(actor, week).publish)
      throw new NotAllowed('Only a lead of the account takes a published recap back.')
    const recap = await findRecap(tx, weekId)
    if (recap?.version !== version)
      throw new Faster('Somebody changed this story since you opened it. It was not taken back.')
    if (recap.state !== 'published') throw new Conflict('This story is not on its public page.')
    await changeRecap(tx, recap, { state: 'draft', publishedAt: null, publishedBy: null, publishBy: null })
    await putAwayAbout(tx, recap.id, { personId: actor.personId, now })
    await record(tx, {
      accountId: week.accountId,
      kind: 'recap.withdrawn',
      personId: actor.personId,
      weekId: week.id,
      details: { edition: recap.edition },
      at: now,
    })
  })
}
