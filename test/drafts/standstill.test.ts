import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { findAccount, findConnection } from '../../src/accounts/accounts.ts'
import { saveGrant } from '../../src/accounts/connection.ts'
import { accounts, deliveries, drafts, mails, weeks } from '../../src/db/schema/index.ts'
import { listenDue } from '../../src/listening/listen-due.ts'
import { createPublisher } from '../../src/publishing/publisher.ts'
import { hostingInNumbers } from '../../src/recaps/certificate/hosting-numbers.ts'
import { nextPlannedMail } from '../../src/mail/outbox.ts'
import { sendWeekMails } from '../../src/rota/mails/send-week-mails.ts'
import { testApp } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { aWeek, PRIYA } from '../support/bookings.ts'
import {
  connected,
  OWN_USER,
  problem,
  scriptedNetwork,
  testVault,
  type Scripted,
} from '../support/network.ts'
import { picture } from '../support/publishing-desk.ts'
import {
  ACCOUNT,
  anAccount,
  anotherAccount,
  APPROVER,
  LEAD,
  OTHER_ACCOUNT,
  OTHER_LEAD,
} from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'
import { testClock } from '../support/clock.ts'

/** Two connected accounts: Joseph’s week runs at the first, Priya’s comes, and something of each account is due now. */
async function twoAccounts(t: Test) {
  const clock = testClock('2026-11-18T10:42:00Z')
  const network = scriptedNetwork(clock)
  const world = await testApp(t, { network, deps: { clock, vault: testVault } })
  const { db, deps } = world
  const now = clock.now()
  await anAccount(db, { now })
  await josephsWeek(db)
  const coming = await aWeek(db, now, { who: PRIYA, accepted: true })
  await connected({ db, clock }, network)
  await anotherAccount(db, { now })
  const southGrant = network.grant()
  await saveGrant(
    { db, clock, vault: testVault },
    {
      accountId: OTHER_ACCOUNT,
      grant: southGrant,
      user: { ...OWN_USER, id: '901', handle: 'SouthDale' },
      personId: OTHER_LEAD.id,
    },
  )
  const due = { dueAt: now, now }
  await approved(db, {
    ...due,
    parts: ['A bed weighs 120 kilos.'],
    weekId: WEEK,
    hosted: true,
    networkUserId: OWN_USER.id,
  })
  await approved(db, { ...due, parts: ['From the team.'], networkUserId: OWN_USER.id })
  await approved(db, { ...due, parts: ['From the south.'], networkUserId: '901', accountId: OTHER_ACCOUNT })
  const publisher = createPublisher({ ...deps, network, owner: 'one' })
  const states = async (accountId = ACCOUNT) =>
    (await db.read.select().from(deliveries).where(eq(deliveries.accountId, accountId)))
      .map(({ state, heldReason }) => heldReason ?? state)
      .join(' ')
  const subjects = async (email: string) =>
    (await db.read.select().from(mails).where(eq(mails.to, email))).map(({ subject }) => subject)
  return {
    ...world,
    network,
    coming,
    southGrant,
    publisher,
    states,
    subjects,
    helen: await world.visitor(LEAD.email),
    account: async () => (await findAccount(db.read, ACCOUNT))!,
  }
}

/** The same network, that says whose token asked for mentions. */
function heardBy(network: Scripted, heard: string[]): Scripted {
  const mentions: Scripted['mentions'] = async (token) => {
    heard.push(token)
    return { ok: true, value: [] }
  }
  return Object.assign(Object.create(network) as Scripted, { mentions })
}

const at = (path: string) => `/accounts/${ACCOUNT}${path}`

