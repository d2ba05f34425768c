import type { Database } from '../../db/database.ts'
import { ownPostsOfWeek } from '../../listening/posts.ts'
import { readTitle } from './page-title.ts'
import { sharedLinks } from './shared-links.ts'
import { findLinkPages, keepLinkPage, weeksWithLinks } from '../store.ts'

/** So long after its close a week's links are still looked at, in milliseconds. */
const READ_FOR = 28 * 86_400_000
/** So many at a time: reading is nobody's hurry. */
const MOST_AT_ONCE = 20
/** Milliseconds until the next look for links. */
const EVERY = 5 * 60_000

/**
 * Reads what the pages call themselves that running and lately closed weeks passed on, each once, where the network did not
 * say it. `readPage` is null in a sandbox, from which nothing goes out. Returns when to look again, in machine time.
 */
export async function readDueLinks(
  db: Database,
  {
    readPage,
    now,
    machineNow,
  }: {
    readPage: ((address: string) => Promise<{ bytes: Buffer; contentType: string } | null>) | null
    now: Date
    machineNow: Date
  },
): Promise<Date | null> {
  if (!readPage) return null
  for (const address of await unreadLinks(db, now)) {
    const page = await readPage(address)
    const { title, site } = page ? readTitle(page) : { title: null, site: null }
    await db.write((tx) => keepLinkPage(tx, { address, title, site, readAt: now }))
  }
  return new Date(machineNow.getTime() + EVERY)
}

async function unreadLinks(db: Database, now: Date): Promise<string[]> {
  const wanted = new Set<string>()
  for (const weekId of await weeksWithLinks(db.read, { now, since: new Date(now.getTime() - READ_FOR) }))
    for (const { href, title } of sharedLinks(await ownPostsOfWeek(db.read, weekId)))
      if (title === null) wanted.add(href)
  const known = await findLinkPages(db.read, [...wanted])
  return [...wanted].filter((address) => !known.has(address)).slice(0, MOST_AT_ONCE)
}
