import { eq } from 'drizzle-orm'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { foundAccount } from '../../src/accounts/found-account.ts'
import { record } from '../../src/activity/record.ts'
import type { Database } from '../../src/db/database.ts'
import { accounts, deliveries, events, images, posts, weekHosts, weeks } from '../../src/db/schema/index.ts'
import { choosePost } from '../../src/listening/choose-post.ts'
import { forgetPost } from '../../src/listening/keep.ts'
import { mirrorPosted } from '../../src/listening/mirror.ts'
import { findPostOnNetwork } from '../../src/listening/store.ts'
import { cancelWeek } from '../../src/drafts/week/cancel-week.ts'
import { dropOut } from '../../src/drafts/week/drop-out.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { publishRecap } from '../../src/recaps/publish-recap.ts'
import { acceptInvitation } from '../../src/rota/invitations/accept-invitation.ts'
import { addStandby } from '../../src/rota/planner/standby.ts'
import { findHostedWeek, isAnnouncedPortrait } from '../../src/rota/weeks.ts'
import { PUBLIC_URL, testApp } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { actorWith } from '../support/bookings.ts'
import type { TestClock } from '../support/clock.ts'
import { itemsIn, type Item } from '../support/microdata.ts'
import { ACCOUNT, anAccount, LEAD } from '../support/story.ts'
import { at, PICTURE, ruthsWeek, said, SAYINGS, SLOT, WEEK } from '../support/told-week.ts'

const HOME = '/@NorthDaleHealth'
const PAGE = `${HOME}/weeks/${SLOT}`
const PORTRAIT = 'b'.repeat(64)

async function world(t: Test, when: string, policy = {}) {
  const here = await testApp(t, { at: at(when).toISOString() })
  await ruthsWeek(here.db, { policy, portrait: PORTRAIT })
  await said(
    here.db,
    SAYINGS.filter(({ when: one }) => at(one) <= at(when)),
  )
  const get = async (url: string, headers = {}) => {
    const answer = await here.app.inject({ url, headers })
    t.notOk(answer.headers['set-cookie'], `${url} sets no cookie`)
    t.notMatch(answer.body, '<script', `${url} has no script`)
    return answer
  }
  return { ...here, get }
}

const closeAll = (db: Database, clock: TestClock, when: string) => {
  clock.moveTo(at(when))
  return closeDueWeeks(db, { now: clock.now(), machineNow: clock.machine(), publicUrl: PUBLIC_URL })
}

t.test('one account is the first page, in the right spelling', async (t) => {
  const { get } = await world(t, 'Mon 17:45')
  t.match((await get('/')).headers.location, HOME)
  const other = await get('/@northdalehealth/rota')
  t.same([other.statusCode, other.headers.location], [302, `${HOME}/rota`])
  t.equal((await get('/@%6EorthDaleHealth/rota')).headers.location, `${HOME}/rota`, 'however it is written')
  t.equal((await get('/@nobody')).statusCode, 404)
  t.match((await get('/@nobody')).body, 'There is no such account here.')
})

t.test('who hosts now, what they said today, who comes next', async (t) => {
  const { get } = await world(t, 'Mon 17:45')
  const { body, statusCode, headers } = await get(HOME)
  t.equal(statusCode, 200)
  t.match(body, 'Four hundred front doors')
  t.match(body, 'Said today')
  t.ok(body.indexOf('Last visit done') < body.indexOf('Good morning from Hallbeck'), 'newest first')
  t.match(body, 'hoovered the stairs', 'a chosen reply')
  t.notMatch(body, '1 Hill Road', 'a stranger’s reply that nobody chose')
  t.notMatch(body, 'Please don’t put your address', 'nor our answer to it')
  t.match(body, 'Joseph Adeyemi', 'who comes next')
  t.match(body, 'type="application/atom+xml"')
  t.ok(
    itemsIn(body).some(({ type }) => type === 'https://schema.org/SocialMediaPosting'),
    'posts for machines, too',
  )
  t.match(body, `rel="canonical" href="http://127.0.0.1:3000${HOME}"`)
  t.match(body, `href="${PAGE}#monday"`)
  t.match(body, '<meta property="og:locale" content="en_GB">', 'without it Open Graph means American English')
  t.match(headers['cache-control'], 'no-cache')
})

