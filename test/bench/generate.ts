import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, type Database } from '../../src/db/database.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { posts, recapBlocks, recapRevisions, recaps } from '../../src/db/schema/index.ts'
import { generateRecap } from '../../src/recaps/story/generate-recap.ts'
import { listBlocks } from '../../src/recaps/recaps.ts'
import { tellWeek } from '../../src/recaps/story/tell-week.ts'
import { weekFacts } from '../../src/recaps/story/week-facts.ts'
import { findWeek } from '../../src/rota/weeks.ts'
import { at, ruthsWeek, said, WEEK, type Saying } from '../support/told-week.ts'
import type { Bench } from './run.ts'
import { median } from './server.ts'

const SMALL = 1000
const LARGE = 10_000
const ROUNDS = 9

export const generateBenches: Bench[] = [
  {
    name: 'recap.generate.growth',
    unit: 'x',
    /** Processor time of putting a story together and telling it, with ten times as much said; 10 is in step. */
    async measure() {
      const folder = mkdtempSync(join(tmpdir(), 'week-generate-'))
      try {
        const small = await weekOf(join(folder, 'small.db'), SMALL)
        const large = await weekOf(join(folder, 'large.db'), LARGE)
        await generated(small)
        await generated(large)
        const ratios: number[] = []
        for (let round = 0; round < ROUNDS; round += 1)
          ratios.push((await generated(large)) / (await generated(small)))
        small.close()
        large.close()
        return median(ratios)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  },
]

/** Microseconds of processor time for a story from its beginning. */
async function generated(db: Database): Promise<number> {
  await db.write(async (tx) => {
    await tx.delete(recapBlocks)
    await tx.delete(recapRevisions)
    await tx.delete(recaps)
  })
  const now = at('Fri 18:00')
  const before = process.cpuUsage()
  await db.write(async (tx) => {
    const facts = await weekFacts(tx, (await findWeek(tx, WEEK))!)
    const { recap } = await generateRecap(tx, facts, { personId: null, now })
    tellWeek(facts, await listBlocks(tx, recap.id))
  })
  const { user, system } = process.cpuUsage(before)
  return user + system
}

/** Of each six a post, its thread’s next part, and four replies, two of them chosen. */
async function weekOf(file: string, count: number): Promise<Database> {
  migrateDatabase(file)
  const db = openDatabase(file)
  await ruthsWeek(db)
  const begins = at('Mon 7:00').getTime()
  const lasts = at('Fri 18:00').getTime() - begins
  const sayings = Array.from({ length: count }, (_, index): Saying => {
    const [place, root] = [index % 6, 100_000 + index - (index % 6)]
    const createdAt = new Date(begins + Math.floor((index / count) * lasts))
    const text = `Visit ${index}: the kettle, the doorstep and ${['frost', 'tea', 'dog'][index % 3]} in Hallbeck.`
    const more = { createdAt, seenAt: createdAt }
    const saying = { id: String(100_000 + index), when: 'Mon 7:00', text, more }
    if (place < 2) return { ...saying, ...(place === 1 && { answers: String(root) }) }
    return { ...saying, by: `Follower ${index}`, answers: String(root), chosen: place < 4 }
  })
  await said(db, sayings)
  await db.write(async (tx) => void (await tx.update(posts).set({ numbersReadAt: at('Fri 18:00') })))
  return db
}
