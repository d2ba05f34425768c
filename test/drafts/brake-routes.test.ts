import t, { type Test } from 'tap'
import { accounts, mails, roles, sessions } from '../../src/db/schema/index.ts'
import { readBrakeEnd } from '../../src/drafts/brake/brake-end.ts'
import { createPublisher } from '../../src/publishing/publisher.ts'
import { findActor } from '../../src/rota/powers.ts'
import { testApp } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { testClock } from '../support/clock.ts'
import { connected, scriptedNetwork } from '../support/network.ts'
import { releaseAndHold } from '../support/releasing.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'

const PAGE = `/accounts/${ACCOUNT}/brake`
const BUTTON = `<form class="brake-button" method="post" action="${PAGE}">`

async function world(t: Test) {
  const network = scriptedNetwork(testClock('2026-11-18T10:42:00Z'))
  const made = await testApp(t, { network })
  const { db, clock } = made
  await anAccount(db, { now: clock.now() })
  await josephsWeek(db)
  await connected(made, network)
  const queue = (parts: string[], dueAt = new Date('2026-11-18T15:00:00Z')) =>
    approved(db, { parts, dueAt, now: clock.now(), weekId: WEEK, hosted: true, networkUserId: '900' })
  const account = async () => (await db.read.select().from(accounts))[0]!
  const helen = await made.visitor(LEAD.email)
  const note = async (fields: Record<string, string>) =>
    helen.post(PAGE, `${PAGE}-note`, { version: String((await account()).version), ...fields })
  return { ...made, network, queue, account, note, helen }
}

t.test('one press from any page stops the account, and the page says what it did', async (t) => {
  const { helen, visitor, queue, account, db, clock, deps, network } = await world(t)
  await queue(['What a bed weighs', 'and with a person in it'])
  await queue(['The last walk'])
  const { deliveries } = await queue(['On its way'], clock.now())
  const publisher = createPublisher({ ...deps, owner: 'process' })
  const owen = await visitor(APPROVER.email)
  network.steps.push({
    publish: true,
    meanwhile: async () => {
      const pressed = await owen.post('/queue', PAGE)
      t.equal(pressed.statusCode, 303)
      t.equal(pressed.headers.location, PAGE)
    },
  })
  await publisher.run()
  t.match(await account(), { brakeAt: clock.now(), brakeBy: APPROVER.id })
  const { body } = await helen.get(PAGE)
  for (const fact of [
    'Owen Price pulled it',
    '>today 10:42</time>',
    'Two posts are held',
    'could not stop this any more',
    'On its way',
    `/deliveries/${deliveries[0]!.id}/removal`,
    '<b>Helen Marsh</b>, lead',
    '<b>Joseph Adeyemi</b>, host',
    'the mail is on its way',
    '<a href="/drafts/',
    'What a bed weighs',
    'a thread of two posts',
    'Joseph Adeyemi, for <time',
    '<span class="count">2</span>',
  ])
    t.ok(body.includes(fact), fact)
  t.notOk(body.includes(BUTTON), 'there is nothing more to pull')
  t.equal((await helen.post('/today', PAGE)).headers.location, PAGE)
  t.match(await account(), { brakeBy: APPROVER.id }, 'pressed twice is pressed once')
  t.equal((await db.read.select().from(mails)).filter(({ kind }) => kind === 'brake-pulled').length, 2)
})

t.test('a mail that does not get through is told', async (t) => {
  const { helen, db, clock } = await world(t)
  await helen.post('/today', PAGE)
  await db.write(async (tx) => void (await tx.update(mails).set({ state: 'failed' })))
  t.match((await helen.get(PAGE)).body, 'could not be delivered: tell them yourself')
  await db.write(async (tx) => void (await tx.update(mails).set({ state: 'sent', sentAt: clock.now() })))
  t.match((await helen.get(PAGE)).body, 'mailed today 10:42')
})

