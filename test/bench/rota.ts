import type { Bench } from './run.ts'
import { benchServer, median } from './server.ts'

const ROUNDS = 9
const REQUESTS = 40

export const rotaBenches: Bench[] = [
  {
    // The planner where ten years of weeks are kept, beside one.
    name: 'rota.page.growth',
    unit: 'x',
    async measure() {
      const [one, ten] = [await benchServer('rota', '52'), await benchServer('rota', '520')]
      const ratios: number[] = []
      for (let round = 0; round <= ROUNDS; round += 1) {
        const [cheap, dear] = [await one.cost(one.app, REQUESTS), await ten.cost(ten.app, REQUESTS)]
        if (round > 0) ratios.push(dear / cheap) // the first one warms up
      }
      await one.close()
      await ten.close()
      return median(ratios)
    },
  },
]
