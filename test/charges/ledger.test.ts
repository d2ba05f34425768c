import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { findAccount } from '../../src/accounts/accounts.ts'
import { connect } from '../../src/accounts/connection.ts'
import { accounts, charges, deliveries, chargedReads } from '../../src/db/schema/index.ts'
import { DEFAULT_PRICES, type Prices } from '../../src/charges/charge.ts'
import { openImageFiles } from '../../src/images/image-files.ts'
import { listenDue } from '../../src/listening/listen-due.ts'
import { createSandboxClient } from '../../src/networks/x-sandbox/client.ts'
import { startStandIn } from '../../src/networks/x-sandbox/stand-in.ts'
import { createXNetwork } from '../../src/networks/x.ts'
import { createPublisher } from '../../src/publishing/publisher.ts'
import { findActor } from '../../src/rota/powers.ts'
import { startRecorder } from '../networks/recorder.ts'
import { approved } from '../support/approved.ts'
import { testClock } from '../support/clock.ts'
import { testDatabase } from '../support/database.ts'
import { testVault } from '../support/network.ts'
import { desk, picture, refused, unknown } from '../support/publishing-desk.ts'
import { ACCOUNT, anAccount, LEAD } from '../support/story.ts'
import { josephsWeek, WEEK } from '../support/submitted.ts'

const app = { clientId: 'an-app', clientSecret: 'a secret' }
const handle = 'NorthDaleHealth'
const redirectUri = 'http://127.0.0.1:3000/connections/x/callback'

/** The client that speaks to X, the stand-in for X, and a witness between them. */
async function world(t: Test) {
  const { db, folder } = testDatabase(t)
  const clock = testClock('2026-11-18T10:42:00Z')
  await anAccount(db, { now: clock.now(), policy: { lateAfterMinutes: 600 } })
  await josephsWeek(db)
  const users = [{ handle, name: 'NorthDale Health', kind: 'account' as const }]
  const standIn = await startStandIn({ file: ':memory:', port: 0, clock, users })
  t.teardown(() => standIn.close())
  const witness = await startRecorder(standIn.port)
  t.teardown(() => witness.close())
  const network = createXNetwork({ ...app, standIn: { host: '127.0.0.1', port: witness.port } })
  const images = openImageFiles(folder)
  const settings = { publicUrl: () => 'http://week.example' }
  const deps = { db, clock, network, vault: testVault, images, settings }
  const x = createSandboxClient(standIn)
  const { url: begin, codeVerifier } = network.beginConnection({ redirectUri })
  // The witness reads no pages.
  const url = begin.replace(`:${witness.port}/`, `:${standIn.port}/`)
  const page = await (await fetch(url)).text()
  const fields = [...page.matchAll(/name="(\w+)" value="([^"]*)"/g)]
  const form = new URLSearchParams(fields.map(([, name, value]): [string, string] => [name!, value!]))
  form.set('user', (await x.users()).find((user) => user.handle === handle)!.id)
  const answer = await fetch(new URL('/i/oauth2/authorize', url), {
    method: 'POST',
    body: form,
    redirect: 'manual',
  })
  const code = new URL(answer.headers.get('location')!).searchParams.get('code')!
  const actor = (await findActor(db.read, LEAD.id, clock.now()))!
  await connect(deps, { accountId: ACCOUNT, code, codeVerifier, redirectUri, actor })
  return { db, clock, x, images, deps, witness, publisher: createPublisher({ ...deps, owner: 'process' }) }
}

/** The ids of all posts that X gave to calls of these addresses, in their order. */
const servedBy =
  (witness: Awaited<ReturnType<typeof startRecorder>>) =>
  (path: RegExp): string[] =>
    witness.exchanges
      .filter((one) => one.method === 'get' && one.status === 200 && path.test(one.path))
      .flatMap(({ body }) => [(body as { data?: { id: string }[] }).data ?? []].flat())
      .map(({ id }) => id)

/** Units by kind, from the ledger. */
async function kept(db: Awaited<ReturnType<typeof world>>['db']) {
  const units: Record<string, number> = {}
  for (const row of await db.read.select().from(charges)) units[row.kind] = (units[row.kind] ?? 0) + row.units
  return units
}

