import { randomUUID } from 'node:crypto'
import sharp from 'sharp'
import t from 'tap'
import { saveGrant } from '../../src/accounts/connection.ts'
import { posts, recapBlocks, recapEditions, recapRevisions, recaps } from '../../src/db/schema/index.ts'
import { forgetPost } from '../../src/listening/keep.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { appOnStandIn } from '../support/app-on-stand-in.ts'
import { testApp, type Visitor } from '../support/app.ts'
import { networkPost, OUR_USER, ScriptedNetwork } from '../support/scripted-network.ts'
import { ACCOUNT, APPROVER, LEAD } from '../support/story.ts'
import { WEEK as JOSEPHS } from '../support/submitted.ts'
import { at, PICTURE, RUTH, ruthsWeek, said, SAYINGS, SLOT, WEEK } from '../support/told-week.ts'

const PAGE = `/weeks/${WEEK}/recap`
const ID = '1b671a64-40d5-491e-99b0-da01ff1f3341'
const NASTY = '<script>alert(1)</script>\u202e"\'><img src=x onerror=y>\u0000\ud800javascript:x'

async function closedWeek(t: Parameters<typeof testApp>[0]) {
  const scripted = new ScriptedNetwork()
  const world = await testApp(t, { at: '2026-11-13T18:10:00Z', network: scripted.network })
  const { db, deps } = world
  await ruthsWeek(db)
  await said(db, SAYINGS)
  await saveGrant(deps, {
    accountId: ACCOUNT,
    grant: { accessToken: 'a', refreshToken: 'r', expiresIn: 7200, scope: [] },
    user: { id: OUR_USER, handle: 'NorthDaleHealth', name: 'NorthDale Health', avatarUrl: null },
    personId: LEAD.id,
  })
  const now = at('Fri 18:00')
  const close = (at = now) =>
    closeDueWeeks(db, { now: at, machineNow: at, publicUrl: 'https://weeks.example' })
  await close()
  const story = async () => db.read.select().from(recapBlocks).orderBy(recapBlocks.position)
  const helen = await world.visitor(LEAD.email)
  const version = async () => String((await db.read.select().from(recaps))[0]!.version)
  return {
    ...world,
    scripted,
    helen,
    ruth: await world.visitor(RUTH.email),
    close,
    story,
    version,
    block: async (source: string) => (await story()).find((one) => one.source === source)!,
    send: async (path: string, fields: Record<string, string> = {}, who = helen) =>
      who.post(PAGE, `${PAGE}${path}`, { version: await version(), ...fields }),
    preview: async () => (await helen.get(`${PAGE}/preview`)).body,
    look: async (query: string, who: Visitor = helen) => {
      const { body } = await who.get(`${PAGE}?filtered=yes&${query}`)
      return body.slice(body.indexOf('id="happened"'), body.indexOf('id="story"'))
    },
  }
}

