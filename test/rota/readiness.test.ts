import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { DEFAULT_BRIEFING } from '../../src/accounts/briefing.ts'
import { changeAccount, type AccountChange } from '../../src/accounts/change-account.ts'
import { findAccount } from '../../src/accounts/accounts.ts'
import { activity, agreements, deliveries, weekHosts } from '../../src/db/schema/index.ts'
import { heedRules } from '../../src/drafts/policy/heed-rules.ts'
import { groundIfSubmitted } from '../../src/drafts/policy/policy-ground.ts'
import { pullBrake } from '../../src/publishing/brake.ts'
import { createPublisher } from '../../src/publishing/publisher.ts'
import { acceptInvitation } from '../../src/rota/invitations/accept-invitation.ts'
import { briefHost } from '../../src/rota/readiness/brief-host.ts'
import { letOpen } from '../../src/rota/readiness/let-open.ts'
import { isNothing, missingInWords, missingOf, type Readiness } from '../../src/rota/readiness/readiness.ts'
import { signAgreement } from '../../src/rota/readiness/sign-agreement.ts'
import { tendOpenings } from '../../src/rota/readiness/tend-openings.ts'
import { trustHost } from '../../src/drafts/policy/trust-host.ts'
import { findHostedWeek } from '../../src/rota/weeks.ts'
import { testApp } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { actorWith, aWeek, nothingAsked, PRIYA, sentMails } from '../support/bookings.ts'
import { testClock } from '../support/clock.ts'
import { connected, scriptedNetwork, testVault } from '../support/network.ts'
import { releaseAndHold } from '../support/releasing.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'

const MONDAY = new Date('2026-11-23T09:00:00Z')
const [CALL, PHOTO] = DEFAULT_BRIEFING as [string, string]

t.test('what is missing', async (t) => {
  const rules = { number: 2 } as Readiness['rules']
  const signed = { number: 1 } as Readiness['signed']
  const done = { point: CALL, asked: true, tick: {} as Readiness['points'][number]['tick'] }
  const open = { point: PHOTO, asked: true, tick: undefined }
  const rows: [name: string, readiness: Readiness, words: string][] = [
    ['nothing is asked', { rules: undefined, signed: undefined, points: [] }, ''],
    ['everything is done', { rules, signed, points: [done] }, ''],
    ['an older version is signed', { rules, signed, points: [] }, ''],
    ['not signed', { rules, signed: undefined, points: [done] }, 'the signed house rules'],
    ['one point', { rules, signed, points: [done, open] }, 'one point of the briefing'],
    [
      'both',
      { rules, signed: undefined, points: [open, { ...open, point: 'Another' }] },
      'the signed house rules, and two points of the briefing',
    ],
    ['a point that is not asked any more', { rules, signed, points: [{ ...done, asked: false }] }, ''],
  ]
  for (const [name, readiness, words] of rows) {
    t.equal(missingInWords(missingOf(readiness)), words, name)
    t.equal(isNothing(missingOf(readiness)), words === '', name)
  }
})

async function accepted(
  t: Test,
  { at = '2026-11-18T10:42:00Z', accepts = true }: { at?: string; accepts?: boolean } = {},
) {
  const clock = testClock(at)
  const network = scriptedNetwork(clock)
  const world = await testApp(t, { network, deps: { clock, vault: testVault } })
  const { db, deps } = world
  await anAccount(db, { now: clock.now() })
  await connected({ db, clock }, network)
  const weekId = await aWeek(db, clock.now(), { asked: true })
  const actor = (email: string) => actorWith(db, email, clock.now())
  const accept = async () =>
    acceptInvitation(db, { weekId, actor: await actor(PRIYA.email), now: clock.now() })
  if (accepts) await accept()
  await sentMails(db, clock)
  const hosted = async () => {
    const { week, host } = (await findHostedWeek(db.read, weekId))!
    return { week, host: host! }
  }
  const opening = async () => (await hosted()).host.opening
  const powers = async () => (await actor(PRIYA.email)).hosting[0]!.powers
  const sign = async (number = 1, name = PRIYA.name) =>
    signAgreement(db, { weekId, number, name, actor: await actor(PRIYA.email), now: clock.now() })
  const brief = async (points = DEFAULT_BRIEFING, done = true, email = LEAD.email) => {
    for (const point of points)
      await briefHost(db, { weekId, point, done, actor: await actor(email), now: clock.now() })
  }
  const change = async (to: AccountChange) => {
    const { version } = (await findAccount(db.read, ACCOUNT))!
    const by = { accountId: ACCOUNT, version, actor: await actor(LEAD.email), ...moment() }
    await changeAccount(db, { ...by, change: to }, heedRules)
  }
  const moment = () => ({
    now: clock.now(),
    machineNow: clock.machine(),
    publicUrl: 'https://week.example',
  })
  const tend = () => tendOpenings(db, moment())
  const recorded = async () =>
    (await db.read.select().from(activity).where(eq(activity.weekId, weekId))).map(({ kind }) => kind)
  const publisher = createPublisher({
    ...deps,
    vault: testVault,
    owner: 'process',
    settings: { publicUrl: () => '' },
  })
  return {
    ...world,
    clock,
    network,
    weekId,
    actor,
    accept,
    hosted,
    opening,
    powers,
    sign,
    brief,
    change,
    moment,
    tend,
    recorded,
    publisher,
  }
}

