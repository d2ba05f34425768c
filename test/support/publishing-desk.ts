import { eq } from 'drizzle-orm'
import sharp from 'sharp'
import type { Policy } from '../../src/accounts/account.ts'
import type { Database } from '../../src/db/database.ts'
import { activity, deliveries, mails } from '../../src/db/schema/index.ts'
import { openImageFiles, type ImageFiles } from '../../src/images/image-files.ts'
import { nameImage } from '../../src/images/images.ts'
import type { SendAnswer } from '../../src/networks/network.ts'
import { createPublisher } from '../../src/publishing/publisher.ts'
import type { PublisherDeps } from '../../src/publishing/settings.ts'
import { approved } from './approved.ts'
import { testClock } from './clock.ts'
import { testDatabase } from './database.ts'
import { connected, problem, scriptedNetwork, testVault } from './network.ts'
import { ACCOUNT, anAccount, LEAD } from './story.ts'

export const refused = (code: Parameters<typeof problem>[0], detail?: string, until?: Date): SendAnswer => ({
  outcome: 'refused',
  problem: problem(code, detail, until),
})
export const unknown: SendAnswer = {
  outcome: 'unknown',
  problem: problem('unreachable', 'X did not answer within 20 s.'),
}

/** A connected account, and publishers on a network that does what a test says. */
export async function desk(
  t: { teardown(end: () => void): unknown },
  { policy = {}, from, swift = false }: { policy?: Partial<Policy>; from?: string; swift?: boolean } = {},
) {
  const { db, folder } = testDatabase(t, { from, swift })
  const clock = testClock('2026-11-18T09:00:00Z')
  await anAccount(db, { now: clock.now(), policy })
  const network = scriptedNetwork(clock)
  await connected({ db, clock }, network)
  const images = openImageFiles(folder)
  let owners = 0
  const process = (more: Partial<PublisherDeps> = {}) =>
    createPublisher({
      db,
      clock,
      network,
      images,
      vault: testVault,
      owner: `process ${++owners}`,
      settings: { publicUrl: () => 'http://week.example' },
      ...more,
    })
  const publisher = process()
  const queue = (...parts: Parameters<typeof approved>[1]['parts']) =>
    approved(db, { parts, dueAt: clock.now(), now: clock.now(), networkUserId: '900' })
  const now = async () =>
    (await db.read.select().from(deliveries)).toSorted((one, other) => one.position - other.position)
  const state = async () => (await now()).map(({ state, heldReason }) => heldReason ?? state).join(' ')
  const recorded = async (kind: (typeof activity.$inferSelect)['kind']) =>
    db.read.select().from(activity).where(eq(activity.kind, kind))
  const mailsTo = async (email = LEAD.email) => db.read.select().from(mails).where(eq(mails.to, email))
  /** What settling and reading the timeline need. */
  const deps = { db, clock, network, vault: testVault, settings: { publicUrl: () => 'http://week.example' } }
  return {
    db,
    folder,
    clock,
    network,
    images,
    deps,
    process,
    publisher,
    queue,
    now,
    state,
    recorded,
    mailsTo,
  }
}

/** Keeps a picture. Returns its hash. */
export async function picture(
  db: Database,
  images: ImageFiles,
  now: Date,
  accountId = ACCOUNT,
  background = '#c33',
): Promise<string> {
  const bytes = await sharp({ create: { width: 4, height: 3, channels: 3, background } })
    .png()
    .toBuffer()
  const hash = await images.keep(bytes)
  await db.write((tx) =>
    nameImage(tx, {
      hash,
      mediaType: 'image/png',
      width: 4,
      height: 3,
      bytes: bytes.length,
      accountId,
      createdAt: now,
    }),
  )
  return hash
}
