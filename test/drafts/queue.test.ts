import { eq } from 'drizzle-orm'
import t from 'tap'
import type { Reader } from '../../src/db/database.ts'
import { decisions, deliveries, drafts } from '../../src/db/schema/index.ts'
import { testApp } from '../support/app.ts'
import { anAccount, APPROVER, LEAD } from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, josephsWeek } from '../support/submitted.ts'

async function aDesk(t: Parameters<typeof testApp>[0], options: Parameters<typeof testApp>[1] = {}) {
  const woken: string[] = []
  const wake = {
    publisher: () => void woken.push('publisher'),
    mail: () => void woken.push('mail'),
    listener() {},
    releaser() {},
    hider() {},
    handover() {},
    clearing() {},
    lookingUp() {},
  }
  const world = await testApp(t, { ...options, deps: { wake } })
  await anAccount(world.db, { now: world.clock.now() })
  await josephsWeek(world.db)
  return {
    ...world,
    woken,
    owen: await world.visitor(APPROVER.email),
    helen: await world.visitor(LEAD.email),
  }
}

const hidden = (html: string, name: string) =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''
const listed = (html: string) => [...html.matchAll(/class="excerpt">([^<]*)</g)].map(([, words]) => words)

t.test('reading and approving, one after the other', async (t) => {
  const { db, owen, woken, helen } = await aDesk(t)
  const monday = await aSubmittedDraft(db, { text: 'Friday thoughts', wishedAt: '2026-11-20T09:00:00Z' })
  const noon = await aSubmittedDraft(db, {
    text: 'The last walk',
    parts: [
      { text: 'The last walk', images: [] },
      { text: 'There is a form', images: [] },
    ],
  })
  const answer = await aSubmittedDraft(db, {
    text: 'Yes, you can',
    wishedAt: null,
    replyTo: '42',
    answering: { handle: 'bedsandbobs', name: 'Beds and Bobs', text: 'Which window?' },
  })
  const { body } = await owen.get('/queue')
  t.same(listed(body), ['The last walk', 'Yes, you can', 'Friday thoughts'], 'what is wanted first on top')
  for (const fact of [
    'Three drafts wait for a decision',
    'Queue <span class="count">3</span>',
    'Joseph Adeyemi, for today at 12:30',
    'If nobody decides by 12:30, it stays here and Joseph is told.',
    '1 h 48 min left',
    'two parts',
    'answers @bedsandbobs',
    '<mark>^JA</mark>',
    'Nothing else within 30 minutes of 12:30.',
    'Part one fits: 13 of 280.',
    'Part two fits: 19 of 280.',
  ])
    t.ok(body.includes(fact), fact)
  const approved = await owen.post('/queue', `/drafts/${noon}/approval`, {
    fingerprint: hidden(body, 'fingerprint'),
    next: hidden(body, 'next'),
  })
  t.equal(approved.statusCode, 303)
  t.equal(approved.headers.location, `/queue?draft=${answer}`, 'the next one')
  t.same(woken, ['publisher', 'mail'])
  const next = (await owen.get(approved.headers.location!)).body
  t.ok(next.includes('Approved. It goes out today at 12:30.'))
  t.ok(next.includes('Which window?'), 'what it answers stands over it')
  t.same(listed(next), ['Yes, you can', 'Friday thoughts'])
  const returned = await owen.post(`/queue?draft=${answer}`, `/drafts/${answer}/change-request`, {
    fingerprint: hidden(next, 'fingerprint'),
    comment: 'Say which window.',
    next: monday,
  })
  t.equal(returned.headers.location, `/queue?draft=${monday}`)
  const last = (await owen.get(returned.headers.location!)).body
  t.ok(last.includes('Given back. Joseph is told what to change.'))
  const declined = await owen.post(`/queue?draft=${monday}`, `/drafts/${monday}/refusal`, {
    fingerprint: hidden(last, 'fingerprint'),
    comment: 'Another time.',
  })
  t.equal(declined.headers.location, '/queue')
  const empty = (await owen.get('/queue')).body
  t.ok(empty.includes('Everything is decided'))
  t.ok((await helen.get(`/queue?draft=${noon}`)).body.includes('Approved'), 'a decided one can still be read')
  t.same((await db.read.select().from(decisions)).length, 3)
})

t.test('a draft that came back shows what is new in it', async (t) => {
  const { db, owen, helen, visitor } = await aDesk(t)
  const id = await aSubmittedDraft(db, { text: 'A bed on ward four weighs 140 kg.' })
  const first = (await owen.get(`/queue?draft=${id}`)).body
  t.notMatch(first, 'Changed since')
  await owen.post(`/queue?draft=${id}`, `/drafts/${id}/change-request`, {
    fingerprint: hidden(first, 'fingerprint'),
    comment: 'Without the ward, please.',
  })
  t.notMatch((await owen.get(`/queue?draft=${id}`)).body, 'second time', 'not before it is back')
  const joseph = await visitor(JOSEPH.email)
  const path = `/drafts/${id}`
  const version = hidden((await joseph.get(path)).body, 'version')
  await joseph.post(path, `${path}/submission`, {
    version,
    'part-1-text': 'A bed weighs 140 kg.',
    when: 'time',
    day: '2026-11-18',
    time: '12:30',
  })
  const again = (await helen.get(`/queue?draft=${id}`)).body
  t.match(again, 'second time, after Owen’s changes')
  t.match(again, 'Changed since Owen’s request')
  t.match(again, '<del>on ward four</del>')
  t.match((await owen.get(`/queue?draft=${id}`)).body, 'second time, after your changes')
})

