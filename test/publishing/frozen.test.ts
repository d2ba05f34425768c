import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openDatabase, type Database } from '../../src/db/database.ts'
import { attempts, deliveries } from '../../src/db/schema/index.ts'
import { Conflict } from '../../src/errors.ts'
import type { Network } from '../../src/networks/network.ts'
import { fingerprintAsSeen, letGo, sendAgain } from '../../src/drafts/deliveries/let-go.ts'
import { findReleasable } from '../../src/publishing/release.ts'
import { findActor } from '../../src/rota/powers.ts'
import { approved } from '../support/approved.ts'
import { testDatabase } from '../support/database.ts'
import type { Step } from '../support/network.ts'
import { desk, picture, refused, unknown } from '../support/publishing-desk.ts'
import { LEAD } from '../support/story.ts'

/** What goes wrong beside the freeze. */
const seeds: Record<string, { steps: Step[]; refuse?: boolean }> = {
  'all goes well': { steps: [] },
  'no answer, nothing published': { steps: [{ publish: false, answer: unknown }] },
  'put off': {
    steps: [{ publish: false, answer: refused('limited', '', new Date('2026-11-18T09:01:00Z')) }],
  },
  'a token that has died': { steps: [], refuse: true },
}

const seedsFor = (asked: boolean) => (asked ? ['all goes well'] : Object.keys(seeds))

const migrated = join(testDatabase(t).folder, 'week.db')

/**
 * Two publishers on one database file. The first stands still at its `position`-th step, after a transaction or a call
 * of the network or before sending, for longer than its lease; the second goes on meanwhile. Returns null when there is no such step.
 */
async function freezeAt(
  t: Test,
  { seed, position, asked }: { seed: string; position: number; asked: boolean },
) {
  const world = await desk(t, { policy: { lateAfterMinutes: 600 }, from: migrated, swift: true })
  const { db, folder, clock, network, images, queue, process } = world
  const { steps, refuse } = seeds[seed]!
  network.steps.push(...steps.map((step) => ({ ...step })))
  const hash = await picture(db, images, clock.now())
  await queue('One', 'Two')
  const withPicture = [{ text: 'Look', images: [{ hash, alt: 'Red' }] }]
  await approved(db, { parts: withPicture, dueAt: clock.now(), now: clock.now(), networkUserId: '900' })
  if (refuse) network.goodTokens.clear()
  const others = openDatabase(join(folder, 'week.db'))
  t.teardown(() => others.close())
  const second = process({ db: others })
  const actor = (await findActor(db.read, LEAD.id, clock.now()))!

  const states = async () => (await others.read.select().from(deliveries)).map(({ state }) => state)
  async function rounds(publisher: { run(): Promise<unknown> }, people: boolean) {
    for (let round = 0; round < 8; round++) {
      if ((await states()).every((state) => state === 'posted')) return
      clock.pass(1)
      await publisher.run()
      if (people) await decide()
    }
  }
  /** Whatever is asked is answered with “send it”. */
  async function decide() {
    for (const delivery of await others.read.select().from(deliveries)) {
      const { id, state, version } = delivery
      const fingerprint = fingerprintAsSeen(await findReleasable(others.read, delivery))
      const seen = { deliveryId: id, version, fingerprint, actor }
      const answer = { unknown: () => sendAgain(world.deps, seen), held: () => letGo(world.deps, seen, null) }
      await answer[state as keyof typeof answer]?.().catch((error: unknown) => {
        if (!(error instanceof Conflict)) throw error
      })
    }
  }

  let step = 0
  const places: string[] = []
  const at = async (name: string) => {
    if (step++ !== position) return
    places.push(name)
    await rounds(second, asked)
  }
  const wrapped =
    <Given extends unknown[], T>(name: string, work: (...given: Given) => Promise<T>) =>
    async (...given: Given): Promise<T> => {
      // Elsewhere the moment before one step is the moment after the last.
      if (name === 'sendPost') await at('before sendPost')
      const value = await work(...given)
      await at(`after ${name}`)
      return value
    }
  const slow: Database = { ...db, write: (work) => wrapped('a transaction', () => db.write(work))() }
  const slowly: Network = {
    ...network,
    refresh: wrapped('refresh', network.refresh),
    uploadImage: wrapped('uploadImage', network.uploadImage),
    sendPost: wrapped('sendPost', network.sendPost),
    ownPosts: wrapped('ownPosts', network.ownPosts),
  }
  const first = process({ db: slow, network: slowly })
  await rounds(first, false)
  await rounds(second, true)
  const texts = network.published.map(({ text }) => text).toSorted()
  const [place] = places
  return place ? { place, texts, states: await states() } : null
}

for (const asked of [false, true]) {
  const people = asked ? ', while people answer “send it again” to all that is asked' : ''
  t.test(
    `a publisher that stands still for longer than its lease sends nothing twice${people}`,
    { timeout: 240_000 },
    async (t) => {
      const places = new Set<string>()
      for (const seed of seedsFor(asked)) {
        for (let position = 0; ; position++) {
          const end = await freezeAt(t, { seed, position, asked })
          if (!end) break
          places.add(end.place)
          // Between our last look at the clock and the socket only the client’s deadline protects; see `stand-in.test.ts`.
          if (asked && end.place === 'before sendPost') continue
          const where = `${seed}, still at step ${position}, ${end.place}`
          // Who stands still between X’s renewal and our saving it loses the permission: people connect again.
          const lost = end.place === 'after refresh'
          t.same(end.texts, lost ? [] : ['Look', 'One', 'Two'], where)
          t.same(end.states, Array(3).fill(lost ? 'waiting' : 'posted'), where)
        }
      }
      const everywhere = ['a transaction', 'ownPosts', 'uploadImage', 'sendPost'].map(
        (name) => `after ${name}`,
      )
      t.ok(['before sendPost', ...everywhere].every((place) => places.has(place)))
    },
  )
}

t.test('alone and still for long after its claim, it sends nothing and tries anew', async (t) => {
  const { db, clock, network, process, queue, state } = await desk(t, { policy: { lateAfterMinutes: 5 } })
  await process().run()
  await queue('One')
  let claimed = false
  const slow: Database = {
    ...db,
    async write(work) {
      const value = await db.write(work)
      const [open] = await db.read.select().from(attempts)
      if (open && !claimed) clock.pass(60)
      if (open) claimed = true
      return value
    },
  }
  clock.moveMachine(2)
  await process({ db: slow }).run()
  t.equal(network.sent.length, 0)
  t.equal(await state(), 'late', 'and what is too late by then is asked about')
  t.match(await db.read.select().from(attempts), [{ outcome: 'put-off', trouble: /stood still/ }])
})