t.test('every public page says what it is to other sites, and who wrote a post to machines', async (t) => {
  const { get, app } = await world(t, 'Mon 17:45', { asking: true })
  const anybody = (url: string) => app.inject({ url })
  const pages: [url: string, get: typeof anybody][] = [
    ...[HOME, `${HOME}/rota`, `${HOME}/recaps`, PAGE, `${HOME}/weeks/2026-11-23`].map(
      (url): [string, typeof anybody] => [url, get],
    ),
    ...['/accessibility', '/privacy'].map((url): [string, typeof anybody] => [url, get]),
    ...['removal', 'take-part', 'suggestion'].map((path): [string, typeof anybody] => [
      `${HOME}/${path}`,
      anybody,
    ]),
  ]
  for (const [url, open] of pages) {
    const { body } = await open(url)
    for (const piece of [
      /<meta name="description" content="[^"]{20,}">/,
      `<link rel="canonical" href="${PUBLIC_URL}${url}">`,
      `<meta property="og:url" content="${PUBLIC_URL}${url}">`,
      /<meta property="og:title" content="[^"]+">/,
      /<meta property="og:description" content="[^"]{20,}">/,
      /<meta name="twitter:card" content="summary/,
    ])
      t.match(body, piece, `${url}: ${String(piece)}`)
    t.equal(body.includes('noindex'), /removal|suggestion/.test(url), `${url} in search results`)
  }
  t.match((await get('/sitemap.xml')).body, `${HOME}/take-part<`)
  const [week] = itemsIn((await get(PAGE)).body)
  const [post] = week!.properties.get('hasPart') as Item[]
  const [author] = post!.properties.get('author') as Item[]
  t.same(author, {
    type: 'https://schema.org/Organization',
    properties: new Map([
      ['name', ['NorthDale Health']],
      ['alternateName', ['@NorthDaleHealth']],
    ]),
  })
})

t.test('a page comes from the cache until something changes', async (t) => {
  const { get, db, clock } = await world(t, 'Mon 17:45')
  const first = await get(PAGE)
  const again = await get(PAGE, { 'if-none-match': first.headers.etag })
  t.same([again.statusCode, again.body], [304, ''])
  const small = await get(PAGE, { 'accept-encoding': 'br;q=0, gzip' })
  t.equal(small.headers['content-encoding'], 'gzip')
  t.ok(small.rawPayload.length < first.rawPayload.length / 2)
  t.not(small.headers.etag, first.headers.etag)
  await db.write(async (tx) => {
    const post = (await findPostOnNetwork(tx, ACCOUNT, '101'))!
    await forgetPost(tx, post, clock.now())
  })
  const changed = await get(PAGE, { 'if-none-match': first.headers.etag })
  t.equal(changed.statusCode, 200)
  t.notMatch(changed.body, 'Good morning from Hallbeck', 'a post that was taken down is gone at once')
  const tagged = changed.headers.etag
  await db.write((tx) =>
    record(tx, { accountId: ACCOUNT, kind: 'person.signed-in', personId: LEAD.id, at: clock.now() }),
  )
  t.equal(
    (await get(PAGE, { 'if-none-match': tagged })).statusCode,
    304,
    'what changes nothing keeps the tag',
  )
})

t.test('a post of ours that is taken down is on no page from then on', async (t) => {
  const { get, db, clock } = await world(t, 'Fri 17:00', { publishRecap: true })
  const words = 'Good morning from Hallbeck'
  const texts = async () => [await get(PAGE), await get(HOME)].map(({ body }) => body).join()
  t.match(await texts(), words)
  const sent = await approved(db, {
    parts: [words],
    dueAt: at('Mon 7:42'),
    now: at('Mon 7:42'),
    weekId: WEEK,
  })
  const [delivery] = sent.deliveries
  const become = async (state: 'posted' | 'removing') => {
    await db.write(async (tx) => {
      const to = { state, networkId: '101', postedAt: at('Mon 7:42') }
      await tx.update(deliveries).set(to).where(eq(deliveries.id, delivery!.id))
    })
    await mirrorPosted(db, { accountId: ACCOUNT, now: clock.now() })
  }
  await become('posted')
  t.match(await texts(), words)
  await closeAll(db, clock, 'Fri 18:01')
  t.match(await texts(), words)
  clock.moveTo(new Date('2027-02-01T10:00:00Z'))
  await become('removing')
  t.notMatch(await texts(), words, 'at once, however long ago it was')
})

