import type { Bench } from './run.ts'
import { benchServer, median } from './server.ts'

const ROUNDS = 9
const REQUESTS = 40

export const queueBenches: Bench[] = [
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
