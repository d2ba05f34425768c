import t, { type Test } from 'tap'
import { findConnection } from '../../src/accounts/accounts.ts'
import { connect, disconnect } from '../../src/accounts/connection.ts'
import { attempts, connections, deliveries, mails } from '../../src/db/schema/index.ts'
import { openImageFiles } from '../../src/images/image-files.ts'
import type { Network } from '../../src/networks/network.ts'
import { createXNetwork } from '../../src/networks/x.ts'
import { createSandboxClient, type FaultKind } from '../../src/networks/x-sandbox/client.ts'
import { startStandIn } from '../../src/networks/x-sandbox/stand-in.ts'
import { takeDown } from '../../src/listening/take-down.ts'
import { createPublisher } from '../../src/publishing/publisher.ts'
import { asSeen } from '../../src/publishing/removals.ts'
import { findActor } from '../../src/rota/powers.ts'
import { approved } from '../support/approved.ts'
import { testClock } from '../support/clock.ts'
import { testDatabase } from '../support/database.ts'
import { testVault } from '../support/network.ts'
import { picture } from '../support/publishing-desk.ts'
import { ACCOUNT, anAccount, LEAD } from '../support/story.ts'

const app = { clientId: 'an-app', clientSecret: 'a secret' }
const handle = 'NorthDaleHealth'
const redirectUri = 'http://127.0.0.1:3000/connections/x/callback'

/** The publisher, the client that speaks to X, and the stand-in for X: everything but X itself. */
async function world(t: Test) {
  const { db, folder } = testDatabase(t)
  const clock = testClock('2026-11-18T09:00:00Z')
  await anAccount(db, { now: clock.now(), policy: { lateAfterMinutes: 600 } })
  const users = [{ handle, name: 'NorthDale Health', kind: 'account' as const }]
  const standIn = await startStandIn({ file: ':memory:', port: 0, clock, users })
  t.teardown(() => standIn.close())
  const x = createSandboxClient(standIn)
  const network = createXNetwork({
    ...app,
    standIn: { host: '127.0.0.1', port: standIn.port },
    deadlineMs: 2000,
  })
  const images = openImageFiles(folder)
  const settings = { publicUrl: () => 'http://week.example', sendDeadlineMs: 400 }
  const deps = { db, clock, network, vault: testVault, images, settings }
  const actor = (await findActor(db.read, LEAD.id, clock.now()))!
  const publisher = createPublisher({ ...deps, owner: 'process' })
  const queue = (...parts: Parameters<typeof approved>[1]['parts']) =>
    approved(db, { parts, dueAt: clock.now(), now: clock.now() })
  const state = async () =>
    (await db.read.select().from(deliveries))
      .toSorted((one, other) => one.position - other.position)
      .map((one) => one.heldReason ?? one.state)
      .join(' ')
  const after = (minutes: number) => {
    clock.pass(minutes)
    return publisher.run()
  }
  /** Through the page of consent, as a lead goes. */
  const consent = async () => {
    const { url, state, codeVerifier } = network.beginConnection({ redirectUri })
    const page = await (await fetch(url)).text()
    const form = new URLSearchParams(
      [...page.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]): [string, string] => [
        name!,
        value!,
      ]),
    )
    form.set('user', (await x.users()).find((user) => user.handle === handle)!.id)
    const answer = await fetch(new URL('/i/oauth2/authorize', url), {
      method: 'POST',
      body: form,
      redirect: 'manual',
    })
    const back = new URL(answer.headers.get('location')!)
    t.equal(back.searchParams.get('state'), state)
    await connect(deps, {
      accountId: ACCOUNT,
      code: back.searchParams.get('code')!,
      codeVerifier,
      redirectUri,
      actor,
    })
  }
  return { db, clock, x, images, deps, actor, publisher, queue, state, after, consent }
}

