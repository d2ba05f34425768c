import type { Bench } from './run.ts'
import { benchServer, inTurns } from './server.ts'

const ITEMS = '150'

export const recapBenches: Bench[] = [
  {
    name: 'recap.cached.cpu_vs_bare',
    unit: 'x',
    measure: () => measured({ rounds: 15, requests: 400 }),
  },
  {
    // Each request asks whether the page is still as it was, as after somebody else's commit.
    name: 'recap.looked_at.cpu_vs_bare',
    unit: 'x',
    measure: () => measured({ rounds: 9, requests: 200 }, (server) => server.hurry()),
  },
  {
    name: 'recap.render.cpu_vs_bare',
    unit: 'x',
    measure: () => measured({ rounds: 9, requests: 60 }, (server) => server.change()),
  },
]

async function measured(
  load: Parameters<typeof inTurns>[1],
  prepare: (server: Server) => Promise<unknown> = async () => {},
): Promise<number> {
  const server = await benchServer('recap', ITEMS)
  await prepare(server)
  const ratio = await inTurns(server, load)
  await server.close()
  return ratio
}

type Server = Awaited<ReturnType<typeof benchServer>>
