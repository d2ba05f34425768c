import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import type { Database } from '../src/db/database.ts'
import { activity, drafts, images } from '../src/db/schema/index.ts'
import { testApp } from './support/app.ts'
import { testDatabase } from './support/database.ts'
import { anAccount, LEAD } from './support/story.ts'
import { JOSEPH, josephsWeek, WEEK } from './support/submitted.ts'

const NEW = `/drafts/new?week=${WEEK}`

async function midweek(t: Test) {
  const world = await testApp(t)
  await anAccount(world.db, { now: new Date('2026-10-01T09:00:00Z') })
  await josephsWeek(world.db)
  return { ...world, joseph: await world.visitor(JOSEPH.email), helen: await world.visitor(LEAD.email) }
}

/** As on a disk without room: the file of the database may not grow by a page. */
async function leaveRoom(db: Database, pages: number): Promise<void> {
  await db.write(async (tx) => {
    const handle = tx as unknown as { run(query: unknown): unknown; get(query: unknown): unknown }
    handle.get(sql.raw(`PRAGMA max_page_count = ${pages}`))
  })
}

t.test(
  'a full disk is told in a plain sentence, keeps what was typed, and is seen from outside',
  async (t) => {
    const { app, db, joseph, helen } = await midweek(t)
    const text = 'Eleven visits today. '.repeat(180).trim()
    const parts = Array.from({ length: 10 }, (_, index) => [`part-${index + 1}-text`, text])
    const form = { id: randomUUID(), week: WEEK, when: 'soon', ...Object.fromEntries(parts), do: 'save' }
    await joseph.get(NEW)
    await leaveRoom(db, 1)
    const recorded = await db.read.$count(activity)
    const answer = await joseph.post(NEW, '/drafts', form)
    t.equal(answer.statusCode, 507)
    t.match(
      answer.body,
      'The disk of this installation is full, so nothing of this was saved, not even in part.',
    )
    t.match(answer.body, text, 'what was typed is given back')
    t.equal(await db.read.$count(drafts), 0)
    t.equal(await db.read.$count(activity), recorded, 'nothing is half-written')

    const ready = await app.inject('/readyz')
    t.equal(ready.statusCode, 503)
    t.match(ready.json(), {
      status: 'not ready',
      checks: { disk: { status: 'fail', says: 'The disk is full.' }, database: { status: 'pass' } },
    })
    t.equal((await app.inject('/healthz')).statusCode, 200)
    t.match((await helen.get('/today')).body, 'The disk of this installation is full')

    await leaveRoom(db, 1_000_000)
    t.equal((await joseph.post(NEW, '/drafts', form)).statusCode, 303)
    t.equal(await db.read.$count(drafts), 1)
    t.equal((await app.inject('/readyz')).statusCode, 200)
    t.notMatch((await helen.get('/today')).body, 'The disk of this installation')
  },
)

t.test(
  'a picture that can’t be written leaves no row and no file, and what was typed beside it',
  async (t) => {
    const { db, deps, joseph } = await midweek(t)
    const bytes = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#0b6e69' } })
      .jpeg()
      .toBuffer()
    const { keep } = deps.images
    for (const [code, says] of [
      ['ENOSPC', 'The disk of this installation is full'],
      ['EIO', 'The disk of this installation can’t be written to'],
    ] as const) {
      deps.images.keep = async () => {
        throw Object.assign(new Error(`${code}: write`), { code, syscall: 'write' })
      }
      const fields = { id: randomUUID(), week: WEEK, when: 'soon', 'part-1-text': 'Good morning, all' }
      const file = { name: 'bed.jpg', bytes }
      const answer = await joseph.upload(NEW, '/drafts', { ...fields, do: 'save' }, { 'part-1-image': file })
      t.equal(answer.statusCode, 507, code)
      t.match(answer.body, says)
      t.match(answer.body, 'Good morning, all')
      t.equal(await db.read.$count(images), 0)
      t.equal(await db.read.$count(drafts), 0)
    }
    deps.images.keep = keep
  },
)

t.test('the database says that its disk is full until it takes a change again', async (t) => {
  const { db } = testDatabase(t)
  await leaveRoom(db, 1)
  const write = () =>
    db.write(async (tx) => {
      await tx.insert(activity).values({
        kind: 'installation.restored',
        details: { copyOf: 'x'.repeat(100_000) },
        at: new Date(0),
      } as never)
    })
  await t.rejects(write())
  t.equal(db.diskTrouble(), 'full')
  t.equal(await db.read.$count(activity), 0)
  await leaveRoom(db, 1_000_000)
  await write()
  t.equal(db.diskTrouble(), null)
})
