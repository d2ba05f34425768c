import { randomUUID } from 'node:crypto'
import { record } from '../activity/record.ts'
import type { Database, Writer } from '../db/database.ts'
import { Conflict, Faster, NotAllowed, NotFound, Refused } from '../errors.ts'
import { choose } from '../listening/posts.ts'
import type { Actor } from '../people/person.ts'
import { findWeek, type Week } from '../rota/weeks.ts'
import { isWritten, withWording } from './block.ts'
import { HEADED_KINDS, isMovable, mayChangeBlock, recapPowers } from './recap.ts'
import {
  changeBlock,
  changeRecap,
  findRecap,
  listBlocks,
  replaceBlocks,
  type KeptBlock,
  type Recap,
} from './store.ts'
import { saysNothing, whyNotWords, type NewText, type StoryWords } from './story-words.ts'

export interface Edit {
  weekId: string
  /** Of the story that the form was shown for. */
  version: number
  actor: Actor
  now: Date
}

interface Story {
  week: Week
  recap: Recap
  blocks: KeptBlock[]
}

/**
 * Keeps the words that somebody typed, in all pieces at once, and puts new texts behind their pieces. Returns the story's
 * version after it; where nothing is new that is the one that was seen.
 * @throws Refused by the fields' ids; Conflict when somebody changed the story meanwhile.
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
    const reworded = words.reworded
      .map(({ blockId, ...content }) => ({ block: blockOf(story, blockId), content }))
      .filter(({ block, content }) => !holds(block, content))
    const written = words.written.filter(
      ({ id }) => !story.blocks.some(({ source }) => source === `text:${id}`),
    )
    if (reworded.length === 0 && written.length === 0) return edit.version
    for (const { block, content } of reworded) {
      mayChange(edit.actor, story, block)
      if (!isWritten(block) && content.heading === '')
        throw new Refused({ [`heading-${block.id}`]: 'A heading needs words. You can hide it instead.' })
    }
    if (written.length > 0 && !recapPowers(edit.actor, story.week).write)
      throw new NotAllowed('The story of a week is told by the account’s leads and its host.')
    const what = reworded.length > 0 ? 'reworded' : 'written'
    const version = await change(tx, story, edit, { what, pieces: reworded.length + written.length })
    const changed = new Map(
      reworded.map(({ block, content }) => [block.id, { ...withWording(block, content), byPerson: true }]),
    )
    const blocks = story.blocks.map((block) => changed.get(block.id) ?? block)
    await replaceBlocks(tx, story.recap.id, withTexts(blocks, written, edit.actor))
    return version
  })
}

function holds({ content }: KeptBlock, words: { heading?: string; text?: string }): boolean {
  return (
    (words.heading === undefined || words.heading === (content.heading ?? '')) &&
    (words.text === undefined || words.text === (content.text ?? ''))
  )
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

/** Puts what somebody said on the page, or takes it off, from the story's page. */
export async function chooseReply(
  db: Database,
  { postId, chosen, actor, now }: { postId: string; chosen: boolean; actor: Actor; now: Date },
): Promise<void> {
  await db.write((tx) => choose(tx, { postId, chosen, actor, now }))
}

/** Takes out what somebody wrote, or put in. */
export async function removeText(
  db: Database,
  { blockId, ...edit }: Edit & { blockId: string },
): Promise<void> {
  await db.write(async (tx) => {
    const story = await openStory(tx, edit)
    const block = blockOf(story, blockId)
    mayChange(edit.actor, story, block)
    if (!isWritten(block)) throw new NotAllowed('What stands on the network can be hidden here, not removed.')
    await change(tx, story, edit, { what: 'removed', block: block.source, text: block.content.text ?? '' })
    await replaceBlocks(
      tx,
      story.recap.id,
      story.blocks.filter((one) => one.id !== block.id),
    )
  })
}

/** Moves a block by one place; at the edge of the story it stays. */
export async function moveBlock(
  db: Database,
  { blockId, direction, ...edit }: Edit & { blockId: string; direction: 'up' | 'down' },
): Promise<void> {
  await db.write(async (tx) => {
    const story = await openStory(tx, edit)
    const block = blockOf(story, blockId)
    mayArrange(edit.actor, story)
    if (!isMovable(block)) throw new NotAllowed('This keeps its place in the story.')
    const present = story.blocks.filter(({ away }) => !away)
    const at = present.indexOf(block)
    const other = present[direction === 'up' ? at - 1 : at + 1]
    if (at < 0 || !other || (!isMovable(other) && other.kind !== 'day')) return
    await change(tx, story, edit, { what: 'moved', block: block.source })
    const [from, to] = [story.blocks.indexOf(block), story.blocks.indexOf(other)]
    await replaceBlocks(tx, story.recap.id, story.blocks.with(from, other).with(to, block))
  })
}

/** Takes a block off the page, or brings it back. */
export async function showBlock(
  db: Database,
  { blockId, hidden, ...edit }: Edit & { blockId: string; hidden: boolean },
): Promise<void> {
  await db.write(async (tx) => {
    const story = await openStory(tx, edit)
    const block = blockOf(story, blockId)
    mayArrange(edit.actor, story)
    if (block.kind === 'opening') throw new NotAllowed('Every story has its opening.')
    if (block.hidden === hidden) return
    await change(tx, story, edit, { what: hidden ? 'hidden' : 'shown', block: block.source })
    await changeBlock(tx, block.id, { hidden })
  })
}

async function openStory(tx: Writer, { weekId, actor }: Edit): Promise<Story> {
  const week = await findWeek(tx, weekId)
  if (!week || !recapPowers(actor, week).see) throw new NotFound()
  const recap = await findRecap(tx, weekId)
  if (!recap) throw new NotFound()
  return { week, recap, blocks: await listBlocks(tx, recap.id) }
}

function blockOf({ blocks }: Story, blockId: string): KeptBlock {
  const block = blocks.find((one) => one.id === blockId)
  if (!block) throw new Conflict('This piece is not in the story any more.')
  return block
}

function mayArrange(actor: Actor, { week }: Story): void {
  if (!recapPowers(actor, week).arrange) throw new NotAllowed('The account’s leads arrange the story.')
}

function mayChange(actor: Actor, { week }: Story, block: KeptBlock): void {
  if (!mayChangeBlock(actor, week, block))
    throw new NotAllowed('Headings are a lead’s to word, and a text is its writer’s or a lead’s.')
  if (!HEADED_KINDS.includes(block.kind)) throw new NotAllowed('There is nothing to word in this piece.')
}

/** The guard of every edit, and its record. */
async function change(
  tx: Writer,
  { week }: Story,
  { version, actor, now }: Edit,
  details: Record<string, string | number>,
): Promise<number> {
  const changed = await changeRecap(tx, { weekId: week.id, version })
  if (!changed) throw new Faster('Somebody changed this story since you opened it.')
  await record(tx, {
    accountId: week.accountId,
    kind: 'recap.changed',
    personId: actor.personId,
    weekId: week.id,
    details,
    at: now,
  })
  return changed.version
}