t.test('a paused account rests as a whole, and the other one goes on', async (t) => {
  const world = await twoAccounts(t)
  const { helen, publisher, network, states, subjects, db, clock } = world
  const paused = await helen.post(at(''), at('/pause'), { reason: 'The office moves.' })
  t.equal(paused.headers.location, `${at('')}#pause`)
  t.equal(await states(), 'brake brake', 'what waited is held')
  await publisher.run()
  t.same(
    network.sent.map(({ text }) => text),
    ['From the south.'],
  )
  const heard: string[] = []
  const hearing = heardBy(network, heard)
  await listenDue({ ...world.deps, network: hearing }, { atOnce: true })
  t.same(heard, [world.southGrant.accessToken], 'replies to the other account are read')
  t.match(await subjects(JOSEPH.email), ['@NorthDaleHealth is paused for now'])
  t.match(await subjects(APPROVER.email), ['@NorthDaleHealth is paused'])
  t.match(await subjects(PRIYA.email), /@NorthDaleHealth is paused for now/)
  t.match((await helen.get('/today')).body, '@NorthDaleHealth rests. Nothing goes out')
  t.match((await helen.get(at(''))).body, 'The office moves.')
  const before = await db.read.$count(mails)
  clock.moveTo(new Date('2026-11-23T10:00:00Z'))
  const planned = async () => {
    const moment = { now: clock.now(), machineNow: clock.machine(), publicUrl: 'http://week.example' }
    await sendWeekMails(db, { ...moment, numbersOf: hostingInNumbers })
    const rows = await db.read.select().from(mails).where(eq(mails.to, PRIYA.email))
    return rows.filter(({ state, plannedFor }) => plannedFor && state === 'planned').length
  }
  const waiting = await planned()
  t.ok(waiting > 3, 'her mails stay planned')
  t.equal(await nextPlannedMail(db.read), null, 'and ask for no time, or the work would never sleep')
  t.equal(await db.read.$count(mails), before, 'no host is welcomed to a week that rests')
  await helen.post(at(''), at('/pause/end'))
  t.ok((await planned()) < waiting, 'they go, or say that they are too late, when it goes on')
})

t.test('while it is paused the brake can’t be released; afterwards it is still on', async (t) => {
  const { helen, account, states } = await twoAccounts(t)
  await helen.post(at(''), at('/pause'), { reason: '' })
  const page = (await helen.get(at('/brake/release'))).body
  const seen = /name="seen" value="([^"]*)"/.exec(page)?.[1] ?? ''
  const released = await helen.post(at('/brake/release'), at('/brake/release'), { seen, all: 'cancel' })
  t.equal(released.statusCode >= 400, true, `${released.statusCode}`)
  t.ok((await account()).brakeAt)
  t.equal(await states(), 'brake brake')
  t.equal((await helen.post(at(''), at('/pause/end'))).statusCode, 303)
  const after = await account()
  t.equal(after.pausedAt, null)
  t.ok(after.brakeAt, 'somebody looks at what was held first')
  t.equal(await states(), 'brake brake')
})

t.test(
  'a retired account: weeks ended, nothing sent, permission given back, and the other one goes on',
  async (t) => {
    const world = await twoAccounts(t)
    const { helen, publisher, network, states, subjects, db, coming, visitor } = world
    await aSubmittedDraft(db, { id: 'd-waits' })
    const joseph = await visitor(JOSEPH.email)
    const page = (await helen.get(at('/retirement'))).body
    t.match(page, 'Two weeks are cancelled')
    t.match(page, 'Two posts that wait are never sent')
    const wrong = await helen.post(at('/retirement'), at('/retirement'), {
      handle: 'NorthDale',
      pagesAfter: 'stay',
      reason: '',
    })
    t.equal(wrong.statusCode, 422)
    t.match(wrong.body, 'Type @NorthDaleHealth, so that this happens to no other account.')
    const form = { handle: '@northdalehealth', pagesAfter: 'stay', reason: 'Two trusts become one.' }
    const done = await helen.post(at('/retirement'), at('/retirement'), form)
    t.equal(done.headers.location, `${at('')}#pause`)
    t.match(
      (await helen.get(at(''))).body,
      'Two weeks are cancelled, two posts that waited are never sent. X has ended our permission.',
    )
    t.equal(await states(), 'cancelled cancelled')
    await publisher.run()
    t.same(
      network.sent.map(({ text }) => text),
      ['From the south.'],
    )
    const ended = await db.read.select().from(weeks)
    t.same(new Set(ended.map(({ state }) => state)), new Set(['cancelled']))
    t.ok(ended.some(({ id }) => id === coming))
    t.equal((await findConnection(db.read, ACCOUNT))!.state, 'none')
    t.equal(network.calls['revoke'], 2)
    t.equal((await db.read.select().from(drafts).where(eq(drafts.id, 'd-waits')))[0]!.state, 'writing')
    t.match(await subjects(JOSEPH.email), ['Your week at @NorthDaleHealth is cancelled'])
    t.match(await subjects(APPROVER.email), ['@NorthDaleHealth has ended here'])
    t.equal((await joseph.get('/today')).statusCode, 303, 'the host’s session has ended')
    // Nothing new begins, and what was can be read.
    t.equal((await helen.get('/rota/book?slot=2026-11-30')).statusCode, 409)
    t.equal(
      (await helen.post('/drafts/new?account=account-north&slot=2026-11-30', '/drafts', {})).statusCode >=
        400,
      true,
    )
    t.equal((await helen.post(at(''), at('/pause/end'))).statusCode, 409)
    for (const path of ['/today', '/activity', '/drafts/d-waits', at('')])
      t.equal((await helen.get(path)).statusCode, 200, path)
    t.match((await helen.get('/activity')).body, 'ended the account for good; its public pages stay')
  },
)

