import t from 'tap'
import { attempts } from '../../src/db/schema/index.ts'
import { fingerprintAsSeen, sendAgain } from '../../src/drafts/deliveries/let-go.ts'
import type { SendAnswer } from '../../src/networks/network.ts'
import { findReleasable } from '../../src/publishing/release.ts'
import { leaveIt } from '../../src/publishing/settle-delivery.ts'
import { findActor } from '../../src/rota/powers.ts'
import { problem } from '../support/network.ts'
import { desk, refused, unknown } from '../support/publishing-desk.ts'
import { LEAD } from '../support/story.ts'

/** X answers a process that stood still: meanwhile another one looked for the post, for as long as it does. */
async function answeredLate(t: Parameters<typeof desk>[0]) {
  const world = await desk(t)
  const { db, clock, network } = world
  const answerLate = (
    answer: SendAnswer,
    {
      publish = false,
      after,
    }: { publish?: boolean; after?: (other: ReturnType<typeof world.process>) => Promise<unknown> } = {},
  ) => {
    const other = world.process()
    network.steps.push({
      publish,
      answer,
      meanwhile: async () => {
        clock.pass(2)
        for (let minute = 0; minute < 5; minute++) {
          await other.run()
          clock.pass(1)
        }
        await after?.(other)
      },
    })
  }
  const seen = async () => {
    const delivery = (await world.now())[0]!
    const fingerprint = fingerprintAsSeen(await findReleasable(db.read, delivery))
    const actor = (await findActor(db.read, LEAD.id, clock.now()))!
    return { deliveryId: delivery.id, version: delivery.version, fingerprint, actor }
  }
  return { ...world, answerLate, seen }
}

t.test('a definite answer counts whoever has the lease by then', async (t) => {
  const { clock, network, process, publisher, queue, state } = await desk(t)
  await queue('One')
  const other = process()
  network.steps.push({
    publish: true,
    lag: 99,
    meanwhile: async () => {
      clock.pass(2)
      await other.run()
      t.equal(await state(), 'unknown', 'the other one found an attempt without an answer')
    },
  })
  await publisher.run()
  t.equal(await state(), 'posted')
})

t.test(
  'an answer that comes late and settles nothing changes nothing of what is known by then',
  async (t) => {
    const rows: [late: SendAnswer, becomes: string][] = [
      [unknown, 'posted'],
      [{ outcome: 'duplicate', problem: problem('duplicate') }, 'posted'],
      [refused('forbidden'), 'posted'],
    ]
    for (const [late, becomes] of rows) {
      const { db, network, publisher, queue, state, answerLate } = await answeredLate(t)
      await queue('One')
      answerLate(late, { publish: true })
      await publisher.run()
      t.equal(await state(), becomes, late.outcome)
      t.match(await db.read.select().from(attempts), [{ outcome: becomes }])
      t.equal(network.sent.length, 1)
    }
  },
)

t.test('a refusal that comes late makes of what nobody knew what it would have been in time', async (t) => {
  const rows: [late: SendAnswer, becomes: string, outcome: string][] = [
    [refused('forbidden'), 'failed thread-broken', 'refused'],
    [refused('credit'), 'credit thread-broken', 'refused'],
    [refused('limited', '', new Date('2026-11-18T09:20:00Z')), 'waiting thread-broken', 'put-off'],
  ]
  for (const [late, becomes, outcome] of rows) {
    const { db, network, publisher, queue, state, answerLate, mailsTo } = await answeredLate(t)
    await queue('One', 'Two')
    answerLate(late, { after: async () => t.equal(await state(), 'unknown thread-broken') })
    await publisher.run()
    t.equal(await state(), becomes)
    t.match(await db.read.select().from(attempts), [{ outcome, nextLookAt: null, watchAt: null }])
    t.equal(network.sent.length, 1)
    const asked = (await mailsTo()).filter(({ subject }) => /did not go out|is held/.test(subject))
    t.equal(asked.length, outcome === 'refused' ? 1 : 0)
  }
})

t.test('what X refused late for its limit goes out after it, with the rest of its thread', async (t) => {
  const { clock, network, process, publisher, queue, state, answerLate } = await answeredLate(t)
  await queue('One', 'Two')
  answerLate(refused('limited', '', new Date('2026-11-18T09:20:00Z')))
  await publisher.run()
  for (let minute = 0; minute < 15; minute++) {
    clock.pass(1)
    await process().run()
  }
  t.equal(await state(), 'posted posted')
  t.same(
    network.published.map(({ text }) => text),
    ['One', 'Two'],
  )
})

t.test('a late refusal settles its own attempt only, whatever was decided or sent since', async (t) => {
  const sentAgain = await answeredLate(t)
  await sentAgain.queue('One')
  const again = { publish: false, answer: unknown }
  sentAgain.answerLate(refused('forbidden'), {
    after: async (other) => {
      await sendAgain(sentAgain.deps, await sentAgain.seen())
      sentAgain.network.steps.push(again)
      await other.run()
      t.equal(await sentAgain.state(), 'unknown')
    },
  })
  await sentAgain.publisher.run()
  t.equal(await sentAgain.state(), 'unknown', 'nobody knows of the second try still')
  const tries = (await sentAgain.db.read.select().from(attempts)).toSorted((a, b) => +a.at - +b.at)
  t.match(tries, [{ outcome: 'refused', watchAt: null }, { outcome: 'unknown' }])

  const left = await answeredLate(t)
  await left.queue('One')
  left.answerLate(refused('forbidden'), {
    after: async () => void (await leaveIt(left.deps, await left.seen())),
  })
  await left.publisher.run()
  t.equal(await left.state(), 'abandoned')
  t.match(await left.db.read.select().from(attempts), [{ outcome: 'refused', watchAt: null }])

  const waits = await answeredLate(t)
  await waits.queue('One')
  waits.answerLate(refused('forbidden'), {
    after: async () => void (await sendAgain(waits.deps, await waits.seen())),
  })
  await waits.publisher.run()
  t.equal(await waits.state(), 'waiting')
  await waits.process().run()
  t.equal(await waits.state(), 'posted')
  t.equal(waits.network.published.length, 1)
})
