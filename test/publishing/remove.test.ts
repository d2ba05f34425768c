import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import type { Database } from '../../src/db/database.ts'
import { accounts, connections, deliveries, leases, removals } from '../../src/db/schema/index.ts'
import type { Problem } from '../../src/networks/network.ts'
import { listTroubled } from '../../src/publishing/deliveries.ts'
import type { RemovalScope } from '../../src/publishing/delivery.ts'
import { asSeen, beginRemoval } from '../../src/publishing/removals.ts'
import { removeAgain } from '../../src/publishing/settle-delivery.ts'
import { findActor } from '../../src/rota/powers.ts'
import { connected, problem } from '../support/network.ts'
import { desk, refused, unknown } from '../support/publishing-desk.ts'
import { ACCOUNT, LEAD } from '../support/story.ts'

/** A desk on which a thread stands on the account. */
async function posted(t: Test, parts = ['One', 'Two', 'Three']) {
  const world = await desk(t)
  const { db, clock, publisher, queue, now } = world
  const actor = (await findActor(db.read, LEAD.id, clock.now()))!
  await queue(...parts)
  for (const _ of parts) {
    await publisher.run()
    clock.pass(0.1)
  }
  const down = async (position = 0, scope: RemovalScope = 'thread') => {
    const all = await now()
    const { id: deliveryId } = all[position]!
    const decided = { deliveryId, scope, seen: asSeen(all), reason: 'A name in it.', actor }
    return db.write((tx) => beginRemoval(tx, { ...decided, now: clock.now() }))
  }
  return { ...world, actor, down }
}

t.test('a thread goes from its end, also while the brake is on', async (t) => {
  const { db, clock, network, publisher, down, state, now, recorded } = await posted(t)
  t.equal(await state(), 'posted posted posted')
  const { goes, cancelled } = await down()
  t.same([goes.length, cancelled.length], [3, 0])
  t.equal(await state(), 'removing removing removing')
  await db.write((tx) => brake(tx, clock.now()))
  t.same(await publisher.run(), { nextAt: null })
  t.equal(await state(), 'removed removed removed')
  t.same(network.removals, ['1003', '1002', '1001'])
  t.same(network.timeline, [])
  t.match((await now())[1], { payload: { text: 'Two' }, networkId: '1002', postedAt: Date })
  t.match(await recorded('delivery.taken-down'), [
    { personId: LEAD.id, details: { reason: 'A name in it.', count: 3 } },
  ])
  t.equal((await recorded('delivery.removed')).length, 3)
  t.match(await db.read.select().from(removals), [
    { reason: 'A name in it.', personId: LEAD.id, tries: 0, stuckAt: null },
  ])
  await publisher.run()
  t.equal(network.removals.length, 3, 'and is not asked for again')
})

t.test('what a part takes with it, and what stops it', async (t) => {
  const rows: {
    states: string
    position: number
    scope: RemovalScope
    becomes: string | RegExp
  }[] = [
    { states: 'posted posted', position: 0, scope: 'part', becomes: 'removing posted' },
    { states: 'posted posted', position: 1, scope: 'part', becomes: 'posted removing' },
    { states: 'posted posted', position: 1, scope: 'thread', becomes: 'removing removing' },
    { states: 'posted waiting', position: 0, scope: 'part', becomes: 'removing cancelled' },
    { states: 'posted failed', position: 0, scope: 'thread', becomes: 'removing cancelled' },
    { states: 'posted held held', position: 0, scope: 'thread', becomes: 'removing cancelled cancelled' },
    { states: 'posted removed failed', position: 0, scope: 'thread', becomes: 'removing removed cancelled' },
    { states: 'posted abandoned', position: 0, scope: 'thread', becomes: 'removing abandoned' },
    { states: 'posted removing', position: 0, scope: 'thread', becomes: 'removing removing' },
    { states: 'posted sending', position: 0, scope: 'part', becomes: /being sent at this moment/ },
    { states: 'posted unknown', position: 0, scope: 'thread', becomes: /We don’t know yet/ },
    { states: 'waiting waiting', position: 0, scope: 'thread', becomes: /Nothing of it stands/ },
    { states: 'sending', position: 0, scope: 'part', becomes: /It is being sent at this moment/ },
    { states: 'unknown', position: 0, scope: 'part', becomes: /We don’t know yet whether it went out/ },
    { states: 'posted failed', position: 1, scope: 'part', becomes: /Nothing of it stands/ },
    { states: 'removed', position: 0, scope: 'part', becomes: /Nothing of it stands/ },
  ]
  for (const { states, position, scope, becomes } of rows) {
    const name = `${states}, ${scope} ${position}`
    const wanted = states.split(' ')
    const { db, down, state } = await posted(
      t,
      wanted.map((_, at) => `Part ${at}`),
    )
    await db.write((tx) => setStates(tx, wanted))
    if (typeof becomes === 'string') {
      await down(position, scope)
      t.equal(await state(), becomes, name)
    } else {
      await t.rejects(down(position, scope), becomes, name)
      t.equal(await state(), states, name)
    }
  }
})

