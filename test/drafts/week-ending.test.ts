import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { activity, deliveries, drafts, sessions } from '../../src/db/schema/index.ts'
import { cancelWeek } from '../../src/drafts/week/cancel-week.ts'
import { replaceHost } from '../../src/drafts/week/replace-host.ts'
import { createPublisher } from '../../src/publishing/publisher.ts'
import { setHiatus } from '../../src/rota/planner/set-hiatus.ts'
import { findHostedWeek, findWeekOfSlot } from '../../src/rota/weeks.ts'
import { approved } from '../support/approved.ts'
import { testApp, type TestApp } from '../support/app.ts'
import { actorWith, aHost, aWeek, MEI, PRIYA, sentMails } from '../support/bookings.ts'
import { connected, scriptedNetwork, testVault } from '../support/network.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'

const DUE = new Date('2026-11-25T12:00:00Z')

/** Wednesday of Priya's week, 10:42: two parts of hers wait, one went out on Tuesday; one of the team's own waits. */
async function midWeek(t: Test) {
  const world = await testApp(t, { at: '2026-11-18T10:42:00Z' })
  const { db, clock } = world
  await anAccount(db, { now: clock.now() })
  const weekId = await aWeek(db, clock.now(), { accepted: true, theme: 'Finding the word' })
  await sentMails(db, clock)
  clock.moveTo(new Date('2026-11-25T10:42:00Z'))
  const by = { dueAt: DUE, now: clock.now(), weekId }
  const hers = await approved(db, { ...by, parts: ['One.', 'Two.'], hosted: true })
  const out = await approved(db, { ...by, parts: ['Good morning.'], hosted: true })
  const own = await approved(db, { ...by, parts: ['From the team.'] })
  await db.write(
    async (tx) =>
      void (await tx
        .update(deliveries)
        .set({ state: 'posted', networkId: '42' })
        .where(eq(deliveries.draftId, out.draftId))),
  )
  const act = async () => ({
    weekId,
    version: (await findHostedWeek(db.read, weekId))!.week.version,
    actor: await actorWith(db, LEAD.email, clock.now()),
    now: clock.now(),
    machineNow: clock.machine(),
    reason: 'She has flu.',
  })
  return { ...world, weekId, hers, out, own, act }
}

async function states({ db }: TestApp, draftId: string) {
  const [draft] = await db.read.select().from(drafts).where(eq(drafts.id, draftId))
  const sent = await db.read.select().from(deliveries).where(eq(deliveries.draftId, draftId))
  return [draft!.state, ...sent.map(({ state }) => state)].join(' ')
}

const mei = { email: MEI.email, host: aHost(MEI.name), theme: 'Under the skin', why: '', invite: true }

t.test('replacing a host in the middle of the week', async (t) => {
  const world = await midWeek(t)
  const { db, clock, visitor, weekId, hers, out, own, act } = world
  const priya = await visitor(PRIYA.email)
  t.equal((await priya.get(`/weeks/${weekId}`)).statusCode, 200)

  t.same(await replaceHost(db, { ...(await act()), ...mei }), { cancelledDeliveries: 2 })

  t.equal(await states(world, hers.draftId), 'writing cancelled cancelled', 'hers is kept as a draft')
  t.equal(await states(world, out.draftId), 'approved posted', 'what went out stays')
  t.equal(await states(world, own.draftId), 'approved waiting', 'the team’s own goes on')
  t.same((await actorWith(db, PRIYA.email, clock.now())).hosting, [])
  t.equal((await priya.get(`/weeks/${weekId}`)).statusCode, 303, 'her session is gone')
  t.equal(
    (await (await visitor(PRIYA.email)).get(`/weeks/${weekId}`)).statusCode,
    404,
    'and a new one shows nothing',
  )
  t.match(await findHostedWeek(db.read, weekId), {
    week: { state: 'announced', theme: 'Under the skin' },
    host: { name: MEI.name, acceptedAt: null },
  })
  t.match((await actorWith(db, MEI.email, clock.now())).hosting, [{ weekId, powers: 'draft' }])
  const mails = await sentMails(db, clock)
  t.same(mails.map(({ to }) => to).toSorted(), [MEI.email, PRIYA.email])
  t.match(mails.find(({ to }) => to === PRIYA.email)!.text, 'Helen Marsh writes: She has flu.')
  const [entry] = await db.read.select().from(activity).where(eq(activity.kind, 'host.replaced'))
  t.match(entry, {
    personId: LEAD.id,
    weekId,
    details: { from: PRIYA.name, to: MEI.name, cancelledDeliveries: 2 },
  })
})

