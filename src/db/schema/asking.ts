import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { CANDIDATE_STATES, LINK_READERS, OFFER_STATES, REST_REASONS } from '../../rota/candidate.ts'
import { accounts } from './accounts.ts'
import { instant, json } from './columns.ts'
import { people } from './people.ts'
import { weeks } from './rota.ts'

/** Who asks for a week, or was suggested for one. The row goes when its time is over. */
export const candidates = sqliteTable(
  'candidates',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    state: text('state', { enum: CANDIDATE_STATES }).notNull(),
    name: text('name').notNull(),
    email: text('email').notNull(),
    job: text('job').notNull(),
    about: text('about').notNull(),
    /** First days of the weeks that suit. */
    weeks: json<string[]>('weeks').notNull(),
    weeksWords: text('weeks_words').notNull(),
    sample: text('sample').notNull(),
    /** Who suggested them; empty where they asked themselves. */
    suggestedBy: text('suggested_by').notNull().default(''),
    /** Empty from the suggested person’s answer on. */
    suggesterEmail: text('suggester_email').notNull().default(''),
    createdAt: instant('created_at').notNull(),
    /** When the person themselves answered for it. */
    confirmedAt: instant('confirmed_at'),
    /** As they were told. Product time. */
    eraseAt: instant('erase_at').notNull(),
    /** The week that they chose. */
    weekId: text('week_id').references(() => weeks.id),
    version: integer('version').notNull().default(1),
  },
  (t) => [
    index('candidates_account').on(t.accountId, t.state),
    index('candidates_erase').on(t.eraseAt),
    index('candidates_email').on(t.email),
    index('candidates_created').on(t.createdAt),
  ],
)

/** The secret addresses in mails to people who ask, as hashes. */
export const candidateLinks = sqliteTable(
  'candidate_links',
  {
    tokenHash: text('token_hash').primaryKey(),
    candidateId: text('candidate_id')
      .notNull()
      .references(() => candidates.id),
    reader: text('reader', { enum: LINK_READERS }).notNull(),
    /** Machine time. */
    createdAt: instant('created_at').notNull(),
  },
  (t) => [index('candidate_links_candidate').on(t.candidateId)],
)

/** Weeks that somebody may choose from. Goes with its candidate. */
export const offers = sqliteTable(
  'offers',
  {
    id: text('id').primaryKey(),
    candidateId: text('candidate_id')
      .notNull()
      .references(() => candidates.id),
    state: text('state', { enum: OFFER_STATES }).notNull(),
    /** First days. */
    slots: json<string[]>('slots').notNull(),
    /** A word to them; may be empty. */
    words: text('words').notNull(),
    madeBy: text('made_by')
      .notNull()
      .references(() => people.id),
    madeAt: instant('made_at').notNull(),
    /** Product time. */
    endsAt: instant('ends_at').notNull(),
    answeredAt: instant('answered_at'),
    /** What they wrote when none suited. */
    answer: text('answer').notNull().default(''),
  },
  (t) => [
    uniqueIndex('offers_open')
      .on(t.candidateId)
      .where(sql`state = 'open'`),
    index('offers_ending').on(t.state, t.endsAt),
  ],
)

/** Addresses, as hashes, that get no mail of a kind until then (machine time): nobody’s mailbox is flooded by a public form. */
export const restingAddresses = sqliteTable(
  'resting_addresses',
  {
    addressHash: text('address_hash').notNull(),
    reason: text('reason', { enum: REST_REASONS }).notNull(),
    until: instant('until').notNull(),
  },
  (t) => [primaryKey({ columns: [t.addressHash, t.reason] }), index('resting_addresses_until').on(t.until)],
)
