import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { findAccount } from './accounts/accounts.ts'
import { endLeftRefreshes } from './accounts/connection.ts'
import { createVault, vaultKeys } from './accounts/vault.ts'
import { addDays, dayOf, weekdayOf } from './calendar.ts'
import { movedClock, type MovableClock } from './clock.ts'
import { openDatabase, type Reader } from './db/database.ts'
import { migrateDatabase } from './db/migrate.ts'
import { lookUpDue } from './drafts/checks/look-up-due.ts'
import { draftsOfWeek } from './drafts/drafts.ts'
import { openImageFiles } from './images/image-files.ts'
import { layOut, sandboxSecrets } from './installation.ts'
import { listenDue } from './listening/listen-due.ts'
import { createSandboxClient } from './networks/x-sandbox/client.ts'
import { startStandIn } from './networks/x-sandbox/stand-in.ts'
import { createXNetwork } from './networks/x.ts'
import { buildPracticeApp } from './practice-app.ts'
import { decideKindly } from './practice/decide-kindly.ts'
import type { Progress } from './practice/progress.ts'
import { doneInWords, tasksInWords } from './practice/pages.ts'
import { writeProgress } from './practice/progress-file.ts'
import { PRACTICE_ACCOUNT, PRACTICE_WEEK } from './practice/scene.ts'
import { sceneBegins, setScene, type Model } from './practice/set-scene.ts'
import { looksThrough, TASKS, tasksDoneBy, type Task } from './practice/task.ts'
import { endLeftLease } from './publishing/lease.ts'
import { createPublisher } from './publishing/publisher.ts'
import { SANDBOX_APP, UNHURRIED } from './stand-in-app.ts'
import type { Assets } from './web/assets.ts'
import type { Deps, WebSettings } from './web/deps.ts'
import { startWork } from './work.ts'

/** What stands before the addresses of a practice. */
export const PRACTICE_BASE = '/practice/desk'
const PRACTICE_HOME = '/practice'

/** Somebody's practice that is open: an account, a week and a stand-in for X of their own. */
export interface World {
  progress: Progress
  app: FastifyInstance
  /** Requests that are being answered. */
  busy: number
  close(): Promise<void>
}

/** What a practice has of the installation around it. */
export interface Surroundings {
  /** Where the practices lie, each in a folder of its own. */
  folder: string
  machine(): Date
  /** Product time of the installation. */
  now(): Date
  /** Of the installation: who may practise, and by which rules. It is never written to. */
  read: Reader
  assets: Assets
  settings: Pick<WebSettings, 'publicUrl' | 'trustProxy' | 'logLevel'>
  report(job: string, error: unknown): void
  /** A practice that takes more on the disk takes nothing new. Bytes; `MOST_BYTES` where not given. */
  mostBytes?: number
  /** Open at the same time, unless all of them are being used; `MOST_OPEN` where not given. */
  mostOpen?: number
}

/** Some hundred posts with pictures from a phone. */
const MOST_BYTES = 150 * 1024 * 1024
const APPROVER_LOOKS_EVERY = 2_000
const KEPT_EVERY = 30_000

/** The first day of the practice week: the next Monday, so that Thursday lies ahead. */
function slotAfter(now: Date, zone: string): string {
  const today = dayOf(now, zone)
  return addDays(today, 8 - weekdayOf(today))
}

/** Makes a practice in its folder, which is finished once its progress stands there. */
export async function makeWorld(
  place: string,
  {
    person,
    model,
    accountId,
  }: {
    person: { personId: string; name: string; email: string }
    model: Model
    accountId: string
  },
  around: Surroundings,
): Promise<void> {
  const slot = slotAfter(around.now(), model.timeZone)
  mkdirSync(place, { recursive: true, mode: 0o700 })
  const clock = movedClock(around.machine, sceneBegins(slot, model.timeZone))
  const house = await openHouse(place, clock, around)
  try {
    const { hostId, hashtag } = await setScene(house.deps, {
      standIn: createSandboxClient({ port: house.standIn.port }),
      clientId: SANDBOX_APP.clientId,
      model,
      person,
      slot,
    })
    writeProgress(place, {
      personId: person.personId,
      hostId,
      accountId,
      slot,
      hashtag,
      zone: model.timeZone,
      productMs: clock.now().getTime(),
      usedMs: around.machine().getTime(),
      done: [],
    })
  } finally {
    await house.close()
  }
}

