import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { POST_KINDS, type PostImage, type PostLink, type PostNumbers } from '../../listening/post.ts'
import { accounts } from './accounts.ts'
import { instant, json } from './columns.ts'
import { people } from './people.ts'
import { weeks } from './rota.ts'

/** What stands on the network, ours or somebody's. */
export const posts = sqliteTable(
  'posts',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    weekId: text('week_id').references(() => weeks.id),
    networkId: text('network_id').notNull(),
    kind: text('kind', { enum: POST_KINDS }).notNull(),
    authorNetworkId: text('author_network_id').notNull(),
    authorHandle: text('author_handle').notNull(),
    authorName: text('author_name').notNull(),
    text: text('text').notNull(),
    lang: text('lang'),
    links: json<PostLink[]>('links').notNull(),
    images: json<PostImage[]>('images').notNull(),
    conversationId: text('conversation_id'),
    /** Network id of what it answers. */
    replyTo: text('reply_to'),
    createdAt: instant('created_at').notNull(),
    numbers: json<PostNumbers>('numbers').notNull(),
    numbersReadAt: instant('numbers_read_at'),
    edited: integer('edited', { mode: 'boolean' }).notNull().default(false),
    /** Gone from the network, seen then. */
    removedAt: instant('removed_at'),
    /** A host or lead wants it on the week's page. Nothing of a stranger's is public without it. */
    chosenAt: instant('chosen_at'),
    chosenBy: text('chosen_by').references(() => people.id),
    seenAt: instant('seen_at').notNull(),
  },
  (t) => [
    uniqueIndex('posts_network_id').on(t.accountId, t.networkId),
    index('posts_week').on(t.weekId, t.createdAt),
    index('posts_reply').on(t.replyTo),
    index('posts_read').on(t.accountId, t.numbersReadAt),
  ],
)

/** How far the account's posts, mentions and replies have been read. */
export const listening = sqliteTable('listening', {
  accountId: text('account_id')
    .primaryKey()
    .references(() => accounts.id),
  newestMentionId: text('newest_mention_id'),
  newestOwnId: text('newest_own_id'),
  /** The last look, well or not; product time. */
  readAt: instant('read_at'),
  /** The last look that went well; product time. */
  wellAt: instant('well_at'),
  /** The last trouble, in plain words; null when the last look went well. */
  trouble: text('trouble'),
  /** Rises with everything that changes what the account's pages show of its posts. */
  version: integer('version').notNull().default(1),
})
