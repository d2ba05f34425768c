import { eq } from 'drizzle-orm'
import t from 'tap'
import {
  accounts,
  connections,
  decisions,
  deliveries,
  drafts,
  listening,
  mails,
  people,
  posts,
  recaps,
  roles,
  weekHosts,
  weeks,
} from '../../src/db/schema/index.ts'
import type { NetworkPost } from '../../src/networks/network.ts'
import { noteRestored } from '../../src/note-restored.ts'
import { keepWhatIsNotKnown } from '../../src/publishing/restores.ts'
import { testApp, type TestApp } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, JOSEPH_HOSTS, josephsWeek, WEEK } from '../support/submitted.ts'

async function aWeek(t: Parameters<typeof testApp>[0], at = '2026-11-18T10:42:00Z') {
  const world = await testApp(t, { at })
  await anAccount(world.db, { now: world.clock.now() })
  await josephsWeek(world.db)
  return world
}

const connected = ({ db, clock }: TestApp, state: 'connected' | 'reconnect' = 'connected') =>
  db.write((tx) =>
    tx.insert(connections).values({ accountId: ACCOUNT, state, networkUserId: '7', changedAt: clock.now() }),
  )

/** An approved draft of Joseph's, its delivery as it stands now. */
async function aDelivery(
  { db }: TestApp,
  text: string,
  dueAt: string,
  change: Partial<typeof deliveries.$inferInsert> = {},
) {
  const due = new Date(dueAt)
  const now = new Date('2026-11-17T10:00:00Z')
  const { deliveries: queued, draftId } = await approved(db, {
    parts: [text],
    dueAt: due,
    now,
    weekId: WEEK,
    hosted: true,
  })
  await db.write(async (tx) => {
    await tx.update(drafts).set({ wishedAt: due }).where(eq(drafts.id, draftId))
    if (Object.keys(change).length > 0)
      await tx.update(deliveries).set(change).where(eq(deliveries.id, queued[0]!.id))
  })
  return { id: queued[0]!.id, draftId }
}

const facts = (t: Parameters<typeof testApp>[0], body: string, ...expected: string[]) => {
  for (const fact of expected) t.ok(body.includes(fact), fact)
}

/** What somebody answered, or what the account said. */
const aReply = (
  { db, clock }: TestApp,
  networkId: string,
  replyTo: string | null,
  kind: 'reply' | 'own' = 'reply',
) =>
  db.write((tx) =>
    tx.insert(posts).values({
      id: `p-${networkId}`,
      accountId: ACCOUNT,
      weekId: WEEK,
      networkId,
      kind,
      authorNetworkId: '1',
      authorHandle: 'shirley',
      authorName: 'Shirley M',
      text: 'Can he walk down instead?',
      links: [],
      images: [],
      replyTo,
      createdAt: new Date('2026-11-18T10:30:00Z'),
      numbers: { replies: 0, reposts: 0, likes: 0, quotes: 0, impressions: null },
      seenAt: clock.now(),
    }),
  )

async function priyasWeek({ db, clock }: TestApp) {
  await db.write(async (tx) => {
    await tx
      .insert(people)
      .values({ id: 'priya', name: 'Dr Priya Nair', email: 'priya@north.example', createdAt: clock.now() })
    await tx.insert(weeks).values({
      id: 'week-priya',
      accountId: ACCOUNT,
      slot: '2026-11-23',
      kind: 'hosted',
      state: 'booked',
      theme: 'Finding the word',
      why: '',
      opensAt: new Date('2026-11-23T09:00:00Z'),
      closesAt: new Date('2026-11-27T18:00:00Z'),
      createdAt: clock.now(),
    })
    await tx.insert(weekHosts).values({
      id: 'priya-hosts',
      weekId: 'week-priya',
      personId: 'priya',
      name: 'Dr Priya Nair',
      handle: '',
      job: 'speech therapist',
      organisation: '',
      biography: '',
      signOff: '^PN',
      createdAt: clock.now(),
      invitedAt: clock.now(),
    })
  })
}

t.test('the desk on a quiet day', async (t) => {
  const world = await aWeek(t)
  await connected(world)
  await priyasWeek(world)
  await world.db.write((tx) =>
    tx
      .insert(listening)
      .values({ accountId: ACCOUNT, readAt: world.clock.now(), wellAt: new Date('2026-11-18T10:39:00Z') }),
  )
  const helen = await world.visitor(LEAD.email)
  const { body } = await helen.get('/today')
  facts(
    t,
    body,
    'Wednesday 18 November',
    'It is 10:42 in London. Nothing needs a look now, no draft waits for a decision.',
    'Joseph Adeyemi’s week,',
    'Nothing has gone out today, and nothing is planned.',
    'Connected to X',
    'Mail goes out',
    'Replies read 10:39',
    'Dr Priya Nair',
    'To do: invited, no answer yet',
    'To do: a portrait missing',
    'To do: nobody has said it yet',
    'Three drafts for Monday',
    'None of five done, five days to go.',
  )
  t.notMatch(body, 'class="fire"')
})

