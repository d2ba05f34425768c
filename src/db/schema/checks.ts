import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { CheckKind } from '../../accounts/check-rules.ts'
import { accounts } from './accounts.ts'
import { instant } from './columns.ts'
import { people } from './people.ts'

/** What somebody answered to a finding of a check, instead of changing the words. */
export const checkAnswers = sqliteTable(
  'check_answers',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    /** The draft's id; of a picture `account`, since it is asked about once. */
    scope: text('scope').notNull(),
    kind: text('kind').$type<CheckKind>().notNull(),
    /** The kind and the words that it was about. */
    key: text('key').notNull(),
    words: text('words').notNull(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    at: instant('at').notNull(),
  },
  (t) => [uniqueIndex('check_answers_finding').on(t.accountId, t.scope, t.key)],
)

/** `wanted`: to be asked. `unclear`: it was asked several times, and nothing sensible came back. */
export const LOOK_UP_STATES = ['wanted', 'there', 'missing', 'unclear'] as const

/** Links and handles that were asked about outside. Product time. */
export const lookUps = sqliteTable(
  'look_ups',
  {
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    kind: text('kind', { enum: ['link', 'handle'] }).notNull(),
    /** An address as it was typed, or a handle in small letters without the @. */
    subject: text('subject').notNull(),
    state: text('state', { enum: LOOK_UP_STATES }).notNull(),
    /** What came back, in plain words; empty while nothing did. */
    detail: text('detail').notNull().default(''),
    /** When it is asked next; null: when somebody wants it again. */
    nextAt: instant('next_at'),
    askedAt: instant('asked_at'),
    tries: integer('tries').notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.kind, t.subject] }), index('look_ups_next').on(t.nextAt)],
)