t.test('a reply is public from the choice on, and not after it is taken back', async (t) => {
  const { get, db, clock, deps } = await world(t, 'Mon 17:45')
  const actor = {
    personId: LEAD.id,
    name: LEAD.name,
    email: LEAD.email,
    roles: [{ accountId: ACCOUNT, role: 'lead' as const }],
    hosting: [],
  }
  const choose = (chosen: boolean) =>
    choosePost(deps.db, { postId: 'row-113', chosen, actor, now: clock.now() })
  t.notMatch((await get(PAGE)).body, '1 Hill Road')
  await choose(true)
  t.match((await get(PAGE)).body, '1 Hill Road')
  await choose(false)
  t.notMatch((await get(PAGE)).body, '1 Hill Road')
  t.notMatch((await get(HOME)).body, '1 Hill Road')
  t.equal((await db.read.select().from(posts).where(eq(posts.id, 'row-113')))[0]!.chosenAt, null)
})

t.test('a week at its one address: announced, live, being written, told', async (t) => {
  const { get, clock, db } = await world(t, 'Fri 17:00', { publishRecap: true })
  const next = `${HOME}/weeks/2026-11-23`
  const announced = await get(next)
  t.equal(announced.statusCode, 200)
  t.match(announced.body, 'Opens at 9:00')
  t.match(announced.body, 'On @NorthDaleHealth now')
  t.match(announced.body, 'Nine miles of corridor')
  t.match((await get(PAGE)).body, 'The quiet is full of people')
  clock.moveTo(at('Fri 18:01'))
  t.match((await get(PAGE)).body, 'Its story is being put together')
  await closeDueWeeks(db, {
    now: clock.now(),
    machineNow: clock.machine(),
    publicUrl: 'http://127.0.0.1:3000',
  })
  const told = await get(PAGE)
  t.notMatch(told.body, 'being put together')
  t.match(told.body, 'Four hundred front doors')
  t.match((await get(HOME)).body, 'Latest recaps')
  t.match((await get(`${HOME}/recaps`)).body, `href="${PAGE}"`)
  t.equal((await get(`${HOME}/recaps?page=2`)).statusCode, 404)
  const feed = await get(`${HOME}/feed.xml`)
  t.match(feed.headers['content-type'], 'application/atom+xml')
  t.match(feed.body, `<id>http://127.0.0.1:3000${PAGE}</id>`)
  t.match(feed.body, '<title type="html"><![CDATA[Four hundred front doors]]></title>')
  t.match(feed.body, /<updated>2026-11-13T18:01:00.000Z<\/updated>/)
})

t.test('who the host is, and what to come for, before and while the week runs', async (t) => {
  const { get, db } = await world(t, 'Mon 17:45')
  await db.write(async (tx) => {
    await tx.update(weekHosts).set({ biography: 'Nurse for nineteen years, on a bicycle for nine.' })
    await tx.insert(events).values({
      id: 'event-night',
      weekId: 'week-joseph',
      name: 'The night round',
      hashtag: '#Corridor',
      place: 'Main entrance',
      startsAt: new Date('2026-11-25T22:00:00Z'),
      endsAt: new Date('2026-11-26T02:00:00Z'),
    })
    await record(tx, { accountId: ACCOUNT, kind: 'week.changed', personId: LEAD.id, at: at('Mon 17:45') })
  })
  const flu = ['Live from the flu clinic', 'Wed 11, 9:30 to 12:30', 'Hallbeck village hall']
  const night = ['The night round', 'Wed 25, 22:00 to Thu 26, 2:00', 'Main entrance']
  const who = 'Nurse for nineteen years'
  const expected: [url: string, facts: string[]][] = [
    [PAGE, [...flu, '#NorthDaleFlu', who]],
    [HOME, [...flu, ...night, who]],
    [`${HOME}/rota`, night],
    [`${HOME}/weeks/2026-11-23`, [...night, '#Corridor', who]],
  ]
  for (const [url, facts] of expected) {
    const { body } = await get(url)
    for (const fact of facts) t.ok(body.includes(fact), `${url}: ${fact}`)
  }
})

