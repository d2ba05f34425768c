import { setImmediate as soon } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { mails, secondPosts } from '../../src/db/schema/index.ts'
import { fingerprintAsSeen, sendAgain } from '../../src/drafts/deliveries/let-go.ts'
import { takeDown } from '../../src/listening/take-down.ts'
import { findDelivery } from '../../src/publishing/deliveries.ts'
import { nextTry, passWaits } from '../../src/publishing/pass-waits.ts'
import { createPublisher } from '../../src/publishing/publisher.ts'
import { findReleasable } from '../../src/publishing/release.ts'
import { findActor } from '../../src/rota/powers.ts'
import { testApp } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { testClock } from '../support/clock.ts'
import { connected, problem, scriptedNetwork, testVault } from '../support/network.ts'
import { ACCOUNT, anAccount, LEAD } from '../support/story.ts'

/**
 * X took a post and answers only much later: meanwhile it was looked for in vain, and a person had it sent again. `answer`
 * lets the first answer come.
 */
async function takenTwice(t: Test) {
  const at = '2026-11-18T09:00:00Z'
  const network = scriptedNetwork(testClock(at))
  const made = await testApp(t, { network, at })
  const { db, clock, deps, visitor } = made
  await anAccount(db, { now: clock.now() })
  await connected({ db, clock }, network)
  const [queued] = (
    await approved(db, { parts: ['Said once'], dueAt: clock.now(), now: clock.now(), networkUserId: '900' })
  ).deliveries
  const settings = { publicUrl: () => 'http://week.example', mode: 'live' as const }
  const process = (owner: string) => createPublisher({ ...deps, vault: testVault, settings, owner })
  let answer = () => {}
  const late = new Promise<void>((resolve) => (answer = resolve))
  network.steps.push({ publish: true, lag: 99, meanwhile: () => late })
  const frozen = process('frozen').run()
  while (network.sent.length === 0) await soon()
  const publisher = process('next')
  for (let minute = 0; minute < 7; minute++) {
    clock.pass(1)
    await publisher.run()
  }
  const delivery = async () => (await findDelivery(db.read, queued!.id))!
  const seen = async () => {
    const { version } = await delivery()
    const fingerprint = fingerprintAsSeen(await findReleasable(db.read, await delivery()))
    const actor = (await findActor(db.read, LEAD.id, clock.now()))!
    return { deliveryId: queued!.id, version, fingerprint, actor }
  }
  t.equal((await delivery()).state, 'unknown')
  await sendAgain({ ...deps, vault: testVault, settings }, await seen())
  await publisher.run()
  t.equal((await delivery()).state, 'posted')
  const answered = async () => {
    answer()
    await frozen
    return (await db.read.select().from(secondPosts))[0]
  }
  const run = async (minutes: number) => {
    clock.pass(minutes)
    await publisher.run()
  }
  const helen = await visitor(LEAD.email)
  const page = `/deliveries/${queued!.id}`
  const settle = async (fate: string, networkId: string) => {
    const { version } = await delivery()
    return helen.post(page, `${page}/second-post`, { version: String(version), networkId, fate })
  }
  const told = async () => (await db.read.select().from(mails)).filter(({ subject }) => /twice/.test(subject))
  return { ...made, network, delivery, seen, answered, run, helen, page, settle, told }
}

t.test(
  'a post that X took twice is told of with both places, until the second one is taken down',
  async (t) => {
    const { network, delivery, answered, run, helen, page, settle, told } = await takenTwice(t)
    t.equal((await helen.get('/today')).body.includes('stands twice'), false)
    const second = await answered()
    const [first, other] = network.published.map(({ id }) => id)
    t.match(second, { networkId: first, state: 'standing' })
    t.equal((await delivery()).networkId, other)
    t.match(await told(), [{ subject: 'A post of @NorthDaleHealth stands twice' }, {}])
    for (const id of [first, other])
      t.match((await told())[0]!.text, `https://x.com/NorthDaleHealth/status/${id}`)
    t.match((await helen.get('/today')).body, 'A post stands twice on X')
    for (const words of ['It went out twice', first!, other!]) t.match((await helen.get(page)).body, words)

    network.removing.push({ problem: problem('unreachable', 'X could not be reached.') })
    t.equal((await settle('take-down', first!)).statusCode, 303)
    t.equal((await settle('leave', first!)).statusCode, 409, 'somebody was faster')
    await run(0)
    t.match((await helen.get(page)).body, 'X could not be reached')
    t.match((await helen.get('/today')).body, 'A post stands twice on X')
    await run(1)
    t.same(network.removals, [first, first])
    t.same(
      network.timeline.map(({ id }) => id),
      [other],
    )
    t.notMatch((await helen.get('/today')).body, 'stands twice')
    t.match((await helen.get(page)).body, 'The second one is gone from X')
    t.equal((await delivery()).state, 'posted')
  },
)

