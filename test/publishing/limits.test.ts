import t from 'tap'
import { saveGrant } from '../../src/accounts/connection.ts'
import { foundAccount } from '../../src/accounts/found-account.ts'
import { accounts, attempts, deliveries, mails } from '../../src/db/schema/index.ts'
import { listenDue } from '../../src/listening/listen-due.ts'
import { createPublisher } from '../../src/publishing/publisher.ts'
import { findReleasable, release } from '../../src/publishing/release.ts'
import { approved } from '../support/approved.ts'
import { OWN_USER, testVault } from '../support/network.ts'
import { desk, refused } from '../support/publishing-desk.ts'
import { standInWorld, standingOnX } from '../support/stand-in-world.ts'
import { APPROVER, LEAD } from '../support/story.ts'

const twenty = Array.from({ length: 20 }, (_, index) => `Post ${index + 1}`)
const toBoth = (subject: string) => [LEAD, APPROVER].map(({ email }) => `${email}: ${subject}`)

t.test(
  'a limit puts off all posts of the account: one call before its end, then each once, in order',
  async (t) => {
    for (const kind of ['limited', 'limited-numbered', 'limited-app'] as const) {
      const made = await standInWorld(t)
      const { db, x, deps, publisher, queue, state, consent, calls, mailed, standing } = made
      await consent()
      for (const text of twenty) await queue(text)
      await x.addFault({ route: 'POST /2/tweets', kind })
      const { nextAt } = await publisher.run()
      t.equal(await state(), twenty.map(() => 'waiting').join(' '), kind)
      t.same(await standing(), [])
      const minutes = (nextAt!.getTime() - deps.clock.machine().getTime()) / 60_000
      t.ok(minutes > (kind === 'limited-app' ? 299 : 14), `it sleeps until the reset: ${minutes}`)
      await publisher.stop()
      const restarted = createPublisher({ ...deps, owner: 'after a restart' })
      const after = (pass: number) => {
        deps.clock.pass(pass)
        return restarted.run()
      }
      for (const pass of [1, 5, 8]) await after(pass)
      t.equal(calls.sendPost, 1, kind)
      await after(minutes - 14)
      await after(0.1)
      t.same(await standing(), twenty, kind)
      t.equal(calls.sendPost, 21)
      t.equal(await db.read.$count(attempts), 21)
      t.same(await mailed(), [])
    }
  },
)

t.test('the limit of the app puts off the posts of every account, also after a restart', async (t) => {
  const { db, clock, network, process, publisher, queue, now } = await desk(t)
  const SOUTH = 'account-south'
  await foundAccount(db, {
    account: {
      id: SOUTH,
      handle: 'SouthDaleHealth',
      name: 'SouthDale',
      timeZone: 'Europe/London',
      hashtag: '#SouthDaleWeek',
    },
    people: [{ ...LEAD, role: 'lead' }],
    now: clock.now(),
  })
  const user = { ...OWN_USER, id: '901', handle: 'SouthDaleHealth' }
  const grant = network.grant()
  await saveGrant({ db, clock, vault: testVault }, { accountId: SOUTH, grant, user, personId: LEAD.id })
  await queue('From the north')
  const resetsAt = new Date(clock.machine().getTime() + 5 * 3_600_000)
  network.steps.push({
    publish: false,
    answer: {
      ...refused('limited', 'Too Many Requests', resetsAt),
      limit: { remaining: 0, resetsAt, wholeApp: true },
    },
  })
  await publisher.run()
  t.equal(network.sent.length, 1)
  const due = { dueAt: clock.now(), now: clock.now() }
  await approved(db, { parts: ['From the south'], ...due, networkUserId: '901', accountId: SOUTH })
  await db.write(async (tx) => {
    for (const account of await tx.select().from(accounts))
      await tx.update(accounts).set({ policy: { ...account.policy, lateAfterMinutes: 600 } })
  })
  await publisher.run()
  await publisher.stop()
  const restarted = process()
  for (const minutes of [1, 60, 238]) {
    clock.pass(minutes)
    await restarted.run()
  }
  t.equal(network.sent.length, 1, 'nobody asked X meanwhile')
  clock.pass(2)
  await restarted.run()
  t.same(network.sent.map(({ text }) => text).toSorted(), [
    'From the north',
    'From the north',
    'From the south',
  ])
  t.same(
    (await now()).map(({ state }) => state),
    ['posted', 'posted'],
  )
})

t.test('no call is made that the headers of a good answer rule out', async (t) => {
  const { x, clock, deps, publisher, queue, after, consent, calls, standing } = await standInWorld(t, {
    limits: { 'POST /2/tweets': 8, 'DELETE /2/tweets/:id': 1, 'GET /2/users/:id/mentions': 1 },
  })
  await consent()
  for (const text of twenty) await queue(text)
  await publisher.run()
  t.equal((await standing()).length, 8)
  t.equal(calls.sendPost, 8, 'the ninth was not asked for')
  await after(14)
  t.equal(calls.sendPost, 8)
  await after(1.1)
  await after(16)
  t.same(await standing(), twenty)
  t.equal(calls.sendPost, 20)

  await listenDue(deps, { atOnce: true })
  await listenDue(deps, { atOnce: true })
  t.equal(calls.mentions, 1)
  clock.pass(16)
  await listenDue(deps, { atOnce: true })
  t.equal(calls.mentions, 2)
  t.equal((await x.allPosts()).length, 20)
})

