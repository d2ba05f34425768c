import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { MAIL_KINDS } from '../../mail/mail.ts'
import { HOST_ENDINGS, OPENINGS, SWAP_STATES, WEEK_KINDS, WEEK_STATES } from '../../rota/week.ts'
import type { ProfileChange } from '../../rota/readiness/tick-profile.ts'
import { accounts } from './accounts.ts'
import { day, flag, instant } from './columns.ts'
import { people } from './people.ts'

export const weeks = sqliteTable(
  'weeks',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    /** The slot's first day. */
    slot: day('slot').notNull(),
    kind: text('kind', { enum: WEEK_KINDS }).notNull(),
    state: text('state', { enum: WEEK_STATES }).notNull(),
    /** Empty for a hiatus, whose reason stands in `why`. */
    theme: text('theme').notNull(),
    why: text('why').notNull(),
    /** From the account's shape when it was booked, so that a later change of shape moves no booked week. */
    opensAt: instant('opens_at').notNull(),
    closesAt: instant('closes_at').notNull(),
    announcedAt: instant('announced_at'),
    /** It was announced until then, and is not now: calendars that have it are told so. */
    unannouncedAt: instant('unannounced_at'),
    closedAt: instant('closed_at'),
    createdAt: instant('created_at').notNull(),
    version: integer('version').notNull().default(1),
  },
  (t) => [
    uniqueIndex('weeks_slot')
      .on(t.accountId, t.slot)
      .where(sql`state <> 'cancelled'`),
    index('weeks_closing').on(t.state, t.closesAt),
  ],
)

/** Who hosts a week; a replaced host's row stays, ended. What a person is called and does belongs to that week. */
export const weekHosts = sqliteTable(
  'week_hosts',
  {
    id: text('id').primaryKey(),
    weekId: text('week_id')
      .notNull()
      .references(() => weeks.id),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    name: text('name').notNull(),
    /** Without the @; empty when they have none. */
    handle: text('handle').notNull(),
    job: text('job').notNull(),
    organisation: text('organisation').notNull(),
    /** Where they work, and the part of the country: for the desk’s planning only. May be empty. */
    site: text('site').notNull().default(''),
    region: text('region').notNull().default(''),
    biography: text('biography').notNull(),
    portraitHash: text('portrait_hash'),
    /** With the caret: `^PG`. */
    signOff: text('sign_off').notNull(),
    /** Where the account's policy says so, what they submit goes out unless somebody stops it. */
    trusted: flag('trusted').notNull().default(false),
    /** Whether the week opens at its time. */
    opening: text('opening', { enum: OPENINGS }).notNull().default('free'),
    /** The lead on whose word it opens although something is missing, and when they gave it, or nothing was missing any more. */
    openedBy: text('opened_by').references(() => people.id),
    openedAt: instant('opened_at'),
    /** It did not open at its time, and the leads were told. */
    stoodStillAt: instant('stood_still_at'),
    createdAt: instant('created_at').notNull(),
    invitedAt: instant('invited_at'),
    acceptedAt: instant('accepted_at'),
    /** Their week went to other days, and they were asked anew; it counts until they accept these. */
    movedAt: instant('moved_at'),
    /** What the lead wrote about it. */
    movedWords: text('moved_words'),
    /** They were asked, and said no; the row stays current until somebody else is asked. */
    declinedAt: instant('declined_at'),
    declinedWords: text('declined_words'),
    /** The version of the week that a mail put into their calendar last; null where none did, or a mail took it out. */
    enteredVersion: integer('entered_version'),
    endedAt: instant('ended_at'),
    ending: text('ending', { enum: HOST_ENDINGS }),
  },
  (t) => [
    uniqueIndex('week_hosts_current')
      .on(t.weekId)
      .where(sql`ended_at is null`),
    index('week_hosts_person').on(t.personId),
  ],
)

