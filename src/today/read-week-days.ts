import type { Account } from '../accounts/accounts.ts'
import type { Clock } from '../clock.ts'
import type { Reader } from '../db/database.ts'
import { draftsOfWeek, type Draft } from '../drafts/drafts.ts'
import { repliesOfWeek, type Post } from '../listening/posts.ts'
import { deliveriesOfDrafts, type Delivery } from '../publishing/deliveries.ts'
import { postingLimit, type PostingLimit } from '../publishing/posting-limit.ts'
import { listEvents, type Event, type Week } from '../rota/weeks.ts'

/** What the days of a week hold. */
export interface WeekDays {
  account: Account
  week: Week
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
): Promise<WeekDays> {
  const all = await draftsOfWeek(read, week.id)
  const drafts = all.filter((one) => !weekHostId || one.weekHostId === null || one.weekHostId === weekHostId)
  const deliveries = await deliveriesOfDrafts(
    read,
    drafts.map(({ id }) => id),
  )
  const planned = deliveries.filter(({ state }) => state !== 'cancelled')
  return {
    account,
    week,
    drafts,
    deliveries: planned,
    cancelled: new Set(
      deliveries.map(({ draftId }) => draftId).filter((id) => !planned.some(({ draftId }) => draftId === id)),
    ),
    events: await listEvents(read, week.id),
    replies: await repliesOfWeek(read, week.id),
    limit: await postingLimit(read, account, clock),
  }
}