t.test(
  'a publisher that runs while the account ends sends nothing after it, and keeps what was on its way',
  async (t) => {
    const { helen, publisher, network, states, db } = await twoAccounts(t)
    await db.write(
      async (tx) => void (await tx.delete(deliveries).where(eq(deliveries.accountId, OTHER_ACCOUNT))),
    )
    network.steps.push({
      publish: true,
      meanwhile: async () => {
        const form = { handle: 'NorthDaleHealth', pagesAfter: 'stay', reason: '' }
        t.equal((await helen.post(at('/retirement'), at('/retirement'), form)).statusCode, 303)
      },
    })
    await publisher.run()
    await publisher.run()
    t.equal(network.sent.length, 1, 'the second one is never sent')
    t.same(
      (await states()).split(' ').toSorted(),
      ['cancelled', 'posted'],
      'the record knows what stands on X',
    )
  },
)

t.test('the public pages of an account that ended stay or are withdrawn, and can be put back', async (t) => {
  const { helen, app, db, deps, clock } = await twoAccounts(t)
  const hash = await picture(db, deps.images, clock.now())
  await db.write(
    async (tx) => void (await tx.update(accounts).set({ avatarHash: hash }).where(eq(accounts.id, ACCOUNT))),
  )
  const read = async (path: string) => app.inject(path)
  const form = { handle: 'NorthDaleHealth', pagesAfter: 'stay', reason: '' }
  await helen.post(at('/retirement'), at('/retirement'), form)
  const stays = await read('/@NorthDaleHealth')
  t.equal(stays.statusCode, 200)
  t.match(
    stays.body,
    'The weeks of @NorthDaleHealth ended on Wednesday 18 November. What was told can be read.',
  )
  t.notMatch(stays.body, 'Could it be you?')
  const choose = (pagesAfter: string) => helen.post(at(''), at('/pages-after'), { pagesAfter })
  t.equal((await choose('withdrawn')).statusCode, 303)
  for (const path of [
    '/@NorthDaleHealth',
    '/@NorthDaleHealth/feed.xml',
    '/@NorthDaleHealth/rota.ics',
    `/pictures/${hash}`,
  ])
    t.equal((await read(path)).statusCode, 404, path)
  t.notMatch((await read('/sitemap.xml')).body, 'NorthDale')
  t.equal((await read('/@SouthDale')).statusCode, 200)
  await choose('stay')
  t.equal((await read('/@NorthDaleHealth')).statusCode, 200)
})

t.test('a permission that X refuses for one account does not hold the other', async (t) => {
  const { publisher, network, states, db, deps, clock } = await twoAccounts(t)
  const south = (await findConnection(db.read, OTHER_ACCOUNT))!
  // X takes no token of the first account any more, neither the one in use nor a new one.
  const northAlone = new Set([testVault.open(south.accessToken!, OTHER_ACCOUNT)])
  network.goodTokens = northAlone
  network.refreshes.push(problem('invalid'))
  await publisher.run()
  t.equal(await states(OTHER_ACCOUNT), 'posted')
  t.same(new Set((await states()).split(' ')), new Set(['reconnect']))
  t.equal((await findConnection(db.read, ACCOUNT))!.state, 'reconnect')
  t.equal((await findConnection(db.read, OTHER_ACCOUNT))!.state, 'connected')
  const heard: string[] = []
  clock.pass(10)
  await listenDue({ ...deps, network: heardBy(network, heard) }, { atOnce: true })
  t.same(heard, [...northAlone], 'the listener hears the other one too')
})
