import { spawn, type ChildProcess } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { inTime } from './in-time.ts'

/** What `npm start` runs in an empty folder: a process of its own, with the demo. */
export interface DemoServer {
  origin: string
  /** The sign-in link that it printed for the person with this name. @throws Error when there is none. */
  link(name: string): string
}

/** Whoever started the server, and ends it. */
interface Started {
  fail(message: string): unknown
  teardown(end: () => Promise<void>): unknown
}

/** Names a folder with the demo, of which each server takes a copy: making it anew takes many seconds. */
export const DEMO_FOLDER = 'DEMO_FOLDER'

/** The demo is made first, by a machine that has much else to do. In milliseconds. */
const START = 180_000

/** Starts the built server in a folder of its own. What it writes to the error stream fails the test. */
export async function startDemoServer(t: Started): Promise<DemoServer> {
  const folder = mkdtempSync(join(tmpdir(), 'week-demo-'))
  const made = process.env[DEMO_FOLDER]
  if (made) cpSync(made, join(folder, 'data'), { recursive: true })
  const { server, ended } = run(join(folder, 'data'))
  t.teardown(async () => {
    server.kill('SIGTERM')
    await inTime('the server to end', ended)
    rmSync(folder, { recursive: true, force: true })
  })
  createInterface({ input: server.stderr }).on('line', (line) => t.fail(`the server says: ${line}`))
  return inTime('the server to say where it is', greeting(server), START)
}

/** Makes the folder that `DEMO_FOLDER` then names. */
export async function makeDemoFolder(folder: string): Promise<void> {
  const { server, ended } = run(folder)
  server.stderr.pipe(process.stderr)
  await inTime('the server to say where it is', greeting(server), START)
  server.kill('SIGTERM')
  await inTime('the server to end', ended)
}

function run(dataDir: string) {
  const server = spawn(process.execPath, [join(import.meta.dirname, '../../dist/server.js')], {
    env: { PATH: process.env['PATH'], DATA_DIR: dataDir, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { server, ended: new Promise<void>((resolve) => void server.once('exit', () => resolve())) }
}

async function greeting(server: ChildProcess): Promise<DemoServer> {
  const said: string[] = []
  for await (const line of createInterface({ input: server.stdout! })) {
    said.push(line)
    if (!line.includes('/sandbox')) continue
    const origin = /http:\/\/[\d.:]+/.exec(line)![0]
    return {
      origin,
      link(name) {
        const link = said.find((one) => one.includes(name))?.match(/http\S+/)?.[0]
        if (!link) throw new Error(`No link was printed for ${name}.`)
        return link
      },
    }
  }
  throw new Error(`The server ended before it was ready: ${said.join(' ')}`)
}
