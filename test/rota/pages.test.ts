import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import type { Shape } from '../../src/accounts/account.ts'
import { activity, images } from '../../src/db/schema/index.ts'
import { findHostedWeek, findWeekOfSlot, listEvents } from '../../src/rota/weeks.ts'
import { setHiatus } from '../../src/rota/planner/set-hiatus.ts'
import { testApp } from '../support/app.ts'
import { actorWith, aHost, aWeek, MEI, PRIYA, sentMails } from '../support/bookings.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'

async function opened(t: Test, { shape }: { shape?: Shape } = {}) {
  const world = await testApp(t)
  await anAccount(world.db, { now: world.clock.now(), ...(shape ? { shape } : {}) })
  return { ...world, now: world.clock.now(), helen: await world.visitor(LEAD.email) }
}

const BOOK = '/rota/book?slot=2026-12-07'
const booking = (more: Record<string, string> = {}) => ({
  id: randomUUID(),
  slot: '2026-12-07',
  kind: 'host',
  name: 'Siân O’Brien',
  email: 'sian@north.example',
  ...more,
})

t.test('the planner: a year, with weeks, gaps and hiatus', async (t) => {
  const { db, clock, now, helen, visitor } = await opened(t)
  clock.moveTo(new Date('2026-10-02T09:00:00Z'))
  await aWeek(db, clock.now(), { slot: '2026-10-05', who: MEI, accepted: true })
  clock.moveTo(now)
  await aWeek(db, now, { theme: 'Finding the word' })
  const actor = await actorWith(db, LEAD.email, now)
  await setHiatus(db, {
    weekId: 'hiatus',
    accountId: ACCOUNT,
    slot: '2026-12-21',
    reason: 'Christmas',
    actor,
    now,
  })
  const { body } = await helen.get('/rota')
  for (const piece of [
    'October 2026 to September 2027. One week booked',
    '2026, three stayed empty</small>',
    '2026, two gaps</small>',
    'Priya Nair has not said yes to 23 to 27 November yet. Two weeks can change places once both hosts have said yes. Until then either can be moved to a gap.',
    'The week of 5 to 9 October is past: nothing can be moved there.',
    'class="account-name"><a href="/@NorthDaleHealth">',
    '2026-11-16">16 to 20 November</a>',
    'A week is Monday to Friday.',
    '2025-10" rel="prev">Earlier year',
    'aria-label="Recap of Mei Lin Chan, 5 to 9 October"',
    'stayed empty',
    'Priya Nair</a>',
    'Christmas',
    'aria-label="book 7 to 11 December"',
    '30 to 4 Dec',
  ])
    t.match(body, piece)
  const hiatus = (await helen.get('/weeks/hiatus')).body
  t.match(hiatus, '21 to 25 December')
  t.notMatch(hiatus, 'opens', 'nobody opens it')
  t.match((await helen.get('/rota?from=2027-10')).body, 'October 2027 to September 2028. No weeks booked')
  t.match((await helen.get('/rota?from=nonsense')).body, 'October 2026')
  const asApprover = await (await visitor(APPROVER.email)).get('/rota')
  t.equal(asApprover.statusCode, 200)
  t.notMatch(asApprover.body, '/rota/book', 'an approver only looks')
})

t.test('the planner of an account whose weeks have seven days', async (t) => {
  const { helen } = await opened(t, {
    shape: { days: [1, 2, 3, 4, 5, 6, 7], opens: '09:00', closes: '18:00' },
  })
  const { body } = await helen.get('/rota')
  t.match(body, 'A week is Monday to Sunday.')
  t.match(body, '19 to 25')
})

t.test('booking and inviting by the form', async (t) => {
  const { db, clock, helen } = await opened(t)
  const page = await helen.get(BOOK)
  t.match(page.body, 'Book 7 to 11 December')
  t.match(page.body, 'Being booked')
  const sent = booking({
    handle: 'https://x.com/sian_ob',
    job: 'Midwife',
    theme: 'Born at night',
    'events.0.name': 'Open day',
    'events.0.day': '2026-12-09',
    'events.0.from': '10:00',
    'events.0.lastDay': '',
    'events.0.to': '13:00',
    'events.0.hashtag': 'Open',
    'events.0.place': '',
    'events.1.name': '',
    'events.1.day': '2026-12-07',
    do: 'invite',
  })
  const done = await helen.post(BOOK, '/rota/book', sent)
  t.equal(done.headers.location, `/weeks/${sent.id}`)
  const { body } = await helen.get(`/weeks/${sent.id}`)
  for (const piece of [
    'Born at night',
    'Siân O’Brien',
    '^SO',
    'Invited',
    'Wednesday 9 December, 10:00 to 13:00',
    '#Open',
  ])
    t.match(body, piece)
  t.equal((await findHostedWeek(db.read, sent.id))!.host!.handle, 'sian_ob')
  t.same(
    (await sentMails(db, clock)).map(({ to }) => to),
    ['sian@north.example'],
  )
  t.match((await helen.get(`/weeks/${sent.id}`)).body, 'Sent', 'what became of the mail')
  const twice = await helen.post(BOOK, '/rota/book', sent)
  t.equal(twice.headers.location, `/weeks/${sent.id}`, 'sent twice, booked once')
  t.same(await sentMails(db, clock), [])
})