t.test('from the acceptance to a week that is ready, on the pages', async (t) => {
  const { db, visitor, clock, weekId, opening, powers, recorded } = await accepted(t)
  const priya = await visitor(PRIYA.email)
  const page = `/weeks/${weekId}/agreement`
  const mine = (await priya.get('/today')).body
  t.match(mine, 'Before your week opens')
  t.match(mine, `href="${page}"`)
  t.match(mine, CALL, 'and what the team goes through with her')
  t.match((await priya.get(page)).body, 'Describe every picture')

  const nameless = await priya.post(page, page, { number: '1', name: ' ' })
  t.equal(nameless.statusCode, 422)
  t.match(nameless.body, 'Your name is missing.')
  const signed = await priya.post(page, page, { number: '1', name: 'Priya J. Nair' })
  t.equal(signed.headers.location, `/today?week=${weekId}`)
  await priya.post(page, page, { number: '1', name: 'Again' })
  t.match(
    await db.read.select().from(agreements),
    [{ name: 'Priya J. Nair', number: 1, signedAt: clock.now(), text: /Describe every picture/ }],
    'twice is once',
  )
  t.match((await priya.get(page)).body, /Signed: Priya J. Nair<\/b>, today 10:42/)
  t.notMatch((await priya.get('/today')).body, 'Read and sign')
  t.equal(await opening(), 'waits', 'the briefing is missing')

  const lead = await visitor(LEAD.email)
  const owen = await visitor(APPROVER.email)
  const desk = (await lead.get('/today')).body
  t.match(desk, 'Priya Nair’s week is not ready to open')
  t.match(desk, 'What is missing: four points of the briefing.')
  t.match(desk, 'opens on Monday 23 November')
  const week = `/weeks/${weekId}`
  t.match((await lead.get(week)).body, 'Signed by Priya J. Nair, Wednesday 18 November')
  for (const point of DEFAULT_BRIEFING) {
    const by = point === CALL ? owen : lead
    t.equal((await by.post(week, `${week}/briefing`, { point, done: 'yes' })).statusCode, 303)
  }
  const ready = (await lead.get(week)).body
  t.match(ready, 'Owen Price, Wednesday 18 November')
  t.match(ready, '>Ready<')
  t.notMatch(ready, 'Let it open all the same')
  t.notMatch((await priya.get(week)).body, `action="${week}/briefing"`, 'the host reads it only')
  t.notMatch((await lead.get('/today')).body, 'is not ready to open')
  t.equal(await opening(), 'ready')
  t.equal(await powers(), 'draft')
  clock.moveTo(MONDAY)
  t.equal(await powers(), 'post')
  t.same(
    (await recorded()).filter((kind) => !kind.startsWith('week.a')),
    [
      'week.booked',
      'host.invited',
      'host.accepted',
      'host.signed',
      ...DEFAULT_BRIEFING.map(() => 'host.briefed'),
      'week.ready',
    ],
  )
  const record = (await lead.get('/activity')).body
  t.match(record, 'signed the house rules for Priya Nair’s week, version 1, as “Priya J. Nair”')
  t.match(record, `ticked “${CALL}” in the briefing of Priya Nair`)
})

