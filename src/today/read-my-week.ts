import { findAccount, type Account } from '../accounts/accounts.ts'
import type { Reader } from '../db/database.ts'
import { draftsOfWeek, latestDecisions, type Draft } from '../drafts/drafts.ts'
import { isListenedTo } from '../listening/post.ts'
import { answersOfOurs, repliesOfWeek, type Post } from '../listening/posts.ts'
import { listRoles, type Person } from '../people/people.ts'
import type { Hosting, Role } from '../people/person.ts'
import { deliveriesOfDrafts, type Delivery } from '../publishing/deliveries.ts'
import { findHostedWeek, listEvents, type Event, type Week, type WeekHost } from '../rota/weeks.ts'

/** Everything that a host's page says about their week, as it stands. */
export interface MyWeek {
  account: Account
  week: Week
  host: WeekHost
  drafts: Draft[]
  decisions: Awaited<ReturnType<typeof latestDecisions>>
  deliveries: Delivery[]
  events: Event[]
  /** As long as they are the host's to read. */
  replies: Post[]
  /** Network ids of replies that the account has answered. */
  answered: Set<string>
  deciders: { person: Person; role: Role }[]
}

export async function readMyWeek(read: Reader, hosting: Hosting, now: Date): Promise<MyWeek> {
  const { week, host } = (await findHostedWeek(read, hosting.weekId))!
  const all = await draftsOfWeek(read, week.id)
  const drafts = all.filter(({ weekHostId }) => weekHostId === null || weekHostId === hosting.weekHostId)
  const ids = drafts.map(({ id }) => id)
  const replies = isListenedTo(week, now) ? await repliesOfWeek(read, week.id) : []
  const answers = await answersOfOurs(
    read,
    replies.map(({ networkId }) => networkId),
  )
  return {
    account: (await findAccount(read, hosting.accountId))!,
    week,
    host: host!,
    drafts,
    decisions: await latestDecisions(read, ids),
    deliveries: (await deliveriesOfDrafts(read, ids)).filter(({ state }) => state !== 'cancelled'),
    events: await listEvents(read, week.id),
    replies,
    answered: new Set(answers.keys()),
    deciders: await listRoles(read, hosting.accountId),
  }
}
