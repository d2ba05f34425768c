import type { Database, Writer } from '../../db/database.ts'
import { LEFT_OUT } from '../../listening/forgotten.ts'
import type { Block } from '../block.ts'
import { listWholeRevisions, rewriteRevision } from '../history/revisions-store.ts'
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
} from '../store.ts'
import { withoutGone, withoutNamed, type Gone, type Unnamed } from '../week-page.ts'

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
 * Step: every edition, the story itself and all that it was before without what is gone, and without the name of who is not to be named. What a
 * person quoted or brought in goes with its author's words.
 */
export async function sweepRecap(
  tx: Writer,
  recap: Recap,
  { gone, unnamed }: { gone: Gone; unnamed?: Unnamed },
): Promise<void> {
  for (const { edition, page } of await listEditions(tx, recap.id)) {
    const standing = withoutGone(page, gone)
    const swept = unnamed ? withoutNamed(standing, unnamed) : standing
    if (JSON.stringify(swept) !== JSON.stringify(page)) await rewriteEdition(tx, recap.id, edition, swept)
  }
  const sweep = <B extends Block>(all: readonly B[]) =>
    all.filter((block) => !isOf(block, gone, unnamed)).map((block) => worded(block, unnamed))
  for (const revision of await listWholeRevisions(tx, recap.id)) {
    const swept = sweep(revision.blocks)
    if (JSON.stringify(swept) !== JSON.stringify(revision.blocks))
      await rewriteRevision(tx, { ...revision, blocks: swept })
  }
  const blocks = await listBlocks(tx, recap.id)
  const kept = sweep(blocks)
  if (JSON.stringify(kept) === JSON.stringify(blocks)) return
  await replaceBlocks(tx, recap.id, kept)
  await changeRecap(tx, recap)
}

function isOf(block: Block, gone: Gone, unnamed: Unnamed | undefined): boolean {
  const { kind, content } = block
  if (kind === 'brought')
    return gone.has(content.post.networkId) || unnamed?.mask(content.post).authorHandle === LEFT_OUT
  if (kind !== 'quote') return false
  return gone.has(content.postId ?? '') || (unnamed !== undefined && unnamed.mask(content).by !== content.by)
}

function worded<B extends Block>(block: B, unnamed: Unnamed | undefined): B {
  return unnamed ? { ...block, content: unnamed.mask(block.content) } : block
}