t.test('why, and until when, is said after the press', async (t) => {
  const { helen, note, account } = await world(t)
  t.equal((await note({ reason: 'Fog' })).statusCode, 409, 'there is nothing to explain yet')
  await helen.post('/today', PAGE)
  t.equal((await note({ reason: 'Fog', time: '14:00' })).statusCode, 303)
  t.match(await account(), { brakeReason: 'Fog', brakeEndsAt: new Date('2026-11-18T14:00:00Z') })
  const { body } = await helen.get(PAGE)
  for (const fact of [
    '>\nFog</textarea>',
    'value="14:00"',
    'value="2026-11-18"',
    'ends by itself today 14:00',
  ])
    t.ok(body.includes(fact), fact)
  t.match(
    (await helen.get('/rota')).body,
    'Helen Marsh pulled it today 10:42: “Fog”. Nothing new of @NorthDaleHealth goes out. It ends by itself today 14:00.',
    'each page of the desk says it',
  )
  const sentences = 'A coach is off the road.\r\nNobody of ours is in it.'
  t.equal((await note({ reason: sentences, time: '14:00' })).statusCode, 303)
  t.match(await account(), { brakeReason: sentences.replace('\r', '') })
  const wrong: [Record<string, string>, RegExp][] = [
    [{ time: '10:00' }, /This time has passed/],
    [{ day: '2026-11-19' }, /Choose a time, or leave day and time empty/],
    [{ day: 'someday', time: '10:00' }, /Choose a day/],
    [{ reason: 'x'.repeat(401) }, /more than 400 characters/],
  ]
  for (const [fields, said] of wrong) {
    const answer = await note(fields)
    t.equal(answer.statusCode, 422)
    t.match(answer.body, said)
  }
  t.equal((await note({ version: '1', reason: 'Rain' })).statusCode, 409)
  await note({})
  t.match(await account(), { brakeReason: null, brakeEndsAt: null })
})

t.test('an end is a time of the account’s zone', (t) => {
  const london = { now: new Date('2026-10-24T12:00:00Z'), zone: 'Europe/London' }
  const read = (day: string, time: string, which = '') => readBrakeEnd({ day, time, which }, london)
  t.equal(read('', ''), null)
  t.same(read('', '15:00'), new Date('2026-10-24T14:00:00Z'), 'without a day it is today')
  t.throws(() => read('2026-10-25', '01:30'), { message: /comes twice/ })
  t.same(read('2026-10-25', '01:30', 'first'), new Date('2026-10-25T00:30:00Z'))
  t.same(read('2026-10-25', '01:30', 'second'), new Date('2026-10-25T01:30:00Z'))
  t.throws(() => read('2027-03-28', '01:30'), { message: /There is no 1:30/ })
  t.end()
})

t.test('the release says what still waits', async (t) => {
  const { helen, queue } = await world(t)
  await queue(['The last walk'])
  await helen.post('/today', PAGE)
  const form = (await helen.get(`${PAGE}/release`)).body
  const answer = await helen.post(`${PAGE}/release`, `${PAGE}/release`, {
    seen: /name="seen" value="(\w+)"/.exec(form)![1]!,
    [/name="(choice-[^"]+)"/.exec(form)![1]!]: 'stay',
  })
  t.equal(answer.headers.location, '/today')
  t.match((await helen.get('/today')).body, 'The brake is off. Of what it held, one stays held.')
  const { body } = await helen.get(PAGE)
  t.match(body, 'The brake is off')
  t.match(body, 'One post that it held still waits')
  t.ok(body.includes(BUTTON))
})

t.test('what is approved while it is on is held, and the approver knows before and after', async (t) => {
  const { helen, db, visitor } = await world(t)
  const id = await aSubmittedDraft(db)
  await helen.post('/today', PAGE)
  const owen = await visitor(APPROVER.email)
  const queue = await owen.get(`/queue?draft=${id}`)
  t.match(queue.body, 'What you approve is held, and asks again after the release.')
  const fingerprint = /name="fingerprint" value="([^"]+)"/.exec(queue.body)![1]!
  const decided = await owen.post('/queue', `/drafts/${id}/approval`, {
    fingerprint,
    newTime: '',
    comment: '',
  })
  t.equal(decided.statusCode, 303)
  t.match((await owen.get('/queue')).body, 'Approved, and held: the brake is on.')
  const [told] = (await db.read.select().from(mails)).filter(({ kind }) => kind === 'draft-approved')
  t.match(told, { to: JOSEPH.email, text: /it is held, and goes out only when the team says so/ })
})