t.test('from consent to a thread with a picture on X', async (t) => {
  const { db, clock, x, images, deps, actor, publisher, queue, state, after, consent } = await world(t)
  await consent()
  t.match(await findConnection(db.read, ACCOUNT), { state: 'connected', networkHandle: handle })
  const hash = await picture(db, images, clock.now())
  await queue(
    { text: 'Good morning from www.nhs.uk & friends', images: [{ hash, alt: 'All red' }] },
    'And more',
  )
  await publisher.run()
  await after(0.1)
  t.equal(await state(), 'posted posted')
  const [second, first] = await x.allPosts()
  t.match(first, { text: /^Good morning from/ })
  t.match(second, { text: 'And more', replyTo: first!.id })

  await after(121)
  await queue('After two hours')
  await publisher.run()
  t.equal(await state(), 'posted posted posted', 'with a renewed permission')
  t.same(await disconnect(deps, { accountId: ACCOUNT, actor }), { revoked: true })
  await queue('Nobody hears this')
  await publisher.run()
  t.equal((await x.allPosts()).length, 3)
  t.match(await state(), 'reconnect')
})

t.test('each thing that can go wrong on the way leaves one post, or none and a reason', async (t) => {
  const rows: { kind: FaultKind; first: string; finally: string; posts: number }[] = [
    { kind: 'drop-before', first: 'unknown', finally: 'unknown', posts: 0 },
    { kind: 'drop-after', first: 'unknown', finally: 'posted', posts: 1 },
    { kind: 'hang-before', first: 'unknown', finally: 'unknown', posts: 0 },
    { kind: 'hang-after', first: 'unknown', finally: 'posted', posts: 1 },
    { kind: 'cut', first: 'unknown', finally: 'posted', posts: 1 },
    { kind: 'garbled', first: 'unknown', finally: 'posted', posts: 1 },
    { kind: 'page', first: 'unknown', finally: 'posted', posts: 1 },
    { kind: 'server-error-after', first: 'unknown', finally: 'posted', posts: 1 },
    { kind: 'unavailable-before', first: 'unknown', finally: 'unknown', posts: 0 },
    { kind: 'limited', first: 'waiting', finally: 'posted', posts: 1 },
    { kind: 'limited-bare', first: 'unknown', finally: 'unknown', posts: 0 },
    { kind: 'credit', first: 'credit', finally: 'credit', posts: 0 },
    { kind: 'unauthorised', first: 'posted', finally: 'posted', posts: 1 },
  ]
  for (const row of rows) {
    const { x, publisher, queue, state, after, consent } = await world(t)
    await consent()
    await queue('See https://www.nhs.uk/ & ask')
    await x.addFault({ route: 'POST /2/tweets', kind: row.kind })
    await publisher.run()
    t.equal(await state(), row.first, row.kind)
    for (const minutes of [1, 1, 1, 1, 15]) await after(minutes)
    t.equal(await state(), row.finally, row.kind)
    t.equal((await x.allPosts()).length, row.posts, row.kind)
  }
})

t.test('the same words again, and an answer to nobody: X says why', async (t) => {
  const { db, x, publisher, queue, state, after, consent } = await world(t)
  await consent()
  await queue('Good morning')
  await publisher.run()
  await queue('Good morning')
  await publisher.run()
  t.match(await state(), 'unknown')
  for (let look = 0; look < 4; look++) await after(1)
  t.equal((await x.allPosts()).length, 1)
  t.match(await db.read.select().from(mails), [{ kind: 'delivery-trouble' }])
  await queue({ text: 'Yes', replyTo: '12345' })
  await publisher.run()
  t.match((await db.read.select().from(attempts)).at(-1), {
    outcome: 'refused',
    trouble: /X said: “You attempted to reply/,
  })
})

