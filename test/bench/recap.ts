import type { Bench } from './run.ts'
import { benchServer, inTurns } from './server.ts'

const ITEMS = '150'

export const recapBenches: Bench[] = [
  {
    name: 'recap.cached.cpu_vs_bare',
    unit: 'x',
    async measure() {
      const server = await benchServer('recap', ITEMS)
      const ratio = await inTurns(server, { rounds: 15, requests: 400 })
      await server.close()
      return ratio
    },
  },
  {
    // Each request asks whether the page is still as it was, as after somebody else's commit.
    name: 'recap.looked_at.cpu_vs_bare',
    unit: 'x',
    async measure() {
      const server = await benchServer('recap', ITEMS)
      await server.hurry()
      const ratio = await inTurns(server, { rounds: 9, requests: 200 })
      await server.close()
      return ratio
    },
  },
  {
    name: 'recap.render.cpu_vs_bare',
    unit: 'x',
    async measure() {
      const server = await benchServer('recap', ITEMS)
      await server.change()
      const ratio = await inTurns(server, { rounds: 9, requests: 60 })
      await server.close()
      return ratio
    },
  },
]
