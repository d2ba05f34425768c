import { join } from 'node:path'
import { createVault } from '../../src/accounts/vault.ts'
import { buildApp } from '../../src/app.ts'
import type { Clock } from '../../src/clock.ts'
import { openDatabase } from '../../src/db/database.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { openImageFiles } from '../../src/images/image-files.ts'
import { loadAssets } from '../../src/web/assets.ts'
import { nobody, noNetwork } from '../support/app.ts'

/** The app as it runs live, on a new database in `folder`, without a network and without background work. */
export async function benchApp(folder: string, clock: Clock) {
  const file = join(folder, 'week.db')
  migrateDatabase(file)
  const db = openDatabase(file)
  const app = await buildApp({
    db,
    clock,
    network: noNetwork,
    images: openImageFiles(join(folder, 'images')),
    vault: createVault([{ id: 'k1', key: Buffer.alloc(32, 7) }]),
    assets: loadAssets('dist/assets'),
    settings: {
      mode: 'live',
      publicUrl: () => 'http://127.0.0.1:3000',
      sessionSecret: 'a secret for benches that is long enough',
      trustProxy: false,
      logLevel: 'silent',
    },
    jobs: () => [],
    wake: nobody,
  })
  return { app, db }
}
