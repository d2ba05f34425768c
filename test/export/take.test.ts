import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { extract } from 'tar'
import t from 'tap'
import { exportTo } from '../../src/export/export-to.ts'
import { contentsOf, publishedWeek } from '../support/exported.ts'
import { PUBLIC_URL } from '../support/app.ts'
import { testClock } from '../support/clock.ts'
import { scriptedNetwork } from '../support/network.ts'
import { ACCOUNT, LEAD } from '../support/story.ts'
import { RUTH, SLOT, WEEK } from '../support/told-week.ts'

t.test('a lead takes the whole site with them, and a host the story of their week', async (t) => {
  const network = scriptedNetwork(testClock('2026-11-14T09:00:00Z'))
  const world = await publishedWeek(t, { deps: { network } })
  const helen = await world.visitor(LEAD.email)
  t.match((await helen.get(`/accounts/${ACCOUNT}`)).body, `href="/accounts/${ACCOUNT}/site.tar"`)
  const archive = await helen.get(`/accounts/${ACCOUNT}/site.tar`)
  t.equal(archive.headers['content-disposition'], 'attachment; filename="NorthDaleHealth-2026-11-14.tar"')
  const folder = t.testdir()
  writeFileSync(join(folder, 'site.tar'), archive.rawPayload)
  mkdirSync(join(folder, 'there'))
  await extract({ file: join(folder, 'site.tar'), cwd: join(folder, 'there'), strict: true })
  const files = contentsOf(join(folder, 'there', 'NorthDaleHealth-2026-11-14'))
  for (const path of ['index.html', `weeks/${SLOT}/index.html`, 'data/posts.csv', 'feed.xml'])
    for (const packed of ['.br', '.gz'])
      t.ok(files.get(path)?.equals(files.get(path + packed)!), `${path}${packed} is the same, packed`)
  const pictures = [...files.keys()].filter((path) =>
    /^pictures\/\w{64}\/(480\.avif|480\.webp|960\.jpeg)$/.test(path),
  )
  t.equal(pictures.length, 3, 'the picture in each form')

  const ruth = await world.visitor(RUTH.email)
  t.match((await ruth.get(`/weeks/${WEEK}/recap`)).body, `href="/weeks/${WEEK}/recap/one-file.html"`)
  const story = await ruth.get(`/weeks/${WEEK}/recap/one-file.html`)
  t.equal(story.headers['content-disposition'], `attachment; filename="NorthDaleHealth-${SLOT}.html"`)
  t.match(story.body, 'Four hundred front doors')
  t.match(story.body, `href="${PUBLIC_URL}/privacy"`, 'as whole addresses of the app, which has no folder')
  t.notMatch(story.body, /(?:posts|weeks)\.csv|one-file/, 'what lies beside it in a folder is not here')
  t.match(story.body, '<img')
  t.notMatch(story.body, /<img[^>]* (?:loading|decoding)=/, 'it has its pictures at once, also on paper')
  t.match(files.get('privacy/index.html')?.toString(), `rel="canonical" href="${PUBLIC_URL}/privacy"`)
  t.match(story.body, 'src="data:image/jpeg;base64,')
  t.match(story.body, '@font-face{font-family:Fraunces;src:url("data:font/woff2;base64,')
  t.notMatch(story.body, /(src|srcset)="(?!data:)|href="\/|url\("?\./, 'nothing beside it')
  t.same(
    readFileSync(join(folder, 'there/NorthDaleHealth-2026-11-14/about.txt'), 'utf8').includes('index.html'),
    true,
  )
})

t.test('what lies beside the folder is left alone, and a folder that is not empty is refused', async (t) => {
  const beside = t.testdir({ 'site.making': { 'mine.txt': 'mine' }, full: { 'mine.txt': 'mine' } })
  const nothing = async function* () {}
  await exportTo(join(beside, 'site'), [], nothing)
  t.equal(readFileSync(join(beside, 'site.making', 'mine.txt'), 'utf8'), 'mine')
  t.same(readdirSync(beside).toSorted(), ['full', 'site', 'site.making'])
  t.equal(statSync(join(beside, 'site')).mode & 0o777, 0o755, 'a web server may read it')
  await t.rejects(exportTo(join(beside, 'full'), [], nothing), { message: /is not empty/ })
})
