import { publisherBenches } from './publisher.ts'
import { recapBenches } from './recap.ts'
import { draftSaveBenches } from './draft-save.ts'
import { generateBenches } from './generate.ts'
import { exportBenches } from './export.ts'
import { queueBenches } from './queue.ts'
import { rotaBenches } from './rota.ts'
import { startBenches } from './start.ts'

/** One figure, measured. */
export interface Bench {
  name: string
  unit: string
  measure(): Promise<number>
}

/**
 * `npm run bench`: one line a figure, `name value unit`. `npm run bench -- queue` measures those whose name begins so.
 * Figures of processor time are ratios within one run, so that they can be compared between machines.
 */
const benches: Bench[] = [
  ...recapBenches,
  ...generateBenches,
  ...exportBenches,
  ...queueBenches,
  ...rotaBenches,
  ...draftSaveBenches,
  ...publisherBenches,
  ...startBenches,
]
const beginnings = process.argv.slice(2)
const chosen = benches.filter(
  ({ name }) => beginnings.length === 0 || beginnings.some((beginning) => name.startsWith(beginning)),
)
if (chosen.length === 0) {
  console.error(
    `No figure begins with ${beginnings.join(' or ')}. There are: ${benches.map(({ name }) => name).join(', ')}`,
  )
  process.exitCode = 1
}
for (const { name, unit, measure } of chosen) {
  const value = await measure()
  console.log(`${name} ${value < 100 ? value.toPrecision(3) : Math.round(value)} ${unit}`)
}
