import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { VERDICT_KINDS, type WrittenIn } from '../../drafts/draft.ts'
import { BLOCK_KINDS, type BlockContent, type Choices, type StoredBlock } from '../../recaps/block.ts'
import { RECAP_STATES, REFLECTION_STATES } from '../../recaps/recap.ts'
import type { Aim } from '../../recaps/aims/aim.ts'
import type { Answer } from '../../recaps/reflection/reflection.ts'
import { REVISION_KINDS } from '../../recaps/revision.ts'
import type { Counted, WeekPage } from '../../recaps/week-page.ts'
import { flag, instant, json } from './columns.ts'
import { people } from './people.ts'
import { weekHosts, weeks } from './rota.ts'

export const recaps = sqliteTable('recaps', {
  id: text('id').primaryKey(),
  weekId: text('week_id')
    .notNull()
    .unique()
    .references(() => weeks.id),
  state: text('state', { enum: RECAP_STATES }).notNull(),
  generatedAt: instant('generated_at').notNull(),
  publishedAt: instant('published_at'),
  /** Null: published by the account's policy. */
  publishedBy: text('published_by').references(() => people.id),
  /** Of the published page; 0 before the first. */
  edition: integer('edition').notNull().default(0),
  /** It is to publish itself, and waits for people to pause: by then it does. Product time. */
  publishBy: instant('publish_by'),
  /** What left the network before then is in none of its editions. Product time. */
  sweptAt: instant('swept_at'),
  version: integer('version').notNull().default(1),
})

export const recapBlocks = sqliteTable(
  'recap_blocks',
  {
    id: text('id').primaryKey(),
    recapId: text('recap_id')
      .notNull()
      .references(() => recaps.id),
    position: integer('position').notNull(),
    kind: text('kind', { enum: BLOCK_KINDS }).notNull(),
    /** What it was generated from (`post:123`, `day:2015-01-19`), so that generating anew finds it; unique in a recap. */
    source: text('source').notNull(),
    /** A person's words, or what the generator wrote for a heading; the rest is looked up by source. */
    content: json<BlockContent>('content').notNull(),
    /** What people chose within it; the generator never writes it. */
    choices: json<Choices>('choices').notNull().default({}),
    hidden: flag('hidden').notNull().default(false),
    /** Nothing that is generated comes between it and the piece before it. */
    pinned: flag('pinned').notNull().default(false),
    /** A person changed or wrote it: generating anew leaves it. */
    byPerson: flag('by_person').notNull().default(false),
    /** Nothing of it stands at present; it waits with what people did to it. */
    away: flag('away').notNull().default(false),
  },
  (t) => [
    uniqueIndex('recap_blocks_source').on(t.recapId, t.source),
    index('recap_blocks_order').on(t.recapId, t.position),
  ],
)

/** Each state that a story was in, whole, so that it can be looked at and brought back. */
export const recapRevisions = sqliteTable(
  'recap_revisions',
  {
    recapId: text('recap_id')
      .notNull()
      .references(() => recaps.id),
    /** The recap's, from which on the story stood so. */
    version: integer('version').notNull(),
    blocks: json<StoredBlock[]>('blocks').notNull(),
    what: text('what', { enum: REVISION_KINDS }).notNull(),
    /** The source of the piece that was changed; null where it were several. */
    piece: text('piece'),
    /** Null: by itself. */
    personId: text('person_id').references(() => people.id),
    at: instant('at').notNull(),
    /** The revision with the latest change that is in this state and can be undone; null for none. */
    change: integer('change'),
    /** The revision that undoing leads to; null for none. */
    before: integer('before'),
    /** What was undone and can be done again, the next one last. */
    ahead: json<number[]>('ahead').notNull(),
  },
  (t) => [primaryKey({ columns: [t.recapId, t.version] })],
)

/** What was published, edition by edition: all that the page needs, so that it outlives network and tables. */
export const recapEditions = sqliteTable(
  'recap_editions',
  {
    recapId: text('recap_id')
      .notNull()
      .references(() => recaps.id),
    edition: integer('edition').notNull(),
    page: json<WeekPage>('page').notNull(),
    publishedAt: instant('published_at').notNull(),
    publishedBy: text('published_by').references(() => people.id),
  },
  (t) => [primaryKey({ columns: [t.recapId, t.edition] })],
)

/** The portraits and pictures that an edition shows, those of whoever comes next aside: they are looked up when it is shown. */
export const editionPictures = sqliteTable(
  'edition_pictures',
  {
    recapId: text('recap_id')
      .notNull()
      .references(() => recaps.id),
    edition: integer('edition').notNull(),
    hash: text('hash').notNull(),
  },
  (t) => [primaryKey({ columns: [t.recapId, t.edition, t.hash] }), index('edition_pictures_hash').on(t.hash)],
)

/** What a host says of their week when they look back. */
export const reflections = sqliteTable(
  'reflections',
  {
    weekHostId: text('week_host_id')
      .primaryKey()
      .references(() => weekHosts.id),
    weekId: text('week_id')
      .notNull()
      .references(() => weeks.id),
    state: text('state', { enum: REFLECTION_STATES }).notNull(),
    answers: json<Answer[]>('answers').notNull(),
    /** What stands in the story: as it was approved last. Null: nothing was. */
    approved: json<Answer[]>('approved'),
    submittedAt: instant('submitted_at'),
    changedAt: instant('changed_at').notNull(),
    /** The window that wrote last; null when it came without a script. */
    writtenIn: json<WrittenIn>('written_in'),
    version: integer('version').notNull().default(1),
  },
  (t) => [index('reflections_week').on(t.weekId, t.state)],
)

/** What a host aims for in their week. */
export const weekAims = sqliteTable('week_aims', {
  weekHostId: text('week_host_id')
    .primaryKey()
    .references(() => weekHosts.id),
  weekId: text('week_id')
    .notNull()
    .references(() => weeks.id),
  aims: json<Aim[]>('aims').notNull(),
  /** The host wants them in the recap, with what came of them. */
  inRecap: flag('in_recap').notNull().default(false),
  changedAt: instant('changed_at').notNull(),
  version: integer('version').notNull().default(1),
})

/** What was decided of a reflection. Append-only. */
export const reflectionDecisions = sqliteTable(
  'reflection_decisions',
  {
    id: text('id').primaryKey(),
    weekHostId: text('week_host_id')
      .notNull()
      .references(() => weekHosts.id),
    kind: text('kind', { enum: VERDICT_KINDS }).notNull(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    /** The decider is the host, and the account allows that. */
    ownWork: flag('own_work').notNull().default(false),
    comment: text('comment').notNull(),
    fingerprint: text('fingerprint').notNull(),
    /** Canonical JSON of what the fingerprint was made from. */
    frozen: text('frozen').notNull(),
    at: instant('at').notNull(),
  },
  (t) => [index('reflection_decisions_host').on(t.weekHostId, t.at)],
)

/** What a closed week came to; counted anew until it is final. */
export const weekNumbers = sqliteTable('week_numbers', {
  weekId: text('week_id')
    .primaryKey()
    .references(() => weeks.id),
  counted: json<Counted>('counted').notNull(),
  /** Product time. */
  countedAt: instant('counted_at').notNull(),
  /** From then on nothing changes it. */
  finalAt: instant('final_at'),
})

/** What pages call themselves that weeks passed on, read once. */
export const linkPages = sqliteTable('link_pages', {
  address: text('address').primaryKey(),
  /** Null where the page does not say, or could not be read. */
  title: text('title'),
  site: text('site'),
  /** Product time. */
  readAt: instant('read_at').notNull(),
})
