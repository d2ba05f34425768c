import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import type { Test } from 'tap'
import { makeSignInLink } from '../../src/people/sign-in.ts'
import type { TestApp } from './app.ts'
import { inTime, PATIENCE } from './in-time.ts'

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

const CLOSED_NETWORK = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
]

const HELP = 'Install Chromium or Chrome, or name one in BROWSER_PATH.'

export interface PageOptions {
  /** In CSS pixels. */
  width?: number
  height?: number
  colorScheme?: 'light' | 'dark'
  javaScript?: boolean
  /** A phone or tablet, with fingers on its screen. */
  touch?: boolean
  /** Addresses of requests whose failing is what the test is about: the browser's own word on them is no error then. */
  mayFail?: RegExp
}

/** The part of a test that a page fails and ends with. */
type Watched = Pick<Test, 'fail' | 'teardown'>

export interface OpenBrowser {
  /**
   * A page with cookies of its own. The test fails on an error in the console or the page, and on any request to another
   * host than `origin`'s; so it does on those of the pages that are opened beside it. A document's own status, such as 422, is the test's to assert.
   */
  newPage(t: Watched, origin: string, options?: PageOptions): Promise<Page>
}

/** One browser for a test file. @throws Error, in one line that says what to do, when there is none or none starts. */
export async function openBrowser(t: Test): Promise<OpenBrowser> {
  const browser = await startBrowser()
  t.teardown(() => inTime('the browser to close', browser.close()))
  return { newPage: (test, origin, options) => newPage(browser, test, origin, options) }
}

/** @throws Error, in one line that says what to do, when there is none or none starts. */
export async function startBrowser(): Promise<Browser> {
  const places = await findBrowsers()
  for (const place of places.slice(0, -1)) {
    const browser = await launch(place).catch(() => null)
    if (browser) return browser
  }
  return launch(places.at(-1)!)
}

/**
 * The one that is named, or else, best first: the one of the npm package, which has no window to draw and takes half the
 * processor time of the others, and those in the usual places.
 *
 * @throws Error when BROWSER_PATH names nothing, or there is no browser at all.
 */
export async function findBrowsers(
  env: NodeJS.ProcessEnv = process.env,
  exists: (path: string) => boolean = existsSync,
  packed: () => Promise<string[]> = unpackBrowser,
): Promise<string[]> {
  const named = env['BROWSER_PATH']
  if (named && !exists(named)) throw inOneLine(`There is nothing at BROWSER_PATH=${named}. ${HELP}`)
  const found = named ? [named] : [...(await packed()), ...USUAL_PLACES.filter(exists)]
  if (found.length > 0) return found
  throw inOneLine(`The tests of pages need a browser, and there is none in the usual places. ${HELP}`)
}

/**
 * The Chromium of the npm package, which has one for Linux on x64 alone. It unpacks into the system's temporary folder, where
 * two test files would collide.
 */
async function unpackBrowser(): Promise<string[]> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return []
  const folder = join(import.meta.dirname, '../../node_modules/.browser')
  if (!existsSync(folder)) {
    const { default: packed } = await import('@sparticuz/chromium')
    const before = process.env['TMPDIR']
    const unpacking = mkdtempSync(`${folder}-`)
    process.env['TMPDIR'] = unpacking
    try {
      await packed.executablePath()
    } finally {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
    }
    try {
      renameSync(unpacking, folder)
    } catch {
      rmSync(unpacking, { recursive: true }) // another test file was faster
    }
  }
  return [join(folder, 'chromium')]
}

/** @throws Error in one line when it does not start. */
export async function launch(executablePath: string): Promise<Browser> {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  try {
    return await chromium.launch({ executablePath, args: [...CLOSED_NETWORK, ...asRoot] })
  } catch (error) {
    const missing = /(lib\S+?): cannot open shared object file/.exec(String(error))?.[1]
    const cause = missing
      ? `${missing} is missing: apt-get install libnss3 libnspr4`
      : String(error).includes('Permission denied')
        ? 'it may not be run'
        : 'it ended at once'
    throw inOneLine(`The browser ${executablePath} does not start (${cause}). ${HELP}`)
  }
}

async function newPage(
  browser: Browser,
  t: Watched,
  origin: string,
  {
    width = 1280,
    height = 900,
    colorScheme = 'light',
    javaScript = true,
    touch = false,
    mayFail,
  }: PageOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width, height },
    colorScheme,
    javaScriptEnabled: javaScript,
    hasTouch: touch,
    isMobile: touch,
    locale: 'en-GB',
    timezoneId: 'Europe/London',
  })
  let open = true
  t.teardown(async () => {
    open = false
    await inTime('the browser to let go of its pages', context.close())
  })
  context.setDefaultTimeout(PATIENCE)
  const fail = (what: string) => {
    if (open) t.fail(what)
  }
  context.on('page', (page) => watch(page, { fail, origin, mayFail }))
  return context.newPage()
}

/** What must not happen on any page, whoever opened it. */
function watch(
  page: Page,
  { fail, origin, mayFail }: { fail: (what: string) => void; origin: string; mayFail: RegExp | undefined },
): void {
  const documents = new Set<string>()
  page.on('response', (response) => {
    if (response.request().isNavigationRequest()) documents.add(response.url())
  })
  page.on('console', (message) => {
    const { url } = message.location()
    const ofDocument = message.text().startsWith('Failed to load resource') && documents.has(url)
    const expected = message.text().startsWith('Failed to load resource') && mayFail?.test(url)
    if (message.type() === 'error' && !ofDocument && !expected)
      fail(`console error at ${url}: ${message.text()}`)
  })
  page.on('pageerror', (error) => fail(`error in the page: ${error.message}`))
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (/^https?:$/.test(url.protocol) && url.origin !== origin)
      fail(`a request to another host: ${request.url()}`)
  })
}

/** Keeps the page’s scripts on their way, all or those of this name, until what it returns lets them come. */
export async function holdScripts(page: Page, name = ''): Promise<() => void> {
  let letCome = () => {}
  const mayCome = new Promise<void>((resolve) => (letCome = resolve))
  await page.route(new RegExp(`/assets/${name}[^/]*\\.js$`), async (route) => {
    await mayCome
    await route.continue()
  })
  return letCome
}

/** Until all of a page’s words stand in the letters they stay in. */
export async function fontsCame(page: Page): Promise<void> {
  await inTime(
    'the fonts',
    page.evaluate(() => document.fonts.ready.then(() => undefined)),
  )
}

/** Lets the app listen on a port of its own. Gives its origin. */
export async function serve({ app }: TestApp): Promise<string> {
  return app.listen({ host: '127.0.0.1', port: 0 })
}

/** Signs a page in as the person with this address, through the button of a link. */
export async function signInPage(page: Page, { db, clock }: TestApp, email: string): Promise<void> {
  await page.goto(await makeSignInLink(db, { email, publicUrl: '', machineNow: clock.machine() }))
  await page.locator('main form button[type=submit]').click()
  await page.waitForURL(/\/today/)
}

function inOneLine(message: string): Error {
  const error = new Error(message)
  error.stack = message
  return error
}
