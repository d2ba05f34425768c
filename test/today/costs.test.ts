import t, { type Test } from 'tap'
import { accounts, deliveries } from '../../src/db/schema/index.ts'
import { createPublisher } from '../../src/publishing/publisher.ts'
import { charge } from '../../src/charges/charges.ts'
import { findAccount } from '../../src/accounts/accounts.ts'
import { testApp } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
import { josephsWeek, WEEK } from '../support/submitted.ts'

const SETTINGS = `/accounts/${ACCOUNT}`
const PAGE = `${SETTINGS}/costs`
const PRICES = {
  post: '0.015',
  postWithLink: '0.20',
  answer: '0.010',
  description: '0.005',
  postRead: '0.005',
  ownRead: '0.001',
  userRead: '0.01',
}

async function world(t: Test) {
  const woken: string[] = []
  const wake = {
    publisher: () => void woken.push('publisher'),
    mail() {},
    listener() {},
    releaser() {},
    lookingUp() {},
    hider() {},
    handover() {},
    clearing() {},
  }
  const made = await testApp(t, {
    deps: { wake },
    network: { beginConnection: () => ({ url: 'https://x.example/' }) } as never,
  })
  const { db, clock } = made
  await anAccount(db, { now: clock.now() })
  await josephsWeek(db)
  const account = async () => (await findAccount(db.read, ACCOUNT))!
  const kept = (kind: Parameters<typeof charge>[2]['kind'], units: number, at: string, weekId?: string) =>
    db.write(async (tx) =>
      charge(tx, await account(), { kind, units, at: new Date(at), ...(weekId ? { weekId } : {}) }),
    )
  return { ...made, account, kept, woken, helen: await made.visitor(LEAD.email) }
}

t.test('what X costs, by week and month, and what is still to come', async (t) => {
  const { db, clock, kept, helen, visitor } = await world(t)
  t.match((await helen.get(PAGE)).body, '$0.00 in November so far, and nothing approved waits to go out.')
  await kept('post', 2, '2026-11-18T10:00:00Z', WEEK)
  await kept('post-with-link', 1, '2026-11-17T10:00:00Z', WEEK)
  await kept('own-read', 1200, '2026-11-03T10:00:00Z')
  await kept('user-read', 1, '2026-10-31T10:00:00Z')
  // 0:30 in London's summer time is still the day before in UTC.
  await kept('post', 1, '2026-09-30T23:30:00Z')
  await approved(db, { parts: ['Soon nhs.uk'], dueAt: new Date('2026-11-30T10:00:00Z'), now: clock.now() })
  await approved(db, { parts: ['Next month'], dueAt: new Date('2026-12-01T10:00:00Z'), now: clock.now() })
  const { body } = await helen.get(PAGE)
  for (const fact of [
    '$6.23 in November so far, and $0.20 for what is approved is still to come. There is no budget.',
    '<td>1,200</td><th scope="row">own posts and mentions read</th><td>$6.00</td>',
    '<th scope="row">October</th><td>$0.025</td>',
    'it is what X would charge, and nobody pays it',
  ])
    t.ok(body.includes(fact), fact)
  t.notMatch(body, 'September')
  const week = body.slice(body.indexOf('id="week-title"'), body.indexOf('id="kinds-title"'))
  t.match(week, '<th scope="row">Together</th><td>$0.23</td>')
  t.notMatch(week, 'mentions')
  t.match(body, new RegExp(`href="/weeks/${WEEK}">[^<]*</a> <small>[^<]*</small></th><td>\\$0.23</td>`))
  const owen = (await (await visitor(APPROVER.email)).get(PAGE)).body
  t.match(owen, '$6.23')
  t.notMatch(owen, 'Change the budget')
  t.match(owen, 'The account’s leads can change the budget.')
})