t.test('a refused booking keeps all that was typed, and says everything at once', async (t) => {
  const { db, helen } = await opened(t)
  const wrong = await helen.post(
    BOOK,
    '/rota/book',
    booking({
      email: 'sian at north',
      signOff: '^not a sign-off',
      handle: 'has spaces',
      why: 'It’s "her" <week>',
      'events.0.name': 'The O’Neills’ evening',
      'events.0.day': '2026-12-09',
      'events.0.from': '19:00',
      'events.0.to': '18:00',
      'events.1.place': 'Chapel',
      'events.1.day': '',
    }),
  )
  t.equal(wrong.statusCode, 422)
  for (const piece of [
    'value="Siân O’Brien"',
    'value="sian at north"',
    'value="The O’Neills’ evening"',
    'It’s &quot;her&quot; &lt;week&gt;',
    'value="Chapel"',
    '8 things to put right',
    'href="#email"',
    'href="#events.0.to"',
    'The event ends before it begins.',
    'The event has no name.',
  ])
    t.match(wrong.body, piece)
  t.equal(await findWeekOfSlot(db.read, ACCOUNT, '2026-12-07'), undefined)
})

t.test('somebody was faster: told who, and nothing typed is lost', async (t) => {
  const { db, now, helen } = await opened(t)
  await aWeek(db, now, { slot: '2026-12-07' })
  const page = await helen.post('/people', '/rota/book', booking({ theme: 'Born at night' }))
  t.equal(page.statusCode, 409)
  t.match(page.body, 'Priya Nair has 7 to 11 December')
  t.match(page.body, 'value="Born at night"')
})

t.test('one more event without a script', async (t) => {
  const { db, helen } = await opened(t)
  const first = await helen.post(BOOK, '/rota/book', booking({ do: 'add-event', theme: 'Born at night' }))
  t.equal(first.statusCode, 200)
  t.match(first.body, 'id="events.0.name"')
  t.match(first.body, 'value="Born at night"')
  const second = await helen.post(
    BOOK,
    '/rota/book',
    booking({ do: 'add-event', 'events.0.name': 'Open day' }),
  )
  t.match(second.body, 'value="Open day"')
  t.match(second.body, 'id="events.1.name"')
  t.equal(await findWeekOfSlot(db.read, ACCOUNT, '2026-12-07'), undefined, 'nothing is booked by that')
})

t.test('an event taken out of the form without a script', async (t) => {
  const { db, helen } = await opened(t)
  const event = (row: number, name: string) => ({
    [`events.${row}.name`]: name,
    [`events.${row}.day`]: '2026-12-08',
    [`events.${row}.from`]: '14:00',
    [`events.${row}.to`]: '15:00',
  })
  const both = { ...event(0, 'Open day'), ...event(1, 'Carols') }
  const without = await helen.post(
    BOOK,
    '/rota/book',
    booking({ do: 'remove-event-0', theme: 'Kept', ...both }),
  )
  t.equal(without.statusCode, 200)
  t.match(without.body, 'value="Carols"')
  t.match(without.body, 'value="Kept"')
  t.notMatch(without.body, /Open day|events\.1\.name/)
  t.equal(await findWeekOfSlot(db.read, ACCOUNT, '2026-12-07'), undefined, 'nothing is booked by that')

  await helen.post(BOOK, '/rota/book', booking(both))
  const { id } = (await findWeekOfSlot(db.read, ACCOUNT, '2026-12-07'))!
  const form = (await helen.get(`/weeks/${id}/edit`)).body
  t.match(form, 'Remove this event')
  const fewer = await helen.post(`/weeks/${id}/edit`, `/weeks/${id}`, {
    ...booking({ do: 'remove-event-1', ...both }),
    version: '1',
  })
  t.match(fewer.body, 'value="Open day"')
  t.notMatch(fewer.body, 'value="Carols"')
})

