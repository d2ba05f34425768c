import fc from 'fast-check'
import t, { type Test } from 'tap'
import { accounts, deliveries } from '../../src/db/schema/index.ts'
import type { Database } from '../../src/db/database.ts'
import { Conflict, Refused } from '../../src/errors.ts'
import { cancelWaiting } from '../../src/publishing/deliveries.ts'
import { REMOVAL_SCOPES } from '../../src/publishing/delivery.ts'
import { asSeen, beginRemoval } from '../../src/publishing/removals.ts'
import { fingerprintAsSeen, letGo, sendAgain } from '../../src/drafts/let-go.ts'
import { findReleasable } from '../../src/publishing/release.ts'
import { cancelFrom, leaveIt } from '../../src/publishing/settle-delivery.ts'
import { findActor } from '../../src/rota/powers.ts'
import { connected, problem, type Step } from '../support/network.ts'
import { desk, refused, unknown } from '../support/publishing-desk.ts'
import { LEAD } from '../support/story.ts'

/** Until after the last scheduled look: a timeline that lags even longer is the hole of which the documentation tells. */
const LAG = 4

const faults = {
  'published, no answer': () => ({ publish: true, answer: unknown }),
  'published, no answer, seen late': () => ({ publish: true, answer: unknown, lag: LAG }),
  'nothing published, no answer': () => ({ publish: false, answer: unknown }),
  'published, called a duplicate': () => ({
    publish: true,
    answer: { outcome: 'duplicate', problem: problem('duplicate') },
  }),
  refused: () => ({ publish: false, answer: refused('forbidden') }),
  'out of credit': () => ({ publish: false, answer: refused('credit') }),
  'token not taken': () => ({ publish: false, answer: refused('unauthorised') }),
  'too many': (now: Date) => ({
    publish: false,
    answer: refused('limited', '', new Date(now.getTime() + 60_000)),
  }),
} satisfies Record<string, (machineNow: Date) => Step>

const removalFaults = ['unreachable', 'limited', 'forbidden', 'unauthorised'] as const

const happenings = fc.oneof(
  fc.record({ what: fc.constant('queue' as const), parts: fc.integer({ min: 1, max: 3 }) }),
  fc.record({
    what: fc.constant('fault' as const),
    fault: fc.constantFrom(...(Object.keys(faults) as (keyof typeof faults)[])),
  }),
  fc.record({ what: fc.constant('death' as const), published: fc.boolean() }),
  fc.record({ what: fc.constant('time' as const), seconds: fc.constantFrom(1, 5, 20, 70, 200, 2400) }),
  fc.record({ what: fc.constantFrom('run', 'run', 'run', 'restart', 'two at once' as const) }),
  fc.record({
    what: fc.constantFrom('blind look', 'token dies', 'reconnect', 'brake', 'withdrawal' as const),
  }),
  fc.record({
    what: fc.constant('removal' as const),
    scope: fc.constantFrom(...REMOVAL_SCOPES),
    which: fc.integer({ min: 0, max: 9 }),
  }),
  fc.record({ what: fc.constant('removal fault' as const), fault: fc.constantFrom(...removalFaults) }),
  fc.record({ what: fc.constant('death while removing' as const) }),
  fc.record({
    what: fc.constant('person' as const),
    choice: fc.constantFrom('go', 'again', 'leave', 'cancel'),
  }),
)
type Happening = typeof happenings extends fc.Arbitrary<infer T> ? T : never