t.test('a week that is not ready does not open, and the leads are told once', async (t) => {
  const { db, clock, visitor, weekId, opening, powers, sign, brief, tend, recorded } = await accepted(t)
  await brief()
  clock.moveTo(new Date(MONDAY.getTime() - 1))
  await tend()
  t.same(await sentMails(db, clock), [])
  clock.moveTo(MONDAY)
  await tend()
  await tend()
  const mails = await sentMails(db, clock)
  t.same(
    mails.map(({ to, subject }) => [to, subject]),
    [[LEAD.email, 'Priya Nair’s week has not opened: @NorthDaleHealth, 23 to 27 November']],
  )
  t.match(mails[0]!.text, 'What is missing: the signed house rules.')
  t.match(mails[0]!.text, `https://week.example/weeks/${weekId}#ready`)
  t.equal(await powers(), 'draft', 'she goes on writing')
  t.ok((await recorded()).includes('week.not-opened'))
  const desk = (await (await visitor(LEAD.email)).get('/today')).body
  t.match(desk, 'Priya Nair’s week has not opened')
  const mine = (await (await visitor(PRIYA.email)).get('/today')).body
  t.match(mine, 'Your week has not opened yet')

  clock.moveTo(new Date('2026-11-23T10:30:00Z'))
  await sign()
  t.equal(await opening(), 'ready')
  t.equal(await powers(), 'post', 'late, and at once')
  await tend()
  await tend()
  const told = await sentMails(db, clock)
  t.same(
    told.map(({ to, subject }) => [to, subject]),
    [[PRIYA.email, '@NorthDaleHealth is open to you now']],
    'the host is told, once',
  )
  t.match(told[0]!.text, 'is open, until Friday 18:00, London time')
  await brief([CALL], false)
  t.equal(await powers(), 'post', 'what is open stays open')
})

t.test('of a week that opened long ago nobody is told that it is open now', async (t) => {
  const { db, clock, sign, brief, tend } = await accepted(t)
  await brief()
  clock.moveTo(MONDAY)
  await tend()
  await sentMails(db, clock)
  await sign()
  clock.moveTo(new Date('2026-11-24T09:00:00Z'))
  await tend()
  t.same(await sentMails(db, clock), [], 'a day later that is no news')
})

t.test('a lead’s explicit word opens it all the same, and stands on the record', async (t) => {
  const { db, clock, visitor, weekId, opening, powers, actor, hosted, tend, brief } = await accepted(t)
  const by = async (email: string) =>
    letOpen(db, {
      weekId,
      version: (await hosted()).week.version,
      reason: '',
      actor: await actor(email),
      now: clock.now(),
    })
  await t.rejects(by(APPROVER.email), /Only a lead/)
  await t.rejects(by(PRIYA.email), /Only a lead/)
  const lead = await visitor(LEAD.email)
  const page = `/weeks/${weekId}`
  t.match((await lead.get(page)).body, 'Let it open all the same')
  const version = String((await hosted()).week.version)
  const done = await lead.post(page, `${page}/opening`, { version, reason: 'We spoke on the phone.' })
  t.equal(done.headers.location, `${page}#ready`)
  t.equal(await opening(), 'word')
  await t.rejects(by(LEAD.email), /opens by itself/)
  t.match((await lead.get(page)).body, /Helen Marsh said today 10:42 that the week opens although/)
  t.match(
    (await lead.get('/activity')).body,
    'said that Priya Nair’s week opens although something is missing',
  )
  t.match((await lead.get('/activity')).body, 'We spoke on the phone.')
  await brief()
  await brief([CALL], false)
  t.equal(await opening(), 'word', 'nothing takes the word back')
  clock.moveTo(MONDAY)
  await tend()
  t.same(await sentMails(db, clock), [])
  t.equal(await powers(), 'post')
})

t.test('what of a week that has not opened becomes due is held, and goes when it opens', async (t) => {
  const { db, clock, weekId, network, publisher, sign, brief, visitor } = await accepted(t)
  const post = (text: string, minutes: number) =>
    approved(db, {
      parts: [text],
      dueAt: new Date(MONDAY.getTime() + minutes * 60_000),
      now: clock.now(),
      weekId,
      hosted: true,
    })
  await post('Early.', 0)
  await post('Later.', 20)
  const states = async () =>
    (await db.read.select().from(deliveries).orderBy(deliveries.dueAt)).map(
      ({ state, heldReason }) => heldReason ?? state,
    )
  clock.moveTo(MONDAY)
  await publisher.run()
  t.same(await states(), ['not-open', 'waiting'])
  t.same(network.sent.length, 0)
  clock.moveMachine(1)
  const told = await sentMails(db, clock)
  t.same(told.map(({ to }) => to).toSorted(), [LEAD.email, APPROVER.email, PRIYA.email].toSorted())
  t.match((await (await visitor(LEAD.email)).get('/today')).body, 'Its week has not opened')
  await sign()
  await brief()
  await publisher.run()
  t.same(await states(), ['posted', 'waiting'], 'in time still')
})