t.test('a limit for taking down puts off what else is to be taken down', async (t) => {
  const { publisher, state, after, calls, x } = await standingOnX(t)
  await x.addFault({ route: 'DELETE /2/tweets/:id', kind: 'limited' })
  for (let minute = 0; minute < 10; minute++) await after(1)
  t.equal(calls.removePost, 1)
  t.equal(await state(), 'removing removing')
  await after(6)
  await publisher.run()
  t.equal(await state(), 'removed removed')
  t.equal(calls.removePost, 3)
})

t.test('a limit for reading puts off the looks', async (t) => {
  const { x, publisher, queue, state, after, consent, calls } = await standInWorld(t)
  await consent()
  await publisher.run()
  await queue('Once')
  await x.addFault({ route: 'POST /2/tweets', kind: 'drop-after' })
  await publisher.run()
  const before = calls.ownPosts!
  await x.addFault({ route: 'GET /2/users/:id/tweets', kind: 'limited' })
  for (let minute = 0; minute < 10; minute++) await after(1)
  t.equal(calls.ownPosts, before + 1)
  t.equal(await state(), 'unknown')
  await after(6)
  t.equal(await state(), 'posted')
})

t.test(
  'without credit all is held after one call, with one mail; once there is some, it goes on',
  async (t) => {
    const { x, db, publisher, queue, state, after, consent, calls, mailed, standing } = await standInWorld(t)
    await consent()
    for (const text of twenty) await queue(text)
    await x.addFault({ route: 'POST /2/tweets', kind: 'credit', times: 2 })
    await publisher.run()
    t.equal(calls.sendPost, 1)
    t.equal(await state(), twenty.map(() => 'credit').join(' '))
    t.same(await mailed(), toBoth('20 posts of @NorthDaleHealth are held: no credit with X'))
    t.match((await db.read.select().from(mails))[0]!.text, /We ask again with one post every 10 minutes/)
    for (let minute = 0; minute < 9; minute++) await after(1)
    t.equal(calls.sendPost, 1)
    await after(1.1)
    t.equal(calls.sendPost, 2, 'one post asks')
    t.equal(await state(), twenty.map(() => 'credit').join(' '))
    await after(10.1)
    await after(0.1)
    t.same((await standing()).toSorted(), twenty.toSorted())
    t.equal(calls.sendPost, 22)
    t.equal((await mailed()).length, 2)
  },
)

t.test('who lets one go after topping up lets all go', async (t) => {
  const { db, clock, x, publisher, queue, after, consent, standing } = await standInWorld(t)
  await consent()
  for (const text of ['One', 'Two', 'Three']) await queue(text)
  await x.addFault({ route: 'POST /2/tweets', kind: 'credit' })
  await publisher.run()
  const [first] = await db.read.select().from(deliveries)
  await db.write(async (tx) =>
    release(tx, await findReleasable(tx, first!), {
      letGoId: first!.decisionId,
      dueAt: clock.now(),
      ownWork: false,
      personId: LEAD.id,
      now: clock.now(),
    }),
  )
  await after(0.1)
  t.same((await standing()).toSorted(), ['One', 'Three', 'Two'])
})

t.test('a permission that X refuses although it is fresh holds all, with one mail', async (t) => {
  const { x, db, publisher, queue, state, after, consent, calls, mailed, standing } = await standInWorld(t)
  await consent()
  for (const text of twenty) await queue(text)
  await x.addFault({ route: 'POST /2/tweets', kind: 'unauthorised', times: 2 })
  await publisher.run()
  for (let minute = 0; minute < 10; minute++) await after(1)
  t.equal(calls.sendPost, 2, 'with the old token and with the new one')
  t.equal(await state(), twenty.map(() => 'reconnect').join(' '))
  t.same(await mailed(), toBoth('@NorthDaleHealth must be connected again'))
  for (const { text } of await db.read.select().from(mails)) {
    t.match(text, 'The first of 20 posts that wait is for Wednesday 18 November, 9:00 in London.')
    t.match(text, 'http://week.example/accounts/account-north\n')
  }
  await consent()
  await after(1)
  t.same(await standing(), twenty)
  t.equal(calls.sendPost, 22)
})

t.test('an end of a limit that lies further ahead than X counts is not waited for', async (t) => {
  for (const [named, waits] of [
    ['2026-11-19T08:59:00Z', true],
    ['2031-01-01T00:00:00Z', false],
  ] as const) {
    const { clock, network, publisher, queue, state } = await desk(t, { policy: { lateAfterMinutes: 60 } })
    await queue('One')
    network.steps.push({ publish: false, answer: refused('limited', 'Too Many Requests', new Date(named)) })
    await publisher.run()
    clock.pass(14)
    await publisher.run()
    t.equal(await state(), 'waiting')
    t.equal(network.sent.length, 1)
    clock.pass(2)
    await publisher.run()
    t.equal(await state(), waits ? 'waiting' : 'posted', named)
  }
})
