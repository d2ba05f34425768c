import { z } from 'zod'

/**
 * A story is a list of blocks. What was said is looked up by a block's `source` whenever the story is told, so that what is
 * gone from the network is gone from the story; a block holds headings, what people wrote, and what they chose.
 */

/** Of the JSON in which a block's content is kept: it rises when a shape changes, and `readContent` opens every older one. */
export const CONTENT_FORMAT = 1

/** What can be worded in a block, whatever its kind. */
const wording = z.object({
  heading: z.string().optional(),
  /** Markdown. */
  text: z.string().optional(),
  /** Who wrote the text, and what they were called then. */
  writerId: z.string().optional(),
  writer: z.string().optional(),
})

/** A picture of ours, by its hash. */
const picture = wording.extend({
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  alt: z.string(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
})

/** One sentence worth stopping for; `text` is what was said, as it is. */
const quote = wording.extend({
  by: z.string(),
  /** The network id of the post that it is from, where it is from one: with that it goes. */
  postId: z.string().nullable(),
})

/** A post that somebody brought in by its address, as it stood when it was read. */
const brought = wording.extend({
  post: z.object({
    networkId: z.string().regex(/^\d+$/),
    authorNetworkId: z.string(),
    authorHandle: z.string(),
    authorName: z.string(),
    text: z.string(),
    lang: z.string().nullable(),
    links: z.array(
      z.object({
        url: z.string(),
        expandedUrl: z.string(),
        displayUrl: z.string(),
        title: z.string().nullable(),
      }),
    ),
    pictures: z.number().int().nonnegative(),
    /** ISO 8601, UTC. */
    createdAt: z.iso.datetime(),
    readAt: z.iso.datetime(),
  }),
})

/** Every kind of block with what it holds. The order is the one in which a story nobody touched has them, by and large. */
const contents = {
  opening: wording,
  day: wording,
  post: wording,
  thread: wording,
  /** A post or thread with replies that somebody chose. */
  conversation: wording,
  /** The account asked and was answered, or was asked and answered. */
  question: wording,
  /** The heading of an event that was told live: the posts of the event behind it are its run. */
  live: wording,
  numbers: wording,
  best: wording,
  gallery: wording,
  words: wording,
  links: wording,
  people: wording,
  reflection: wording,
  text: wording,
  heading: wording,
  picture,
  quote,
  brought,
  next: wording,
  join: wording,
} as const

export type BlockKind = keyof typeof contents
export const BLOCK_KINDS = Object.keys(contents) as [BlockKind, ...BlockKind[]]

/** Made by people: generating anew neither makes nor takes them. */
export const WRITTEN_KINDS: readonly BlockKind[] = [
  'text',
  'heading',
  'picture',
  'quote',
  'brought',
  'reflection',
]

/** What people chose within a block; the generator never writes it. */
const choices = z.object({
  /** Left out: pictures by hash, links by address, words as they stand. */
  without: z.array(z.string()).optional(),
  /** The network id of the post that it shows, whatever the numbers say: of the best-received post. */
  shows: z.string().optional(),
})
export type Choices = z.infer<typeof choices>

interface Standing {
  /** Its key: `opening`, `day:2015-01-19`, `post:NETWORKID` (of a thread: its first part), `text:UUID`; unique in a story. */
  source: string
  hidden: boolean
  /** It keeps its place behind the piece before it: nothing that is generated comes between. */
  pinned: boolean
  /** A person worded or wrote it: generating anew leaves its content. */
  byPerson: boolean
  /** Nothing of it stands at present: it waits with what people did to it, should it come back. */
  away: boolean
  choices: Choices
}

/** One piece of a story, told apart by `kind`. */
export type Block = {
  [K in BlockKind]: Standing & { kind: K; content: z.infer<(typeof contents)[K]> }
}[BlockKind]

export type BlockContent = Block['content']

/** As a whole story is kept in one piece: content in its format, beside its kind. */
export type StoredBlock = Standing & { id: string; kind: BlockKind; content: { v: number } & BlockContent }
export type BlockOf<K extends BlockKind> = Extract<Block, { kind: K }>
export type Wording = z.infer<typeof wording>

/** What the generator makes: nothing in it is a person's. */
export interface GeneratedBlock {
  kind: Exclude<BlockKind, 'picture' | 'quote' | 'brought'>
  source: string
  content: Wording
}

/** As nobody has touched it. */
export function untouched(block: GeneratedBlock): Block {
  return { ...block, hidden: false, pinned: false, byPerson: false, away: false, choices: {} }
}

export function isWritten({ kind }: { kind: BlockKind }): boolean {
  return WRITTEN_KINDS.includes(kind)
}

/** Whether a person did anything to it that is not only its place. */
export function isTouched({ hidden, pinned, byPerson, choices: chosen }: Block): boolean {
  return hidden || pinned || byPerson || Object.keys(chosen).length > 0
}

/** With other words: `alt` of a picture and `by` of a quote among them. */
export function withWording<B extends Block>(
  block: B,
  change: Pick<Wording, 'heading' | 'text'> & { alt?: string; by?: string },
): B {
  return { ...block, content: { ...block.content, ...change } }
}

/** As content is kept. */
export function keptContent(content: BlockContent): { v: number } & BlockContent {
  return { v: CONTENT_FORMAT, ...content }
}

/**
 * Opens what was kept, of this format and of every older one.
 * @throws ZodError when it is none, or of a newer version of this software.
 */
export function readContent(kind: BlockKind, kept: unknown): BlockContent {
  const { v, ...content } = versioned.parse(kept)
  if (v > CONTENT_FORMAT) throw new RangeError(`A block of format ${v} is newer than this software.`)
  return contents[kind].parse(content)
}

/** What was kept before there were formats has none, and the shape of the first. */
const versioned = z.looseObject({ v: z.number().int().positive().default(1) })

export function readChoices(kept: unknown): Choices {
  return choices.parse(kept ?? {})
}
