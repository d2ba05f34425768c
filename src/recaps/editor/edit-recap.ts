import { randomUUID } from 'node:crypto'
import type { Database } from '../../db/database.ts'
import { Faster, NotAllowed, NotFound, Refused } from '../../errors.ts'
import { choose } from '../../listening/posts.ts'
import type { Actor } from '../../people/person.ts'
import { findWeek } from '../../rota/weeks.ts'
import { isWritten, withWording, type BlockKind } from '../block.ts'
import { generateRecap } from '../story/generate-recap.ts'
import { weekFacts, type WeekFacts } from '../story/week-facts.ts'
import { blockOf, changeStory, openStory, type Edit, type OpenStory } from './change-story.ts'
import { HEADED_KINDS, isMovable, mayChangeBlock, QUOTE_LIMIT, recapPowers } from '../recap.ts'
import { replyPiece } from '../revision.ts'
import { latestRevision } from '../history/revisions-store.ts'
import type { KeptBlock } from '../store.ts'
import {
  saysNothing,
  WORDED,
  whyNotWords,
  wordsOf,
  type NewText,
  type Reworded,
  type StoryWords,
  type Worded,
  type Words,
} from './story-words.ts'

/**
 * Keeps the words that somebody typed, in all pieces at once, and puts new texts behind their pieces. Where somebody else
 * changed the story meanwhile both changes stand, unless they are of the same words. Returns the version up to which the person
 * has seen the story: the one after it or, where somebody else changed it meanwhile or nothing is new, the one that they saw.
 * @throws Refused by the fields' ids; Conflict when somebody else changed the same words.
 */
export async function saveWords(
  db: Database,
  { words, ...edit }: Edit & { words: StoryWords },
): Promise<number> {
  const week = await findWeek(db.read, edit.weekId)
  if (!week || !recapPowers(edit.actor, week).see) throw new NotFound()
  if (saysNothing(words)) return edit.version
  const wrong = whyNotWords(words)
  if (Object.keys(wrong).length > 0) throw new Refused(wrong)
  return db.write(async (tx) => {
    const story = await openStory(tx, edit)
    const known = new Map(story.blocks.map((block) => [block.source, block]))
    const goneOn = words.written.flatMap((one) => goesOn(one, known.get(textSource(one))))
    const reworded = [...words.reworded, ...goneOn]
      .map((one) => ({ block: blockOf(story, one.blockId), ...one }))
      .filter(({ block, ...one }) => !holds(block, one))
    const written = words.written.filter((one) => !known.has(textSource(one)))
    if (reworded.length === 0 && written.length === 0) return edit.version
    for (const { block, ...one } of reworded) {
      mayChange(edit.actor, story, block)
      const refused = whyNotWorded(block, one)
      if (Object.keys(refused).length > 0) throw new Refused(refused)
      if (!stoodAs(block, one, edit.version === story.recap.version))
        throw new Faster('Somebody changed the same words since you opened the story.')
    }
    const changed = new Map(
      reworded.map(({ block, ...one }) => [
        block.id,
        { ...withWording(block, wordsOf(one)), byPerson: true },
      ]),
    )
    const blocks = story.blocks.map((block) => changed.get(block.id) ?? block)
    const pieces = [...reworded.map(({ block }) => block.source), ...written.map(textSource)]
    const version = await changeStory(tx, story, {
      ...edit,
      what: reworded.length > 0 ? 'reworded' : 'written',
      piece: pieces.length === 1 ? pieces[0]! : null,
      pieces: pieces.length,
      blocks: withTexts(blocks, written, edit.actor),
    })
    return edit.version === story.recap.version ? version : edit.version
  })
}

/** What is missing from words that were typed into a piece, by the ids of the fields. */
function whyNotWorded(block: KeptBlock, { heading, text, alt, by }: Words): Record<string, string> {
  const wrong: Record<string, string> = {}
  const missing = (name: Worded, why: string) => (wrong[`${name}-${block.id}`] = why)
  if (block.kind === 'reflection' && text !== undefined)
    throw new NotAllowed('What the host says stands as it was approved. They change it on its own page.')
  if ((alt !== undefined && block.kind !== 'picture') || (by !== undefined && block.kind !== 'quote'))
    throw new NotAllowed('There is nothing of that kind to word in this piece.')
  if (heading === '' && !isWritten(block))
    missing('heading', 'A heading needs words. You can hide it instead.')
  if (heading === '' && block.kind === 'heading')
    missing('heading', 'A heading needs words. To take it out, choose “Remove”.')
  if (text === '' && NEED_TEXT.includes(block.kind))
    missing('text', 'There is no text. To take it out, choose “Remove”.')
  if (text !== undefined && block.kind === 'quote' && text.length > QUOTE_LIMIT)
    missing('text', `A quote has at most ${QUOTE_LIMIT} characters. Put the rest into a text.`)
  if (alt === '') missing('alt', 'Describe the picture for people who can’t see it.')
  if (by === '') missing('by', 'Who said it?')
  return wrong
}

