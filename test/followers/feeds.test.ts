import { eq } from 'drizzle-orm'
import t from 'tap'
import { people, recapEditions, weekHosts, weeks } from '../../src/db/schema/index.ts'
import type { SitePlace } from '../../src/export/public-pages.ts'
import { weeksData } from '../../src/export/week-data.ts'
import { forgottenBy, hashesOf } from '../../src/listening/forgotten.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { publishEdition } from '../../src/recaps/publish-recap.ts'
import { publishedPage } from '../../src/recaps/public-page.ts'
import { findRecap } from '../../src/recaps/store.ts'
import { weekFacts } from '../../src/recaps/story/week-facts.ts'
import { withoutNamed } from '../../src/recaps/week-page.ts'
import { testApp } from '../support/app.ts'
import { itemsIn, type Item } from '../support/microdata.ts'
import { at, PICTURE, ruthsWeek, said, SAYINGS, SLOT } from '../support/told-week.ts'

const HOME = '/@NorthDaleHealth'
const URL_OF_WEEK = `http://127.0.0.1:3000${HOME}/weeks/${SLOT}`
const NASTY = '<script>alert(1)</script> & ]]> "\u0000\ud800 \u202e'

async function told(t: Parameters<typeof testApp>[0], mode: 'live' | 'sandbox' = 'live') {
  const world = await testApp(t, { at: '2026-11-14T09:00:00Z', mode })
  await ruthsWeek(world.db, { policy: { publishRecap: true } })
  await said(world.db, [
    ...SAYINGS,
    { id: '140', when: 'Fri 17:00', text: NASTY },
    {
      id: '141',
      when: 'Fri 17:10',
      by: 'Col Hartley',
      text: `@sana_iq ${NASTY}`,
      answers: '140',
      chosen: true,
    },
  ])
  const now = at('Fri 18:05')
  await closeDueWeeks(world.db, { now, machineNow: now, publicUrl: 'http://127.0.0.1:3000' })
  return world
}

interface JsonFeed {
  version: string
  feed_url: string
  language: string
  authors: { name: string; url: string }[]
  items: {
    id: string
    url: string
    title: string
    summary: string
    authors: { name: string }[]
    content_html: string
    date_published: string
    date_modified: string
  }[]
}

