import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listAccounts } from '../../src/accounts/accounts.ts'
import { openDatabase } from '../../src/db/database.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { writeFolder } from '../../src/export/folder.ts'
import type { SiteFile } from '../../src/export/site-files.ts'
import { openImageFiles } from '../../src/images/image-files.ts'
import { filesOfAccount } from '../../src/still-app.ts'
import { loadAssets } from '../../src/web/assets.ts'
import { testClock } from '../support/clock.ts'
import type { Bench } from './run.ts'
import { median } from './server.ts'
import { publishedWeeks } from './worlds.ts'

const WEEKS = 20
const POSTS = 60
const ROUNDS = 3
const URL = 'https://weeks.example'

export const exportBenches: Bench[] = [
  {
    name: 'export.pages_per_s',
    unit: '/s',
    /** Pages written to the disk with their packed forms, of twenty weeks with sixty posts each; with all that lies beside them. */
    async measure() {
      const folder = mkdtempSync(join(tmpdir(), 'week-export-'))
      try {
        const file = join(folder, 'week.db')
        migrateDatabase(file)
        const db = openDatabase(file)
        const clock = testClock('2026-11-30T09:00:00Z')
        await publishedWeeks(db, { weeks: WEEKS, posts: POSTS })
        const deps = {
          db,
          clock,
          images: openImageFiles(join(folder, 'images')),
          assets: loadAssets('dist/assets'),
          settings: {
            mode: 'live' as const,
            publicUrl: () => URL,
            sessionSecret: '',
            trustProxy: false,
            logLevel: 'silent',
          },
        }
        const [account] = await listAccounts(db.read)
        const rates: number[] = []
        for (let round = 0; round < ROUNDS; round += 1) {
          let pages = 0
          const begun = performance.now()
          const files = pagesOf(
            filesOfAccount(deps, account!, { siteUrl: URL, serverUrl: URL }),
            () => (pages += 1),
          )
          await writeFolder(join(folder, `site-${round}`), files)
          rates.push(pages / ((performance.now() - begun) / 1000))
        }
        db.close()
        return median(rates)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  },
]

async function* pagesOf(files: AsyncIterable<SiteFile>, count: () => void): AsyncGenerator<SiteFile> {
  for await (const file of files) {
    if (file.path.endsWith('index.html')) count()
    yield file
  }
}
