import type { Page } from 'playwright-core'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { images } from '../../src/db/schema/index.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { testApp } from '../support/app.ts'
import { violationsOf } from '../support/axe.ts'
import { openBrowser } from '../support/browser.ts'
import { at, ruthsWeek, said, SLOT, type Saying } from '../support/told-week.ts'

const browser = await openBrowser(t)
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri']

/** Sixty posts of the account with as many chosen replies; with pictures on each day’s first one where asked for. */
async function published(t: Test, { pictures = false } = {}): Promise<string> {
  const { app, db, deps } = await testApp(t, { mode: 'live', at: '2026-11-13T19:00:00Z' })
  const portrait = await kept('#c99a4a', 600, 600)
  const shown = pictures ? await Promise.all(DAYS.map((_, day) => kept(`#${day + 1}a6b62`, 1600, 1000))) : []
  await ruthsWeek(db, { policy: { publishRecap: true }, portrait: pictures ? portrait : null })
  await said(
    db,
    Array.from({ length: 60 }, (_, index): Saying[] => {
      const [day, hour] = [DAYS[Math.floor(index / 12)]!, 8 + ((index % 12) >> 1)]
      const when = `${day} ${hour}:${index % 2 ? '40' : '05'}`
      const hash = index % 12 === 0 ? shown[index / 12] : undefined
      const text = `Visit ${index}: the kettle, the doorstep, frost on the lane, and ${['biscuits', 'bandages', 'a dog'][index % 3]} in Hallbeck. ^RE`
      return [
        {
          id: String(1000 + index * 2),
          when,
          text,
          more: hash ? { images: [{ hash, alt: `The lane on ${day}` }] } : {},
        },
        {
          id: String(1001 + index * 2),
          when,
          by: `Neighbour ${index}`,
          text: `We saw you at number ${index}, the dog says thank you.`,
          answers: String(1000 + index * 2),
          chosen: true,
        },
      ]
    }).flat(),
  )
  const now = at('Fri 18:05')
  await closeDueWeeks(db, { now, machineNow: now, publicUrl: 'https://weeks.example' })
  return app.listen({ host: '127.0.0.1', port: 0 })

  async function kept(background: string, width: number, height: number): Promise<string> {
    const bytes = await sharp({ create: { width, height, channels: 3, background } })
      .jpeg()
      .toBuffer()
    const hash = await deps.images.keep(bytes)
    await db.write(async (tx) => {
      const image = {
        hash,
        mediaType: 'image/jpeg',
        width,
        height,
        bytes: bytes.length,
        createdAt: at('Mon 7:00'),
      }
      await tx.insert(images).values(image).onConflictDoNothing()
    })
    return hash
  }
}

const PATH = `/@NorthDaleHealth/weeks/${SLOT}`

t.test('sixty posts without pictures are a small page, and ask nobody else for anything', async (t) => {
  const origin = await published(t)
  const page = await browser.newPage(t, origin, { width: 390, height: 844 })
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  const sizes = new Map<string, number>()
  const addresses = new Map<string, string>()
  session.on('Network.requestWillBeSent', ({ requestId, request }) => addresses.set(requestId, request.url))
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) =>
    sizes.set(addresses.get(requestId)!, encodedDataLength),
  )
  await page.goto(PATH, { waitUntil: 'networkidle' })
  t.equal(await page.locator('article.post').count(), 60)
  for (const address of sizes.keys()) t.equal(new URL(address).origin, new URL(origin).origin, address)
  // A browser without a window has nowhere to show the icon, and leaves it out.
  const transferred = [...sizes].filter(([address]) => !/\.woff2$|\/icon-\w+\.svg$/.test(address))
  const bytes = transferred.reduce((sum, [, size]) => sum + size, 0)
  t.ok(bytes < 60_000, `the page and its style: ${bytes} bytes`)
  t.same(
    transferred.map(([address]) => new URL(address).pathname.replace(/-\w+\./, '.')).toSorted(),
    [PATH, '/assets/magazine.css'].toSorted(),
    'one file of HTML, one of CSS',
  )
  t.equal(await page.locator('script').count(), 0)
  t.same(await page.context().cookies(), [])
})