t.test('what goes out today, and what waits', async (t) => {
  const world = await aWeek(t)
  await connected(world)
  const posted = { state: 'posted' as const, networkId: '500', postedAt: new Date('2026-11-18T08:10:02Z') }
  await aDelivery(world, 'Do we have favourites?', '2026-11-18T08:10:00Z', posted)
  await aDelivery(world, 'What a bed weighs', '2026-11-18T11:15:00Z')
  await aDelivery(world, 'Another day', '2026-11-19T11:15:00Z')
  const waiting = await aSubmittedDraft(world.db, { text: 'The last walk' })
  const owen = await world.visitor(APPROVER.email)
  const { body } = await owen.get('/today')
  facts(
    t,
    body,
    'one draft waits for a decision',
    'Goes out in 33 min',
    '>Posted</span>',
    'Waits for approval',
    '1 h 48 min left',
    '1 post, 1 to go, 1 to decide',
    '1 to go',
  )
  const order = ['Do we have favourites?', '<p>Now', 'What a bed weighs', 'The last walk']
  const plan = body.slice(body.indexOf('class="day-plan"'))
  t.same(
    order.map((text) => plan.indexOf(text)),
    order.map((text) => plan.indexOf(text)).toSorted((a, b) => a - b),
    'in the order of their times',
  )
  t.ok(plan.includes(`queue?draft&#x3D;${waiting}`))
  t.notOk(plan.slice(0, plan.indexOf('</ol>')).includes('Another day'))
  t.ok(body.includes('at once: one post of today, two posts of this week.'), 'what the brake would stop')
  await owen.post('/today', `/accounts/${ACCOUNT}/brake`)
  facts(t, (await owen.get('/today')).body, 'Owen Price pulled it today 10:42', 'the release')
  t.match(
    (await owen.get('/queue')).body,
    'Owen Price pulled it today 10:42. Nothing new of @NorthDaleHealth goes out.',
  )
  t.notMatch(body, 'Write something', 'an approver writes nothing')
})

t.test('what is on fire', async (t) => {
  const world = await aWeek(t)
  await connected(world, 'reconnect')
  const unknown = await aDelivery(world, 'Porters’ lodge', '2026-11-18T10:40:00Z', {
    state: 'unknown',
    trouble: 'X answered too late',
  })
  await aDelivery(world, 'Refused words', '2026-11-17T09:10:00Z', { state: 'failed', trouble: 'X says no.' })
  for (const minute of ['00', '10', '20'])
    await aDelivery(world, `Too late at ${minute}`, `2026-11-18T08:${minute}:00Z`, {
      state: 'held',
      heldReason: 'late',
    })
  await world.db.write(async (tx) => {
    await tx.update(accounts).set({
      brakeAt: new Date('2026-11-18T10:30:00Z'),
      brakeBy: LEAD.id,
      brakeReason: 'Accident on the Skelby road.',
    })
    await tx.insert(mails).values({
      id: 'm',
      accountId: ACCOUNT,
      personId: JOSEPH.id,
      kind: 'draft-approved',
      to: JOSEPH.email,
      subject: 'Approved',
      text: 'Approved.',
      state: 'failed',
      nextTryAt: world.clock.now(),
      trouble: 'Mailbox full',
      createdAt: world.clock.now(),
    })
  })
  const helen = await world.visitor(LEAD.email)
  const { body } = await helen.get('/today')
  facts(
    t,
    body,
    'Six things need a look now',
    'Nobody knows whether the 10:40 post went out',
    'X answered too late. It is not sent again by itself: please look',
    `/deliveries/${unknown.id}`,
    'The 9:10 post of Tuesday 17 November did not go out',
    'Three posts are held',
    'Nothing new of @NorthDaleHealth goes out.',
    'The brake holds nothing yet',
    'Accident on the Skelby road.',
    'href="/accounts/account-north/brake"',
    '@NorthDaleHealth has to be connected to X again',
    `A mail to ${JOSEPH.name} could not be delivered`,
  )
  t.notMatch(body, 'Connected to X', 'only true facts')
  t.notMatch(body, 'Mail goes out')
})

