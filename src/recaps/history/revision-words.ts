import type { Block } from '../block.ts'
import { describeBlock } from '../block-words.ts'
import { sourceOf } from '../story/generate.ts'
import { replyPiece, type RevisionKind } from '../revision.ts'
import { isTold } from '../story/stories.ts'
import type { WeekFacts } from '../story/week-facts.ts'

/** "moved the post of Monday 12:20" */
const DONE: Record<RevisionKind, (piece: string) => string> = {
  generated: () => 'gathered what stands on X',
  reworded: (piece) => `reworded ${piece}`,
  written: () => 'wrote a text',
  added: (piece) => `put in ${piece}`,
  removed: (piece) => `took out ${piece}`,
  moved: (piece) => `moved ${piece}`,
  hidden: (piece) => `hid ${piece}`,
  shown: (piece) => `showed ${piece} again`,
  pinned: (piece) => `pinned ${piece}`,
  loosened: (piece) => `took the pin from ${piece}`,
  chosen: (piece) => `chose ${piece}`,
  unchosen: (piece) => `took ${piece} off the page`,
  undone: (piece) => `undid a change to ${piece}`,
  redone: (piece) => `did the change to ${piece} again`,
  restored: () => 'brought an earlier state back',
}

/** By the beginning of its source: of a piece that is in the story no more. */
const GONE: Record<string, string> = {
  text: 'a text',
  heading: 'a heading',
  picture: 'a picture',
  quote: 'a quote',
  brought: 'a post from elsewhere',
  reply: 'what somebody said',
}

/** Says what a change was, of the pieces of one story. */
export function revisionWords(
  facts: WeekFacts,
  blocks: readonly Block[],
): (revision: { what: RevisionKind; piece: string | null }) => string {
  const stories = new Map(facts.stories.filter(isTold).map((story) => [sourceOf(story), story]))
  const known = new Map(blocks.map((block) => [block.source, block]))
  const voices = new Map(
    facts.stories
      .flatMap(({ parts, conversation }) => [...parts, ...conversation])
      .filter(({ kind, leftPage }) => kind !== 'own' && leftPage === null)
      .map((post) => [replyPiece(post.id), `what ${post.authorName || `@${post.authorHandle}`} said`]),
  )
  const name = (piece: string | null) => {
    if (piece === null) return 'several pieces'
    const said = voices.get(piece)
    if (said) return said
    const block = known.get(piece)
    const words = block && describeBlock(block, stories.get(piece), facts.account.timeZone)
    if (words) return /^(?:post|thread) /.test(words) ? `the ${words}` : words
    return GONE[piece.slice(0, piece.indexOf(':'))] ?? 'a piece'
  }
  return ({ what, piece }) => DONE[what](name(piece))
}
