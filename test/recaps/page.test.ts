import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import type { Database } from '../../src/db/database.ts'
import { images } from '../../src/db/schema/index.ts'
import type { Post } from '../../src/listening/posts.ts'
import { publishedRecap, weekPageModel } from '../../src/recaps/public-page.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { numberWords } from '../../src/recaps/item-views.ts'
import { chosenOf, storiesOf } from '../../src/recaps/story/stories.ts'
import { saidOf } from '../../src/recaps/story/tell-week.ts'
import { findWeek } from '../../src/rota/weeks.ts'
import { createHandlebars } from '../../src/web/view-helpers.ts'
import { testDatabase } from '../support/database.ts'
import { itemsIn, type Item } from '../support/microdata.ts'
import { at, PICTURE, ruthsWeek, said, SAYINGS, SLOT, WEEK, type Saying } from '../support/told-week.ts'

const handlebars = createHandlebars({ assets: { path: (name) => `/assets/${name}` }, viewsDir: 'views' })
const template = handlebars.compile(readFileSync('views/recaps/page.hbs', 'utf8'))
const PLACE = { publicUrl: 'https://weeks.example', sandbox: false }

async function published(db: Database, sayings: Saying[], sandbox = false): Promise<string> {
  await ruthsWeek(db, { policy: { publishRecap: true }, portrait: PICTURE })
  await said(db, sayings)
  const now = at('Fri 18:05')
  await closeDueWeeks(db, { now, machineNow: now, publicUrl: PLACE.publicUrl })
  return template(await publishedRecap(db.read, WEEK, { ...PLACE, sandbox }))
}

