import { findAccount, findConnection } from '../accounts/accounts.ts'
import type { Clock } from '../clock.ts'
import type { Reader } from '../db/database.ts'
import { findPassingPost, latestVerdicts, type PassingPost } from '../drafts/drafts.ts'
import { isListenedTo } from '../listening/post.ts'
import { answersOfOurs } from '../listening/posts.ts'
import { findTrouble } from '../mail/addresses.ts'
import { decidersAt, type Person } from '../people/people.ts'
import type { Hosting, Role } from '../people/person.ts'
import type { ReflectionState } from '../recaps/recap.ts'
import { findReflectionOf, reachedSoFar, type Reached } from '../recaps/recaps.ts'
import { standbysOf } from '../rota/planner/standby.ts'
import { openSwapOf, type StandingSwap } from '../rota/planner/swap.ts'
import { findHostedWeek, missingFor, type Missing, type Week, type WeekHost } from '../rota/weeks.ts'
import { readWeekDays, type WeekDays } from './read-week-days.ts'

/** Everything that a host's page says about their week, as it stands. */
export interface MyWeek extends WeekDays<Week> {
  host: WeekHost
  decisions: Awaited<ReturnType<typeof latestVerdicts>>
  /** Network ids of replies that the account has answered. */
  answered: Set<string>
  /** What is missing before the week opens; null when it opens by itself. */
  missing: Missing | null
  deciders: { person: Person; role: Role }[]
  /** What their aims came to by now; empty: they set none. */
  reached: Reached[]
  /** What they said looking back, as it stands. */
  reflection: ReflectionState | null
  /** They said that they may be called in again. */
  standby: boolean
  /** Another one’s days, about which they are asked. */
  swap: StandingSwap | null
  /** Mail to them comes back. */
  outOfReach: boolean
  /** To X, so that something can go out. */
  connected: boolean
  /** The one post that goes out, or went, although the brake is on. */
  passing: PassingPost | null
}

export async function readMyWeek(read: Reader, hosting: Hosting, clock: Clock): Promise<MyWeek> {
  const { week, host } = (await findHostedWeek(read, hosting.weekId))!
  const account = (await findAccount(read, hosting.accountId))!
  const now = clock.now()
  const all = await readWeekDays(read, { account, week, weekHostId: hosting.weekHostId, clock })
  // What strangers wrote is the host's to read as long as the week is listened to.
  const days = isListenedTo(week, now) ? all : { ...all, replies: [] }
  const answers = await answersOfOurs(
    read,
    days.replies.map(({ networkId }) => networkId),
  )
  return {
    ...days,
    host: host!,
    decisions: await latestVerdicts(
      read,
      days.drafts.map(({ id }) => id),
    ),
    answered: new Set(answers.keys()),
    reached: await reachedSoFar(read, week, host!.id),
    reflection: (await findReflectionOf(read, host!.id))?.state ?? null,
    standby: (await standbysOf(read, hosting.accountId)).some(({ personId }) => personId === host!.personId),
    swap: (await openSwapOf(read, week.id, now)) ?? null,
    outOfReach: (await findTrouble(read, host!.personId)) !== undefined,
    connected: (await findConnection(read, hosting.accountId))?.state === 'connected',
    passing: await findPassingPost(read, account, now),
    missing: host!.opening === 'waits' ? await missingFor(read, account, { week, host: host! }) : null,
    deciders: await decidersAt(read, hosting.accountId, now),
  }
}
