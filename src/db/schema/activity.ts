import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { ACTIVITY_KINDS } from '../../activity/activity.ts'
import { instant, json } from './columns.ts'

/** Append-only, each entry chained to the one before. No foreign keys: the record outlives what it speaks of. */
export const activity = sqliteTable(
  'activity',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    accountId: text('account_id'),
    kind: text('kind', { enum: ACTIVITY_KINDS }).notNull(),
    personId: text('person_id'),
    weekId: text('week_id'),
    draftId: text('draft_id'),
    deliveryId: text('delivery_id'),
    details: json<Record<string, string | number | boolean | null>>('details').notNull(),
    at: instant('at').notNull(),
    /** Of the details’ digest; null once they are erased. */
    salt: text('salt'),
    /** The digest of what was erased; null while the details stand. */
    erasedDigest: text('erased_digest'),
    /** Over the entry before and this one: `db/record-chain.ts`. */
    hash: text('hash').notNull().default(''),
  },
  (t) => [
    index('activity_account').on(t.accountId, t.at),
    index('activity_week').on(t.weekId, t.at),
    index('activity_draft').on(t.draftId, t.id),
    index('activity_person').on(t.personId, t.at),
  ],
)

/** When the record was looked through, and how it stood. */
export const recordChecks = sqliteTable('record_checks', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  at: instant('at').notNull(),
  entries: integer('entries').notNull(),
  erased: integer('erased').notNull(),
  /** The newest entry then; 0 without any. A later check finds it again, with this hash. */
  lastId: integer('last_id').notNull(),
  lastHash: text('last_hash').notNull(),
  /** What was found, for people; empty when nothing was. */
  troubles: json<string[]>('troubles').notNull(),
})