/** A host signed the house rules. Append-only: what was signed stands here word for word. */
export const agreements = sqliteTable(
  'agreements',
  {
    id: text('id').primaryKey(),
    weekHostId: text('week_host_id')
      .notNull()
      .references(() => weekHosts.id),
    /** Of the house rules. */
    number: integer('number').notNull(),
    text: text('text').notNull(),
    /** As they typed it. */
    name: text('name').notNull(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    signedAt: instant('signed_at').notNull(),
  },
  (t) => [uniqueIndex('agreements_once').on(t.weekHostId, t.number)],
)

/** What of the briefing is done with a host. A point is known by its words. */
export const briefingTicks = sqliteTable(
  'briefing_ticks',
  {
    weekHostId: text('week_host_id')
      .notNull()
      .references(() => weekHosts.id),
    point: text('point').notNull(),
    tickedBy: text('ticked_by')
      .notNull()
      .references(() => people.id),
    tickedAt: instant('ticked_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.weekHostId, t.point] })],
)

/** Somebody changed the account's profile on the network by hand. */
export const profileTicks = sqliteTable(
  'profile_ticks',
  {
    weekHostId: text('week_host_id')
      .notNull()
      .references(() => weekHosts.id),
    change: text('change').$type<ProfileChange>().notNull(),
    tickedBy: text('ticked_by')
      .notNull()
      .references(() => people.id),
    tickedAt: instant('ticked_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.weekHostId, t.change] })],
)

/** The words of a mail to hosts where an account has its own; without a row it has the default of `mail-words.ts`. */
export const mailTemplates = sqliteTable(
  'mail_templates',
  {
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    kind: text('kind', { enum: MAIL_KINDS }).notNull(),
    subject: text('subject').notNull(),
    text: text('text').notNull(),
    changedBy: text('changed_by')
      .notNull()
      .references(() => people.id),
    changedAt: instant('changed_at').notNull(),
    version: integer('version').notNull().default(1),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.kind] })],
)

export const events = sqliteTable(
  'events',
  {
    id: text('id').primaryKey(),
    weekId: text('week_id')
      .notNull()
      .references(() => weeks.id),
    name: text('name').notNull(),
    /** With the #, or empty. */
    hashtag: text('hashtag').notNull(),
    place: text('place').notNull(),
    startsAt: instant('starts_at').notNull(),
    endsAt: instant('ends_at').notNull(),
  },
  (t) => [index('events_week').on(t.weekId)],
)

/** Events that were taken out of their week: calendars that have them are told so. */
export const removedEvents = sqliteTable(
  'removed_events',
  {
    id: text('id').primaryKey(),
    weekId: text('week_id')
      .notNull()
      .references(() => weeks.id),
    name: text('name').notNull(),
    startsAt: instant('starts_at').notNull(),
    endsAt: instant('ends_at').notNull(),
    removedAt: instant('removed_at').notNull(),
  },
  (t) => [index('removed_events_week').on(t.weekId, t.removedAt)],
)

/**
 * When the live page of an event is open, where somebody changed that, apart from the event's public times; an event without a
 * row opens it by its own times. Not a foreign key: a week's events are written anew, and keep their ids.
 */
export const liveWindows = sqliteTable(
  'live_windows',
  {
    eventId: text('event_id').primaryKey(),
    weekId: text('week_id')
      .notNull()
      .references(() => weeks.id),
    startsAt: instant('starts_at').notNull(),
    endsAt: instant('ends_at').notNull(),
    /** The week's scheduled posts are held meanwhile. */
    aside: flag('aside').notNull().default(false),
    version: integer('version').notNull().default(1),
  },
  (t) => [index('live_windows_week').on(t.weekId)],
)

/** Invitation links, as hashes. They live until the week closes, and only offer to mail a sign-in link. */
export const invitations = sqliteTable(
  'invitations',
  {
    tokenHash: text('token_hash').primaryKey(),
    weekHostId: text('week_host_id')
      .notNull()
      .references(() => weekHosts.id),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [index('invitations_host').on(t.weekHostId)],
)

/** People who said that they may be called in for a gap, or when a host drops out. */
export const standbys = sqliteTable(
  'standbys',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    name: text('name').notNull(),
    job: text('job').notNull(),
    organisation: text('organisation').notNull(),
    /** When they can, in their words or a lead's; may be empty. */
    note: text('note').notNull(),
    addedBy: text('added_by')
      .notNull()
      .references(() => people.id),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [uniqueIndex('standbys_current').on(t.accountId, t.personId)],
)

/** Two hosts are asked whether they take each other's days. Nothing changes before both have said yes. */
export const swaps = sqliteTable(
  'swaps',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    state: text('state', { enum: SWAP_STATES }).notNull(),
    askedBy: text('asked_by')
      .notNull()
      .references(() => people.id),
    askedAt: instant('asked_at').notNull(),
    /** In the words of who asked; may be empty. */
    reason: text('reason').notNull().default(''),
    settledAt: instant('settled_at'),
    version: integer('version').notNull().default(1),
  },
  (t) => [index('swaps_account').on(t.accountId, t.state)],
)

/** The two of a swap, with the days that each had when they were asked. */
export const swapSides = sqliteTable(
  'swap_sides',
  {
    swapId: text('swap_id')
      .notNull()
      .references(() => swaps.id),
    weekHostId: text('week_host_id')
      .notNull()
      .references(() => weekHosts.id),
    weekId: text('week_id')
      .notNull()
      .references(() => weeks.id),
    slot: day('slot').notNull(),
    /** They said yes. */
    agreedAt: instant('agreed_at'),
  },
  (t) => [primaryKey({ columns: [t.swapId, t.weekHostId] }), index('swap_sides_week').on(t.weekId)],
)

/** Gaps of which the leads were told by mail. */
export const gapAlerts = sqliteTable(
  'gap_alerts',
  {
    accountId: text('account_id')
      .notNull()
      .references(() => accounts.id),
    slot: day('slot').notNull(),
    at: instant('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.slot] })],
)
