import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { ACTIVITY_KINDS } from '../../activity/activity.ts'
import { instant, json } from './columns.ts'

/** Append-only. No foreign keys: the record outlives what it speaks of. */
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
  },
  (t) => [
    index('activity_account').on(t.accountId, t.at),
    index('activity_week').on(t.weekId, t.at),
    index('activity_draft').on(t.draftId, t.id),
    index('activity_person').on(t.personId, t.at),
  ],
)
