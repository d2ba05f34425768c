import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import type { Bench } from './run.ts'
import { median } from './server.ts'

const STARTS = 5

/** The built server on a sandbox that is there already, from its start until it has answered a page. */
export const startBenches: Bench[] = [
  {
    name: 'start.ms',
    unit: 'ms',
    async measure() {
      const folder = mkdtempSync(join(tmpdir(), 'week-start-'))
      try {
        const dataDir = join(folder, 'data')
        await start(dataDir) // makes the demo
        const times: number[] = []
        for (let i = 0; i < STARTS; i += 1) times.push(await start(dataDir))
        return median(times)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  },
]

async function start(dataDir: string): Promise<number> {
  const port = await freePort()
  const env = { PATH: process.env['PATH'] ?? '', DATA_DIR: dataDir, PORT: String(port) }
  const begun = performance.now()
  const server = spawn(process.execPath, ['dist/server.js'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(server, 'exit')
  while (!(await answers(`http://127.0.0.1:${port}/sign-in`))) {
    if (server.exitCode !== null) throw new Error('The server did not start.')
    await setTimeout(5)
  }
  const took = performance.now() - begun
  server.kill()
  await ended
  return took
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    async (response) => {
      await response.arrayBuffer()
      return response.ok
    },
    () => false,
  )
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