/** A picture may do without. */
const NEED_TEXT: readonly BlockKind[] = ['text', 'quote', 'reflection']

function textSource({ id }: NewText): string {
  return `text:${id}`
}

/** A window goes on typing in a text that it has saved before, and knows it or not: a form that is sent once more as it was changes nothing. */
function goesOn({ heading, text, was }: NewText, block: KeptBlock | undefined): Reworded[] {
  return block ? [{ blockId: block.id, heading, text, ...(was ? { was } : {}) }] : []
}

function standing({ content }: Pick<KeptBlock, 'content'>): Record<Worded, string> {
  const { heading = '', text = '', alt = '', by = '' }: Words = { ...content }
  return { heading, text, alt, by }
}

function holds(block: Pick<KeptBlock, 'content'>, words: Words): boolean {
  const now = standing(block)
  return WORDED.every((name) => words[name] === undefined || words[name] === now[name])
}

/** Whether nobody changed what they typed over. */
function stoodAs(block: KeptBlock, { was = {}, ...typed }: Reworded, sawLatest: boolean): boolean {
  const now = standing(block)
  return WORDED.every((name) => typed[name] === undefined || sawLatest || was[name] === now[name])
}

function withTexts(blocks: KeptBlock[], written: NewText[], actor: Actor): KeptBlock[] {
  let all = blocks
  for (const { id, after, heading, text } of written) {
    const at = all.findIndex((one) => one.id === after)
    all = all.toSpliced(at < 0 ? all.length : at + 1, 0, {
      id: randomUUID(),
      kind: 'text',
      source: `text:${id}`,
      content: { heading, text, writerId: actor.personId, writer: actor.name },
      hidden: false,
      pinned: false,
      byPerson: true,
      away: false,
      choices: {},
    })
  }
  return all
}

/**
 * Puts what somebody said on the page, or takes it off, from the story's page. A mention becomes a piece of its own, in its place in
 * time or behind the piece that is named.
 */
export async function chooseReply(
  db: Database,
  { postId, chosen, after, ...edit }: Edit & { postId: string; chosen: boolean; after?: string | undefined },
): Promise<void> {
  await db.write(async (tx) => {
    const week = await findWeek(tx, edit.weekId)
    const stood = week && isChosen(await weekFacts(tx, week), postId)
    const { kind, networkId, weekId } = await choose(tx, { ...edit, postId, chosen })
    if (!week || weekId !== edit.weekId) return
    if (kind === 'mention')
      await generateRecap(tx, await weekFacts(tx, week), { personId: edit.actor.personId, now: edit.now })
    const story = await openStory(tx, edit)
    const block =
      kind === 'mention' ? story.blocks.find(({ source }) => source === `post:${networkId}`) : undefined
    const moved = block && after !== undefined ? behind(story, block, after) : null
    const blocks = moved ?? story.blocks
    if (stood !== chosen)
      await changeStory(tx, story, {
        ...edit,
        what: chosen ? 'chosen' : 'unchosen',
        piece: replyPiece(postId),
        blocks,
      })
    else if (moved) await changeStory(tx, story, { ...edit, what: 'moved', piece: block!.source, blocks })
  })
}

function isChosen({ stories }: WeekFacts, postId: string): boolean {
  const said = stories.flatMap(({ parts, conversation }) => [...parts, ...conversation])
  return said.some(({ id, chosenAt }) => id === postId && chosenAt !== null)
}

/**
 * Takes out what somebody wrote, or put in.
 * @throws Conflict when somebody changed it since it was seen.
 */
