import { record } from '../../activity/record.ts'
import type { Writer } from '../../db/database.ts'
import { Conflict, Faster, NotAllowed, NotFound } from '../../errors.ts'
import type { Actor } from '../../people/person.ts'
import { findWeek, type Week } from '../../rota/weeks.ts'
import { keepRevision, type Changed } from '../history/keep-revision.ts'
import { recapPowers } from '../recap.ts'
import type { Steps } from '../revision.ts'
import { changeRecap, findRecap, listBlocks, replaceBlocks, type KeptBlock, type Recap } from '../store.ts'

export interface Edit {
  weekId: string
  /** Of the story that the form was shown for. */
  version: number
  actor: Actor
  now: Date
}

export interface OpenStory {
  week: Week
  recap: Recap
  blocks: KeptBlock[]
}

/**
 * Step: the story for somebody who may write in it. Somebody else may have changed it since they saw it: what is done to one
 * piece takes nothing from what was done to another.
 * @throws NotFound, NotAllowed
 */
export async function openStory(tx: Writer, { weekId, actor }: Edit): Promise<OpenStory> {
  const week = await findWeek(tx, weekId)
  if (!week || !recapPowers(actor, week).see) throw new NotFound()
  const recap = await findRecap(tx, weekId)
  if (!recap) throw new NotFound()
  if (!recapPowers(actor, week).write)
    throw new NotAllowed('The story of a week is told by the account’s leads and its host.')
  return { week, recap, blocks: await listBlocks(tx, recap.id) }
}

/** @throws Conflict when it is not in the story any more. */
export function blockOf({ blocks }: OpenStory, blockId: string): KeptBlock {
  const block = blocks.find((one) => one.id === blockId)
  if (!block) throw new Conflict('This piece is not in the story any more.')
  return block
}

/** Step: the story with these blocks from now on, with its history and the record. Returns its version. */
export async function changeStory(
  tx: Writer,
  { week, recap, blocks: before }: OpenStory,
  {
    actor,
    now,
    blocks: after,
    steps,
    pieces = 1,
    ...changed
  }: Pick<Edit, 'actor' | 'now'> & Changed & { blocks: KeptBlock[]; pieces?: number; steps?: Steps },
): Promise<number> {
  const raised = await changeRecap(tx, recap)
  if (!raised) throw new Faster('Somebody changed this story since you opened it.')
  await replaceBlocks(tx, recap.id, after)
  const { personId } = actor
  const { goesOn } = await keepRevision(tx, {
    recap: raised,
    before,
    after,
    changed,
    personId,
    now,
    ...(steps ? { steps } : {}),
  })
  const { what, piece } = changed
  // Choosing what somebody said is on the record by itself, with who they are.
  if (goesOn || what === 'chosen' || what === 'unchosen') return raised.version
  await record(tx, {
    accountId: week.accountId,
    kind: 'recap.changed',
    personId,
    weekId: week.id,
    details: { what, pieces, ...(piece === null ? {} : { piece }) },
    at: now,
  })
  return raised.version
}
