import { dayOf } from '../calendar.ts'
import type { Reader } from '../db/database.ts'
import { asTold, wasLeft } from '../rota/week.ts'
import { findCurrentHost, findWeekOfSlot, type Week } from '../rota/weeks.ts'
import { generateDays } from './story/generate.ts'
import type { Showing } from './page-words.ts'
import { weekPageView, type WeekPageView } from './pages.ts'
import { storyHtml } from './story-html.ts'
import { findNumbers, findRecap, goneOf, latestEdition, listBlocks } from './store.ts'
import { nextWeek, tellWeek } from './story/tell-week.ts'
import { weekFacts } from './story/week-facts.ts'
import { hostsOf, postsOnPage, withNumbers, withoutGone, type NextWeek, type WeekPage } from './week-page.ts'

type Place = Pick<Showing, 'publicUrl' | 'sandbox'>

/**
 * The page of a week that is running, or over and not yet told: the days so far, as they stand at this moment, with the
 * replies that somebody chose and without what a lead hid in the story. For the view `recaps/page`, in a frame of the caller's.
 */
export async function weekPageModel(
  read: Reader,
  week: Week,
  { now, ...place }: Place & { now: Date },
): Promise<WeekPageView> {
  const facts = await weekFacts(read, week)
  const recap = await findRecap(read, week.id)
  const hidden = new Set(
    (recap ? await listBlocks(read, recap.id) : []).flatMap((one) => (one.hidden ? one.source : [])),
  )
  const days = generateDays(facts).map((block) => ({ ...block, hidden: hidden.has(block.source) }))
  const whole = tellWeek(facts, [...days, { kind: 'next', source: 'next', content: {} }])
  const over = now >= week.closesAt
  const cancelled = week.state === 'cancelled'
  const page =
    cancelled && week.unannouncedAt ? endedAt(whole, week.unannouncedAt, facts.account.timeZone) : whole
  const left = facts.host === null && wasLeft(week)
  return weekPageView(page, {
    ...place,
    today: over || cancelled ? null : dayOf(now, facts.account.timeZone),
    endedEarly: cancelled,
    note: cancelled
      ? 'This week ended early. What was said until then stands here.'
      : over
        ? 'The week is over. Its story is being put together.'
        : left
          ? 'Who has the rest of this week is not settled yet. What was said so far stands here.'
          : null,
  })
}

/**
 * The published edition of a week's page with its numbers as they are counted by now, without what was taken down or is not wanted on it any more, and with who comes
 * next as the rota has it now; null where none was published. Five queries. For the view `recaps/page`, in a frame of the caller's.
 */
export async function publishedRecap(
  read: Reader,
  weekId: string,
  place: Place,
): Promise<(WeekPageView & { publishedAt: Date; edition: number }) | null> {
  const found = await publishedPage(read, weekId)
  if (!found) return null
  const { page, publishedAt, edition } = found
  const shown = { ...page, next: await nextAsItStands(read, page) }
  return {
    ...weekPageView(shown, {
      ...place,
      publishedAt,
      correctedAt: edition > 1 ? publishedAt : undefined,
      today: null,
    }),
    publishedAt,
    edition,
  }
}

/** A week of which the days after it was cancelled never came. */
function endedAt(page: WeekPage, at: Date, zone: string): WeekPage {
  return { ...page, days: page.days.filter(({ day }) => day <= dayOf(at, zone)) }
}

/** The published story as plain HTML, for feeds, as it may be shown now, and who hosted it; empty where none is published. */
export async function publishedStory(
  read: Reader,
  weekId: string,
  reading: { publicUrl: string; sandbox: boolean },
): Promise<{ html: string; hosts: string[] }> {
  const found = await publishedPage(read, weekId)
  if (!found) return { html: '', hosts: [] }
  return { html: storyHtml(found.page, reading), hosts: hostsOf(found.page).map(({ name }) => name) }
}

/** What is published of a week. */
export interface PublishedWeek {
  page: WeekPage
  publishedAt: Date
  edition: number
}

/** The published edition with the numbers of now, without what may not be shown any more. */
export async function publishedPage(read: Reader, weekId: string): Promise<PublishedWeek | null> {
  const found = await latestEdition(read, weekId)
  if (!found) return null
  const { page } = found
  const gone = await goneOf(read, page.account.id, postsOnPage(page))
  const kept = await findNumbers(read, weekId)
  return { ...found, page: withoutGone(kept ? withNumbers(page, kept.counted) : page, gone) }
}

/** Whoever was to come next may have been replaced since, or the week cancelled. */
async function nextAsItStands(read: Reader, { account, next }: WeekPage): Promise<NextWeek | null> {
  const found = next && (await findWeekOfSlot(read, account.id, next.slot))
  if (!found?.announcedAt) return null
  const { week, host } = asTold({ week: found, host: await findCurrentHost(read, found.id) })
  return host && nextWeek({ week, host }, account.zone)
}