t.test('what a host who has not accepted wrote is held at its time, and goes when they do', async (t) => {
  const { db, clock, weekId, network, publisher, actor, accept, visitor } = await accepted(t, {
    accepts: false,
  })
  await nothingAsked(db, weekId)
  const dueAt = new Date(MONDAY.getTime() + 10 * 60_000)
  for (const text of ['Early.', 'The second.'])
    await approved(db, { parts: [text], dueAt, now: clock.now(), weekId, hosted: true })
  const states = async () =>
    (await db.read.select().from(deliveries)).map(({ state, heldReason }) => heldReason ?? state)
  clock.moveTo(dueAt)
  await publisher.run()
  t.same(await states(), ['not-accepted', 'not-accepted'])
  t.equal(network.sent.length, 0)
  t.equal((await actor(PRIYA.email)).hosting[0]!.powers, 'draft', 'the powers say the same')
  clock.moveMachine(1)
  const told = (await sentMails(db, clock)).find(({ to }) => to === PRIYA.email)
  t.match(told?.text, 'You have not accepted the week')
  t.match((await (await visitor(LEAD.email)).get('/today')).body, 'Its host has not accepted the week')
  await accept()
  await publisher.run()
  t.same(await states(), ['posted', 'posted'])
})

t.test('a host’s yes that is taken back between the look and the claim stops the claim', async (t) => {
  const { db, clock, weekId, network, publisher } = await accepted(t)
  await nothingAsked(db, weekId)
  await approved(db, { parts: ['Early.'], dueAt: MONDAY, now: clock.now(), weekId, hosted: true })
  clock.moveTo(MONDAY)
  const { ownPosts } = network
  network.ownPosts = async (...asked) => {
    await db.write(async (tx) => void (await tx.update(weekHosts).set({ acceptedAt: null })))
    return ownPosts(...asked)
  }
  await publisher.run()
  t.equal(network.sent.length, 0)
})

t.test('what the brake gives back at its own time waits for its week to open all the same', async (t) => {
  const { db, clock, deps, weekId, network, publisher, actor, visitor, sign, brief } = await accepted(t)
  const dueAt = new Date(MONDAY.getTime() + 10 * 60_000)
  const { deliveries: parts } = await approved(db, {
    parts: ['Early.'],
    dueAt,
    now: clock.now(),
    weekId,
    hosted: true,
  })
  await pullBrake(deps, { accountId: ACCOUNT, actor: await actor(LEAD.email) })
  const lead = await visitor(LEAD.email)
  const page = `/accounts/${ACCOUNT}/brake/release`
  const form = (await lead.get(page)).body
  t.match(form, 'If you choose nothing else, it goes at its own time.')
  const seen = /name="seen" value="(\w+)"/.exec(form)![1]!
  await lead.post(page, page, { seen, [`choice-${parts[0]!.id}`]: 'own' })
  const state = async () => {
    const [one] = await db.read.select().from(deliveries)
    return one!.heldReason ?? one!.state
  }
  t.equal(await state(), 'waiting')
  clock.moveTo(dueAt)
  await publisher.run()
  t.equal(network.sent.length, 0)
  t.equal(await state(), 'not-open')
  await sign()
  await brief()
  await publisher.run()
  t.equal(network.sent.length, 1)
})

t.test(
  'what waits for its week to open is held by the brake too, and goes only when somebody says so',
  async (t) => {
    const { db, clock, deps, weekId, network, publisher, actor, sign, brief } = await accepted(t)
    await approved(db, { parts: ['Early.'], dueAt: MONDAY, now: clock.now(), weekId, hosted: true })
    clock.moveTo(MONDAY)
    await publisher.run()
    const lead = await actor(LEAD.email)
    await pullBrake(deps, { accountId: ACCOUNT, actor: lead })
    await releaseAndHold(deps, { accountId: ACCOUNT, actor: lead })
    await sign()
    await brief()
    await publisher.run()
    t.equal(network.sent.length, 0)
    t.match(await db.read.select().from(deliveries), [{ state: 'held', heldReason: 'brake' }])
  },
)