t.test('with pictures nothing moves while they arrive, and they fit the screen', async (t) => {
  const origin = await published(t, { pictures: true })
  for (const [width, most] of [
    [390, 480],
    [1280, 960],
  ] as const) {
    // Without the page’s own letters: when they come, lines may move a little where a device has none of their width.
    const page = await browser.newPage(t, origin, { width, height: 844, mayFail: /\.woff2$/ })
    await page.route(/\.woff2$/, (route) => route.abort())
    await page.addInitScript(() => {
      const seen = { shift: 0 }
      Object.assign(globalThis, { seen })
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) seen.shift += (entry as unknown as { value: number }).value
      }).observe({ type: 'layout-shift', buffered: true })
    })
    await page.goto(PATH, { waitUntil: 'networkidle' })
    for (const picture of await page.locator('figure.picture img').all()) {
      await picture.scrollIntoViewIfNeeded()
      const image = await picture.elementHandle()
      await page.waitForFunction((one) => (one as HTMLImageElement).naturalWidth > 0, image)
    }
    const shift = await page.evaluate(() => (globalThis as unknown as { seen: { shift: number } }).seen.shift)
    t.ok(shift < 0.01, `${width}: the layout shifts by ${shift}`)
    const shown = await page
      .locator('figure.picture img')
      .evaluateAll((all) => all.map((one) => (one as HTMLImageElement).currentSrc))
    t.ok(shown.length >= 5)
    for (const address of shown) t.match(address, new RegExp(`/${most}\\.avif$`), `${width}: ${address}`)
  }
})

t.test('everybody can read it: in both schemes, narrow, on paper, and without pictures', async (t) => {
  const origin = await published(t, { pictures: true })
  for (const [width, colorScheme] of [
    [1280, 'light'],
    [390, 'dark'],
    [1280, 'dark'],
    [320, 'light'],
  ] as const) {
    const page = await browser.newPage(t, origin, { width, height: 844, colorScheme })
    await page.goto(PATH, { waitUntil: 'networkidle' })
    t.same(await violationsOf(page), [], `${width} ${colorScheme}`)
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    t.ok(sideways <= 0, `${width}: ${sideways} px to the side`)
    if (width !== 1280) continue
    t.ok((await timeAboveWords(page)) < 12, 'a post’s time stands beside its words')
    t.ok(await isPortraitBesideTitle(page), 'and the host’s picture beside the title')
  }

  const paper = await browser.newPage(t, origin, { width: 800, height: 1100 })
  await paper.goto(PATH, { waitUntil: 'networkidle' })
  await paper.emulateMedia({ media: 'print' })
  t.equal(await paper.locator('.masthead nav').isVisible(), false, 'no navigation on paper')
  t.equal(await paper.locator('.chart svg').first().isVisible(), true)
  t.equal(await paper.getByText(PATH, { exact: false }).last().isVisible(), true, 'where it stands')
  const onPaper = await paper.evaluate(() => ({
    square: getComputedStyle(document.querySelector('.five-days span')!).printColorAdjust,
    heading: getComputedStyle(document.querySelector('.chapter > .day')!).breakAfter,
    chapter: getComputedStyle(document.querySelector('.chapter')!).display,
  }))
  t.same(
    onPaper,
    { square: 'exact', heading: 'avoid', chapter: 'block' },
    'no heading stands alone at the foot, and the days are filled in',
  )
  t.ok((await paper.pdf({ format: 'A4' })).length > 10_000)

  const without = await browser.newPage(t, origin, { mayFail: /\/pictures\// })
  await without.route('**/pictures/**', (route) => route.abort())
  await without.goto(PATH, { waitUntil: 'networkidle' })
  t.equal(
    await without.getByRole('img', { name: 'The lane on Tue' }).first().isVisible(),
    true,
    'its description stands',
  )
  t.equal(await without.getByText('Visit 12:').first().isVisible(), true)
})

/** How many pixels higher a post’s time begins than its words. */
function timeAboveWords(page: Page): Promise<number> {
  return page
    .locator('.post')
    .first()
    .evaluate(
      (post) =>
        post.querySelector('blockquote')!.getBoundingClientRect().top -
        post.querySelector('.post-time')!.getBoundingClientRect().top,
    )
}

function isPortraitBesideTitle(page: Page): Promise<boolean> {
  return page.locator('.opening').evaluate((opening) => {
    const [portrait, title] = ['.portrait', 'h1'].map((one) =>
      opening.querySelector(one)!.getBoundingClientRect(),
    )
    return portrait!.right < title!.left
  })
}