t.test('the recap tells at its day when and where an event was', async (t) => {
  const { get, db, clock } = await world(t, 'Fri 17:00', { publishRecap: true })
  await closeAll(db, clock, 'Fri 18:01')
  const { body } = await get(PAGE)
  t.match(
    body,
    /id="[^"]+-title">[^<]+<\/h2>\s*<p class="day-event">Live from the flu clinic, <time [^>]+>9:30 to 12:30<\/time>, Hallbeck village hall, <b>#NorthDaleFlu<\/b><\/p>/,
  )
})

t.test('a feed reader takes words for words', async (t) => {
  const { get, db, clock } = await world(t, 'Fri 17:00', { publishRecap: true })
  const theme = 'R&D: <img src=x onerror=alert(1)> ]]> and ]]> <entry>'
  await db.write(async (tx) => void (await tx.update(weeks).set({ theme }).where(eq(weeks.id, WEEK))))
  await closeAll(db, clock, 'Fri 18:01')
  const { body } = await get(`${HOME}/feed.xml`)
  t.match(body, '<![CDATA[R&amp;D: &lt;img src=x onerror=alert(1)&gt; ]]&gt; and ]]&gt; &lt;entry&gt;]]>')
  const { items } = (await get(`${HOME}/feed.json`)).json<{ items: { title: string }[] }>()
  t.equal(items[0]!.title, theme, 'JSON Feed’s titles are plain text')
})

t.test('announced weeks stay on the rota when the account’s shape changes', async (t) => {
  const { get, db } = await world(t, 'Mon 17:45')
  const shape = { days: [2, 3, 4, 5, 6], opens: '09:00', closes: '18:00' }
  await db.write(async (tx) => void (await tx.update(accounts).set({ shape })))
  for (const url of [HOME, `${HOME}/rota`]) {
    const { body } = await get(url)
    t.match(body, 'Joseph Adeyemi', url)
    t.match(body, '23 to 27 Nov', url)
    t.notMatch(body, '17 to 21 Nov', 'where he is there is no gap')
  }
})

t.test('a finished week keeps its days when the account’s shape changes', async (t) => {
  const { get, db, clock } = await world(t, 'Fri 17:00', { publishRecap: true })
  await closeAll(db, clock, 'Fri 18:01')
  const shape = { days: [1, 2, 3, 4, 5, 6, 7], opens: '00:00', closes: '23:59' }
  await db.write(async (tx) => {
    await tx.update(accounts).set({ shape })
    await record(tx, { accountId: ACCOUNT, kind: 'account.changed', personId: LEAD.id, at: clock.now() })
  })
  for (const url of [HOME, `${HOME}/recaps`, `${HOME}/feed.xml`])
    t.match((await get(url)).body, '9 to 13 November 2026', url)
})

t.test('who comes next is told as the rota has it', async (t) => {
  const { get, db, clock } = await world(t, 'Fri 17:00', { publishRecap: true })
  await closeAll(db, clock, 'Fri 18:01')
  t.match((await get(PAGE)).body, 'Joseph Adeyemi')
  const actor = await actorWith(db, LEAD.email, clock.now())
  const ending = { weekId: 'week-joseph', version: 1, actor, now: clock.now(), machineNow: clock.machine() }
  await db.write(async (tx) => {
    const [left, published] = ['2026-11-25T11:00Z', '2026-11-28T11:00Z'].map((when) => new Date(when))
    const told = { unannouncedAt: left!, announcedAt: published!, state: 'closed' } as const
    await tx.update(weeks).set(told).where(eq(weeks.id, 'week-joseph'))
    await tx.update(weekHosts).set({ acceptedAt: null }).where(eq(weekHosts.weekId, 'week-joseph'))
    await record(tx, { accountId: ACCOUNT, kind: 'host.dropped-out', personId: LEAD.id, at: clock.now() })
  })
  t.notMatch((await get(PAGE)).body, 'Joseph Adeyemi', 'somebody who never said yes to it')
  await db.write(async (tx) => {
    const announced = { announcedAt: at('Fri 18:00'), unannouncedAt: null, state: 'announced' } as const
    await tx.update(weeks).set(announced).where(eq(weeks.id, 'week-joseph'))
    await record(tx, { accountId: ACCOUNT, kind: 'week.announced', personId: LEAD.id, at: clock.now() })
  })
  t.match((await get(PAGE)).body, 'Joseph Adeyemi')
  await cancelWeek(db, { ...ending, reason: '' })
  t.notMatch((await get(PAGE)).body, 'Joseph Adeyemi')
})

