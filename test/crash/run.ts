import { createHash } from 'node:crypto'
import { parseArgs } from 'node:util'
import { crashRun } from './crash-run.ts'
import { planOf, type Life } from './plan.ts'

/**
 * `npm run crash -- --seed S --kills N`: the last line says what was found; anything but zeros ends with status 1.
 * `--keep` leaves both databases where it says, to be looked into.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '200' },
    keep: { type: 'boolean', default: false },
  },
})
const [seed, kills] = [Number(values.seed), Number(values.kills)]
const plan = planOf(seed, kills)
console.log(planInWords(plan))
const report = await crashRun({ seed, plan, keep: values.keep })
if (values.keep) console.log([...report.story, `Kept: ${report.folder}`].join('\n'))
const { parts, posted, lost, duplicated, unseen } = report
for (const [what, all] of Object.entries({ lost, duplicated, unseen }))
  for (const one of all) console.log(`${what}: ${one}`)
const inWords = (counts: Map<string, number>) =>
  [...counts].map(([what, count]) => `${what} ${count}`).join(', ')
console.log(`Ended at: ${inWords(report.points)}`)
// In a long run every point has its turn several times; one that never comes is not proven.
const missed = kills < 100 ? [] : [...report.points].filter(([, count]) => count === 0)
if (missed.length > 0) console.log(`Never ended at: ${missed.map(([point]) => point).join(', ')}`)
console.log(`Faults: ${inWords(report.faults)}`)
console.log(`Copies put back: ${report.restores}, ${report.noticed} noticed by the app itself`)
console.log(`${report.seconds.toFixed(0)} s, ${(report.seconds / kills).toFixed(2)} s a kill`)
console.log(
  `kills=${kills} parts=${parts} posted=${posted} lost=${lost.length} duplicated=${duplicated.length} unseen=${unseen.length}`,
)
process.exitCode = lost.length + duplicated.length + unseen.length + missed.length > 0 ? 1 : 0

/** The same for the same seed, however long things take on the way. */
function planInWords(lives: Life[]): string {
  const count = (all: string[]) => {
    const counts = new Map<string, number>()
    for (const one of all.toSorted()) counts.set(one, (counts.get(one) ?? 0) + 1)
    return [...counts].map(([what, times]) => `${what} ${times}`).join(', ')
  }
  const ends = count(lives.map(({ kill }) => ('point' in kill ? kill.point : 'at a random time')))
  const faults = count(lives.flatMap((life) => life.faults.map(({ call, kind }) => `${kind} (${call})`)))
  const print = createHash('sha256').update(JSON.stringify(lives)).digest('hex').slice(0, 16)
  return `Plan of seed ${seed}, ${print}: to be ended at ${ends}; to suffer ${faults}`
}
