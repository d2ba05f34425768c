import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t from 'tap'
import { record } from '../../src/activity/record.ts'
import { buildApp } from '../../src/app.ts'
import type { Database } from '../../src/db/database.ts'
import {
  forgottenPeople,
  helpRequests,
  mails,
  posts,
  recapBlocks,
  recapEditions,
  recapRevisions,
  recaps,
  removalRequests,
  weekHosts,
  weeks,
} from '../../src/db/schema/index.ts'
import { findAccount } from '../../src/accounts/accounts.ts'
import { nextRemovalReminder, remindOfRemovals } from '../../src/listening/ask-removal.ts'
import { forgottenBy, hashesOf } from '../../src/listening/forgotten.ts'
import { keepPost } from '../../src/listening/keep.ts'
import { pinBlock } from '../../src/recaps/editor/edit-recap.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { clearRemovals } from '../../src/recaps/removal/clear-removals.ts'
import { firstNameOf } from '../../src/recaps/removal/first-name.ts'
import { forgetPerson, readAbout } from '../../src/recaps/removal/forget-person.ts'
import { publishRecap } from '../../src/recaps/publish-recap.ts'
import { findActor } from '../../src/rota/powers.ts'
import { PUBLIC_URL, testApp, type TestApp } from '../support/app.ts'
import { networkPost } from '../support/scripted-network.ts'
import { ACCOUNT, APPROVER, LEAD } from '../support/story.ts'
import { at, ruthsWeek, said, SAYINGS, SLOT, WEEK, type Saying } from '../support/told-week.ts'

const HER_ID = '4711'
const HOUR = 3_600_000
const HERE = '/@NorthDaleHealth'
const PAGE = `${HERE}/weeks/${SLOT}`

/** She is answered, named, quoted and linked by others too. */
const ABOUT_HER: Saying[] = [
  {
    id: '115',
    when: 'Mon 18:00',
    by: 'Col Hartley',
    text: '@margaret_dunn Well said, Margaret Dunn. See https://x.com/margaret_dunn/status/111',
    answers: '110',
    chosen: true,
  },
  { id: '131', when: 'Fri 17:00', text: 'Thank you @Margaret_Dunn, and all of you! ^RE' },
  {
    id: '116',
    when: 'Tue 9:00',
    by: 'Margaret Dunn',
    text: 'Nobody has put this on a page yet.',
    mention: true,
  },
]
/** What she said, what she is called, and nothing else. */
const HERS = /hoovered|tidy up|put this on a page|margaret[ _]?dunn/i

async function publishedTwice(t: Parameters<typeof testApp>[0]) {
  const world = await testApp(t, { at: '2026-11-13T18:10:00Z' })
  const { db } = world
  await ruthsWeek(db)
  await said(db, [...SAYINGS, ...ABOUT_HER])
  await db.write(async (tx) => {
    await tx.update(posts).set({ authorNetworkId: HER_ID }).where(eq(posts.authorName, 'Margaret Dunn'))
  })
  const now = at('Fri 18:10')
  const times = { now, machineNow: now, publicUrl: PUBLIC_URL }
  await closeDueWeeks(db, times)
  const [recap] = await db.read.select().from(recaps)
  const written = (id: string, kind: 'text' | 'quote', content: object) => ({
    id,
    recapId: recap!.id,
    position: 90 + id.length,
    kind,
    source: `${kind}:${id}`,
    content: { v: 1, ...content } as never,
  })
  await db.write(async (tx) => {
    await tx.insert(recapBlocks).values([
      written('a', 'text', {
        text: 'It was **Margaret Dunn** (@margaret_dunn) who made us laugh.',
        writer: 'Helen',
      }),
      written('bb', 'quote', { text: 'I’d hoovered the stairs.', by: 'Margaret Dunn', postId: null }),
    ])
    await tx.insert(helpRequests).values({
      id: 'help-1',
      accountId: ACCOUNT,
      weekId: WEEK,
      postId: 'row-111',
      state: 'open',
      askedBy: LEAD.id,
      askedAt: now,
      note: '',
      evidence: {
        handle: 'margaret_dunn',
        name: 'Margaret Dunn',
        authorNetworkId: HER_ID,
        text: 'That I didn’t have to tidy up.',
        lang: 'en',
        pictures: [],
        createdAt: now.toISOString(),
        permalink: 'https://x.com/margaret_dunn/status/111',
      },
    })
    await record(tx, {
      accountId: ACCOUNT,
      kind: 'post.chosen',
      personId: LEAD.id,
      weekId: WEEK,
      details: { name: 'Margaret Dunn', handle: 'margaret_dunn' },
      at: now,
    })
  })
  const actor = (await findActor(db.read, LEAD.id, now))!
  const edit = { weekId: WEEK, version: recap!.version, blockId: 'a', actor, now }
  await pinBlock(db, { ...edit, pinned: true })
  for (const edition of [1, 2]) {
    const { version } = (await db.read.select().from(recaps))[0]!
    t.equal(await publishRecap(db, { weekId: WEEK, version, actor, ...times }), edition)
  }
  return { ...world, helen: await world.visitor(LEAD.email) }
}

