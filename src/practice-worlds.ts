import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
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
import { NotFound } from './errors.ts'
import { openImageFiles } from './images/image-files.ts'
import { layOut, sandboxSecrets } from './installation.ts'
import { listenDue } from './listening/listen-due.ts'
import { createSandboxClient } from './networks/x-sandbox/client.ts'
import { startStandIn } from './networks/x-sandbox/stand-in.ts'
import { createXNetwork } from './networks/x.ts'
import { buildPracticeApp } from './practice-app.ts'
import { decideKindly } from './practice/decide-kindly.ts'
import { practisesFor } from './practice/may-practise.ts'
import { isLeft, type Progress } from './practice/progress.ts'
import { PRACTICE_ACCOUNT, PRACTICE_WEEK } from './practice/scene.ts'
import { sceneBegins, setScene, type Model } from './practice/set-scene.ts'
import { looksThrough, TASKS, tasksDoneBy, type Task } from './practice/task.ts'
import { endLeftLease } from './publishing/lease.ts'
import { createPublisher } from './publishing/publisher.ts'
import { findActor } from './rota/powers.ts'
import { SANDBOX_APP, UNHURRIED } from './stand-in-app.ts'
import type { Assets } from './web/assets.ts'
import type { Deps, PracticeDoor, WebSettings } from './web/deps.ts'
import { startWork } from './work.ts'

/** What stands before the addresses of a practice. */
export const PRACTICE_BASE = '/practice/desk'
const PRACTICE_HOME = '/practice'

export interface Practices extends PracticeDoor {
  /** Closes what nobody uses, deletes what is over, and says when to come again, in machine time. */
  sweep(): Promise<Date>
  close(): Promise<void>
}

/** Somebody's practice that is open: an account, a week and a stand-in for X of their own. */
interface World {
  progress: Progress
  app: FastifyInstance
  /** Requests that are being answered. */
  busy: number
  close(): Promise<void>
}

interface Surroundings {
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
}

/** A practice that nobody used for so long is put away until they come back. Milliseconds. */
const RESTS_AFTER = 20 * 60_000
/** Open at the same time: each has a database, a stand-in and pages. */
const MOST_OPEN = 12
const SWEPT_EVERY = 5 * 60_000
const APPROVER_LOOKS_EVERY = 2_000
const KEPT_EVERY = 30_000

/**
 * The practices of an installation, which people open when they come. No practice has anything of the installation but its
 * assets and a reader: its database, pictures, keys and network are its own, and that network is a stand-in on loopback.
 */
