import t, { type Test } from 'tap'
import type { Policy, Texts } from '../../src/accounts/account.ts'
import { record } from '../../src/activity/record.ts'
import { accounts, activity, connections, people } from '../../src/db/schema/index.ts'
import { nobody, testApp } from '../support/app.ts'
import { connected, OWN_USER, scriptedNetwork } from '../support/network.ts'
import { testClock } from '../support/clock.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'

const PAGE = `/accounts/${ACCOUNT}`
const SHAPE = { days: ['1', '2', '3'], opens: '08:30', closes: '17:00', timeZone: 'Europe/Dublin' }
const POLICY = {
  decided: 'all',
  stopMinutes: '10',
  remindMinutes: '60',
  lateAfterMinutes: '45',
  threadGapSeconds: '3',
  listenEveryMinutes: '10',
}

async function world(t: Test) {
  const network = scriptedNetwork(testClock('2026-11-18T10:42:00Z'))
  const made = await testApp(t, { network })
  await anAccount(made.db, { now: made.clock.now() })
  const account = async () => (await made.db.read.select().from(accounts))[0]!
  const connection = async () => (await made.db.read.select().from(connections))[0]
  const helen = await made.visitor(LEAD.email)
  return { ...made, network, account, connection, helen }
}

t.test('with another budget what it held is looked at, and replies are read again, at once', async (t) => {
  const woken: string[] = []
  const wake = { ...nobody, publisher: () => woken.push('publisher'), listener: () => woken.push('listener') }
  const { db, clock, visitor } = await testApp(t, { deps: { wake } })
  await anAccount(db, { now: clock.now() })
  const helen = await visitor(LEAD.email)
  t.equal((await helen.post(PAGE, `${PAGE}/budget`, { version: '1', monthlyBudget: '20' })).statusCode, 303)
  t.same(woken.toSorted(), ['listener', 'publisher'])
})

t.test('an account says itself how somebody gets a week', async (t) => {
  const { app, helen } = await world(t)
  const publicPage = async () => (await app.inject({ url: '/@NorthDaleHealth' })).body
  const title = 'Have the account for a week</h2>'
  t.match(
    await publicPage(),
    'href="/@NorthDaleHealth/take-part"',
    'by its form, as long as nothing else is said',
  )
  await helen.post(PAGE, `${PAGE}/asking`, { version: '1', askingMonths: '6' })
  t.notOk((await publicPage()).includes(title), 'nobody can be asked')
  t.match((await helen.get(PAGE)).body, 'nothing goes out that nobody has read')
  const texts = { houseRules: '', accessibility: '', privacy: '', contact: 'week@north.example' }
  const save = (version: string, takePart: string) =>
    helen.post(PAGE, `${PAGE}/texts`, { version, ...texts, takePart })
  await save('2', 'You work here. We *answer* within a day.')
  t.match(await publicPage(), '<p>You work here. We <em>answer</em> within a day.</p>')
  t.match(await publicPage(), 'href="mailto:week@north.example"')
  await save('3', '')
  t.notOk((await publicPage()).includes(title), 'nobody is asked')
})

t.test(
  'what an account says at first of who reads what follows its policy, its own words do not',
  async (t) => {
    const { app, db, clock, helen } = await world(t)
    const [account] = await db.read.select().from(accounts)
    const follow = async (policy: Partial<Policy>, texts: Partial<Texts> = {}) => {
      const words = { ...account!.texts, ...texts }
      const to = { policy: { ...account!.policy, ...policy }, texts: words }
      await db.write(async (tx) => {
        await tx.update(accounts).set(to)
        await record(tx, { accountId: ACCOUNT, kind: 'account.changed', personId: LEAD.id, at: clock.now() })
      })
      const page = (await app.inject({ url: '/@NorthDaleHealth' })).body
      return /Have the account for a week[^]*?<\/section>/.exec(page)?.[0] ?? page
    }
    const contact = 'week@north.example'
    t.match(await follow({}, { contact }), 'and nothing goes out that nobody has read')
    const delayed = await follow({ live: 'delay', decided: 'originals' }, { contact })
    t.notMatch(delayed, 'nobody has read')
    t.match(
      delayed,
      'somebody reads each draft, except answers to people who speak to the account and what is posted live from an event.',
    )
    t.match((await helen.get(PAGE)).body, 'each draft, except answers to people who speak to the account')
    const takePart = 'Nothing goes out that nobody has read. Promised.'
    t.match(
      await follow({ live: 'at-once' }, { contact, takePart }),
      takePart,
      'a lead’s own words stay theirs',
    )
  },
)

