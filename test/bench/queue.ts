import type { Bench } from './run.ts'
import { benchServer, inTurns, median } from './server.ts'

const ROUNDS = 9
const REQUESTS = 40

export const queueBenches: Bench[] = [
  {
    // The server's processor time for a page of 50 whole drafts, each with four images.
    name: 'queue.images.ms',
    unit: 'ms',
    async measure() {
      const server = await benchServer('images', '50')
      const costs: number[] = []
      for (let round = 0; round <= ROUNDS; round += 1) {
        const cost = await server.cost(server.app, 10)
        if (round > 0) costs.push(cost / 1000)
      }
      await server.close()
      return median(costs)
    },
  },
  {
    // A look of the open queue at itself where nothing is new, beside a bare Fastify that answers 304 to everything.
    name: 'desk.refresh.cpu_vs_bare',
    unit: 'x',
    async measure() {
      const server = await benchServer('refresh')
      const ratio = await inTurns(server, { rounds: ROUNDS, requests: 500 })
      await server.close()
      return ratio
    },
  },
  {
    name: 'queue.page.growth',
    unit: 'x',
    async measure() {
      const [few, many] = [await benchServer('queue', '100'), await benchServer('queue', '10000')]
      const ratios: number[] = []
      for (let round = 0; round <= ROUNDS; round += 1) {
        const [cheap, dear] = [await few.cost(few.app, REQUESTS), await many.cost(many.app, REQUESTS)]
        if (round > 0) ratios.push(dear / cheap) // the first one warms up
      }
      await few.close()
      await many.close()
      return median(ratios)
    },
  },
]
