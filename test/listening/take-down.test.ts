import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { accounts, connections, deliveries, mails, posts, weeks } from '../../src/db/schema/index.ts'
import { activityOfDraft } from '../../src/activity/activities.ts'
import { listenDue } from '../../src/listening/listen-due.ts'
import { mirrorPosted } from '../../src/listening/mirror.ts'
import { createPublisher } from '../../src/publishing/publisher.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { testApp, type Visitor } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { aWeek, PRIYA } from '../support/bookings.ts'
import { testClock } from '../support/clock.ts'
import { connected, OWN_USER, problem, scriptedNetwork, testVault } from '../support/network.ts'
import { picture, refused } from '../support/publishing-desk.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
import { JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'

const HOME = '/@NorthDaleHealth'
const PAGE = `${HOME}/weeks/2026-11-16`

/** Joseph's week runs, and a thread of his with a picture stands on the account. */
async function world(t: Test, { hosted = true, publishRecap = false } = {}) {
  const clock = testClock('2026-11-18T10:42:00Z')
  const network = scriptedNetwork(clock)
  const made = await testApp(t, { network, deps: { clock, vault: testVault } })
  const { db, app, deps } = made
  await anAccount(db, { now: clock.now(), policy: { publishRecap } })
  await josephsWeek(db)
  await db.write(async (tx) => {
    await tx.update(weeks).set({ announcedAt: clock.now() })
  })
  await connected({ db, clock }, network)
  const publisher = createPublisher({ ...deps, owner: 'process' })
  const hash = await picture(db, deps.images, clock.now())
  const run = async () => {
    await publisher.run()
    await mirrorPosted(db, { accountId: ACCOUNT, now: clock.now() })
    clock.pass(0.1)
  }
  const { draftId } = await approved(db, {
    parts: [{ text: 'What a bed weighs', images: [{ hash, alt: 'All red' }] }, 'And who pushes it'],
    dueAt: clock.now(),
    now: clock.now(),
    weekId: WEEK,
    hosted,
    networkUserId: OWN_USER.id,
  })
  await run()
  const parts = async () =>
    (await db.read.select().from(deliveries).where(eq(deliveries.draftId, draftId))).toSorted(
      (one, other) => one.position - other.position,
    )
  const states = async () => (await parts()).map(({ state }) => state).join(' ')
  const form = async (position: number) => `/deliveries/${(await parts())[position]!.id}/removal`
  /** As somebody does who opened the page just now. */
  const down = async (who: Visitor, fields: Record<string, string> = {}, position = 0) => {
    const at = await form(position)
    const page = (await who.get(at)).body
    const seen = /name="seen" value="([^"]*)"/.exec(page)?.[1] ?? ''
    return who.post(at, at, { seen, scope: 'thread', reason: 'A name in it.', ...fields })
  }
  const get = async (url: string) => app.inject(url)
  return { ...made, clock, network, run, hash, draftId, parts, states, form, down, get }
}

t.test('who may take what down, and when', async (t) => {
  const opens = '2026-11-16T10:00:00Z'
  const rows: { who: string; at: string; status: number }[] = [
    { who: LEAD.email, at: opens, status: 303 },
    { who: APPROVER.email, at: opens, status: 303 },
    { who: JOSEPH.email, at: opens, status: 303 },
    { who: PRIYA.email, at: opens, status: 404 },
    { who: LEAD.email, at: '2026-11-24T10:00:00Z', status: 303 },
    { who: APPROVER.email, at: '2026-11-24T10:00:00Z', status: 303 },
    { who: JOSEPH.email, at: '2026-11-24T10:00:00Z', status: 403 },
  ]
  for (const { who, at, status } of rows) {
    const { clock, db, run, visitor, down, states, form } = await world(t)
    await aWeek(db, new Date('2026-11-02T10:00:00Z'), { who: PRIYA })
    await run()
    clock.moveTo(new Date(at))
    const person = await visitor(who)
    const answer = await down(person)
    t.equal(answer.statusCode, status, `${who} at ${at}`)
    t.equal(await states(), status === 303 ? 'removing removing' : 'posted posted')
    if (status === 403) t.match(answer.body, 'the week’s host while the week is open')
    if (status !== 303) t.equal((await person.get(await form(0))).statusCode, status)
  }
})

