import type Sqlite from 'better-sqlite3'
import { getTableColumns, getTableName } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import {
  accounts,
  activity,
  events,
  forgottenPeople,
  images,
  linkPages,
  listening,
  liveWindows,
  posts,
  recapBlocks,
  recapEditions,
  recaps,
  reflections,
  removalRequests,
  removedEvents,
  weekHosts,
  weekNumbers,
  weeks,
} from './schema/index.ts'

/*
 * What public pages are made of, and whose it is, so that a page is made anew when something on it changed and not when anything
 * did. SQLite itself says which rows changed: whoever writes need not think of it. A test reads which tables the pages ask.
 */

/** What is followed, and of which account or week: `posts 7c1…`. `all`: of the whole installation. */
export type Topic = `${TopicName} ${string}`

type TopicName =
  | 'account'
  | 'rota'
  | 'rota-record'
  | 'windows'
  | 'posts'
  | 'standing'
  | 'listening'
  | 'recap'
  | 'numbers'
  | 'blocks'
  | 'reflections'
  | 'clearing'
  | 'images'
  | 'links'

interface Followed {
  topic: TopicName
  table: SQLiteTable
  /** Whose a row is, as SQL over `row`; several where pages ask for it in several ways. */
  of: readonly string[]
  /** Only what these hold is on a page; without it all columns, those in `but` aside. */
  only?: readonly SQLiteColumn[]
  but?: readonly SQLiteColumn[]
  /** Rows of which this is untrue are on no page. */
  where?: string
  /** A new row alone changes nothing. */
  newOnes?: false
}

const ALL = "'all'"
const accountOf = (weekId: string) => `(select account_id from weeks where id = ${weekId})`
const OF_WEEK = ['row.week_id', accountOf('row.week_id')]
const weekOf = '(select week_id from recaps where id = row.recap_id)'
const OF_RECAP = [weekOf, accountOf(weekOf)]
/** Some posts belong to no week. */
const OF_POST = ["coalesce(row.week_id, 'none')", 'row.account_id']

const FOLLOWED: readonly Followed[] = [
  { topic: 'account', table: accounts, of: ['row.id', ALL] },
  { topic: 'rota', table: weeks, of: ['row.account_id'] },
  {
    topic: 'rota',
    table: weekHosts,
    of: [accountOf('row.week_id')],
    but: [
      weekHosts.site,
      weekHosts.region,
      weekHosts.trusted,
      weekHosts.opening,
      weekHosts.openedBy,
      weekHosts.openedAt,
      weekHosts.stoodStillAt,
      weekHosts.movedWords,
      weekHosts.declinedWords,
      weekHosts.enteredVersion,
    ],
  },
  { topic: 'rota', table: events, of: [accountOf('row.week_id')] },
  { topic: 'rota', table: removedEvents, of: [accountOf('row.week_id')] },
  {
    topic: 'rota-record',
    table: activity,
    of: ["coalesce(row.account_id, 'none')"],
    only: [activity.kind, activity.weekId, activity.at],
    where: "row.kind like 'week.%' or row.kind like 'host.%'",
  },
  { topic: 'windows', table: liveWindows, of: OF_WEEK },
  {
    topic: 'posts',
    table: posts,
    of: OF_POST,
    but: [posts.numbersReadAt, posts.seenAt, posts.leftAt, posts.leftBy, posts.chosenBy, posts.hiddenBy],
  },
  {
    // An edition tells of posts that were kept already: what changes on it is that one leaves.
    topic: 'standing',
    table: posts,
    of: ['row.account_id'],
    only: [posts.accountId, posts.networkId, posts.kind, posts.removedAt, posts.leftPage, posts.chosenAt],
    newOnes: false,
  },
  { topic: 'listening', table: listening, of: ['row.account_id'], only: [listening.wellAt] },
  {
    topic: 'recap',
    table: recaps,
    of: OF_WEEK,
    only: [recaps.id, recaps.weekId, recaps.state, recaps.edition, recaps.publishedAt],
  },
  { topic: 'recap', table: recapEditions, of: OF_RECAP, but: [recapEditions.publishedBy] },
  { topic: 'blocks', table: recapBlocks, of: OF_RECAP, only: [recapBlocks.source, recapBlocks.hidden] },
  { topic: 'numbers', table: weekNumbers, of: OF_WEEK, but: [weekNumbers.countedAt] },
  {
    topic: 'reflections',
    table: reflections,
    of: OF_WEEK,
    only: [reflections.weekHostId, reflections.weekId, reflections.approved],
  },
  {
    topic: 'clearing',
    table: removalRequests,
    of: ['row.account_id'],
    only: [removalRequests.accountId, removalRequests.state],
    where: "row.state = 'clearing'",
  },
  { topic: 'clearing', table: forgottenPeople, of: ['row.account_id'] },
  { topic: 'images', table: images, of: [ALL] },
  { topic: 'links', table: linkPages, of: [ALL] },
]