t.test('an event in the hour that the clocks skip or repeat', async (t) => {
  const shape = { days: [1, 2, 3, 4, 5, 6, 7], opens: '09:00', closes: '18:00' }
  const { helen } = await opened(t, { shape })
  const event = (day: string) => ({
    'events.0.name': 'Night shift',
    'events.0.day': day,
    'events.0.from': '01:30',
    'events.0.to': '04:00',
  })
  const skipped = await helen.post(
    BOOK,
    '/rota/book',
    booking({ slot: '2027-03-22', ...event('2027-03-28') }),
  )
  t.equal(skipped.statusCode, 422)
  t.match(skipped.body, 'there is no 01:30')
  const twice = await helen.post(BOOK, '/rota/book', booking({ slot: '2027-10-25', ...event('2027-10-31') }))
  t.match(twice.body, '01:30 comes twice')
})

t.test('a hiatus by the same form', async (t) => {
  const { db, helen } = await opened(t)
  const sent = { id: randomUUID(), slot: '2026-12-07', kind: 'hiatus', reason: 'Everybody’s away', name: '' }
  t.equal((await helen.post(BOOK, '/rota/book', sent)).statusCode, 303)
  t.match(await findHostedWeek(db.read, sent.id), {
    week: { kind: 'hiatus', why: 'Everybody’s away' },
    host: null,
  })
  t.match((await helen.get('/rota')).body, 'Everybody’s away')
  const page = `/weeks/${sent.id}/edit`
  await helen.post(page, `/weeks/${sent.id}`, { version: '1', reason: 'Christmas' })
  t.equal((await findHostedWeek(db.read, sent.id))!.week.why, 'Christmas')
})

t.test('a portrait is made square, and outlives a refusal', async (t) => {
  const { db, helen } = await opened(t)
  const bytes = await sharp({ create: { width: 900, height: 400, channels: 3, background: '#c33' } })
    .png()
    .toBuffer()
  const files = { portrait: { name: 'sian.png', bytes } }
  const wrong = await helen.upload(BOOK, '/rota/book', booking({ email: 'nonsense' }), files)
  t.equal(wrong.statusCode, 422)
  const hash = /name="portraitHash" value="(\w+)"/.exec(wrong.body)![1]!
  t.match((await db.read.select().from(images).where(eq(images.hash, hash)))[0], { width: 600, height: 600 })
  const again = booking({ portraitHash: hash })
  t.equal((await helen.post(BOOK, '/rota/book', again)).statusCode, 303)
  t.equal((await findHostedWeek(db.read, again.id))!.host!.portraitHash, hash)
  t.equal((await helen.get(`/images/${hash}`)).statusCode, 200)

  const noPicture = { portrait: { name: 'cv.docx', bytes: Buffer.from('words') } }
  const page = `/weeks/${again.id}/edit`
  const change = { version: '1', name: 'Siân O’Brien', job: 'Midwife' }
  const refused = await helen.upload(page, `/weeks/${again.id}`, { ...change, portraitHash: hash }, noPicture)
  t.equal(refused.statusCode, 422)
  t.match(refused.body, 'not a picture that we can read')
  t.match(refused.body, hash, 'the one before is still there')
  await helen.post(page, `/weeks/${again.id}`, { ...change, portraitHash: hash, removePortrait: 'yes' })
  t.equal((await findHostedWeek(db.read, again.id))!.host!.portraitHash, null)
})

t.test('a lead changes a week, and an old form meets what stands now', async (t) => {
  const { db, now, helen } = await opened(t)
  const weekId = await aWeek(db, now, { host: aHost(PRIYA.name, { signOff: '^PN' }), theme: 'Words' })
  const [page, action] = [`/weeks/${weekId}/edit`, `/weeks/${weekId}`]
  const form = {
    version: '1',
    name: PRIYA.name,
    signOff: '^PN',
    theme: 'Finding the word',
    'events.0.name': '',
  }
  t.equal((await helen.post(page, action, form)).statusCode, 303)
  const late = await helen.post(page, action, { ...form, theme: 'Lost for words', why: 'Aphasia Week' })
  t.equal(late.statusCode, 409)
  for (const piece of [
    'value="Lost for words"',
    'Stands now: Finding the word',
    'Aphasia Week',
    'name="version" value="2"',
  ])
    t.match(late.body, piece)
  const event = {
    'events.0.name': 'Choir',
    'events.0.day': '2026-11-26',
    'events.0.from': '14:00',
    'events.0.to': '15:30',
  }
  await helen.post(page, action, { ...form, version: '2', why: 'Aphasia Week', ...event })
  t.match(await listEvents(db.read, weekId), [{ name: 'Choir', startsAt: new Date('2026-11-26T14:00:00Z') }])
  const shown = (await helen.get(page)).body
  t.match(shown, 'value="Choir"')
  const entries = await db.read.select().from(activity).where(eq(activity.kind, 'week.changed'))
  t.same(
    entries.map(({ details }) => details['changed']),
    ['theme', 'why, events'],
  )
  await helen.post(page, action, { ...form, version: '3', why: 'Aphasia Week', ...event })
  t.equal((await findHostedWeek(db.read, weekId))!.week.version, 3, 'the same words again change nothing')
})

