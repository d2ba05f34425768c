import { dayOf } from '../calendar.ts'
import type { Reader } from '../db/database.ts'
import type { Week } from '../rota/weeks.ts'
import { generateDays } from './generate.ts'
import { weekPageView, type Showing, type WeekPageView } from './pages.ts'
import { goneOf, latestEdition } from './store.ts'
import { tellWeek } from './tell-week.ts'
import { weekFacts } from './week-facts.ts'
import { postsOnPage, withoutGone } from './week-page.ts'

type Place = Pick<Showing, 'publicUrl' | 'sandbox'>

/**
 * The page of a week that is running, or over and not yet told: the days so far, as they stand at this moment, with the
 * replies that somebody chose. For the view `recaps/page`, in a frame of the caller's.
 */
export async function weekPageModel(
  read: Reader,
  week: Week,
  { now, ...place }: Place & { now: Date },
): Promise<WeekPageView> {
  const facts = await weekFacts(read, week)
  const page = tellWeek(facts, [...generateDays(facts), { kind: 'next', source: 'next', content: {} }])
  const over = now >= week.closesAt
  return weekPageView(page, {
    ...place,
    today: over ? null : dayOf(now, facts.account.timeZone),
    note: over ? 'The week is over. Its story is being put together.' : null,
  })
}

/**
 * The published edition of a week's page, without what was taken down or is not wanted on it any more; null where none was
 * published. Two queries. For the view `recaps/page`, in a frame of the caller's.
 */
export async function publishedRecap(
  read: Reader,
  weekId: string,
  place: Place,
): Promise<(WeekPageView & { publishedAt: Date; edition: number }) | null> {
  const found = await latestEdition(read, weekId)
  if (!found) return null
  const { page, publishedAt, edition } = found
  const gone = await goneOf(read, page.account.id, postsOnPage(page))
  return { ...weekPageView(withoutGone(page, gone), { ...place, today: null }), publishedAt, edition }
}
