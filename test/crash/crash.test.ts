import t from 'tap'
import { crashRun } from './crash-run.ts'
import { FAULT_KINDS, KILL_POINTS, planOf, RESTORES, type Life } from './plan.ts'

const nothing = { lost: [], duplicated: [], unseen: [] }

t.test('the seed alone decides what is written, what goes wrong, and where the app ends', async (t) => {
  const plan = planOf(7, 100)
  t.equal(JSON.stringify(plan), JSON.stringify(planOf(7, 100)))
  t.not(JSON.stringify(plan), JSON.stringify(planOf(8, 100)))
  const planned = new Set(plan.map(({ kill }) => ('point' in kill ? kill.point : 'at a random time')))
  t.same(planned, new Set([...KILL_POINTS, 'at a random time']))
  const faults = new Set(plan.flatMap((life) => life.faults.map(({ kind }) => kind)))
  t.same(faults, new Set(FAULT_KINDS))
  t.same(new Set(plan.map(({ restore }) => restore)), new Set([...RESTORES, null]))
  t.ok(plan.some(({ standInDies }) => standInDies))
})

t.test('ended at the worst moments, everything goes out once, and nothing is lost sight of', async (t) => {
  const report = await crashRun({ seed: 158, plan: planOf(158, 12) })
  t.match(report, nothing)
  t.ok(report.posted > 10, `${report.posted} parts posted`)
  t.ok(report.restores > 0, `${report.restores} copies put back`)
  const reached = [...report.points.values()].filter((count) => count > 0).length
  t.ok(reached > 7, `ended at ${reached} of the ${report.points.size} points`)
})

t.test('the check can fail: what is sent again without a look stands there twice', async (t) => {
  const image = { picture: 0, alt: 'A corridor' }
  const part = (text: string) => ({ text, images: [image] })
  const life: Life = {
    number: 0,
    downtimeMs: 60_000,
    restore: null,
    standInDies: false,
    faults: [
      { call: 'post', nth: 1, kind: 'hold' },
      { call: 'post', nth: 2, kind: 'unavailable-after' },
    ],
    drafts: [{ id: 'thread', byHost: true, parts: [part('One'), part('Two')], answers: null, dueInMs: null }],
    copy: false,
    kill: { point: 'answer-kept', nth: 3 },
    arrives: true,
  }
  t.match(await crashRun({ seed: 1, plan: [life] }), { ...nothing, posted: 2 }, 'with a look')
  const { duplicated } = await crashRun({ seed: 1, plan: [life], blind: true })
  t.ok(duplicated.length > 0, `${duplicated.length} duplicates`)
})