t.test('a week that nobody announced stays unknown, until a lead publishes its story', async (t) => {
  const { get, db, clock } = await world(t, 'Fri 17:00', { publishRecap: true })
  await db.write(async (tx) => {
    await tx.update(weeks).set({ state: 'booked', announcedAt: null }).where(eq(weeks.id, WEEK))
  })
  await closeAll(db, clock, 'Fri 18:01')
  const pages = [HOME, `${HOME}/recaps`, `${HOME}/feed.xml`]
  for (const url of pages) t.notMatch((await get(url)).body, 'Ruth Ellwood', url)
  t.equal((await get(PAGE)).statusCode, 404)
  const actor = await actorWith(db, LEAD.email, clock.now())
  await publishRecap(db, {
    weekId: WEEK,
    version: 1,
    actor,
    now: clock.now(),
    machineNow: clock.machine(),
    publicUrl: PUBLIC_URL,
  })
  for (const url of [...pages, PAGE]) t.match((await get(url)).body, 'Ruth Ellwood', url)
})

t.test(
  'a week whose host drops out in its middle keeps its page, and names nobody who has not said yes',
  async (t) => {
    const { get, db, clock } = await world(t, 'Wed 11:00', { publishRecap: true })
    const actor = await actorWith(db, LEAD.email, clock.now())
    const times = () => ({ now: clock.now(), machineNow: clock.machine() })
    const mei = { name: 'Mei Lin Chan', email: 'mei@north.example' }
    await db.write((tx) =>
      tx.insert(events).values({
        id: 'event-clinic',
        weekId: WEEK,
        name: 'The leg club',
        hashtag: '',
        place: 'Church hall',
        startsAt: at('Thu 10:00'),
        endsAt: at('Thu 12:00'),
      }),
    )
    await addStandby(db, {
      id: 'standby-mei',
      accountId: ACCOUNT,
      ...mei,
      job: 'Dietitian',
      organisation: '',
      note: '',
      actor,
      publicUrl: PUBLIC_URL,
      now: clock.now(),
      machineNow: clock.machine(),
    })
    const { version } = (await findHostedWeek(db.read, WEEK))!.week
    const instead = { kind: 'standby', id: 'standby-mei' } as const
    await dropOut(db, { weekId: WEEK, version, instead, reason: 'Flu.', actor, ...times() })

    const page = await get(PAGE)
    t.equal(page.statusCode, 200, 'what was posted stands')
    for (const piece of [
      /Good morning from Hallbeck/,
      /\^RE/,
      /<h1[^>]*>A week at NorthDale Health</,
      /is not settled yet/,
    ])
      t.match(page.body, piece)
    const nobody = async (url: string) => {
      const { body, statusCode } = await get(url)
      t.equal(statusCode, 200, url)
      for (const piece of [mei.name, 'Dietitian', 'Four hundred front doors', 'The leg club', 'Portrait of'])
        t.notMatch(body, piece, `${url}: ${piece}`)
      return body
    }
    await nobody(PAGE)
    t.match(await nobody(HOME), 'Doors open', 'said today')
    t.match(page.body, 'Live from the flu clinic', 'that took place')
    for (const path of ['/rota', '/rota.ics', '/recaps', '/feed.xml', '/feed.json'])
      t.notMatch((await get(`${HOME}${path}`)).body, mei.name, path)
    const map = (await get('/sitemap.xml')).body
    t.match(map, `${PAGE}<`)

    clock.moveTo(at('Wed 12:00'))
    const asked = await actorWith(db, mei.email, clock.now())
    await t.test('and when they do', async (t) => {
      await acceptInvitation(db, { weekId: WEEK, actor: asked, now: clock.now() })
      const { body } = await get(PAGE)
      for (const piece of [
        mei.name,
        'Good morning from Hallbeck',
        'Four hundred front doors',
        'The leg club',
      ])
        t.match(body, piece)
      t.notMatch(body, 'is not settled yet')
    })
  },
)

