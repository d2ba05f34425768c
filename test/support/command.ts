import { execFile, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface Ended {
  status: number | null
  out: string
  err: string
}

const environment = (settings: Record<string, string>) => ({ PATH: process.env['PATH'] ?? '', ...settings })

/** Runs the built server's executable with these settings and nothing of this process's own. */
export function run(args: string[], settings: Record<string, string>): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { env: environment(settings), timeout: 40_000 }
    execFile('node', ['dist/server.js', ...args], options, (error, out, err) => {
      const status = error ? ((error.code as unknown as number | undefined) ?? null) : 0
      resolve({ status, out, err })
    })
  })
}

/** Starts the built server, and waits until it runs. */
export async function startServer(
  t: { teardown(end: () => unknown): unknown },
  settings: Record<string, string>,
): Promise<{ end(signal: NodeJS.Signals): Promise<number | null> }> {
  const server = spawn('node', ['dist/server.js'], { env: environment(settings) })
  const ended = new Promise<number | null>((resolve) => server.once('exit', resolve))
  t.teardown(() => server.kill('SIGKILL'))
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: server.stdout }).on('line', (line) => {
      if (line.includes(' runs at ')) resolve()
    })
  })
  await Promise.race([ready, ended])
  return {
    end(signal) {
      server.kill(signal)
      return ended
    },
  }
}
