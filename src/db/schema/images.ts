import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { accounts } from './accounts.ts'
import { instant } from './columns.ts'
import { people } from './people.ts'

/** Images by the hash of their bytes, as they are sent: turned upright, without EXIF, within X's limits. */
export const images = sqliteTable('images', {
  hash: text('hash').primaryKey(),
  mediaType: text('media_type').notNull(),
  width: integer('width').notNull(),
  height: integer('height').notNull(),
  bytes: integer('bytes').notNull(),
  /** Who may look at it before it is public. */
  uploadedBy: text('uploaded_by').references(() => people.id),
  accountId: text('account_id').references(() => accounts.id),
  createdAt: instant('created_at').notNull(),
})
