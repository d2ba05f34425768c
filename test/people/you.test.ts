import { eq } from 'drizzle-orm'
import t from 'tap'
import { accounts, passkeys, signInLinks } from '../../src/db/schema/index.ts'
import { makeSignInLink } from '../../src/people/sign-in.ts'
import { testApp } from '../support/app.ts'
import { scriptedNetwork } from '../support/network.ts'
import { testClock } from '../support/clock.ts'
import { ACCOUNT, anAccount, anotherAccount, APPROVER, LEAD } from '../support/story.ts'

async function world(t: Parameters<typeof testApp>[0], { publicUrl = 'http://localhost:3000' } = {}) {
  const network = scriptedNetwork(testClock('2026-11-18T10:42:00Z'))
  const settings = {
    mode: 'sandbox' as const,
    publicUrl: () => publicUrl,
    sessionSecret: 'a secret for tests that is long enough',
    trustProxy: false,
    logLevel: 'silent',
  }
  const made = await testApp(t, { network, deps: { settings } })
  await anAccount(made.db, { now: made.clock.now() })
  return made
}

t.test('somebody sees where they are signed in, and signs out everywhere else', async (t) => {
  const { db, clock, visitor } = await world(t)
  const [desk, phone, owen] = [
    await visitor(LEAD.email),
    await visitor(LEAD.email),
    await visitor(APPROVER.email),
  ]
  await makeSignInLink(db, { email: LEAD.email, publicUrl: '', machineNow: clock.machine() })
  const page = (await desk.get('/you')).body
  t.equal(page.match(/Sign out there/g)?.length, 1, 'the other one, and not this one')
  const action = /action="(\/you\/sessions\/[0-9a-f]{64}\/end)"/.exec(page)![1]!
  t.equal((await owen.post('/you', action)).statusCode, 404, 'nobody ends another one’s session')
  t.equal((await phone.get('/you')).statusCode, 200)
  t.equal((await desk.post('/you', '/you/sessions/end')).statusCode, 303)
  t.equal((await phone.get('/you')).statusCode, 303, 'signed out')
  t.equal((await desk.get('/you')).statusCode, 200)
  t.equal((await owen.get('/you')).statusCode, 200)
  const links = await db.read.select().from(signInLinks).where(eq(signInLinks.personId, LEAD.id))
  t.same(links, [], 'links that were sent are void too')
  const again = await visitor(LEAD.email)
  const one = /action="(\/you\/sessions\/[0-9a-f]{64}\/end)"/.exec((await desk.get('/you')).body)![1]!
  t.equal((await desk.post('/you', one)).statusCode, 303)
  t.equal((await again.get('/you')).statusCode, 303)
})

t.test('an account that wants passkeys: by mail alone a lead only pulls the brake', async (t) => {
  const { db, visitor } = await world(t)
  const helen = await visitor(LEAD.email)
  const owen = await visitor(APPROVER.email)
  const { version } = (await db.read.select().from(accounts))[0]!
  const form = { version: String(version), passkeyForLeads: 'yes' }
  const saved = await helen.post(`/accounts/${ACCOUNT}`, `/accounts/${ACCOUNT}/signing-in`, form)
  t.equal(saved.statusCode, 303)
  for (const path of ['/today', '/people', `/accounts/${ACCOUNT}`])
    t.equal((await helen.get(path)).headers.location, '/you', path)
  t.match((await helen.get('/you')).body, 'Add a passkey to go on')
  const add = { name: 'Mei', email: 'mei@north.example', role: 'approver' }
  const refused = await helen.post('/you', '/people', add)
  t.equal(refused.statusCode, 403)
  t.match(refused.body, 'wants its leads to sign in with a passkey')
  t.equal((await helen.post('/you', `/accounts/${ACCOUNT}/brake`)).statusCode, 303)
  t.ok((await db.read.select().from(accounts))[0]!.brakeAt)
  t.equal((await owen.get('/today')).statusCode, 200, 'approvers sign in as before')
})

t.test('where no browser takes a passkey none is demanded: leads would be locked out', async (t) => {
  const { db, visitor } = await world(t, { publicUrl: 'http://127.0.0.1:3000' })
  const helen = await visitor(LEAD.email)
  const at = `/accounts/${ACCOUNT}`
  const { version } = (await db.read.select().from(accounts))[0]!
  const form = { version: String(version), passkeyForLeads: 'yes' }
  const refused = await helen.post(at, `${at}/signing-in`, form)
  t.equal(refused.statusCode, 422)
  t.match(refused.body, 'id="passkeyForLeads-error"')
  t.equal((await helen.get('/today')).statusCode, 200)
})

t.test('whoever reads a lead’s mail can’t add a passkey beside theirs, nor remove theirs', async (t) => {
  const { db, clock, visitor } = await world(t)
  await db.write(async (tx) => {
    await tx.update(accounts).set({ passkeyForLeads: true })
    await tx.insert(passkeys).values({
      id: 'helens',
      personId: LEAD.id,
      publicKey: 'AAAA',
      counter: 0,
      transports: [],
      name: 'Work laptop',
      createdAt: clock.machine(),
    })
  })
  const stranger = await visitor(LEAD.email)
  t.match((await stranger.get('/you')).body, 'Show your passkey to go on')
  t.equal((await stranger.post('/you', '/you/passkeys/helens/removal')).statusCode, 403)
  t.equal(await db.read.$count(passkeys), 1)
})

t.test('what a stranger sends as a device’s answer is refused, whatever it is', async (t) => {
  const { visitor } = await world(t)
  const nobody = await visitor()
  for (const response of ['', 'null', '[]', '{"id":"x"}', '{', '{"id":{"a":1}}', 'x'.repeat(50_000)]) {
    const answer = await nobody.post('/sign-in', '/sign-in/passkey', { response })
    t.equal(answer.statusCode, 422, response.slice(0, 20))
  }
  t.equal((await nobody.get('/today')).statusCode, 303)
})

t.test('a lead signs somebody out everywhere, and removes the passkeys of a lost device', async (t) => {
  const { db, clock, visitor } = await world(t)
  await db.write(async (tx) => {
    await tx.insert(passkeys).values({
      id: 'owens',
      personId: APPROVER.id,
      publicKey: 'AAAA',
      counter: 0,
      transports: [],
      name: 'Phone',
      createdAt: clock.machine(),
    })
  })
  const [helen, owen] = [await visitor(LEAD.email), await visitor(APPROVER.email)]
  const act = (fields: Record<string, string>) =>
    helen.post(`/people/${APPROVER.id}`, `/people/${APPROVER.id}/sign-out`, fields)
  t.equal((await act({})).statusCode, 303)
  t.equal((await owen.get('/today')).statusCode, 303)
  t.equal(await db.read.$count(passkeys), 1)
  t.equal((await act({ passkeys: 'yes' })).statusCode, 303)
  t.equal(await db.read.$count(passkeys), 0)
  t.match((await helen.get('/activity')).body, 'removed the passkeys of Owen Price')
})

t.test('passkeys on which another account relies stay, whoever leads only one of them', async (t) => {
  const { db, clock, visitor } = await world(t)
  const now = clock.now()
  await anotherAccount(db, { now, people: [{ ...APPROVER, role: 'lead' }] })
  const helen = await visitor(LEAD.email)
  const fields = { passkeys: 'yes' }
  const refused = await helen.post(`/people/${APPROVER.id}`, `/people/${APPROVER.id}/sign-out`, fields)
  t.equal(refused.statusCode, 409)
  t.match(refused.body, 'only a lead of both can remove their passkeys')
})