t.test('a week without anybody', async (t) => {
  const world = await testApp(t)
  await anAccount(world.db, { now: world.clock.now() })
  const helen = await world.visitor(LEAD.email)
  facts(
    t,
    (await helen.get('/today')).body,
    'Nobody hosts this week',
    '/rota/book?slot&#x3D;2026-11-16',
    '23 to 27 November is free',
    '@NorthDaleHealth is not connected to X yet',
  )
  const owen = await world.visitor(APPROVER.email)
  t.notMatch((await owen.get('/today')).body, '/rota/book', 'an approver books nobody')
})

t.test('a host’s week while it runs', async (t) => {
  const world = await aWeek(t)
  await connected(world)
  const { db, visitor } = world
  const posted = { state: 'posted' as const, networkId: '500', postedAt: new Date('2026-11-16T09:00:02Z') }
  await aDelivery(world, 'Nine miles of corridor', '2026-11-16T09:00:00Z', posted)
  const next = await aDelivery(world, 'What a bed weighs', '2026-11-18T11:15:00Z')
  const back = await aSubmittedDraft(db, {
    text: 'Night shift',
    wishedAt: '2026-11-20T09:00:00Z',
    state: 'changes-requested',
  })
  await db.write(async (tx) => {
    await tx.insert(decisions).values({
      id: 'decision',
      draftId: back,
      revision: 1,
      kind: 'changes-requested',
      personId: LEAD.id,
      comment: 'Could you leave the ward out?',
      fingerprint: '',
      frozen: '{}',
      at: world.clock.now(),
    })
    await tx.insert(posts).values({
      id: 'p',
      accountId: ACCOUNT,
      weekId: WEEK,
      networkId: '900',
      kind: 'reply',
      authorNetworkId: '1',
      authorHandle: 'shirley',
      authorName: 'Shirley M',
      text: 'Can he walk down instead?',
      links: [],
      images: [],
      replyTo: '500',
      createdAt: new Date('2026-11-18T10:30:00Z'),
      numbers: { replies: 0, reposts: 0, likes: 0, quotes: 0, impressions: null },
      seenAt: world.clock.now(),
    })
  })
  const joseph = await visitor(JOSEPH.email)
  const { body } = await joseph.get('/today')
  facts(
    t,
    body,
    'Good morning, Joseph',
    'One thing came back to you, and one reply has no answer yet.',
    'Next, at <time datetime="2026-11-18T11:15:00.000Z">11:15</time>',
    'Goes out in 33 min',
    'Approved by Helen Marsh',
    `/drafts/${next.draftId}`,
    'Helen asks for changes',
    'Could you leave the ward out?',
    'The five days',
    '1 post.',
    'Can he walk down instead?',
    '/drafts/new?week&#x3D;week-joseph&amp;reply&#x3D;900',
    '/drafts/new?week&#x3D;week-joseph&amp;day&#x3D;2026-11-19',
    '/weeks/week-joseph/conversation',
    'Owen Price',
  )
  t.notMatch(body, 'day&#x3D;2026-11-17', 'no writing for days gone by')
  const order = ['next-title', 'back-title', 'plan-title', 'talk-title', 'deciders-title']
  const places = order.map((id) => body.indexOf(`id="${id}"`))
  t.same(
    places,
    places.toSorted((a, b) => a - b),
    'what happens next first, who decides last',
  )
  t.match(body, '<summary>1 post.</summary>', 'a day gone by is folded')
})

t.test('a host’s week at other times', async (t) => {
  const cases: [what: string, at: string, accepted: boolean, facts: string[], not: string][] = [
    [
      'not accepted',
      '2026-11-13T15:00:00Z',
      false,
      ['Good afternoon, Joseph', 'Accept the week', 'action="/weeks/week-joseph/acceptance"'],
      'Edit the recap',
    ],
    [
      'before it opens',
      '2026-11-13T19:00:00Z',
      true,
      [
        'Good evening',
        'Your week opens on Monday 16 November at 9:00, London time, in 3 days.',
        'Write something',
      ],
      'Accept the week',
    ],
    [
      'over',
      '2026-11-21T10:00:00Z',
      true,
      ['Your week closed yesterday at 18:00.', 'Edit the recap', '/weeks/week-joseph/recap'],
      '/drafts/new',
    ],
    ['over for long', '2026-12-20T10:00:00Z', true, ['its replies are the team’s alone'], '/conversation'],
  ]
  for (const [what, at, accepted, expected, not] of cases) {
    await t.test(what, async (t) => {
      const { db, visitor } = await aWeek(t, at)
      if (!accepted)
        await db.write((tx) =>
          tx.update(weekHosts).set({ acceptedAt: null }).where(eq(weekHosts.id, JOSEPH_HOSTS)),
        )
      const { body } = await (await visitor(JOSEPH.email)).get('/today')
      facts(t, body, ...expected)
      t.notOk(body.includes(not), `not: ${not}`)
    })
  }
})

