import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import {
  ATTEMPT_OUTCOMES,
  DELIVERY_STATES,
  HELD_REASONS,
  LIVE_STATES,
  SECOND_POST_STATES,
  type Payload,
  type PostToSend,
} from '../../publishing/delivery.ts'
import { accounts } from './accounts.ts'
import { flag, instant, json } from './columns.ts'
import { decisions, drafts } from './drafts.ts'
import { people } from './people.ts'
import { weeks } from './rota.ts'

export const deliveries = sqliteTable(
  'deliveries',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    weekId: text('week_id').references(() => weeks.id),
    draftId: text('draft_id')
      .notNull()
      .references(() => drafts.id),
    /** The approval; it holds a thread together. */
    decisionId: text('decision_id')
      .notNull()
      .references(() => decisions.id),
    /** Who let it go after it was held or failed, or sent it again; null while it goes as it was approved. */
    letGoId: text('let_go_id').references(() => decisions.id),
    /** The brake held it, and it was given back at the time that was approved: nothing else is decided by that. */
    keepsApproval: flag('keeps_approval').notNull().default(false),
    /** 0 for the first part. */
    position: integer('position').notNull(),
    parts: integer('parts').notNull(),
    state: text('state', { enum: DELIVERY_STATES }).notNull(),
    /** Product time: it can't have gone out before then. */
    queuedAt: instant('queued_at').notNull(),
    /** Product time. */
    dueAt: instant('due_at').notNull(),
    /** Machine time: not before then (a 429, a gap in a thread). While it is unknown: the timeline is still being read for it. */
    notBefore: instant('not_before'),
    payload: json<Payload>('payload').notNull(),
    /** The network user for whom it was approved; null when the account was not connected yet. */
    networkUserId: text('network_user_id'),
    /** Somebody let it go though it passes the month's budget. */
    overBudget: flag('over_budget').notNull().default(false),
    heldReason: text('held_reason', { enum: HELD_REASONS }),
    /** In plain words, what the network said. */
    trouble: text('trouble'),
    /** Equal for two deliveries that could not be told apart on the network. */
    likeness: text('likeness').notNull(),
    networkId: text('network_id'),
    /** Product time. */
    postedAt: instant('posted_at'),
    version: integer('version').notNull().default(1),
  },
  (t) => [
    uniqueIndex('deliveries_part').on(t.decisionId, t.position),
    uniqueIndex('deliveries_network_id').on(t.accountId, t.networkId),
    uniqueIndex('deliveries_likeness')
      .on(t.accountId, t.likeness)
      .where(sql.raw(`state in (${LIVE_STATES.map((state) => `'${state}'`).join(', ')})`)),
    index('deliveries_alike').on(t.accountId, t.likeness),
    index('deliveries_due').on(t.state, t.dueAt),
    index('deliveries_draft').on(t.draftId, t.position),
    index('deliveries_account').on(t.accountId, t.dueAt),
    index('deliveries_week').on(t.weekId, t.dueAt),
  ],
)

/** One row for each time a delivery was handed to the network. */
export const attempts = sqliteTable(
  'attempts',
  {
    id: text('id').primaryKey(),
    deliveryId: text('delivery_id')
      .notNull()
      .references(() => deliveries.id),
    fence: integer('fence').notNull(),
    /** What was sent, word for word. */
    sent: json<PostToSend>('sent').notNull(),
    /** The newest own post known before, so that looking back knows where to begin. */
    newestKnownId: text('newest_known_id'),
    /** Product time, for people. */
    at: instant('at').notNull(),
    /** Machine time. */
    deadlineAt: instant('deadline_at').notNull(),
    outcome: text('outcome', { enum: ATTEMPT_OUTCOMES }),
    networkId: text('network_id'),
    /** What went wrong, for people. */
    trouble: text('trouble'),
    /** The network's own words for it, where those are others. */
    said: text('said'),
    /** Machine time. */
    answeredAt: instant('answered_at'),
    /** While the outcome is unknown: how often the timeline was read for it, and when next (machine time). */
    looks: integer('looks').notNull().default(0),
    nextLookAt: instant('next_look_at'),
    /** While the outcome is unknown, whatever people decided: when the timeline is read for what shows late (machine time). */
    watchAt: instant('watch_at'),
  },
  (t) => [
    index('attempts_delivery').on(t.deliveryId, t.at),
    index('attempts_open').on(t.outcome, t.deadlineAt),
    index('attempts_look').on(t.nextLookAt).where(sql.raw('next_look_at is not null')),
    index('attempts_watch').on(t.watchAt).where(sql.raw('watch_at is not null')),
  ],
)

