import fc from 'fast-check'
import t from 'tap'
import { commandsInto, type Tally } from './model/commands.ts'
import { DEFECTS } from './model/defects.ts'
import { aModel, templateOf, World, type Defect } from './model/world.ts'

/**
 * `MODEL_MINUTES=5` runs for so long. `MODEL_SEED`, `MODEL_PATH` and `MODEL_REPLAY_PATH` repeat what failed: its message has
 * all three.
 */
const {
  MODEL_MINUTES: long,
  MODEL_SEED: seed,
  MODEL_PATH: path,
  MODEL_REPLAY_PATH: replayPath = '',
} = process.env
const REPEATED = { ...(seed ? { seed: Number(seed) } : {}), ...(path ? { path } : {}) }
/** However slow the machine, it ends within these; what was tried until then counts. Milliseconds. */
const LIMIT = long ? Number(long) * 60_000 : 6_000
const LIMIT_OF_DEFECT = 60_000
const USUALLY = 40
/** A defect that so many runs do not show would be missed. */
const ENOUGH = 200

const template = await templateOf(t)

function property(tally: Tally, defect: Defect = {}, replayPath = '') {
  const commands = fc.commands(commandsInto(tally), {
    maxCommands: 100,
    size: 'max',
    ...(replayPath ? { replayPath } : {}),
  })
  return fc.asyncProperty(commands, async (story) => {
    const model = aModel()
    const world = await World.open(model, template, defect)
    try {
      await fc.asyncModelRun(() => ({ model, real: world }), story)
      await world.settle()
      count(tally, 'runs', 1)
      count(tally, 'posts', world.network.published.length)
      count(tally, 'approvals', model.licences.size)
    } finally {
      world.close()
    }
  })
}

function count(tally: Tally, what: string, more: number): void {
  tally.set(what, (tally.get(what) ?? 0) + more)
}

t.test('nothing that was not approved ever stands on the network, in any order of commands', async (t) => {
  const tally: Tally = new Map()
  await fc.assert(property(tally, {}, replayPath), {
    numRuns: long ? Infinity : USUALLY,
    interruptAfterTimeLimit: LIMIT,
    includeErrorInReport: true,
    ...REPEATED,
  })
  t.comment([...tally].map(([what, times]) => `${what}: ${times}`).join(', '))
  // On a machine with much else to do a few runs are all that fits.
  if ((tally.get('runs') ?? 0) < 10) return
  t.ok((tally.get('approvals') ?? 0) >= 5, 'something was approved')
  t.ok((tally.get('posts') ?? 0) >= 2, 'something went out')
})

t.test('it notices what must never happen', async (t) => {
  for (const [what, defect] of Object.entries(DEFECTS)) {
    const found = await fc.check(property(new Map(), defect), {
      numRuns: ENOUGH,
      endOnFailure: true,
      interruptAfterTimeLimit: LIMIT_OF_DEFECT,
    })
    t.ok(
      found.failed && found.errorInstance instanceof Error,
      `${what}: ${String(found.errorInstance)}, after ${found.numRuns} runs`,
    )
  }
})

t.test('what it finds is short, and can be found again', async (t) => {
  const defect = DEFECTS['words are changed on the way']
  const found = await fc.check(property(new Map(), defect), { seed: 7, numRuns: ENOUGH })
  const story = fc.stringify(found.counterexample)
  t.ok(found.failed)
  t.ok(story.split('),').length <= 3, story)
  const [, replayPath] = /replayPath="([^"]*)"/.exec(story)!
  const repeated = await fc.check(property(new Map(), defect, replayPath), {
    seed: found.seed,
    path: found.counterexamplePath!,
    endOnFailure: true,
    numRuns: ENOUGH,
  })
  t.equal(repeated.numRuns, 1)
  t.equal(String(repeated.errorInstance), String(found.errorInstance))
})
