import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { TemplateKind } from '../../accounts/post-templates.ts'
import {
  DECISION_KINDS,
  DRAFT_STATES,
  POLICY_GROUNDS,
  type AnsweredPost,
  type DraftContent,
  type WrittenIn,
} from '../../drafts/draft.ts'
import { accounts } from './accounts.ts'
import { day, flag, instant, json } from './columns.ts'
import { people } from './people.ts'
import { weekHosts, weeks } from './rota.ts'

export const drafts = sqliteTable(
  'drafts',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    /** Null: the account's own, in a slot without a week. */
    weekId: text('week_id').references(() => weeks.id),
    slot: day('slot').notNull(),
    /** Null: the account itself, from a template. */
    authorId: text('author_id').references(() => people.id),
    /** The template that it was made from, and what it speaks of: made once. */
    template: text('template').$type<TemplateKind>(),
    templateFor: text('template_for'),
    /** Set when a host wrote it in that role. */
    weekHostId: text('week_host_id').references(() => weekHosts.id),
    state: text('state', { enum: DRAFT_STATES }).notNull(),
    revision: integer('revision').notNull(),
    /** Of the current revision; here too so that lists read one table. */
    content: json<DraftContent>('content').notNull(),
    /** With the caret, counted; empty for none. */
    signOff: text('sign_off').notNull(),
    /** Null: as soon as approved. */
    wishedAt: instant('wished_at'),
    /** Network id of the post that this answers. */
    replyTo: text('reply_to'),
    /** That post, as it was when the draft was begun. */
    answering: json<AnsweredPost>('answering'),
    submittedAt: instant('submitted_at'),
    /** Of a live post: when its host pressed the button, which may be earlier than its arrival. Product time. */
    pressedAt: instant('pressed_at'),
    /** When its writer was told that nobody decided in time; counts if it lies after the submission. */
    undecidedAt: instant('undecided_at'),
    /** When those who decide were reminded of it; counts if it lies after the submission. */
    remindedAt: instant('reminded_at'),
    createdAt: instant('created_at').notNull(),
    changedAt: instant('changed_at').notNull(),
    /** Null: the account's policy. */
    changedBy: text('changed_by').references(() => people.id),
    /** The window that wrote last; null when the last change was none of words, or came without a script. */
    writtenIn: json<WrittenIn>('written_in'),
    /** Rises with every change of state or words. */
    version: integer('version').notNull().default(1),
  },
  (t) => [
    index('drafts_queue').on(t.accountId, t.state, t.submittedAt),
    index('drafts_undecided').on(t.state, t.wishedAt),
    index('drafts_week').on(t.weekId, t.state),
    index('drafts_slot').on(t.accountId, t.slot),
    index('drafts_reply').on(t.accountId, t.replyTo),
    uniqueIndex('drafts_template').on(t.accountId, t.template, t.templateFor),
  ],
)

export const draftRevisions = sqliteTable(
  'draft_revisions',
  {
    draftId: text('draft_id')
      .notNull()
      .references(() => drafts.id),
    number: integer('number').notNull(),
    content: json<DraftContent>('content').notNull(),
    /** Null: a template as it comes with the app. */
    authorId: text('author_id').references(() => people.id),
    /** The draft's writer, who took as their own what somebody else wrote here. */
    acceptedBy: text('accepted_by').references(() => people.id),
    at: instant('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.draftId, t.number] })],
)

export const decisions = sqliteTable(
  'decisions',
  {
    id: text('id').primaryKey(),
    draftId: text('draft_id')
      .notNull()
      .references(() => drafts.id),
    revision: integer('revision').notNull(),
    kind: text('kind', { enum: DECISION_KINDS }).notNull(),
    /** Null: the account's policy decided. */
    personId: text('person_id').references(() => people.id),
    /** What the policy decided it for; of `stopped`, the ground that a change of rules took away. Null where a person decided. */
    ground: text('ground', { enum: POLICY_GROUNDS }),
    /** The decider had written a revision, and the account allows that. */
    ownWork: flag('own_work').notNull().default(false),
    comment: text('comment').notNull(),
    fingerprint: text('fingerprint').notNull(),
    /** Canonical JSON of what the fingerprint was made from. */
    frozen: text('frozen').notNull(),
    at: instant('at').notNull(),
  },
  (t) => [index('decisions_draft').on(t.draftId, t.at)],
)

/** What the author answers to a decision, and what follows: a short conversation beside the draft. */
export const draftComments = sqliteTable(
  'draft_comments',
  {
    id: text('id').primaryKey(),
    draftId: text('draft_id')
      .notNull()
      .references(() => drafts.id),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    text: text('text').notNull(),
    /** Of a comment on a part: the revision that was read, and which of its parts, from 0. */
    revision: integer('revision'),
    part: integer('part'),
    /** Other words for that part. */
    suggestion: text('suggestion'),
    /** The revision in which the draft's writer took them. */
    takenIn: integer('taken_in'),
    at: instant('at').notNull(),
  },
  (t) => [index('draft_comments_draft').on(t.draftId, t.at)],
)
