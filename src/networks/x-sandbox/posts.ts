import type { StandInDatabase } from './database.ts'
import { nextId } from './ids.ts'

export interface StandInPost {
  id: string
  authorId: string
  /** As it was typed, after the handles that X puts before a reply. */
  text: string
  /** How many characters at the beginning of the text X does not show: those handles. */
  hiddenBefore: number
  lang: string
  replyTo: string | null
  /** What it passes on, when it says nothing of its own. */
  repostOf: string | null
  conversationId: string
  mediaIds: string[]
  poll: { options: string[]; minutes: number } | null
  createdAt: number
  hidden: boolean
}

export type PostToStore = Omit<StandInPost, 'id' | 'hidden' | 'conversationId' | 'createdAt'> & {
  /** Null opens a conversation. */
  conversationId: string | null
  mentions: string[]
}

/** Which posts, newest first. Ids are limits, both excluded. */
export interface Selection {
  sinceId?: bigint | undefined
  untilId?: bigint | undefined
  from?: number | undefined
  to?: number | undefined
  limit: number
  /** Of a user's posts; both where not said. */
  without?: { replies: boolean; reposts: boolean }
}

interface Row extends Omit<StandInPost, 'mediaIds' | 'poll' | 'hidden'> {
  mediaIds: string
  poll: string | null
  hidden: number
}

const columns = `CAST(id AS TEXT) AS id, CAST(author_id AS TEXT) AS authorId, text, hidden_before AS hiddenBefore, lang,
  CAST(reply_to AS TEXT) AS replyTo,
  (SELECT CAST(of_id AS TEXT) FROM reposts WHERE post_id = posts.id) AS repostOf, CAST(conversation_id AS TEXT) AS conversationId, media_ids AS mediaIds, poll,
  created_at AS createdAt, hidden`

/** Stores a post of this moment (product time, whole seconds as X tells them). */
export function storePost(database: StandInDatabase, post: PostToStore, when: Date): StandInPost {
  const store = database.transaction(() => {
    const id = nextId(database, when)
    database
      .prepare(
        `INSERT INTO posts (id, author_id, text, hidden_before, lang, reply_to, conversation_id, media_ids, poll, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        BigInt(id),
        BigInt(post.authorId),
        post.text,
        post.hiddenBefore,
        post.lang,
        post.replyTo === null ? null : BigInt(post.replyTo),
        BigInt(post.conversationId ?? id),
        JSON.stringify(post.mediaIds),
        post.poll && JSON.stringify(post.poll),
        Math.floor(when.getTime() / 1000) * 1000,
      )
    const mention = database.prepare('INSERT OR IGNORE INTO mentions VALUES (?, ?)')
    for (const handle of post.mentions) mention.run(BigInt(id), handle)
    if (post.repostOf !== null)
      database.prepare('INSERT INTO reposts VALUES (?, ?)').run(BigInt(id), BigInt(post.repostOf))
    return id
  })
  return postById(database, store.immediate())!
}

export function postById(database: StandInDatabase, id: string): StandInPost | undefined {
  const row = database.prepare(`SELECT ${columns} FROM posts WHERE id = ? AND deleted = 0`).get(BigInt(id))
  return row ? postOf(row as Row) : undefined
}

export function postsBy(database: StandInDatabase, authorId: string, selection: Selection): StandInPost[] {
  return select(database, 'author_id = @of', selection, BigInt(authorId))
}

export function postsNaming(database: StandInDatabase, handle: string, selection: Selection): StandInPost[] {
  return select(database, 'id IN (SELECT post_id FROM mentions WHERE handle = @of)', selection, handle)
}

export function postsInConversation(
  database: StandInDatabase,
  id: string,
  selection: Selection,
): StandInPost[] {
  return select(database, 'conversation_id = @of', selection, BigInt(id))
}

export function postsAnywhere(database: StandInDatabase, selection: Selection): StandInPost[] {
  return select(database, '@of IS NULL', selection, null)
}

function select(database: StandInDatabase, which: string, selection: Selection, of: bigint | string | null) {
  const rows = database
    .prepare(
      `SELECT ${columns} FROM posts WHERE deleted = 0 AND ${which} AND id > @since AND id < @until
       AND created_at >= @from AND created_at < @to AND (@withReplies OR reply_to IS NULL)
       AND (@withReposts OR id NOT IN (SELECT post_id FROM reposts)) ORDER BY posts.id DESC LIMIT @limit`,
    )
    .all({
      of,
      since: selection.sinceId ?? 0n,
      until: selection.untilId ?? 2n ** 63n - 1n,
      from: selection.from ?? 0,
      to: selection.to ?? Number.MAX_SAFE_INTEGER,
      limit: selection.limit,
      withReplies: selection.without?.replies ? 0 : 1,
      withReposts: selection.without?.reposts ? 0 : 1,
    })
  return (rows as Row[]).map(postOf)
}

export function mentionsIn(database: StandInDatabase, postId: string): string[] {
  return database
    .prepare('SELECT handle FROM mentions WHERE post_id = ?')
    .pluck()
    .all(BigInt(postId)) as string[]
}

export function repliesTo(database: StandInDatabase, postId: string): StandInPost[] {
  const rows = database.prepare(
    `SELECT ${columns} FROM posts WHERE reply_to = ? AND deleted = 0 ORDER BY posts.id`,
  )
  return (rows.all(BigInt(postId)) as Row[]).map(postOf)
}

export function countRepliesTo(database: StandInDatabase, postId: string): number {
  const count = database.prepare('SELECT count(*) FROM posts WHERE reply_to = ? AND deleted = 0').pluck()
  return count.get(BigInt(postId)) as number
}

export function countPostsBy(database: StandInDatabase, authorId: string): number {
  const count = database.prepare('SELECT count(*) FROM posts WHERE author_id = ? AND deleted = 0').pluck()
  return count.get(BigInt(authorId)) as number
}

export function deletePost(database: StandInDatabase, id: string): void {
  database.prepare('UPDATE posts SET deleted = 1 WHERE id = ?').run(BigInt(id))
}

export function hidePost(database: StandInDatabase, id: string, hidden: boolean): void {
  database.prepare('UPDATE posts SET hidden = ? WHERE id = ?').run(hidden ? 1 : 0, BigInt(id))
}

function postOf(row: Row): StandInPost {
  return {
    ...row,
    mediaIds: JSON.parse(row.mediaIds) as string[],
    poll: row.poll === null ? null : (JSON.parse(row.poll) as StandInPost['poll']),
    hidden: row.hidden === 1,
  }
}
