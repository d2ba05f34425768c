import { readFileSync } from 'node:fs'
import { eq, like } from 'drizzle-orm'
import t from 'tap'
import type { Database } from '../../src/db/database.ts'
import { images, posts, recapBlocks, recapEditions, recaps } from '../../src/db/schema/index.ts'
import { readContent } from '../../src/recaps/block.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { publishedRecap } from '../../src/recaps/public-page.ts'
import { createHandlebars } from '../../src/web/view-helpers.ts'
import { testDatabase } from '../support/database.ts'
import { at, PICTURE, ruthsWeek, said, SAYINGS, WEEK, type Saying } from '../support/told-week.ts'

const handlebars = createHandlebars({ assets: { path: (name) => `/assets/${name}` }, viewsDir: 'views' })
const template = handlebars.compile(readFileSync('views/recaps/page.hbs', 'utf8'))
const PLACE = { publicUrl: 'https://weeks.example', sandbox: false }

const numbers = (likes: number) => ({ replies: 3, reposts: 1, likes, quotes: 0, impressions: 1000 })
const link = (expandedUrl: string, title: string | null = null) => ({
  url: 'https://t.co/abc',
  expandedUrl,
  displayUrl: expandedUrl.slice('https://'.length),
  title,
})

/** Enough of a week for every block that is told from it. */
const FULL: Saying[] = [
  ...SAYINGS,
  {
    id: '122',
    when: 'Wed 9:52',
    text: 'Thirty already. Left arm or right? ^RE',
    more: { numbers: numbers(400) },
  },
  { id: '123', when: 'Wed 11:00', text: 'The urn goes back on. ^RE' },
  {
    id: '124',
    when: 'Wed 12:00',
    by: 'Sana Iqbal',
    text: 'Left, I sleep on the right',
    answers: '122',
    chosen: true,
  },
  { id: '125', when: 'Wed 14:10', text: 'Thank you to the hall committee. ^RE' },
  {
    id: '126',
    when: 'Thu 9:00',
    by: 'Col Hartley',
    text: 'Can I come after the milking?',
    mention: true,
    chosen: true,
  },
  { id: '127', when: 'Thu 9:05', text: 'Yes. Ask for it when they ring. ^RE', answers: '126' },
  ...['128', '129'].map((id) => ({
    id,
    when: 'Thu 15:00',
    text: 'The kettle and the doorstep: carers, bandage, frost, biscuits. Free jabs https://t.co/abc with @legclub ^RE',
    more: { links: [link('https://north.example/flu?utm_source=x', 'Free flu jabs')] },
  })),
]

async function told(db: Database, sayings = FULL): Promise<void> {
  await ruthsWeek(db, { policy: { publishRecap: true }, portrait: PICTURE })
  await said(db, sayings)
  await anew(db)
}
const anew = async (db: Database, now = at('Fri 18:05')) =>
  void (await closeDueWeeks(db, { now, machineNow: now, publicUrl: PLACE.publicUrl }))
const kinds = async (db: Database) =>
  (await db.read.select().from(recapBlocks).orderBy(recapBlocks.position)).map(({ kind, source }) =>
    source.startsWith('post:') ? `${kind} ${source.slice(5)}` : source,
  )
/** How the words of the page are placed, as it is made once more. */
const cloud = async (db: Database) => {
  const { chapters } = (await publishedRecap(db.read, WEEK, PLACE))!
  type WithCloud = { words?: { cloud: { text: string }[] } }
  const shown = chapters.flatMap(({ items }) => items.flatMap((item) => (item as WithCloud).words ?? []))
  return shown[0]!.cloud
}
const page = async (db: Database) => template(await publishedRecap(db.read, WEEK, PLACE))

t.test('a week is told in the blocks that fit what was said', async (t) => {
  const { db } = testDatabase(t)
  await told(db)
  t.same(await kinds(db), [
    'opening',
    'day:2026-11-09',
    'post 101',
    'post 102',
    'thread 103',
    'question 110',
    'day:2026-11-11',
    'live:event-flu',
    'post 120',
    'question 122',
    'post 121',
    'post 123',
    'post 125',
    'day:2026-11-12',
    'question 126',
    'post 128',
    'post 129',
    'day:2026-11-13',
    'post 130',
    'numbers',
    'best',
    'words',
    'links',
    'people',
    'next',
    'join',
  ])
})

