import { setImmediate } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Database } from '../../db/database.ts'
import { changeRecap, findRecap, listBlocksAsKept, replaceBlocks, type Recap } from '../store.ts'
import {
  blocksOf,
  findCopy,
  leftOfRecap,
  listCopies,
  markSwept,
  pageOf,
  recapsToSweep,
  rewriteEdition,
  rewriteRevision,
  type CopyKey,
} from './copies-store.ts'
import { blocksWithout, pageWithout, type Left } from './without-person.ts'

/** So many stories are marked at once as looked through. */
const MARKED_AT_ONCE = 50

/**
 * Takes what strangers took from the network out of every edition that was ever published and out of what was quoted of it in
 * the story, so that no stored copy outlives it. Each copy is a change of its own; what a crash interrupts is begun again.
 * Returns how many stories were looked through.
 */
export async function sweepRecaps(db: Database): Promise<number> {
  const due = await recapsToSweep(db.read)
  for (let from = 0; from < due.length; from += MARKED_AT_ONCE) {
    const some = due.slice(from, from + MARKED_AT_ONCE)
    for (const { recap } of some) {
      const left = await leftOfRecap(db.read, recap)
      const news = left.filter(({ removedAt }) => removedAt > (recap.sweptAt ?? 0))
      await sweepRecap(db, recap, {
        gone: new Map(left.map(({ networkId, leftPage }) => [networkId, leftPage])),
        mayBeIn: (kept) => news.some(({ networkId }) => kept.includes(`"${networkId}"`)),
      })
    }
    await db.write(async (tx) => {
      for (const { recap, until } of some) await markSwept(tx, recap.id, until)
    })
  }
  return due.length
}

interface Sweep extends Left {
  /** Whether to look closer at a copy, as it is kept. */
  mayBeIn?(kept: string): boolean
}

/**
 * The story itself, every edition and all that it was before without what is left out: the story first, so that what is kept
 * of it meanwhile is clean. Others have a turn after each.
 */
export async function sweepRecap(db: Database, recap: Recap, sweep: Sweep): Promise<void> {
  await sweepStory(db, recap, sweep)
  for (const key of await listCopies(db.read, recap.id)) await sweepCopy(db, key, sweep)
}

async function sweepStory(db: Database, { id, weekId }: Recap, left: Left): Promise<void> {
  const blocks = await listBlocksAsKept(db.read, id)
  if (isDeepStrictEqual(blocksWithout(blocks, left), blocks)) return
  await db.write(async (tx) => {
    await replaceBlocks(tx, id, blocksWithout(await listBlocksAsKept(tx, id), left))
    await changeRecap(tx, (await findRecap(tx, weekId))!)
  })
}

/** What it comes to is worked out before the change, which is short. */
async function sweepCopy(db: Database, key: CopyKey, sweep: Sweep): Promise<void> {
  const copy = await findCopy(db.read, key)
  if (!copy || !(sweep.mayBeIn?.(copy.kept) ?? true)) return
  const kept = key.kind === 'edition' ? pageOf(copy) : blocksOf(copy)
  const swept = Array.isArray(kept) ? blocksWithout(kept, sweep) : pageWithout(kept, sweep)
  if (!isDeepStrictEqual(swept, kept)) {
    const written = await db.write((tx) =>
      Array.isArray(swept) ? rewriteRevision(tx, copy, swept) : rewriteEdition(tx, copy, swept),
    )
    if (!written) return sweepCopy(db, key, sweep)
  }
  await setImmediate()
}
