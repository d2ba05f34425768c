import { isTouched, isWritten, untouched, type Block, type GeneratedBlock } from '../block.ts'

/**
 * A story generated anew, with all that people did to it. What they wrote, hid, pinned, chose, reworded and moved stays; what
 * nobody touched and no longer stands on the network goes, what somebody touched waits unseen, should it come back. What is
 * new comes to its place in time: after what was generated before it and was not moved by anybody, and after the pieces that
 * people wrote or pinned to that. Its time grows with the number of blocks, times its logarithm.
 */
export function mergeBlocks<B extends Block>(
  existing: readonly B[],
  generated: readonly GeneratedBlock[],
): (B | Block)[] {
  const place = new Map(generated.map((block, index) => [block.source, index]))
  const kept = existing
    .filter((block) => isWritten(block) || place.has(block.source) || isTouched(block))
    .map((block) => refreshed(block, generated[place.get(block.source) ?? -1]))
  return withNew(kept, newByAnchor(kept, generated, place))
}

function refreshed<B extends Block>(block: B, generated: GeneratedBlock | undefined): B {
  if (!generated) return { ...block, away: !isWritten(block) }
  const content = block.byPerson ? block.content : generated.content
  return { ...block, kind: generated.kind, content, away: false }
}

/** What is not in the story yet, by the source of the piece behind which it comes; null: at the beginning. */
function newByAnchor(
  kept: readonly Block[],
  generated: readonly GeneratedBlock[],
  place: ReadonlyMap<string, number>,
): Map<string | null, Block[]> {
  const known = new Set(kept.map((block) => block.source))
  const unmoved = new Set(
    longestRise(kept.flatMap((block) => place.get(block.source) ?? [])).map((at) => generated[at]!.source),
  )
  const fresh = new Map<string | null, Block[]>()
  let anchor: string | null = null
  for (const block of generated) {
    if (unmoved.has(block.source)) anchor = block.source
    else if (!known.has(block.source)) {
      const behind = fresh.get(anchor)
      if (behind) behind.push(untouched(block))
      else fresh.set(anchor, [untouched(block)])
    }
  }
  return fresh
}

/** Each new piece behind its anchor and what people put directly behind that. */
function withNew<B extends Block>(
  kept: readonly B[],
  fresh: ReadonlyMap<string | null, Block[]>,
): (B | Block)[] {
  const story: (B | Block)[] = [...(fresh.get(null) ?? [])]
  let waiting: Block[] = []
  for (const block of kept) {
    if (!isWritten(block) && !block.pinned) {
      story.push(...waiting)
      waiting = []
    }
    story.push(block)
    waiting.push(...(fresh.get(block.source) ?? []))
  }
  return [...story, ...waiting]
}

/** The longest rising part of a list, in its order (patience sorting): the blocks that nobody moved. */
function longestRise(numbers: readonly number[]): number[] {
  /** By its length less one: where the rise ends whose last number is the smallest. */
  const ends: number[] = []
  const before: number[] = []
  for (const [at, number] of numbers.entries()) {
    let low = 0
    let high = ends.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (numbers[ends[middle]!]! < number) low = middle + 1
      else high = middle
    }
    before[at] = low > 0 ? ends[low - 1]! : -1
    ends[low] = at
  }
  const rise: number[] = []
  for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at]!) rise.push(numbers[at]!)
  return rise.toReversed()
}
