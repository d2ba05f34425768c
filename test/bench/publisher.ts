import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { eq, sql } from 'drizzle-orm'
import { saveGrant } from '../../src/accounts/connection.ts'
import { systemClock } from '../../src/clock.ts'
import { openDatabase, type Database } from '../../src/db/database.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { activity, attempts, charges, decisions, deliveries, drafts } from '../../src/db/schema/index.ts'
import { openImageFiles } from '../../src/images/image-files.ts'
import type { Network, PostToSend } from '../../src/networks/network.ts'
import { queueDeliveries } from '../../src/publishing/deliveries.ts'
import { createPublisher } from '../../src/publishing/publisher.ts'
import { noNetwork } from '../support/app.ts'
import { OWN_USER, testVault } from '../support/network.ts'
import { ACCOUNT, anAccount, LEAD } from '../support/story.ts'
import { openByHand } from './publish-by-hand.ts'
import type { Bench } from './run.ts'
import { median } from './server.ts'

/** Posts in one round, and rounds of each side in turns. */
const POSTS = 50
const ROUNDS = 61
/** Rounds before them that don’t count: until then V8 has not compiled what runs often. */
const WARM_UP = 20
const AT_ONCE = 1000

export const publisherBenches: Bench[] = [
  {
    name: 'publisher.vs_raw',
    unit: 'x',
    async measure() {
      const [ours, byHand] = [await ledger(), await ledger()]
      const hand = openByHand(byHand.file)
      const ratios: number[] = []
      for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
        await ours.fill(POSTS)
        await byHand.fill(POSTS)
        const took = { ours: 0, byHand: 0 }
        const publish = { ours: () => ours.publish(), byHand: () => hand.publish(sendAtOnce()) }
        for (const side of inTurns(round)) took[side] = await timed(publish[side])
        if (round >= WARM_UP) ratios.push(took.byHand / took.ours)
      }
      await ours.check((WARM_UP + ROUNDS) * POSTS)
      await byHand.check((WARM_UP + ROUNDS) * POSTS)
      hand.close()
      ours.close()
      byHand.close()
      return median(ratios)
    },
  },
  {
    name: 'publisher.jobs_per_s',
    unit: '1/s',
    async measure() {
      const ours = await ledger()
      const rates: number[] = []
      for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
        await ours.fill(POSTS)
        const ms = await timed(() => ours.publish())
        if (round >= WARM_UP) rates.push((POSTS / ms) * 1000)
      }
      await ours.check((WARM_UP + ROUNDS) * POSTS)
      ours.close()
      return median(rates)
    },
  },
  {
    name: 'publisher.lag_ms.p99',
    unit: 'ms',
    async measure() {
      const lags: number[] = []
      let begun = 0
      const ours = await ledger(() => lags.push(performance.now() - begun))
      await ours.fill(AT_ONCE)
      begun = performance.now()
      await ours.publish()
      await ours.check(AT_ONCE)
      ours.close()
      return lags.toSorted((one, other) => one - other)[Math.ceil(AT_ONCE * 0.99) - 1]!
    },
  },
]

/** Whoever comes second finds the disk quieter. */
function inTurns(round: number): ('ours' | 'byHand')[] {
  return round % 2 === 0 ? ['ours', 'byHand'] : ['byHand', 'ours']
}

/** A network that answers at once. */
function sendAtOnce(sent: () => void = () => undefined) {
  let lastId = Date.now() * 1000
  return async (_post: PostToSend) => {
    sent()
    return { outcome: 'posted' as const, networkId: String(++lastId) }
  }
}

/** A database on disk with a connected account, and a publisher on it. */
async function ledger(sent?: () => void) {
  const folder = mkdtempSync(join(tmpdir(), 'week-bench-'))
  const file = join(folder, 'week.db')
  migrateDatabase(file)
  const db = openDatabase(file)
  const now = systemClock.now()
  await anAccount(db, { now })
  const grant = { accessToken: 'access', refreshToken: 'refresh', expiresIn: 7200, scope: [] }
  const connection = { accountId: ACCOUNT, grant, user: OWN_USER, personId: LEAD.id }
  await saveGrant({ db, clock: systemClock, vault: testVault }, connection)
  const send = sendAtOnce(sent)
  // Spread, the stand-in for “no network” would have no method at all: one object that knows what is called.
  const network: Network = new Proxy(noNetwork, {
    get(none, name: keyof Network) {
      if (name === 'sendPost') return (_token: string, post: PostToSend) => send(post)
      if (name === 'ownPosts') return async () => ({ ok: true, value: [] })
      return none[name]
    },
  })
  const publisher = createPublisher({
    db,
    clock: systemClock,
    network,
    images: openImageFiles(folder),
    vault: testVault,
    owner: randomUUID(),
    settings: { publicUrl: () => 'http://127.0.0.1:3000' },
  })
  return {
    file,
    fill: (count: number) => fill(db, count),
    publish: () => publisher.run(),
    async check(count: number) {
      const posted = await db.read.$count(deliveries, eq(deliveries.state, 'posted'))
      const recorded = await db.read.$count(activity, eq(activity.kind, 'delivery.posted'))
      const [charged] = await db.read.select({ units: sql<number>`sum(${charges.units})` }).from(charges)
      const answered = await db.read.$count(attempts, eq(attempts.outcome, 'posted'))
      if ([posted, recorded, answered, charged!.units].some((one) => one !== count))
        throw new Error(
          `${count} posts were to go out; ${posted}, ${recorded}, ${answered} and ${charged!.units} say so.`,
        )
    },
    close() {
      db.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** So many posts, each of a draft of its own, due now. */
async function fill(db: Database, count: number): Promise<void> {
  const now = systemClock.now()
  await db.write(async (tx) => {
    for (let i = 0; i < count; i += 1) {
      const [draftId, decisionId] = [randomUUID(), randomUUID()]
      const text = `What a bed weighs, with and without a person in it: ${draftId}.`
      await tx.insert(drafts).values({
        id: draftId,
        accountId: ACCOUNT,
        slot: '2026-11-16',
        authorId: LEAD.id,
        state: 'approved',
        revision: 1,
        content: { parts: [{ text, images: [] }] },
        signOff: '',
        createdAt: now,
        changedAt: now,
      })
      await tx.insert(decisions).values({
        id: decisionId,
        draftId,
        revision: 1,
        kind: 'approved',
        personId: LEAD.id,
        comment: '',
        fingerprint: 'fingerprint',
        frozen: '{}',
        at: now,
      })
      await queueDeliveries(tx, {
        accountId: ACCOUNT,
        weekId: null,
        draftId,
        decisionId,
        dueAt: now,
        payloads: [{ text, images: [], replyTo: null }],
        networkUserId: OWN_USER.id,
        personId: LEAD.id,
        now,
      })
    }
  })
}

async function timed(work: () => unknown): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}
