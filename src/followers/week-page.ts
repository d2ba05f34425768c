import type { Account } from '../accounts/accounts.ts'
import type { Reader } from '../db/database.ts'
import { NotFound } from '../errors.ts'
import { publishedRecap, weekPageModel } from '../recaps/recaps.ts'
import { findCurrentHost, listEvents, type Week } from '../rota/weeks.ts'
import { publicRunningWeek, runningTeaser, type Showing } from './account-page.ts'
import { announcedPage } from './pages.ts'
import { findPublicWeek } from './public-week.ts'

/** The view of a week's public page, and its model. */
export interface WeekView {
  view: string
  model: { title: string; [key: string]: unknown }
}

/**
 * A week at its one address: announced, then live, then being written, then the recap. One that was cancelled in its middle keeps
 * what was said in it, until another has its place.
 * @throws NotFound for a day that names no slot, a gap, and a week that is not announced.
 */
export async function weekPage(
  read: Reader,
  account: Account,
  { slot, ...showing }: Showing & { slot: string },
): Promise<WeekView> {
  const week = await findPublicWeek(read, account, slot)
  if (!week) throw new NotFound('There is no week here, or it is not announced yet.')
  if (week.kind === 'hiatus') return hiatusPage(account, week, showing)
  const { now } = showing
  if (now < week.opensAt) return announced(read, account, week, showing)
  const recap = await publishedRecap(read, week.id, showing)
  return { view: 'recaps/page', model: recap ?? (await weekPageModel(read, week, { ...showing, now })) }
}

async function announced(read: Reader, account: Account, week: Week, showing: Showing): Promise<WeekView> {
  const host = await findCurrentHost(read, week.id)
  if (!host) throw new NotFound('There is no week here, or it is not announced yet.')
  const events = await listEvents(read, week.id)
  const running = await publicRunningWeek(read, account, showing.now)
  return {
    view: 'followers/announced',
    model: {
      ...announcedPage({ account, week, host, events }, showing),
      running: running && runningTeaser(account, running, showing.now),
    },
  }
}

function hiatusPage(account: Account, week: Week, { publicUrl }: Showing): WeekView {
  return {
    view: 'followers/hiatus',
    model: {
      title: `A week off: @${account.handle}`,
      description: `Nobody has @${account.handle} this week, on purpose.`,
      canonical: `${publicUrl}/@${account.handle}/weeks/${week.slot}`,
      heading: 'A week off',
      text: `Nobody has @${account.handle} this week, on purpose. The account takes a break, and comes back with its next host.`,
      rotaHref: `/@${account.handle}/rota`,
    },
  }
}