t.test(
  'a comment that is being typed in the queue is kept when the brake is pulled from there',
  async (t) => {
    const { helen, db } = await world(t)
    const id = await aSubmittedDraft(db)
    const page = `/queue?draft=${id}`
    const { body } = await helen.get(page)
    t.match(body, `form="decide" formaction="${PAGE}" formnovalidate`)
    const typed = /<form class="fields" id="decide"[^]*?<\/form>/.exec(body)![0]
    const about = /name="about" value="([^"]+)"/.exec(typed)![1]!
    await helen.post(page, PAGE, { about, comment: 'Which ward is <this>?' })
    t.match((await helen.get(PAGE)).body.replaceAll('&#x3D;', '='), `is kept: <a href="${page}">`)
    t.match((await helen.get(page)).body, 'Which ward is &lt;this&gt;?</textarea>')
    const fingerprint = /name="fingerprint" value="([^"]+)"/.exec((await helen.get(page)).body)![1]!
    const asked = await helen.post(page, `/drafts/${id}/change-request`, {
      fingerprint,
      comment: 'Which ward is <this>?',
    })
    t.equal(asked.statusCode, 303)
    t.notMatch((await helen.get(PAGE)).body, 'is kept', 'it is said now')
  },
)

t.test('a host has no brake, and reads what the pause means for what they wrote', async (t) => {
  const { helen, note, visitor, queue } = await world(t)
  const { draftId, deliveries: parts } = await queue(['The last walk'])
  const joseph = await visitor(JOSEPH.email)
  t.notMatch((await joseph.get('/today')).body, /brake/i)
  t.equal((await joseph.post('/today', PAGE)).statusCode, 404)
  await helen.post('/today', PAGE)
  const paused = (await joseph.get('/today')).body
  t.match(paused, '@NorthDaleHealth is paused')
  t.match(paused, 'since 10:42')
  for (const page of [`/drafts/${draftId}`, `/deliveries/${parts[0]!.id}`]) {
    const { body } = await joseph.get(page)
    t.match(body, 'The team stopped everything on the account. It goes out when they say so.', page)
    t.notMatch(body.replaceAll(/<(head|header)[^]*?<\/\1>/g, ''), /by the brake|the brake holds/i, page)
    t.equal(body.split('The team stopped everything on the account.').length - 1, 2, 'also in what happened')
  }
  t.match(
    paused,
    'The pause deletes nothing. One post of yours is held, and goes out only when the team says so.',
  )
  await note({ reason: 'Fog on the <moor>', time: '14:00' })
  const brake = (await helen.get(PAGE)).body
  t.ok(brake.indexOf('Why, and until when') < brake.indexOf('What is held'), 'the reason is at hand first')
  const { body } = await joseph.get('/today')
  t.match(body, 'Fog on the &lt;moor&gt;')
  t.match(body, 'until today 14:00')
  t.notOk(body.includes(PAGE))
})

t.test(
  'a host reads of a post that stayed held after the release that the team decides about it',
  async (t) => {
    const { helen, visitor, queue, db, deps, clock } = await world(t)
    const { draftId, deliveries: parts } = await queue(['The last walk'])
    await helen.post('/today', PAGE)
    clock.pass(5)
    await releaseAndHold(deps, {
      accountId: ACCOUNT,
      actor: (await findActor(db.read, LEAD.id, clock.now()))!,
    })
    const joseph = await visitor(JOSEPH.email)
    for (const page of [`/drafts/${draftId}`, `/deliveries/${parts[0]!.id}`]) {
      const { body } = await joseph.get(page)
      t.match(body, 'It stayed held when the team let things go again. They decide about it.', page)
      t.notMatch(body, 'It goes out when they say so', page)
    }
  },
)

