import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import sharp from 'sharp'
import { saveGrant } from '../../src/accounts/connection.ts'
import type { MovableClock } from '../../src/clock.ts'
import { addDays } from '../../src/calendar.ts'
import { openDatabase, type Database } from '../../src/db/database.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { openImageFiles } from '../../src/images/image-files.ts'
import { nameImage } from '../../src/images/images.ts'
import { layOut } from '../../src/installation.ts'
import type { NetworkUser } from '../../src/networks/network.ts'
import { createSandboxClient, type SandboxClient } from '../../src/networks/x-sandbox/client.ts'
import { actorWith, aHost, aWeek } from '../support/bookings.ts'
import { testVault } from '../support/network.ts'
import { ACCOUNT, anAccount } from '../support/story.ts'
import type { AppSettings, Requests, Said } from './app.ts'
import type { Question } from './people.ts'
import { PICTURES, QUESTIONS } from './plan.ts'
import { startProxy, type Proxy } from './proxy.ts'
import { CLIENT } from './settings.ts'
import { sharedClock } from './shared-clock.ts'

const HANDLE = 'NorthDaleHealth'
/** A Monday, as the rota wants it. */
const FIRST_SLOT = '2026-11-16'
const STARTS_AT = new Date('2026-11-16T09:30:00Z')
const HOSTS = ['Joseph Adeyemi', 'Priya Nair', 'Mei Lin Chan', 'Ruth Ellwood']

/** Everything but the app itself: its folder, the stand-in, and the way between them. */
export interface World {
  folder: string
  dataDir: string
  clock: MovableClock
  clockFile: string
  standInFile: string
  handle: string
  user: NetworkUser
  x(): SandboxClient
  proxy: Proxy
  pictures: string[]
  questions: Question[]
  /** Of the host of the week that runs. */
  signOffNow(): string
  /** Ends the stand-in by SIGKILL and starts it again. */
  restartStandIn(): Promise<void>
  startApp(life: Pick<AppSettings, 'dieAt' | 'blind' | 'patient'>): Promise<App>
  openDatabase(): Database
  close(options: { keep: boolean }): Promise<void>
}

/** One process of the app. */
export interface App {
  /** Whether it noticed that an older copy was put back by hand. */
  noticed: boolean
  ask<R extends keyof Requests>(what: R, of: Requests[R]['of']): Promise<Requests[R]['gives']>
  kill(): void
  /** By which signal it ended; null: by itself. */
  ended: Promise<NodeJS.Signals | null>
}

/** The app ended before it answered. */
export class Ended extends Error {}