t.test(
  'all that happened is found by day, person, hashtag, kind, words, and what is not used yet',
  async (t) => {
    const { look, helen, ruth, send, clock, block } = await closedWeek(t)
    const fresh = (await helen.get(PAGE)).body
    t.match(fresh, '1 thing of ', 'one reply is in nobody’s story yet')
    t.match(fresh, 'Suggested for the page')
    t.match(fresh, 'the account answered it')
    const all = await look('')
    for (const words of [
      'Good morning from Hallbeck',
      'and 2 parts more',
      'hoovered',
      'Hill Road',
      'church hall',
    ])
      t.match(all, words)
    t.match(all, /href="#block-[^"]+" aria-label="In the story: Margaret Dunn, Monday 17:02"/)
    const cases: [query: string, there: string, not: string][] = [
      ['find=HOOVERED+stairs', 'hoovered', 'Hallbeck. I'],
      ['find=margaret', 'hoovered', 'Hill Road'],
      ['day=2026-11-11&day=2026-11-13', 'Doors open', 'hoovered'],
      ['person=leg_club_skelby', 'church hall', 'hoovered'],
      ['hashtag=%23myworkingweek', 'Good morning', 'hoovered'],
      ['kind=mentions', 'church hall', 'hoovered'],
      ['kind=pictures', 'A red car on a winding lane', 'hoovered'],
      ['unused=yes', 'Hill Road', 'hoovered'],
    ]
    for (const [query, there, not] of cases) {
      const found = await look(query)
      t.match(found, there, query)
      t.notMatch(found, not, query)
    }
    t.match(await look('find=%3Cscript%3E'), 'value="&lt;script&gt;"')
    t.match(await look('find=nothing+like+it'), 'Nothing like that.')
    t.equal((await helen.get(`${PAGE}?day=x&kind=y&most=-1&person=a&person=b`)).statusCode, 200)

    const monday = await block('day:2026-11-09')
    const searched = await send('/words', {
      look: 'yes',
      filtered: 'yes',
      find: 'hoovered',
      [`heading.${monday.id}`]: 'Typed before the search',
    })
    t.equal(searched.headers.location, `${PAGE}?find=hoovered&filtered=yes`)
    t.match(JSON.stringify(await block('day:2026-11-09')), 'Typed before the search')

    clock.moveTo(new Date('2026-12-12T10:00:00Z'))
    t.notMatch(await look('', ruth), 'Hill Road', 'what nobody chose is the desk’s alone by then')
  },
)

t.test('who tells of their own health is suggested to nobody, and is to be asked first', async (t) => {
  const { look, helen, ruth, db, send } = await closedWeek(t)
  const reply = { when: 'Wed 9:40', by: 'Pete W', answers: '120' } as const
  const liked = (likes: number) => ({
    numbers: { replies: 0, reposts: 0, quotes: 0, impressions: null, likes },
  })
  await said(db, [
    { ...reply, id: '160', text: 'I had a leg ulcer for two years.', more: liked(900) },
    { ...reply, id: '161', text: 'Which village is this?', more: liked(2) },
  ])
  await send('/generation')
  const happened = await look('unused=yes')
  const suggested = happened.slice(
    happened.indexOf('Suggested for the page'),
    happened.indexOf('Said this week'),
  )
  t.match(suggested, 'Which village')
  t.notMatch(suggested, 'leg ulcer', 'however often it was liked')
  t.match(
    happened,
    /leg ulcer[^]*?Speaks about somebody’s health: ask them first/,
    'it is found all the same',
  )
  t.equal(happened.split('ask them first').length, 2, 'the others do not say so')
  const story = (await helen.get(PAGE)).body
  t.match(story.slice(story.indexOf('id="story"')), 'ask them first', 'also beside the post')
  const talk = (await ruth.get(`/weeks/${WEEK}/conversation`)).body
  t.equal(talk.split('ask them before you choose it for the page').length, 2)
  t.equal((await send('/choices', { choose: 'row-160' })).statusCode, 303, 'people decide')
})