t.test('without a reason, a choice, or the page as it stands now, nothing is taken down', async (t) => {
  const { run, visitor, down, states, form } = await world(t)
  await run()
  const helen = await visitor(LEAD.email)
  const none = await down(helen, { reason: '  ' })
  t.equal(none.statusCode, 422)
  t.match(none.body, 'Say why: it stays on the record.')
  const long = await down(helen, { reason: 'x'.repeat(501) })
  t.match(long.body, 'more than 500 characters')
  t.match(long.body, 'xxxx', 'what was typed is still there')
  const odd = await down(helen, { scope: 'all' })
  t.match([odd.statusCode, odd.body], [422, /Choose what goes/])
  const stale = await down(helen, { seen: 'posted waiting' })
  t.match([stale.statusCode, stale.body], [409, /Something happened to it/])
  t.match(stale.body, 'A name in it.')
  t.equal(await states(), 'posted posted')
  t.equal((await down(helen, { scope: 'part' }, 1)).statusCode, 303)
  t.equal(await states(), 'posted removing')
  const again = await helen.get(await form(1))
  t.match(again.body, 'All of the thread that stands')
  t.notMatch(again.body, 'Only part two', 'which goes already')
})

t.test('its page says what will happen, to how many parts, and to whom it is told', async (t) => {
  const { db, network, visitor, run, form, states, down } = await world(t)
  const helen = await visitor(LEAD.email)
  const waiting = (await helen.get(await form(0))).body
  t.match(waiting, 'One part goes. One that has not gone out is cancelled.')
  t.notMatch(waiting, 'Only part one', 'which would be the same')
  t.match(waiting, 'Take down what stands?')
  t.notMatch(waiting, 'or the whole thread?')
  t.match(waiting, 'Joseph Adeyemi is told by mail, with your reason.')
  t.match(waiting, 'Nobody can bring it back there.')
  t.match(waiting, 'Then it is deleted on X')
  await db.write((tx) => tx.update(connections).set({ state: 'reconnect' }))
  const cut = (await helen.get(await form(0))).body
  t.match(cut, 'On X it stands until a lead has connected @NorthDaleHealth again; then it is deleted')
  t.notMatch(cut, 'Then it is deleted on X')
  await db.write((tx) => tx.update(connections).set({ state: 'connected' }))
  network.steps.push({ publish: false, answer: refused('forbidden', 'You may not.') })
  await run()
  t.equal(await states(), 'posted failed')
  const failed = await helen.get((await form(1)).replace('/removal', ''))
  t.match(failed.body, 'Part one stands and part two did not go out.')
  t.match(failed.body, 'Take down what stands')
  t.match(failed.body, 'Try again')
  const first = await helen.get((await form(0)).replace('/removal', ''))
  t.match(first.body, 'Part one stands and part two did not go out.')
  await down(helen)
  t.equal(await states(), 'removing cancelled')
  t.match((await helen.get(await form(0))).body, 'Nothing of it stands on the account.')
  await run()
  const gone = (await helen.get((await form(0)).replace('/removal', ''))).body
  for (const fact of ['It was taken down', 'by Helen Marsh. “A name in it.”', 'Gone from X'])
    t.match(gone, fact)
})

t.test('the draft’s page says where each part stands, and leads on', async (t) => {
  const { network, visitor, run, draftId, down, get } = await world(t)
  const [helen, joseph] = [await visitor(LEAD.email), await visitor(JOSEPH.email)]
  network.steps.push({ publish: false, answer: refused('forbidden', 'You may not.') })
  await run()
  const broken = (await helen.get(`/drafts/${draftId}`)).body
  t.match(broken, 'Part one stands and part two did not go out.')
  t.match(broken, 'Try again, or cancel it')
  t.match(broken, 'Take down what stands')
  t.match(broken, 'and refused. X said: “You may not.”', 'with its time line')
  t.match((await joseph.get(`/drafts/${draftId}`)).body, 'Take down what stands')
  network.removing.push({ problem: problem('forbidden', 'Not yours.') })
  await down(helen)
  await run()
  const stuck = (await joseph.get(`/drafts/${draftId}`)).body
  t.match(stuck, 'Being taken down')
  t.match(stuck, 'X said: “Not yours.”')
  t.notMatch(stuck, 'Take down what stands')
  const today = (await helen.get('/today')).body
  t.match(today, 'still stands on X')
  t.match(today, 'Not yours.')
  t.notMatch((await get(PAGE)).body, 'What a bed weighs')
})

