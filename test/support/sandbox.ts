import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { openSandbox, type Running } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { layOut } from '../../src/installation.ts'
import { newDatabase } from './database.ts'
import { inTime } from './in-time.ts'

/** Everything that `npm start` runs but the web server, in a folder of its own: stand-in, real client, publisher, mail. */
export async function testSandbox(t: Test, startsAt: string): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'week-sandbox-'))
  newDatabase(layOut(folder).database)
  const running = await openSandbox(readConfig({ DATA_DIR: folder, LOG_LEVEL: 'silent' }), {
    publicUrl: () => 'http://127.0.0.1:3000',
    startsAt: new Date(startsAt),
  })
  t.teardown(async () => {
    await inTime('what runs in the background to stop', running.close())
    rmSync(folder, { recursive: true, force: true })
  })
  return running
}
