import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'

/** Where a served world can be asked; see `serve.ts`. */
export interface Served {
  app: string
  /** A bare Fastify handler that sends the bytes of `path`, as the app sends them. */
  bare: string
  path: string
  /** Of each request. */
  headers: Record<string, string>
  /** What both answer. */
  status: number
}

export interface BenchServer extends Served {
  /** Processor time of the serving process for one request, in microseconds. */
  cost(origin: string, requests: number): Promise<number>
  /** From now on a minute of product time passes at each request. */
  hurry(): Promise<void>
  /** And all that pages are made of changes with it, so that none is kept. */
  change(): Promise<void>
  close(): Promise<void>
}

/** So many requests are under way at once: enough to keep one process busy, not enough to queue. */
const AT_ONCE = 4

/** Serves a world in a process of its own, whose processor time is then the server's alone. */
export async function benchServer(world: string, ...args: string[]): Promise<BenchServer> {
  const child = fork(new URL('serve.js', import.meta.url), [world, ...args])
  const served = (await answer(child)) as Served
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  const ask = async (what: string) => {
    child.send(what)
    return answer(child)
  }
  return {
    ...served,
    async cost(origin, requests) {
      const before = (await ask('processor')) as number
      let left = requests
      const one = async () => {
        while (left-- > 0) await request(agent, origin + served.path, served)
      }
      await Promise.all(Array.from({ length: AT_ONCE }, one))
      return (((await ask('processor')) as number) - before) / requests
    },
    hurry: async () => void (await ask('hurry')),
    change: async () => void (await ask('change')),
    async close() {
      agent.destroy()
      child.kill()
      await once(child, 'exit')
    },
  }
}

async function answer(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController()
  const dead = once(child, 'exit', { signal: ended.signal }).then(() => {
    throw new Error('The serving process ended.')
  })
  try {
    return ((await Promise.race([once(child, 'message'), dead])) as unknown[])[0]
  } finally {
    dead.catch(() => undefined)
    ended.abort()
  }
}

function request(agent: Agent, url: string, { headers, status }: Served): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { 'accept-encoding': 'identity', ...headers } }, (response) => {
      response.resume()
      response.once('end', () =>
        response.statusCode === status
          ? resolve()
          : reject(new Error(`${url} answered ${response.statusCode}`)),
      )
    }).once('error', reject)
  })
}

/** Measures both origins in turns, so that whatever else the machine does meets both. */
export async function inTurns(
  server: BenchServer,
  { rounds, requests }: { rounds: number; requests: number },
): Promise<number> {
  await server.cost(server.app, requests)
  await server.cost(server.bare, requests)
  const ratios: number[] = []
  for (let round = 0; round < rounds; round += 1)
    ratios.push((await server.cost(server.app, requests)) / (await server.cost(server.bare, requests)))
  return median(ratios)
}

export function median(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
