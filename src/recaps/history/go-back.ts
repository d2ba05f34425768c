import type { Database, Writer } from '../../db/database.ts'
import { Conflict, Faster, NotFound } from '../../errors.ts'
import { changeStory, openStory, type Edit } from '../editor/change-story.ts'
import { toldAnew } from '../story/generate-recap.ts'
import { choose } from '../../listening/posts.ts'
import {
  repliedIn,
  stepsAfterRedoing,
  stepsAfterUndoing,
  type RevisionKind,
  type Steps,
} from '../revision.ts'
import { findRevision, latestRevision, type Revision } from './revisions-store.ts'
import type { KeptBlock } from '../store.ts'
import { weekFacts, type WeekFacts } from '../story/week-facts.ts'

/** Which state of a story is to stand again: an earlier one by its version, or as undo and redo have it. */
export type Earlier = 'undo' | 'redo' | number

/**
 * Makes an earlier state of a story stand again, told from what stands on the network now: what people did comes back, what
 * was deleted there does not, and what came since is in its place. The state before it is kept as well.
 * @throws Faster when the story is not as it was seen, Conflict when there is nothing to undo or redo.
 */
export async function goBack(db: Database, { to, ...edit }: Edit & { to: Earlier }): Promise<void> {
  await db.write(async (tx) => {
    const story = await openStory(tx, edit)
    if (story.recap.version !== edit.version)
      throw new Faster('Somebody changed this story since you opened it. Look at it once more first.')
    const { target, what, piece, steps, chosen } = await wayBack(tx, story.recap.id, to)
    if (chosen) await chooseIfThere(tx, { ...edit, ...chosen })
    const facts = await weekFacts(tx, story.week)
    await changeStory(tx, story, {
      ...edit,
      what,
      piece,
      blocks: toldAnew(facts, withApproved(target.blocks, story.blocks, facts), [
        ...story.blocks,
        ...target.blocks,
      ]),
      ...(steps ? { steps } : {}),
    })
  })
}

/** What they deleted, or the team hid, stays away; what people did before can be undone all the same. */
async function chooseIfThere(tx: Writer, choice: Parameters<typeof choose>[1]): Promise<void> {
  try {
    await choose(tx, choice)
  } catch (error) {
    if (!(error instanceof Conflict || error instanceof NotFound)) throw error
  }
}

/** What the host says of the week is decided on its own: nothing brings words of it back that are not approved now. */
function withApproved(
  earlier: readonly KeptBlock[],
  now: readonly KeptBlock[],
  { reflections }: Pick<WeekFacts, 'reflections'>,
): KeptBlock[] {
  const approved = new Map(
    now.flatMap((one) => (one.kind === 'reflection' ? [[one.source, one] as const] : [])),
  )
  const kept = earlier.flatMap((one): KeptBlock[] => {
    if (one.kind !== 'reflection') return [one]
    const standing = approved.get(one.source)
    approved.delete(one.source)
    if (standing) return [{ ...standing, hidden: one.hidden, pinned: one.pinned }]
    const text = reflections.get(one.source)
    return text === undefined ? [] : [{ ...one, content: { ...one.content, text } }]
  })
  const end = kept.findIndex(({ kind }) => kind === 'next' || kind === 'join')
  return kept.toSpliced(end < 0 ? kept.length : end, 0, ...approved.values())
}

interface WayBack {
  target: Revision
  what: RevisionKind
  piece: string | null
  /** Where the way is one of undo and redo. */
  steps?: Steps
  /** Where the change was to choose what somebody said, or to take it off the page. */
  chosen?: { postId: string; chosen: boolean } | undefined
}

async function wayBack(tx: Writer, recapId: string, to: Earlier): Promise<WayBack> {
  const revision = async (version: number | null | undefined) =>
    version === null || version === undefined ? undefined : findRevision(tx, recapId, version)
  if (typeof to === 'number') {
    const target = await revision(to)
    if (!target) throw new NotFound()
    return { target, what: 'restored', piece: null }
  }
  const latest = await latestRevision(tx, recapId)
  const target = await revision(to === 'undo' ? latest?.before : latest?.ahead.at(-1))
  if (!latest || !target)
    throw new Conflict(to === 'undo' ? 'There is nothing to undo.' : 'There is nothing to do again.')
  const change = await revision(to === 'undo' ? latest.change : target.change)
  const piece = change?.piece ?? null
  const postId = repliedIn(piece)
  const chosen =
    change && postId !== null ? { postId, chosen: (change.what === 'chosen') === (to === 'redo') } : undefined
  return to === 'undo'
    ? { target, what: 'undone', piece, steps: stepsAfterUndoing(latest, target), chosen }
    : { target, what: 'redone', piece, steps: stepsAfterRedoing(latest, target), chosen }
}
