import type { Block } from './recap.ts'

/** What the generator makes: nothing in it is a person's. */
export type GeneratedBlock = Pick<Block, 'kind' | 'source' | 'content'>

/**
 * A story generated anew, with all that people did to it. What they wrote, hid, reworded and moved stays; what no longer
 * stands on the network goes; what is new comes to its place in time: after what was generated before it and was not
 * moved by anybody, and after the texts written to that.
 */
export function mergeBlocks<B extends Block>(
  existing: readonly B[],
  generated: readonly GeneratedBlock[],
): (B | Block)[] {
  const place = new Map(generated.map((block, index) => [block.source, index]))
  const story: (B | Block)[] = existing
    .filter((block) => block.kind === 'text' || place.has(block.source))
    .map((block) => refreshed(block, generated[place.get(block.source) ?? -1]))
  const known = new Set(story.map((block) => block.source))
  const unmoved = new Set(
    longestRise(story.flatMap((block) => place.get(block.source) ?? [])).map((at) => generated[at]!.source),
  )

  let before: string | null = null
  for (const block of generated) {
    if (!known.has(block.source)) {
      story.splice(endOf(story, before), 0, { ...block, hidden: false, byPerson: false })
      before = block.source
    } else if (unmoved.has(block.source)) before = block.source
  }
  return story
}

function refreshed<B extends Block>(block: B, generated: GeneratedBlock | undefined): B {
  if (!generated) return block
  return { ...block, kind: generated.kind, content: block.byPerson ? block.content : generated.content }
}

/** Behind the block and the texts that follow it; the beginning without one. */
function endOf(story: readonly Block[], source: string | null): number {
  if (source === null) return 0
  let at = story.findIndex((block) => block.source === source) + 1
  while (story[at]?.kind === 'text') at += 1
  return at
}

/** The longest rising part of a list, in its order: the blocks that nobody moved. */
function longestRise(numbers: readonly number[]): number[] {
  const rises: number[][] = []
  for (const number of numbers) {
    const best = rises
      .filter((rise) => rise.at(-1)! < number)
      .reduce<number[]>((longest, rise) => (rise.length > longest.length ? rise : longest), [])
    rises.push([...best, number])
  }
  return rises.reduce((longest, rise) => (rise.length > longest.length ? rise : longest), [])
}