t.test('who sees what', async (t) => {
  const world = await aWeek(t)
  const { db, visitor } = world
  await priyasWeek(world)
  await db.write((tx) =>
    tx.insert(roles).values({ personId: JOSEPH.id, accountId: ACCOUNT, role: 'approver' }),
  )
  const both = await visitor(JOSEPH.email)
  const desk = (await both.get('/today')).body
  facts(t, desk, 'Waits for your decision', '/today?week&#x3D;week-joseph')
  t.match((await both.get('/today?week=week-joseph')).body, 'Good morning, Joseph')
  t.equal((await both.get('/today?week=week-priya')).statusCode, 404, 'not somebody else’s')
  const priya = await visitor('priya@north.example')
  t.match((await priya.get('/today')).body, 'Good morning, Dr Priya Nair', 'a title is not a name')
  await db.write((tx) =>
    tx
      .update(weekHosts)
      .set({ endedAt: world.clock.now(), ending: 'replaced' })
      .where(eq(weekHosts.personId, 'priya')),
  )
  const gone = (await priya.get('/today')).body
  facts(t, gone, 'Welcome, Dr Priya Nair', 'There is nothing for you to do here at the moment')
  t.match((await (await visitor()).get('/today')).headers.location, '/sign-in?next=%2Ftoday')
})

t.test('the days of a week, for the desk', async (t) => {
  const world = await aWeek(t)
  await connected(world)
  await world.db.write((tx) =>
    tx.update(weeks).set({ announcedAt: world.clock.now() }).where(eq(weeks.id, WEEK)),
  )
  const posted = { state: 'posted' as const, networkId: '500', postedAt: new Date('2026-11-16T09:00:02Z') }
  const said = await aDelivery(world, 'Nine miles of corridor', '2026-11-16T09:00:00Z', posted)
  await aDelivery(world, 'What a bed weighs', '2026-11-19T11:15:00Z', { state: 'held', heldReason: 'late' })
  const waiting = await aSubmittedDraft(world.db, { text: 'The last walk', wishedAt: '2026-11-20T09:00:00Z' })
  const begun = await aSubmittedDraft(world.db, { text: 'Half a thought', state: 'writing', wishedAt: null })
  await aReply(world, '500', null, 'own')
  await aReply(world, '900', '500')
  await aReply(world, '901', '500')
  const owen = await world.visitor(APPROVER.email)
  const today = (await owen.get('/today')).body
  const days = `/weeks/${WEEK}/days`
  facts(
    t,
    today.replaceAll('&#x3D;', '='),
    `href="${days}#day-2026-11-16"`,
    '1 held',
    `/weeks/${WEEK}/conversation?show=unanswered">Two replies have no answer yet</a>.`,
  )
  t.notMatch(today, '1 to go', 'what is held does not go out')
  t.match((await owen.get(`/weeks/${WEEK}`)).body, `href="${days}"`)
  const { body } = await owen.get(days)
  facts(
    t,
    body,
    'Nine miles of corridor',
    `href="/drafts/${said.draftId}"`,
    'href="/@NorthDaleHealth/weeks/2026-11-16#p500"',
    `href="/weeks/${WEEK}/conversation#under-500"`,
    '>2 replies</a>',
    'id="day-2026-11-19"',
    '>Held</span>',
    `href="/drafts/${waiting}"`,
    'Waits for approval',
    `href="/drafts/${begun}"`,
  )
  t.notMatch(body, '/drafts/new', 'an approver writes nothing')
  t.match((await (await world.visitor(LEAD.email)).get(days)).body, '/drafts/new')
  t.match((await owen.get(`/weeks/${WEEK}/conversation`)).body, 'id="under-500"')

  const joseph = await world.visitor(JOSEPH.email)
  t.equal((await joseph.get(days)).headers.location, `/today?week=${WEEK}`)
  facts(t, (await joseph.get('/today')).body, 'Nine miles of corridor', '#p500', '>2 replies</a>')
  await priyasWeek(world)
  t.equal((await joseph.get('/weeks/week-priya/days')).statusCode, 404, 'not somebody else’s')
})

