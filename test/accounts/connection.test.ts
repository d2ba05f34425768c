import t, { type Test } from 'tap'
import {
  connect,
  disconnect,
  endLeftRefreshes,
  forgetTokens,
  giveUpToken,
  saveGrant,
  usableToken,
} from '../../src/accounts/connection.ts'
import { createVault } from '../../src/accounts/vault.ts'
import { accounts, activity, connections, mails } from '../../src/db/schema/index.ts'
import { findActor } from '../../src/rota/powers.ts'
import { testClock } from '../support/clock.ts'
import { testDatabase } from '../support/database.ts'
import { connected, OWN_USER, problem, scriptedNetwork, testVault } from '../support/network.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'

async function world(t: Test) {
  const { db } = testDatabase(t)
  const clock = testClock('2026-11-18T09:00:00Z')
  await anAccount(db, { now: clock.now() })
  const network = scriptedNetwork(clock)
  const deps = { db, clock, network, vault: testVault, settings: { publicUrl: () => 'http://week.example' } }
  const row = async () => (await db.read.select().from(connections))[0]
  const lead = (await findActor(db.read, LEAD.id, clock.now()))!
  const approver = (await findActor(db.read, APPROVER.id, clock.now()))!
  return { db, clock, network, deps, row, lead, approver }
}

t.test('a token is given while it has life, and renewed before it ends', async (t) => {
  const { db, clock, network, deps, row } = await world(t)
  t.match(await usableToken(deps, ACCOUNT), { ok: false, lost: true }, 'never connected')
  const grant = await connected({ db, clock }, network)
  t.match(await usableToken(deps, ACCOUNT), {
    ok: true,
    accessToken: grant.accessToken,
    networkUserId: '900',
  })
  const before = await row()
  t.notMatch(JSON.stringify(before), grant.accessToken, 'nothing readable lies in the database')
  clock.moveMachine(116)
  const renewed = await usableToken(deps, ACCOUNT)
  t.ok(renewed.ok && renewed.accessToken !== grant.accessToken)
  t.equal(network.calls['refresh'], 1)
  t.match(await row(), { refreshOwner: null, refreshUntil: null, state: 'connected' })
})

t.test('two who need a new token at once use one refresh', async (t) => {
  const { db, clock, network, deps } = await world(t)
  await connected({ db, clock }, network)
  clock.moveMachine(121)
  const [one, other] = await Promise.all([usableToken(deps, ACCOUNT), usableToken(deps, ACCOUNT)])
  t.ok(one.ok && other.ok && one.accessToken === other.accessToken)
  t.equal(network.calls['refresh'], 1)
})

t.test('while somebody else renews, a token with some life left is used', async (t) => {
  const { db, clock, network, deps } = await world(t)
  const grant = await connected({ db, clock }, network)
  const inAMinute = new Date(clock.machine().getTime() + 60_000)
  await db.write(
    async (tx) =>
      void (await tx
        .update(connections)
        .set({ accessExpiresAt: inAMinute, refreshOwner: 'other', refreshUntil: inAMinute })),
  )
  t.match(await usableToken(deps, ACCOUNT), { ok: true, accessToken: grant.accessToken })
  clock.moveMachine(2)
  t.ok((await usableToken(deps, ACCOUNT)).ok, 'the other one died: its time is over')
  t.equal(network.calls['refresh'], 1)
})

t.test('after a crash in the middle of a renewal the next process renews at once', async (t) => {
  const { db, clock, network, deps, row } = await world(t)
  await connected({ db, clock }, network)
  clock.moveMachine(121)
  const refreshUntil = new Date(clock.machine().getTime() + 45_000)
  await db.write(
    async (tx) => void (await tx.update(connections).set({ refreshOwner: 'the dead', refreshUntil })),
  )
  await endLeftRefreshes(db)
  t.ok((await usableToken(deps, ACCOUNT)).ok)
  t.equal(network.calls['refresh'], 1)
  t.match(await row(), { refreshOwner: null, refreshUntil: null })
})

t.test('when the network can’t be reached, nothing is lost', async (t) => {
  const { db, clock, network, deps, row } = await world(t)
  await connected({ db, clock }, network)
  clock.moveMachine(116)
  network.refreshes.push(problem('unreachable'), problem('unreachable'))
  t.ok((await usableToken(deps, ACCOUNT)).ok, 'the old one lives for some minutes')
  clock.moveMachine(5)
  t.match(await usableToken(deps, ACCOUNT), { ok: false, lost: false, problem: { code: 'unreachable' } })
  t.ok((await usableToken(deps, ACCOUNT)).ok)
  t.match(await row(), { state: 'connected' })
})

t.test('a refused refresh asks people to connect again, once', async (t) => {
  const { db, clock, network, deps, row } = await world(t)
  await connected({ db, clock }, network)
  clock.moveMachine(121)
  network.refreshes.push(problem('invalid', 'Value passed for the token was invalid.'))
  t.match(await usableToken(deps, ACCOUNT), { ok: false, lost: true })
  t.match(await usableToken(deps, ACCOUNT), { ok: false, lost: true })
  t.match(await row(), { state: 'reconnect', trouble: 'X did not take the account’s permission.' })
  t.match(await db.read.select().from(mails), [{ kind: 'connection-lost', to: LEAD.email }])
  t.equal(
    (await db.read.select().from(activity)).filter((one) => one.kind === 'account.connection-lost').length,
    1,
  )
})

