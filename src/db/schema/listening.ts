import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import {
  ANSWER_STATES,
  ANSWER_VERDICTS,
  HELP_STATES,
  HIDING_STATES,
  LEFT_PAGE,
  POST_KINDS,
  REMOVAL_STATES,
  type ClearingProgress,
  type Evidence,
  type PostImage,
  type PostLink,
  type PostNumbers,
} from '../../listening/post.ts'
import { accounts } from './accounts.ts'
import { flag, instant, json } from './columns.ts'
import { drafts } from './drafts.ts'
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
    /** It stood on the week's page when it went: a line stands in its place, and says why. */
    leftPage: text('left_page', { enum: LEFT_PAGE }),
    /** A host or lead wants it on the week's page. Nothing of a stranger's is public without it. */
    chosenAt: instant('chosen_at'),
    chosenBy: text('chosen_by').references(() => people.id),
    /** Somebody decided that it needs no answer. */
    leftAt: instant('left_at'),
    leftBy: text('left_by').references(() => people.id),
    /** Somebody wants it hidden on the network; it is on no page of ours from then on. */
    hiddenAt: instant('hidden_at'),
    hiddenBy: text('hidden_by').references(() => people.id),
    seenAt: instant('seen_at').notNull(),
  },
  (t) => [
    uniqueIndex('posts_network_id').on(t.accountId, t.networkId),
    index('posts_week').on(t.weekId, t.createdAt),
    index('posts_reply').on(t.replyTo),
    index('posts_read').on(t.accountId, t.numbersReadAt),
    index('posts_author').on(t.accountId, t.authorNetworkId),
    index('posts_removed')
      .on(t.accountId, t.weekId, t.removedAt, t.leftPage, t.kind)
      .where(sql`${t.removedAt} is not null`),
    index('posts_pictures')
      .on(t.images, t.removedAt)
      .where(sql`${t.kind} = 'own' and ${t.images} <> '[]'`),
  ],
)

/** How far somebody has read what is said to a week. */
export const conversationReadings = sqliteTable(
  'conversation_readings',
  {
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    weekId: text('week_id')
      .notNull()
      .references(() => weeks.id),
    /** What came or changed later is new to them. Product time. */
    readUntil: instant('read_until').notNull(),
  },
  (t) => [primaryKey({ columns: [t.personId, t.weekId] })],
)

/** "I need help with this": a host or somebody at the desk does not want to be alone with a reply. */
export const helpRequests = sqliteTable(
  'help_requests',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    weekId: text('week_id').references(() => weeks.id),
    postId: text('post_id')
      .notNull()
      .references(() => posts.id),
    state: text('state', { enum: HELP_STATES }).notNull(),
    askedBy: text('asked_by')
      .notNull()
      .references(() => people.id),
    askedAt: instant('asked_at').notNull(),
    note: text('note').notNull(),
    /** The reply as it was when help was asked; null once its time to be kept is over. */
    evidence: json<Evidence>('evidence'),
    takenBy: text('taken_by').references(() => people.id),
    takenAt: instant('taken_at'),
    closedBy: text('closed_by').references(() => people.id),
    closedAt: instant('closed_at'),
    /** Back to who asked; empty until it is closed. */
    word: text('word').notNull().default(''),
  },
  (t) => [
    uniqueIndex('help_requests_open')
      .on(t.postId)
      .where(sql`${t.state} <> 'closed'`),
    index('help_requests_account').on(t.accountId, t.state),
    index('help_requests_week').on(t.weekId, t.askedAt),
  ],
)

/** Somebody without an account here asks to be taken off our pages. Once that is done nothing is left here of what they typed. */
export const removalRequests = sqliteTable(
  'removal_requests',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    state: text('state', { enum: REMOVAL_STATES }).notNull(),
    /** Their handle, or the address of something they said, as they typed it. */
    about: text('about').notNull(),
    words: text('words').notNull(),
    /** Where they are told what became of it; empty where they gave none. */
    email: text('email').notNull(),
    askedAt: instant('asked_at').notNull(),
    /** How often the desk was reminded. */
    reminders: integer('reminders').notNull().default(0),
    closedBy: text('closed_by').references(() => people.id),
    closedAt: instant('closed_at'),
    /** How far the stored copies have been gone through; null before that begins, and once it is done. */
    progress: json<ClearingProgress>('progress'),
  },
  (t) => [index('removal_requests_state').on(t.accountId, t.state)],
)