t.test('both feeds have the whole story', async (t) => {
  const { app } = await told(t)
  const json = await app.inject(`${HOME}/feed.json`)
  t.match(json.headers['content-type'], 'application/feed+json')
  const feed = json.json<JsonFeed>()
  t.equal(feed.version, 'https://jsonfeed.org/version/1.1')
  t.equal(feed.language, 'en-GB')
  t.match(feed.authors, [{ name: 'NorthDale Health' }])
  t.equal(feed.feed_url, `http://127.0.0.1:3000${HOME}/feed.json`)
  t.equal(feed.items.length, 1)
  const [item] = feed.items
  t.match(item, { id: URL_OF_WEEK, url: URL_OF_WEEK, title: 'Four hundred front doors' })
  t.same(item!.authors, [{ name: 'Ruth Ellwood' }])
  const facts = [
    '<h2>Live from the flu clinic</h2>',
    'windscreen to scrape first. <a href="https://x.com/hashtag/MyWorkingWeek">#MyWorkingWeek</a> ^RE</p>',
    `<img src="http://127.0.0.1:3000/pictures/${PICTURE}" alt="A red car on a winding lane`,
    `<a href="${URL_OF_WEEK}#p103">12:20</a>`,
    'a notebook, on paper',
    '<p>Margaret Dunn, @margaret_dunn</p><blockquote><p>That I didn’t have to tidy up.',
    'We are watching',
    '<li>Margaret Dunn, @margaret_dunn</li>',
  ]
  for (const fact of facts) t.ok(item!.content_html.includes(fact), fact)
  t.notMatch(item!.content_html, 'Hill Road', 'and nothing that nobody chose')
  t.notMatch(item!.content_html, /<\/h2><h2>|<\/h2>$/, 'no title without anything under it')
  t.notMatch(item!.content_html, /<script|(src|href)="\//, 'words are text, addresses are whole')

  const atom = (await app.inject(`${HOME}/feed.xml`)).body
  t.match(atom, '<content type="html"><![CDATA[')
  // As the one gives words that end a CDATA section, the other hands them on.
  const content = /<content type="html"><!\[CDATA\[([^]*?)\]\]><\/content>/.exec(atom)![1]
  t.equal(content, item!.content_html, 'the same in both')
  t.notMatch(atom, /[\u0000-\u0008\ud800]/, 'nothing that XML can’t hold') // oxlint-disable-line no-control-regex

  const page = (await app.inject(`${HOME}/weeks/${SLOT}`)).body
  t.match(page, `<link rel="alternate" type="application/feed+json" href="${HOME}/feed.json"`)
  t.match(page, `<link rel="alternate" type="application/atom+xml" href="${HOME}/feed.xml"`)
})

t.test('a corrected story keeps the day on which it was published', async (t) => {
  const { app, db } = await told(t)
  const item = async () => (await app.inject(`${HOME}/feed.json`)).json<JsonFeed>().items[0]!
  const first = '2026-11-13T18:05:00.000Z'
  t.match(await item(), { date_published: first, date_modified: first })
  const [week] = await db.read.select().from(weeks).where(eq(weeks.slot, SLOT))
  await db.write(async (tx) => {
    const recap = (await findRecap(tx, week!.id))!
    const facts = await weekFacts(tx, week!)
    const now = at('Sat 9:00')
    await publishEdition(tx, facts, { recap, personId: null, now, machineNow: now, publicUrl: '' })
  })
  t.match(await item(), { date_published: first, date_modified: '2026-11-14T09:00:00.000Z' })
  t.match((await app.inject(`${HOME}/feed.xml`)).body, `<published>${first}</published>`)
})

t.test('who had the account for a part of the week is named beside who had it after them', async (t) => {
  const { app, db } = await told(t)
  const [week] = await db.read.select().from(weeks).where(eq(weeks.slot, SLOT))
  await db.write(async (tx) => {
    const [ruth] = await tx.select().from(weekHosts).where(eq(weekHosts.weekId, week!.id))
    await tx
      .insert(people)
      .values({ id: 'col', name: 'Col Hartley', email: 'col@north.example', createdAt: at('Mon 7:00') })
    await tx.insert(weekHosts).values({
      ...ruth!,
      id: 'host-col',
      personId: 'col',
      name: 'Col Hartley',
      job: 'driver',
      endedAt: at('Tue 12:00'),
      ending: 'replaced',
    })
    const recap = (await findRecap(tx, week!.id))!
    const facts = await weekFacts(tx, week!)
    const now = at('Sat 9:00')
    await publishEdition(tx, facts, { recap, personId: null, now, machineNow: now, publicUrl: '' })
  })
  const both = ['Col Hartley', 'Ruth Ellwood']
  const page = (await app.inject(`${HOME}/weeks/${SLOT}`)).body
  const [story] = itemsIn(page)
  const authors = story!.properties.get('author') as Item[]
  t.same(
    new Set(authors.map(({ properties }) => properties.get('name')![0])),
    new Set(both),
    'on its page, for machines',
  )
  const [item] = (await app.inject(`${HOME}/feed.json`)).json<JsonFeed>().items
  t.same(
    item!.authors.map(({ name }) => name),
    both,
  )
  for (const name of both) t.match((await app.inject(`${HOME}/feed.xml`)).body, `<name>${name}</name>`)
  const address = encodeURIComponent(URL_OF_WEEK)
  t.match((await app.inject(`/oembed?url=${address}`)).json(), { author_name: both.join(' and ') })

  const { json, weeksCsv } = weeksData([(await publishedPage(db.read, week!.id))!], {
    account: { handle: 'NorthDaleHealth', name: 'NorthDale Health', timeZone: 'Europe/London' },
    place: { siteUrl: 'https://site.example', handle: 'NorthDaleHealth' } as SitePlace,
    sandbox: false,
  })
  t.match(JSON.parse(json), {
    weeks: [
      {
        host: { name: 'Ruth Ellwood' },
        earlierHosts: [{ name: 'Col Hartley', job: 'driver', until: '2026-11-10' }],
      },
    ],
  })
  t.match(weeksCsv, 'Col Hartley until 2026-11-10')

  await t.test('but for whom the pages are not to name', async (t) => {
    const { page: before } = (await publishedPage(db.read, week!.id))!
    const forgotten = forgottenBy([
      { accountId: week!.accountId, authorNetworkId: '77', ...hashesOf({ handle: '', name: 'Col Hartley' }) },
    ])
    const page = withoutNamed(before, forgotten)
    await db.write((tx) => tx.update(recapEditions).set({ page }))
    const shown = (await app.inject(`${HOME}/weeks/${SLOT}`)).body
    t.match(shown, 'the account was with [name left out].', 'and nothing says who it was')
    const authorsNow = itemsIn(shown)[0]!.properties.get('author') as Item[]
    t.same(
      authorsNow.map(({ properties }) => properties.get('name')![0]),
      ['Ruth Ellwood'],
    )
    const feed = (await app.inject(`${HOME}/feed.json`)).json<JsonFeed>()
    t.same(
      feed.items[0]!.authors.map(({ name }) => name),
      ['Ruth Ellwood'],
    )
    t.notMatch((await app.inject(`${HOME}/feed.xml`)).body, '<name>[name left out]')
    t.same((await app.inject(`/oembed?url=${address}`)).json().author_name, 'Ruth Ellwood')
    const data = weeksData([{ ...(await publishedPage(db.read, week!.id))!, page }], {
      account: { handle: 'NorthDaleHealth', name: 'NorthDale Health', timeZone: 'Europe/London' },
      place: { siteUrl: 'https://site.example', handle: 'NorthDaleHealth' } as SitePlace,
      sandbox: false,
    })
    t.match(JSON.parse(data.json), { weeks: [{ host: { name: 'Ruth Ellwood' }, earlierHosts: [] }] })
  })
})

t.test('a sandbox’s feed leads nobody to strangers on X', async (t) => {
  const { app } = await told(t, 'sandbox')
  t.notMatch((await app.inject(`${HOME}/feed.json`)).body, 'https://x.com/')
})

t.test('search engines find every public page, and no other', async (t) => {
  const { app, db } = await told(t)
  await db.write(async (tx) => {
    const [week] = await tx.select().from(weeks).where(eq(weeks.slot, SLOT))
    const span = { opensAt: new Date('2026-12-21T09:00:00Z'), closesAt: new Date('2026-12-25T18:00:00Z') }
    const hiatus = { ...week!, id: 'hiatus', slot: '2026-12-21', kind: 'hiatus', state: 'booked' } as const
    await tx.insert(weeks).values({ ...hiatus, ...span, announcedAt: null })
  })
  t.match((await app.inject('/robots.txt')).body, 'Sitemap: http://127.0.0.1:3000/sitemap.xml\n')
  const { body, headers } = await app.inject('/sitemap.xml')
  t.match(headers['content-type'], 'application/xml')
  const urls = [...body.matchAll(/<loc>http:\/\/127\.0\.0\.1:3000([^<]*)<\/loc>/g)].map(([, path]) => path!)
  t.same(urls, [
    HOME,
    `${HOME}/rota`,
    `${HOME}/recaps`,
    `${HOME}/take-part`,
    `${HOME}/weeks/${SLOT}`,
    `${HOME}/weeks/2026-11-23`,
    `${HOME}/weeks/2026-12-21`,
    '/accessibility',
    '/privacy',
  ])
  for (const url of urls) t.equal((await app.inject(url)).statusCode, 200, url)
  t.match(body, `/weeks/${SLOT}</loc><lastmod>2026-11-13T18:05:00.000Z</lastmod>`)
})
