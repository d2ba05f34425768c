import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { instantOf } from '../../src/calendar.ts'
import { absences, activity, draftRevisions, mails, people, roles } from '../../src/db/schema/index.ts'
import { findPersonByEmail, setRole } from '../../src/people/people.ts'
import { nobodyDecides } from '../../src/rota/nobody-decides.ts'
import { findActor } from '../../src/rota/powers.ts'
import { approveDraft, findDecidable, freezeDecidable } from '../../src/drafts/decide-draft.ts'
import { fingerprint } from '../../src/drafts/freeze.ts'
import { findDraft } from '../../src/drafts/store.ts'
import { submitDraft } from '../../src/drafts/submit-draft.ts'
import { testApp, type Visitor } from '../support/app.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
import { anOpenDay, aSubmittedDraft, JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'

const RUTH = { name: 'Ruth Ellwood', email: 'ruth@north.example' }

/** A desk of Helen, who leads, and Owen, who approves; Joseph has a week in November. */
async function world(t: Test, at = '2026-11-16T10:00:00Z') {
  const app = await testApp(t, { at })
  const { db, clock, visitor } = app
  await anAccount(db, { now: clock.now() })
  await josephsWeek(db)
  const enter = (who: Visitor, form: Record<string, string>) =>
    who.post('/away', '/away', { id: randomUUID(), deputy: '', ...form })
  const to = (email: string, firstDay: string, lastDay: string, name = '') => ({
    firstDay,
    lastDay,
    deputy: 'other',
    deputyEmail: email,
    deputyName: name,
  })
  const mailed = async (email: string) =>
    (await db.read.select().from(mails)).filter((mail) => mail.to === email).map(({ subject }) => subject)
  return {
    ...app,
    enter,
    to,
    mailed,
    helen: await visitor(LEAD.email),
    owen: await visitor(APPROVER.email),
  }
}

t.test(
  'a deputy has an approver’s powers from the first midnight to the last, in the account’s zone',
  async (t) => {
    // In June the account's midnight is 23:00 UTC.
    const { clock, helen, visitor, enter, to, db } = await world(t, '2026-06-10T10:00:00Z')
    const answer = await enter(helen, to(RUTH.email, '2026-06-15', '2026-06-16', RUTH.name))
    t.equal(answer.statusCode, 303)
    const ruth = await visitor(RUTH.email)
    const at = async (moment: string) => {
      clock.moveTo(new Date(moment))
      return [(await ruth.get('/queue')).statusCode, (await ruth.get(`/accounts/${ACCOUNT}`)).statusCode]
    }
    t.same(await at('2026-06-14T22:59:00Z'), [404, 404], 'a minute before')
    t.same(await at('2026-06-14T23:00:00Z'), [200, 200], 'at midnight')
    const person = (await findPersonByEmail(db.read, RUTH.email))!
    t.match((await findActor(db.read, person.id, clock.now()))!.roles, [
      { accountId: ACCOUNT, role: 'approver', standsInFor: LEAD.name },
    ])
    t.equal((await ruth.post('/today', '/people', RUTH)).statusCode, 403, 'not a lead’s powers')
    t.equal((await ruth.get('/away')).statusCode, 404, 'and they lend nothing on')
    t.same(await at('2026-06-16T22:59:00Z'), [200, 200], 'the last minute')
    t.same(await at('2026-06-16T23:00:00Z'), [404, 404], 'the midnight after')
  },
)

t.test('pages that say who decides name who stands in, and not who is away', async (t) => {
  const { db, clock, helen, owen, visitor, enter, to } = await world(t)
  await anOpenDay(db)
  await db.write((tx) => tx.delete(roles).where(eq(roles.personId, APPROVER.id)))
  await enter(helen, to(RUTH.email, '2026-11-18', '2026-11-18', RUTH.name))
  clock.moveTo(new Date('2026-11-18T10:30:00Z'))
  const joseph = await visitor(JOSEPH.email)
  t.match((await joseph.get(`/weeks/${WEEK}/live`)).body, 'goes out as soon as Ruth approves it')

  await db.write((tx) =>
    tx.insert(roles).values({ accountId: ACCOUNT, personId: APPROVER.id, role: 'approver' }),
  )
  const brake = `/accounts/${ACCOUNT}/brake`
  await owen.post('/today', brake)
  t.match((await owen.get(brake)).body, /<b>Ruth Ellwood<\/b>, approver, stands in for Helen Marsh/)
  const id = await aSubmittedDraft(db)
  const { body } = await owen.get(`/drafts/${id}`)
  const fields = { fingerprint: /name="fingerprint" value="([^"]+)"/.exec(body)![1]! }
  await owen.post(`/drafts/${id}`, `/drafts/${id}/brake-naming`, fields)
  t.match(
    (await owen.get(`/drafts/${id}`)).body,
    'A second person has to agree: Ruth Ellwood. They were told by mail.',
  )
})

