import { and, asc, eq, exists, gt, isNotNull, isNull, lte, not, or, sql, type Placeholder } from 'drizzle-orm'
import type { Reader } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { deliveries, drafts, events, liveWindows } from '../db/schema/index.ts'
import { isHeldFor, type Delivery } from './store.ts'

/** As `isForItself` says. */
export const isLetGoForItself = and(isNotNull(deliveries.letGoId), eq(deliveries.keepsApproval, false))!

/**
 * A first part with a time of its own: not what was posted live, nor what somebody let go, nor what goes as soon as it is
 * approved, or answers somebody.
 */
const isScheduled = and(
  eq(deliveries.position, 0),
  not(isLetGoForItself),
  isNull(drafts.pressedAt),
  or(isNotNull(drafts.wishedAt), and(isNull(drafts.replyTo), gt(deliveries.dueAt, deliveries.queuedAt))),
)

/** The first parts of a week's posts that wait for a time. */
export async function scheduledOf(read: Reader, weekId: string): Promise<Delivery[]> {
  const rows = await read
    .select({ delivery: deliveries })
    .from(deliveries)
    .innerJoin(drafts, eq(drafts.id, deliveries.draftId))
    .where(and(eq(deliveries.weekId, weekId), eq(deliveries.state, 'waiting'), isScheduled))
    .orderBy(asc(deliveries.dueAt))
  return rows.map(({ delivery }) => delivery)
}

/** Whether a delivery would go out inside a live window for which its week's scheduled posts step aside. Product time. */
export function goesInsideWindow(read: Reader, now: Placeholder) {
  const one = { one: sql`1` }
  const isOpen = and(
    eq(liveWindows.weekId, deliveries.weekId),
    eq(liveWindows.aside, true),
    lte(liveWindows.startsAt, now),
    gt(liveWindows.endsAt, now),
  )
  return and(
    isNotNull(deliveries.weekId),
    exists(
      read.select(one).from(liveWindows).innerJoin(events, eq(events.id, liveWindows.eventId)).where(isOpen),
    ),
    exists(
      read
        .select(one)
        .from(drafts)
        .where(and(eq(drafts.id, deliveries.draftId), isScheduled)),
    ),
  )!
}

/** What of a week stepped aside for what is posted live. */
export async function heldAside(read: Reader, weekId: string): Promise<Delivery[]> {
  return read
    .select()
    .from(deliveries)
    .where(
      and(eq(deliveries.weekId, weekId), eq(deliveries.state, 'held'), eq(deliveries.heldReason, 'live')),
    )
    .orderBy(asc(deliveries.dueAt), asc(deliveries.position))
}

/** The weeks of which something stepped aside that nobody was asked about yet. */
export async function weeksHeldAside(read: Reader): Promise<{ accountId: string; weekId: string }[]> {
  const statement = prepared(read, 'weeks held aside', () =>
    read
      .selectDistinct({ accountId: deliveries.accountId, weekId: deliveries.weekId })
      .from(deliveries)
      .where(and(isHeldFor('live'), isNull(deliveries.trouble)))
      .prepare(),
  )
  const rows = statement.all()
  return rows.flatMap(({ accountId, weekId }) => (weekId === null ? [] : [{ accountId, weekId }]))
}