t.test('what can’t be taken comes back with what was typed', async (t) => {
  const { db, owen } = await aDesk(t)
  const id = await aSubmittedDraft(db)
  const { body } = await owen.get('/queue')
  const fingerprint = hidden(body, 'fingerprint')
  const wordless = await owen.post('/queue', `/drafts/${id}/change-request`, { fingerprint })
  t.equal(wordless.statusCode, 422)
  t.match(wordless.body, /href="#comment">Say what to change/)
  await db.write((tx) =>
    tx
      .update(drafts)
      .set({ content: { parts: [{ text: 'Quite other words', images: [] }] }, version: 9 })
      .where(eq(drafts.id, id)),
  )
  const late = await owen.post('/queue', `/drafts/${id}/change-request`, {
    fingerprint,
    comment: 'Shorter, please',
  })
  t.equal(late.statusCode, 409)
  for (const fact of ['changed while you were reading', 'Quite other words', 'Shorter, please'])
    t.ok(late.body.includes(fact), fact)
  const again = await owen.send(`/drafts/${id}/approval`, {
    _csrf: hidden(late.body, '_csrf'),
    fingerprint: hidden(late.body, 'fingerprint'),
  })
  t.equal(again.statusCode, 303, 'the page that came back can be decided from')
  const twice = await owen.post('/queue', `/drafts/${id}/approval`, { fingerprint })
  t.equal(twice.statusCode, 409)
  t.match(twice.body, 'You have approved this already.')
  const comment = 'Please wait until the family knows.'
  const slower = await owen.post('/queue', `/drafts/${id}/refusal`, { fingerprint, comment })
  t.equal(slower.statusCode, 409)
  for (const fact of [comment, 'Nobody has been told of it yet.', 'open the draft, and take it back'])
    t.ok(slower.body.includes(fact), fact)
  const said = { _csrf: hidden(slower.body, '_csrf'), id: hidden(slower.body, 'id'), text: comment }
  t.equal((await owen.send(`/drafts/${id}/comments`, said)).statusCode, 303)
  t.ok((await owen.get(`/drafts/${id}`)).body.includes(comment), 'it can be said all the same')
  const broken = await owen.post('/queue', `/drafts/${id}/approval`, { fingerprint, newTime: 'soon' })
  t.equal(broken.statusCode, 422)
  t.equal((await db.read.select().from(deliveries)).length, 1)
})

t.test('who may come here', async (t) => {
  const { db, helen, visitor } = await aDesk(t)
  const own = await aSubmittedDraft(db, { by: 'helen', text: 'The desk says hello' })
  const joseph = await visitor(JOSEPH.email)
  const refused = await joseph.get('/queue')
  t.equal(refused.statusCode, 404)
  t.match(refused.body, 'leads and approvers')
  t.equal((await joseph.get(`/queue?draft=${own}`)).statusCode, 403)
  t.equal((await joseph.post('/today', `/drafts/${own}/approval`, { fingerprint: 'x' })).statusCode, 403)
  t.equal((await helen.get('/queue?draft=nothing')).statusCode, 404)
  const page = (await helen.get('/queue')).body
  t.match(page, 'You wrote in this draft, so somebody else has to approve it')
  t.notMatch(page, /aria-keyshortcuts="A"/)
  const forced = await helen.post('/queue', `/drafts/${own}/approval`, {
    fingerprint: hidden(page, 'fingerprint'),
  })
  t.equal(forced.statusCode, 403)
  t.match((await (await visitor()).get('/queue')).headers.location, '/sign-in?next=%2Fqueue')
})