/** Every public page, and those that people of the account see. */
async function pages({ app, helen }: Pick<Awaited<ReturnType<typeof publishedTwice>>, 'app' | 'helen'>) {
  const all = new Map<string, string>()
  for (const path of [
    HERE,
    `${HERE}/rota`,
    `${HERE}/rota.ics`,
    `${HERE}/recaps`,
    `${HERE}/feed.xml`,
    `${HERE}/feed.json`,
    '/sitemap.xml',
    PAGE,
    '/privacy',
  ])
    all.set(path, (await app.inject(path)).body)
  for (const path of [
    '/today',
    '/activity',
    `/weeks/${WEEK}/conversation`,
    `/weeks/${WEEK}/recap`,
    `/weeks/${WEEK}/recap/preview`,
    `/weeks/${WEEK}/recap/history`,
    `/weeks/${WEEK}/recap/versions`,
    `/weeks/${WEEK}/recap/versions/1`,
    '/help/help-1',
  ])
    all.set(path, (await helen.get(path)).body)
  return all
}

/** All rows from which pages are made. */
const rows = ({ db }: Pick<TestApp, 'db'>) =>
  Promise.all(
    [posts, recapEditions, recapBlocks, recapRevisions, helpRequests, removalRequests, forgottenPeople].map(
      async (table) => JSON.stringify(await db.read.select().from(table as typeof posts)),
    ),
  )

const mailsTo = <M extends { to: string }>(all: M[]) => all.filter(({ to }) => to === 'her@hall.example')

/** As the background work does it. */
async function clear({ db, clock }: Pick<TestApp, 'db' | 'clock'>): Promise<void> {
  while (await clearRemovals(db, { now: clock.now(), machineNow: clock.machine() }));
}

