import { setTimeout as sleep } from 'node:timers/promises'
import { layOut } from '../../src/installation.ts'
import { noteRestored } from '../../src/note-restored.ts'
import { writeRecordEnd } from '../../src/older-copy.ts'
import type { PublishingPoint } from '../../src/publishing/points.ts'
import { compare, postsOn, type Approval, type Findings } from './compare.ts'
import type { DraftToApprove } from './people.ts'
import { KILL_POINTS, randomOf, type DraftPlan, type FaultKind, type KillPoint, type Life } from './plan.ts'
import { Ended, makeWorld, placeForCopy, putBack, type App, type World } from './world.ts'

export interface CrashReport extends Findings {
  kills: number
  restores: number
  /** How many of them the app noticed by itself. */
  noticed: number
  /** How often the app was ended at each point. */
  points: Map<KillPoint, number>
  faults: Map<FaultKind, number>
  seconds: number
  folder: string
  /** A line for each life: how it began and ended. */
  story: string[]
}

/** A life in which the planned point never comes is ended after so long. Milliseconds. */
const LONGEST_LIFE = 4000
/** A publisher that works at all comes to rest sooner, also on a busy machine. Milliseconds. */
const LONGEST_TO_REST = 180_000
const HOUR = 3_600_000

interface Copy {
  folder: string
  at: Date
  /** What was approved until then. */
  approved: Set<Approval>
}

/**
 * Lets the app live and die as planned, then lets it come to rest, and compares what stands on the stand-in with
 * what was approved. The seed makes people’s choices. Two runs of a plan differ only in where exactly an end at a random time
 * falls, and what follows of it.
 */
export async function crashRun({
  seed,
  plan,
  blind = false,
  keep = false,
}: {
  seed: number
  plan: Life[]
  /** With the guard off: what may stand is sent again. */
  blind?: boolean
  /** The folder with both databases stays, to be looked into. */
  keep?: boolean
}): Promise<CrashReport> {
  const begun = performance.now()
  const downtime = plan.reduce((sum, { downtimeMs }) => sum + downtimeMs, 0)
  const world = await makeWorld({ weeks: 2 + Math.ceil((downtime + 12 * HOUR) / (7 * 24 * HOUR)) })
  try {
    const run = await live(world, plan, { seed, blind })
    const db = world.openDatabase()
    try {
      const posts = postsOn(world.standInFile, world.handle)
      const findings = await compare({ db, clock: world.clock }, { posts, approvals: run.approvals })
      const seconds = (performance.now() - begun) / 1000
      return {
        ...findings,
        ...run,
        kills: plan.length,
        folder: world.folder,
        faults: world.proxy.struck,
        seconds,
      }
    } finally {
      db.close()
    }
  } finally {
    await world.close({ keep })
  }
}

async function live(world: World, plan: Life[], { seed, blind }: { seed: number; blind: boolean }) {
  const approvals: Approval[] = []
  const points = new Map<KillPoint, number>(KILL_POINTS.map((point) => [point, 0]))
  const copies: Copy[] = []
  const story: string[] = []
  let [restores, noticed] = [0, 0]
  for (const life of plan) {
    world.clock.moveTo(new Date(world.clock.now().getTime() + life.downtimeMs))
    if (life.standInDies) await world.restartStandIn()
    const copy = life.restore ? takeCopy(copies, seed, life.number) : undefined
    if (copy) {
      putBack(copy.folder, world.dataDir)
      restores += 1
      if (life.restore === 'by-command') await noted(world, copy)
      for (const one of approvals) if (!copy.approved.has(one) && one.state !== 'refused') one.state = 'gone'
    }
    const { reached, ...begun } = await oneLife(world, life, { seed, blind, approvals, copies })
    if (begun.noticed && !(copy && life.restore === 'by-hand'))
      throw new Error(`In life ${life.number} the app took what it left itself for an older copy.`)
    if (begun.noticed) noticed += 1
    if (reached) points.set(reached, points.get(reached)! + 1)
    story.push(inWords(life, { reached, copy, at: world.clock.now() }))
    await world.proxy.untilIdle()
  }
  await comeToRest(world, { seed, blind, approvals })
  return { approvals, points, restores, noticed, story }
}

function inWords(
  { number, kill, faults, copy: copied, restore }: Life,
  { reached, copy, at }: { reached: KillPoint | null; copy: Copy | undefined; at: Date },
): string {
  const end = reached ?? ('point' in kill ? `without ${kill.point}` : `after ${kill.afterMs} ms`)
  const suffered = faults.map(({ call, nth, kind }) => `${kind} at ${call} ${nth}`).join(', ')
  const begin = copy ? `back to ${copy.folder} ${restore}, ` : ''
  return `${number}: ${begin}${suffered || 'no faults'}, ${copied ? 'copied, ' : ''}ended ${end} at ${at.toISOString()}`
}

/** What the command does once the copy is in its place. */
async function noted(world: World, { at }: Copy): Promise<void> {
  const db = world.openDatabase()
  try {
    await noteRestored(db, { copyOf: at, now: world.clock.now(), forgetTokens: false })
    await writeRecordEnd(db, layOut(world.dataDir).recordEnd)
  } finally {
    db.close()
  }
}

/** One of the last copies; what was copied after it does not exist any more for those who put it back. */
function takeCopy(copies: Copy[], seed: number, life: number): Copy | undefined {
  const back = Math.floor(randomOf(`${seed} copy ${life}`)() * 3)
  const at = Math.max(0, copies.length - 1 - back)
  return copies.splice(at)[0]
}

