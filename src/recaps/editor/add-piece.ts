import { randomUUID } from 'node:crypto'
import type { ConnectionDeps } from '../../accounts/connection.ts'
import type { Database } from '../../db/database.ts'
import { Conflict, NotFound, Refused } from '../../errors.ts'
import { findImageFor } from '../../images/images.ts'
import { ALT_LIMIT } from '../../images/image.ts'
import { bringPost, lookUpPost } from '../../listening/bring-post.ts'
import type { Post } from '../../listening/posts.ts'
import { findWeek } from '../../rota/weeks.ts'
import type { Block } from '../block.ts'
import { changeStory, openStory, type Edit, type OpenStory } from './change-story.ts'
import { placesBehind } from './edit-recap.ts'
import { readAbout } from '../removal/forget-person.ts'
import { sourceOf } from '../story/generate.ts'
import { toldAnew } from '../story/generate-recap.ts'
import { HEADING_LIMIT, QUOTE_LIMIT, recapPowers } from '../recap.ts'
import { chosenOf, isTold } from '../story/stories.ts'
import type { KeptBlock } from '../store.ts'
import { weekFacts } from '../story/week-facts.ts'

/** What people put between the pieces of a story, beside text. */
export const ADDED_KINDS = ['heading', 'quote', 'picture', 'brought'] as const
export type AddedKind = (typeof ADDED_KINDS)[number]

interface Adding extends Edit {
  /** Made with the form: sent twice it is there once. */
  id: string
  /** The id of the piece behind which it stands. */
  after: string
}

/** What can be put in as it was typed. */
export type Typed =
  | { kind: 'heading'; heading: string }
  | { kind: 'quote'; text: string; by: string }
  | { kind: 'picture'; hash: string; alt: string; text: string }

/**
 * Puts a heading, a quote or a picture into a story.
 * @throws Refused by the form's fields; NotFound for a picture that is not the person's to use.
 */
export async function addPiece(
  deps: ConnectionDeps,
  { piece, ...adding }: Adding & { piece: Typed },
): Promise<void> {
  const wrong = whyNot(piece)
  if (Object.keys(wrong).length > 0) throw new Refused(wrong)
  await deps.db.write(async (tx) => {
    const story = await openStory(tx, adding)
    const block = await contentOf(tx, story, adding, piece)
    await put(tx, story, adding, { ...block, source: `${piece.kind}:${adding.id}` })
  })
}

function whyNot(piece: Typed): Record<string, string> {
  const wrong: Record<string, string> = {}
  const check = (field: string, value: string, most: number, missing: string | null) => {
    if (value === '' && missing !== null) wrong[field] = missing
    if (value.length > most) wrong[field] = `This has more than ${most.toLocaleString('en-GB')} characters.`
  }
  if (piece.kind === 'heading') check('heading', piece.heading, HEADING_LIMIT, 'A heading needs words.')
  if (piece.kind === 'quote') {
    check('text', piece.text, QUOTE_LIMIT, 'What was said?')
    check('by', piece.by, HEADING_LIMIT, 'Who said it?')
  }
  if (piece.kind === 'picture') {
    check('alt', piece.alt, ALT_LIMIT, 'Describe the picture for people who can’t see it.')
    check('text', piece.text, QUOTE_LIMIT, null)
  }
  return wrong
}

/** Lifts a picture of the week’s posts out of its post: behind that, where no other piece is named, with its description. */
export async function addPictureOfWeek(
  db: Database,
  { hash, after, ...edit }: Edit & { hash: string; after: string | undefined },
): Promise<void> {
  await db.write(async (tx) => {
    const story = await openStory(tx, edit)
    const facts = await weekFacts(tx, story.week)
    const picture = facts.pictures.get(hash)
    const post = facts.own.find(({ images }) => images.some((image) => image.hash === hash))
    if (!picture || !post) throw new NotFound('There is no such picture in this week.')
    const told = facts.stories.find(({ parts }) => parts.includes(post))
    const behind = story.blocks.find(({ source }) => told && source === sourceOf(told))
    const { personId: writerId, name: writer } = edit.actor
    const { alt } = post.images.find((image) => image.hash === hash)!
    const { width, height } = picture
    const content = { writerId, writer, hash, alt, text: '', width, height }
    const adding = { ...edit, id: hash, after: after ?? behind?.id ?? '' }
    await put(tx, story, adding, { kind: 'picture', source: `picture:${hash}`, content })
  })
}