t.test('who asks to be taken off is taken off everything, and told', async (t) => {
  const world = await publishedTwice(t)
  const { db, visitor, helen, clock } = world
  const before = await pages(world)
  for (const path of [
    PAGE,
    `${HERE}/feed.xml`,
    `${HERE}/feed.json`,
    '/activity',
    `/weeks/${WEEK}/conversation`,
    `/weeks/${WEEK}/recap`,
    '/help/help-1',
  ])
    t.match(before.get(path), HERS, `she is on ${path}`)
  t.match(before.get(PAGE), `href="${HERE}/removal"`, 'each page leads to the form')

  for (const [index, kept] of (await rows(world)).slice(0, 5).entries())
    t.match(kept, HERS, `and in table ${index}`)

  const margaret = await visitor()
  const wrong = await margaret.post(`${HERE}/removal`, `${HERE}/removal`, {
    id: randomUUID(),
    about: '',
    email: 'me',
  })
  t.equal(wrong.statusCode, 422)
  t.match(wrong.body, 'value="me"', 'what was typed comes back')
  const form = {
    id: randomUUID(),
    about: 'https://x.com/margaret_dunn/status/111',
    words: 'I did not know that it would stand here for good.',
    email: 'her@hall.example',
  }
  for (const time of ['once', 'twice']) {
    const asked = await margaret.post(`${HERE}/removal`, `${HERE}/removal`, form)
    t.equal(asked.headers.location, `${HERE}/removal/asked`, time)
  }
  t.match((await margaret.get(`${HERE}/removal/asked`)).body, 'within 24 hours')
  const requests = await db.read.select().from(removalRequests)
  t.equal(requests.length, 1, 'a form that is sent twice asks once')

  const desk = (await helen.get('/today')).body
  t.match(desk, 'Somebody asks to be taken off the public pages')
  t.match(desk, /It is about “[^”]+”\. It is to be done by tomorrow/)
  const here = `/removal-requests/${form.id}`
  t.match(desk, `href="${here}"`)
  const asked = await helen.get(here)
  t.match(asked.body, 'I did not know')
  t.match(asked.body, 'Two posts, one of them on our pages')
  t.match(asked.body, 'Somebody asked for help with what they wrote, and that is not closed.')
  const done = await helen.post(here, `${here}/removal`, { person: HER_ID, looked: 'yes' })
  t.equal(done.statusCode, 303)
  const again = await helen.post(here, `${here}/removal`, { person: HER_ID, looked: 'yes' })
  t.equal(again.statusCode, 409, 'once is enough')

  for (const [path, body] of await pages(world)) t.notMatch(body, HERS, `nothing of hers on ${path} at once`)
  t.match((await helen.get(here)).body, 'What is stored of earlier editions is being gone through')
  t.same(mailsTo(await db.read.select().from(mails)), [], 'she is told once all of it is done')
  await clear(world)
  for (const [path, body] of await pages(world)) t.notMatch(body, HERS, `nothing of hers on ${path}`)
  for (const [index, kept] of (await rows(world)).entries()) t.notMatch(kept, HERS, `nor in table ${index}`)
  const page = (await world.app.inject(PAGE)).body
  t.match(page, 'taken off this page because its author asked for it', 'a line stands there')
  t.match(page, '[name left out] Well said, [name left out]. See', 'what others said stands')
  t.match(page, 'Thank you [name left out], and all of you!')
  t.match(page, 'It was <strong>[name left out]</strong> ([name left out]) who made us laugh.')
  t.match(page, 'Ruth Ellwood', 'nobody else is left out')

  const told = mailsTo(await db.read.select().from(mails))
  t.match(told, [{ kind: 'removal-done', personId: null }])
  t.match((await db.read.select().from(removalRequests))[0], {
    state: 'done',
    email: '',
    about: '',
    words: '',
  })
  t.same(
    (await db.read.select().from(forgottenPeople)).map(({ wordHashes }) => wordHashes),
    [[]],
    'the words of her name need not be known any more',
  )
  t.notMatch(told[0]!.text, HERS)

  const account = (await findAccount(db.read, ACCOUNT))!
  const hers = (post: Parameters<typeof networkPost>[0]) => ({
    ...networkPost(post),
    author: { id: HER_ID, handle: 'another_handle', name: 'M. D.', avatarUrl: null },
  })
  await db.write(async (tx) => {
    for (const post of [
      hers({ id: '111', text: 'I’d hoovered the stairs.', replyTo: '110' }),
      hers({ id: '999', text: 'I’d hoovered once more.', replyTo: '110' }),
      networkPost({ id: '131', text: 'Thank you @Margaret_Dunn, and all of you! ^RE' }),
    ])
      await keepPost(tx, account, { networkUserId: '77', post, now: clock.now() })
  })
  for (const [index, kept] of (await rows(world)).entries())
    t.notMatch(kept, HERS, `the network brings nothing back, table ${index}`)
  await closeDueWeeks(db, { now: clock.now(), machineNow: clock.now(), publicUrl: PUBLIC_URL })
  for (const [path, body] of await pages(world)) t.notMatch(body, HERS, `told anew: ${path}`)
})

