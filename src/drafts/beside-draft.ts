import type { Reader } from '../db/database.ts'
import type { Actor } from '../people/person.ts'
import { findPeople } from '../people/people.ts'
import { removalsOfDraft } from '../publishing/deliveries.ts'
import { foreignRevisions, listComments, listDecisions, type Draft } from './drafts.ts'
import { whyNotWrite } from './draft.ts'
import { acceptModel, conversationOf, type Moment } from './pages.ts'
import { inLetters } from '../words.ts'

/** What was said of a draft, with the words that its writer may take over. */
export async function saidOf(
  read: Reader,
  { draft, actor }: { draft: Draft; actor: Actor },
  moment: Moment,
): Promise<ReturnType<typeof conversationOf>> {
  const decisions = await listDecisions(read, draft.id)
  const comments = await listComments(read, draft.id)
  const removals = await takenDown(read, draft.id)
  return conversationOf({ decisions, comments, removals }, moment, { draft, takes: isWriter(draft, actor) })
}

/** Who took something of it down, and why: a thread once. */
async function takenDown(read: Reader, draftId: string) {
  const removals = await removalsOfDraft(read, draftId)
  const names = await findPeople(
    read,
    removals.map(({ personId }) => personId),
  )
  const times = [...new Set(removals.map(({ at }) => at.getTime()))]
  return times.map((time) => {
    const [first, ...more] = removals.filter(({ at }) => at.getTime() === time)
    const { personId, reason: text, at } = first!
    const who = names.find(({ id }) => id === personId)?.name ?? 'Somebody who left'
    return {
      at,
      text,
      who,
      did: more.length > 0 ? `took ${inLetters(more.length + 1)} parts down` : 'took it down',
    }
  })
}

/** The question to its writer whether somebody else's words may stand; null where there is none. */
export async function acceptOf(read: Reader, { draft, actor }: { draft: Draft; actor: Actor }) {
  return isWriter(draft, actor) ? acceptModel(draft, await foreignRevisions(read, draft)) : null
}

/** They began it and may still write in it. */
function isWriter(draft: Draft, actor: Actor): boolean {
  return draft.authorId === actor.personId && whyNotWrite(actor, draft) === null
}