t.test(
  'a week that nobody took on in its middle ends with what was posted, and its recap waits for a lead',
  async (t) => {
    const { get, db, clock } = await world(t, 'Wed 11:00', { publishRecap: true })
    await db.write(async (tx) => {
      const left = { state: 'booked', announcedAt: null, unannouncedAt: at('Wed 11:00') } as const
      await tx.update(weeks).set(left).where(eq(weeks.id, WEEK))
      await tx.update(weekHosts).set({ acceptedAt: null }).where(eq(weekHosts.weekId, WEEK))
      await record(tx, { accountId: ACCOUNT, kind: 'host.dropped-out', personId: LEAD.id, at: clock.now() })
    })
    await closeAll(db, clock, 'Fri 18:01')
    const over = await get(PAGE)
    t.match(over.body, 'Good morning from Hallbeck')
    t.match(over.body, 'Its story is being put together')
    t.match((await get(HOME)).body, `href="${PAGE}"`)
    await publishRecap(db, {
      weekId: WEEK,
      version: 1,
      actor: await actorWith(db, LEAD.email, clock.now()),
      now: clock.now(),
      machineNow: clock.machine(),
      publicUrl: PUBLIC_URL,
    })
    for (const url of [PAGE, HOME, `${HOME}/recaps`, `${HOME}/feed.xml`, `${PAGE}/card`]) {
      const { body } = await get(url)
      t.match(body, '9 to 13 November', url)
      for (const piece of ['Ruth Ellwood', 'Four hundred front doors'])
        t.notMatch(body, piece, `${url}: ${piece}`)
    }
    t.equal((await get(`${PAGE}/week.ics`)).statusCode, 404, 'nor is there an entry of theirs for calendars')
    const { portraitHash } = (await findHostedWeek(db.read, WEEK))!.host!
    t.notOk(await isAnnouncedPortrait(db.read, portraitHash!), 'nor their portrait')
  },
)

t.test('only what is announced is public', async (t) => {
  const { get, db } = await world(t, 'Mon 17:45')
  await db.write(async (tx) => {
    const secret = {
      accountId: ACCOUNT,
      state: 'booked' as const,
      theme: 'The secret week',
      why: 'Between us',
      createdAt: at('Mon 7:00'),
    }
    await tx.insert(weeks).values([
      {
        ...secret,
        id: 'secret',
        kind: 'hosted',
        slot: '2026-11-30',
        opensAt: new Date('2026-11-30T09:00:00Z'),
        closesAt: new Date('2026-12-04T18:00:00Z'),
      },
      {
        ...secret,
        id: 'break',
        kind: 'hiatus',
        theme: '',
        slot: '2026-12-07',
        opensAt: new Date('2026-12-07T09:00:00Z'),
        closesAt: new Date('2026-12-11T18:00:00Z'),
      },
    ])
    await tx.insert(weekHosts).values({
      id: 'secret-host',
      weekId: 'secret',
      personId: LEAD.id,
      name: 'Secret Sam',
      handle: '',
      job: '',
      organisation: '',
      biography: '',
      signOff: '^SS',
      portraitHash: 'c'.repeat(64),
      createdAt: at('Mon 7:00'),
    })
    await record(tx, { accountId: ACCOUNT, kind: 'week.booked', personId: LEAD.id, at: at('Mon 17:45') })
  })
  for (const url of [HOME, `${HOME}/rota`, `${HOME}/rota.ics`]) {
    const { body } = await get(url)
    t.notMatch(body, /Secret Sam|The secret week|Between us|30 Nov/, url)
    t.match(body, 'Joseph Adeyemi', url)
  }
  const rota = (await get(`${HOME}/rota`)).body
  t.match(rota, 'A break.')
  t.match(rota, '14 to 18 Dec')
  t.match(rota, 'Open.')
  const refused = [
    `${HOME}/weeks/2026-11-30`,
    `${HOME}/weeks/2026-11-30/week.ics`,
    `${HOME}/weeks/2026-11-16`,
    `${HOME}/weeks/2026-11-24`,
    `${HOME}/weeks/tomorrow`,
    `/pictures/${'c'.repeat(64)}`,
  ]
  for (const url of refused) t.equal((await get(url)).statusCode, 404, url)
  t.match((await get(`${HOME}/weeks/2026-12-07`)).body, 'The account takes a break')
})

