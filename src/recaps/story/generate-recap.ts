import { randomUUID } from 'node:crypto'
import { record } from '../../activity/record.ts'
import type { Database, Writer } from '../../db/database.ts'
import { Faster, NotAllowed, NotFound } from '../../errors.ts'
import type { Actor } from '../../people/person.ts'
import { findWeek } from '../../rota/weeks.ts'
import type { Block } from '../block.ts'
import { generateBlocks, TELLING_KINDS } from './generate.ts'
import { keepRevision } from '../history/keep-revision.ts'
import { mergeBlocks } from './merge.ts'
import { recapPowers } from '../recap.ts'
import {
  changeRecap,
  findRecap,
  insertRecap,
  listBlocks,
  markGenerated,
  replaceBlocks,
  type KeptBlock,
  type Recap,
} from '../store.ts'
import { weekFacts, type WeekFacts } from './week-facts.ts'

/**
 * Step: puts a week's story together from what stands now, or anew, keeping what people did to it. `changed` is false
 * where the story stays word for word; then its version stays too. `first` is true when there is something to tell for the first time.
 */
export async function generateRecap(
  tx: Writer,
  facts: WeekFacts,
  { personId, now }: { personId: string | null; now: Date },
): Promise<{ recap: Recap; changed: boolean; first: boolean }> {
  const { week } = facts
  const known = await findRecap(tx, week.id)
  const before = known ? await listBlocks(tx, known.id) : []
  const after = toldAnew(facts, before, before)
  const changed = JSON.stringify(after) !== JSON.stringify(before)
  if (known && !changed) {
    await markGenerated(tx, known.id, now)
    return { recap: known, changed, first: false }
  }
  const recap = known
    ? (await changeRecap(tx, known, { generatedAt: now }))!
    : await insertRecap(tx, { id: randomUUID(), weekId: week.id, state: 'draft', generatedAt: now })
  await replaceBlocks(tx, recap.id, after)
  const changedTo = { what: 'generated', piece: null } as const
  await keepRevision(tx, { recap, before, after, changed: changedTo, personId, now })
  await record(tx, {
    accountId: week.accountId,
    kind: 'recap.generated',
    personId,
    weekId: week.id,
    details: { blocks: after.length, anew: known !== undefined },
    at: now,
  })
  return { recap, changed, first: !before.some(isTelling) && after.some(isTelling) }
}

/** What people made of a story, told from what stands now. What is in `known` keeps its id. */
export function toldAnew(
  facts: WeekFacts,
  story: readonly KeptBlock[],
  known: readonly KeptBlock[],
): KeptBlock[] {
  const ids = new Map(known.map((block) => [block.source, block.id]))
  return mergeBlocks(story, generateBlocks(facts)).map((block) => ({
    ...block,
    id: ids.get(block.source) ?? randomUUID(),
  }))
}

function isTelling({ kind, away }: Block): boolean {
  return !away && TELLING_KINDS.includes(kind)
}

/**
 * A lead, or the host, puts the story together: also while the week runs, to write along.
 * @throws Conflict when the story changed since the form was shown.
 */
export async function generateAnew(
  db: Database,
  {
    weekId,
    version,
    actor,
    now,
  }: { weekId: string; /** 0 before the first. */ version: number; actor: Actor; now: Date },
): Promise<{ changed: boolean }> {
  return db.write(async (tx) => {
    const week = await findWeek(tx, weekId)
    if (!week || !recapPowers(actor, week).see) throw new NotFound()
    if (!recapPowers(actor, week).write)
      throw new NotAllowed('The story of a week is told by the account’s leads and its host.')
    if (week.kind === 'hiatus' || week.state === 'cancelled' || now < week.opensAt)
      throw new NotAllowed('There is nothing to tell of this week.')
    const known = await findRecap(tx, weekId)
    if ((known?.version ?? 0) !== version)
      throw new Faster('Somebody changed this story since you opened it. Nothing was generated.')
    return generateRecap(tx, await weekFacts(tx, week), { personId: actor.personId, now })
  })
}