t.test('a lead changes what holds, and the record says what', async (t) => {
  const { db, helen, account } = await world(t)
  const changes: [string, Record<string, string | string[]>][] = [
    ['identity', { name: 'North Dale', handle: '@NorthDale', hashtag: 'OurWeek' }],
    ['shape', SHAPE],
    ['policy', { ...POLICY, selfApproval: 'yes', decided: 'untrusted', stopMinutes: '15' }],
    [
      'texts',
      { houseRules: 'Be kind.\r\nAlways.', accessibility: '', privacy: '', contact: 'week@north.example' },
    ],
  ]
  for (const [section, fields] of changes) {
    const version = String((await account()).version)
    const answer = await helen.post(PAGE, `${PAGE}/${section}`, { version, ...fields })
    t.equal(answer.statusCode, 303, section)
    t.equal(answer.headers.location, `${PAGE}#${section}`)
  }
  t.match(await account(), {
    name: 'North Dale',
    handle: 'NorthDale',
    hashtag: '#OurWeek',
    shape: { days: [1, 2, 3], opens: '08:30', closes: '17:00' },
    timeZone: 'Europe/Dublin',
    policy: {
      lateAfterMinutes: 45,
      selfApproval: true,
      decided: 'untrusted',
      stopMinutes: 15,
      publishRecap: false,
    },
    texts: { houseRules: 'Be kind.\nAlways.', contact: 'week@north.example' },
  })
  const recorded = (await db.read.select().from(activity)).filter(({ kind }) => kind === 'account.changed')
  t.equal(recorded.length, 4)
  t.match(recorded[2], {
    personId: LEAD.id,
    details: { section: 'policy', lateAfterMinutes: '30 → 45', selfApproval: 'false → true' },
  })
  t.match((await helen.get(PAGE)).body, /changed by Helen Marsh, Wednesday 18 November/)
})

t.test('what can’t be taken comes back with its reason', async (t) => {
  const { helen, account, db } = await world(t)
  const rows: [string, Record<string, string | string[]>, RegExp][] = [
    ['identity', { name: '', handle: 'ok' }, /The name is missing/],
    ['identity', { name: 'N', handle: 'not a handle' }, /A handle has 1 to 15 .* Example: @YourName/],
    ['identity', { name: 'N', handle: 'ok', hashtag: '#two words' }, /letters, digits and underscores only/],
    ['shape', { ...SHAPE, days: [] }, /Choose at least one day/],
    ['shape', { ...SHAPE, days: ['1', '3'] }, /follow each other/],
    ['shape', { ...SHAPE, days: '2', closes: '08:00' }, /closes after it opens/],
    ['shape', { ...SHAPE, opens: '25:00' }, /a time is missing/],
    ['shape', { ...SHAPE, timeZone: 'Mars/Base' }, /Choose a time zone/],
    ['policy', { ...POLICY, lateAfterMinutes: '2' }, /a whole number from 5 to 1440/],
    ['policy', { ...POLICY, decided: 'none' }, /Choose what needs a decision/],
    ['policy', { ...POLICY, stopMinutes: '-1' }, /a whole number from 0 to 240/],
    ['policy', { ...POLICY, decided: 'untrusted', stopMinutes: '0' }, /at least a minute/],
    ['policy', { ...POLICY, threadGapSeconds: '1.5' }, /a whole number from 0 to 300/],
    ['texts', { houseRules: 'x'.repeat(20_001) }, /more than 20,000 characters/],
  ]
  for (const [section, fields, reason] of rows) {
    const answer = await helen.post(PAGE, `${PAGE}/${section}`, { version: '1', ...fields })
    t.equal(answer.statusCode, 422, String(reason))
    t.match(answer.body, reason)
    t.match(answer.body, 'One thing to put right')
  }
  const typed = await helen.post(PAGE, `${PAGE}/policy`, {
    version: '1',
    ...POLICY,
    lateAfterMinutes: 'soon',
  })
  t.match(typed.body, 'value="soon"')
  t.equal((await account()).version, 1)
  t.equal((await helen.post(PAGE, `${PAGE}/policy`, { version: '0', ...POLICY })).statusCode, 409)
  await db.write(async (tx) => {
    const { id: _, ...other } = await account()
    await tx.insert(accounts).values({ ...other, id: 'south', handle: 'SouthDale' })
  })
  const taken = await helen.post(PAGE, `${PAGE}/identity`, { version: '1', name: 'N', handle: 'southdale' })
  t.match(taken.body, /another account here already/)
})

