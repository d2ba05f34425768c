import { randomUUID } from 'node:crypto'
import t from 'tap'
import { findPersonByEmail, listRoles } from '../../src/people/people.ts'
import { testApp, type Visitor } from '../support/app.ts'
import { ACCOUNT, anAccount, anotherAccount, LEAD, OTHER_ACCOUNT, OTHER_LEAD } from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'

type Tap = Parameters<typeof testApp>[0]

/** Helen leads both accounts; Sunita leads the second one only. */
async function twoDesks(t: Tap) {
  const world = await testApp(t)
  const now = world.clock.now()
  await anAccount(world.db, { now })
  await anotherAccount(world.db, {
    now,
    people: [
      { ...LEAD, role: 'lead' },
      { ...OTHER_LEAD, role: 'lead' },
    ],
  })
  return { ...world, helen: await world.visitor(LEAD.email) }
}

/** Helen leads one account, Sunita the other one. */
async function oneDeskEach(t: Tap) {
  const world = await testApp(t)
  const now = world.clock.now()
  await anAccount(world.db, { now })
  await anotherAccount(world.db, { now })
  /** Helen is away for two days, and somebody with this address stands in. */
  const enterAway = (who: Visitor, { email, name }: { email: string; name: string }) =>
    who.post('/away', '/away', {
      id: randomUUID(),
      deputy: 'other',
      deputyEmail: email,
      deputyName: name,
      firstDay: '2026-11-23',
      lastDay: '2026-11-24',
    })
  return {
    ...world,
    enterAway,
    helen: await world.visitor(LEAD.email),
    sunita: await world.visitor(OTHER_LEAD.email),
  }
}

t.test(
  'somebody with two accounts goes from one desk to the other, and each page says whose it is',
  async (t) => {
    const { helen } = await twoDesks(t)
    const bare = await helen.get('/rota')
    t.equal(bare.headers.location, `/rota?account=${ACCOUNT}`, 'the address says whose rota it is')
    const north = (await helen.get(`/rota?account=${ACCOUNT}`)).body.replaceAll('&#x3D;', '=')
    t.match(north, 'aria-label="@NorthDaleHealth, choose another account"')
    t.match(
      north,
      `<a href="/rota?account=${OTHER_ACCOUNT}">@SouthDale</a>`,
      'to the same page of the other one',
    )
    const south = (await helen.get(`/rota?account=${OTHER_ACCOUNT}`)).body.replaceAll('&#x3D;', '=')
    t.match(south, 'aria-label="@SouthDale, choose another account"')
    t.match(south, `<a href="/queue?account=${OTHER_ACCOUNT}"`)
    t.equal(
      (await helen.get('/people')).headers.location,
      `/people?account=${OTHER_ACCOUNT}`,
      'it stays where they were last',
    )
  },
)

t.test('the desk follows what is opened, as from a mail', async (t) => {
  const { db, helen } = await twoDesks(t)
  await josephsWeek(db)
  await helen.get(`/today?account=${OTHER_ACCOUNT}`)
  const week = (await helen.get(`/weeks/${WEEK}`)).body.replaceAll('&#x3D;', '=')
  t.match(week, 'aria-label="@NorthDaleHealth, choose another account"')
  t.equal((await helen.get('/queue')).headers.location, `/queue?account=${ACCOUNT}`)
})

t.test('a form counts for the account on whose page it stood, whatever was opened since', async (t) => {
  const { db, helen } = await twoDesks(t)
  const page = (await helen.get(`/people?account=${ACCOUNT}`)).body.replaceAll('&#x3D;', '=')
  const token = /name="_csrf" value="([^"]+)"/.exec(page)![1]!
  t.match(page, `name="_account" value="${ACCOUNT}"`)
  await helen.get(`/today?account=${OTHER_ACCOUNT}`)
  const form = { _csrf: token, _account: ACCOUNT, name: 'Mei', email: 'mei@north.example', role: 'approver' }
  t.equal((await helen.send('/people', form)).statusCode, 303)
  const names = async (accountId: string) =>
    (await listRoles(db.read, accountId)).map(({ person }) => person.name)
  t.same(await names(ACCOUNT), ['Helen Marsh', 'Mei', 'Owen Price'])
  t.same(await names(OTHER_ACCOUNT), ['Helen Marsh', 'Sunita Rao'])
  t.equal((await helen.get('/people')).headers.location, `/people?account=${ACCOUNT}`)
})

t.test('an account that is not theirs is none that a form could name', async (t) => {
  const { db, visitor } = await twoDesks(t)
  const sunita = await visitor(OTHER_LEAD.email)
  const form = { _account: ACCOUNT, name: 'Mei', email: 'mei@north.example', role: 'approver' }
  t.equal((await sunita.post('/people', '/people', form)).statusCode, 303)
  const at = async (accountId: string) => (await listRoles(db.read, accountId)).length
  t.equal(await at(ACCOUNT), 2, 'nobody came to the desk of the other account')
  t.equal(await at(OTHER_ACCOUNT), 3)
})