t.test('what is stored is gone through in short changes, and goes on after a crash', async (t) => {
  const world = await publishedTwice(t)
  const { db, helen, clock } = world
  const editions = await db.read.select().from(recapEditions)
  await db.write(async (tx) => {
    for (let edition = 3; edition <= 12; edition += 1)
      await tx.insert(recapEditions).values({ ...editions[0]!, edition })
    await tx.update(recaps).set({ edition: 12 })
  })
  const id = randomUUID()
  const asked = { id, about: '@margaret_dunn', email: 'her@hall.example' }
  await (await world.visitor()).post(`${HERE}/removal`, `${HERE}/removal`, asked)
  const here = `/removal-requests/${id}`
  t.equal((await helen.post(here, `${here}/removal`, { person: HER_ID, looked: 'yes' })).statusCode, 303)
  const withHer = async () =>
    (await db.read.select().from(recapEditions)).filter((one) => HERS.test(JSON.stringify(one))).length
  t.equal(await withHer(), 12, 'the press itself touches none of them')

  const { version } = (await db.read.select().from(recaps))[0]!
  const actor = (await findActor(db.read, LEAD.id, clock.now()))!
  const now = clock.now()
  const edit = { weekId: WEEK, version, now, machineNow: now, publicUrl: PUBLIC_URL, actor }
  t.equal(await publishRecap(db, edit), 13, 'what is published meanwhile')
  t.equal(await withHer(), 12, 'does not name her')

  let left = 0
  const untilCrash: Database = {
    ...db,
    write: async (work) => {
      if (left === 0) throw new Error('The power fails.')
      left -= 1
      const before = await withHer()
      const done = await db.write(work)
      t.ok(before - (await withHer()) <= 1, 'a change takes her out of one edition at most')
      return done
    },
  }
  const clearing = { now: clock.now(), machineNow: clock.machine() }
  const afterEach: number[] = []
  for (const changes of [2, 3, 5, 8]) {
    left = changes
    await t.rejects(clearRemovals(untilCrash, { ...clearing, pieces: 100 }), { message: 'The power fails.' })
    afterEach.push(await withHer())
    t.notMatch((await world.app.inject(PAGE)).body, HERS)
    t.notMatch((await helen.get(`/weeks/${WEEK}/recap/versions/3`)).body, HERS)
    t.same(mailsTo(await db.read.select().from(mails)), [], 'nobody is told that it is done')
  }
  t.same(
    afterEach.toSorted((a, b) => b - a),
    afterEach,
    'each time it is less',
  )
  t.ok(
    afterEach.some((count) => count > 0 && count < 12),
    'it was ended in the middle',
  )
  await clear(world)
  for (const [index, kept] of (await rows(world)).entries()) t.notMatch(kept, HERS, `table ${index}`)
  t.equal(mailsTo(await db.read.select().from(mails)).length, 1)
  await clear(world)
  t.equal(mailsTo(await db.read.select().from(mails)).length, 1, 'she is told once')
})

t.test('a week that runs names nobody either from the press on, whatever breaks after it', async (t) => {
  const { app, db, clock, visitor } = await testApp(t, { at: '2026-11-13T17:30:00Z' })
  await ruthsWeek(db)
  await said(db, [...SAYINGS, ...ABOUT_HER])
  await db.write(async (tx) => {
    await tx.update(posts).set({ authorNetworkId: HER_ID }).where(eq(posts.authorName, 'Margaret Dunn'))
  })
  const shown = [HERE, PAGE]
  const helen = await visitor(LEAD.email)
  const signedIn = [
    `/weeks/${WEEK}/conversation`,
    `/weeks/${WEEK}/conversation?show=answered`,
    `/drafts/new?week=${WEEK}&reply=115`,
    '/today',
  ]
  for (const path of shown) t.match((await app.inject(path)).body, HERS)
  for (const path of signedIn.slice(0, 1)) t.match((await helen.get(path)).body, HERS)
  const requestId = randomUUID()
  await (
    await visitor()
  ).post(`${HERE}/removal`, `${HERE}/removal`, { id: requestId, about: '@margaret_dunn' })
  let changes = 0
  const untilCrash: Database = {
    ...db,
    write: async (work) => {
      if (changes++ > 0) throw new Error('The power fails.')
      return db.write(work)
    },
  }
  const now = clock.now()
  const actor = (await findActor(db.read, LEAD.id, now))!
  await t.rejects(
    forgetPerson(untilCrash, { requestId, authorNetworkId: HER_ID, handle: '', looked: true, actor, now }),
    {
      message: 'The power fails.',
    },
  )
  for (const path of shown) t.notMatch((await app.inject(path)).body, HERS, path)
  for (const path of signedIn) t.notMatch((await helen.get(path)).body, HERS, `${path}, to who is signed in`)
  t.match((await helen.get(signedIn[0]!)).body, '[name left out] Well said', 'what others say stands')
  await clear({ db, clock })
  for (const path of shown) t.notMatch((await app.inject(path)).body, HERS, path)
})

t.test('who is only named by others can be left out by their handle', async (t) => {
  const world = await publishedTwice(t)
  const { db, helen } = world
  await db.write(async (tx) => {
    await tx.delete(helpRequests)
    await tx.update(posts).set({ authorHandle: 'other' }).where(eq(posts.authorName, 'Margaret Dunn'))
  })
  const id = randomUUID()
  await (await world.visitor()).post(`${HERE}/removal`, `${HERE}/removal`, { id, about: '@Margaret_Dunn' })
  const here = `/removal-requests/${id}`
  t.match((await helen.get(here)).body, '@Margaret_Dunn has said nothing that we know of.')
  t.equal((await helen.post(here, `${here}/removal`, { handle: 'margaret_dunn' })).statusCode, 303)
  t.notMatch((await world.app.inject(PAGE)).body, /@margaret_dunn,|@margaret_dunn Well/i)
})