t.test('the rota as a calendar', async (t) => {
  const { get } = await world(t, 'Mon 17:45')
  const { body, headers } = await get(`${HOME}/rota.ics`)
  t.match(headers['content-type'], 'text/calendar')
  const lines = body.replaceAll('\r\n ', '').split('\r\n')
  t.equal(lines.filter((line) => line === 'BEGIN:VEVENT').length, 3, 'two weeks and an event')
  for (const line of [
    `UID:week-${WEEK}@127.0.0.1`,
    'UID:event-event-flu@127.0.0.1',
    'SEQUENCE:1',
    'DTSTART;VALUE=DATE:20261109',
    'DTEND;VALUE=DATE:20261114',
    'DTSTART:20261111T093000Z',
    'SUMMARY:Live from the flu clinic',
  ])
    t.ok(lines.includes(line), line)
  const one = (await get(`${HOME}/weeks/2026-11-23/week.ics`)).body
  t.match(one, 'SUMMARY:Joseph Adeyemi on @NorthDaleHealth')
  t.notMatch(one, 'Ruth')
})

t.test('pictures that stand on a public page, and no others', async (t) => {
  const { get, db, deps } = await world(t, 'Mon 17:45')
  const bytes = Buffer.from('not really a portrait')
  const kept = await deps.images.keep(bytes)
  await db.write(async (tx) => {
    await tx.insert(images).values([
      {
        hash: kept,
        mediaType: 'image/png',
        width: 1,
        height: 1,
        bytes: bytes.length,
        createdAt: at('Mon 7:00'),
      },
    ])
  })
  t.equal((await get(`/pictures/${kept}`)).statusCode, 404, 'on no page yet')
  t.equal((await get(`/pictures/${kept}/moving`)).statusCode, 404)
  await db.write(async (tx) => {
    await tx.update(weekHosts).set({ portraitHash: kept }).where(eq(weekHosts.id, 'host-ruth'))
  })
  const portrait = await get(`/pictures/${kept}`)
  t.equal(portrait.statusCode, 200)
  t.same(portrait.rawPayload, bytes)
  t.match(portrait.headers, {
    'content-type': 'image/png',
    'cache-control': 'public, no-cache',
    'x-content-type-options': 'nosniff',
  })
  const known = { 'if-none-match': String(portrait.headers['etag']) }
  t.equal((await get(`/pictures/${kept}`, known)).statusCode, 304)
  t.equal((await get('/pictures/..%2f..%2fetc%2fpasswd')).statusCode, 404)
  await db.write(async (tx) => {
    await tx.update(weekHosts).set({ portraitHash: null }).where(eq(weekHosts.id, 'host-ruth'))
    await tx
      .update(posts)
      .set({ images: [{ hash: kept, alt: '' }] })
      .where(eq(posts.id, 'row-102'))
  })
  t.equal((await get(`/pictures/${kept}`)).statusCode, 200, 'on a post of ours')
  await db.write(async (tx) => {
    await tx
      .update(posts)
      .set({ removedAt: at('Mon 17:45') })
      .where(eq(posts.id, 'row-102'))
  })
  t.equal((await get(`/pictures/${kept}`, known)).statusCode, 404, 'the post is gone, and its picture')
  t.equal((await get(`/pictures/${PICTURE}`)).statusCode, 404)
})

t.test('a link to a week has a picture, drawn once for what stands on it', async (t) => {
  const { app, db } = await testApp(t)
  await ruthsWeek(db)
  const get = (slot: string, headers = {}) =>
    app.inject({ url: `/@NorthDaleHealth/weeks/${slot}/share.png`, headers })
  const answer = await get(SLOT)
  t.match(answer.headers, { 'content-type': 'image/png', 'cache-control': 'public, no-cache' })
  t.match(await sharp(answer.rawPayload).metadata(), { width: 1200, height: 630, format: 'png' })
  t.ok(answer.rawPayload.length < 120_000, 'small enough for messengers')
  t.match(
    (await app.inject(`/@NorthDaleHealth/weeks/${SLOT}`)).body,
    `<meta property="og:image" content="${PUBLIC_URL}/@NorthDaleHealth/weeks/${SLOT}/share.png">`,
  )
  const known = { 'if-none-match': String(answer.headers['etag']) }
  t.equal((await get(SLOT, known)).statusCode, 304)
  await db.write(
    async (tx) =>
      void (await tx.update(weeks).set({ theme: 'Łódź ✨ <b>&</b> 東京' }).where(eq(weeks.id, WEEK))),
  )
  const other = await get(SLOT, known)
  t.equal(other.statusCode, 200, 'with another theme it is another picture')
  t.notOk(other.rawPayload.equals(answer.rawPayload))
  for (const slot of ['1999-01-04', 'x']) t.equal((await get(slot)).statusCode, 404)
})