t.test('what happened is put in, where people want it', async (t) => {
  const { send, block, story, preview, look, db } = await closedWeek(t)
  await said(db, [
    {
      id: '141',
      when: 'Thu 9:00',
      by: 'Skelby Library',
      text: 'Knitters follow @NorthDaleHealth',
      mention: true,
    },
  ])
  const [choose] = /value="row-141"/.exec(await look('unused=yes'))!
  t.ok(choose)
  const flu = await block('post:120')
  await send('/choices', { choose: 'row-141', after: flu.id, filtered: 'yes', kind: 'mentions' })
  const sources = (await story()).map(({ source }) => source)
  t.equal(sources[sources.indexOf('post:120') + 1], 'post:141', 'behind the piece where it was let go')
  t.match(await preview(), 'Knitters follow')

  await send(`/blocks/${flu.id}/visibility`, { hidden: 'yes' })
  t.match(
    await look('unused=yes'),
    /name="hidden" value="no" aria-label="Show it again: The account, Wednesday 9:30"/,
  )

  await send('/pictures', { picture: PICTURE })
  await send('/pictures', { picture: PICTURE })
  const after = (await story()).map(({ source }) => source)
  t.equal(after[after.indexOf('post:102') + 1], `picture:${PICTURE}`, 'behind its post, once')
  t.match(await block(`picture:${PICTURE}`), { content: { alt: /A red car/, width: 960 } })
  t.equal((await send('/pictures', { picture: 'b'.repeat(64) })).statusCode, 404)

  const road = await block('post:102')
  const moved = await block(`picture:${PICTURE}`)
  await send(`/blocks/${moved.id}/position`, { after: (await block('opening')).id })
  t.equal((await story())[1]!.source, `picture:${PICTURE}`)
  await send(`/blocks/${road.id}/position`, { after: (await block('join')).id })
  t.same(
    (await story()).slice(-2).map(({ source }) => source),
    ['post:102', 'join'],
    'how to take part stays last',
  )
})

