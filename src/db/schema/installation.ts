import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { instant } from './columns.ts'

/** One row: what this data folder is, stamped when it was made. */
export const installation = sqliteTable('installation', {
  id: integer('id').primaryKey(),
  mode: text('mode', { enum: ['sandbox', 'live'] }).notNull(),
  madeAt: instant('made_at').notNull(),
})
