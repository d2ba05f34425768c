import type { Account } from '../accounts/accounts.ts'
import type { Clock } from '../clock.ts'
import type { Reader } from '../db/database.ts'
import { draftsOfGap, draftsOfWeek, type Draft } from '../drafts/drafts.ts'
import { readable } from '../listening/being-cleared.ts'
import { repliesOfWeek, type Post } from '../listening/posts.ts'
import { deliveriesOfDrafts, type Delivery } from '../publishing/deliveries.ts'
import { postingLimit, type PostingLimit } from '../publishing/posting-limit.ts'
import { slotSpan } from '../rota/slot.ts'
import { listEvents, type Event, type Week } from '../rota/weeks.ts'

/** What a plan knows of the days that it stands for. A gap has no id: nobody hosts it, and what is written for it is the account's own. */
export type PlannedWeek = Pick<Week, 'slot' | 'opensAt' | 'closesAt' | 'announcedAt'> & { id: string | null }

/** What the days of a week, or of a gap, hold. */
export interface WeekDays<W extends PlannedWeek = PlannedWeek> {
  account: Account
  week: W
  drafts: Draft[]
  deliveries: Delivery[]
  /** Drafts of which all that was approved was taken off the plan. */
  cancelled: ReadonlySet<string>
  events: Event[]
  replies: Post[]
  /** While X takes no posts. */
  limit: PostingLimit | null
}

/** All of a week; or, with `weekHostId`, what that host may see of it: their own drafts and the team's. */
export async function readWeekDays(
  read: Reader,
  { account, week, weekHostId, clock }: { account: Account; week: Week; weekHostId?: string; clock: Clock },
): Promise<WeekDays<Week>> {
  const all = await draftsOfWeek(read, week.id)
  const drafts = all.filter((one) => !weekHostId || one.weekHostId === null || one.weekHostId === weekHostId)
  return {
    account,
    week,
    ...(await withDeliveries(read, drafts)),
    events: await listEvents(read, week.id),
    replies: (await repliesOfWeek(read, week.id)).map(await readable(read, account.id)),
    limit: await postingLimit(read, account, clock),
  }
}

/** What is written for a slot that nobody has. */
export async function readGapDays(
  read: Reader,
  { account, slot, clock }: { account: Account; slot: string; clock: Clock },
): Promise<WeekDays> {
  const drafts = await draftsOfGap(read, account.id, slot)
  return {
    account,
    week: { id: null, slot, announcedAt: null, ...slotSpan(slot, account.shape, account.timeZone) },
    ...(await withDeliveries(read, drafts)),
    events: [],
    replies: [],
    limit: await postingLimit(read, account, clock),
  }
}

async function withDeliveries(
  read: Reader,
  drafts: Draft[],
): Promise<Pick<WeekDays, 'drafts' | 'deliveries' | 'cancelled'>> {
  const all = await deliveriesOfDrafts(
    read,
    drafts.map(({ id }) => id),
  )
  const deliveries = all.filter(({ state }) => state !== 'cancelled')
  const planned = new Set(deliveries.map(({ draftId }) => draftId))
  return {
    drafts,
    deliveries,
    cancelled: new Set(all.map(({ draftId }) => draftId).filter((id) => !planned.has(id))),
  }
}
