import type { Account } from '../accounts/accounts.ts'
import { dayOf } from '../calendar.ts'
import type { Database } from '../db/database.ts'
import type { Topic } from '../db/followed.ts'
import { findRecap } from '../recaps/recaps.ts'
import { turnsAround } from '../rota/weeks.ts'
import { weekOfAddress } from './public-week.ts'

/*
 * What each public page is made of. Its version is another one whenever it may look different; where that is hard to say, it is
 * another one too often.
 */

interface At {
  db: Database
  now: Date
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Who they are, and who has them when. */
const rotaOf = ({ id }: Account): Topic[] => [`account ${id}`, `rota ${id}`]

/** What stands in a published story of an account or week, beside its rota. */
const toldOf = (id: string): Topic[] => [`recap ${id}`, `numbers ${id}`]

/** Who and what may not stand on any page of an account any more. */
const leftOut = ({ id }: Account): Topic[] => [`standing ${id}`, `clearing ${id}`]

/** What the page of a week shows that runs, or whose story is not told yet. */
const goingOnOf = (id: string): Topic[] => [
  `posts ${id}`,
  `windows ${id}`,
  `blocks ${id}`,
  `reflections ${id}`,
]

const AROUND_POSTS: Topic[] = ['images all', 'links all']

/** All pages of an account together, as they are kept in a folder. */
export async function versionOfAll(at: At, account: Account): Promise<string> {
  const topics = [...rotaOf(account), ...toldOf(account.id), ...leftOut(account), ...goingOnOf(account.id)]
  const changed = at.db.latestChangeOf([...topics, ...AROUND_POSTS, `rota-record ${account.id}`])
  const { last } = await turnsAround(at.db.read, account.id, at.now)
  return `${changed} ${last?.getTime() ?? 0}`
}

export async function versionOfAccountPage(at: At, account: Account): Promise<string> {
  const topics: Topic[] = [...rotaOf(account), ...toldOf(account.id), ...leftOut(account)]
  topics.push(...goingOnOf(account.id), ...AROUND_POSTS, `listening ${account.id}`)
  return `${at.db.latestChangeOf(topics)} ${await turnOf(at, account)}`
}

export async function versionOfRota(at: At, account: Account): Promise<string> {
  return `${at.db.latestChangeOf(rotaOf(account))} ${await turnOf(at, account)}`
}

/** Of the list of recaps: it says nothing of what is told in them. */
export function versionOfRecaps({ db }: Pick<At, 'db'>, account: Account): string {
  return String(db.latestChangeOf([...rotaOf(account), `recap ${account.id}`]))
}

/** Of a feed with all stories whole. */
export function versionOfFeed({ db }: Pick<At, 'db'>, account: Account): string {
  return String(db.latestChangeOf([...rotaOf(account), ...toldOf(account.id), ...leftOut(account)]))
}

export async function versionOfWeek(at: At, account: Account, slot: string): Promise<string> {
  const { db, now } = at
  const week = await weekOfAddress(db.read, account, slot)
  if (!week) return versionOfRota(at, account)
  const topics: Topic[] = [...rotaOf(account), ...toldOf(week.id), ...leftOut(account)]
  const recap = now < week.opensAt ? undefined : await findRecap(db.read, week.id)
  if (recap?.state === 'published') return `told ${db.latestChangeOf(topics)}`
  topics.push(...goingOnOf(week.id), ...AROUND_POSTS, `listening ${account.id}`)
  return `${db.latestChangeOf(topics)} ${await turnOf(at, account)}`
}

/** Of the account's calendar, which leaves out by the minute what is long past. */
export function versionOfCalendar({ db, now }: At, account: Account): string {
  const changed = db.latestChangeOf([...rotaOf(account), `rota-record ${account.id}`])
  return `${changed} ${Math.floor(now.getTime() / MINUTE)}`
}

/** Of all accounts side by side, and who has them. */
export async function versionOfAccounts(at: At, accounts: readonly Account[]): Promise<string> {
  const turns = await Promise.all(accounts.map((account) => turnOf(at, account)))
  return [at.db.latestChangeOf(['account all', ...accounts.flatMap(rotaOf)]), ...turns].join(' ')
}

/** Of what stands in the accounts' own settings only. */
export function versionOfStatements({ db }: Pick<At, 'db'>): string {
  return String(db.latestChangeOf(['account all']))
}

export function versionOfSitemap({ db, now }: At, accounts: readonly Account[]): string {
  const told = accounts.flatMap((account): Topic[] => [...rotaOf(account), `recap ${account.id}`])
  return `${db.latestChangeOf(['account all', ...told])} ${Math.floor(now.getTime() / HOUR)}`
}

/**
 * What a page of an account says that changes by the clock alone: the day, whether a week has opened or closed, and in the last
 * hour of one how many minutes are left.
 */
async function turnOf({ db, now }: At, { id, timeZone }: Account): Promise<string> {
  const { last, next } = await turnsAround(db.read, id, now)
  const soon = next !== null && next.getTime() - now.getTime() <= HOUR + MINUTE
  const minute = soon ? ` ${Math.floor(now.getTime() / MINUTE)}` : ''
  return `${dayOf(now, timeZone)} ${last?.getTime() ?? 0}${minute}`
}
