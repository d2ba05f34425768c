import { randomUUID } from 'node:crypto'
import { record } from '../activity/record.ts'
import type { Database, Writer } from '../db/database.ts'
import { Conflict, NotAllowed, NotFound, Refused } from '../errors.ts'
import type { Actor } from '../people/person.ts'
import { findWeek, type Week } from '../rota/weeks.ts'
import { HEADED_KINDS, MOVABLE_KINDS, mayChangeBlock, recapPowers } from './recap.ts'
import {
  changeBlock,
  changeRecap,
  findRecap,
  listBlocks,
  replaceBlocks,
  type KeptBlock,
  type Recap,
} from './store.ts'

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
 * Writes a text into the story, behind a block. Sent twice it is there once, by the form's `id`.
 * @throws Refused when there is nothing in it.
 */
export async function writeText(
  db: Database,
  { id, after, heading, text, ...edit }: Edit & { id: string; after: string; heading: string; text: string },
): Promise<void> {
  if (text === '') throw new Refused({ text: 'There is no text yet.' })
  await db.write(async (tx) => {
    const story = await openStory(tx, edit)
    if (!recapPowers(edit.actor, story.week).write)
      throw new NotAllowed('The story of a week is told by the account’s leads and its host.')
    if (story.blocks.some((block) => block.source === `text:${id}`)) return
    await change(tx, story, edit, { what: 'written' })
    const block: KeptBlock = {
      id: randomUUID(),
      kind: 'text',
      source: `text:${id}`,
      content: { heading, text, writerId: edit.actor.personId, writer: edit.actor.name },
      hidden: false,
      byPerson: true,
    }
    const at = story.blocks.findIndex((one) => one.id === after)
    await replaceBlocks(
      tx,
      story.recap.id,
      story.blocks.toSpliced(at < 0 ? story.blocks.length : at + 1, 0, block),
    )
  })
}

/** Words a heading or a text anew. @throws Refused for an empty text, or a heading that can't be empty. */
export async function rewordBlock(
  db: Database,
  { blockId, heading, text, ...edit }: Edit & { blockId: string; heading: string; text: string },
): Promise<void> {
  await db.write(async (tx) => {
    const story = await openStory(tx, edit)
    const block = blockOf(story, blockId)
    mayChange(edit.actor, story, block)
    if (block.kind === 'text' && text === '')
      throw new Refused({ text: 'There is no text. To take it out, choose “Remove”.' })
    if (block.kind !== 'text' && heading === '')
      throw new Refused({ heading: 'A heading needs words. You can hide it instead.' })
    await change(tx, story, edit, { what: 'reworded', block: block.source })
    const content =
      block.kind === 'text' ? { ...block.content, heading, text } : { ...block.content, heading }
    await changeBlock(tx, block.id, { content, byPerson: true })
  })
}

/** Takes a text out that somebody wrote. */
export async function removeText(
  db: Database,
  { blockId, ...edit }: Edit & { blockId: string },
): Promise<void> {
  await db.write(async (tx) => {
    const story = await openStory(tx, edit)
    const block = blockOf(story, blockId)
    mayChange(edit.actor, story, block)
    if (block.kind !== 'text')
      throw new NotAllowed('What stands on the network can be hidden here, not removed.')
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
    if (!MOVABLE_KINDS.includes(block.kind)) throw new NotAllowed('This keeps its place in the story.')
    const from = story.blocks.indexOf(block)
    const other = story.blocks[direction === 'up' ? from - 1 : from + 1]
    if (!other || other.kind === 'opening' || other.kind === 'next') return
    await change(tx, story, edit, { what: 'moved', block: block.source })
    const to = story.blocks.indexOf(other)
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
  details: Record<string, string>,
): Promise<void> {
  if (!(await changeRecap(tx, { weekId: week.id, version })))
    throw new Conflict('Somebody changed this story since you opened it.')
  await record(tx, {
    accountId: week.accountId,
    kind: 'recap.changed',
    personId: actor.personId,
    weekId: week.id,
    details,
    at: now,
  })
}