t.test('a second post that can’t be taken down is told of once more, and goes on being tried', async (t) => {
  const { network, answered, run, settle, told, helen } = await takenTwice(t)
  const { networkId } = (await answered())!
  const before = (await told()).length
  for (let time = 0; time < 5; time++) network.removing.push({ problem: problem('forbidden', 'Not yours.') })
  await settle('take-down', networkId)
  for (let hour = 0; hour < 4; hour++) await run(60)
  t.match((await told()).slice(before), [{ text: /Not yours/ }, { text: /Not yours/ }], 'lead and approver')
  t.equal((await told()).length, before + 2)
  t.match((await helen.get('/today')).body, 'A post stands twice on X')
  for (let hour = 0; hour < 2; hour++) await run(60)
  t.equal(network.timeline.length, 1)
})

t.test('in a sandbox the wait of a second post’s removal passes with the others', async (t) => {
  const { db, clock, network, answered, run, settle } = await takenTwice(t)
  const { networkId } = (await answered())!
  network.removing.push({ problem: problem('forbidden', 'Not yours.') })
  await settle('take-down', networkId)
  await run(0)
  const again = await nextTry({ db, clock })
  t.equal(again!.getTime() - clock.now().getTime(), 60 * 60_000)
  await passWaits(db, 60 * 60_000)
  await run(0)
  t.equal(network.timeline.length, 1)
})

t.test('both can be left; who takes the post down afterwards means both', async (t) => {
  const { db, clock, network, answered, run, seen, helen, settle, told } = await takenTwice(t)
  const { networkId } = (await answered())!
  t.equal((await settle('leave', networkId)).statusCode, 303)
  t.notMatch((await helen.get('/today')).body, 'stands twice')
  t.equal((await told()).length, 2)
  const { deliveryId, actor } = await seen()
  const asked = { deliveryId, scope: 'part', seen: 'posted', reason: 'A name in it.', actor } as const
  await takeDown({ db, clock, publicUrl: 'http://week.example' }, asked)
  await run(1)
  t.same(network.timeline, [])
})

t.test('where the post was taken down before, the second one goes by itself', async (t) => {
  const { db, clock, network, answered, run, seen, told } = await takenTwice(t)
  const { deliveryId, actor } = await seen()
  const asked = { deliveryId, scope: 'part', seen: 'posted', reason: 'A name in it.', actor } as const
  await takeDown({ db, clock, publicUrl: 'http://week.example' }, asked)
  await run(1)
  await answered()
  t.same(await told(), [])
  await run(1)
  t.same(network.timeline, [])
  t.match(await db.read.select().from(secondPosts), [{ state: 'removed', accountId: ACCOUNT }])
})

t.test('a second post is settled on the page of its own post only', async (t) => {
  const { db, clock, answered, run, helen } = await takenTwice(t)
  const { networkId } = (await answered())!
  const [elsewhere] = (
    await approved(db, {
      parts: ['Said elsewhere'],
      dueAt: clock.now(),
      now: clock.now(),
      networkUserId: '900',
    })
  ).deliveries
  await run(0)
  const { id, version, state } = (await findDelivery(db.read, elsewhere!.id))!
  t.equal(state, 'posted')
  const sent = { version: String(version), networkId, fate: 'take-down' }
  t.equal((await helen.post('/today', `/deliveries/${id}/second-post`, sent)).statusCode, 404)
  t.match(await db.read.select().from(secondPosts), [{ state: 'standing' }])
})

t.test('one that shows only after the first was taken down waits for somebody’s word', async (t) => {
  const { db, clock, network, run, seen, helen, page, settle } = await takenTwice(t)
  const { deliveryId, actor } = await seen()
  const asked = { deliveryId, scope: 'part', seen: 'posted', reason: 'A name in it.', actor } as const
  await takeDown({ db, clock, publicUrl: 'http://week.example' }, asked)
  await run(1)
  const { id } = network.byHand({ text: 'Said once', createdAt: network.published[0]!.createdAt })
  await run(15)
  t.match((await helen.get('/today')).body, 'What was taken down stands on X once more')
  t.match((await helen.get(page)).body, /The second one on X[^]*Leave it there/)
  t.equal((await settle('take-down', id)).statusCode, 303)
  await run(1)
  t.same(network.removals.at(-1), id)
  t.notMatch((await helen.get('/today')).body, 'once more')
})