t.test('Today tells of the other account too, each line with its handle', async (t) => {
  const { db, helen, visitor } = await twoDesks(t)
  await josephsWeek(db)
  await aSubmittedDraft(db, { id: 'd-1', text: 'Night shift on ward four.' })
  const today = (await helen.get(`/today?account=${OTHER_ACCOUNT}`)).body.replaceAll('&#x3D;', '=')
  t.match(
    today,
    /<a href="[^"]*d-1[^"]*">Night shift on ward four\.<\/a><\/h3><p>.*<span>@NorthDaleHealth<\/span>/,
  )
  t.match(today, `<a href="/today?account=${ACCOUNT}">Open its desk</a>`)
  const sunita = (await (await visitor(OTHER_LEAD.email)).get('/today')).body.replaceAll('&#x3D;', '=')
  t.notMatch(sunita, /NorthDale|Night shift/, 'whoever has one account hears of no other')
  t.notMatch(sunita, /account-choice|name="_account"/)
})

t.test('somebody who is a lead here and a host there has each power where it is theirs', async (t) => {
  const { db, clock, visitor } = await testApp(t)
  const now = clock.now()
  await anAccount(db, { now })
  await josephsWeek(db)
  await anotherAccount(db, { now, people: [{ ...JOSEPH, role: 'lead' }] })
  const joseph = await visitor(JOSEPH.email)
  const desk = (await joseph.get('/today')).body.replaceAll('&#x3D;', '=')
  t.match(desk, '<body class="desk', 'their desk first')
  t.match(desk, 'aria-label="@SouthDale, choose another account"')
  t.match(desk, `<a href="/today?week=${WEEK}">@NorthDaleHealth</a>`)
  const hosted = (await joseph.get(`/today?week=${WEEK}`)).body.replaceAll('&#x3D;', '=')
  t.match(hosted, '<body class="notebook', 'a host’s notebook there')
  t.match(hosted, 'aria-label="@NorthDaleHealth, choose another account"')
  t.notMatch(hosted, /href="\/(queue|people)[?"]/, 'and nothing of that account’s desk')
  t.equal((await joseph.get('/people')).statusCode, 200)
  for (const page of ['/queue', '/rota', '/people', '/activity'])
    t.equal((await joseph.get(`${page}?account=${ACCOUNT}`)).statusCode, 404, page)
  t.equal((await joseph.get(`/accounts/${ACCOUNT}`)).statusCode, 404)
  t.equal((await joseph.get(`/weeks/${WEEK}`)).statusCode, 200)
  await aSubmittedDraft(db, { id: 'd-1' })
  t.equal((await joseph.get('/drafts/d-1')).statusCode, 200)
  t.equal(
    (await joseph.post('/today', '/drafts/d-1/approval', {})).statusCode,
    403,
    'they can’t decide what they host',
  )
})

t.test('whoever adds a known address learns nothing of what another account calls its owner', async (t) => {
  const { db, helen, visitor, enterAway } = await oneDeskEach(t)
  const form = { name: 'S. Rao', email: OTHER_LEAD.email, role: 'approver' }
  const added = await helen.post('/people', '/people', form)
  t.equal(added.statusCode, 303)
  const people = async () => (await helen.get('/people')).body
  t.match(await people(), 'S. Rao gets a mail')
  t.match(await people(), '<h3>S. Rao</h3>')
  for (const page of ['/people', `/people/${OTHER_LEAD.id}`, '/away', '/activity'])
    t.notMatch((await helen.get(page)).body, OTHER_LEAD.name, page)
  const twice = await helen.post('/people', '/people', { ...form, name: 'Somebody' })
  t.match(twice.body, 'S. Rao is at this desk already')
  const change = `/people/${OTHER_LEAD.id}`
  await helen.post(change, change, { ...form, name: 'Mrs Rao' })
  t.match(await people(), '<h3>Mrs Rao</h3>')

  const sunita = await visitor(OTHER_LEAD.email)
  t.match(
    (await sunita.get(`/people?account=${OTHER_ACCOUNT}`)).body,
    '<h3>Sunita Rao',
    'at home she is who she is',
  )
  t.match(await people(), '<h3>Mrs Rao</h3>')
  t.equal((await sunita.get(`/today?account=${ACCOUNT}`)).statusCode, 200)
  t.match(await people(), '<h3>Sunita Rao</h3>', 'once she has come, she goes by her own name')
  const renamed = await helen.post(change, change, { ...form, name: 'Sunny' })
  t.equal(renamed.statusCode, 422, 'which is on the other account’s pages too')
  t.match(renamed.body, 'only a lead of both can change their name')
  t.equal((await findPersonByEmail(db.read, OTHER_LEAD.email))!.name, OTHER_LEAD.name)

  const other = { name: 'Mei Chan', email: 'mei@south.example' }
  await (
    await visitor(OTHER_LEAD.email)
  ).post(`/people?account=${OTHER_ACCOUNT}`, '/people', {
    ...other,
    _account: OTHER_ACCOUNT,
    role: 'approver',
  })
  const nameless = await enterAway(helen, { email: other.email, name: '' })
  t.equal(nameless.statusCode, 422)
  t.match(nameless.body, 'Their name is missing.')
  t.equal((await enterAway(helen, { email: other.email, name: 'M. C.' })).statusCode, 303)
  for (const page of ['/people', '/away', '/activity']) {
    const { body } = await helen.get(page)
    t.match(body, 'M. C.', page)
    t.notMatch(body, other.name, page)
  }
})
