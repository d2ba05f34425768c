import { readFileSync } from 'node:fs'
import t from 'tap'
import type { Database } from '../../src/db/database.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { readTitle } from '../../src/recaps/story/page-title.ts'
import { publishedRecap } from '../../src/recaps/public-page.ts'
import { readDueLinks } from '../../src/recaps/story/read-links.ts'
import { addressOf } from '../../src/recaps/story/shared-links.ts'
import { createHandlebars } from '../../src/web/view-helpers.ts'
import { testDatabase } from '../support/database.ts'
import { at, ruthsWeek, said, WEEK } from '../support/told-week.ts'

const handlebars = createHandlebars({ assets: { path: (name) => `/assets/${name}` }, viewsDir: 'views' })
const template = handlebars.compile(readFileSync('views/recaps/page.hbs', 'utf8'))

const sharing = (expandedUrl: string, title: string | null = null) => ({
  links: [{ url: 'https://t.co/a', expandedUrl, displayUrl: expandedUrl.slice(8), title }],
})

t.test(
  'a link stands with the title of its page and the name of its site, each page read once',
  async (t) => {
    const { db } = testDatabase(t)
    await ruthsWeek(db, { policy: { publishRecap: true } })
    await said(db, [
      {
        id: '101',
        when: 'Mon 8:00',
        text: 'https://t.co/a',
        more: sharing('https://north.example/flu?utm_source=x#top'),
      },
      { id: '102', when: 'Mon 9:00', text: 'https://t.co/a', more: sharing('https://north.example/flu') },
      {
        id: '103',
        when: 'Mon 9:10',
        text: 'https://t.co/a',
        more: sharing('https://legs.example/', 'Leg Club'),
      },
      { id: '104', when: 'Mon 9:20', text: 'https://t.co/a', more: sharing('https://silent.example/page') },
      {
        id: '105',
        when: 'Mon 9:30',
        text: 'https://t.co/a',
        more: sharing('https://x.com/somebody/status/1'),
      },
      {
        id: '106',
        when: 'Mon 9:40',
        text: 'https://t.co/a',
        by: 'Pete W',
        answers: '101',
        more: sharing('https://bad.example/'),
      },
    ])
    const asked: string[] = []
    const read = (now: Date, machineNow = now) =>
      readDueLinks(db, {
        now,
        machineNow,
        readPage: async (address) => {
          asked.push(address)
          const html =
            '<title>Old</title><meta property="og:title" content="Free flu jabs &amp; tea &lt;b&gt;"><meta property="og:site_name" content="North Dale">'
          return address.includes('north') ? { bytes: Buffer.from(html), contentType: 'text/html' } : null
        },
      })
    t.same(await read(at('Mon 10:00')), at('Mon 10:05'), 'looks again')
    await read(at('Mon 10:05'))
    t.same(
      asked.toSorted(),
      ['https://north.example/flu', 'https://silent.example/page'],
      'once, nothing of strangers, and not what the network has told',
    )
    const html = await page(db)
    t.match(
      html,
      /<a href="https:\/\/north.example\/flu" rel="nofollow">Free flu jabs &amp; tea &lt;b&gt;<\/a> <small>North Dale<\/small> <span class="count">shared twice/,
    )
    t.match(html, '>Leg Club</a> <small>legs.example</small>')
    t.match(html, '>silent.example/page</a> <small>silent.example</small>', 'without a title the address')
    t.notMatch(html.slice(html.indexOf('link-list')), 'status/1')
    t.equal(
      await readDueLinks(db, { readPage: null, now: at('Tue 9:00'), machineNow: at('Tue 9:00') }),
      null,
      'a sandbox asks nobody',
    )
  },
)

async function page(db: Database): Promise<string> {
  const now = at('Fri 18:05')
  await closeDueWeeks(db, { now, machineNow: now, publicUrl: 'https://weeks.example' })
  return template(await publishedRecap(db.read, WEEK, { publicUrl: 'https://weeks.example', sandbox: false }))
}

t.test('titles are read in whatever letters a page is written', async (t) => {
  const cases: [html: string | Buffer, contentType: string, title: string | null, site: string | null][] = [
    ['<title> Two\n  lines </title>', 'text/html', 'Two lines', null],
    ['<title>a</title><title>b</title>', 'text/html', 'a', null],
    [Buffer.from('<title>Caf\xe9</title>', 'latin1'), 'text/html; charset=iso-8859-1', 'Café', null],
    [Buffer.from('<meta charset="windows-1252"><title>Caf\xe9</title>', 'latin1'), 'text/html', 'Café', null],
    ['<title>x</title>', 'text/html; charset=no-such-thing', 'x', null],
    ['<META NAME="og:site_name" CONTENT="Site"><p>no title', 'text/html', null, 'Site'],
    ['<title>' + 'y'.repeat(999), 'text/html', 'y'.repeat(200), null],
    [
      '<script>"<title>no</title>"</script><title>&#60;b&#62; \u202eyes</title>',
      'text/html',
      '<b> yes',
      null,
    ],
    ['', 'text/html', null, null],
  ]
  for (const [html, contentType, title, site] of cases)
    t.same(readTitle({ bytes: Buffer.from(html), contentType }), { title, site }, String(html).slice(0, 60))
})

t.test('which addresses are links of the week', async (t) => {
  const cases: [string, string | null][] = [
    ['https://north.example/a?b=1&utm_campaign=z&fbclid=q#frag', 'https://north.example/a?b=1'],
    ['https://x.com/a/status/1', null],
    ['https://www.twitter.com/a', null],
    ['https://user:secret@north.example/', null],
    ['javascript:alert(1)', null],
    ['no address', null],
  ]
  for (const [address, expected] of cases) t.equal(addressOf(address), expected, address)
})
