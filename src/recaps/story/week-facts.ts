import { findAccount, type Account } from '../../accounts/accounts.ts'
import { dayOf } from '../../calendar.ts'
import type { Reader } from '../../db/database.ts'
import { NotFound } from '../../errors.ts'
import { readable } from '../../listening/being-cleared.ts'
import { findImages, type Image } from '../../images/images.ts'
import {
  conversationOfWeek,
  lastLook,
  ownPostsOfWeek,
  removedPostsOfWeek,
  type Post,
} from '../../listening/posts.ts'
import type { LiveWindow } from '../../rota/live-window.ts'
import { liveWindowsOf } from '../../rota/live-windows.ts'
import { asTold, cameLater, weekDays } from '../../rota/week.ts'
import {
  comingWeeks,
  earlierHosts,
  findCurrentHost,
  listEvents,
  type Event,
  type HostedWeek,
  type Week,
  type WeekHost,
} from '../../rota/weeks.ts'
import { reflectionSource, reflectionText } from '../reflection/reflection.ts'
import { reflectionsOfWeek } from '../reflection/reflections-store.ts'
import { maskAtPresent } from '../removal/being-cleared.ts'
import { sharedLinks } from './shared-links.ts'
import { findLinkPages, findNumbers } from '../store.ts'
import { storiesOf, type Story } from './stories.ts'
import type { Counted } from '../week-page.ts'

/** Everything that a week's story is told from, as it stands at this moment. */
export interface WeekFacts {
  account: Account
  week: Week
  /** Nobody where the host was taken from the week and no other one said yes. */
  host: WeekHost | null
  /** Who had the open week before them and posted in it, with when that ended; in their order. */
  earlier: { host: WeekHost; until: Date }[]
  /** The week's own days. */
  days: string[]
  events: Event[]
  /** While each was told live, in their order. */
  windows: LiveWindow[]
  own: Post[]
  /** Others' replies and mentions. */
  theirs: Post[]
  /** The day of a post of this week, in the account's zone. */
  dayOfPost: (post: Post) => string
  /** Told or not, in the order in which each began. */
  stories: Story[]
  /** The pictures of which we have a copy, by hash. */
  pictures: Map<string, Pick<Image, 'width' | 'height' | 'mediaType'>>
  /** What hosts say looking back, as it was approved last: Markdown, by the source of its block. */
  reflections: Map<string, string>
  /** The next week that was announced; there may be a gap between. */
  next: HostedWeek | undefined
  /** The last time that replies were read; null when never. */
  listenedAt: Date | null
  /** What the pages call themselves that the account passed on, by address. */
  linkPages: Map<string, { title: string | null; site: string | null }>
  /** What the week came to when it was counted last; undefined before that. */
  kept: { counted: Counted; finalAt: Date | null } | undefined
}

/** So many weeks ahead an announced one is looked for. */
const WEEKS_AHEAD = 12

/** Nineteen queries, however long the week was. */
export async function weekFacts(read: Reader, week: Week): Promise<WeekFacts> {
  const account = await findAccount(read, week.accountId)
  if (!account) throw new NotFound()
  const mask = await maskAtPresent(read, account.id)
  const masked = await readable(read, account.id)
  const own = (await ownPostsOfWeek(read, week.id)).map(masked)
  const conversation = (await conversationOfWeek(read, week.id)).map(masked)
  const theirs = conversation.filter(({ hiddenAt }) => hiddenAt === null)
  const hidden = conversation.filter(({ hiddenAt }) => hiddenAt !== null)
  const hashes = own.flatMap((post) => post.images.flatMap((image) => image.hash ?? []))
  const images = await findImages(read, [...new Set(hashes)])
  const told = asTold({ week, host: await findCurrentHost(read, week.id) })
  const coming = await comingWeeks(read, account.id, week.closesAt, WEEKS_AHEAD)
  return {
    account,
    week: told.week,
    host: told.host,
    earlier: (await earlierHosts(read, week.id)).flatMap(postedIn(week, own)),
    days: weekDays(week, account.timeZone),
    events: (await listEvents(read, week.id)).filter(takesPlace(told)),
    windows: await liveWindowsOf(read, week.id),
    own,
    theirs,
    dayOfPost: remembered(account.timeZone),
    stories: storiesOf(own, theirs, [...hidden, ...(await removedPostsOfWeek(read, week.id))]),
    pictures: new Map(images.map((image) => [image.hash, image])),
    reflections: new Map(
      (await reflectionsOfWeek(read, week.id)).flatMap(({ weekHostId, approved }) =>
        approved ? [[reflectionSource(weekHostId), mask(reflectionText(approved))]] : [],
      ),
    ),
    next: coming.find(({ week: one, host }) => one.kind === 'hosted' && one.announcedAt !== null && host),
    listenedAt: (await lastLook(read, account.id))?.wellAt ?? null,
    linkPages: await findLinkPages(
      read,
      sharedLinks(own).map(({ href }) => href),
    ),
    kept: await findNumbers(read, week.id),
  }
}

/** What stands of the week's beginning was theirs, where something does. */
function postedIn({ opensAt }: Week, own: Post[]) {
  return (host: WeekHost & { endedAt: Date }) => {
    const from = cameLater({ opensAt }, host) ? host.createdAt : opensAt
    const posted = own.some(({ createdAt }) => createdAt >= from && createdAt < host.endedAt)
    return posted ? { host, until: host.endedAt } : []
  }
}

/** Whether what was planned with a host who lost the week had begun by then is known; of the rest nobody can say that it happens. */
function takesPlace({ week, host }: { week: Week; host: WeekHost | null }) {
  const { unannouncedAt } = week
  return ({ startsAt }: Event) => host !== null || unannouncedAt === null || startsAt < unannouncedAt
}

/** Every zone is a number of quarters of an hour away from UTC, and changes its clocks at one. */
const QUARTER = 15 * 60_000

/** Asked many times of each post while a week is told, and the zone's rules are slow. */
function remembered(zone: string): (post: Post) => string {
  const days = new Map<number, string>()
  return ({ createdAt }) => {
    const quarter = Math.floor(createdAt.getTime() / QUARTER)
    let day = days.get(quarter)
    if (day === undefined) days.set(quarter, (day = dayOf(createdAt, zone)))
    return day
  }
}