t.test('the ledger says what the network served, call by call', async (t) => {
  const { db, clock, x, images, deps, witness, publisher } = await world(t)
  const due = { dueAt: clock.now(), now: clock.now(), weekId: WEEK }
  const hash = await picture(db, images, clock.now())
  await approved(db, { parts: [{ text: 'A car', images: [{ hash, alt: 'All red' }] }], ...due })
  await approved(db, { parts: ['See www.nhs.uk'], ...due })
  await publisher.run()
  const [first] = (await x.allPosts()).filter(({ text }) => text.startsWith('A car'))
  const asked = await x.postAs({ handle: 'mdunn', text: '@NorthDaleHealth which car?', replyTo: first!.id })
  for (let at = 0; at < 120; at += 1)
    await x.postAs({ handle: 'crowd', text: `@NorthDaleHealth hello ${at}` })
  await listenDue(deps, { atOnce: true })
  clock.pass(1)
  await approved(db, { ...due, parts: [{ text: 'The red one', replyTo: asked.id }, 'And it is fast'] })
  await publisher.run()
  clock.pass(1)
  await publisher.run()
  await listenDue(deps, { atOnce: true })

  const served = servedBy(witness)
  const calls = (method: string, path: RegExp) =>
    witness.exchanges.filter((one) => one.method === method && path.test(one.path) && one.status < 300).length
  const units = await kept(db)
  const own = served(/\/users\/\d+\/(tweets|mentions)$/)
  const all = served(/\/users\/\d+\/(tweets|mentions)$|^\/2\/tweets(\/search\/recent)?$/)
  t.equal(units['own-read']! + (units['post-read'] ?? 0), new Set(all).size, 'each post once on a day')
  t.ok(units['own-read']! >= new Set(own).size - 1)
  t.ok(units['own-read']! > 120, 'two pages of mentions, and our own posts')
  t.equal(units['user-read'], calls('get', /\/users\/me$/))
  t.equal(units['description'], calls('post', /\/media\/metadata$/))
  t.same([units['post'], units['post-with-link'], units['answer']], [2, 1, 1])
  t.equal(calls('post', /\/2\/tweets$/), 4)
  const rows = await db.read.select().from(charges)
  t.ok(rows.length < 10, 'a row for a day, a kind and a week, not for a call')
  t.match(
    rows.find(({ kind }) => kind === 'post-with-link'),
    { day: '2026-11-18', weekId: WEEK, units: 1, cost: 200_000 },
  )
  t.equal(rows.find(({ kind }) => kind === 'user-read')!.weekId, '', 'connecting belongs to no week')
})

t.test('the same post counts once on a day of X, however often it is read', async (t) => {
  const { db, clock, x, deps, witness, publisher } = await world(t)
  await approved(db, { parts: ['Good morning'], dueAt: clock.now(), now: clock.now(), weekId: WEEK })
  await publisher.run()
  const [standing] = await x.allPosts()
  for (let at = 0; at < 5; at += 1)
    await x.postAs({ handle: 'crowd', text: `@NorthDaleHealth hello ${at}`, replyTo: standing!.id })
  const served = servedBy(witness)
  const units = async () => {
    const { 'own-read': own = 0, 'post-read': others = 0 } = await kept(db)
    return own + others
  }
  const reads = /^\/2\/(tweets|users\/\d+\/)/
  let first = 0
  let before = 0
  for (const until of ['2026-11-18T23:50:00Z', '2026-11-19T23:50:00Z']) {
    while (clock.now() < new Date(until)) {
      await listenDue(deps, { atOnce: true })
      clock.pass(30)
    }
    const ids = served(reads).slice(first)
    t.ok(ids.length > 2 * new Set(ids).size, `${ids.length} readings of ${new Set(ids).size}`)
    t.equal((await units()) - before, new Set(ids).size)
    first = served(reads).length
    before = await units()
    clock.moveTo(new Date(Date.parse(until) + 600_000))
  }
  const rows = await db.read.select().from(chargedReads)
  t.same([...new Set(rows.map(({ day }) => day))], ['2026-11-19'], 'the day before is forgotten')
  t.same(
    [...new Set((await db.read.select().from(charges)).map(({ day }) => day))],
    ['2026-11-18', '2026-11-19'],
  )
})

