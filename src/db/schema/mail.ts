import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { MAIL_KINDS, MAIL_STATES, type MailItem } from '../../mail/mail.ts'
import { accounts } from './accounts.ts'
import { flag, instant, json } from './columns.ts'
import { people } from './people.ts'

export const mails = sqliteTable(
  'mails',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').references(() => accounts.id),
    /** Null for somebody who asked to be told, and has no account here. */
    personId: text('person_id').references(() => people.id),
    kind: text('kind', { enum: MAIL_KINDS }).notNull(),
    /** The address at the time it was written. */
    to: text('to').notNull(),
    subject: text('subject').notNull(),
    /** Plain text; links that are secrets stand as placeholders until the moment of sending. */
    text: text('text').notNull(),
    state: text('state', { enum: MAIL_STATES }).notNull(),
    /** For an invitation's link: whose it is. */
    weekHostId: text('week_host_id'),
    /** Who asks for a week, and is told at the address that they gave. */
    candidateId: text('candidate_id'),
    /** Product time at which it goes by itself, for the mails of a week's life; null for one that tells of something that happened. */
    plannedFor: instant('planned_for'),
    /** Who keeps it from going; null where nobody does. */
    heldBy: text('held_by'),
    /** An entry for a calendar that comes with it, as iCalendar. */
    calendar: text('calendar'),
    /** Of a mail that gathers what happens for one cause: more is written into it until it is taken for sending. */
    cause: text('cause'),
    items: json<MailItem[]>('items'),
    /** Somebody wants it tried although mail to its address came back. */
    asked: flag('asked').notNull().default(false),
    tries: integer('tries').notNull().default(0),
    /** Machine time: not before then. */
    nextTryAt: instant('next_try_at').notNull(),
    trouble: text('trouble'),
    createdAt: instant('created_at').notNull(),
    sentAt: instant('sent_at'),
  },
  (t) => [
    index('mails_due').on(t.state, t.nextTryAt),
    index('mails_created').on(t.createdAt),
    index('mails_planned').on(t.state, t.plannedFor),
    index('mails_host').on(t.weekHostId),
    index('mails_candidate').on(t.candidateId),
    index('mails_cause').on(t.personId, t.cause, t.createdAt),
  ],
)

/** Whose address mail does not reach: one row a person, while it is so. */
export const addressTroubles = sqliteTable(
  'address_troubles',
  {
    personId: text('person_id')
      .primaryKey()
      .references(() => people.id),
    /** Theirs, when it came back. */
    address: text('address').notNull(),
    /** Product time. */
    since: instant('since').notNull(),
    /** The mail server’s, or of who marked it; may be empty. */
    words: text('words').notNull(),
    /** Who marked it by hand; null: the mail server said so. */
    markedBy: text('marked_by').references(() => people.id),
    /** At whose desk they did. */
    accountId: text('account_id').references(() => accounts.id),
  },
  (t) => [uniqueIndex('address_troubles_address').on(t.address)],
)

/** One row while the mail server takes nothing, whatever the mail; none while it works. */
export const mailOutages = sqliteTable('mail_outages', {
  id: integer('id').primaryKey(),
  /** Product time. */
  since: instant('since').notNull(),
  /** In the words of the server, or of the connection to it. */
  reason: text('reason').notNull(),
  /** Machine time: no mail is tried before then. */
  retryAt: instant('retry_at').notNull(),
})

/** Sandbox only: what would have gone to SMTP, secrets included. */
export const sandboxMails = sqliteTable('sandbox_mails', {
  id: text('id').primaryKey(),
  to: text('to').notNull(),
  subject: text('subject').notNull(),
  text: text('text').notNull(),
  calendar: text('calendar'),
  at: instant('at').notNull(),
})
