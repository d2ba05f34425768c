import { createHash } from 'node:crypto'
import Sqlite from 'better-sqlite3'
import type { Clock } from '../../src/clock.ts'
import type { Database } from '../../src/db/database.ts'
import { activity, deliveries, postsSinceCopy, secondPosts } from '../../src/db/schema/index.ts'
import { textsAsPosted } from '../../src/drafts/weight.ts'
import { listTroubled, type Delivery } from '../../src/publishing/deliveries.ts'
import { ACCOUNT } from '../support/story.ts'
import type { DraftToApprove, Standing } from './people.ts'

/** A post of the account on the stand-in, also one that was taken away. */
export interface Post extends Standing {
  images: { hash: string; alt: string }[]
}

/** Something approved, as the driver knows it. */
export interface Approval {
  draft: DraftToApprove
  /** The sign-off of whoever wrote it. */
  signOff: string
  /** `asked`: the app ended before it answered. `gone`: after the copy that was put back, or in a week that is over, so that it need not be there. */
  state: 'asked' | 'approved' | 'refused' | 'gone'
}

export interface Findings {
  parts: number
  posted: number
  lost: string[]
  duplicated: string[]
  unseen: string[]
}

/** What the stand-in's database holds of an account, oldest first. */
export function postsOn(file: string, handle: string): Post[] {
  const database = new Sqlite(file, { readonly: true })
  try {
    const posts = database
      .prepare(
        `SELECT CAST(id AS TEXT) AS id, substr(text, hidden_before + 1) AS text, CAST(reply_to AS TEXT) AS replyTo, media_ids
         AS mediaIds FROM posts WHERE author_id = (SELECT id FROM users WHERE handle = ?) ORDER BY posts.id`,
      )
      .all(handle) as (Standing & { mediaIds: string })[]
    const image = database.prepare('SELECT bytes, alt FROM media WHERE id = ?')
    return posts.map(({ mediaIds, ...post }) => ({
      ...post,
      images: (JSON.parse(mediaIds) as string[]).map((id) => {
        const { bytes, alt } = image.get(BigInt(id)) as { bytes: Buffer; alt: string }
        return { hash: createHash('sha256').update(bytes).digest('hex'), alt }
      }),
    }))
  } finally {
    database.close()
  }
}

/** Compares what stands on the network with what was approved, and with what the app says of it. */
export async function compare(
  { db, clock }: { db: Database; clock: Clock },
  { posts, approvals }: { posts: Post[]; approvals: Approval[] },
): Promise<Findings> {
  const all = await db.read.select().from(deliveries)
  const keys = keysOf(posts)
  const posted = all.filter(({ state }) => state === 'posted')
  return {
    parts: approvals
      .filter(({ state }) => state === 'approved' || state === 'gone')
      .reduce((sum, { draft }) => sum + draft.parts.length, 0),
    posted: posted.length,
    lost: posted.filter((one) => keys.get(one.networkId!) !== keyOfDelivery(one, all)).map(inWords),
    duplicated: duplicatesIn(posts, keys, approvals),
    unseen: [
      ...(await unseenIn(db, all, clock)),
      ...(await untoldIn(db, all, { posts, keys })),
      ...approvals.filter(({ state }) => state === 'approved').flatMap((one) => missing(one, all)),
    ],
  }
}

/** What tells a post from another one: its words and images, and those of what it answers. */
function keyOf(answers: string | null, { text, images }: Pick<Post, 'text' | 'images'>): string {
  const content = JSON.stringify([answers, text, images])
  return createHash('sha256').update(content).digest('hex')
}

function keysOf(posts: Post[]): Map<string, string> {
  const keys = new Map<string, string>()
  // Oldest first: a part's parent has its key already.
  for (const post of posts)
    keys.set(post.id, keyOf(post.replyTo && (keys.get(post.replyTo) ?? post.replyTo), post))
  return keys
}

function keyOfDelivery({ decisionId, position, payload }: Delivery, all: Delivery[]): string {
  const before = all.find((one) => one.decisionId === decisionId && one.position === position - 1)
  return keyOf(before ? keyOfDelivery(before, all) : payload.replyTo, payload)
}

/** Stands more often than it was ever approved; what nobody approved, or answers the wrong post, is approved no times. */
function duplicatesIn(posts: Post[], keys: Map<string, string>, approvals: Approval[]): string[] {
  const allowed = new Map<string, number>()
  for (const { draft, signOff, state } of approvals) {
    if (state === 'refused') continue
    const texts = textsAsPosted(draft.parts, signOff)
    let before = draft.answered?.id ?? null
    for (const [at, { images }] of draft.parts.entries()) {
      before = keyOf(before, { text: texts[at]!, images })
      allowed.set(before, (allowed.get(before) ?? 0) + 1)
    }
  }
  return posts.flatMap(({ id, text, replyTo }) => {
    const key = keys.get(id)!
    const left = allowed.get(key) ?? 0
    allowed.set(key, left - 1)
    return left > 0 ? [] : [`post ${id} (${text}), which answers ${replyTo}`]
  })
}

async function unseenIn(db: Database, all: Delivery[], clock: Clock): Promise<string[]> {
  const shown = await listTroubled(db.read, ACCOUNT)
  const decided = new Set(
    (await db.read.select().from(activity))
      .filter(({ kind, personId }) => /^delivery\.(cancelled|abandoned)$/.test(kind) && personId !== null)
      .map(({ deliveryId }) => deliveryId),
  )
  return all.filter((one) => !isSeen(one)).map(inWords)

  function isSeen(one: Delivery): boolean {
    if (one.state === 'posted') return true
    if (one.state === 'waiting') return one.dueAt > clock.now() || waitsFor(one) !== undefined
    if (one.state === 'cancelled' || one.state === 'abandoned') return decided.has(one.id)
    return shown.some(({ id }) => id === one.id) || waitsFor(one) !== undefined
  }

  /** A part before it, about which people are asked, or that waits for its time. */
  function waitsFor({ decisionId, position }: Delivery): Delivery | undefined {
    return all.find(
      (one) =>
        one.decisionId === decisionId &&
        one.position < position &&
        (shown.some(({ id }) => id === one.id) || (one.state === 'waiting' && one.dueAt > clock.now())),
    )
  }
}

/** What stands there, though it was given up here, and nobody was told. */
async function untoldIn(
  db: Database,
  all: Delivery[],
  { posts, keys }: { posts: Post[]; keys: Map<string, string> },
): Promise<string[]> {
  const seconds = await db.read.select().from(secondPosts)
  const sinceCopy = await db.read.select().from(postsSinceCopy)
  const known = new Set([...all, ...seconds, ...sinceCopy].map(({ networkId }) => networkId))
  const unknown = posts.filter(({ id }) => !known.has(id))
  return all
    .filter(({ state }) => GIVEN_UP.includes(state))
    .filter((one) => unknown.some(({ id }) => keys.get(id) === keyOfDelivery(one, all)))
    .map((one) => `${inWords(one)}, and it stands there`)
}

const GIVEN_UP: Delivery['state'][] = ['abandoned', 'cancelled', 'failed']

function missing({ draft }: Approval, all: Delivery[]): string[] {
  const there = all.filter(({ draftId }) => draftId === draft.id).length
  return Array.from({ length: draft.parts.length - there }, () => `a part of ${draft.id} is not there at all`)
}

function inWords({ draftId, position, state, heldReason, networkId }: Delivery): string {
  return `part ${position + 1} of ${draftId}: ${heldReason ?? state} ${networkId ?? ''}`
}
