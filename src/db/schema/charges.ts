import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { CHARGE_KINDS } from '../../charges/charge.ts'
import { accounts } from './accounts.ts'
import { day, instant } from './columns.ts'

/** What the network was asked for and what that cost: one row for an account, a day, a kind and a week. */
export const charges = sqliteTable(
  'charges',
  {
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    /** In the account's zone, of product time. */
    day: day('day').notNull(),
    kind: text('kind', { enum: CHARGE_KINDS }).notNull(),
    /** Empty where it belongs to no week: a null would not be unique. */
    weekId: text('week_id').notNull(),
    units: integer('units').notNull(),
    /** Micro-dollars, by the prices of that moment. */
    cost: integer('cost').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.day, t.kind, t.weekId] }),
    index('charges_week').on(t.weekId),
  ],
)

/** The posts that an account has read on the last day on which it read any: X charges once a day for the same post. */
export const chargedReads = sqliteTable(
  'charged_reads',
  {
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    /** In UTC, as X counts, of product time. */
    day: day('day').notNull(),
    networkId: text('network_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.day, t.networkId] })],
)

/** What the leads were told about a month's budget: each once for a month and an amount. */
export const budgetNotices = sqliteTable(
  'budget_notices',
  {
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    /** `YYYY-MM`. */
    month: text('month').notNull(),
    /** Micro-dollars: a new amount is a new reason to tell. */
    budget: integer('budget').notNull(),
    kind: text('kind', { enum: ['near'] }).notNull(),
    /** Product time. */
    at: instant('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.month, t.budget, t.kind] })],
)
