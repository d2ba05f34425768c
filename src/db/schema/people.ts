import { primaryKey, sqliteTable, text, index } from 'drizzle-orm/sqlite-core'
import { ROLES } from '../../people/person.ts'
import { accounts } from './accounts.ts'
import { instant } from './columns.ts'

export const people = sqliteTable('people', {
  id: text('id').primaryKey(),
  email: text('email').notNull().unique(),
  name: text('name').notNull(),
  createdAt: instant('created_at').notNull(),
})

export const roles = sqliteTable(
  'roles',
  {
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    role: text('role', { enum: ROLES }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.personId, t.accountId] })],
)

/** Sign-in links, as hashes. Made at the moment when SMTP takes the mail. */
export const signInLinks = sqliteTable('sign_in_links', {
  tokenHash: text('token_hash').primaryKey(),
  personId: text('person_id')
    .notNull()
    .references(() => people.id),
  /** Machine time. */
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  usedAt: instant('used_at'),
})

export const sessions = sqliteTable(
  'sessions',
  {
    /** SHA-256 of the session id: a copy of the database signs nobody in. */
    idHash: text('id_hash').primaryKey(),
    personId: text('person_id').references(() => people.id),
    data: text('data').notNull(),
    /** Machine time. */
    expiresAt: instant('expires_at').notNull(),
  },
  (t) => [index('sessions_person').on(t.personId), index('sessions_expiry').on(t.expiresAt)],
)