t.test('headings, quotes and pictures are put between, as text whatever they say', async (t) => {
  const { helen, ruth, story, block, preview, app, send } = await closedWeek(t)
  const { id: after } = await block('post:102')
  const to = await send('/words', { add: `quote ${after}` })
  t.equal(to.headers.location, `${PAGE}/pieces/new?kind=quote&after=${after}`)
  const form = `${PAGE}/pieces/new?kind=quote&after=${after}`
  t.match((await helen.get(form)).body, 'Who said it')
  const put = async (fields: Record<string, string>, who = helen) =>
    who.post(form, `${PAGE}/pieces`, { id: ID, after, ...fields })

  const empty = await put({ kind: 'quote', text: 'So it was.', by: ' ' })
  t.equal(empty.statusCode, 422)
  t.match(empty.body, 'href="#by"')
  t.match(empty.body, 'So it was.')
  t.equal((await put({ kind: 'heading', heading: 'x'.repeat(121) })).statusCode, 422)
  t.equal((await put({ kind: 'picture', alt: 'A hill', text: '' })).statusCode, 422, 'no picture')
  t.equal((await put({ kind: 'poem' })).statusCode, 422)
  t.equal((await put({ kind: 'picture', hash: 'b'.repeat(64), alt: 'Not theirs' })).statusCode, 404)

  t.equal((await put({ kind: 'heading', heading: NASTY }, ruth)).statusCode, 303)
  t.equal((await put({ kind: 'quote', text: NASTY, by: NASTY })).statusCode, 303)
  t.equal((await put({ kind: 'quote', text: NASTY, by: NASTY })).statusCode, 303, 'sent twice')
  const bytes = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#123456' } })
    .jpeg()
    .toBuffer()
  const upload = async (alt: string, hash?: string) =>
    helen.upload(
      `${PAGE}/pieces/new?kind=picture&after=${after}`,
      `${PAGE}/pieces`,
      { id: ID, after, kind: 'picture', alt, text: NASTY, ...(hash ? { hash } : {}) },
      hash ? {} : { picture: { name: 'hill.jpg', bytes } },
    )
  const undescribed = await upload('')
  t.equal(undescribed.statusCode, 422)
  const hash = /name="hash" value="([0-9a-f]{64})"/.exec(undescribed.body)![1]!
  t.equal((await upload(NASTY, hash)).statusCode, 303, 'the picture need not be sent again')
  t.same(
    (await story()).flatMap(({ kind }) => (['heading', 'quote', 'picture'].includes(kind) ? [kind] : [])),
    ['picture', 'quote', 'heading'],
  )
  for (const html of [
    await preview(),
    (await helen.get(PAGE)).body,
    (await helen.get(`${PAGE}/history`)).body,
  ]) {
    t.notMatch(
      html.replaceAll(/<script [^>]*src="\/assets\/[^>]*>/g, ''),
      /<script|<img src=x|href="javascript:/i,
    )
    t.match(html, '&lt;script&gt;alert(1)')
  }

  const quote = await block(`quote:${ID}`)
  await send('/words', { [`text.${quote.id}`]: 'Better words' })
  t.match(await block(`quote:${ID}`), { content: { text: 'Better words', by: /script/ } })
  t.equal((await send('/words', { [`text.${quote.id}`]: '' })).statusCode, 422)
  const picture = await block(`picture:${ID}`)
  t.equal((await send('/words', { [`text.${picture.id}`]: '' })).statusCode, 303, 'a caption may go')

  const asPublic = async () => (await app.inject(`/pictures/${hash}/96.jpeg`)).statusCode
  t.equal(await asPublic(), 404, 'it is nobody’s before the story is published')
  t.match(
    await preview(),
    new RegExp(`<img[^>]*src="/images/${hash}"`),
    'who works at it sees it all the same',
  )
  t.equal((await helen.get(`/images/${hash}`)).statusCode, 200)
  await send('/publication')
  t.equal(await asPublic(), 200)
  await send(`/blocks/${picture.id}/removal`)
  await send('/publication')
  t.equal(await asPublic(), 404, 'nor after it was taken out')
})

t.test('the description of a picture and who said a quote are changed afterwards', async (t) => {
  const { helen, ruth, block, preview, send, version, story } = await closedWeek(t)
  const { id: after } = await block('post:102')
  await send('/pictures', { picture: PICTURE })
  await ruth.post(`${PAGE}/pieces/new?kind=quote&after=${after}`, `${PAGE}/pieces`, {
    id: ID,
    after,
    kind: 'quote',
    text: 'The kettle is part of the kit.',
    by: 'Rut',
  })
  const [quote, picture] = [await block(`quote:${ID}`), await block(`picture:${PICTURE}`)]
  const page = (await helen.get(PAGE)).body
  t.match(page, new RegExp(`name="by.${quote.id}" type="text" value="Rut"`))
  t.match(page, new RegExp(`name="alt.${picture.id}"[^>]*>\\s*A red car on a winding lane`))
  const seen = await version()
  const was = (name: string, stood: string) => ({ [`was-${name}`]: stood })
  const alt = {
    ...was(`alt.${picture.id}`, String(Object(picture.content).alt)),
    [`alt.${picture.id}`]: 'A lane in rain',
  }
  const by = { ...was(`by.${quote.id}`, 'Rut'), [`by.${quote.id}`]: 'Ruth' }

  t.equal((await send('/words', by, ruth)).statusCode, 303)
  t.equal((await send('/words', { ...alt, version: seen })).statusCode, 303, 'another piece meanwhile')
  t.match((await block(`quote:${ID}`)).content, { by: 'Ruth', text: 'The kettle is part of the kit.' })
  t.match((await block(`picture:${PICTURE}`)).content, { alt: 'A lane in rain', hash: PICTURE })
  t.match(await preview(), 'alt="A lane in rain"')
  t.match(await preview(), 'Ruth')
  const history = (await helen.get(`${PAGE}/history?revision=${seen}`)).body
  t.match(history, 'Rut')
  const latest = (await helen.get(`${PAGE}/history`)).body
  t.match(latest, 'reworded a picture')
  t.match(latest, /<ins>[^<]*in rain/, 'the history shows which words')

  const late = await send('/words', { version: seen, ...by, [`by.${quote.id}`]: 'Ruth E.' })
  t.equal(late.statusCode, 409, 'the same words meanwhile')
  t.match(late.body, 'Who said it, as you have it')
  t.match(late.body, 'value="Ruth E."')
  t.match(late.body, /What stands there now:<\/b> Ruth</)
  t.equal((await send('/words', { [`by.${quote.id}`]: 'Ruth E.' })).statusCode, 303)

  await send('/revisions', { to: 'undo' })
  await send('/revisions', { to: 'undo' })
  t.match((await block(`picture:${PICTURE}`)).content, { alt: /A red car/ }, 'undone')
  t.match((await block(`quote:${ID}`)).content, { by: 'Ruth' })

  for (const [name, value, why] of [
    [`alt.${picture.id}`, '', 'Describe the picture'],
    [`alt.${picture.id}`, 'x'.repeat(1001), 'more than 1,000 characters'],
    [`by.${quote.id}`, ' ', 'Who said it?'],
    [`text.${quote.id}`, 'x'.repeat(601), 'at most 600 characters'],
  ] as const) {
    const refused = await send('/words', { [name]: value })
    t.equal(refused.statusCode, 422, why)
    t.match(refused.body, why)
    t.match(refused.body, `href="#${name.replace('.', '-')}"`)
  }
  t.equal((await send('/words', { [`by.${picture.id}`]: 'Somebody' })).statusCode, 403)
  t.equal((await send('/words', alt, ruth)).statusCode, 403, 'what somebody put in is theirs, or a lead’s')
  t.ok((await story()).every(({ content }) => !('by' in content) || content.by !== 'Somebody'))
})

t.test('any post of the network is brought in by its address, and goes with its author’s word', async (t) => {
  const world = await closedWeek(t)
  const { helen, block, preview, scripted, db, send, close, app } = world
  const { id: after } = await block('post:102')
  const author = 'far_away'
  scripted.others = [
    networkPost({
      id: '900',
      author,
      text: `Elsewhere, ${NASTY}`,
      createdAt: new Date('2026-10-01T10:00:00Z'),
    }),
    networkPost({
      id: '121',
      author: 'leg_club',
      text: 'We are watching @NorthDaleHealth from the church hall',
    }),
    networkPost({
      id: '113',
      author: 'nobody',
      text: 'My address is 1 Hill Road, come any time.',
      replyTo: '110',
      conversationId: '110',
    }),
  ]
  const bring = async (address: string, who = helen, id = ID) =>
    who.post(`${PAGE}/pieces/new?kind=brought&after=${after}`, `${PAGE}/pieces`, {
      id,
      after,
      kind: 'brought',
      address,
    })
  const wrong = await bring('our website')
  t.equal(wrong.statusCode, 422)
  t.match(wrong.body, 'value="our website"')
  t.match((await bring('https://x.com/far_away/status/901')).body, 'X shows no such post')
  scripted.refuses.posts = 'unreachable'
  const later = await bring('https://x.com/far_away/status/900')
  t.equal(later.statusCode, 409)
  t.match(later.body, 'https://x.com/far_away/status/900', 'what was typed is there still')
  delete scripted.refuses.posts
  t.equal(
    (await bring('https://x.com/far_away/status/900', await world.visitor(APPROVER.email))).statusCode,
    403,
  )

  t.equal((await bring('https://x.com/far_away/status/900?s=20')).statusCode, 303)
  t.match(await block('brought:900'), { kind: 'brought', content: { post: { authorHandle: author } } })
  const told = await preview()
  t.match(told, 'Elsewhere, &lt;script&gt;')
  t.notMatch(told, /<script|<img src=x/)
  await send('/publication')
  const page = `/@NorthDaleHealth/weeks/${SLOT}`
  t.match((await app.inject(page)).body, 'Elsewhere')

  t.equal((await bring('https://x.com/leg_club/status/121', helen, ID.replace('1', '2'))).statusCode, 303)
  t.equal(await block('brought:121'), undefined, 'what was said to this week is the piece that it is')
  const sources = (await world.story()).map(({ source }) => source)
  t.equal(sources[sources.indexOf('post:102') + 1], 'post:121')
  t.equal((await bring('https://x.com/nobody/status/113', helen, ID.replace('1', '3'))).statusCode, 303)
  t.equal((await preview()).split('1 Hill Road').length, 2, 'a reply stands once, under what it answers')

  const now = at('Sat 9:00')
  await db.write(async (tx) => {
    const kept = (await tx.select().from(posts)).find(({ networkId }) => networkId === '900')!
    t.ok(kept.chosenAt, 'it is looked up again, as all that is shown')
    await forgetPost(tx, kept, now)
  })
  t.notMatch((await app.inject(page)).body, 'Elsewhere', 'at once')
  await close(now)
  for (const table of [recapBlocks, recapEditions, recapRevisions, posts])
    t.notMatch(JSON.stringify(await db.read.select().from(table as typeof posts)), /Elsewhere|"far_away"/i)
})

t.test(
  'in the sandbox: whatever address a post is known by, quoting ones too, and never who is off our pages',
  async (t) => {
    const { app, db, clock, x, goOn, handle, visitor } = await appOnStandIn(t)
    const ours = await x.postAs({ handle, text: 'Nine miles of corridor, and one squeaky wheel.' })
    await goOn()
    const times = () => ({
      now: clock.now(),
      machineNow: clock.machine(),
      publicUrl: 'https://weeks.example',
    })
    clock.moveTo(new Date('2026-11-20T18:01:00Z'))
    await closeDueWeeks(db, times())
    const story = `/weeks/${JOSEPHS}/recap`
    const helen = await visitor(LEAD.email)
    let tried = 0
    const bring = async (address: string) => {
      tried += 1
      const id = `${ID.slice(0, -2)}${10 + tried}`
      return helen.post(`${story}/pieces/new?kind=brought`, `${story}/pieces`, {
        id,
        kind: 'brought',
        address,
      })
    }
    const by = (who: string, text: string) => x.postAs({ handle: who, name: 'Far Away', text })
    const forms: [text: string, address: (id: string) => string][] = [
      ['As it is copied from X.', (id) => `https://x.com/far_away/status/${id}?s=46&t=abc`],
      ['As it was once.', (id) => `https://mobile.twitter.com/far_away/statuses/${id}`],
      ['Without a handle.', (id) => ` http://x.com/i/web/status/${id}/photo/1 `],
      [
        `That wheel! https://x.com/${handle}/status/${ours.id}`,
        (id) => `https://twitter.com/far_away/status/${id}`,
      ],
    ]
    const brought = []
    for (const [text, address] of forms) {
      const { id } = await by('far_away', text)
      brought.push(id)
      t.equal((await bring(address(id))).statusCode, 303, text)
    }
    const preview = async () => (await helen.get(`${story}/preview`)).body
    const told = await preview()
    for (const text of ['As it is copied', 'As it was once', 'Without a handle', 'That wheel!'])
      t.match(told, text)

    await x.removePost(brought[0]!)
    t.match((await bring(`https://x.com/far_away/status/${brought[0]}`)).body, 'X shows no such post')
    clock.moveTo(new Date('2026-11-22T10:00:00Z'))
    await goOn()
    await closeDueWeeks(db, times())
    t.notMatch(await preview(), 'As it is copied', 'what its author deleted leaves the story')
    t.match(await preview(), 'As it was once')

    const requestId = randomUUID()
    const form = `/@${handle}/removal`
    await (await visitor()).post(form, form, { id: requestId, about: '@far_away' })
    const here = `/removal-requests/${requestId}`
    const person = /name="person" value="(\d+)"/.exec((await helen.get(here)).body)![1]!
    t.equal((await helen.post(here, `${here}/removal`, { person })).statusCode, 303)
    for (const text of ['As it was once', 'Without a handle', 'That wheel!', 'Far Away'])
      t.notMatch(await preview(), text, 'with their author')
    const { id } = await by('far_away', 'Here I am again.')
    const refused = await bring(`https://x.com/far_away/status/${id}`)
    t.equal(refused.statusCode, 422)
    t.match(refused.body, 'Its author asked to be taken off our pages')
    t.notMatch((await app.inject(`/@${handle}/weeks/2026-11-16`)).body, 'Here I am again')
  },
)
