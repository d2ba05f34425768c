import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import t from 'tap'
import { listAccounts } from '../../src/accounts/accounts.ts'
import { exportTo } from '../../src/export/export-to.ts'
import { PUBLIC_URL } from '../support/app.ts'
import { openBrowser } from '../support/browser.ts'
import { publishedWeek, SITE, siteOf, SITE_URL } from '../support/exported.ts'
import { servesFiles } from '../support/static-server.ts'
import { SLOT } from '../support/told-week.ts'

/** Forms, which only the app answers: each leads there. */
const FORMS = /^\/@NorthDaleHealth\/(removal|take-part|suggestion)$/

/** Goes from page to page as a reader could, and returns every address that any page, style or head names. */
async function walk(page: Page, start: string): Promise<{ pages: string[]; addresses: Set<string> }> {
  const here = start.slice(0, start.indexOf(SITE))
  // Nothing here leads to a card: other sites do.
  const found = [start, `${here}${SITE}/weeks/${SLOT}/card/index.html`]
  const pages: string[] = []
  const addresses = new Set<string>()
  for (let next = found.shift(); next !== undefined; next = found.shift()) {
    if (pages.includes(next)) continue
    pages.push(next)
    await page.goto(next, { waitUntil: 'load' })
    const named = await page.evaluate(() => {
      const all = [...document.querySelectorAll('[href], [src], [srcset], meta[content*="://"]')]
      return all.flatMap((element) => [
        ...['href', 'src', 'content']
          .map((name) => element.getAttribute(name))
          .filter((value) => value !== null)
          .filter((value) => element.tagName !== 'META' || /^https?:/.test(value))
          .map((value) => new URL(value, document.baseURI).href),
        ...(element.getAttribute('srcset') ?? '')
          .split(', ')
          .filter(Boolean)
          .map((one) => new URL(one.split(' ')[0]!, document.baseURI).href),
      ])
    })
    for (const address of named) {
      const [bare = ''] = address.split('#')
      if (bare === '' || bare.startsWith('data:')) continue
      addresses.add(bare)
      if (bare.startsWith(here) && bare.endsWith('.html')) found.push(bare)
    }
    const broken = await page.evaluate(() =>
      [...document.querySelectorAll('a[href^="#"]')]
        .map((link) => link.getAttribute('href')!)
        .filter((href) => !document.getElementById(href.slice(1))),
    )
    if (broken.length > 0) addresses.add(`${next}: no ${broken.join(', ')}`)
  }
  return { pages, addresses }
}

t.test('the folder, through any web server and by double click', async (t) => {
  const browser = await openBrowser(t)
  const world = await publishedWeek(t, {
    sayings: [
      {
        id: '150',
        when: 'Fri 17:00',
        text: 'Read more: https://shared.example/page <script>alert(1)</script> ^RE',
      },
    ],
  })
  const folder = join(t.testdir(), 'site')
  await exportTo(folder, await listAccounts(world.db.read), () => siteOf(world))

  /** Where an address of the site's own lies in the folder; null for one that is none of its own. */
  const fileBehind = (address: string, origin: string): string | null => {
    const url = new URL(address)
    const path = url.protocol === 'file:' ? fileURLToPath(url) : null
    const root = address.startsWith(SITE_URL) ? SITE_URL : address.startsWith(origin) ? origin : null
    if (path === null && root === null) return null
    const file = path ?? join(folder, decodeURIComponent(address.slice(root!.length)))
    return /\.\w+$/.test(file) ? file : join(file, 'index.html')
  }

  const served = await servesFiles(t, folder)
  for (const [name, root] of [
    ['a plain web server', served],
    ['a double click', pathToFileURL(folder).href],
  ] as const) {
    const page = await browser.newPage(t, served)
    const asked: string[] = []
    const failed: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    page.on('requestfailed', (request) => {
      // Going on to the next page ends what is still asked for.
      if (request.failure()?.errorText !== 'net::ERR_ABORTED') failed.push(request.url())
    })
    page.on('response', (response) => {
      if (response.status() >= 400) failed.push(response.url())
    })
    await page.goto(`${root}/index.html`)
    await page.waitForURL(`${root}/${SITE}/index.html`)
    const { pages, addresses } = await walk(page, `${root}/${SITE}/index.html`)
    for (const path of ['rota', 'recaps', 'privacy', 'accessibility', `weeks/${SLOT}`, 'weeks/2026-11-23'])
      t.ok(pages.includes(`${root}/${SITE}/${path}/index.html`), `${name} leads to ${path}`)
    t.ok(pages.includes(`${root}/${SITE}/weeks/${SLOT}/one-file.html`))
    t.same(failed, [], `${name}: nothing is missing`)
    t.same(
      asked.filter((address) => !address.startsWith(root) && !address.startsWith('data:')),
      [],
      `${name}: no request leaves the site`,
    )
    for (const address of addresses) {
      const file = fileBehind(address, served)
      if (file !== null) {
        t.ok(existsSync(file), `${name}: ${address} is there`)
        continue
      }
      const { origin, pathname, protocol } = new URL(address)
      t.ok(
        protocol === 'mailto:' ||
          origin === 'https://x.com' ||
          origin === 'https://shared.example' ||
          (origin === PUBLIC_URL && FORMS.test(pathname)),
        `${name}: ${address} is a link that somebody shared, to X, or to a form of the app`,
      )
    }
    await page.goto(`${root}/${SITE}/weeks/${SLOT}/index.html`)
    t.equal(await page.evaluate(async () => (await document.fonts.ready).check('1rem "Fraunces"')), true)
    t.ok(
      await page.evaluate(() => [...document.fonts].some(({ status }) => status === 'loaded')),
      `${name}: in its own letters`,
    )
  }

  const page = await browser.newPage(t, served)
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(pathToFileURL(join(folder, SITE, 'weeks', SLOT, 'one-file.html')).href)
  t.same(
    asked.filter((address) => !address.startsWith('data:')),
    [page.url()],
    'one file asks for nothing but itself',
  )
  t.ok(
    await page
      .getByAltText('A bag, open on a table.')
      .evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0),
  )
  t.ok(await page.evaluate(() => [...document.fonts].some(({ status }) => status === 'loaded')))
  t.notMatch(readFileSync(fileURLToPath(page.url()), 'utf8'), /<(script|source|link rel="stylesheet")/)
})
