import { customType, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import {
  CONNECTION_STATES,
  DEFAULT_POLICY,
  NETWORK_CALLS,
  PAGES_AFTER,
  PAUSE_REASONS,
  type Policy,
  type Shape,
  type Texts,
} from '../../accounts/account.ts'
import type { OwnTemplates } from '../../accounts/post-templates.ts'
import type { Planning } from '../../accounts/planning.ts'
import type { CheckRules } from '../../accounts/check-rules.ts'
import type { Prices } from '../../charges/charge.ts'
import { flag, instant, json } from './columns.ts'
import { people } from './people.ts'

/** Rows that are older than a setting have its default. */
const policy = customType<{ data: Policy; driverData: string }>({
  dataType: () => 'text',
  toDriver: (value) => JSON.stringify(value),
  fromDriver: (kept) => ({ ...DEFAULT_POLICY, ...(JSON.parse(kept) as Partial<Policy>) }),
})

export const accounts = sqliteTable('accounts', {
  id: text('id').primaryKey(),
  /** On the network, without the @; unique here whatever its case. */
  handle: text('handle').notNull().unique(),
  name: text('name').notNull(),
  timeZone: text('time_zone').notNull(),
  /** With the #, or empty. */
  hashtag: text('hashtag').notNull(),
  shape: json<Shape>('shape').notNull(),
  policy: policy('policy').notNull(),
  texts: json<Texts>('texts').notNull(),
  avatarHash: text('avatar_hash'),
  /** Null: every check is advice. */
  checkRules: json<CheckRules>('check_rules'),
  /** Null: the defaults of `charge.ts`. */
  prices: json<Prices>('prices'),
  /** What is ticked off with each host before their week opens; null: the default of `briefing.ts`. */
  briefing: json<string[]>('briefing'),
  /** What the account says about its weeks, where its leads worded it; null: the defaults of `post-templates.ts`. */
  postTemplates: json<OwnTemplates>('post_templates'),
  /** What a host is asked when their week ends; null: the default of `reflection-questions.ts`. */
  reflectionQuestions: json<string[]>('reflection_questions'),
  /** What the planner shows and warns of; null: the default of `planning.ts`. */
  planning: json<Planning>('planning'),
  /** For a calendar month in the account's zone, in micro-dollars; null: none. */
  monthlyBudget: integer('monthly_budget'),
  createdAt: instant('created_at').notNull(),
  version: integer('version').notNull().default(1),
  /** The brake, on since then. */
  brakeAt: instant('brake_at'),
  brakeBy: text('brake_by'),
  brakeReason: text('brake_reason'),
  /** When it ends by itself. Product time. */
  brakeEndsAt: instant('brake_ends_at'),
  /** The decision that names the one draft which may go out although the brake is on. */
  brakeNamedId: text('brake_named_id'),
  /** The decision of the second person: what was let go by it passes the brake, and nothing else. */
  brakePassId: text('brake_pass_id'),
  /** The account rests since then: nothing goes out, and nothing is read. Product time, as all of these. */
  pausedAt: instant('paused_at'),
  pausedBy: text('paused_by'),
  pauseReason: text('pause_reason'),
  /** It ended for good then; it rests from that moment on too. */
  retiredAt: instant('retired_at'),
  retiredBy: text('retired_by'),
  /** What becomes of the public pages of an account that ended. */
  pagesAfter: text('pages_after', { enum: PAGES_AFTER }).notNull().default('stay'),
  /** Its leads sign in with a passkey. */
  passkeyForLeads: flag('passkey_for_leads').notNull().default(false),
})

/** The account's house rules, a row for each time that they changed: what somebody signed can be read for good. */
export const houseRules = sqliteTable(
  'house_rules',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    /** From 1 on. */
    number: integer('number').notNull(),
    /** Markdown; empty: there are none at present. */
    text: text('text').notNull(),
    /** Null: those that the account began with. */
    changedBy: text('changed_by'),
    at: instant('at').notNull(),
  },
  (t) => [uniqueIndex('house_rules_number').on(t.accountId, t.number)],
)

export const connections = sqliteTable('connections', {
  accountId: text('account_id')
    .primaryKey()
    .references(() => accounts.id),
  state: text('state', { enum: CONNECTION_STATES }).notNull(),
  networkUserId: text('network_user_id'),
  networkHandle: text('network_handle'),
  /** AES-256-GCM, `keyId.iv.tag.ciphertext`, the account's id as additional data. */
  accessToken: text('access_token'),
  refreshToken: text('refresh_token'),
  /** Machine time. */
  accessExpiresAt: instant('access_expires_at'),
  scope: text('scope'),
  /** Who refreshes now, until when (machine time): a refresh token works once. */
  refreshOwner: text('refresh_owner'),
  refreshUntil: instant('refresh_until'),
  /** Why it must be connected again, in X's words. */
  trouble: text('trouble'),
  /** Of the state. Product time, as the two below. */
  changedAt: instant('changed_at').notNull(),
  connectedBy: text('connected_by').references(() => people.id),
  connectedAt: instant('connected_at'),
  renewedAt: instant('renewed_at'),
})

/** Until when the network is not asked something for an account: it said that it would not answer. */
export const networkPauses = sqliteTable(
  'network_pauses',
  {
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    call: text('call', { enum: NETWORK_CALLS }).notNull(),
    reason: text('reason', { enum: PAUSE_REASONS }).notNull(),
    /** Machine time. */
    until: instant('until').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.call, t.reason] })],
)
