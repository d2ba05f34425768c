import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t from 'tap'
import { findAccountByHandle, findConnection } from '../../src/accounts/accounts.ts'
import { mails, people } from '../../src/db/schema/index.ts'
import { listRoles, setRole } from '../../src/people/people.ts'
import { testApp } from '../support/app.ts'
import { actorWith } from '../support/bookings.ts'
import { testClock } from '../support/clock.ts'
import { scriptedNetwork } from '../support/network.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'

const MEI = { leadName: 'Mei Lin Chan', leadEmail: 'mei@east.example' }
const EAST = {
  name: 'EastDale Care',
  handle: '@EastDale',
  hashtag: 'EastDaleWeek',
  timeZone: 'Europe/Lisbon',
  ...MEI,
}

async function world(t: Parameters<typeof testApp>[0]) {
  const network = scriptedNetwork(testClock('2026-11-18T10:42:00Z'))
  const made = await testApp(t, { network })
  await anAccount(made.db, { now: made.clock.now() })
  return { ...made, helen: await made.visitor(LEAD.email) }
}

t.test('who set the installation up adds an account, with a first lead of its own', async (t) => {
  const { db, helen, visitor } = await world(t)
  t.match((await helen.get('/accounts/account-north')).body, '<a href="/accounts">All accounts here</a>')
  const id = randomUUID()
  const added = await helen.post('/accounts', '/accounts', { id, ...EAST })
  t.equal(added.headers.location, '/accounts')
  t.equal(
    (await helen.post('/accounts', '/accounts', { id, ...EAST })).statusCode,
    303,
    'sent twice, added once',
  )
  const east = (await findAccountByHandle(db.read, 'EastDale'))!
  t.match(east, { id, name: 'EastDale Care', hashtag: '#EastDaleWeek', timeZone: 'Europe/Lisbon' })
  t.equal(await findConnection(db.read, id), undefined, 'its own connection, to be made')
  t.same(
    (await listRoles(db.read, id)).map(({ person, role }) => `${person.name}, ${role}`),
    ['Mei Lin Chan, lead'],
  )
  const [mail] = await db.read.select().from(mails).where(eq(mails.to, MEI.leadEmail))
  t.equal(mail!.subject, 'You are a lead of @EastDale now')
  t.match(mail!.text, 'Helen Marsh gave you a place at the desk of @EastDale')
  const page = (await helen.get('/accounts')).body
  t.match(page, 'Led by Mei Lin Chan')
  t.match(page, 'As people say it, such as Your Organisation.')
  t.equal((await helen.get(`/accounts/${id}`)).statusCode, 404, 'adding gives no power over it')
  const mei = await visitor(MEI.leadEmail)
  t.match((await mei.get('/today')).body, '@EastDale')
  t.equal((await mei.get('/accounts')).statusCode, 404, 'and leading one gives none over the installation')
})

t.test('a handle that is here already is refused, whatever its case, with what was typed', async (t) => {
  const { helen } = await world(t)
  const again = await helen.post('/accounts', '/accounts', {
    id: randomUUID(),
    ...EAST,
    handle: 'northdalehealth',
  })
  t.equal(again.statusCode, 422)
  t.match(again.body, '@northdalehealth is another account here already.')
  t.match(again.body, 'value="EastDale Care"')
})

t.test('an owner names another one, and the last one stays', async (t) => {
  const { db, helen, visitor } = await world(t)
  const owen = await visitor(APPROVER.email)
  t.equal((await owen.get('/accounts')).statusCode, 404)
  const last = await helen.post('/accounts', `/accounts/owners/${LEAD.id}/removal`)
  t.equal(last.statusCode, 409)
  t.match(last.body, 'Nobody else looks after the installation.')
  const unknown = await helen.post('/accounts', '/accounts/owners', { email: 'nobody@north.example' })
  t.equal(unknown.statusCode, 422)
  t.match(unknown.body, 'Nobody here has this address.')
  await helen.post('/accounts', '/accounts/owners', { email: APPROVER.email })
  t.equal((await owen.get('/accounts')).statusCode, 200)
  t.equal((await owen.post('/accounts', `/accounts/owners/${LEAD.id}/removal`)).statusCode, 303)
  t.equal((await helen.get('/accounts')).statusCode, 404)
  const owners = await db.read.select().from(people).where(eq(people.owner, true))
  t.same(
    owners.map(({ name }) => name),
    ['Owen Price'],
  )
})

t.test('a lead takes no power over the installation by another lead’s address or passkeys', async (t) => {
  const { db, clock, helen, visitor } = await world(t)
  await db.write((tx) => setRole(tx, APPROVER.id, ACCOUNT, 'lead'))
  const owen = await visitor(APPROVER.email)
  const at = `/people/${LEAD.id}`
  const taken = await owen.post(at, at, { name: LEAD.name, email: 'owen+2@north.example', role: 'lead' })
  t.equal(taken.statusCode, 422)
  t.match(taken.body, 'Helen Marsh looks after the installation, so only somebody who does that too')
  t.equal((await owen.post(at, `${at}/sign-out`, { passkeys: 'yes' })).statusCode, 409)
  await helen.post('/accounts', '/accounts/owners', { email: APPROVER.email })
  t.equal(
    (await owen.post(at, at, { name: LEAD.name, email: 'helen@new.example', role: 'lead' })).statusCode,
    303,
  )
  t.match(await actorWith(db, 'helen@new.example', clock.now()), { personId: LEAD.id, owner: true })
})
