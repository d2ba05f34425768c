import t from 'tap'
import { findConnection } from '../../src/accounts/accounts.ts'
import { disconnect } from '../../src/accounts/connection.ts'
import { attempts, connections, mails, uploads } from '../../src/db/schema/index.ts'
import type { Network } from '../../src/networks/network.ts'
import type { FaultKind } from '../../src/networks/x-sandbox/client.ts'
import { listenDue } from '../../src/listening/listen-due.ts'
import { createPublisher } from '../../src/publishing/publisher.ts'
import { testVault } from '../support/network.ts'
import { picture } from '../support/publishing-desk.ts'
import { handle, IMPATIENT, standInWorld, standingOnX } from '../support/stand-in-world.ts'
import { ACCOUNT } from '../support/story.ts'

t.test('from consent to a thread with a picture on X', async (t) => {
  const { db, clock, x, images, deps, actor, publisher, queue, state, after, consent } = await standInWorld(t)
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

t.test('a poll stands on X as it was approved, and is known by its options', async (t) => {
  const { x, publisher, queue, state, after, consent } = await standInWorld(t)
  await consent()
  const poll = { options: ['Tea', 'Coffee'], minutes: 90 }
  await queue({ text: 'What keeps a ward awake?', poll })
  await publisher.run()
  t.equal(await state(), 'posted')
  t.match(await x.allPosts(), [{ text: 'What keeps a ward awake?', poll, images: [] }])

  await after(60 * 25)
  const other = { options: ['Cake', 'Biscuits'], minutes: 5 }
  await x.addFault({ route: 'POST /2/tweets', kind: 'drop-after' })
  await queue({ text: 'What keeps a ward awake?', poll: other })
  await publisher.run()
  t.match(await state(), 'unknown')
  await after(0.5)
  await publisher.run()
  t.match(await state(), /^posted posted$/, 'found among posts of the same words')
  t.equal((await x.allPosts()).length, 2)
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
    { kind: 'credit', first: 'credit', finally: 'posted', posts: 1 },
    { kind: 'unauthorised', first: 'posted', finally: 'posted', posts: 1 },
  ]
  for (const row of rows) {
    const { x, publisher, queue, state, after, consent } = await standInWorld(t, patienceFor(row.kind))
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
  const { db, x, publisher, queue, state, after, consent } = await standInWorld(t)
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

t.test('a picture that X does not know any more is uploaded anew', async (t) => {
  const { db, clock, x, images, publisher, queue, state, after, consent } = await standInWorld(t)
  await consent()
  const hash = await picture(db, images, clock.now())
  await queue({ text: 'Good morning', images: [{ hash, alt: 'All red' }] })
  await x.addFault({ route: 'POST /2/tweets', kind: 'limited' })
  await publisher.run()
  t.equal(await state(), 'waiting')
  const forgotten = '1234567890'
  await db.write(async (tx) => void (await tx.update(uploads).set({ mediaId: forgotten })))
  await after(16)
  t.equal(await state(), 'posted')
  t.match(await db.read.select().from(attempts), [
    { outcome: 'put-off' },
    { outcome: 'put-off', trouble: 'X did not take its picture.', said: /media IDs are invalid/ },
    { outcome: 'posted' },
  ])
  t.not((await db.read.select().from(uploads))[0]!.mediaId, forgotten)
  t.equal((await x.allPosts()).length, 1)
})

t.test(
  'a token that ends while much is due and replies are read is renewed once, and nothing is lost',
  async (t) => {
    const { db, clock, x, calls, deps, publisher, queue, state, standing, consent } = await standInWorld(t)
    await consent()
    const before = (await findConnection(db.read, ACCOUNT))!.refreshToken
    const words = Array.from({ length: 12 }, (_, n) => `Number ${n}`)
    for (const text of words) await queue(text)
    const network: Network = {
      ...deps.network,
      // After the fourth the token has no life left, for us and for X.
      async sendPost(...given) {
        if ((await x.allPosts()).length === 4 && !calls.refresh) clock.pass(121)
        const answer = await deps.network.sendPost(...given)
        listening.push(listenDue({ ...deps, network }, { atOnce: true }))
        return answer
      },
    }
    const listening: Promise<unknown>[] = [listenDue({ ...deps, network }, { atOnce: true })]
    const other = createPublisher({ ...deps, network, owner: 'under load' })
    await Promise.all([other.run(), publisher.run()])
    await other.run()
    await Promise.all(listening)
    t.equal(calls.refresh, 1)
    t.not((await findConnection(db.read, ACCOUNT))!.refreshToken, before)
    t.match(await findConnection(db.read, ACCOUNT), { state: 'connected' })
    t.equal(await state(), words.map(() => 'posted').join(' '))
    t.same((await standing()).toSorted(), words.toSorted())
  },
)

t.test('a process that stands still between its claim and the socket sends nothing afterwards', async (t) => {
  const { deps, x, queue, state, after, consent } = await standInWorld(t)
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
  const settings = { ...deps.settings, sendDeadlineMs: 400 }
  const still = createPublisher({ ...deps, settings, network, owner: 'still' })
  await still.run()
  t.equal(await state(), 'unknown')
  await still.stop()
  for (let look = 0; look < 5; look++) await after(1)
  t.equal(await state(), 'unknown')
  t.equal((await x.allPosts()).length, 0)
})

t.test('a permission that was taken back on X is lost here too', async (t) => {
  const { db, deps, publisher, queue, state, consent } = await standInWorld(t)
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

t.test('a thread with a picture is taken down from X', async (t) => {
  const { x, publisher, state } = await standingOnX(t)
  t.equal((await x.allPosts()).length, 2)
  t.equal(await state(), 'removing removing')
  await publisher.run()
  t.equal(await state(), 'removed removed')
  t.same(await x.allPosts(), [])
})

t.test('what was deleted on X by hand is gone, and that is enough', async (t) => {
  const { x, publisher, state, ids } = await standingOnX(t)
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
      const { x, publisher, state, after } = await standingOnX(t, patienceFor(kind))
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

const patienceFor = (kind: FaultKind) => (kind.startsWith('hang') ? IMPATIENT : {})