t.test('a refused refresh means nothing when somebody else has renewed meanwhile', async (t) => {
  const { db, clock, network, deps, row } = await world(t)
  await connected({ db, clock }, network)
  clock.moveMachine(121)
  const refresh = network.refresh
  network.refresh = async () => {
    network.refresh = refresh
    await connected({ db, clock }, network)
    return { ok: false, problem: problem('invalid') }
  }
  t.ok((await usableToken(deps, ACCOUNT)).ok)
  t.match(await row(), { state: 'connected' })
})

t.test('what a refresh brings after a disconnect is thrown away', async (t) => {
  const { db, clock, network, deps, row, lead } = await world(t)
  await connected({ db, clock }, network)
  clock.moveMachine(121)
  const refresh = network.refresh
  network.refresh = async (token) => {
    const answer = await refresh(token)
    await disconnect(deps, { accountId: ACCOUNT, actor: lead })
    return answer
  }
  t.match(await usableToken(deps, ACCOUNT), { ok: false, lost: true })
  t.match(await row(), { state: 'none', accessToken: null, refreshToken: null, networkUserId: '900' })
  t.equal(network.calls['revoke'], 3)
})

t.test('a token that was refused is not given again', async (t) => {
  const { db, clock, network, deps, row } = await world(t)
  const { accessToken } = await connected({ db, clock }, network)
  const renewed = await usableToken(deps, ACCOUNT, { refused: accessToken })
  t.ok(renewed.ok && renewed.accessToken !== accessToken)
  t.ok((await giveUpToken(deps, ACCOUNT, accessToken, problem('unauthorised'))).ok, 'an old one')
  t.match(await giveUpToken(deps, ACCOUNT, renewed.ok ? renewed.accessToken : '', problem('unauthorised')), {
    ok: false,
    lost: true,
  })
  t.match(await row(), { state: 'reconnect' })
})

t.test('a permission that can’t be read any more is a lost one', async (t) => {
  const { db, clock, network, deps, row } = await world(t)
  await connected({ db, clock }, network)
  const vault = createVault([{ id: 'k2', key: Buffer.alloc(32, 9) }])
  t.match(await usableToken({ ...deps, vault }, ACCOUNT), { ok: false, lost: true })
  t.match(await row(), { state: 'reconnect', trouble: /ENCRYPTION_KEY/ })
})

t.test('what was forgotten with its key can be disconnected, and nothing is revoked', async (t) => {
  const { db, clock, network, deps, row, lead } = await world(t)
  await connected({ db, clock }, network)
  await db.write((tx) => forgetTokens(tx, { accountId: ACCOUNT, now: clock.now() }))
  t.match(await row(), { state: 'reconnect', accessToken: null })
  t.same(await disconnect(deps, { accountId: ACCOUNT, actor: lead }), { revoked: false })
  t.match(await row(), { state: 'none', networkUserId: '900' })
})

t.test('only the account’s own user is connected', async (t) => {
  const { db, clock, network, deps, row, lead, approver } = await world(t)
  const consent = { accountId: ACCOUNT, code: 'good', codeVerifier: 'v', redirectUri: 'u' }
  await t.rejects(connect(deps, { ...consent, actor: approver }), { message: /leads change its connection/ })
  await t.rejects(connect(deps, { ...consent, code: 'old', actor: lead }), { message: /The code is too old/ })
  const me = network.me
  const as = (user: Partial<typeof OWN_USER>) => {
    network.me = async () => ({ ok: true, value: { ...OWN_USER, ...user } })
  }
  as({ id: '5', handle: 'helen' })
  await t.rejects(connect(deps, { ...consent, actor: lead }), {
    message: /signed in to X as @helen, but this/,
  })
  t.equal(network.calls['revoke'], 1, 'and what it gave is given back')
  t.equal(await row(), undefined)

  network.me = async () => ({ ok: false, problem: problem('unreachable', 'X could not be reached.') })
  await t.rejects(connect(deps, { ...consent, actor: lead }), { message: /X could not be reached/ })
  t.equal(network.calls['revoke'], 2, 'who it is for was not told')

  as({ handle: 'northdalehealth' })
  await connect(deps, { ...consent, actor: lead })
  t.match(await db.read.select().from(accounts), [{ handle: 'northdalehealth' }])
  t.match(await row(), { state: 'connected', connectedBy: LEAD.id })

  as({ id: '5', handle: 'northdalehealth' })
  await t.rejects(connect(deps, { ...consent, actor: lead }), { message: /what waits here was approved for/ })
  await disconnect(deps, { accountId: ACCOUNT, actor: lead })
  await t.rejects(connect(deps, { ...consent, actor: lead }), { message: /what waits here was approved for/ })
  as({ handle: 'NewName' })
  await connect(deps, { ...consent, actor: lead })
  t.match(await row(), { networkHandle: 'NewName', state: 'connected' }, 'the same user by another handle')
  t.match(await db.read.select().from(accounts), [{ handle: 'northdalehealth' }])
  network.me = me
  const grant = network.grant()
  const unknown = { accountId: 'nowhere', grant, user: OWN_USER, personId: LEAD.id }
  await t.rejects(saveGrant({ db, clock, vault: testVault }, unknown), { message: /nothing here/ })
})
