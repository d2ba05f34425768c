import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { openPractices, type Practices } from '../../src/practice-worlds.ts'
import { loadAssets } from '../../src/web/assets.ts'
import { PUBLIC_URL, testApp, type Visitor } from './app.ts'
import { aWeek, PRIYA } from './bookings.ts'
import { anAccount } from './story.ts'

export const DESK = '/practice/desk'
export const WRITE = `${DESK}/drafts/new?week=practice-week`
export const SAID = `${DESK}/weeks/practice-week/conversation`

/** A live installation on a Sunday evening, whose host's week begins in the morning. Its network throws when it is asked anything. */
export async function sundayEvening(
  t: Test,
  {
    accepted = true,
    at = '2026-11-22T20:15:00Z',
    publicUrl = PUBLIC_URL,
    report = (job: string, error: unknown) => void t.fail(`${job}: ${String(error)}`),
    ...limits
  }: {
    accepted?: boolean
    at?: string
    publicUrl?: string
    report?(job: string, error: unknown): void
    mostOpen?: number
    mostBytes?: number
  } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'week-practice-'))
  const practice = {} as Practices
  const world = await testApp(t, { at, mode: 'live', deps: { practice } })
  const reopen = () =>
    openPractices({
      folder,
      machine: world.clock.machine,
      now: world.clock.now,
      read: world.db.read,
      assets: loadAssets('dist/assets'),
      settings: { publicUrl: () => publicUrl, trustProxy: false, logLevel: 'silent' },
      report,
      ...limits,
    })
  Object.assign(practice, reopen())
  t.teardown(async () => {
    await practice.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const booked = new Date('2026-11-02T09:00:00Z')
  await anAccount(world.db, { now: booked })
  await aWeek(world.db, booked, { accepted })
  const priya = await world.visitor(PRIYA.email)
  return { ...world, folder, practice, reopen, priya }
}

export const begin = (visitor: Visitor) => visitor.post('/practice', '/practice')

/** Writes a draft as the editor's form does, and gives back where it stands. */
export async function write(
  visitor: Visitor,
  fields: Record<string, string>,
  { at = WRITE, photo }: { at?: string; photo?: Buffer } = {},
): Promise<string> {
  const id = randomUUID()
  const sent = { id, week: 'practice-week', when: 'soon', do: 'submit', ...fields }
  const answer = photo
    ? await visitor.upload(at, `${DESK}/drafts`, sent, { 'part-1-image': { name: 'a.jpg', bytes: photo } })
    : await visitor.post(at, `${DESK}/drafts`, sent)
  if (answer.statusCode !== 303) throw new Error(`${answer.statusCode}: ${answer.body}`)
  if (!String(answer.headers.location).startsWith(DESK)) throw new Error(String(answer.headers.location))
  return `${DESK}/drafts/${id}`
}

/** Opens a page until it says something, while the practice's minutes pass. */
export async function until(
  { clock }: { clock: { pass(minutes: number): void } },
  page: () => Promise<string>,
  says: RegExp,
): Promise<string> {
  let body = ''
  for (let round = 0; round < 60; round += 1) {
    body = await page()
    if (says.test(body)) return body
    clock.pass(0.25)
    await sleep(250)
  }
  throw new Error(`It never said ${String(says)}: ${body}`)
}