t.test('posts that come before a page that fails are charged too', async (t) => {
  const { db, clock, x, deps } = await world(t)
  for (let at = 0; at < 120; at += 1)
    await x.postAs({ handle: 'crowd', text: `@NorthDaleHealth hello ${at}` })
  await listenDue(deps)
  const before = (await kept(db))['own-read'] ?? 0
  t.equal(before, 120)
  for (let at = 0; at < 110; at += 1)
    await x.postAs({ handle: 'crowd', text: `@NorthDaleHealth again ${at}` })
  clock.pass(6)
  await x.addFault({
    route: 'GET /2/users/:id/mentions',
    kind: 'unavailable-before',
    skip: 1,
  })
  await listenDue(deps)
  t.equal((await kept(db))['own-read']! - before, 100)
})

t.test('a refusal is free, and what may have gone out counts once', async (t) => {
  const rows: { step: Parameters<typeof refused>[0] | 'unknown' | 'duplicate' | 'posted'; units: number }[] =
    [
      { step: 'posted', units: 1 },
      { step: 'credit', units: 0 },
      { step: 'limited', units: 0 },
      { step: 'forbidden', units: 0 },
      { step: 'invalid', units: 0 },
      { step: 'duplicate', units: 0 },
      { step: 'unknown', units: 1 },
    ]
  for (const { step, units } of rows) {
    const { db, network, publisher, queue } = await desk(t)
    await queue('Good morning')
    const answer =
      step === 'unknown'
        ? unknown
        : step === 'duplicate'
          ? { ...refused('duplicate'), outcome: 'duplicate' as const }
          : refused(step as 'credit', '', new Date('2026-11-18T09:15:00Z'))
    if (step !== 'posted') network.steps.push({ publish: false, answer } as never)
    await publisher.run()
    t.equal((await kept(db))['post'] ?? 0, units, step)
  }
})

t.test('a post that is found after all was charged when nobody knew', async (t) => {
  const { db, clock, network, publisher, queue, state } = await desk(t)
  await queue('Good morning')
  network.steps.push({ publish: true, answer: unknown })
  await publisher.run()
  t.equal((await kept(db))['post'], 1)
  clock.moveMachine(1)
  await publisher.run()
  t.equal(await state(), 'posted')
  t.equal((await kept(db))['post'], 1)
})

t.test('what an older copy finds on the account was charged before it', async (t) => {
  const { db, network, publisher, queue, state } = await desk(t)
  await queue('Good morning nhs.uk')
  network.byHand({ text: 'Good morning nhs.uk' })
  await publisher.run()
  t.equal(await state(), 'posted')
  t.equal(network.sent.length, 0)
  t.equal((await kept(db))['post-with-link'], 1)
})

t.test('an answer to a post of our own costs what a post costs', async (t) => {
  const { db, clock, publisher, queue } = await desk(t)
  await queue('Good morning')
  await publisher.run()
  const [own] = await db.read.select().from(deliveries)
  await approved(db, {
    parts: [{ text: 'And more', replyTo: own!.networkId }],
    dueAt: clock.now(),
    now: clock.now(),
    networkUserId: '900',
  })
  await publisher.run()
  const units = await kept(db)
  t.same([units['post'], units['answer']], [2, undefined])
})

t.test('the prices of the moment count', async (t) => {
  const { db, publisher, queue } = await desk(t)
  await queue('One')
  await publisher.run()
  const prices: Prices = { ...DEFAULT_PRICES, post: 20_000 }
  await db.write(
    async (tx) => void (await tx.update(accounts).set({ prices }).where(eq(accounts.id, ACCOUNT))),
  )
  t.same((await findAccount(db.read, ACCOUNT))!.prices, prices)
  await queue('Two')
  await publisher.run()
  const [row] = (await db.read.select().from(charges)).filter(({ kind }) => kind === 'post')
  t.match(row, { units: 2, cost: 35_000 })
})