t.test('whoever asks finds the way back to the pages that they came from', async (t) => {
  const { visitor } = await publishedTwice(t)
  const somebody = await visitor()
  for (const page of [`${HERE}/removal`, `${HERE}/removal/asked`]) {
    const [, foot = ''] = (await somebody.get(page)).body.split('<footer')
    for (const link of [HERE, '/accessibility', '/privacy']) t.match(foot, `href="${link}"`)
  }
  t.match((await somebody.get(`${HERE}/removal`)).body, `<p class="state-line"><a href="${HERE}">`)
})

t.test('what was looked for already is not offered as somebody else', async (t) => {
  const { helen, visitor } = await publishedTwice(t)
  const id = randomUUID()
  await (await visitor()).post(`${HERE}/removal`, `${HERE}/removal`, { id, about: 'Margaret', email: '' })
  const field = async (page: string) =>
    /name="who"[^>]* value="([^"]*)"/.exec((await helen.get(page)).body)?.[1]
  t.notOk(await field(`/removal-requests/${id}`))
  t.equal(await field(`/removal-requests/${id}?who=Dunn`), 'Dunn')
  const people = async (page: string) => [...(await helen.get(page)).body.matchAll(/@margaret_\w+/g)].length
  const found = await people(`/removal-requests/${id}`)
  t.ok(found > 0)
  t.equal(
    await people(`/removal-requests/${id}?who=+`),
    found,
    'with nothing typed whoever asked stays found',
  )
})

t.test(
  'nobody is told that their name is gone while it stands as a word that may be anybody’s',
  async (t) => {
    const world = await publishedTwice(t)
    const { db, helen } = world
    const id = randomUUID()
    const asked = { id, about: 'Margaret', email: 'her@hall.example' }
    await (await world.visitor()).post(`${HERE}/removal`, `${HERE}/removal`, asked)
    const here = `/removal-requests/${id}`
    const read = (await helen.get(here)).body
    for (const piece of [
      /The word “Margaret” in [a-z]+ texts may be theirs or somebody else’s, and would stay there:/,
      'It was **Margaret Dunn**',
      'I have read them: nobody there is this person',
    ])
      t.match(read, piece)

    const unread = await helen.post(here, `${here}/removal`, { handle: 'Margaret' })
    t.equal(unread.statusCode, 422)
    t.match(unread.body, 'Read where the name stays. Then say that nobody there is them.')
    t.match(unread.body, 'It was **Margaret Dunn**')
    t.match((await db.read.select().from(removalRequests))[0], { state: 'open', about: 'Margaret' })
    await clear(world)
    t.same(mailsTo(await db.read.select().from(mails)), [])

    const answer = await helen.post(here, `${here}/removal`, { handle: 'Margaret', looked: 'yes' })
    t.equal(answer.statusCode, 303)
    await clear(world)
    t.match(mailsTo(await db.read.select().from(mails)), [{ kind: 'removal-done' }])
  },
)

t.test('whoever goes by their first name in other people’s words is asked about', async (t) => {
  const world = await publishedTwice(t)
  const { db, helen } = world
  await said(db, [
    { id: '190', when: 'Fri 17:20', text: 'Thanks, Margaret. What would we do without you?' },
    { id: '191', when: 'Fri 17:21', text: 'The margarine is out.' },
  ])
  const id = randomUUID()
  const asked = { id, about: '@margaret_dunn', email: 'her@hall.example' }
  await (await world.visitor()).post(`${HERE}/removal`, `${HERE}/removal`, asked)
  const here = `/removal-requests/${id}`
  const read = (await helen.get(here)).body
  t.match(read, 'Thanks, Margaret. What would')
  t.notMatch(read, 'margarine')
  const unread = await helen.post(here, `${here}/removal`, { person: HER_ID })
  t.equal(unread.statusCode, 422)
  t.match(unread.body, 'Read where the name stays. Then say that nobody there is them.')
  for (const [name, first] of [
    ['Carys Evans', { words: 'Carys', needsCapital: false }],
    ['Dr Will Hope', { words: 'Will', needsCapital: true }],
    ['Prof. The Owl', { words: 'Owl', needsCapital: false }],
    ['carys', null],
    ['just a mum', null],
  ] as const)
    t.same(firstNameOf(name), first, name)
})

