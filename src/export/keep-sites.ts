import { join } from 'node:path'
import { publicAccounts, type Account } from '../accounts/accounts.ts'
import { newestActivityOf, type ActivityKind } from '../activity/record.ts'
import { dayOf } from '../calendar.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { diskTroubleOf } from '../errors.ts'
import { versionOfAll } from '../followers/version.ts'
import { doorPage } from './door.ts'
import { NotOurs, removeSite, replaceFile, replaceSite, sitesIn } from './folder.ts'
import type { Before, SiteFile } from './site-files.ts'

/** Why a folder does not hold an account's site as it stands. The old one stands meanwhile. */
export interface SiteTrouble {
  accountId: string
  /** A sentence for people at the desk and for `/readyz`: no paths, no words of the system. */
  says: string
  /** Machine time. */
  since: Date
}

export interface SiteKeeper {
  /** Brings every account's folder up to date, where it is due. Returns when to look again, on the machine's clock. */
  run(): Promise<Date>
  troubles(): SiteTrouble[]
}

/** What changes a public page so that it should not stand as it was for ten minutes more. */
const AT_ONCE: readonly ActivityKind[] = [
  'account.changed',
  'week.announced',
  'week.cancelled',
  'week.closed',
  'host.replaced',
  'delivery.taken-down',
  'delivery.removed',
  'delivery.second-removed',
  'post.unchosen',
  'post.vanished',
  'post.left',
  'post.hidden',
  'removal.done',
  'recap.published',
  'recap.withdrawn',
]

/** So often it is looked whether anything changed. Milliseconds. */
const LOOKS_EVERY = 10_000
/** Numbers and new posts are written so often at most. Milliseconds. */
const OTHERS_EVERY = 10 * 60_000
/** After a failure, milliseconds. */
const TRIES_EVERY = 60_000

interface Kept {
  handle: string
  atOnce: string
  version: string
  writtenAt: number
}

/** Keeps the public sites of all accounts in `siteDir`, each in `@handle`, with a page at the top that leads there. */
export function createSiteKeeper({
  siteDir,
  db,
  clock,
  filesOf,
  report,
}: {
  siteDir: string
  db: Database
  clock: Clock
  filesOf(account: Account, before: Before): AsyncIterable<SiteFile>
  /** Hears of what went wrong in the system's own words, for the log. */
  report(error: unknown): void
}): SiteKeeper {
  const { read } = db
  const kept = new Map<string, Kept>()
  const troubles = new Map<string, SiteTrouble & { triedAt: number }>()
  /** Names of sites whose account has withdrawn its pages. */
  const withdrawn = new Set<string>()
  /** Pages may have been withdrawn while the app stood still. */
  let untidy = true
  return {
    async run() {
      const accounts = await publicAccounts(read)
      const isPublic = (id: string) => accounts.some((account) => account.id === id)
      // Pages that were withdrawn leave the folder too, and need not be written any more.
      for (const id of [...kept.keys(), ...troubles.keys()].filter((one) => !isPublic(one))) {
        const before = kept.get(id)
        if (before) withdrawn.add(`@${before.handle}`)
        kept.delete(id)
        troubles.delete(id)
        untidy = true
      }
      for (const account of accounts) untidy = (await keep(account)) || untidy
      if (untidy) untidy = !(await tidy(accounts))
      return new Date(clock.machine().getTime() + LOOKS_EVERY)
    },
    troubles: () => [...troubles.values()].map(({ accountId, says, since }) => ({ accountId, says, since })),
  }

  /** Whether the folder was written. */
  async function keep(account: Account): Promise<boolean> {
    const machineNow = clock.machine().getTime()
    const trouble = troubles.get(account.id)
    if (trouble && machineNow - trouble.triedAt < TRIES_EVERY) return false
    const wanted = await versionOf(account)
    const known = kept.get(account.id)
    if (!trouble && known && !isDue(known, wanted, machineNow)) return false
    try {
      await replaceSite(siteDir, `@${account.handle}`, (before) => filesOf(account, before))
      kept.set(account.id, { ...wanted, writtenAt: machineNow })
      troubles.delete(account.id)
      return true
    } catch (error) {
      report(error)
      const since = trouble?.since ?? clock.machine()
      troubles.set(account.id, { accountId: account.id, says: inWords(error), since, triedAt: machineNow })
      return false
    }
  }

  async function versionOf(account: Account): Promise<Omit<Kept, 'writtenAt'>> {
    const { id, handle, timeZone } = account
    const newest = await newestActivityOf(read, id, AT_ONCE)
    const atOnce = `${newest} ${dayOf(clock.now(), timeZone)}`
    return { handle, atOnce, version: await versionOfAll({ db, now: clock.now() }, account) }
  }

  /** What no account's is any more goes, and the page at the top says who there is. Whether that is done. */
  async function tidy(accounts: readonly Account[]): Promise<boolean> {
    try {
      const names = new Set(accounts.map(({ handle }) => `@${handle}`))
      const sites = await sitesIn(siteDir)
      if (sites.length === 0 && accounts.length === 0) return true
      // A handle may have changed, and the site under the new one not be written yet: until it is, the old one stands.
      const unwritten = accounts.some(({ id, handle }) => troubles.has(id) && !sites.includes(`@${handle}`))
      for (const name of sites)
        if (!names.has(name) && (withdrawn.has(name) || !unwritten)) await removeSite(siteDir, name)
      const there = new Set(await sitesIn(siteDir))
      const shown = accounts.filter(({ handle }) => there.has(`@${handle}`))
      await replaceFile(join(siteDir, 'index.html'), doorPage(shown))
      return true
    } catch (error) {
      report(error)
      return false
    }
  }
}

function isDue(known: Kept, wanted: Omit<Kept, 'writtenAt'>, machineNow: number): boolean {
  if (known.handle !== wanted.handle || known.atOnce !== wanted.atOnce) return true
  return known.version !== wanted.version && machineNow - known.writtenAt >= OTHERS_EVERY
}

function inWords(error: unknown): string {
  if (error instanceof NotOurs) return 'Something else lies where the folder with the public site should be.'
  const disk = diskTroubleOf(error)
  if (disk === 'full') return 'The disk of the folder with the public site is full.'
  const { code } = error as NodeJS.ErrnoException
  if (disk || code === 'EACCES' || code === 'EPERM' || code === 'ENOTDIR' || code === 'EEXIST')
    return 'The folder with the public site can’t be written to.'
  return 'The folder with the public site could not be brought up to date.'
}
