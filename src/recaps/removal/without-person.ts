import { LEFT_OUT } from '../../listening/forgotten.ts'
import type { Block } from '../block.ts'
import { withoutGone, withoutNamed, type Gone, type Unnamed, type WeekPage } from '../week-page.ts'

/** What may not be said any more: what left the network, and who is not to be named. */
export interface Left {
  gone: Gone
  unnamed?: Unnamed | undefined
}

/** A page without what left the network, and without the name of who is not to be named. */
export function pageWithout(page: WeekPage, { gone, unnamed }: Left): WeekPage {
  const standing = withoutGone(page, gone)
  return unnamed ? withoutNamed(standing, unnamed) : standing
}

/** The same of a story's pieces: what a person quoted or brought in goes with its author's words. */
export function blocksWithout<B extends Block>(blocks: readonly B[], { gone, unnamed }: Left): B[] {
  return blocks
    .filter((block) => !isOf(block, gone, unnamed))
    .map((block) => (unnamed ? { ...block, content: unnamed.mask(block.content) } : block))
}

function isOf(block: Block, gone: Gone, unnamed: Unnamed | undefined): boolean {
  const { kind, content } = block
  if (kind === 'brought')
    return gone.has(content.post.networkId) || unnamed?.mask(content.post).authorHandle === LEFT_OUT
  if (kind !== 'quote') return false
  return gone.has(content.postId ?? '') || (unnamed !== undefined && unnamed.mask(content).by !== content.by)
}