t.test('the deputy gets the notices instead, and the mails say why', async (t) => {
  const { db, clock, owen, enter, to, mailed } = await world(t)
  t.equal((await enter(owen, to(JOSEPH.email, '2026-11-16', '2026-11-18'))).statusCode, 303)
  t.match(await mailed(JOSEPH.email), [
    /^You stand in for Owen Price at @NorthDaleHealth: Monday 16 November to/,
  ])
  const id = await aSubmittedDraft(db, { by: 'helen', state: 'writing' })
  const helen = (await findActor(db.read, LEAD.id, clock.now()))!
  const telling = { now: clock.now(), machineNow: clock.machine(), publicUrl: 'https://week.example' }
  await submitDraft(db, { ...telling, draftId: id, version: 1, actor: helen })
  const told = (await db.read.select().from(mails)).filter(({ kind }) => kind === 'draft-submitted')
  t.match(told, [{ to: JOSEPH.email, text: /you stand in for Owen Price, who is away/ }])
  t.equal(told.length, 1, 'Owen is spared it, and Helen wrote it')

  const joseph = (await findActor(db.read, JOSEPH.id, clock.now()))!
  const seen = fingerprint(freezeDecidable(await findDecidable(db.read, id, joseph)))
  await approveDraft(db, { ...telling, draftId: id, fingerprint: seen, actor: joseph })
  t.match(await findDraft(db.read, id), { state: 'approved', changedBy: JOSEPH.id })
  t.match((await owen.get('/activity')).body, /Joseph Adeyemi \(in place of Owen Price\)/)
})

t.test('four eyes hold for a deputy too', async (t) => {
  const { db, clock, owen, enter, to } = await world(t)
  await enter(owen, to(JOSEPH.email, '2026-11-16', '2026-11-18'))
  const id = await aSubmittedDraft(db)
  const joseph = (await findActor(db.read, JOSEPH.id, clock.now()))!
  const seen = fingerprint(freezeDecidable(await findDecidable(db.read, id, joseph)))
  const telling = { now: clock.now(), machineNow: clock.machine(), publicUrl: 'https://week.example' }
  await t.rejects(approveDraft(db, { ...telling, draftId: id, fingerprint: seen, actor: joseph }), {
    message: /You wrote in this draft/,
  })
  t.equal((await db.read.select().from(draftRevisions)).length, 1)
})

t.test('days away stand on the page of people and on the record, and end early at once', async (t) => {
  const { db, helen, owen, visitor, enter, to, mailed } = await world(t)
  await enter(helen, { ...to(RUTH.email, '2026-11-16', '2026-11-20', RUTH.name), personId: APPROVER.id })
  const page = (await owen.get('/people')).body
  t.match(page, /Away now, Monday 16 November to Friday 20 November\. Ruth Ellwood stands in\./)
  t.match(page, /<b>Approver now<\/b> in place of Owen Price/)
  t.match(
    (await owen.get('/activity')).body,
    /entered that Owen Price is away from 16 November to 20 November, and Ruth Ellwood stands in/,
  )
  const ruth = await visitor(RUTH.email)
  t.equal((await ruth.get('/queue')).statusCode, 200)
  const [absence] = await db.read.select().from(absences)
  t.equal((await owen.post('/away', `/away/${absence!.id}/end`)).statusCode, 303)
  t.equal((await ruth.get('/queue')).statusCode, 404)
  t.match(await mailed(RUTH.email), [/^You stand in for Owen Price/, 'You stand in for Owen Price no more'])
  t.equal((await owen.post('/away', `/away/${absence!.id}/end`)).statusCode, 409)
  t.match(
    (await db.read.select().from(activity)).map(({ kind }) => kind).filter((kind) => /away|back/.test(kind)),
    ['person.away', 'person.back'],
  )
})

t.test('what has not begun is taken back as if it had never been', async (t) => {
  const { db, clock, helen, enter, to, visitor } = await world(t)
  await enter(helen, to(RUTH.email, '2026-11-18', '2026-11-20', RUTH.name))
  const [absence] = await db.read.select().from(absences)
  await helen.post('/away', `/away/${absence!.id}/end`)
  clock.moveTo(new Date('2026-11-19T12:00:00Z'))
  t.equal((await (await visitor(RUTH.email)).get('/queue')).statusCode, 404)
  t.match((await helen.get('/away')).body, /Nobody is away/)
})