/** What a practice stands on. The only network that it ever has leads to a stand-in which listens on loopback. */
async function openHouse(place: string, clock: MovableClock, { settings }: Pick<Surroundings, 'settings'>) {
  const places = layOut(place)
  migrateDatabase(places.database)
  const db = openDatabase(places.database)
  try {
    await endLeftRefreshes(db)
    await endLeftLease(db, clock.machine())
    const { encryptionKey, sessionSecret } = sandboxSecrets(place)
    const standIn = await startStandIn({ file: places.standIn, port: 0, clock, limits: UNHURRIED })
    const network = createXNetwork({ ...SANDBOX_APP, standIn: { host: '127.0.0.1', port: standIn.port } })
    return {
      standIn,
      sessionSecret,
      deps: {
        db,
        network,
        clock,
        images: openImageFiles(places.images),
        vault: createVault(vaultKeys(encryptionKey)),
        settings: { publicUrl: settings.publicUrl },
      },
      async close() {
        await standIn.close()
        db.close()
      },
    }
  } catch (error) {
    db.close()
    throw error
  }
}

/** Opens a practice as it was left: its time goes on from there. */
export async function openWorld(place: string, progress: Progress, around: Surroundings): Promise<World> {
  const { assets, settings, report, mostBytes = MOST_BYTES } = around
  const clock = movedClock(around.machine, new Date(progress.productMs))
  const house = await openHouse(place, clock, around)
  const { db, network, images, vault } = house.deps
  const publisher = createPublisher({
    ...house.deps,
    owner: randomUUID(),
    settings: { mode: 'sandbox', publicUrl: settings.publicUrl },
  })
  const times = () => ({ now: clock.now(), machineNow: clock.machine(), publicUrl: settings.publicUrl() })
  const onMachine = (at: Date | null) =>
    at && new Date(at.getTime() - clock.now().getTime() + clock.machine().getTime())
  const soon = (milliseconds: number) => new Date(clock.machine().getTime() + milliseconds)
  let listenSoon = false
  let closed = false
  const keep = () => {
    // It may be deleted by now, and another one may lie in its place.
    if (!closed) writeProgress(place, { ...progress, productMs: clock.now().getTime() })
  }

  // No mail leaves: nothing here sends what stands in the outbox.
  const work = startWork(
    [
      {
        name: 'approver',
        run: async () => {
          if (await decideKindly(db, times())) work.wake('publisher')
          return soon(APPROVER_LOOKS_EVERY)
        },
      },
      {
        name: 'publisher',
        run: async () => {
          const { nextAt } = await publisher.run()
          work.wake('listener')
          return nextAt
        },
      },
      {
        name: 'listener',
        run: async () => {
          const atOnce = listenSoon
          listenSoon = false
          return onMachine((await listenDue(house.deps, { atOnce })).nextAt)
        },
      },
      {
        name: 'looking-up',
        run: async () => onMachine((await lookUpDue({ ...house.deps, askAddress: null })).nextAt),
      },
      {
        name: 'keeping',
        run: async () => {
          keep()
          return soon(KEPT_EVERY)
        },
      },
    ],
    { machine: clock.machine, fail: report },
  )
  const deps: Deps & { settings: { practice: { base: string; home: string } } } = {
    db,
    clock,
    network,
    images,
    vault,
    assets,
    settings: {
      ...settings,
      mode: 'sandbox',
      sessionSecret: house.sessionSecret,
      practice: {
        base: PRACTICE_BASE,
        home: PRACTICE_HOME,
        zone: progress.zone,
        tasks: () => tasksInWords(progress.done.length),
      },
    },
    jobs: () => work.states(),
    wake: {
      publisher: () => work.wake('publisher'),
      mail() {},
      releaser() {},
      hider() {},
      handover() {},
      clearing() {},
      lookingUp: () => work.wake('looking-up'),
      listener: () => {
        listenSoon = true
        work.wake('listener')
      },
    },
  }
  const close = async () => {
    await publisher.stop()
    await work.stop()
    keep()
    closed = true
    await house.close()
  }
  try {
    const app = await buildPracticeApp(deps, {
      hostId: progress.hostId,
      answered,
      isFull: () => bytesIn(place) > mostBytes,
    })
    return {
      progress,
      app,
      busy: 0,
      async close() {
        await app.close()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }

  async function answered(method: string, address: string): Promise<string | null> {
    const done = new Set<Task>(progress.done)
    if (method === 'GET' && looksThrough(address)) done.add('conversation')
    if (method === 'POST') {
      const { hashtag } = (await findAccount(db.read, PRACTICE_ACCOUNT.id))!
      const drafts = await draftsOfWeek(db.read, PRACTICE_WEEK)
      for (const task of tasksDoneBy(drafts, { hashtag, zone: progress.zone })) done.add(task)
    }
    const newly = TASKS.filter((task) => done.has(task) && !progress.done.includes(task))
    if (newly.length === 0) return null
    progress.done = TASKS.filter((task) => done.has(task))
    keep()
    return doneInWords(newly, done.size)
  }
}

function bytesIn(place: string): number {
  if (!existsSync(place)) return 0
  const files = readdirSync(place, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  return files.reduce(
    (bytes, { parentPath, path, name }) => bytes + statSync(join(parentPath ?? path, name)).size,
    0,
  )
}