t.test('it leaves our own pages at once, whatever the network shows, and stays on the record', async (t) => {
  const { db, clock, network, deps, visitor, run, hash, draftId, down, get, states } = await world(t)
  await run()
  const before = await get(PAGE)
  t.match(before.body, 'What a bed weighs')
  t.match((await get(HOME)).body, 'And who pushes it')
  t.equal((await get(`/pictures/${hash}`)).statusCode, 200)

  const helen = await visitor(LEAD.email)
  await down(helen)
  t.equal(await states(), 'removing removing')
  t.equal(network.timeline.length, 2, 'nothing has asked the network yet')
  const seen = async (what: string) => {
    for (const url of [HOME, PAGE])
      t.notMatch((await get(url)).body, /What a bed weighs|And who pushes/, what)
    t.equal((await get(`/pictures/${hash}`)).statusCode, 404, what)
  }
  await seen('at once')
  t.not((await get(PAGE)).headers.etag, before.headers.etag)

  network.removing.push({ problem: problem('forbidden') }, { problem: problem('forbidden') })
  clock.pass(300)
  await run()
  await listenDue({ ...deps, settings: { publicUrl: () => 'http://week.example' } }, { atOnce: true })
  t.equal(network.timeline.length, 2)
  await seen('X shows it still')
  clock.pass(60)
  await run()
  t.equal(await states(), 'removed removed')
  await listenDue({ ...deps, settings: { publicUrl: () => 'http://week.example' } }, { atOnce: true })
  await seen('gone')

  t.match(await db.read.select().from(posts), [
    { text: 'What a bed weighs', images: [{ hash }], removedAt: Date },
    { text: 'And who pushes it', removedAt: Date },
  ])
  const kinds = (await activityOfDraft(db.read, draftId)).map(({ kind }) => kind)
  t.ok(kinds.includes('delivery.taken-down') && kinds.includes('delivery.removed'))
  const record = (await helen.get('/activity')).body
  t.match(record, 'took “What a bed weighs” down')
  t.match(record, 'A name in it.')
})

t.test('what was told in the recap leaves it as well', async (t) => {
  const { db, clock, visitor, run, down, get } = await world(t, { publishRecap: true })
  await run()
  clock.moveTo(new Date('2026-11-20T18:30:00Z'))
  const times = { now: clock.now(), machineNow: clock.machine(), publicUrl: 'http://week.example' }
  await closeDueWeeks(db, times)
  t.match((await get(PAGE)).body, 'What a bed weighs')
  await down(await visitor(APPROVER.email), { scope: 'part' })
  t.notMatch((await get(PAGE)).body, 'What a bed weighs')
  t.match((await get(PAGE)).body, 'And who pushes it', 'which stands')
})

t.test('what was not on our pages yet never comes there', async (t) => {
  const { db, clock, network, visitor, down, get, deps, parts } = await world(t)
  await createPublisher({ ...deps, owner: 'process' }).run()
  t.equal((await parts())[1]!.state, 'posted')
  await down(await visitor(LEAD.email))
  await mirrorPosted(db, { accountId: ACCOUNT, now: clock.now() })
  t.equal(network.timeline.length, 2)
  t.notMatch((await get(PAGE)).body, 'And who pushes it')
})

t.test('its writer is told when somebody else did it, and nobody of their own', async (t) => {
  const { db, run, visitor, down } = await world(t)
  await run()
  await down(await visitor(APPROVER.email))
  const [mail, ...others] = await db.read.select().from(mails).where(eq(mails.kind, 'post-taken-down'))
  t.match(mail, { to: JOSEPH.email, subject: 'Taken down: What a bed weighs' })
  for (const fact of [
    'Owen Price took down your thread',
    'And who pushes it',
    '    A name in it.',
    '/drafts/',
  ])
    t.match(mail!.text, fact)
  t.same(others, [])
  const own = await world(t)
  await own.run()
  await own.down(await own.visitor(JOSEPH.email))
  t.equal(await own.states(), 'removing removing')
  const about = await own.db.read.select().from(mails).where(eq(mails.kind, 'post-taken-down'))
  t.same(about.map(({ to }) => to).toSorted(), [LEAD.email, APPROVER.email], 'the desk')
  const leads = await world(t, { hosted: false })
  await leads.run()
  await leads.down(await leads.visitor(JOSEPH.email), { scope: 'part' })
  const both = (await leads.db.read.select().from(mails)).toSorted((a, b) => a.to.localeCompare(b.to))
  t.match(both, [
    { to: LEAD.email, text: /a part of a thread/ },
    { to: APPROVER.email, text: /a part of your thread/ },
  ])
  t.equal(both.length, 2)
})

t.test('the brake stops no taking down', async (t) => {
  const { db, clock, run, visitor, down, states } = await world(t)
  await run()
  await db.write(async (tx) => {
    await tx.update(accounts).set({ brakeAt: clock.now() })
  })
  await down(await visitor(LEAD.email))
  await run()
  t.equal(await states(), 'removed removed')
})
