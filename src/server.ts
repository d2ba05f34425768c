import { existsSync, renameSync, rmSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { buildApp } from './app.ts'
import { systemClock } from './clock.ts'
import { backUp, exportSites, printSignInLink, restore, setUp, tendPerson, tendRecord } from './commands.ts'
import { openLive, openSandbox, type Running } from './compose.ts'
import { localAddress, readConfig, WrongSetting, type Config } from './config.ts'
import { openDatabase } from './db/database.ts'
import { serveFolder } from './db/folder-lock.ts'
import { migrateDatabase } from './db/migrate.ts'
import { NotFound, Refused } from './errors.ts'
import { makeDemo } from './make-demo.ts'
import {
  checkLive,
  checkSandbox,
  databaseOf,
  isEmpty,
  liveSetting,
  stampOf,
  WrongInstallation,
  type Mode,
} from './installation.ts'
import { makeSignInLink } from './people/sign-in.ts'
import { useFolder } from './restore.ts'
import { listDoors } from './sandbox/doors.ts'

const [command, ...args] = process.argv.slice(2)

try {
  const config = readConfig()
  if (command === undefined) await start(config)
  else if (command === 'setup') await setUp(config, args[0])
  else if (command === 'sign-in') await printSignInLink(config, args[0])
  else if (command === 'backup') await backUp(config, args)
  else if (command === 'restore') await restore(config, args)
  else if (command === 'export') await exportSites(config, args)
  else if (command === 'record') process.exitCode = (await tendRecord(config, args)) ? 0 : 1
  else if (command === 'person') await tendPerson(config, args)
  else
    throw new WrongInstallation(
      `There is no command "${command}". There are: setup, sign-in, backup, restore, export, record, person.`,
    )
} catch (error) {
  const told = [WrongSetting, WrongInstallation, NotFound, Refused].some((kind) => error instanceof kind)
  if (!told) throw error
  console.error((error as Error).message)
  process.exit(1)
}

async function start(config: Config): Promise<void> {
  if (isEmpty(config.dataDir)) await makeSandbox(config)
  useFolder(config.dataDir)
  if (!serveFolder(config.dataDir))
    throw new WrongInstallation(`My Working Week runs in ${config.dataDir} already. Stop that one first.`)
  const database = databaseOf(config.dataDir)
  migrateDatabase(database)
  const mode = await modeOf(database)

  let address = localAddress(config)
  const running = mode === 'live' ? await openLive(checkLive(config)) : await openHere(config, () => address)
  const app = await buildApp(running.deps, running.sandbox)
  stopGracefully(running, app)
  try {
    address = await app.listen({ host: config.host, port: config.port })
  } catch (error) {
    await app.close()
    await running.close()
    throw notListening(error)
  }
  await greet(running, config.publicUrl ?? address)
}

/** In an empty folder and without any live setting: a sandbox with the demo, made beside and moved into its place. */
async function makeSandbox(config: Config): Promise<void> {
  const live = liveSetting(config)
  if (live) {
    throw new WrongInstallation(
      `${config.dataDir} is empty and ${live} is set, so this wants to be live. Make it first: npm run setup -- you@example.org`,
    )
  }
  checkSandbox(config)
  console.log('Making a sandbox with the demo. This happens once.')
  const making = `${config.dataDir}.making`
  rmSync(making, { recursive: true, force: true })
  await makeDemo({ ...config, dataDir: making, sandboxPort: 0 }, systemClock.machine())
  if (existsSync(config.dataDir)) rmSync(config.dataDir, { recursive: true })
  renameSync(making, config.dataDir)
}

async function modeOf(database: string): Promise<Mode> {
  const db = openDatabase(database)
  try {
    return await stampOf(db)
  } finally {
    db.close()
  }
}

async function openHere(config: Config, publicUrl: () => string): Promise<Running> {
  checkSandbox(config)
  try {
    return await openSandbox(config, { publicUrl })
  } catch (error) {
    throw notListening(error, 'SANDBOX_PORT')
  }
}

async function greet({ deps, sandbox }: Running, address: string): Promise<void> {
  console.log(`My Working Week runs at ${address}`)
  if (!sandbox) return
  const link = (email: string) =>
    makeSignInLink(deps.db, { email, publicUrl: address, machineNow: deps.clock.machine() })
  console.log('This is a sandbox: nothing leaves this machine.')
  for (const { label, email } of await listDoors(deps.db.read, deps.clock.now()))
    console.log(`  ${label}: ${await link(email)}`)
  console.log(
    `  These links work once, for ten minutes. Fresh ones, the mail and the time machine: ${address}/sandbox`,
  )
}

/** What a person can mend, in one line. */
function notListening(error: unknown, name: 'PORT' | 'SANDBOX_PORT' = 'PORT'): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return new WrongSetting(name, 'is taken by another program', '3001')
  if (code === 'EACCES') return new WrongSetting(name, 'is not open to this user', '3000')
  if (code === 'EADDRNOTAVAIL') return new WrongSetting('HOST', 'is no address of this machine', '127.0.0.1')
  return error
}

/** How long those who are being answered may take when the server ends. Milliseconds. */
const LAST_ANSWERS = 5_000

/** The send in flight ends first; a second signal ends at once. */
function stopGracefully(running: Running, app: FastifyInstance): void {
  const hangUp = () => {
    setTimeout(() => app.server.closeAllConnections(), LAST_ANSWERS).unref()
    return app.close()
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      Promise.all([hangUp(), running.stop()])
        .then(() => running.close())
        .then(
          () => process.exit(0),
          (error: unknown) => {
            console.error(error)
            process.exit(1)
          },
        )
    })
  }
}