/** Lives until the planned end. Returns the point at which that came. */
async function oneLife(
  world: World,
  life: Life,
  { seed, blind, approvals, copies }: { seed: number; blind: boolean; approvals: Approval[]; copies: Copy[] },
): Promise<{ reached: KillPoint | null; noticed: boolean }> {
  const at = 'point' in life.kill ? life.kill : null
  const byProxy = at && (at.point === 'in-request' || at.point === 'accepted') ? at : null
  let running: App | undefined
  let struckByProxy = false
  const strike = () => {
    struckByProxy = true
    running?.kill()
  }
  let accepted = 0
  world.proxy.begin(life.faults, {
    inRequest(nth) {
      if (byProxy?.point !== 'in-request' || nth !== byProxy.nth) return true
      strike()
      return life.arrives
    },
    accepted() {
      if (byProxy?.point === 'accepted' && ++accepted === byProxy.nth) strike()
    },
  })
  const dieAt = at && !byProxy ? { point: at.point as PublishingPoint, nth: at.nth } : null
  const app = (running = await world.startApp({ dieAt, blind }))
  if (struckByProxy) app.kill()
  let timedOut = false
  const limit = setTimeout(
    () => {
      timedOut = true
      app.kill()
    },
    'afterMs' in life.kill ? life.kill.afterMs : LONGEST_LIFE,
  )
  try {
    await workOf(world, app, life, { seed, approvals, copies })
    // Nothing is left to do, and the point did not come.
    timedOut = true
  } catch (error) {
    if (!(error instanceof Ended)) throw error
  } finally {
    app.kill()
    clearTimeout(limit)
  }
  const signal = await app.ended
  if (signal !== 'SIGKILL') throw new Error(`The app ended by itself in life ${life.number}.`)
  const reached = at && !timedOut && (!byProxy || struckByProxy) ? at.point : null
  return { reached, noticed: app.noticed }
}

async function workOf(
  world: World,
  app: App,
  life: Life,
  { seed, approvals, copies }: { seed: number; approvals: Approval[]; copies: Copy[] },
): Promise<void> {
  await answerPeople(world, app, `${seed} life ${life.number}`)
  await askAgain(world, app, approvals)
  for (const planned of life.drafts) {
    const one = {
      draft: toApprove(world, planned),
      signOff: planned.byHost ? world.signOffNow() : '',
      state: 'asked' as const,
    }
    approvals.push(one)
    await approve(app, one)
  }
  if (life.copy) {
    const approved = new Set(approvals.filter(({ state }) => state === 'approved'))
    const folder = placeForCopy(world.folder, life.number, world.dataDir)
    const at = world.clock.now()
    await app.ask('copy', { file: layOut(folder).database })
    copies.push({ folder, at, approved })
  }
  await app.ask('quiet', null)
}

/** What the app did not answer is asked once more: unless its host's week is over, and nobody can say what became of it. */
async function askAgain(world: World, app: App, approvals: Approval[]): Promise<void> {
  for (const one of approvals) {
    if (one.state !== 'asked') continue
    if (one.draft.byHost && one.signOff !== world.signOffNow()) one.state = 'gone'
    else await approve(app, one)
  }
}

async function approve(app: App, approval: Approval): Promise<void> {
  const refusal = await app.ask('approve', approval.draft)
  approval.state = refusal === null ? 'approved' : 'refused'
}

function toApprove({ pictures, questions }: World, { parts, answers, ...draft }: DraftPlan): DraftToApprove {
  return {
    ...draft,
    parts: parts.map(({ text, images }) => ({
      text,
      images: images.map(({ picture, alt }) => ({ hash: pictures[picture]!, alt })),
    })),
    answered: answers === null ? null : questions[answers]!,
  }
}

async function answerPeople(world: World, app: App, occasion: string): Promise<void> {
  const grant = await world.x().grantFor(world.handle, { clientId: 'crash' })
  await app.ask('connect', { grant, user: world.user })
  await app.ask('people', { standing: postsOn(world.standInFile, world.handle), occasion })
}

/** Nothing goes wrong any more, and an hour passes: whatever can still go out or be found does so. */
async function comeToRest(
  world: World,
  { seed, blind, approvals }: { seed: number; blind: boolean; approvals: Approval[] },
): Promise<void> {
  world.clock.moveTo(new Date(world.clock.now().getTime() + 120_000))
  world.proxy.begin([], { inRequest: () => true, accepted: () => undefined })
  const app = await world.startApp({ dieAt: null, blind, patient: true })
  try {
    for (let round = 0; round < 8; round++) {
      await answerPeople(world, app, `${seed} rest ${round}`)
      await askAgain(world, app, approvals)
      await inTime(app.ask('quiet', null))
      world.clock.moveTo(new Date(world.clock.now().getTime() + 120_000))
      await sleep(20)
    }
    await inTime(app.ask('quiet', null))
    await inTime(app.ask('stop', null))
  } finally {
    app.kill()
    await app.ended
  }
}

/** @throws when nothing goes wrong any more, and yet the publisher does not come to rest. */
async function inTime(done: Promise<void>): Promise<void> {
  const limit = new AbortController()
  const late = sleep(LONGEST_TO_REST, null, { signal: limit.signal }).then(() => {
    throw new Error('The publisher does not come to rest.')
  })
  try {
    await Promise.race([done, late])
  } finally {
    late.catch(() => undefined)
    limit.abort()
  }
}
