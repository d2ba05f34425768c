import t, { type Test } from 'tap'
import { saveGrant } from '../../src/accounts/connection.ts'
import { findConnection } from '../../src/accounts/accounts.ts'
import { createVault } from '../../src/accounts/vault.ts'
import { listenDue } from '../../src/listening/listen-due.ts'
import { lastLook, ownPostsOfWeek, repliesOfWeek } from '../../src/listening/posts.ts'
import { createXNetwork } from '../../src/networks/x.ts'
import { createSandboxClient } from '../../src/networks/x-sandbox/client.ts'
import { startStandIn } from '../../src/networks/x-sandbox/stand-in.ts'
import { testClock } from '../support/clock.ts'
import { testDatabase } from '../support/database.ts'
import { ACCOUNT, anAccount, LEAD } from '../support/story.ts'
import { josephsWeek, WEEK } from '../support/submitted.ts'

const HANDLE = 'NorthDaleHealth'

async function world(t: Test) {
  const clock = testClock('2026-11-18T10:42:00Z')
  const { db } = testDatabase(t)
  await anAccount(db, { now: clock.now() })
  await josephsWeek(db)
  const standIn = await startStandIn({
    file: ':memory:',
    port: 0,
    clock,
    users: [{ handle: HANDLE, name: 'NorthDale Health', kind: 'account' }],
  })
  t.teardown(() => standIn.close())
  const app = { clientId: 'an-app', clientSecret: 'a secret' }
  const network = createXNetwork({ ...app, standIn: { host: '127.0.0.1', port: standIn.port } })
  const people = createSandboxClient(standIn)
  const vault = createVault([{ id: 'k1', key: Buffer.alloc(32, 7) }])
  const deps = { db, clock, network, vault, settings: { publicUrl: () => 'http://127.0.0.1:3000' } }
  const connect = async () => {
    const grant = await people.grantFor(HANDLE, { clientId: app.clientId })
    const user = await network.me(grant.accessToken)
    if (!user.ok) throw new Error(user.problem.detail)
    await saveGrant(deps, { accountId: ACCOUNT, grant, user: user.value, personId: LEAD.id })
  }
  return { deps, db, clock, people, connect }
}

t.test('listening through X’s interface: posts by hand, replies, mentions, deletions', async (t) => {
  const { deps, db, clock, people, connect } = await world(t)
  t.same(await listenDue(deps), { nextAt: null }, 'nobody is connected')
  await connect()
  const ours = await people.postAs({ handle: HANDLE, text: 'Do we have favourites? Among lifts, yes.' })
  clock.pass(1)
  const reply = await people.postAs({
    handle: 'chloe_midwife',
    name: 'Chloe Whitfield',
    text: `@${HANDLE} It’s number four`,
    replyTo: ours.id,
  })
  await people.postAs({ handle: 'bob', text: 'No, the east one', replyTo: reply.id })
  await people.postAs({ handle: 'zoe', text: `Reading @${HANDLE} this week` })
  clock.pass(1)
  const { nextAt } = await listenDue(deps)
  t.same(nextAt, new Date(clock.now().getTime() + 5 * 60_000))
  t.match(await ownPostsOfWeek(db.read, WEEK), [{ text: 'Do we have favourites? Among lifts, yes.' }])
  const found = await repliesOfWeek(db.read, WEEK)
  t.same(found.map(({ kind, authorHandle }) => `${authorHandle}: ${kind}`).toSorted(), [
    'bob: reply',
    'chloe_midwife: reply',
    'zoe: mention',
  ])
  t.equal(found[0]!.replyTo, ours.id)
  await listenDue(deps)
  t.same((await lastLook(db.read, ACCOUNT))!.readAt, clock.now(), 'not again before its time')

  await people.removePost(ours.id)
  clock.pass(5)
  await listenDue(deps)
  t.same(await ownPostsOfWeek(db.read, WEEK), [], 'taken down by hand on X')
  t.equal((await lastLook(db.read, ACCOUNT))!.trouble, null)
})

t.test('a token that X refuses is renewed once; then the account must be connected again', async (t) => {
  const { deps, db, clock, people, connect } = await world(t)
  await connect()
  await people.addFault({ kind: 'unauthorised', route: 'GET /2/users/:id/tweets' })
  await listenDue(deps)
  t.equal((await lastLook(db.read, ACCOUNT))!.trouble, null, 'renewed, and read')
  await people.addFault({ kind: 'unauthorised', route: 'GET /2/users/:id/tweets', times: 2 })
  clock.pass(5)
  await listenDue(deps)
  t.match((await lastLook(db.read, ACCOUNT))!.trouble, 'Connect the account again')
  t.equal((await findConnection(db.read, ACCOUNT))!.state, 'reconnect')
})