/** Who was taken off an account's pages, so that nothing of theirs comes back: their number on the network, and of names hashes only. */
export const forgottenPeople = sqliteTable(
  'forgotten_people',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    requestId: text('request_id')
      .notNull()
      .references(() => removalRequests.id),
    /** Null where nothing was known of them but a handle that others named. */
    authorNetworkId: text('author_network_id'),
    handleHash: text('handle_hash'),
    /** Of a name of several words; one word alone is a name of many. */
    nameHash: text('name_hash'),
    nameWords: integer('name_words').notNull().default(0),
    /** Of each word of their name, until the stored copies have been gone through. */
    wordHashes: json<string[]>('word_hashes').notNull().default([]),
    at: instant('at').notNull(),
  },
  (t) => [index('forgotten_people_account').on(t.accountId)],
)

/** Whether a reply is to be hidden on the network or shown again, and how far that has come. */
export const hidings = sqliteTable(
  'hidings',
  {
    postId: text('post_id')
      .primaryKey()
      .references(() => posts.id),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    hidden: flag('hidden').notNull(),
    state: text('state', { enum: HIDING_STATES }).notNull(),
    tries: integer('tries').notNull().default(0),
    /** Machine time. */
    notBefore: instant('not_before'),
    /** Why it is not done yet, in plain words. */
    trouble: text('trouble'),
    /** People were told. Product time. */
    stuckAt: instant('stuck_at'),
    /** Rises with each press: an answer to an older wish says nothing of the newer one. */
    version: integer('version').notNull().default(1),
  },
  (t) => [index('hidings_state').on(t.state, t.notBefore)],
)

/** What an account answers again and again, approved once. */
export const standardAnswers = sqliteTable(
  'standard_answers',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    title: text('title').notNull(),
    text: text('text').notNull(),
    revision: integer('revision').notNull(),
    state: text('state', { enum: ANSWER_STATES }).notNull(),
    /** Of the current revision. */
    writtenBy: text('written_by')
      .notNull()
      .references(() => people.id),
    writtenAt: instant('written_at').notNull(),
    version: integer('version').notNull().default(1),
  },
  (t) => [index('standard_answers_account').on(t.accountId, t.state)],
)

/** What was said of a standard answer. */
export const standardAnswerDecisions = sqliteTable(
  'standard_answer_decisions',
  {
    id: text('id').primaryKey(),
    answerId: text('answer_id')
      .notNull()
      .references(() => standardAnswers.id),
    revision: integer('revision').notNull(),
    kind: text('kind', { enum: ANSWER_VERDICTS }).notNull(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    /** The decider had written it, and the account allows that. */
    ownWork: flag('own_work').notNull().default(false),
    comment: text('comment').notNull(),
    fingerprint: text('fingerprint').notNull(),
    /** Canonical JSON of what the fingerprint was made from. */
    frozen: text('frozen').notNull(),
    at: instant('at').notNull(),
  },
  (t) => [index('standard_answer_decisions_answer').on(t.answerId, t.at)],
)

/** Which draft a standard answer became, and under what. */
export const standardAnswerSendings = sqliteTable(
  'standard_answer_sendings',
  {
    draftId: text('draft_id')
      .primaryKey()
      .references(() => drafts.id),
    answerId: text('answer_id')
      .notNull()
      .references(() => standardAnswers.id),
    /** The approval that its words are from. */
    decisionId: text('decision_id')
      .notNull()
      .references(() => standardAnswerDecisions.id),
    postId: text('post_id')
      .notNull()
      .references(() => posts.id),
  },
  (t) => [index('standard_answer_sendings_post').on(t.postId)],
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
})