export async function removeText(
  db: Database,
  { blockId, ...edit }: Edit & { blockId: string },
): Promise<void> {
  await db.write(async (tx) => {
    const story = await openStory(tx, edit)
    const block = blockOf(story, blockId)
    mayChange(edit.actor, story, block)
    if (!isWritten(block)) throw new NotAllowed('What stands on the network can be hidden here, not removed.')
    const seen = (await latestRevision(tx, story.recap.id, edit.version))?.blocks.find(
      ({ id }) => id === blockId,
    )
    if (edit.version !== story.recap.version && !(seen && holds(block, standing(seen))))
      throw new Faster('Somebody changed this text since you opened the story. It was not removed.')
    await changeStory(tx, story, {
      ...edit,
      what: 'removed',
      piece: block.source,
      blocks: story.blocks.filter((one) => one.id !== block.id),
    })
  })
}

/** Where a piece is to go: one place on, or directly behind another piece. */
export type Destination = 'up' | 'down' | { after: string }

/** Moves a block; at the edge of the story it stays. */
export async function moveBlock(
  db: Database,
  { blockId, to, ...edit }: Edit & { blockId: string; to: Destination },
): Promise<void> {
  await db.write(async (tx) => {
    const story = await openStory(tx, edit)
    const block = blockOf(story, blockId)
    if (!isMovable(block)) throw new NotAllowed('This keeps its place in the story.')
    const blocks = typeof to === 'string' ? swapped(story, block, to) : behind(story, block, to.after)
    if (blocks) await changeStory(tx, story, { ...edit, what: 'moved', piece: block.source, blocks })
  })
}

/** With the piece that stands beside it; null at the edge. */
function swapped({ blocks }: OpenStory, block: KeptBlock, direction: 'up' | 'down'): KeptBlock[] | null {
  const present = blocks.filter(({ away }) => !away)
  const at = present.indexOf(block)
  const other = present[direction === 'up' ? at - 1 : at + 1]
  if (at < 0 || !other || (!isMovable(other) && other.kind !== 'day')) return null
  return blocks.with(blocks.indexOf(block), other).with(blocks.indexOf(other), block)
}

function behind(story: OpenStory, block: KeptBlock, after: string): KeptBlock[] | null {
  const target = blockOf(story, after)
  if (target === block) return null
  const rest = story.blocks.filter((one) => one !== block)
  const blocks = rest.toSpliced(rest.indexOf(target) + placesBehind(target), 0, block)
  return blocks.every((one, at) => one === story.blocks[at]) ? null : blocks
}

/** Who comes next and how to take part stand last: what is let go there comes before them. */
export function placesBehind({ kind }: KeptBlock): number {
  return kind === 'next' || kind === 'join' ? 0 : 1
}

/** Takes a block off the page, or brings it back. */
export async function showBlock(
  db: Database,
  { blockId, hidden, ...edit }: Edit & { blockId: string; hidden: boolean },
): Promise<void> {
  await db.write(async (tx) => {
    const story = await openStory(tx, edit)
    const block = blockOf(story, blockId)
    if (block.kind === 'opening') throw new NotAllowed('Every story has its opening.')
    if (block.hidden === hidden) return
    const what = hidden ? 'hidden' : 'shown'
    await changeStory(tx, story, {
      ...edit,
      what,
      piece: block.source,
      blocks: having(story, block, { hidden }),
    })
  })
}

/** Keeps a block behind the piece before it, so that nothing new comes between; or lets it go. */
export async function pinBlock(
  db: Database,
  { blockId, pinned, ...edit }: Edit & { blockId: string; pinned: boolean },
): Promise<void> {
  await db.write(async (tx) => {
    const story = await openStory(tx, edit)
    const block = blockOf(story, blockId)
    if (!isMovable(block)) throw new NotAllowed('This keeps its place in the story.')
    if (block.pinned === pinned) return
    const what = pinned ? 'pinned' : 'loosened'
    await changeStory(tx, story, {
      ...edit,
      what,
      piece: block.source,
      blocks: having(story, block, { pinned }),
    })
  })
}

function having(
  { blocks }: OpenStory,
  block: KeptBlock,
  change: Partial<Pick<KeptBlock, 'hidden' | 'pinned'>>,
): KeptBlock[] {
  return blocks.map((one) => (one === block ? { ...one, ...change } : one))
}

function mayChange(actor: Actor, { week }: OpenStory, block: KeptBlock): void {
  if (!mayChangeBlock(actor, week, block))
    throw new NotAllowed('What somebody wrote is theirs to change, or a lead’s.')
  if (!isWritten(block) && !HEADED_KINDS.includes(block.kind))
    throw new NotAllowed('There is nothing to word in this piece.')
}