t.test('nothing is taken down on the word of an older page', async (t) => {
  const { db, clock, actor, now, down, state } = await posted(t, ['One', 'Two'])
  const seen = asSeen(await now())
  await down(1, 'part')
  const { id: deliveryId } = (await now())[0]!
  const decided = { deliveryId, scope: 'thread' as const, seen, reason: 'Wrong', actor, now: clock.now() }
  await t.rejects(
    db.write((tx) => beginRemoval(tx, decided)),
    /Something happened to it/,
  )
  t.equal(await state(), 'posted removing')
})

t.test('each answer of the network has its row', async (t) => {
  const until = new Date('2026-11-18T09:30:00Z')
  const rows: {
    problem: Problem
    trouble: RegExp
    /** Whether the leads are told at once. */
    stuck: boolean
    /** Minutes until it is tried again. */
    pause: number
  }[] = [
    { problem: problem('unreachable', 'X answered 503.'), trouble: /503/, stuck: false, pause: 0.25 },
    { problem: problem('limited', '', until), trouble: /takes nothing more/, stuck: false, pause: 29.9 },
    { problem: problem('limited'), trouble: /takes nothing more/, stuck: false, pause: 0.25 },
    { problem: problem('forbidden', 'Not yours.'), trouble: /X said: “Not yours.”/, stuck: true, pause: 60 },
    {
      problem: problem('credit', 'No credits.'),
      trouble: /credit with X was used up/,
      stuck: true,
      pause: 60,
    },
  ]
  for (const row of rows) {
    const { db, clock, network, publisher, down, state, now, recorded, mailsTo } = await posted(t, ['One'])
    await down()
    network.removing.push({ problem: row.problem })
    const { nextAt } = await publisher.run()
    t.equal(await state(), 'removing', row.problem.code)
    t.match((await now())[0], { trouble: row.trouble })
    t.equal((nextAt!.getTime() - clock.machine().getTime()) / 60_000, row.pause, row.problem.code)
    t.equal((await listTroubled(db.read, ACCOUNT)).length, Number(row.stuck), row.problem.code)
    t.equal((await mailsTo()).length, Number(row.stuck), row.problem.code)
    t.equal((await recorded('delivery.removal-stuck')).length, Number(row.stuck))
    await publisher.run()
    t.equal(network.removals.length, 1, 'not asked again at once')
    clock.pass(row.pause)
    await publisher.run()
    t.equal(await state(), 'removed', row.problem.code)
    t.same((await now())[0]!.trouble, null)
    t.same(await listTroubled(db.read, ACCOUNT), [])
  }
})

t.test('what fails again and again is told once, and goes on being tried', async (t) => {
  const { db, clock, network, publisher, down, state, actor, now, mailsTo } = await posted(t, ['One', 'Two'])
  await down()
  for (let time = 0; time < 12; time++)
    network.removing.push({ problem: problem('unreachable', 'No answer.') })
  for (let minute = 0; minute < 20; minute++) {
    clock.pass(1)
    await publisher.run()
  }
  t.equal(await state(), 'removing removing')
  t.match(await mailsTo(), [
    { kind: 'delivery-trouble', subject: /is not taken down yet/, text: /No answer\. It is tried again/ },
  ])
  t.equal((await mailsTo()).length, 1, 'one mail for the thread')
  t.equal((await listTroubled(db.read, ACCOUNT)).length, 1)
  const asked = network.removals.length
  network.removing = []
  const { id: deliveryId, version } = (await now())[0]!
  await removeAgain({ db }, { deliveryId, version, actor })
  await publisher.run()
  t.equal(network.removals.length, asked + 1, 'a person can ask for it at once')
  t.equal(await state(), 'removed removing')
  clock.pass(60)
  await publisher.run()
  t.equal(await state(), 'removed removed')
})

t.test('a token that is not taken is renewed once; without a permission it waits for one', async (t) => {
  const { db, clock, network, publisher, down, state } = await posted(t, ['One', 'Two'])
  network.goodTokens.clear()
  await down(1, 'part')
  await publisher.run()
  t.equal(await state(), 'posted removed')
  t.equal(network.calls['refresh'], 1)
  network.goodTokens.clear()
  network.refreshes.push(problem('invalid', 'Value passed for the token was invalid.'))
  await down(0, 'part')
  await publisher.run()
  t.equal(await state(), 'removing removed')
  t.match(await db.read.select().from(connections), [{ state: 'reconnect' }])
  t.match(await listTroubled(db.read, ACCOUNT), [{ trouble: /as soon as the right account is connected/ }])
  await connected({ db, clock }, network)
  clock.pass(0.25)
  await publisher.run()
  t.equal(await state(), 'removed removed')
})