t.test('a budget is set, changed and taken away; a wrong one comes back as it was typed', async (t) => {
  const { helen, account, woken } = await world(t)
  const save = async (monthlyBudget: string) =>
    helen.post(SETTINGS, `${SETTINGS}/budget`, { version: String((await account()).version), monthlyBudget })
  const rows: [typed: string, reason: RegExp][] = [
    ['12,50', /The budget: an amount in dollars, with a point before the cents and no comma/],
    ['1,250.00', /no comma/],
    ['a lot', /an amount in dollars/],
    ['-5', /an amount in dollars/],
    ['0', /\$0.01 or more/],
    ['12.5000001', /an amount in dollars/],
  ]
  for (const [typed, reason] of rows) {
    const answer = await save(typed)
    t.equal(answer.statusCode, 422, typed)
    t.match(answer.body, reason)
    t.ok(answer.body.includes(`value="${typed}"`), 'what was typed')
    t.match(answer.body, 'href="#monthlyBudget"')
  }
  t.equal((await account()).monthlyBudget, null)
  for (const [typed, micro] of [
    ['12.50', 12_500_000],
    ['$ 8', 8_000_000],
    ['', null],
  ] as const) {
    t.equal((await save(typed)).headers.location, `${SETTINGS}#budget`)
    t.equal((await account()).monthlyBudget, micro, typed)
  }
  t.ok(woken.includes('publisher'), 'what it held may go')
  await save('12.50')
  t.match((await helen.get(SETTINGS)).body, 'value="12.50"')
  t.match((await helen.get('/activity')).body, 'changed the account’s budget')
})

t.test('prices are the account’s own once X changes them', async (t) => {
  const { helen, account } = await world(t)
  const save = async (more: Record<string, string>) =>
    helen.post(SETTINGS, `${SETTINGS}/prices`, {
      version: String((await account()).version),
      ...PRICES,
      ...more,
    })
  const before = (await helen.get(SETTINGS)).body
  t.match(before, 'the prices of X’s list as it stood on 22 August 2026')
  t.match(before, 'X’s list: $0.20')
  const wrong = await save({ postWithLink: '0,30' })
  t.equal(wrong.statusCode, 422)
  t.match(wrong.body, /A post with a link: an amount in dollars/)
  t.match(wrong.body, 'value="0,30"')
  await save({ postWithLink: '0.30', ownApp: 'yes' })
  t.match((await account()).prices, { postWithLink: 300_000, post: 15_000, ownApp: true })
  t.match((await helen.get(SETTINGS)).body, 'prices of your own')
  await save({})
  t.equal((await account()).prices, null, 'as on X’s list')
})

t.test('today says what the budget holds and stops', async (t) => {
  const { db, deps, kept, clock, helen, visitor } = await world(t)
  const budget = (monthlyBudget: number) =>
    db.write(async (tx) => void (await tx.update(accounts).set({ monthlyBudget })))
  await kept('post-with-link', 4, '2026-11-18T10:00:00Z')
  await budget(1_100_000)
  t.notMatch((await helen.get('/today')).body, PAGE)
  await budget(1_000_000)
  t.match((await helen.get('/today')).body, 'Four fifths of the month’s budget have been spent')
  await approved(db, { parts: ['Read nhs.uk'], dueAt: new Date('2026-11-20T10:00:00Z'), now: clock.now() })
  const stopped = (await helen.get('/today')).body
  t.match(stopped, 'Replies are not read, to keep within the budget')
  t.match(stopped, `href="${PAGE}"`)
  t.match((await helen.get(PAGE)).body, 'Replies are not read at the moment')
  await budget(900_000)
  t.match((await helen.get(PAGE)).body, '<dt>More than the budget by</dt><dd>$0.10</dd>')
  await kept('post-with-link', 8, '2026-11-18T10:01:00Z')
  await budget(2_000_000)
  t.match(
    (await helen.get('/today')).body,
    '$2.40 of $2.00 has been spent, and what is approved needs $0.20.',
  )
  await db.write(
    async (tx) => void (await tx.update(deliveries).set({ state: 'held', heldReason: 'budget' })),
  )
  t.match((await helen.get('/today')).body, 'Raise the budget, and what is not late goes by itself')
  const owen = await visitor(APPROVER.email)
  t.match((await owen.get('/today')).body, 'A lead can raise the budget, and what is not late goes by itself')
  await budget(100_000_000)
  await createPublisher({ ...deps, owner: 'process' }).run()
  t.notMatch((await helen.get('/today')).body, 'budget', 'raised, nothing is left of it')
})