t.test('each block says on the page what it is for', async (t) => {
  const { db } = testDatabase(t)
  await told(db)
  const html = await page(db)
  const run = html.slice(
    html.indexOf('class="live-run"'),
    html.indexOf('</section>', html.indexOf('class="live-run"')),
  )
  for (const words of [
    'Hallbeck village hall',
    'Three posts.',
    'Doors open',
    'church hall',
    'The urn goes back on',
  ])
    t.match(run, words, 'in the run')
  t.notMatch(run, 'hall committee', 'said after it')
  t.match(run, /Answered[\s\S]*Left, I sleep on the right/, 'a question with its answer')
  const facts: [RegExp, string][] = [
    [
      /Can I come after the milking\?[\s\S]*Answered[\s\S]*Ask for it when they ring/,
      'others’ question, answered',
    ],
    [
      /<h2 id="best-title">Best received<\/h2>[\s\S]*Thirty already[\s\S]*<a href="#p122">Wednesday 9:52<\/a>, 400 likes/,
      'the best received',
    ],
    [
      /<text class="cloud-\d"[^>]*>kettle<\/text>[\s\S]*<li>kettle, 2 posts<\/li>/,
      'a word and how many posts say it',
    ],
    [
      /<a href="https:\/\/north.example\/flu" rel="nofollow">Free flu jabs<\/a> <small>north.example<\/small> <span class="count">shared twice/,
      'a link without what follows people',
    ],
    [/Col Hartley[\s\S]*@col_hartley, 1 post/, 'who took part, with the handle'],
    [
      /Spoken of:[\s\S]*<a href="https:\/\/x.com\/legclub" rel="nofollow">@legclub<\/a> twice/,
      'who was named',
    ],
    [/<h2 id="join-title">Take part<\/h2>/, 'how to take part'],
    [/<a href="\/@NorthDaleHealth\/take-part"[^>]*>Ask for a week<\/a>/, 'and the form for it'],
    [
      /Live from the flu clinic<\/h2>[\s\S]*Four posts, one reply\./,
      'a day in a line, where its event is the heading',
    ],
  ]
  for (const [fact, what] of facts) t.match(html, fact, what)
  const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
  t.equal(new Set(ids).size, ids.length, 'each id stands once')
})

t.test('what is gone is gone from every block', async (t) => {
  const { db } = testDatabase(t)
  await told(db)
  const gone = at('Fri 19:00')
  await db.write(async (tx) => {
    for (const id of ['122', '126', '128'])
      await tx.update(posts).set({ removedAt: gone }).where(eq(posts.networkId, id))
  })
  const check = async (what: string) => {
    const html = await page(db)
    for (const words of [
      'Thirty already',
      'milking',
      'when they ring',
      'Col Hartley',
      'col_hartley',
      'Best received',
    ])
      t.notMatch(html, words, `${what}: ${words}`)
    t.match(html, '<span>Hallbeck village hall'.slice(6), 'the run goes on')
    t.notMatch(html, '@legclub</a> twice')
    t.match(html, '@legclub</a>', 'named by the post that stands')
  }
  await check('of the edition that is published')
  await anew(db, at('Fri 20:00'))
  await check('put together anew')
})