t.test('a process that stands still between its claim and the socket sends nothing afterwards', async (t) => {
  const { deps, x, queue, state, after, consent } = await world(t)
  await consent()
  await queue('Good morning')
  const network: Network = {
    ...deps.network,
    sendPost(...given) {
      const answer = deps.network.sendPost(...given)
      // The event loop stands still, as it does in a process that is frozen: for longer than a send may last.
      setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000))
      return answer
    },
  }
  const still = createPublisher({ ...deps, network, owner: 'still' })
  await still.run()
  t.equal(await state(), 'unknown')
  await still.stop()
  for (let look = 0; look < 5; look++) await after(1)
  t.equal(await state(), 'unknown')
  t.equal((await x.allPosts()).length, 0)
})

t.test('a permission that was taken back on X is lost here too', async (t) => {
  const { db, deps, publisher, queue, state, consent } = await world(t)
  await consent()
  const { refreshToken } = (await findConnection(db.read, ACCOUNT))!
  await deps.network.revoke(testVault.open(refreshToken!, ACCOUNT))
  await queue('Good morning')
  await publisher.run()
  t.equal(await state(), 'reconnect')
  t.match(await db.read.select().from(connections), [{ state: 'reconnect' }])
  t.match(await db.read.select().from(mails), [{ kind: 'connection-lost' }])
  await consent()
  await publisher.run()
  t.equal(await state(), 'posted')
})

/** A thread with a picture that stands on X, and how to take it down. */
async function standing(t: Test) {
  const made = await world(t)
  const { db, clock, images, actor, publisher, queue, after, consent } = made
  await consent()
  const hash = await picture(db, images, clock.now())
  await queue({ text: 'Good morning', images: [{ hash, alt: 'All red' }] }, 'And more')
  await publisher.run()
  await after(0.1)
  const all = (await db.read.select().from(deliveries)).toSorted((a, b) => a.position - b.position)
  const decided = { deliveryId: all[0]!.id, seen: asSeen(all), reason: 'Wrong', actor }
  await takeDown({ db, clock, publicUrl: 'http://week.example' }, { ...decided, scope: 'thread' })
  return { ...made, ids: all.map(({ networkId }) => networkId!) }
}

t.test('a thread with a picture is taken down from X', async (t) => {
  const { x, publisher, state } = await standing(t)
  t.equal((await x.allPosts()).length, 2)
  t.equal(await state(), 'removing removing')
  await publisher.run()
  t.equal(await state(), 'removed removed')
  t.same(await x.allPosts(), [])
})

t.test('what was deleted on X by hand is gone, and that is enough', async (t) => {
  const { x, publisher, state, ids } = await standing(t)
  await x.removePost(ids[1]!)
  await publisher.run()
  t.equal(await state(), 'removed removed')
  t.same(await x.allPosts(), [])
})

t.test(
  'each thing that can go wrong while taking down ends with the post gone, once X answers',
  async (t) => {
    const rows: { kind: FaultKind; first: string; minutes: number }[] = [
      { kind: 'unavailable-before', first: 'removing', minutes: 0.25 },
      { kind: 'server-error-after', first: 'removing', minutes: 0.25 },
      { kind: 'drop-before', first: 'removing', minutes: 0.25 },
      { kind: 'drop-after', first: 'removing', minutes: 0.25 },
      { kind: 'hang-after', first: 'removing', minutes: 0.25 },
      { kind: 'garbled', first: 'removing', minutes: 0.25 },
      { kind: 'page', first: 'removing', minutes: 0.25 },
      { kind: 'limited', first: 'removing', minutes: 15 },
      { kind: 'limited-bare', first: 'removing', minutes: 0.25 },
      { kind: 'credit', first: 'removing', minutes: 60 },
      { kind: 'unauthorised', first: 'removed', minutes: 0 },
    ]
    for (const { kind, first, minutes } of rows) {
      const { x, publisher, state, after } = await standing(t)
      await x.addFault({ route: 'DELETE /2/tweets/:id', kind })
      await publisher.run()
      t.equal((await state()).split(' ')[1], first, kind)
      await after(minutes)
      await after(0.1)
      t.equal(await state(), 'removed removed', kind)
      t.same(await x.allPosts(), [], kind)
    }
  },
)