t.test('what was said in a week that was cancelled in its middle is looked through, too', async (t) => {
  const { db, helen } = await publishedTwice(t)
  await db.write(async (tx) => {
    const [week] = await tx.select().from(weeks).where(eq(weeks.id, WEEK))
    const [host] = await tx.select().from(weekHosts).where(eq(weekHosts.weekId, WEEK))
    const [post] = await tx.select().from(posts).where(eq(posts.networkId, '101'))
    const before = (time: Date) => new Date(time.getTime() - 7 * 24 * HOUR)
    const [opensAt, closesAt] = [before(week!.opensAt), before(week!.closesAt)]
    const cut = { id: 'week-cut', slot: '2026-11-02', state: 'cancelled' as const, theme: 'Margaret’s way' }
    await tx.insert(weeks).values({ ...week!, ...cut, opensAt, closesAt })
    const endedAt = before(at('Wed 9:00'))
    const left = { id: 'host-cut', weekId: 'week-cut', endedAt, ending: 'cancelled' as const }
    await tx.insert(weekHosts).values({ ...host!, ...left })
    const text = 'Margaret brought soup.'
    const said = {
      id: 'row-cut',
      networkId: '90',
      weekId: 'week-cut',
      text,
      createdAt: before(at('Tue 9:00')),
    }
    await tx.insert(posts).values({ ...post!, ...said })
    const asked = {
      accountId: ACCOUNT,
      state: 'open' as const,
      words: '',
      email: '',
      askedAt: at('Fri 18:20'),
    }
    await tx.insert(removalRequests).values({ id: 'asked-cut', about: '@margaret_dunn', ...asked })
  })
  const here = '/removal-requests/asked-cut'
  const { body } = await helen.get(here)
  t.match(body, 'Margaret brought soup.')
  t.notMatch(body, 'Margaret’s way', 'what it was to be about stands nowhere any more')
  t.equal((await helen.post(here, `${here}/removal`, { person: HER_ID })).statusCode, 422)
})

t.test('who is named in other people’s words only is found there, and taken out by hand', async (t) => {
  const world = await publishedTwice(t)
  const { db, helen } = world
  const id = randomUUID()
  const asked = { id, about: 'the stairs', email: 'her@hall.example' }
  const form = await (await world.visitor()).get(`${HERE}/removal`)
  for (const piece of ['They aim to see to it within 24 hours', 'change it by hand'])
    t.match(form.body, piece)
  await (await world.visitor()).post(`${HERE}/removal`, `${HERE}/removal`, asked)
  const here = `/removal-requests/${id}`
  const found = (await helen.get(`${here}?who=${encodeURIComponent('margaret DUNN')}`)).body
  for (const piece of [
    /“margaret DUNN” stands in [a-z]+ texts/,
    'a text in the story',
    'a quote in the story',
    'a post that was chosen',
    'the page as it is published',
    'It was **Margaret Dunn**',
    `href="/weeks/${WEEK}/recap"`,
  ])
    t.match(found, piece)
  t.match((await helen.get(`${here}?who=Nobody+At+All`)).body, 'Nobody is found by what they typed.')
  t.notMatch((await helen.get(`${here}?who=Nobody+At+All`)).body, 'named-title')
  t.match(
    (await helen.get(here)).body,
    'That I didn’t have to tidy up. I’d hoovered the stairs.',
    'any words',
  )

  const without = await helen.post(here, `${here}/settlement`, { done: ' ' })
  t.equal(without.statusCode, 422)
  t.match(without.body, 'Say what was done: they read it.')
  const done = { done: 'Your name left the story of the week.' }
  t.equal((await helen.post(here, `${here}/settlement`, done)).statusCode, 303)
  t.equal((await helen.post(here, `${here}/settlement`, done)).statusCode, 409, 'once')
  t.match((await helen.get(here)).body, 'saw to it by hand')
  t.match((await helen.get('/activity')).body, 'did by hand what somebody asked')
  const [told, ...more] = mailsTo(await db.read.select().from(mails))
  t.same(more, [])
  t.match(told, { kind: 'removal-settled', subject: 'What you asked for is done' })
  t.match(told!.text, 'have seen to it by hand. They say:\n\nYour name left the story of the week.')
  t.notMatch(told!.text, 'not done')
  t.match((await db.read.select().from(removalRequests))[0], {
    state: 'settled',
    email: '',
    about: '',
    words: '',
  })
})

