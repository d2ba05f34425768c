import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
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
  createdAt: instant('created_at').notNull(),
})

/** For whom an image was brought here: whose people may look at it before it is public. The same one may serve several. */
export const imageUploads = sqliteTable(
  'image_uploads',
  {
    hash: text('hash')
      .notNull()
      .references(() => images.hash),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    /** Null: the app did it by itself. */
    uploadedBy: text('uploaded_by').references(() => people.id),
    at: instant('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.hash, t.accountId] })],
)