t.test('the page says what X asks of pages that show posts, and what readers need', async (t) => {
  const { db } = testDatabase(t)
  const link = {
    url: 'https://t.co/abc',
    expandedUrl: 'https://north.example/flu?a=1&b=2',
    displayUrl: 'north.example/flu',
    title: null,
  }
  const html = await published(db, [
    ...SAYINGS,
    { id: '140', when: 'Fri 17:00', text: 'Free jabs: https://t.co/abc @sana_iq', more: { links: [link] } },
    { id: '141', when: 'Fri 17:00', text: 'مرحبا', more: { lang: 'ar', edited: true } },
  ])
  const facts: [string | RegExp, string][] = [
    ['>Four hundred front doors</h1>', 'the theme'],
    ['Ruth Ellwood</b>, <span itemprop="jobTitle">community nurse, Upper Dale team</span>', 'the host'],
    [`src="/pictures/${PICTURE}/960.jpeg" alt="Portrait of Ruth Ellwood"`, 'the portrait, from here'],
    [
      `srcset="/pictures/${PICTURE}/480.avif 480w, /pictures/${PICTURE}/960.avif 960w"`,
      'pictures in sizes and formats',
    ],
    ['<h2 id="wednesday-title">Live from the flu clinic</h2>', 'a heading a chapter'],
    ['<a href="#wednesday">', 'the contents lead to it'],
    ['<article class="post thread" id="p103"', 'a thread is one piece'],
    ['Three parts. 2 replies, 90 likes.', 'counted, its own next part not among the replies'],
    ['3 replies, 90 likes.', 'as the network counts, where all of them are others’'],
    ['cite="https://x.com/NorthDaleHealth/status/101"', 'where it stands'],
    [
      ' itemprop="url" href="https://x.com/NorthDaleHealth/status/101" aria-label="View on X: post of Monday 7:42"',
      'the way there',
    ],
    ['aria-label="View on X: post of Friday 17:00 (2)"', 'no two links with one name'],
    ['<time datetime="2026-11-09T07:42:00.000Z">7:42</time>', 'times for machines'],
    ['<p class="said" lang="ar" dir="rtl">', 'language and direction'],
    ['Edited.', 'edited posts say so'],
    [
      '<a href="https://north.example/flu?a&#x3D;1&amp;b&#x3D;2" rel="nofollow">north.example/flu</a>',
      'display addresses',
    ],
    ['<a href="https://x.com/sana_iq" rel="nofollow">@sana_iq</a>', 'mentions'],
    [
      '<a itemprop="url" href="https://x.com/margaret_dunn" rel="nofollow">@margaret_dunn</a>',
      'the handle of who replied',
    ],
    ['width="960" height="600"', 'the place of a picture is kept'],
    ['<summary>Image description</summary>', 'its description'],
    [
      'The account posted <strong>12</strong> times, got <strong>2</strong> replies from <strong>2</strong> people, and its posts were seen <a href="#what-seen-means"><strong>12,000</strong></a> times.',
      'the numbers',
    ],
    [
      'Counted is all that was said in the week and still stands, also what is not on this page.',
      'what they count',
    ],
    [
      /Replies counted\s+<time datetime="2026-11-13T18:05:00.000Z">Friday 13 November, 18:05<\/time>/,
      'when they were read',
    ],
    ['itemtype="https://schema.org/BlogPosting"', 'for machines: an article'],
    ['<h1 itemprop="headline">', 'with its headline'],
    ['<meta itemprop="datePublished" content="2026-11-13T18:05:00.000Z">', 'its date'],
    ['itemscope itemtype="https://schema.org/Person"><b itemprop="name">Ruth Ellwood</b>', 'its author'],
    [
      /itemprop="hasPart" itemscope itemtype="https:\/\/schema.org\/SocialMediaPosting">\s*<meta itemprop="datePublished" content="2026-11-09T07:42:00.000Z">/,
      'and each post',
    ],
    ['Nine miles of corridor', 'who comes next'],
    ['After this on @NorthDaleHealth, 23 to 27 November 2026', 'which holds true also while that week runs'],
    ['href="/@NorthDaleHealth/weeks/2026-11-23"', 'after a gap'],
  ]
  for (const [fact, what] of facts)
    t.ok(typeof fact === 'string' ? html.includes(fact) : fact.test(html), what)
  t.notMatch(html, /<script|style=|<form| onclick/, 'no script, no style, no form')
  t.notMatch(html, /src="(?!\/)/, 'nothing is loaded from elsewhere')
  const labels = [...html.matchAll(/aria-label="(View on X[^"]*)"/g)].map(([, label]) => label)
  t.equal(new Set(labels).size, labels.length, 'each link’s name is its own')
  const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
  t.equal(new Set(ids).size, ids.length, 'each id stands once')
})

t.test('what the page tells machines is of the things that say it', async (t) => {
  const { db } = testDatabase(t)
  const [story, ...others] = itemsIn(await published(db, SAYINGS))
  t.equal(story!.type, 'https://schema.org/BlogPosting')
  const of = ({ properties }: Item, name: string) => properties.get(name) ?? []
  const address = `${PLACE.publicUrl}/@NorthDaleHealth/weeks/${SLOT}`
  t.same(of(story!, 'headline'), ['Four hundred front doors'])
  t.same(of(story!, 'mainEntityOfPage'), [address])
  t.same(of(story!, 'image'), [`${address}/share.png`])
  t.same(of(story!, 'datePublished'), ['2026-11-13T18:05:00.000Z'])
  t.equal(of(story!, 'text').length, 0, 'what strangers said is not the story’s own text')
  const names = of(story!, 'author').map((author) => typeof author !== 'string' && of(author, 'name'))
  t.same(names, [['Ruth Ellwood']], 'one author, whoever else speaks on the page')
  const posts = of(story!, 'hasPart').filter((post) => typeof post !== 'string')
  t.ok(posts.length > 3)
  const comments = posts.flatMap((post) => of(post, 'comment')).filter((one) => typeof one !== 'string')
  t.ok(comments.length > 0)
  t.ok(others.length > 0, 'who spoke to the account unasked')
  for (const one of [...comments, ...others]) {
    t.equal(one.type, 'https://schema.org/Comment')
    t.match(of(one, 'datePublished'), [/^2026-11-\d\dT/])
    t.match(of(one, 'author'), [{ type: 'https://schema.org/Person' }])
    t.equal(of(one, 'text').length, 1)
  }
})

t.test('replies are counted by one rule wherever they are spoken of, and ours are answers', async (t) => {
  const { db } = testDatabase(t)
  const numbers = (replies: number) => ({ replies, reposts: 0, likes: 0, quotes: 0, impressions: 0 })
  const theirs = { by: 'Margaret Dunn', chosen: true, answers: '201' }
  const html = await published(db, [
    { id: '201', when: 'Mon 8:00', text: 'What should a nurse carry?', more: { numbers: numbers(5) } },
    { id: '202', when: 'Mon 8:01', text: 'A torch.', ...theirs },
    { id: '203', when: 'Mon 8:02', text: 'Socks.', ...theirs },
    { id: '204', when: 'Mon 8:03', text: 'A flask.', ...theirs },
    { id: '205', when: 'Mon 8:04', text: 'Biscuits.', ...theirs },
    { id: '206', when: 'Mon 8:05', text: 'A map.', ...theirs },
    { id: '207', when: 'Mon 8:06', text: 'All of it, then.', answers: '206' },
  ])
  for (const words of ['5 replies', '<p class="replies-label">Answered</p>', '2 more replies and 1 answer'])
    t.match(html, words)
  t.notMatch(html, 'Six answers')
  t.match(html, 'Busiest between 8:00 and 9:00, with five replies', 'in letters as the words beside it')
})

t.test('a picture stands under its own part of a thread', async (t) => {
  const { db } = testDatabase(t)
  const images = [{ hash: PICTURE, alt: 'Nine rolls of dressing on a car seat.' }]
  const html = await published(
    db,
    SAYINGS.map((one) => (one.id === '104' ? { ...one, more: { images } } : one)),
  )
  const thread = html.slice(html.indexOf('id="p103"'), html.indexOf('id="p110"'))
  const places = ['Dressings in nine sizes', 'Nine rolls of dressing', 'And a notebook'].map((words) =>
    thread.indexOf(words),
  )
  t.ok(places.every((place) => place > 0))
  t.same(
    places,
    places.toSorted((one, other) => one - other),
  )
})

t.test('a GIF stands still on the public page until somebody starts it', async (t) => {
  const { db } = testDatabase(t)
  const gif = 'd'.repeat(64)
  const row = { mediaType: 'image/gif', width: 60, height: 40, bytes: 400, createdAt: at('Mon 7:00') }
  await db.write(async (tx) => {
    await tx.insert(images).values({ hash: gif, ...row })
  })
  const more = { images: [{ hash: gif, alt: 'A wheel turns.' }] }
  const html = await published(db, [...SAYINGS, { id: '140', when: 'Fri 17:00', text: 'Off we go.', more }])
  t.match(html, `<img src="/pictures/${gif}" alt="A wheel turns."`)
  t.match(html, new RegExp(`<summary>[^/]*Play the GIF.*?</summary><img src="/pictures/${gif}/moving"`, 's'))
  t.equal(html.split('/moving"').length - 1, 1, 'and no other picture moves')
})

t.test('a sandbox says so, and leads to nobody real', async (t) => {
  const { db } = testDatabase(t)
  const html = await published(db, SAYINGS, true)
  t.notMatch(html, 'x.com')
  t.match(html, '<a href="/sandbox" aria-label="Sandbox data: post of Monday 7:42">Sandbox data</a>')
})

t.test('a running week tells the days so far', async (t) => {
  const { db } = testDatabase(t)
  await ruthsWeek(db)
  const week = (await findWeek(db.read, WEEK))!
  const empty = await weekPageModel(db.read, week, { ...PLACE, now: at('Mon 7:10') })
  t.match(template(empty), 'Nothing said yet')
  await said(
    db,
    SAYINGS.filter(({ when }) => when.startsWith('Mon')),
  )
  const model = await weekPageModel(db.read, week, { ...PLACE, now: at('Tue 10:00') })
  t.match(model, {
    title: 'Four hundred front doors: Ruth Ellwood’s week on @NorthDaleHealth',
    description: 'Ruth Ellwood, community nurse: a working week in 8 posts.',
    canonical: 'https://weeks.example/@NorthDaleHealth/weeks/2026-11-09',
    opening: { running: true, squares: { label: 'Tuesday, day two of five' } },
  })
  t.same(
    model.strip.days.map(({ title, when }) => [title, when]),
    [
      ['Eight posts, two replies', 'past'],
      ['A quiet day', 'now'],
      ['Live from the flu clinic', 'ahead'],
      ['To come', 'ahead'],
      ['To come', 'ahead'],
    ],
  )
  t.notMatch(template(model), 'The week, counted')
  const over = await weekPageModel(db.read, week, { ...PLACE, now: at('Fri 18:01') })
  t.match(template(over), 'Its story is being put together')
})

t.test('the numbers in words', async (t) => {
  const cases: [Parameters<typeof numberWords>[0], string][] = [
    [[{ what: 'posts', count: 1 }], 'The account posted once.'],
    [
      [
        { what: 'posts', count: 30 },
        { what: 'replies', count: 1 },
        { what: 'people', count: 1 },
      ],
      'The account posted 30 times and got 1 reply from 1 person.',
    ],
    [
      [
        { what: 'posts', count: 2 },
        { what: 'seen', count: 1204 },
      ],
      'The account posted 2 times and its posts were seen 1,204 times.',
    ],
  ]
  for (const [numbers, words] of cases)
    t.equal(
      numberWords(numbers)
        .map(({ text }) => text)
        .join(''),
      words,
    )
})

t.test('how posts belong together', async (t) => {
  const post = (id: string, more: Partial<Post> = {}) =>
    ({
      networkId: id,
      kind: 'own',
      replyTo: null,
      conversationId: null,
      removedAt: null,
      leftPage: null,
      chosenAt: null,
      createdAt: new Date(Number(id) * 1000),
      ...more,
    }) as Post
  const told = (posts: Post[]) =>
    storiesOf(
      posts.filter(({ kind, removedAt }) => kind === 'own' && !removedAt),
      posts.filter(({ kind }) => kind !== 'own'),
      posts.filter(({ removedAt }) => removedAt),
    ).map((story) => [
      story.root,
      story.parts.map((p) => p.networkId),
      chosenOf(story).map((p) => p.networkId),
    ])
  const chosen = { kind: 'reply', chosenAt: new Date(0) } as const
  const gone = { removedAt: new Date(0) }
  const cases: [string, Post[], unknown[]][] = [
    [
      'a thread',
      [post('1'), post('2', { replyTo: '1' }), post('3', { replyTo: '2' })],
      [['1', ['1', '2', '3'], []]],
    ],
    [
      'whose middle was taken down',
      [post('1'), post('2', { replyTo: '1', ...gone }), post('3', { replyTo: '2' })],
      [['1', ['1', '3'], []]],
    ],
    ['whose beginning was', [post('1', gone), post('2', { replyTo: '1' })], [['1', ['2'], []]]],
    ['a reply to what is gone', [post('1', gone), post('2', { replyTo: '1', ...chosen })], []],
    [
      'a talk: chosen, answered, answered again',
      [
        post('1'),
        post('2', { replyTo: '1', ...chosen }),
        post('3', { replyTo: '2' }),
        post('4', { replyTo: '3', kind: 'reply' }),
        post('5', { replyTo: '4' }),
      ],
      [['1', ['1'], ['2', '3']]],
    ],
    [
      'an answer to what was deleted',
      [post('1'), post('3', { replyTo: '2', conversationId: '1' })],
      [['1', ['1'], []]],
    ],
    ['an answer to what we never saw', [post('3', { replyTo: '2' })], [['3', ['3'], []]]],
  ]
  for (const [name, posts, expected] of cases) t.same(told(posts), expected, name)
})

t.test('whatever somebody writes, it is text', async () => {
  const words = handlebars.compile('{{> words this}}')
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      '<script>',
      '"',
      "'",
      '&amp;',
      '#tag',
      '@name',
      ' ^RE',
      'https://t.co/a',
      '</p>',
      '{{x}}',
      'javascript:x',
    ),
  )
  fc.assert(
    fc.property(
      fc.array(piece).map((pieces) => pieces.join('')),
      fc.webUrl(),
      piece,
      (text, expandedUrl, displayUrl) => {
        const links = [{ url: 'https://t.co/a', expandedUrl, displayUrl, title: null }]
        const html = words(saidOf({ text, links, lang: null }))
        const rest = html
          .replaceAll(/<a href="https?:[^"<>]*" rel="nofollow">|<\/a>|<p class="said">|<\/p>/g, '')
          .replaceAll(/ <span class="sign-off">|<\/span>/g, ' ')
        if (/[<>"]/.test(rest)) throw new Error(`markup passes: ${html}`)
      },
    ),
    { numRuns: 300 },
  )
})
