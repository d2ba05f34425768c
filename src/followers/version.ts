import { newestActivityId } from '../activity/record.ts'
import type { Reader } from '../db/database.ts'
import { listeningVersion } from '../listening/posts.ts'
import { numbersVersion } from '../recaps/recaps.ts'

/**
 * Another one whenever a public page may look different: whatever people change is on the record, and whatever the network
 * tells raises the listening's own version, and what is counted of it the numbers'. Three queries that read one row.
 */
export async function publicVersion(read: Reader): Promise<string> {
  return `${await newestActivityId(read)}.${await listeningVersion(read)}.${await numbersVersion(read)}`
}

/** The same for pages that say "today" or "in an hour": they last a minute. */
export async function versionOfTheMinute(read: Reader, now: Date): Promise<string> {
  return `${await publicVersion(read)} ${Math.floor(now.getTime() / 60_000)}`
}