async function live(t: Test, story: Happening[]) {
  const world = await desk(t)
  const { db, clock, network, deps } = world
  const actor = (await findActor(db.read, LEAD.id, clock.now()))!
  let publisher = world.publisher
  let count = 0
  let mortality: 'alive' | 'dying' | 'dead' = 'alive'
  const mortal: Database = {
    ...db,
    write: (work) => (mortality === 'dead' ? Promise.reject(new Error('dead')) : db.write(work)),
  }

  /** A process that may die while it sends; the next one begins anew. */
  async function run() {
    await publisher.run().catch((error: Error) => {
      if (mortality !== 'dead') throw error
    })
    if (mortality === 'alive') return
    mortality = 'alive'
    publisher = world.process({ db: mortal })
  }

  async function decide(choice: string) {
    const troubled = (await world.now()).find(({ state }) => ['held', 'failed', 'unknown'].includes(state))
    if (!troubled) return
    const fingerprint = fingerprintAsSeen(await findReleasable(db.read, troubled))
    const seen = { deliveryId: troubled.id, version: troubled.version, fingerprint, actor }
    const choices: Record<string, () => Promise<unknown>> = {
      go: () => letGo(deps, seen, null),
      again: () => sendAgain(deps, seen),
      leave: () => leaveIt(deps, seen),
      cancel: () => cancelFrom(deps, seen),
    }
    await choices[choice]!().catch(expected)
  }

  const acts: { [W in Happening['what']]: (event: Extract<Happening, { what: W }>) => unknown } = {
    queue: ({ parts }) => world.queue(...Array.from({ length: parts }, () => `Words ${++count}`)),
    fault: ({ fault }) => network.steps.push(faults[fault](clock.machine())),
    death: ({ published }) => {
      network.steps.push({ publish: published, meanwhile: () => void (mortality = 'dead') })
      publisher = world.process({ db: mortal })
    },
    removal: async ({ scope, which }) => {
      // Nobody takes down what is not out yet.
      await run()
      const all = await world.now()
      const sent = all.filter(({ state }) => state === 'posted' || state === 'sending')
      const one = sent[which % sent.length]
      if (!one) return
      const thread = all.filter(({ decisionId }) => decisionId === one.decisionId)
      const decided = { deliveryId: one.id, scope, seen: asSeen(thread), reason: 'Wrong', actor }
      await db.write((tx) => beginRemoval(tx, { ...decided, now: clock.now() })).catch(expected)
    },
    'removal fault': ({ fault }) => network.removing.push({ problem: problem(fault) }),
    'death while removing': () => {
      network.removing.push({ meanwhile: () => void (mortality = 'dead') })
      publisher = world.process({ db: mortal })
    },
    time: ({ seconds }) => clock.pass(seconds / 60),
    run,
    restart: () => (publisher = world.process({ db: mortal })),
    'two at once': () => Promise.all([run(), mortality === 'alive' && world.process().run().catch(expected)]),
    'blind look': () => network.looks.push(problem('unreachable')),
    'token dies': () => network.goodTokens.clear(),
    reconnect: () => connected({ db, clock }, network),
    brake: () => db.write((tx) => toggleBrake(tx, clock.now())),
    withdrawal: async () => {
      const [one] = await world.now()
      if (!one) return
      const withdrawn = { draftId: one.draftId }
      const by = { personId: LEAD.id, now: clock.now() }
      await db.write((tx) => cancelWaiting(tx, withdrawn, by)).catch(expected)
    },
    person: ({ choice }) => decide(choice),
  }
  for (const event of story) await (acts[event.what] as (event: Happening) => unknown)(event)
  // Whatever happened, it comes to rest once nothing goes wrong any more.
  network.steps = []
  network.removing = []
  for (let round = 0; round < 8; round++) {
    clock.pass(1)
    await run()
  }
  return { ...world, parts: await db.read.select().from(deliveries) }
}

function expected(error: unknown): void {
  if (!(error instanceof Conflict) && !(error instanceof Refused) && String(error) !== 'Error: dead')
    throw error
}

async function toggleBrake(tx: Parameters<Parameters<Database['write']>[0]>[0], now: Date) {
  const [account] = await tx.select().from(accounts)
  await tx.update(accounts).set({ brakeAt: account!.brakeAt ? null : now, version: account!.version + 1 })
}

t.test(
  'whatever goes wrong, no part goes out twice or to the wrong place, and what is said of it holds',
  async (t) => {
    let posts = 0
    let settled = 0
    let removed = 0
    await fc.assert(
      fc.asyncProperty(fc.array(happenings, { minLength: 8, maxLength: 40 }), async (story) => {
        const { network, parts } = await live(t, [{ what: 'queue', parts: 2 }, ...story])
        const byText = new Map(network.published.map((post) => [post.text, post]))
        if (byText.size < network.published.length) throw new Error('Something went out twice.')
        const standing = new Set(network.timeline.map(({ text }) => text))
        posts += byText.size
        for (const part of parts) {
          const post = byText.get(part.payload.text)
          const stands = standing.has(part.payload.text)
          if (part.state === 'posted' && post?.id !== part.networkId)
            throw new Error('Posted, yet not there.')
          if (part.state === 'posted' && !stands) throw new Error('Taken down, though nobody asked for it.')
          if (part.state === 'removed' && stands) throw new Error('Said to be taken down, and stands.')
          if (part.state === 'removed') removed++
          if (part.state === 'sending') throw new Error('Left in between.')
          if (part.state === 'posted') settled++
          if (!post || part.position === 0) continue
          const before = parts.find(
            (one) => one.decisionId === part.decisionId && one.position === part.position - 1,
          )
          if (post.replyTo !== before?.networkId) throw new Error('A part answers the wrong post.')
        }
      }),
      { numRuns: 60 },
    )
    t.ok(posts > 100 && settled > 60, `${posts} posts, ${settled} of them known and standing`)
    t.ok(removed > 10, `${removed} taken down`)
  },
)