/** Makes an account with a rota of `weeks` weeks, connected to a stand-in in a process of its own. */
export async function makeWorld({ weeks }: { weeks: number }): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'week-crash-'))
  const dataDir = join(folder, 'data')
  mkdirSync(dataDir)
  const clockFile = join(folder, 'clock.json')
  const standInFile = join(folder, 'x.db')
  const clock = sharedClock(clockFile, STARTS_AT)
  // First what can go wrong before any process is there.
  const appFile = join(folder, 'app.mjs')
  await bundle(appFile)
  let standIn = await startStandIn(standInFile, clockFile, 0)
  const x = () => createSandboxClient({ port: standIn.port })
  const proxy = await startProxy({ standInPort: () => standIn.port, machine: clock.machine })
  const questions: Question[] = []
  for (let i = 0; i < QUESTIONS; i++) {
    const handle = `follower${i}`
    const { id, text } = await x().postAs({ handle, text: `@${HANDLE} Question ${i}: what is it like?` })
    questions.push({ id, handle, text })
  }
  const { user, pictures, signOffs } = await furnish({ dataDir, clock, x: x(), weeks })
  return {
    folder,
    dataDir,
    clock,
    clockFile,
    standInFile,
    handle: HANDLE,
    user,
    x,
    proxy,
    pictures,
    questions,
    signOffNow() {
      const week = Math.floor(
        (clock.now().getTime() - Date.parse(`${FIRST_SLOT}T00:00:00Z`)) / (7 * 86_400_000),
      )
      return signOffs[week] ?? ''
    },
    async restartStandIn() {
      await proxy.untilIdle()
      await end(standIn.child)
      standIn = await startStandIn(standInFile, clockFile, standIn.port)
    },
    startApp: (life) => startApp(appFile, { folder: dataDir, clock: clockFile, port: proxy.port, ...life }),
    openDatabase: () => openDatabase(layOut(dataDir).database),
    async close({ keep }) {
      await proxy.close()
      await end(standIn.child)
      if (!keep) rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function furnish({
  dataDir,
  clock,
  x,
  weeks,
}: {
  dataDir: string
  clock: MovableClock
  x: SandboxClient
  weeks: number
}) {
  const places = layOut(dataDir)
  migrateDatabase(places.database)
  const db = openDatabase(places.database)
  const images = openImageFiles(places.images)
  try {
    const now = clock.now()
    const open = { days: [1, 2, 3, 4, 5, 6, 7], opens: '00:00', closes: '23:59' }
    await anAccount(db, { now, policy: { threadGapSeconds: 0 }, shape: open })
    const signOffs: string[] = []
    for (let week = 0; week < weeks; week++) {
      const name = HOSTS[week % HOSTS.length]!
      const signOff = `^${name.replaceAll(/[a-z ]/g, '')}`
      const who = { name, email: `${name.replaceAll(' ', '.').toLowerCase()}@north.example` }
      const slot = addDays(FIRST_SLOT, 7 * week)
      await aWeek(db, now, { accepted: true, slot, who, host: aHost(name, { signOff }) })
      signOffs.push(signOff)
    }
    const pictures: string[] = []
    for (let i = 0; i < PICTURES; i++) pictures.push(await keepPicture(db, images, i, now))
    const grant = await x.grantFor(HANDLE, { name: 'NorthDale Health', clientId: CLIENT.clientId })
    const { id, handle, name } = (await x.users()).find((one) => one.handle === HANDLE)!
    const user = { id, handle, name, avatarUrl: null }
    const lead = await actorWith(db, 'helen@north.example', now)
    await saveGrant(
      { db, clock, vault: testVault },
      { accountId: ACCOUNT, grant, user, personId: lead.personId },
    )
    return { user, pictures, signOffs }
  } finally {
    db.close()
  }
}

async function keepPicture(
  db: Database,
  images: ReturnType<typeof openImageFiles>,
  index: number,
  now: Date,
): Promise<string> {
  const [width, height] = [4, 3 + index]
  const create = { width, height, channels: 3 as const, background: '#c33' }
  const bytes = await sharp({ create }).png().toBuffer()
  const hash = await images.keep(bytes)
  const image = { hash, mediaType: 'image/png', width, height, bytes: bytes.length }
  await db.write((tx) => nameImage(tx, { ...image, accountId: ACCOUNT, createdAt: now }))
  return hash
}

/** The app in one file, so that hundreds of starts cost little. Native code stays where it is. */
async function bundle(outfile: string): Promise<void> {
  const { resolve } = createRequire(import.meta.url)
  await build({
    entryPoints: ['test/crash/app.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    banner: {
      js: `import { createRequire } from 'node:module';const require = createRequire(import.meta.url)`,
    },
    plugins: [
      {
        name: 'native',
        setup(building) {
          building.onResolve({ filter: /^(better-sqlite3|sharp)$/ }, ({ path }) => ({
            path: pathToFileURL(resolve(path)).href,
            external: true,
          }))
        },
      },
    ],
  })
}

async function startStandIn(
  file: string,
  clock: string,
  port: number,
): Promise<{ child: ChildProcess; port: number }> {
  const child = fork('test/crash/stand-in.ts', [file, clock, String(port)], {
    execArgv: ['--import=tsx'],
    env: { PATH: process.env['PATH'] },
  })
  const [{ port: taken }] = (await once(child, 'message')) as [{ port: number }]
  return { child, port: taken }
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

async function startApp(file: string, settings: AppSettings): Promise<App> {
  const child = fork(file, [JSON.stringify(settings)], {
    execArgv: ['--enable-source-maps'],
    env: { PATH: process.env['PATH'] },
    serialization: 'advanced',
  })
  const waiting = new Map<number, { resolve: (gives: never) => void; reject: (error: Error) => void }>()
  let last = 0
  let noticed = false
  let isReady = () => {}
  const ready = new Promise<void>((resolve) => (isReady = resolve))
  let defect: Error | null = null
  let isOver = false
  child.on('message', (said: Said) => {
    if ('ready' in said) {
      noticed = said.noticed
      return isReady()
    }
    if ('defect' in said) {
      defect = new Error(`The app says: ${said.defect}`)
      for (const { reject } of waiting.values()) reject(defect)
      return undefined
    }
    waiting.get(said.to)?.resolve(said.gives as never)
    return void waiting.delete(said.to)
  })
  const ended = once(child, 'exit').then(([, signal]) => {
    isOver = true
    for (const { reject } of waiting.values()) reject(defect ?? new Ended())
    waiting.clear()
    return signal as NodeJS.Signals | null
  })
  await Promise.race([ready, ended])
  return {
    noticed,
    ask(what, of) {
      if (defect) return Promise.reject(defect)
      if (isOver || !child.connected) return Promise.reject(new Ended())
      const id = ++last
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        child.send({ id, what, of }, (error) => error && reject(new Ended()))
      })
    },
    kill: () => void child.kill('SIGKILL'),
    ended,
  }
}

/** Puts a copy of the data in the place of what is there, as after a lost disk. */
export function putBack(copy: string, dataDir: string): void {
  const places = layOut(dataDir)
  for (const end of ['', '-wal', '-shm']) rmSync(`${places.database}${end}`, { force: true })
  rmSync(places.images, { recursive: true, force: true })
  cpSync(layOut(copy).database, places.database)
  cpSync(layOut(copy).images, places.images, { recursive: true })
}

/** Where a copy goes; its pictures are there already. */
export function placeForCopy(folder: string, number: number, dataDir: string): string {
  const copy = join(folder, `copy-${number}`)
  mkdirSync(copy)
  cpSync(layOut(dataDir).images, layOut(copy).images, { recursive: true })
  return copy
}