t.test('a picture comes in the sizes and formats that pages ask for, made once', async (t) => {
  const { app, db, deps } = await testApp(t)
  await ruthsWeek(db)
  const photo = await sharp({ create: { width: 1200, height: 600, channels: 3, background: '#0a6b62' } })
    .png()
    .toBuffer()
  const hash = await deps.images.keep(photo)
  await db.write(async (tx) => {
    await tx.insert(images).values({
      hash,
      mediaType: 'image/png',
      width: 1200,
      height: 600,
      bytes: photo.length,
      createdAt: at('Mon 7:00'),
    })
  })
  const get = (name: string, headers = {}) => app.inject({ url: `/pictures/${hash}/${name}`, headers })
  t.equal((await get('960.avif')).statusCode, 404, 'on no page yet')
  await said(db, [{ id: '102', when: 'Mon 8:55', text: 'x', more: { images: [{ hash, alt: 'Green' }] } }])
  const cases: [string, string, number][] = [
    ['96.webp', 'image/webp', 96],
    ['480.avif', 'image/avif', 480],
    ['960.jpeg', 'image/jpeg', 960],
    ['1600.webp', 'image/webp', 1200],
  ]
  for (const [name, type, width] of cases) {
    const [answer, again] = await Promise.all([get(name), get(name)])
    const headers = { 'content-type': type, 'cache-control': 'public, no-cache' }
    // Readers of feeds show it on sites of their own.
    t.match(answer.headers, { ...headers, 'cross-origin-resource-policy': 'cross-origin' }, name)
    const made = await sharp(answer.rawPayload).metadata()
    t.match(made, { width, height: width / 2 }, name)
    t.ok(again.rawPayload.equals(answer.rawPayload), 'made once')
    const known = { 'if-none-match': String(answer.headers['etag']) }
    t.equal((await get(name, known)).statusCode, 304)
  }
  for (const name of ['961.avif', '960.gif', '960.avif.next', '..%2f960.avif'])
    t.equal((await get(name)).statusCode, 404, name)
})

t.test('statements in the account’s own words, safely', async (t) => {
  const { app, db, clock } = await testApp(t)
  t.match((await app.inject('/')).body, 'Nothing here yet')
  t.equal((await app.inject('/privacy')).statusCode, 200)
  await foundAccount(db, {
    account: {
      id: 'south',
      handle: 'SouthDale',
      name: 'SouthDale',
      timeZone: 'Europe/London',
      hashtag: '',
      texts: { privacy: 'We keep **little**. <img src=x onerror=alert(1)>', contact: 'weeks@south.example' },
    },
    people: [],
    now: clock.now(),
  })
  await db.write((tx) =>
    record(tx, { accountId: 'south', kind: 'account.changed', personId: null, at: clock.now() }),
  )
  const privacy = (await app.inject('/privacy')).body
  t.match(privacy, '<strong>little</strong>')
  t.notMatch(privacy, '<img')
  t.match(privacy, 'href="mailto:weeks@south.example"')
  const quiet = await app.inject('/@SouthDale')
  t.match(quiet.body, 'This week it is quiet')
  t.match(quiet.body, 'Ask for a week')
  t.match((await app.inject('/@SouthDale/recaps')).body, 'No recaps yet')
  await anAccount(db, { now: clock.now() })
  const list = (await app.inject('/')).body
  t.match(list, 'href="/@SouthDale"')
  t.match(list, 'href="/@NorthDaleHealth"')
  t.match((await app.inject('/accessibility')).body, 'NorthDale Health')
  for (const url of [
    '/',
    '/privacy',
    '/accessibility',
    '/@SouthDale',
    '/@SouthDale/rota',
    '/@SouthDale/recaps',
  ])
    t.match(
      (await app.inject(url)).body,
      'href="/@SouthDale/removal"',
      `${url} leads to the form for removal`,
    )
})

t.test('for whoever watches, and for search engines', async (t) => {
  const { app } = await testApp(t)
  t.equal((await app.inject('/healthz')).body, 'alive\n')
  t.match((await app.inject('/robots.txt')).body, 'Disallow: /\n', 'a sandbox is not for search engines')
  const live = await testApp(t, { mode: 'live' })
  t.match((await live.app.inject('/robots.txt')).body, 'Disallow: /sign-in')
})