async function contentOf(
  tx: Parameters<typeof openStory>[0],
  { week }: OpenStory,
  { actor }: Adding,
  piece: Typed,
): Promise<Pick<Block, 'kind' | 'content'>> {
  const writing = { writerId: actor.personId, writer: actor.name }
  if (piece.kind === 'heading') return { kind: 'heading', content: { ...writing, heading: piece.heading } }
  if (piece.kind === 'quote')
    return { kind: 'quote', content: { ...writing, text: piece.text, by: piece.by, postId: null } }
  const { hash, alt, text } = piece
  const mine = { personId: actor.personId, accountIds: [week.accountId] }
  const image = (await findImageFor(tx, hash, mine)) ?? (await weekFacts(tx, week)).pictures.get(hash)
  if (!image) throw new NotFound('There is no such picture here.')
  const { width, height } = image
  return { kind: 'picture', content: { ...writing, hash, alt, text, width, height } }
}

async function put(
  tx: Parameters<typeof openStory>[0],
  story: OpenStory,
  { after, ...edit }: Adding,
  piece: Pick<Block, 'kind' | 'content' | 'source'>,
): Promise<void> {
  if (story.blocks.some(({ source }) => source === piece.source)) return
  const block = {
    ...piece,
    id: randomUUID(),
    hidden: false,
    pinned: false,
    byPerson: true,
    away: false,
    choices: {},
  } as KeptBlock
  const blocks = inserted(story.blocks, block, after)
  await changeStory(tx, story, { ...edit, what: 'added', piece: piece.source, blocks })
}

/** Behind the piece that was named; where that is gone, at the end. */
function inserted(blocks: readonly KeptBlock[], block: KeptBlock, after: string): KeptBlock[] {
  const target = blocks.find(({ id }) => id === after)
  const at = target ? blocks.indexOf(target) + placesBehind(target) : blocks.length
  return blocks.toSpliced(at, 0, block)
}

/**
 * Brings a post of the network into a story by its address: read once, and looked up again for as long as it may be shown. What was
 * said to the account in this very week comes as what it is, with its answers.
 * @throws Refused under `address`, Conflict when the network can't be asked now.
 */
export async function bringIn(
  deps: ConnectionDeps,
  { address, ...adding }: Adding & { address: string },
): Promise<void> {
  const { networkId } = readAbout(address)
  if (networkId === null)
    throw new Refused({
      address: 'Copy the whole address of a post here, such as https://x.com/name/status/123.',
    })
  const week = await findWeek(deps.db.read, adding.weekId)
  if (!week || !recapPowers(adding.actor, week).write) throw new NotFound()
  const read = await lookUpPost(deps, week.accountId, networkId)
  await deps.db.write(async (tx) => {
    const story = await openStory(tx, adding)
    const { actor, now } = adding
    const post = await bringPost(tx, { accountId: week.accountId, ...read, actor, now })
    const source = `post:${post.networkId}`
    if (post.weekId === week.id && post.replyTo === null) {
      const told = toldAnew(await weekFacts(tx, week), story.blocks, story.blocks)
      const block = told.find((one) => one.source === source)
      if (!block) throw new Conflict('This post is of this week, and can’t stand on its page.')
      const rest = told.filter((one) => one !== block)
      const blocks = inserted(rest, { ...block, hidden: false }, adding.after)
      await changeStory(tx, story, { ...adding, what: 'added', piece: source, blocks })
      return
    }
    const facts = post.weekId === week.id ? await weekFacts(tx, week) : null
    // It stands under what it answers, once, now that it is chosen.
    if (facts?.stories.some((one) => isTold(one) && chosenOf(one).some(({ id }) => id === post.id))) return
    const content = { writerId: actor.personId, writer: actor.name, post: broughtOf(post, now) }
    await put(tx, story, adding, { kind: 'brought', source: `brought:${post.networkId}`, content })
  })
}

function broughtOf(post: Post, now: Date) {
  const { networkId, authorNetworkId, authorHandle, authorName, text, lang, links, images, createdAt } = post
  return {
    networkId,
    authorNetworkId,
    authorHandle,
    authorName,
    text,
    lang,
    links: links.map(({ url, expandedUrl, displayUrl, title }) => ({ url, expandedUrl, displayUrl, title })),
    pictures: images.length,
    createdAt: createdAt.toISOString(),
    readAt: now.toISOString(),
  }
}