export function openPractices(around: Surroundings): Practices {
  const { folder, machine } = around
  const open = new Map<string, Promise<World>>()
  /** By person: two forms sent at once make one practice. */
  const turns = new Map<string, Promise<unknown>>()

  const placeOf = (personId: string) =>
    join(folder, createHash('sha256').update(personId).digest('hex').slice(0, 32))
  const inTurn = <T>(personId: string, work: () => Promise<T>): Promise<T> => {
    const after = (turns.get(personId) ?? Promise.resolve()).then(work, work)
    const ended = after.then(
      () => undefined,
      () => undefined,
    )
    turns.set(personId, ended)
    void ended.then(() => turns.get(personId) === ended && turns.delete(personId))
    return after
  }

  async function worldOf(personId: string): Promise<World | null> {
    const known = open.get(personId)
    if (known) return known
    const progress = readProgress(placeOf(personId))
    if (!progress) return null
    await makeRoom()
    const opening = openWorld(placeOf(personId), progress, around)
    open.set(personId, opening)
    opening.catch(() => open.delete(personId))
    return opening
  }

  async function makeRoom(): Promise<void> {
    if (open.size < MOST_OPEN) return
    const worlds = (await Promise.all(open.values())).filter(({ busy }) => busy === 0)
    const [longest] = worlds.toSorted((a, b) => a.progress.usedMs - b.progress.usedMs)
    if (longest) await putAway(longest.progress.personId)
  }

  async function putAway(personId: string): Promise<void> {
    const world = await open.get(personId)
    open.delete(personId)
    await world?.close()
  }

  async function end(personId: string): Promise<void> {
    await putAway(personId)
    rmSync(placeOf(personId), { recursive: true, force: true })
  }

  return {
    standOf(personId) {
      const place = placeOf(personId)
      const progress = readProgress(place)
      return progress && { ...progress }
    },
    begin: (person, accountId) =>
      inTurn(person.personId, async () => {
        const place = placeOf(person.personId)
        if (readProgress(place)?.accountId === accountId) return
        await end(person.personId)
        const model = await findAccount(around.read, accountId)
        if (!model) throw new NotFound()
        await makeWorld(place, { person, model, accountId }, around)
      }),
    end: (personId) => inTurn(personId, () => end(personId)),
    async answer(personId, { request, response, address, taken }) {
      const world = await inTurn(personId, async () => {
        const here = await worldOf(personId)
        if (here) here.busy += 1
        return here
      })
      if (!world) throw new NotFound()
      world.progress.usedMs = machine().getTime()
      let over = false
      const ends = () => {
        if (!over) world.busy -= 1
        over = true
      }
      response.once('finish', ends).once('close', ends)
      taken()
      request.url = address
      world.app.routing(request, response)
    },
    async sweep() {
      const now = machine()
      for (const [personId, opening] of open) {
        const world = await opening
        await inTurn(personId, async () => {
          const rests = world.busy === 0 && now.getTime() - world.progress.usedMs > RESTS_AFTER
          if (rests) await putAway(personId)
        })
      }
      for (const name of existsSync(folder) ? readdirSync(folder) : []) {
        const progress = readProgress(join(folder, name))
        if (!progress) {
          // One that is being made has its owner's turn, and is gone when that crashed.
          if (turns.size === 0) rmSync(join(folder, name), { recursive: true, force: true })
          continue
        }
        const { personId, accountId } = progress
        const actor = await findActor(around.read, personId, around.now())
        const may = actor !== null && (await practisesFor(around.read, actor)).includes(accountId)
        if (!may || isLeft(progress, now)) await inTurn(personId, () => end(personId))
      }
      return new Date(now.getTime() + SWEPT_EVERY)
    },
    async close() {
      for (const personId of open.keys()) await inTurn(personId, () => putAway(personId))
    },
  }
}

/** The first day of the practice week: the next Monday, so that Thursday lies ahead. */
function slotAfter(now: Date, zone: string): string {
  const today = dayOf(now, zone)
  return addDays(today, 8 - weekdayOf(today))
}

async function makeWorld(
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
    const { hostId } = await setScene(house.deps, {
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
}

/** Opens a practice as it was left: its time goes on from there. */
async function openWorld(place: string, progress: Progress, around: Surroundings): Promise<World> {
  const { assets, settings, report } = around
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
  const keep = () => writeProgress(place, { ...progress, productMs: clock.now().getTime() })

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
  const deps: Deps & { settings: { practice: { base: string } } } = {
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
      practice: { base: PRACTICE_BASE, home: PRACTICE_HOME },
    },
    jobs: () => work.states(),
    wake: {
      publisher: () => work.wake('publisher'),
      mail() {},
      releaser() {},
      hider() {},
      handover() {},
      lookingUp: () => work.wake('looking-up'),
      listener: () => {
        listenSoon = true
        work.wake('listener')
      },
    },
  }
  const app = await buildPracticeApp(deps, { hostId: progress.hostId, answered })
  return {
    progress,
    app,
    busy: 0,
    async close() {
      await publisher.stop()
      await work.stop()
      await app.close()
      keep()
      await house.close()
    },
  }

  async function answered(method: string, address: string): Promise<void> {
    const done = new Set<Task>(progress.done)
    if (method === 'GET' && looksThrough(address)) done.add('conversation')
    if (method === 'POST') {
      const { hashtag } = (await findAccount(db.read, PRACTICE_ACCOUNT.id))!
      const drafts = await draftsOfWeek(db.read, PRACTICE_WEEK)
      for (const task of tasksDoneBy(drafts, { hashtag, zone: progress.zone })) done.add(task)
    }
    if (done.size === progress.done.length) return
    progress.done = TASKS.filter((task) => done.has(task))
    keep()
  }
}

const fileIn = (place: string) => join(place, 'practice.json')

/** Null where there is none, or it was never finished. */
function readProgress(place: string): Progress | null {
  return existsSync(fileIn(place)) ? (JSON.parse(readFileSync(fileIn(place), 'utf8')) as Progress) : null
}

function writeProgress(place: string, progress: Progress): void {
  const next = `${fileIn(place)}.next`
  writeFileSync(next, JSON.stringify(progress), { mode: 0o600 })
  renameSync(next, fileIn(place))
}
