import type { Database, Writer } from '../db/database.ts'
import type { Block } from './block.ts'
import {
  changeRecap,
  leftOfRecap,
  listBlocks,
  listEditions,
  markSwept,
  recapsToSweep,
  replaceBlocks,
  rewriteEdition,
  type Recap,
} from './store.ts'
import { withoutGone, type Gone } from './week-page.ts'

/**
 * Takes what strangers took from the network out of every edition that was ever published and out of what was quoted of it in
 * the story, so that no stored copy outlives it. Returns how many stories were looked through.
 */
export async function sweepRecaps(db: Database): Promise<number> {
  const due = await recapsToSweep(db.read)
  for (const { recap, until } of due)
    await db.write(async (tx) => {
      await sweepRecap(tx, recap, { gone: await leftOfRecap(tx, recap) })
      await markSwept(tx, recap.id, until)
    })
  return due.length
}

/**
 * Step: every edition and the story itself without what is gone, and with its words as `mask` leaves them. What a person
 * quoted or brought in goes with its author's words.
 */
export async function sweepRecap(
  tx: Writer,
  recap: Recap,
  { gone, mask = (kept) => kept }: { gone: Gone; mask?: <T>(kept: T) => T },
): Promise<void> {
  for (const { edition, page } of await listEditions(tx, recap.id)) {
    const swept = mask(withoutGone(page, gone))
    if (JSON.stringify(swept) !== JSON.stringify(page)) await rewriteEdition(tx, recap.id, edition, swept)
  }
  const blocks = await listBlocks(tx, recap.id)
  const kept = blocks
    .filter((block) => !isOf(block, gone))
    .map((block) => ({ ...block, content: mask(block.content) }))
  if (JSON.stringify(kept) === JSON.stringify(blocks)) return
  await replaceBlocks(tx, recap.id, kept as typeof blocks)
  await changeRecap(tx, recap)
}

function isOf(block: Block, gone: Gone): boolean {
  if (block.kind === 'quote') return gone.has(block.content.postId ?? '')
  return block.kind === 'brought' && gone.has(block.content.post.networkId)
}