t.test('hosts change their own part, until the week closes', async (t) => {
  const { db, clock, now, visitor } = await opened(t)
  const weekId = await aWeek(db, now, { host: aHost(PRIYA.name, { signOff: '^PN', handle: 'priya' }) })
  const priya = await visitor(PRIYA.email)
  const [page, action] = [`/weeks/${weekId}/edit`, `/weeks/${weekId}`]
  t.match((await priya.get(`/weeks/${weekId}`)).body, 'You have not accepted yet')
  t.notMatch((await priya.get(page)).body, 'name="signOff"')
  const form = {
    version: '1',
    theme: 'Finding the word',
    biography: 'Sings on Thursdays.',
    name: 'Somebody else',
  }
  t.equal((await priya.post(page, action, { ...form, signOff: '^XX' })).statusCode, 303)
  t.match(await findHostedWeek(db.read, weekId), {
    week: { theme: 'Finding the word' },
    host: { name: PRIYA.name, signOff: '^PN', handle: 'priya', biography: 'Sings on Thursdays.' },
  })
  clock.moveTo(new Date('2026-11-27T18:00:00Z'))
  const late = await priya.get(page)
  t.equal(late.statusCode, 403)
  t.match(late.body, 'Your week is over')
})

t.test('who may do what in the rota', async (t) => {
  const { db, now, visitor } = await opened(t)
  const weekId = await aWeek(db, now)
  await aWeek(db, now, { slot: '2026-12-14', who: MEI })
  const visitors = {
    lead: await visitor(LEAD.email),
    approver: await visitor(APPROVER.email),
    host: await visitor(PRIYA.email),
    other: await visitor(MEI.email),
    nobody: await visitor(),
  }
  const at = (path: string) => `/weeks/${weekId}${path}`
  // In this order: lead, approver, the week's host, another host, nobody.
  const pages: [path: string, ...answers: number[]][] = [
    ['/rota', 200, 200, 404, 404, 303],
    [BOOK, 200, 403, 404, 404, 303],
    ['/rota/book?slot=2026-12-08', 404, 403, 404, 404, 303],
    ['/rota/book', 404, 403, 404, 404, 303],
    [at(''), 200, 200, 200, 404, 303],
    [at('/edit'), 200, 403, 200, 404, 303],
    [at('/invitation'), 200, 200, 200, 404, 303],
    [at('/cancellation'), 200, 403, 403, 404, 303],
    [at('/replacement'), 200, 403, 403, 404, 303],
    ['/weeks/invented', 404, 404, 404, 404, 303],
  ]
  for (const [path, ...answers] of pages) {
    for (const [index, [who, visitor]] of Object.entries(visitors).entries())
      t.equal((await visitor.get(path)).statusCode, answers[index], `${who} opens ${path}`)
  }
  const forms: [path: string, ...answers: number[]][] = [
    ['/rota/book', 403, 404, 404],
    [at(''), 403, 422, 404],
    [at('/invitation'), 403, 403, 404],
    [at('/announcement'), 403, 403, 404],
    [at('/acceptance'), 403, 303, 404],
    [at('/cancellation'), 403, 403, 404],
    [at('/replacement'), 403, 403, 404],
  ]
  const { approver, host, other } = visitors
  for (const [path, ...answers] of forms) {
    const sent = path.endsWith('/book')
      ? booking()
      : path === at('')
        ? { theme: 'x'.repeat(121) }
        : { version: '1' }
    for (const [index, who] of [approver, host, other].entries())
      t.equal((await who.post('/today', path, sent)).statusCode, answers[index], `${index} sends ${path}`)
  }
})