t.test('what is signed stays as it was read, whatever the rules become', async (t) => {
  const { db, sign, change, visitor, weekId, opening, brief } = await accepted(t)
  const texts = (await findAccount(db.read, ACCOUNT))!.texts
  await change({ section: 'texts', to: { ...texts, houseRules: '- Be **kind**.' } })
  await t.rejects(sign(1), /changed after you opened the page/)
  const priya = await visitor(PRIYA.email)
  const page = `/weeks/${weekId}/agreement`
  const old = await priya.post(page, page, { number: '1', name: PRIYA.name })
  t.equal(old.statusCode, 409)
  t.match(old.body, 'Be <strong>kind</strong>', 'with the rules as they stand')
  t.match(old.body, `value="${PRIYA.name}"`, 'and what was typed')
  await sign(2)
  await brief()
  await change({ section: 'texts', to: { ...texts, houseRules: '- Be quick.' } })
  t.match((await priya.get(page)).body, /What was signed[\s\S]*kind[\s\S]*as they stand now[\s\S]*quick/)
  t.equal(await opening(), 'ready', 'the version that was signed holds')
  const lead = await visitor(LEAD.email)
  t.match((await lead.get(`/weeks/${weekId}`)).body, 'The rules have changed since.')
  t.match((await lead.get(page)).body, 'What was signed')
})

t.test('another briefing counts for weeks that have not opened', async (t) => {
  const { clock, sign, brief, change, tend, opening, weekId, visitor } = await accepted(t)
  await sign()
  await brief()
  await change({ section: 'briefing', to: { briefing: [CALL, 'They have a badge'] } })
  await tend()
  t.equal(await opening(), 'waits')
  const lead = await visitor(LEAD.email)
  const { body } = await lead.get(`/weeks/${weekId}`)
  t.match(body, 'one point of the briefing')
  t.match(body, PHOTO, 'what was ticked stays to be read')
  const stale = await lead.post(`/weeks/${weekId}`, `/weeks/${weekId}/briefing`, {
    point: 'Never asked',
    done: 'yes',
  })
  t.equal(stale.statusCode, 409)
  await change({ section: 'briefing', to: { briefing: [CALL] } })
  await tend()
  t.equal(await opening(), 'ready')
  clock.moveTo(MONDAY)
  await change({ section: 'briefing', to: { briefing: [CALL, 'They have a badge'] } })
  await tend()
  t.equal(await opening(), 'ready', 'what is open stays open')
})

t.test('where nothing is asked a week is ready from the beginning', async (t) => {
  const { db, clock, change } = await accepted(t)
  const texts = (await findAccount(db.read, ACCOUNT))!.texts
  await change({ section: 'texts', to: { ...texts, houseRules: '' } })
  await change({ section: 'briefing', to: { briefing: [] } })
  const weekId = await aWeek(db, clock.now(), { asked: true, slot: '2026-12-07' })
  t.equal((await findHostedWeek(db.read, weekId))!.host!.opening, 'ready')
})

t.test('who signs, and when', async (t) => {
  const { db, clock, weekId, actor, sign } = await accepted(t)
  const form = { weekId, number: 1, name: 'Helen Marsh', now: clock.now() }
  await t.rejects(signAgreement(db, { ...form, actor: await actor(LEAD.email) }), /Only the week’s host/)
  const other = await aWeek(db, clock.now(), { asked: true, slot: '2026-12-07' })
  const priya = await actor(PRIYA.email)
  await t.rejects(signAgreement(db, { ...form, weekId: other, actor: priya }), /accept the week first/)
  clock.moveTo(new Date('2026-11-27T18:00:00Z'))
  await t.rejects(sign(), /This week is over/)
})

t.test('the policy decides nothing of a host whose week may not open yet', async (t) => {
  const { db, moment, weekId, actor, hosted, sign, brief } = await accepted(t)
  await trustHost(db, {
    weekId,
    version: (await hosted()).week.version,
    trusted: true,
    actor: await actor(LEAD.email),
    ...moment(),
  })
  const { host } = await hosted()
  const { policy } = (await findAccount(db.read, ACCOUNT))!
  const ground = () =>
    groundIfSubmitted(
      db.read,
      { id: 'new', weekId, weekHostId: host.id, authorId: host.personId, replyTo: null, answering: null },
      { account: { policy: { ...policy, decided: 'untrusted' } }, findings: [] },
    )
  t.equal(await ground(), null)
  await sign()
  await brief()
  t.equal(await ground(), 'trusted-host')
})