t.test('leads change, approvers look, others find nothing', async (t) => {
  const { db, visitor, helen } = await world(t)
  t.match((await helen.get('/today')).statusCode, 200)
  const owen = await visitor(APPROVER.email)
  const page = await owen.get(PAGE)
  t.equal(page.statusCode, 200)
  t.notMatch(page.body, 'Save the policy')
  t.match(page.body, '30 minutes')
  t.equal((await owen.post(PAGE, `${PAGE}/policy`, { version: '1', ...POLICY })).statusCode, 403)
  t.equal((await owen.post(PAGE, `${PAGE}/connection`)).statusCode, 403)
  t.equal((await owen.post(PAGE, `${PAGE}/disconnection`)).statusCode, 403)
  await db.write(async (tx) => {
    await tx
      .insert(people)
      .values({ id: 'h', email: 'host@north.example', name: 'Host', createdAt: new Date() })
  })
  const host = await visitor('host@north.example')
  t.equal((await host.get(PAGE)).statusCode, 404)
  for (const what of ['policy', 'brake', 'brake/release', 'connection', 'disconnection'])
    t.equal((await host.post('/today', `${PAGE}/${what}`, { version: '1', ...POLICY })).statusCode, 404, what)
  t.equal((await (await visitor()).get(PAGE)).statusCode, 303)
})

t.test('connecting leads to the network and back', async (t) => {
  const { helen, network, account, connection, visitor } = await world(t)
  const page = await helen.get(PAGE)
  t.match(page.headers['content-security-policy'], "form-action 'self' https://network.example;")
  t.notMatch((await helen.get('/today')).headers['content-security-policy'], 'network.example')
  const begun = await helen.post(PAGE, `${PAGE}/connection`)
  t.equal(begun.statusCode, 303)
  t.match(begun.headers.location, /^https:\/\/network\.example\/authorize\?redirect_uri=.*callback$/)

  const callback = (query: string) => helen.get(`/connections/x/callback?${query}`)
  const back = async (query: string) => {
    const answer = await callback(query)
    return (await helen.get(String(answer.headers.location))).body
  }
  const begin = () => helen.post(PAGE, `${PAGE}/connection`)
  t.match(await back('code=good&state=another'), 'belongs to no request of yours')
  t.match(await back('code=good&state=the-state'), 'belongs to no request of yours', 'only once')
  await begin()
  t.match(await back('error=access_denied&state=the-state'), 'permission was not given')
  await begin()
  t.match(await back('code=old&state=the-state'), 'The code is too old')
  t.equal(await connection(), undefined)
  await begin()
  t.match(await back('code=good&state=the-state'), '@NorthDaleHealth is connected.')
  t.match(await connection(), { state: 'connected', networkUserId: '900' })
  t.match((await helen.get(PAGE)).body, /connected by Helen Marsh/)

  network.me = async () => ({ ok: true, value: { ...OWN_USER, id: '5', handle: 'helen' } })
  await begin()
  t.match(await back('code=good&state=the-state'), 'signed in to X as @helen')
  t.match(await connection(), { networkUserId: '900' })
  network.me = async () => ({ ok: true, value: { ...OWN_USER, handle: 'NewName' } })
  await begin()
  t.match(await back('code=good&state=the-state'), 'On X it is called @NewName now')
  t.equal((await account()).handle, 'NorthDaleHealth')

  const owen = await visitor(APPROVER.email)
  t.notMatch((await owen.get(PAGE)).headers['content-security-policy'], 'network.example')
  t.match((await helen.get(PAGE)).body, `href="${PAGE}/disconnection"`)
  t.equal((await owen.get(`${PAGE}/disconnection`)).statusCode, 403)
  const asks = await helen.get(`${PAGE}/disconnection`)
  t.match(asks.body, 'Disconnect @NorthDaleHealth from X?')
  t.match(asks.body, 'what is not too late by then goes out by itself')
  t.match(await connection(), { state: 'connected' }, 'asking changes nothing')
  const gone = await helen.post(`${PAGE}/disconnection`, `${PAGE}/disconnection`)
  t.equal(gone.statusCode, 303)
  t.match(await connection(), { state: 'none', refreshToken: null })
  t.match((await helen.get(PAGE)).body, 'Connect on X')
  const today = (await owen.get('/today')).body
  t.match(today, '@NorthDaleHealth is disconnected from X')
  t.match(today, /Helen Marsh disconnected @NorthDaleHealth from X(, [^<]*)? at \d+:\d\d/)
})

t.test('a lost connection says so, and asks to connect again', async (t) => {
  const { db, clock, helen, network } = await world(t)
  await connected({ db, clock }, network)
  await db.write(
    async (tx) =>
      void (await tx.update(connections).set({ state: 'reconnect', trouble: 'Token was invalid.' })),
  )
  const { body } = await helen.get(PAGE)
  t.match(body, 'X asks you to connect again')
  t.match(body, 'Token was invalid.')
})