/** The tables of which somebody follows the rows. */
export const FOLLOWED_TABLES: readonly string[] = [
  ...new Set(FOLLOWED.map(({ table }) => getTableName(table))),
]

/** Counts the commits that changed something of a topic. */
export interface ChangeCounter {
  /** Of the latest commit that changed one of these: a number that only rises. */
  latestOf(topics: readonly Topic[]): number
  begin(): void
  committed(): void
}

/** For the connection that writes. What other connections commit is noticed too, and taken for a change of everything. */
export function countChanges(connection: Sqlite.Database): ChangeCounter {
  const latest = new Map<string, number>()
  let commits = 0
  let everything = 0
  let pending = new Set<string>()
  connection.function('row_changed', (topic: string, of: string | null) => {
    pending.add(of === null ? EVERYTHING : `${topic} ${of}`)
    return null
  })
  follow(connection)

  // It counts the commits of all connections but this one.
  const dataVersion = connection.prepare('PRAGMA data_version').pluck()
  let known = dataVersion.get()
  const lookElsewhere = () => {
    const version = dataVersion.get()
    if (version !== known) everything = commits += 1
    known = version
  }
  return {
    latestOf(topics) {
      lookElsewhere()
      return Math.max(everything, ...topics.map((topic) => latest.get(topic) ?? 0))
    },
    begin: () => (pending = new Set()),
    committed() {
      if (pending.size === 0) return
      commits += 1
      for (const topic of pending) latest.set(topic, commits)
      if (pending.has(EVERYTHING)) everything = commits
    },
  }
}

/** Whose a row was could not be said. */
const EVERYTHING = ''

/** Temporary triggers: they are of this connection, and nothing of them stays in the file. */
function follow(connection: Sqlite.Database): void {
  for (const [at, { topic, table, of, only, but = [], where, newOnes = true }] of FOLLOWED.entries()) {
    const name = getTableName(table)
    const there = connection.pragma(`table_info(${name})`) as { name: string }[]
    const shown = (only ?? Object.values(getTableColumns(table)).filter((one) => !but.includes(one)))
      .map((column) => column.name)
      .filter((column) => there.some((one) => one.name === column))
    // A file that waits to be migrated: nobody looks at its pages.
    if (shown.length === 0) continue
    const changed = shown.map((column) => `OLD."${column}" IS NOT NEW."${column}"`).join(' OR ')
    const tell = (row: 'OLD' | 'NEW') =>
      of.map((whose) => `SELECT row_changed('${topic}', ${whose.replaceAll('row.', `${row}.`)});`).join(' ')
    const holds = (row: 'OLD' | 'NEW') => (where ? `(${where.replaceAll('row.', `${row}.`)})` : 'true')
    const trigger = (event: string, when: string, does: string) =>
      connection.exec(
        `CREATE TEMP TRIGGER "${topic} ${at} ${event}" AFTER ${event} ON main."${name}" WHEN ${when} BEGIN ${does} END`,
      )
    if (newOnes) trigger('INSERT', holds('NEW'), tell('NEW'))
    trigger('DELETE', holds('OLD'), tell('OLD'))
    trigger(
      'UPDATE',
      `(${changed}) AND (${holds('OLD')} OR ${holds('NEW')})`,
      `${tell('OLD')} ${tell('NEW')}`,
    )
  }
}