t.test('a closed week on the desk', async (t) => {
  const world = await aWeek(t, '2026-11-24T10:00:00Z')
  await world.db.write(async (tx) => {
    await tx.update(weeks).set({ state: 'closed' }).where(eq(weeks.id, WEEK))
    await tx.insert(recaps).values({
      id: 'recap',
      weekId: WEEK,
      state: 'draft',
      generatedAt: world.clock.now(),
    })
  })
  const helen = await world.visitor(LEAD.email)
  const nothingSaid = (await helen.get('/today')).body
  facts(t, nothingSaid, 'Weeks that closed', `href="/weeks/${WEEK}"`, `href="/weeks/${WEEK}/days"`)
  t.notMatch(nothingSaid, 'waits to be', 'there is nothing to tell')
  await aReply(world, '500', null, 'own')
  facts(
    t,
    (await helen.get('/today')).body,
    'no draft waits for a decision, and Joseph’s recap waits to be published.',
    `<a href="/weeks/${WEEK}/recap">Joseph’s recap waits to be read and published</a>`,
  )
  const owen = await world.visitor(APPROVER.email)
  t.match((await owen.get('/today')).body, 'Joseph’s recap waits for a lead to publish it')
  const policy = { ...(await world.db.read.select().from(accounts))[0]!.policy, publishRecap: true }
  await world.db.write((tx) => tx.update(accounts).set({ policy }))
  t.match((await helen.get('/today')).body, 'waits to be published', 'also what the brake kept off its page')
  await world.db.write((tx) => tx.update(recaps).set({ state: 'published' }))
  t.notMatch((await helen.get('/today')).body, 'waits to be')
})

t.test(
  'a host’s masthead leads only to what there is: no conversation or story before the week opens',
  async (t) => {
    const world = await aWeek(t, '2026-11-13T10:00:00Z')
    await priyasWeek(world)
    const linksOf = (body: string) =>
      [...body.slice(0, body.indexOf('<main')).matchAll(/href="(\/weeks[^"]+)"/g)].map(([, href]) => href)
    const priya = await world.visitor('priya@north.example')
    const before = await priya.get('/today')
    t.equal(before.statusCode, 200)
    t.same(linksOf(before.body), [])

    world.clock.moveTo(new Date('2026-11-23T09:00:00Z'))
    const open = await (await world.visitor('priya@north.example')).get('/today')
    t.same(linksOf(open.body), ['/weeks/week-priya/conversation', '/weeks/week-priya/recap'])
  },
)

t.test(
  'after a backup was put back: since when, what stands on X and is not known, and until when it says so',
  async (t) => {
    for (const mode of ['live', 'sandbox'] as const) {
      const world = await testApp(t, { mode })
      const { db, clock, visitor } = world
      await anAccount(db, { now: clock.now() })
      await connected(world)
      const copyOf = new Date('2026-11-17T22:00:00Z')
      await noteRestored(db, { copyOf, now: clock.now(), forgetTokens: false })
      const helen = await visitor(LEAD.email)
      const before = await helen.get('/today')
      facts(
        t,
        before.body,
        'A backup was put back',
        'Whoever was taken off your pages since then shows again',
        'What went out since is looked up as soon as X can be asked',
      )

      const stands = (id: string, text: string, at: string) =>
        ({
          id,
          author: { id: '7', handle: 'NorthDaleHealth', name: 'NorthDale', avatarUrl: null },
          text,
          createdAt: new Date(at),
          replyTo: null,
          links: [],
          media: [],
        }) as unknown as NetworkPost
      await db.write((tx) =>
        keepWhatIsNotKnown(tx, { clock }, ACCOUNT, [
          stands('2001', 'Boots off & on', '2026-11-18T08:00:00Z'),
          stands('2002', 'Older than the copy', '2026-11-10T08:00:00Z'),
        ]),
      )
      const { body } = await helen.get('/today')
      facts(
        t,
        body,
        'This is how things stood yesterday at 22:00',
        'One post stands on the account since',
        'Boots off &amp; on',
        'This stands here until Wednesday 2 December',
      )
      const link = 'href="https://x.com/NorthDaleHealth/status/2001"'
      t.equal(body.includes(link), mode === 'live', 'the posts of a sandbox have no page on X')
      t.notMatch(body, 'Older than the copy')
      clock.pass(14 * 24 * 60 + 1)
      const fresh = await visitor(LEAD.email)
      t.notMatch((await fresh.get('/today')).body, 'A backup was put back</span>')
      t.notMatch((await fresh.get('/today')).body, 'This is how things stood')
    }
  },
)