t.test('what people put in stays where they put it, and shows as text', async (t) => {
  const { db } = testDatabase(t)
  await told(db)
  const [recap] = await db.read.select().from(recaps)
  const NASTY = '<script>alert(1)</script>\u202e"\'><img src=x onerror=y>\u0000\ud800javascript:x'
  const person = { writerId: 'ruth', writer: NASTY, heading: NASTY }
  const blocks = [
    ['text', { ...person, text: `[x](javascript:alert(1)) ${NASTY}` }],
    ['heading', person],
    ['picture', { ...person, text: NASTY, hash: PICTURE, alt: NASTY, width: 960, height: 600 }],
    ['quote', { ...person, text: NASTY, by: NASTY, postId: null }],
    [
      'brought',
      {
        ...person,
        post: {
          networkId: '999',
          authorNetworkId: '5',
          authorHandle: NASTY,
          authorName: NASTY,
          text: NASTY.repeat(100),
          lang: NASTY,
          links: [{ url: 'https://t.co/x', expandedUrl: 'javascript:x', displayUrl: NASTY, title: NASTY }],
          pictures: 0,
          createdAt: '2026-11-12T10:00:00.000Z',
          readAt: '2026-11-13T10:00:00.000Z',
        },
      },
    ],
    ['reflection', { ...person, text: NASTY }],
  ] as const
  await db.write(async (tx) => {
    for (const [index, [kind, content]] of blocks.entries())
      await tx.insert(recapBlocks).values({
        id: kind,
        recapId: recap!.id,
        position: 2.1 + index / 100,
        kind,
        source: `${kind}:made`,
        content,
        byPerson: true,
      })
    await tx.update(posts).set({ text: `${NASTY} ${NASTY}`, authorName: NASTY, seenAt: at('Fri 19:00') })
    await tx.update(recaps).set({ publishedBy: null })
  })
  await anew(db, at('Fri 19:05'))
  const story = await kinds(db)
  t.same(
    story.slice(2, 8),
    blocks.map(([kind]) => `${kind}:made`),
    'put together anew',
  )
  await said(db, [{ id: '150', when: 'Fri 17:00', text: 'Found late', more: { seenAt: at('Fri 20:00') } }])
  await anew(db, at('Fri 20:05'))
  const html = await page(db)
  t.match(html, 'Found late')
  t.match(html, '&lt;script&gt;alert(1)&lt;/script&gt;')
  t.notMatch(html, /<script|<img src=x|onerror=y>|href="javascript:/i)
  const lines = html.replaceAll(/<[^<>]*>/g, '')
  t.notMatch(lines, '<', 'all else is text')
})

t.test('what was kept by an older version opens, of a newer one it is said', async (t) => {
  t.same(readContent('text', { text: 'Kept before there were formats' }), {
    text: 'Kept before there were formats',
  })
  t.throws(() => readContent('text', { v: 2, text: 'x' }), /newer/)
  t.throws(() => readContent('picture', { v: 1, alt: 'no hash' }))

  const { db } = testDatabase(t)
  await told(db)
  const moment = { iso: '2026-11-09T07:42:00.000Z', day: '2026-11-09', time: '7:42' }
  const words = { words: [{ text: 'As it was kept at first' }], signOff: '^RE', lang: 'en' }
  const voice = {
    id: '121',
    answers: null,
    own: false,
    name: 'Leg Club',
    handle: 'leg',
    portraitHash: null,
    at: moment,
    said: words,
    pictures: 0,
    edited: false,
  }
  const first = {
    format: 1,
    account: { id: 'a', handle: 'NorthDaleHealth', name: 'NorthDale Health', zone: 'Europe/London' },
    slot: '2026-11-09',
    theme: 'Four hundred front doors',
    why: '',
    host: { name: 'Ruth', handle: '', job: 'nurse', organisation: '', portraitHash: null },
    posts: 1,
    days: [{ day: '2026-11-09', plan: null, posts: 1 }],
    chapters: [
      {
        kind: 'day',
        title: 'One post',
        day: '2026-11-09',
        items: [
          {
            kind: 'post',
            post: {
              id: '101',
              at: moment,
              parts: [{ id: '101', said: words, pictures: [] }],
              replies: 1,
              likes: 2,
              edited: false,
              voices: [voice],
            },
          },
          { kind: 'mention', voice: { ...voice, id: '121' } },
        ],
      },
      {
        kind: 'numbers',
        title: 'The week, counted',
        day: null,
        items: [{ kind: 'numbers', numbers: [{ what: 'posts', count: 1 }], readAt: null, seenReadAt: null }],
      },
      {
        kind: 'people',
        title: 'People who joined in',
        day: null,
        items: [{ kind: 'people', named: [{ name: 'Leg Club', handle: 'leg', ids: ['121'] }], total: 3 }],
      },
    ],
    next: null,
  }
  await db.write(async (tx) => void (await tx.update(recapEditions).set({ page: first as never })))
  const html = await page(db)
  t.match(html, 'As it was kept at first')
  t.match(html, 'And 2 others.')
  t.match(html, '@leg</span>')
  await db.write(
    async (tx) => void (await tx.update(recapEditions).set({ page: { ...first, format: 3 } as never })),
  )
  await t.rejects(page(db), /newer version/)
})

t.test('the pictures of a week stand together, each once, and lead to their posts', async (t) => {
  const { db } = testDatabase(t)
  await ruthsWeek(db, { policy: { publishRecap: true } })
  const hashes = ['b', 'c', 'd'].map((letter) => letter.repeat(64))
  await db.write(async (tx) => {
    await tx.insert(images).values(
      hashes.map((hash, index) => ({
        hash,
        mediaType: index === 2 ? ('image/gif' as const) : ('image/jpeg' as const),
        width: 960,
        height: 600,
        bytes: 1000,
        createdAt: at('Mon 7:00'),
      })),
    )
  })
  const shows = (...shown: [hash: string | null, alt: string][]) => ({
    more: { images: shown.map(([hash, alt]) => ({ hash, alt })) },
  })
  const [kettle, gate, dog] = hashes as [string, string, string]
  await said(db, [
    { id: '201', when: 'Mon 8:00', text: 'The kettle. ^RE', ...shows([kettle, 'A kettle "on"']) },
    {
      id: '202',
      when: 'Tue 8:00',
      text: 'The gate, and the dog. ^RE',
      ...shows([gate, 'A gate'], [dog, '']),
    },
    { id: '203', when: 'Wed 8:00', text: 'The kettle, again. ^RE', ...shows([kettle, 'Again']) },
    { id: '204', when: 'Wed 9:00', text: 'Not copied. ^RE', ...shows([null, 'Only on X']) },
    {
      id: '205',
      when: 'Wed 10:00',
      by: 'Sana Iqbal',
      text: 'Mine!',
      answers: '203',
      chosen: true,
      ...shows([PICTURE, 'A stranger’s']),
    },
  ])
  await anew(db)
  const gallery = async () => {
    const html = await page(db)
    const from = html.indexOf('<ul class="gallery')
    return from < 0 ? null : html.slice(from, html.indexOf('</ul>', from))
  }
  const together = (await gallery())!
  t.equal(together.split('<li>').length - 1, 3, 'a picture of one’s own that was posted twice stands once')
  for (const [hash, post] of [
    [kettle, '201'],
    [gate, '202'],
    [dog, '202'],
  ])
    t.match(
      together,
      new RegExp(`<li><a href="#p${post}">(?:(?!</li>).)*/pictures/${hash}`, 's'),
      'with its post',
    )
  t.match(together, 'alt="A kettle &quot;on&quot;"', 'as it was described first')
  t.notMatch(together, '/moving', 'nothing moves here')
  t.notMatch(together, /A stranger’s|Only on X/, 'pictures of strangers are not copied')

  await db.write((tx) =>
    tx
      .update(posts)
      .set({ removedAt: at('Fri 18:30') })
      .where(eq(posts.networkId, '202')),
  )
  const left = (await gallery())!
  t.equal(left.split('<li>').length - 1, 1, 'with a post its pictures go')
  t.notMatch(left, gate)
})

t.test('two pictures are no gallery', async (t) => {
  const { db } = testDatabase(t)
  await told(db)
  t.notOk((await kinds(db)).includes('gallery'))
})

t.test('the places of a page’s words are found once, and anew without a post that said one', async (t) => {
  const { db } = testDatabase(t)
  await told(db)
  const before = await cloud(db)
  t.equal(await cloud(db), before, 'the very same')
  t.ok(before.some(({ text }) => text === 'kettle'))
  await db.write(async (tx) => {
    await tx
      .update(posts)
      .set({ removedAt: at('Sat 9:00') })
      .where(like(posts.text, '%kettle%'))
  })
  t.notOk((await cloud(db)).some(({ text }) => text === 'kettle'))
})