t.test('nothing of a replaced host goes out, whatever was happening to it then', async (t) => {
  const world = await midWeek(t)
  const { db, clock, hers, out, act } = world
  const network = scriptedNetwork(clock)
  await connected(world, network)
  const deps = { ...world.deps, network, vault: testVault }
  const publisher = createPublisher({ ...deps, owner: 'process' })
  clock.moveTo(DUE)
  const set = (draftId: string, change: Partial<typeof deliveries.$inferInsert>) =>
    db.write(
      async (tx) => void (await tx.update(deliveries).set(change).where(eq(deliveries.draftId, draftId))),
    )
  const [first] = hers.deliveries
  await db.write(async (tx) => {
    await tx.update(deliveries).set({ state: 'sending' }).where(eq(deliveries.id, first!.id))
    await tx
      .update(deliveries)
      .set({ state: 'failed', networkId: null })
      .where(eq(deliveries.draftId, out.draftId))
  })
  await replaceHost(db, { ...(await act()), ...mei })
  t.equal(await states(world, out.draftId), 'writing cancelled', 'nobody can try it again')

  // X took no more posts for a while, and said so after the host was replaced.
  await set(hers.draftId, { state: 'waiting' })
  await publisher.run()
  t.notOk(network.sent.some(({ text }) => text === 'One.'))
  t.match((await states(world, hers.draftId)).split(' ')[1], 'held')
  const helen = await world.visitor(LEAD.email)
  const page = `/deliveries/${first!.id}`
  const { body } = await helen.get(page)
  t.match(body, 'went to another host')
  t.match(body, 'does not host this week any more')
  t.notMatch(body, `${page}/release`, 'what can’t be is not offered')
  const again = await helen.post(page, `${page}/release`, { ...seenOn(body), when: 'now' })
  t.equal(again.statusCode, 409)
})

t.test('the next host reads nothing of the one before', async (t) => {
  const world = await midWeek(t)
  const { db, hers, own, act, visitor, weekId } = world
  await replaceHost(db, { ...(await act()), ...mei })
  const host = await visitor(MEI.email)
  t.equal((await host.get(`/drafts/${own.draftId}`)).statusCode, 200, 'the desk’s in her week')
  t.equal((await host.get(`/drafts/${hers.draftId}`)).statusCode, 404)
  t.equal((await host.get(`/deliveries/${hers.deliveries[0]!.id}`)).statusCode, 404)
  const day = (await host.get('/today')).body
  t.match(day, 'From the team.')
  t.notMatch(day, 'One.')
  const alike = await host.post('/today', '/drafts', {
    id: randomUUID(),
    week: weekId,
    'part-1-text': 'One.',
    when: 'soon',
    do: 'show',
  })
  t.equal(alike.statusCode, 200)
  t.notMatch(alike.body, `/drafts/${hers.draftId}`)
})

t.test('what a host wrote is let go inside their week only', async (t) => {
  const world = await midWeek(t)
  const { db, clock, hers } = world
  const page = `/deliveries/${hers.deliveries[0]!.id}`
  await db.write(async (tx) => void (await tx.update(deliveries).set({ state: 'held', heldReason: 'late' })))
  const helen = await world.visitor(LEAD.email)
  const seen = seenOn((await helen.get(page)).body)
  const release = async (fields: Record<string, string>) =>
    helen.post(page, `${page}/release`, { ...seen, ...fields })
  const outside = await release({ when: 'time', day: '2026-11-28', time: '10:00' })
  t.equal(outside.statusCode, 422)
  t.match(outside.body, 'outside the week')
  t.match(outside.body, 'value="2026-11-28"')
  clock.moveTo(new Date('2026-11-27T18:30:00Z'))
  t.equal((await release({ when: 'now' })).statusCode, 422)
  const { body } = await helen.get(page)
  t.match(body, 'You can only cancel it.')
  t.notMatch(body, `${page}/release`, 'what can’t be is not offered')
})

t.test('what replacing refuses', async (t) => {
  const { db, clock, weekId, act } = await midWeek(t)
  const form = await act()
  await t.rejects(replaceHost(db, { ...form, ...mei, email: 'PRIYA@north.example' }), {
    message: /has this week already/,
  })
  const approver = await actorWith(db, APPROVER.email, clock.now())
  await t.rejects(replaceHost(db, { ...form, ...mei, actor: approver }), {
    message: 'Only a lead can change the rota.',
  })
  const priya = await actorWith(db, PRIYA.email, clock.now())
  await t.rejects(cancelWeek(db, { ...form, actor: priya }), { message: 'Only a lead can change the rota.' })
  const both = await Promise.allSettled([replaceHost(db, { ...form, ...mei }), cancelWeek(db, form)])
  t.same(
    both.map(({ status }) => status),
    ['fulfilled', 'rejected'],
    'two leads at once: one of them',
  )
  t.equal((await findHostedWeek(db.read, weekId))!.host!.name, MEI.name)
  const after = new Date('2026-11-27T18:00:00Z')
  await t.rejects(cancelWeek(db, { ...(await act()), now: after }), { message: /This week is over/ })
})

