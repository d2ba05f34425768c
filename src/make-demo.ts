import { mkdirSync, rmSync } from 'node:fs'
import { openSandbox, SANDBOX_APP } from './compose.ts'
import { localAddress, type Config } from './config.ts'
import { addDays, instantOf } from './calendar.ts'
import { openDatabase } from './db/database.ts'
import { migrateDatabase } from './db/migrate.ts'
import { layOut, stamp } from './installation.ts'
import { mondayOf } from './demo/monday.ts'
import { ACCOUNT } from './demo/story.ts'
import { tell } from './demo/tell.ts'

/** Days before the running week's first one at which the story begins. */
const BEGINS = -21

/**
 * Makes a sandbox in `config.dataDir` in which the demo has happened: told through the use cases that the forms call, the
 * stand-in and the publisher, with product time moving through it. It ends on the Wednesday of the running week.
 */
export async function makeDemo(config: Config, machineNow: Date): Promise<void> {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  const { database } = layOut(config.dataDir)
  migrateDatabase(database)
  const monday = mondayOf(machineNow)
  const startsAt = instantOf(addDays(monday, BEGINS), '09:00', ACCOUNT.timeZone)
  const db = openDatabase(database)
  await stamp(db, 'sandbox', startsAt)
  db.close()
  try {
    const running = await openSandbox(config, {
      publicUrl: () => config.publicUrl ?? localAddress(config),
      startsAt,
    })
    try {
      if (!running.sandbox) throw new Error('The demo is told in a sandbox only.')
      await tell({ ...running, sandbox: running.sandbox }, { monday, clientId: SANDBOX_APP.clientId })
    } finally {
      await running.close()
    }
  } catch (error) {
    rmSync(config.dataDir, { recursive: true, force: true })
    throw error
  }
}