t.test('a time that has passed needs a new one', async (t) => {
  const { db, owen, clock } = await aDesk(t)
  const id = await aSubmittedDraft(db)
  clock.pass(180) // 13:42
  const { body } = await owen.get('/queue')
  for (const fact of [
    'its time has passed',
    'Choose a new time before you approve it',
    'Show with this time',
  ])
    t.ok(body.includes(fact), fact)
  t.notMatch(body, /aria-keyshortcuts="A"/, 'not to be approved as it is')
  const forced = await owen.post('/queue', `/drafts/${id}/approval`, {
    fingerprint: hidden(body, 'fingerprint'),
  })
  t.equal(forced.statusCode, 422)
  const wrong: [day: string, time: string, words: RegExp][] = [
    ['2026-11-18', '13:00', /has passed/],
    ['2026-11-21', '10:00', /outside the week/],
    ['', '', /Choose a day/],
    ['2026-11-18', 'noon', /Choose a time/],
  ]
  for (const [day, time, words] of wrong) {
    const page = (await owen.get(`/queue?draft=${id}&day=${day}&time=${time}`)).body
    t.match(page, words)
    t.notMatch(page, /aria-keyshortcuts="A"/)
  }
  const shown = (await owen.get(`/queue?draft=${id}&day=2026-11-18&time=14:15`)).body
  t.match(shown, 'With your approval it goes out today at 14:15.')
  const approval = await owen.send(`/drafts/${id}/approval`, {
    _csrf: hidden(shown, '_csrf'),
    fingerprint: hidden(shown, 'fingerprint'),
    newTime: hidden(shown, 'newTime'),
  })
  t.equal(approval.statusCode, 303)
  t.match(await db.read.select().from(deliveries), [{ dueAt: new Date('2026-11-18T14:15:00Z') }])
})

t.test('times that the clocks skip or bring twice', async (t) => {
  const { db, owen } = await aDesk(t, { at: '2026-10-24T20:00:00Z' })
  const id = await aSubmittedDraft(db, { by: 'helen', weekId: null, wishedAt: '2026-10-24T19:00:00Z' })
  const asks = (await owen.get(`/queue?draft=${id}&day=2026-10-25&time=01:30`)).body
  t.match(asks, 'comes twice on Sunday 25 October')
  t.match(asks, 'The second, after that')
  const second = (await owen.get(`/queue?draft=${id}&day=2026-10-25&time=01:30&which=second`)).body
  t.equal(hidden(second, 'newTime'), '2026-10-25T01:30:00.000Z')
  const skipped = (await owen.get(`/queue?draft=${id}&day=2027-03-28&time=01:30`)).body
  t.match(skipped, 'There is no 1:30 on Sunday 28 March')
})

t.test('what is near, and what else there is to know', async (t) => {
  const { db, owen } = await aDesk(t)
  const near = await aSubmittedDraft(db, { text: 'Shortly before', wishedAt: '2026-11-18T12:15:00Z' })
  await owen
    .get('/queue')
    .then(({ body }) =>
      owen.post('/queue', `/drafts/${near}/approval`, { fingerprint: hidden(body, 'fingerprint') }),
    )
  await aSubmittedDraft(db, { text: 'Just too far', wishedAt: '2026-11-18T13:01:00Z' })
  await aSubmittedDraft(db, { text: 'Not decided', wishedAt: '2026-11-18T12:59:00Z' })
  const id = await aSubmittedDraft(db, { text: 'Call 943 476 5919', wishedAt: '2026-11-18T12:30:00Z' })
  const { body } = await owen.get(`/queue?draft=${id}`)
  t.match(body, 'Two others within 30 minutes of 12:30.')
  t.match(
    body,
    /12:15 “Shortly before \^JA” \(<a href="\/deliveries\/[^"]+">goes out today 12:15<\/a>\); 12:59 “Not decided” \(<a href="\/queue\?draft[^"]+">not decided yet<\/a>\)/,
  )
  t.match(body, 'looks like an NHS number')
  t.match(body, 'The account is not connected to X.')
})

t.test('thousands of drafts do not slow it down', async (t) => {
  const { db, owen, deps } = await aDesk(t)
  const content = { parts: [{ text: 'x'.repeat(270), images: [] }] }
  const at = new Date('2026-11-18T10:00:00Z')
  const many = (state: 'submitted' | 'approved', count: number) =>
    db.write(async (tx) => {
      for (let i = 0; i < count; i++)
        await tx.insert(drafts).values({
          id: `${state}-${i}`,
          accountId: 'account-north',
          slot: '2026-11-16',
          authorId: JOSEPH.id,
          state,
          revision: 1,
          content,
          signOff: '',
          wishedAt: new Date(Date.UTC(2026, 10, 19, 0, i)),
          submittedAt: at,
          createdAt: at,
          changedAt: at,
        })
    })
  let queries = 0
  const read = db.read
  deps.db.read = new Proxy(read, {
    get(target, name: keyof Reader) {
      queries += 1
      return Reflect.get(target, name).bind(target)
    },
  })
  await aSubmittedDraft(db, { id: 'first' })
  const counted = async (url: string) => {
    queries = 0
    const { body } = await owen.get(url)
    return { body, queries }
  }
  await counted('/queue') // what is prepared once
  const one = await counted('/queue')
  await many('approved', 10_000)
  await many('submitted', 120)
  const all = await counted('/queue')
  t.equal(all.queries, one.queries, 'as many queries for 121 as for one')
  t.equal(listed(all.body).length, 50)
  t.match(all.body, /href="\/queue\?page&#x3D;2" rel="next"/)
  const third = (await owen.get('/queue?page=3')).body
  t.equal(listed(third).length, 21)
  t.notMatch(third, 'rel="next"')
  deps.db.read = read
})