t.test('nothing is taken down in the name of another user than the one who posted it', async (t) => {
  const { db, clock, network, publisher, down, state, now, mailsTo } = await posted(t, ['One'])
  const connectedAs = (networkUserId: string) =>
    db.write(async (tx) => void (await tx.update(connections).set({ networkUserId })))
  await connectedAs('901')
  await down()
  await publisher.run()
  t.equal(await state(), 'removing')
  t.same(network.removals, [])
  t.match(await now(), [{ trouble: /as soon as the right account is connected/ }])
  t.equal((await mailsTo()).length, 1)
  await connectedAs('900')
  clock.pass(0.25)
  await publisher.run()
  t.equal(await state(), 'removed')
})

t.test(
  'while X can’t be reached the other posts of the account wait, and who is overtaken asks no more',
  async (t) => {
    const { db, clock, network, publisher, down, state } = await posted(t, ['One', 'Two'])
    await down()
    network.removing.push({ problem: problem('unreachable', 'No answer.') })
    await publisher.run()
    t.same(network.removals, ['1002'])
    clock.pass(0.25)
    network.removing.push({
      meanwhile: () =>
        db.write(async (tx) => void (await tx.update(leases).set({ owner: 'another', fence: 99 }))),
    })
    await publisher.run()
    t.equal(network.removals.length, 2)
    t.match(await state(), /removed/, 'what X said counts all the same')
    t.match(await state(), /removing/)
  },
)

t.test('a process that dies while it asks leaves it to the next one', async (t) => {
  const { db, network, process, down, state } = await posted(t, ['One'])
  let dead = false
  const mortal: Database = {
    ...db,
    write: (work) => (dead ? Promise.reject(new Error('dead')) : db.write(work)),
  }
  await down()
  network.removing.push({ meanwhile: () => void (dead = true) })
  // The lease of the process before has to run out, or be given back.
  const dying = process({ db: mortal })
  await db.write((tx) => endLease(tx))
  await t.rejects(dying.run(), /dead/)
  t.same([await state(), network.timeline.length], ['removing', 0], 'gone from X, and nobody wrote it down')
  await db.write((tx) => endLease(tx))
  await process().run()
  t.equal(await state(), 'removed')
  t.equal(network.removals.length, 2)
})

t.test('a part that is being sent is not taken from its thread', async (t) => {
  const { network, clock, publisher, queue, state, now, db } = await desk(t)
  const actor = (await findActor(db.read, LEAD.id, clock.now()))!
  await queue('One', 'Two', 'Three')
  await publisher.run()
  clock.pass(0.1)
  const down = async () => {
    const all = await now()
    const { id: deliveryId } = all[0]!
    const decided = { deliveryId, scope: 'thread' as const, seen: asSeen(all), reason: 'Stop', actor }
    return db.write((tx) => beginRemoval(tx, { ...decided, now: clock.now() }))
  }
  network.steps.push({
    publish: true,
    meanwhile: async () => void (await t.rejects(down(), /being sent at this moment/)),
  })
  await publisher.run()
  t.equal(await state(), 'posted posted waiting')
  await down()
  t.equal(await state(), 'removing removing cancelled', 'what waited goes nowhere')
  clock.pass(1)
  await publisher.run()
  t.equal(await state(), 'removed removed cancelled')
  t.equal(network.sent.length, 2)
})

t.test('a thread that broke in the middle can be taken down, once its broken part is known', async (t) => {
  const { network, clock, publisher, queue, state, now, db } = await desk(t)
  const actor = (await findActor(db.read, LEAD.id, clock.now()))!
  const down = async () => {
    const all = await now()
    const decided = { deliveryId: all[0]!.id, scope: 'thread' as const, seen: asSeen(all), reason: 'Half' }
    return db.write((tx) => beginRemoval(tx, { ...decided, actor, now: clock.now() }))
  }
  await queue('One', 'Two', 'Three')
  await publisher.run()
  clock.pass(0.1)
  network.steps.push({ publish: true, answer: unknown })
  await publisher.run()
  await t.rejects(down(), /We don’t know yet/)
  network.steps.push({ publish: false, answer: refused('forbidden') })
  for (let look = 0; look < 3; look++) {
    clock.pass(1)
    await publisher.run()
  }
  t.equal(await state(), 'posted posted failed')
  await down()
  await publisher.run()
  t.equal(await state(), 'removed removed cancelled')
})

type Tx = Parameters<Parameters<Database['write']>[0]>[0]

async function brake(tx: Tx, now: Date): Promise<void> {
  await tx.update(accounts).set({ brakeAt: now })
}

async function setStates(tx: Tx, states: string[]): Promise<void> {
  for (const [position, state] of states.entries())
    await tx
      .update(deliveries)
      .set({ state: state as (typeof deliveries.$inferSelect)['state'] })
      .where(eq(deliveries.position, position))
}

async function endLease(tx: Tx): Promise<void> {
  await tx.update(leases).set({ until: new Date(0) })
}