t.test('what can’t be entered comes back with its reason', async (t) => {
  const { db, helen, owen, enter, to } = await world(t)
  const rows: [Visitor, Record<string, string>, RegExp][] = [
    [owen, { firstDay: '', lastDay: '2026-11-18' }, /Choose the first day/],
    [owen, { firstDay: '2026-11-18', lastDay: '2026-11-31' }, /Choose the last day/],
    [owen, { firstDay: '2026-11-18', lastDay: '2026-11-17' }, /lies before the first one/],
    [owen, { firstDay: '2026-11-10', lastDay: '2026-11-15' }, /over already/],
    [owen, { firstDay: '2026-11-18', lastDay: '2027-11-18' }, /At most 92 days/],
    [
      owen,
      { firstDay: '2026-11-18', lastDay: '2026-11-18', deputy: APPROVER.id },
      /can’t stand in for themselves/,
    ],
    [owen, { firstDay: '2026-11-18', lastDay: '2026-11-18', deputy: 'somebody' }, /not at the desk any more/],
    [owen, to('ruth', '2026-11-18', '2026-11-18'), /doesn’t look like an e-mail/],
    [owen, to(RUTH.email, '2026-11-18', '2026-11-18', RUTH.name), /A lead can name somebody who is new here/],
    [helen, to(RUTH.email, '2026-11-18', '2026-11-18'), /Their name is missing/],
  ]
  for (const [who, form, reason] of rows) {
    const answer = await enter(who, form)
    t.equal(answer.statusCode, 422, String(reason))
    t.match(answer.body, reason)
  }
  t.same(await db.read.select().from(absences), [])
  t.notOk((await db.read.select().from(people)).some(({ email }) => email === RUTH.email))
  t.equal(
    (await enter(owen, { firstDay: '2026-11-18', lastDay: '2026-11-18', personId: LEAD.id })).statusCode,
    403,
  )

  const id = randomUUID()
  const days = { id, firstDay: '2026-11-18', lastDay: '2026-11-20' }
  t.equal((await enter(owen, days)).statusCode, 303)
  t.equal((await enter(owen, days)).statusCode, 303, 'sent twice it is entered once')
  t.equal((await db.read.select().from(absences)).length, 1)
  const again = await enter(owen, { firstDay: '2026-11-20', lastDay: '2026-11-23' })
  t.match(again.body, /Owen Price is away already: Wednesday 18 November to Friday 20 November/)
  const both = await enter(helen, { firstDay: '2026-11-19', lastDay: '2026-11-19', deputy: APPROVER.id })
  t.match(both.body, /Owen Price is away then too/)
})

t.test('who is taken from the desk stands in for nobody any more', async (t) => {
  const { db, clock, helen, visitor, enter } = await world(t)
  await db.write(async (tx) => {
    await tx.insert(people).values({ id: 'ruth', ...RUTH, createdAt: clock.now() })
    await setRole(tx, 'ruth', ACCOUNT, 'approver')
  })
  await enter(helen, { firstDay: '2026-11-16', lastDay: '2026-11-20', deputy: 'ruth' })
  const ruth = await visitor(RUTH.email)
  t.equal((await ruth.get('/queue')).statusCode, 200)
  await helen.post('/people/ruth', '/people/ruth/removal')
  t.equal((await ruth.get('/queue')).statusCode, 404)
  t.match((await helen.get('/away')).body, /Nobody stands in/)
})

const day = (date: string) => ({
  beginsAt: instantOf(date, '00:00', 'Europe/London'),
  endsAt: new Date(instantOf(date, '00:00', 'Europe/London').getTime() + 86_400_000),
})
const monday = day('2026-11-16')
const away = (personId: string, deputyId: string | null = null, span = monday) => ({
  personId,
  deputyId,
  ...span,
})
const DESK = ['helen', 'owen']
const CASES: [name: string, all: ReturnType<typeof away>[], nobody: boolean][] = [
  ['nobody is away', [], false],
  ['one is away', [away('helen')], false],
  ['both are away', [away('helen'), away('owen')], true],
  ['both are away, one has a deputy', [away('helen', 'ruth'), away('owen')], false],
  ['they stand in for each other, and are both away', [away('helen', 'owen'), away('owen', 'helen')], true],
  ['both are away, one only on Tuesday', [away('helen'), away('owen', null, day('2026-11-17'))], false],
  [
    'the deputy stands in on Tuesday only',
    [away('helen', 'ruth', day('2026-11-17')), away('helen'), away('owen')],
    true,
  ],
]

t.test('on which days nobody decides', async (t) => {
  for (const [name, all, nobody] of CASES)
    t.equal(nobodyDecides(monday, { desk: DESK, away: all }), nobody, name)
})

t.test('Today warns of the days on which nobody can decide while a week is open', async (t) => {
  const { helen, owen, enter, db } = await world(t)
  const warned = async () => /Nobody decides/.test((await helen.get('/today')).body)
  await enter(owen, { firstDay: '2026-11-19', lastDay: '2026-11-23' })
  t.notOk(await warned(), 'Helen is there')
  await enter(helen, { firstDay: '2026-11-21', lastDay: '2026-11-22' })
  t.notOk(await warned(), 'no week is open on the weekend')
  const form = { firstDay: '2026-11-19', lastDay: '2026-11-20' }
  await enter(helen, form)
  const body = (await helen.get('/today')).body
  t.match(body, /On two days nobody can decide/)
  t.match(body, /Thursday 19 November and Friday 20 November: everybody at the desk is away/)
  const last = (await db.read.select().from(absences)).find(
    ({ personId, endsAt }) => personId === LEAD.id && endsAt < new Date('2026-11-21T12:00:00Z'),
  )!
  await helen.post('/away', `/away/${last.id}/end`)
  t.notOk(await warned())
  await enter(helen, { ...form, deputy: 'other', deputyEmail: JOSEPH.email })
  t.notOk(await warned(), 'somebody stands in')
})
