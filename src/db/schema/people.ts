import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { ROLES } from '../../people/person.ts'
import { accounts } from './accounts.ts'
import { flag, instant, json } from './columns.ts'

export const people = sqliteTable('people', {
  id: text('id').primaryKey(),
  email: text('email').notNull().unique(),
  name: text('name').notNull(),
  createdAt: instant('created_at').notNull(),
  /** Looks after the installation: adds accounts, and names others who may. It gives no power over any account. */
  owner: flag('owner').notNull().default(false),
  /** Product time: their data was deleted on request; the name stays with what they did. */
  deletedAt: instant('deleted_at'),
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
    /**
     * What they are called here until they have come themselves: as the lead typed it who added them, so that nobody learns by
     * an address what another account calls its owner. Null: by their own name.
     */
    called: text('called'),
  },
  (t) => [primaryKey({ columns: [t.personId, t.accountId] })],
)

/**
 * Whose data an account deleted on request while another one still has to do with them: it knows no address of theirs any more,
 * writes to them no more, and their old weeks are not open to them. Ends when the account gives them something to do again.
 */
export const erasedPeople = sqliteTable(
  'erased_people',
  {
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    /** Product time. */
    at: instant('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.personId] })],
)

/** Days on which somebody of the desk is away, and who stands in for them. */
export const absences = sqliteTable(
  'absences',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    /** Null: nobody stands in. */
    deputyId: text('deputy_id').references(() => people.id),
    /** The deputy had no place at the desk when they were named: their powers come from this. */
    lendsPowers: flag('lends_powers').notNull(),
    /** What they are called here, where they were known only to another account: as typed. Null: by their own name. */
    deputyCalled: text('deputy_called'),
    /** Product time: midnight in the account's zone when it was entered. Ended early, the second one is that moment. */
    beginsAt: instant('begins_at').notNull(),
    endsAt: instant('ends_at').notNull(),
    createdBy: text('created_by')
      .notNull()
      .references(() => people.id),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    index('absences_deputy').on(t.deputyId, t.endsAt),
    index('absences_account').on(t.accountId, t.endsAt),
  ],
)

/** Where somebody's own calendar is read without signing in: whoever knows the address reads it, until it is made anew. */
export const calendarAddresses = sqliteTable(
  'calendar_addresses',
  {
    personId: text('person_id')
      .primaryKey()
      .references(() => people.id),
    tokenHash: text('token_hash').notNull(),
    /** The same, to be shown to its owner: AES-256-GCM, the person's id as additional data. */
    token: text('token').notNull(),
    /** Product time. */
    madeAt: instant('made_at').notNull(),
  },
  (t) => [uniqueIndex('calendar_addresses_token').on(t.tokenHash)],
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

/** What somebody signs in with beside links by mail; the device keeps the secret half. */
export const passkeys = sqliteTable(
  'passkeys',
  {
    /** As the device calls it, base64url. */
    id: text('id').primaryKey(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    /** COSE, base64url. */
    publicKey: text('public_key').notNull(),
    /** As the device last said; it must rise where the device counts. */
    counter: integer('counter').notNull(),
    transports: json<string[]>('transports').notNull(),
    /** What its owner calls it. */
    name: text('name').notNull(),
    /** Machine time. */
    createdAt: instant('created_at').notNull(),
    usedAt: instant('used_at'),
  },
  (t) => [index('passkeys_person').on(t.personId)],
)
