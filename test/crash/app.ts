import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { createVault } from '../../src/accounts/vault.ts'
import { openDatabase } from '../../src/db/database.ts'
import { attempts, deliveries } from '../../src/db/schema/index.ts'
import { openImageFiles } from '../../src/images/image-files.ts'
import { layOut } from '../../src/installation.ts'
import type { Grant, NetworkUser } from '../../src/networks/network.ts'
import { createXNetwork } from '../../src/networks/x.ts'
import { keepRecordEnd, noticeOlderCopy } from '../../src/older-copy.ts'
import type { PublishingPoint } from '../../src/publishing/points.ts'
import { createPublisher } from '../../src/publishing/publisher.ts'
import {
  answerQuestions,
  bringToApproval,
  connectAgain,
  type DraftToApprove,
  type Standing,
} from './people.ts'
import { sharedClock } from './shared-clock.ts'
import { CLIENT, PATIENT_TIMES, RECORD_END_MS, TIMES } from './settings.ts'

/** How one life of the app begins; its only argument, as JSON. */
export interface AppSettings {
  folder: string
  clock: string
  /** Of the proxy before the stand-in. */
  port: number
  /** The process ends itself, by SIGKILL, when it passes this moment for the nth time. */
  dieAt: { point: PublishingPoint; nth: number } | null
  /** The guard is off: what may stand on X is sent again. */
  blind: boolean
  /** Whether it waits for each answer until it comes. */
  patient?: boolean
}

/** What the driver asks of the app; each is answered. */
export interface Requests {
  approve: { of: DraftToApprove; gives: string | null }
  connect: { of: { grant: Grant; user: NetworkUser }; gives: boolean }
  people: { of: { standing: Standing[]; occasion: string }; gives: void }
  copy: { of: { file: string }; gives: void }
  /** Answered once the publisher has nothing to do within a second. */
  quiet: { of: null; gives: void }
  stop: { of: null; gives: void }
}

/** Of the app to the driver. */
export type Said = { ready: true; noticed: boolean } | { to: number; gives: unknown } | { defect: string }

const settings = JSON.parse(process.argv[2]!) as AppSettings
const times = settings.patient ? PATIENT_TIMES : TIMES
const places = layOut(settings.folder)
const clock = sharedClock(settings.clock)
const db = openDatabase(places.database)
const olderSince = await noticeOlderCopy(db, { file: places.recordEnd, now: clock.now() })
const recordEnd = await keepRecordEnd(db, {
  file: places.recordEnd,
  everyMs: RECORD_END_MS,
  report(error) {
    throw error
  },
})

let passes = 0
function reached(point: PublishingPoint): void {
  if (point !== settings.dieAt?.point) return
  passes += 1
  if (passes === settings.dieAt.nth) process.kill(process.pid, 'SIGKILL')
}

const deps = {
  db,
  clock,
  network: createXNetwork({
    ...CLIENT,
    standIn: { host: '127.0.0.1', port: settings.port },
    deadlineMs: times.sendDeadlineMs,
  }),
  vault: createVault([{ id: 'k1', key: Buffer.alloc(32, 7) }]),
  images: openImageFiles(places.images),
  settings: { publicUrl: () => 'http://127.0.0.1:3000', ...times },
  reached,
}
const publisher = createPublisher({ ...deps, owner: randomUUID() })

/** `quiet`: the last of the calls for quiet since which there was nothing to do. */
const now = { stopping: false, asked: 0, quiet: -1 }

async function publish(): Promise<void> {
  while (!now.stopping) {
    const begun = now.asked
    const { nextAt } = await publisher.run()
    if (settings.blind) await sendBlindly()
    // The publisher says at the soonest "in a second".
    const isQuiet = nextAt === null || nextAt.getTime() - clock.machine().getTime() > 1050
    now.quiet = isQuiet ? begun : -1
    await sleep(10)
  }
}

/**
 * What must never be done, so that the check is seen to fail: nobody looks, neither now nor before it is sent; each is just
 * called refused and sent once more.
 */
async function sendBlindly(): Promise<void> {
  await db.write(async (tx) => {
    for (const { id } of await tx.select().from(deliveries).where(eq(deliveries.state, 'unknown'))) {
      if (sentBlindly.has(id)) continue
      sentBlindly.add(id)
      await tx.update(attempts).set({ outcome: 'refused' }).where(eq(attempts.deliveryId, id))
      await tx.update(deliveries).set({ state: 'waiting', trouble: null }).where(eq(deliveries.id, id))
    }
  })
}
const sentBlindly = new Set<string>()

async function untilQuiet(): Promise<void> {
  const call = ++now.asked
  while (now.quiet < call) await sleep(10)
}

const answers: { [R in keyof Requests]: (of: Requests[R]['of']) => Promise<Requests[R]['gives']> } = {
  approve: (draft) => bringToApproval(deps, draft),
  connect: (consent) => connectAgain(deps, consent),
  people: (what) => answerQuestions(deps, what),
  copy: ({ file }) => db.backup(file),
  quiet: untilQuiet,
  async stop() {
    now.stopping = true
    await publisher.stop()
    await publishing
    await recordEnd.close()
    db.close()
    setImmediate(() => process.disconnect())
  },
}

const say = (said: Said) => process.send!(said)
const defect = (error: unknown) => say({ defect: error instanceof Error ? error.stack! : String(error) })
process.on('message', ({ id, what, of }: { id: number; what: keyof Requests; of: never }) => {
  answers[what](of).then((gives) => say({ to: id, gives }), defect)
})
process.once('disconnect', () => {
  if (!now.stopping) process.exit()
})
const publishing = publish().catch(defect)
say({ ready: true, noticed: olderSince !== null })