t.test('a request is refused with a reason only, which reaches who asked', async (t) => {
  const world = await publishedTwice(t)
  const { db, helen } = world
  const id = randomUUID()
  const asked = { id, about: 'somebody who is not here', email: 'who@hall.example' }
  await (await world.visitor()).post(`${HERE}/removal`, `${HERE}/removal`, asked)
  const here = `/removal-requests/${id}`
  t.match((await helen.get(here)).body, 'Nobody is found by what they typed.')
  t.match(
    (await helen.get(`${here}?who=margaret_dunn`)).body,
    'Margaret Dunn',
    'the desk looks for somebody else',
  )
  const own = await helen.get(`${here}?who=@NorthDaleHealth`)
  t.match(own.body, 'Nobody is found by what they typed.')
  const all = await helen.post(here, `${here}/removal`, { handle: 'northdalehealth' })
  t.equal(all.statusCode, 409, 'the account’s own handle stays in what it says')
  const without = await helen.post(here, `${here}/refusal`, { word: ' ' })
  t.equal(without.statusCode, 422)
  t.match(without.body, 'Say why: they read it.')
  t.equal((await helen.post(here, `${here}/refusal`, { word: 'Nothing of yours is here.' })).statusCode, 303)
  t.notMatch((await helen.get('/today')).body, 'asks to be taken off')
  const told = (await db.read.select().from(mails)).filter(({ to }) => to === 'who@hall.example')
  t.match(told, [{ kind: 'removal-refused', text: /Nothing of yours is here\./ }])
  t.match((await db.read.select().from(removalRequests))[0], { state: 'refused', email: '' })
})

t.test('the desk is reminded until it is done, and sees when it is late', async (t) => {
  const world = await publishedTwice(t)
  const { db, helen, clock } = world
  const id = randomUUID()
  await (await world.visitor()).post(`${HERE}/removal`, `${HERE}/removal`, { id, about: '@margaret_dunn' })
  const begin = clock.now().getTime()
  const remind = async (hours: number) => {
    const now = new Date(begin + hours * HOUR)
    const count = await remindOfRemovals(db, { now, machineNow: now, publicUrl: PUBLIC_URL })
    const next = (await nextRemovalReminder(db.read))!.getTime()
    return [count, (next - begin) / HOUR]
  }
  t.same(await remind(11.9), [0, 12])
  t.same(await remind(12), [1, 20])
  t.same(await remind(20), [1, 24])
  t.same(await remind(24), [1, 48], 'then daily')
  t.same(await remind(100), [1, 120], 'after a long stop one speaks for all')
  const sent = (await db.read.select().from(mails)).filter(({ kind }) => kind.startsWith('removal-'))
  t.same(
    sent
      .filter(({ to }) => to === APPROVER.email)
      .map(({ kind, subject }) => [kind, subject.startsWith('Late')]),
    [
      ['removal-asked', false],
      ['removal-waits', false],
      ['removal-waits', false],
      ['removal-waits', true],
      ['removal-waits', true],
    ],
  )
  clock.moveTo(new Date(begin + 25 * HOUR))
  t.match((await helen.get('/today')).body, 'It was to be done by')
  const here = `/removal-requests/${id}`
  await helen.post(here, `${here}/removal`, { person: HER_ID, looked: 'yes' })
  t.equal(await nextRemovalReminder(db.read), null)
})

t.test('several requests are told with one mail, and so are the reminders', async (t) => {
  const world = await publishedTwice(t)
  const { db, clock } = world
  const stranger = await world.visitor()
  const ids = [randomUUID(), randomUUID(), randomUUID()]
  for (const id of ids)
    await stranger.post(`${HERE}/removal`, `${HERE}/removal`, { id, about: '@margaret_dunn' })
  const now = new Date(clock.now().getTime() + 12 * HOUR)
  t.equal(await remindOfRemovals(db, { now, machineNow: now, publicUrl: PUBLIC_URL }), 3)
  const sent = (await db.read.select().from(mails)).filter(
    ({ kind, to }) => kind.startsWith('removal-') && to === APPROVER.email,
  )
  t.match(
    sent.map(({ kind, subject }) => [kind, subject]),
    [
      ['removal-asked', /^3 people ask to be taken off/],
      ['removal-waits', /^3 people still wait to be taken off/],
    ],
  )
  for (const { text } of sent) for (const id of ids) t.match(text, `/removal-requests/${id}`)
})