t.test('cancelling: first it says what happens, then it frees the slot', async (t) => {
  const world = await midWeek(t)
  const { db, clock, visitor, weekId, hers } = world
  await visitor(PRIYA.email)
  const helen = await visitor(LEAD.email)
  const page = `/weeks/${weekId}/cancellation`
  const before = await helen.get(page)
  t.match(before.body, 'What of theirs is approved and waits to go out is cancelled: two posts.')
  t.match(
    before.body,
    'What went out already, one post, stays on X and on the week’s public page, which says that the week ended early.',
  )
  t.match(before.body, 'Their two drafts are kept')
  t.match(
    (await helen.get(`/weeks/${weekId}/drop-out`)).body,
    'Cancelling it can’t be undone. What went out already, one post, stays on X and on the week’s public page',
  )

  const version = /name="version" value="(\d+)"/.exec(before.body)![1]!
  const stale = await helen.post(page, page, { version: '1', reason: 'Siân’s "reason"' })
  t.equal(stale.statusCode, 409)
  t.match(stale.body, 'Siân’s &quot;reason&quot;', 'what was typed is kept')
  const long = await helen.post(page, page, { version, reason: 'x'.repeat(301) })
  t.equal(long.statusCode, 422)
  const done = await helen.post(page, page, { version, reason: '' })
  t.equal(done.headers.location, '/rota')
  t.match((await helen.get('/rota')).body, 'With it two waiting posts were cancelled.')

  t.equal(await states(world, hers.draftId), 'writing cancelled cancelled')
  t.equal(await findWeekOfSlot(db.read, ACCOUNT, '2026-11-23'), undefined)
  t.equal((await db.read.select().from(sessions)).filter(({ personId }) => personId !== LEAD.id).length, 0)
  t.match((await helen.get(`/weeks/${weekId}`)).body, 'Cancelled', 'the desk still sees it')
  t.equal((await helen.get(`/weeks/${weekId}/edit`)).statusCode, 409)
  t.equal((await sentMails(db, clock)).length, 1)
  await aWeek(db, clock.now(), { who: MEI })
  t.equal((await findWeekOfSlot(db.read, ACCOUNT, '2026-11-23'))!.state, 'booked', 'booked again')
})

t.test('a host who was never invited hears nothing; a hiatus ends quietly', async (t) => {
  const { db, clock, act, visitor } = await midWeek(t)
  const quiet = await aWeek(db, clock.now(), { slot: '2026-12-07', who: MEI, invite: false })
  await cancelWeek(db, { ...(await act()), weekId: quiet, version: 1 })
  const by = await act()
  const hiatus = { weekId: 'hiatus', accountId: ACCOUNT, slot: '2026-12-21', reason: 'Christmas' }
  await setHiatus(db, { ...hiatus, actor: by.actor, now: by.now })
  const helen = await visitor(LEAD.email)
  t.match((await helen.get('/weeks/hiatus/cancellation')).body, 'End the hiatus?')
  t.equal((await helen.get('/weeks/hiatus/replacement')).statusCode, 409, 'nobody to replace')
  await cancelWeek(db, { ...by, weekId: 'hiatus', version: 1 })
  t.same(await sentMails(db, clock), [])
  await aWeek(db, clock.now(), { slot: '2026-12-21', who: MEI })
  t.pass('both slots are free')
})

t.test('the form for another host keeps what was typed', async (t) => {
  const { visitor, weekId, db } = await midWeek(t)
  const helen = await visitor(LEAD.email)
  const page = `/weeks/${weekId}/replacement`
  const version = String((await findHostedWeek(db.read, weekId))!.week.version)
  const wrong = await helen.post(page, page, {
    version,
    name: 'Siân O’Brien',
    email: 'sian',
    why: 'It’s <b>her</b> turn',
  })
  t.equal(wrong.statusCode, 422)
  t.match(wrong.body, 'value="Siân O’Brien"')
  t.match(wrong.body, 'It’s &lt;b&gt;her&lt;/b&gt; turn')
  t.match(wrong.body, 'href="#email"')
  const done = await helen.post(page, page, {
    version,
    name: 'Siân O’Brien',
    email: 'sian@north.example',
    do: 'only',
  })
  t.equal(done.headers.location, `/weeks/${weekId}`)
  t.match((await findHostedWeek(db.read, weekId))!.host, {
    name: 'Siân O’Brien',
    signOff: '^SO',
    invitedAt: null,
  })
})

/** What the forms of a delivery's page carry. */
function seenOn(body: string): Record<string, string> {
  return Object.fromEntries(
    ['version', 'fingerprint'].map((name) => [
      name,
      new RegExp(`name="${name}" value="([^"]+)"`).exec(body)?.[1] ?? '',
    ]),
  )
}
