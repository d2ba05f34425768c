import { randomUUID } from 'node:crypto'
import { desc, eq } from 'drizzle-orm'
import type { Database } from '../../src/db/database.ts'
import { draftRevisions, drafts, events, people, weekHosts, weeks } from '../../src/db/schema/index.ts'
import type { DraftPart } from '../../src/drafts/draft.ts'
import { ACCOUNT, LEAD } from './story.ts'

export const JOSEPH = { id: 'joseph', name: 'Joseph Adeyemi', email: 'joseph@north.example' }
export const WEEK = 'week-joseph'
export const JOSEPH_HOSTS = 'joseph-hosts'

/** Joseph's week of Monday 16 November 2026, announced; the account must be there. */
export async function josephsWeek(db: Database): Promise<void> {
  const long = new Date('2026-10-01T09:00:00Z')
  await db.write(async (tx) => {
    await tx.insert(people).values({ ...JOSEPH, createdAt: long })
    await tx.insert(weeks).values({
      id: WEEK,
      accountId: ACCOUNT,
      slot: '2026-11-16',
      kind: 'hosted',
      state: 'announced',
      theme: 'Nine miles of corridor',
      why: 'Nobody sees the porters.',
      opensAt: new Date('2026-11-16T09:00:00Z'),
      closesAt: new Date('2026-11-20T18:00:00Z'),
      createdAt: long,
    })
    await tx.insert(weekHosts).values({
      id: JOSEPH_HOSTS,
      weekId: WEEK,
      personId: JOSEPH.id,
      name: JOSEPH.name,
      handle: 'josephporters',
      job: 'porter',
      organisation: 'NorthDale General',
      biography: '',
      signOff: '^JA',
      createdAt: long,
      invitedAt: long,
      acceptedAt: long,
    })
  })
}

/** An event of Joseph's week, on its Wednesday from 10:00 to 13:00. */
export async function anOpenDay(db: Database, more: Partial<typeof events.$inferInsert> = {}): Promise<void> {
  await db.write(async (tx) => {
    await tx.insert(events).values({
      id: 'open-day',
      weekId: WEEK,
      name: 'Open day',
      hashtag: '#NorthDaleOpen',
      place: 'Main entrance',
      startsAt: new Date('2026-11-18T10:00:00Z'),
      endsAt: new Date('2026-11-18T13:00:00Z'),
      ...more,
    })
  })
}

/** A draft that waits for a decision: Joseph's for his week, or with `by: 'helen'` the account's own. */
export async function aSubmittedDraft(
  db: Database,
  {
    id = randomUUID(),
    by = 'joseph',
    text = 'What a bed weighs.',
    parts = [{ text, images: [] }],
    wishedAt = '2026-11-18T12:30:00Z',
    submittedAt = '2026-11-18T10:33:00Z',
    ...more
  }: {
    id?: string
    by?: 'joseph' | 'helen'
    text?: string
    parts?: DraftPart[]
    wishedAt?: string | null
    submittedAt?: string
  } & Partial<Pick<typeof drafts.$inferInsert, 'state' | 'replyTo' | 'answering' | 'weekId'>> = {},
): Promise<string> {
  const at = new Date(submittedAt)
  const host = by === 'joseph'
  const authorId = host ? JOSEPH.id : LEAD.id
  await db.write(async (tx) => {
    await tx.insert(drafts).values({
      id,
      accountId: ACCOUNT,
      weekId: WEEK,
      slot: '2026-11-16',
      authorId,
      weekHostId: host ? JOSEPH_HOSTS : null,
      state: 'submitted',
      revision: 1,
      content: { parts },
      signOff: host ? '^JA' : '',
      wishedAt: wishedAt === null ? null : new Date(wishedAt),
      submittedAt: at,
      createdAt: at,
      changedAt: at,
      changedBy: authorId,
      ...more,
    })
    await tx.insert(draftRevisions).values({ draftId: id, number: 1, content: { parts }, authorId, at })
  })
  return id
}

/** Newest first. */
export async function revisionsOf(db: Database, draftId: string) {
  return db.read
    .select()
    .from(draftRevisions)
    .where(eq(draftRevisions.draftId, draftId))
    .orderBy(desc(draftRevisions.number))
}