t.test('whom a text names, and whom it doesn’t', async (t) => {
  const hashes = (handle: string, name: string) => ({
    accountId: ACCOUNT,
    authorNetworkId: '1',
    ...hashesOf({ handle, name }),
  })
  const { mask } = forgottenBy([hashes('jane', 'Jane O’Neill-Smith'), hashes('j_d1', 'Jo')])
  const cases: [string, string][] = [
    ['@jane and @JANE', '[name left out] and [name left out]'],
    ['@janet, jane and @jane_', '@janet, jane and @jane_'],
    ['j_d1 said', '[name left out] said'],
    ['https://x.com/jane/status/1', 'https://x.com/i/status/1'],
    ['thanks, JANE  O’NEILL-SMITH!', 'thanks, [name left out]!'],
    ['Jane Smith and Jo', 'Jane Smith and Jo'],
    ['＠jane', '[name left out]'],
  ]
  for (const [text, shown] of cases) t.equal(mask(text), shown)
  t.same(mask([{ handle: 'jane', text: 'jane', at: 3 }]), [
    { handle: '[name left out]', text: 'jane', at: 3 },
  ])

  const meant: [string, string | null, string | null][] = [
    ['@mdunn', 'mdunn', null],
    [' mdunn ', 'mdunn', null],
    ['https://x.com/mdunn/status/12?s=20', 'mdunn', '12'],
    ['https://x.com/i/status/12', null, '12'],
    ['twitter.com/mdunn', 'mdunn', null],
    ['It was me, @mdunn.', 'mdunn', null],
    ['my post of Monday', null, null],
  ]
  for (const [about, handle, networkId] of meant) t.same(readAbout(about), { handle, networkId }, about)
})

t.test('the page of a request reads each week once, whomever it may be about', async (t) => {
  const { db, deps, helen } = await publishedTwice(t)
  await db.write((tx) =>
    tx.insert(removalRequests).values({
      id: 'asked-reads',
      accountId: ACCOUNT,
      state: 'open',
      about: '@margaret_dunn',
      words: '',
      email: '',
      askedAt: at('Fri 18:20'),
    }),
  )
  let reads = 0
  const read: Database['read'] = {
    select: ((fields: never) => {
      reads += 1
      return fields ? db.read.select(fields) : db.read.select()
    }) as Database['read']['select'],
    selectDistinct: db.read.selectDistinct.bind(db.read),
    $count: db.read.$count.bind(db.read),
  }
  const app = await buildApp({ ...deps, db: { ...db, read } }, null)
  t.teardown(() => app.close())
  const visitor = helen.again(app)
  const readsOfPage = async (people: number) => {
    await visitor.get('/removal-requests/asked-reads')
    reads = 0
    const { body } = await visitor.get('/removal-requests/asked-reads')
    t.equal(body.match(/name="person"/g)?.length, people)
    return reads
  }
  await olderWeeks(db, { from: 1, to: 10 })
  const one = await readsOfPage(1)
  await olderWeeks(db, { from: 11, to: 30 })
  const longer = await readsOfPage(1)
  const ofAWeek = (longer - one) / 20
  t.ok(Number.isInteger(ofAWeek) && ofAWeek <= 6, `each week costs the same few reads: ${ofAWeek}`)
  const [hers] = await db.read.select().from(posts).where(eq(posts.authorNetworkId, HER_ID))
  await db.write((tx) =>
    tx.insert(posts).values(
      ['a', 'b', 'c'].map((who) => ({
        ...hers!,
        id: who,
        networkId: `9${who}`,
        authorNetworkId: `user-${who}`,
      })),
    ),
  )
  const four = await readsOfPage(4)
  t.ok(four - longer <= 3 * 5, `and each other person a few more, not all weeks again: ${four - longer}`)
})

/** Copies of the week that is told, so many weeks back. */
async function olderWeeks(db: Database, { from, to }: { from: number; to: number }): Promise<void> {
  const [week] = await db.read.select().from(weeks).where(eq(weeks.id, WEEK))
  const [recap] = await db.read.select().from(recaps).where(eq(recaps.weekId, WEEK))
  const [edition] = await db.read.select().from(recapEditions)
  await db.write(async (tx) => {
    for (let back = from; back <= to; back += 1) {
      const ago = (time: Date) => new Date(time.getTime() - back * 7 * 24 * HOUR)
      const [id, opensAt] = [`week-back-${back}`, ago(week!.opensAt)]
      const slot = opensAt.toISOString().slice(0, 10)
      await tx.insert(weeks).values({ ...week!, id, slot, opensAt, closesAt: ago(week!.closesAt) })
      await tx.insert(recaps).values({ ...recap!, id: `recap-${id}`, weekId: id, edition: 1 })
      await tx.insert(recapEditions).values({ ...edition!, recapId: `recap-${id}`, edition: 1 })
    }
  })
}
