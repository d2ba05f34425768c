import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { Test } from 'tap'
import { listAccounts } from '../../src/accounts/accounts.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { filesOfAccount } from '../../src/still-app.ts'
import type { Before, SiteFile } from '../../src/export/site-files.ts'
import type { Deps } from '../../src/web/deps.ts'
import { PUBLIC_URL, testApp, type TestApp } from './app.ts'
import { picture } from './publishing-desk.ts'
import { at, ruthsWeek, said, SAYINGS, type Saying } from './told-week.ts'

export const SITE_URL = 'https://weeks.example.org/kept'
export const SITE = '@NorthDaleHealth'

/** The installation after Ruth's week was published, with pictures that are really there, and a second account. */
export async function publishedWeek(
  t: Test,
  {
    mode = 'live',
    sayings = [],
    deps: more = {},
  }: { mode?: 'live' | 'sandbox'; sayings?: Saying[]; deps?: Partial<Deps> } = {},
): Promise<TestApp> {
  const world = await testApp(t, { at: '2026-11-14T09:00:00Z', mode, deps: more })
  const { db, deps } = world
  const now = at('Fri 18:05')
  await ruthsWeek(db, { policy: { publishRecap: true } })
  const onPost = await picture(db, deps.images, at('Mon 7:00'))
  const saidThen = SAYINGS.map((one) =>
    one.id === '103' ? { ...one, more: { images: [{ hash: onPost, alt: 'A bag, open on a table.' }] } } : one,
  )
  await said(db, [...saidThen, ...sayings])
  await closeDueWeeks(db, { now, machineNow: now, publicUrl: PUBLIC_URL })
  return world
}

/** The files of the account's site, as `SITE_URL` has them. */
export async function* siteOf({ db, deps }: TestApp, before?: Before): AsyncGenerator<SiteFile> {
  const [account] = await listAccounts(db.read)
  yield* filesOfAccount(deps, account!, {
    siteUrl: SITE_URL,
    serverUrl: PUBLIC_URL,
    ...(before ? { before } : {}),
  })
}

/** Everything below a folder, unpacked, by its path. */
export function contentsOf(folder: string): Map<string, Buffer> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  return new Map(paths.map((path) => [path.slice(folder.length + 1), unpacked(path)]))
}

function unpacked(path: string): Buffer {
  const bytes = readFileSync(path)
  if (path.endsWith('.br')) return brotliDecompressSync(bytes)
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes
}