/** One row for each part that somebody took down. The delivery keeps what it said. */
export const removals = sqliteTable('removals', {
  deliveryId: text('delivery_id')
    .primaryKey()
    .references(() => deliveries.id),
  personId: text('person_id')
    .notNull()
    .references(() => people.id),
  /** In their own words. */
  reason: text('reason').notNull(),
  /** Product time. */
  at: instant('at').notNull(),
  /** How often the network did not do it. */
  tries: integer('tries').notNull().default(0),
  /** Product time: since then it does not succeed by itself, and people were told. */
  stuckAt: instant('stuck_at'),
})

/**
 * A post that X took twice, because the answer to an earlier attempt came only after a later one had gone out: the one that
 * the delivery does not stand for. It is kept until somebody says what becomes of it.
 */
export const secondPosts = sqliteTable(
  'second_posts',
  {
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    networkId: text('network_id').notNull(),
    deliveryId: text('delivery_id')
      .notNull()
      .references(() => deliveries.id),
    state: text('state', { enum: SECOND_POST_STATES }).notNull(),
    /** Product time. */
    at: instant('at').notNull(),
    /** How often the network did not take it down. */
    tries: integer('tries').notNull().default(0),
    /** Machine time: it is not asked again before. */
    notBefore: instant('not_before'),
    /** In plain words, why it stands there still. */
    trouble: text('trouble'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.networkId] }),
    index('second_posts_delivery').on(t.deliveryId),
    index('second_posts_state').on(t.state),
  ],
)

/** Media uploaded before the claim; not again while the id holds. */
export const uploads = sqliteTable(
  'uploads',
  {
    deliveryId: text('delivery_id')
      .notNull()
      .references(() => deliveries.id),
    imageHash: text('image_hash').notNull(),
    mediaId: text('media_id').notNull(),
    mediaKey: text('media_key'),
    /** Machine time. */
    expiresAt: instant('expires_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.deliveryId, t.imageHash] })],
)

/** How far an account's own timeline is known: looking back begins there. */
export const timelines = sqliteTable('timelines', {
  accountId: text('account_id')
    .primaryKey()
    .references(() => accounts.id),
  newestId: text('newest_id'),
  /** Machine time. */
  readAt: instant('read_at').notNull(),
})

/** An account that goes on from an older copy of the database, since its data folder was restored. Product time. */
export const restores = sqliteTable('restores', {
  accountId: text('account_id')
    .primaryKey()
    .references(() => accounts.id),
  /** When the copy was made. */
  copyOf: instant('copy_of').notNull(),
  restoredAt: instant('restored_at').notNull(),
  /** When the account's timeline was first read since then. */
  comparedAt: instant('compared_at'),
})

/** What went out between the copy and the restore, and the copy does not know. */
export const postsSinceCopy = sqliteTable(
  'posts_since_copy',
  {
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    networkId: text('network_id').notNull(),
    /** In the form in which texts are compared. */
    text: text('text').notNull(),
    /** As its readers see it. */
    words: text('words').notNull().default(''),
    replyTo: text('reply_to'),
    mediaCount: integer('media_count').notNull(),
    /** None for a post without a poll; null where that was not kept. */
    pollOptions: json<string[]>('poll_options'),
    postedAt: instant('posted_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.networkId] })],
)

export const leases = sqliteTable('leases', {
  name: text('name').primaryKey(),
  owner: text('owner').notNull(),
  fence: integer('fence').notNull(),
  /** Machine time. */
  until: instant('until').notNull(),
})
