import t, { type Test } from 'tap'
import { activity } from '../../src/db/schema/index.ts'
import { foundAccount } from '../../src/accounts/found-account.ts'
import { removeFromDesk } from '../../src/people/desk.ts'
import { findPersonByEmail, listRoles } from '../../src/people/people.ts'
import { testApp } from '../support/app.ts'
import { actorWith, aWeek, linkIn, PRIYA, sentMails } from '../support/bookings.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'

async function desk(t: Test) {
  const world = await testApp(t)
  await anAccount(world.db, { now: world.clock.now() })
  const roles = async () =>
    (await listRoles(world.db.read, ACCOUNT)).map(({ person, role }) => `${person.name} ${role}`)
  return { ...world, now: world.clock.now(), roles, helen: await world.visitor(LEAD.email) }
}

const RUTH = { name: 'Ruth Ellwood', email: 'ruth@north.example', role: 'approver' }

t.test('the desk and the hosts', async (t) => {
  const { db, now, helen, visitor } = await desk(t)
  t.match((await helen.get('/people')).body, 'Nobody hosts yet')
  const weekId = await aWeek(db, now)
  await aWeek(db, now, { slot: '2026-12-07' })
  const { body } = await helen.get('/people')
  for (const piece of [
    'Helen Marsh',
    'owen@north.example',
    'Priya Nair',
    `/weeks/${weekId}`,
    '7 to 11 December',
  ])
    t.match(body, piece)
  t.equal(body.match(/<h3>Priya Nair/g)!.length, 1, 'a host stands there once, with all weeks')
  t.equal((await (await visitor(PRIYA.email)).get('/people')).statusCode, 404)
  const approver = await visitor(APPROVER.email)
  const asApprover = await approver.get('/people')
  t.equal(asApprover.statusCode, 200)
  t.notMatch(asApprover.body, 'Add them')
  t.equal((await approver.get('/people/helen')).statusCode, 403)
  for (const path of ['/people', '/people/helen', '/people/helen/removal'])
    t.equal((await approver.post('/people', path, RUTH)).statusCode, 403, path)
})

t.test('adding somebody, who signs in then', async (t) => {
  const { db, helen, visitor, roles } = await desk(t)
  t.equal((await helen.post('/people', '/people', RUTH)).statusCode, 303)
  t.same(await roles(), ['Helen Marsh lead', 'Owen Price approver', 'Ruth Ellwood approver'])
  t.equal((await (await visitor(RUTH.email)).get('/rota')).statusCode, 200)
  t.match((await db.read.select().from(activity)).at(-2), {
    kind: 'person.role-given',
    personId: LEAD.id,
    details: { name: 'Ruth Ellwood', role: 'approver' },
  })
  const twice = await helen.post('/people', '/people', { ...RUTH, name: 'Ruth E. O’Hara' })
  t.equal(twice.statusCode, 422)
  t.match(twice.body, 'Ruth Ellwood is at this desk already')
  t.match(twice.body, 'value="Ruth E. O’Hara"')
  const empty = await helen.post('/people', '/people', { name: '', email: 'ruth', role: 'queen' })
  t.match(empty.body, '3 things to put right')
})

t.test('changing somebody', async (t) => {
  const { db, helen, visitor, roles } = await desk(t)
  const owen = await visitor(APPROVER.email)
  const form = { name: 'Owen Price-Jones', email: 'owen.pj@north.example', role: 'lead' }
  t.equal((await helen.post('/people/owen', '/people/owen', form)).statusCode, 303)
  t.same(await roles(), ['Helen Marsh lead', 'Owen Price-Jones lead'])
  t.equal((await findPersonByEmail(db.read, form.email))!.id, 'owen', 'the same person')
  t.equal((await owen.get('/rota')).statusCode, 303, 'a new address signs out')
  const taken = await helen.post('/people/owen', '/people/owen', { ...form, email: LEAD.email })
  t.equal(taken.statusCode, 422)
  t.match(taken.body, 'Somebody else has this address.')
  t.equal((await helen.get('/people/nobody')).statusCode, 404)
})

t.test('what was sent, or waits to be sent, to an old address signs nobody in', async (t) => {
  const { db, clock, helen, visitor } = await desk(t)
  const ask = async () => (await visitor()).post('/sign-in', '/sign-in', { email: APPROVER.email })
  await ask()
  const [before] = await sentMails(db, clock)
  await ask()
  const form = { name: APPROVER.name, email: 'owen.pj@north.example', role: 'approver' }
  t.equal((await helen.post('/people/owen', '/people/owen', form)).statusCode, 303)
  t.equal((await (await visitor()).get(linkIn(before!.text))).statusCode, 410)
  t.same(await sentMails(db, clock), [])
})

t.test('nobody takes over a mailbox of another desk', async (t) => {
  const { db, now, helen } = await desk(t)
  await foundAccount(db, {
    account: { id: 'south', handle: 'SouthDale', name: 'SouthDale', timeZone: 'Europe/London', hashtag: '' },
    people: [{ ...APPROVER, role: 'lead' }],
    now,
  })
  const change = { name: APPROVER.name, email: 'helens-other@north.example', role: 'approver' }
  const refused = await helen.post('/people/owen', '/people/owen', change)
  t.equal(refused.statusCode, 422)
  t.match(refused.body, 'only a lead of both')
})

t.test('nobody takes over the mailbox of another account’s host', async (t) => {
  const { db, now, helen } = await desk(t)
  await foundAccount(db, {
    account: { id: 'south', handle: 'SouthDale', name: 'SouthDale', timeZone: 'Europe/London', hashtag: '' },
    people: [{ id: 'sue', name: 'Sue Lane', email: 'sue@south.example', role: 'lead' }],
    now,
  })
  const sue = await actorWith(db, 'sue@south.example', now)
  await aWeek(db, now, { accountId: 'south', actor: sue, accepted: true })
  await helen.post('/people', '/people', { ...PRIYA, role: 'approver' })
  const { id } = (await findPersonByEmail(db.read, PRIYA.email))!
  const change = { name: PRIYA.name, email: 'helens-other@north.example', role: 'approver' }
  const refused = await helen.post(`/people/${id}`, `/people/${id}`, change)
  t.equal(refused.statusCode, 422)
  t.match(refused.body, 'only a lead of both')
})

t.test('there is always a lead', async (t) => {
  const { db, now, helen, roles } = await desk(t)
  const form = { ...LEAD, role: 'approver' }
  const demoted = await helen.post('/people/helen', '/people/helen', form)
  t.equal(demoted.statusCode, 409)
  t.match(demoted.body, 'the account’s last lead')
  t.equal((await helen.post('/people/helen', '/people/helen/removal')).statusCode, 409)

  await helen.post('/people/owen', '/people/owen', { ...APPROVER, role: 'lead' })
  const [asHelen, asOwen] = [await actorWith(db, LEAD.email, now), await actorWith(db, APPROVER.email, now)]
  const both = await Promise.allSettled([
    removeFromDesk(db, { accountId: ACCOUNT, personId: LEAD.id, actor: asOwen, now }),
    removeFromDesk(db, { accountId: ACCOUNT, personId: APPROVER.id, actor: asHelen, now }),
  ])
  t.same(
    both.map(({ status }) => status),
    ['fulfilled', 'rejected'],
    'each removes the other at once',
  )
  t.same(await roles(), ['Owen Price lead'])
  t.equal((await helen.get('/rota')).statusCode, 404, 'powers end at once')
})