t.test('where nobody pulled it, as after a backup was put back, nobody is named', async (t) => {
  const { db, helen, clock } = await world(t)
  await db.write(
    async (tx) => void (await tx.update(accounts).set({ brakeAt: clock.now(), brakeReason: 'Look first.' })),
  )
  const { body } = await helen.get(PAGE)
  t.match(body, 'Nobody pulled it by hand, so nobody was mailed.')
  t.match(body, />\s*Look first\.<\/textarea>/, 'the reason is there to be read and changed')
  t.notMatch(body, 'pulled it,')
  t.match((await helen.get('/rota')).body, 'It is on since today 10:42: “Look first.” Nothing new')
})

t.test('followers see nothing of it', async (t) => {
  const { app, helen } = await world(t)
  const page = async () => (await app.inject({ url: '/@NorthDaleHealth' })).body
  const before = await page()
  await helen.post('/today', PAGE)
  t.equal(await page(), before)
})

t.test('who is at two desks has a button for each account, with its name', async (t) => {
  const { db, helen, clock } = await world(t)
  await db.write(async (tx) => {
    const [first] = await tx.select().from(accounts)
    await tx.insert(accounts).values({ ...first!, id: 'south', handle: 'SouthDale', createdAt: clock.now() })
    await tx.insert(roles).values({ personId: LEAD.id, accountId: 'south', role: 'lead' })
  })
  const { body } = await helen.get(`/today?account=${ACCOUNT}`)
  const masthead = body.slice(body.indexOf('<header'), body.indexOf('</header>'))
  const [choice, beside] = masthead.split('</details>')
  const under = /<div class="other-brakes"[^]*?<\/div>/.exec(body)?.[0]
  t.match(beside, `action="${PAGE}"`, 'the account at hand: one press')
  t.match(beside, 'brake<span class="brake-of"> of @NorthDaleHealth</span></span>')
  t.notMatch(beside, 'SouthDale')
  t.match(under, 'action="/accounts/south/brake"', 'and so is the other')
  t.match(under, 'brake<span class="brake-of"> of @SouthDale</span></span>')
  t.notMatch(under, 'NorthDale')
  t.notMatch(choice, '/brake"', 'once on a page')
  for (const page of ['/queue', '/rota', `/accounts/${ACCOUNT}`, '/activity'])
    t.match(
      (await helen.get(`${page}?account=${ACCOUNT}`)).body,
      /class="other-brakes"[^]*?south\/brake/,
      page,
    )
  await helen.post(`/today?account=${ACCOUNT}`, '/accounts/south/brake')
  t.notMatch(
    (await helen.get(`/today?account=${ACCOUNT}`)).body,
    'class="other-brakes"',
    'pulled, it has no button',
  )
})

t.test('of very many accounts four brakes are at hand, and the others in the list', async (t) => {
  const { db, helen, clock } = await world(t)
  await db.write(async (tx) => {
    const [first] = await tx.select().from(accounts)
    for (const at of [1, 2, 3, 4, 5, 6]) {
      const id = `more-${at}`
      await tx.insert(accounts).values({ ...first!, id, handle: `More${at}`, createdAt: clock.now() })
      await tx.insert(roles).values({ personId: LEAD.id, accountId: id, role: 'lead' })
    }
  })
  const { body } = await helen.get(`/today?account=${ACCOUNT}`)
  const [, under] = body.split('class="other-brakes"')
  t.equal(under!.match(/class="brake-button"/g)!.length, 4)
  for (const at of [1, 2, 3, 4, 5, 6])
    t.equal(body.match(new RegExp(`action="/accounts/more-${at}/brake"`, 'g'))?.length, 1, `More${at}, once`)
})

t.test('who was signed out meanwhile is told that nothing was stopped', async (t) => {
  const { db, helen, account } = await world(t)
  await db.write(async (tx) => void (await tx.delete(sessions)))
  const pressed = await helen.post('/sign-in', PAGE)
  t.equal(pressed.statusCode, 401)
  t.match(pressed.body, 'The brake is not on yet: nothing was stopped.')
  t.match(await account(), { brakeAt: null })
})
