import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { fontsCame, startBrowser } from './browser.ts'
import { startDemoServer } from './server.ts'

/** `npm run pictures`: takes the README's pictures anew, of the demo as it looks now. */

const folder = join(import.meta.dirname, '../../.github/pictures')
const DESK = { width: 1280, height: 860 }
const PHONE = { width: 390, height: 780 }

const endings: (() => unknown)[] = []
const started = {
  teardown: (ending: () => unknown) => void endings.push(ending),
  fail: (message: unknown) => {
    throw new Error(String(message))
  },
}
const browser = await startBrowser()
endings.push(() => browser.close())
try {
  mkdirSync(folder, { recursive: true })
  const { origin, link } = await startDemoServer(started)
  const follower = await open(DESK)
  await follower.goto('/@NorthDaleHealth/recaps')
  await follower.locator('main a[href*="/weeks/"]').first().click()
  await take(follower, 'recap')
  const lead = await open(DESK)
  await signIn(lead, 'Helen Marsh')
  await take(lead, 'desk')
  const host = await open(PHONE)
  await signIn(host, 'Joseph Adeyemi')
  await take(host, 'phone')

  function open(viewport: { width: number; height: number }): Promise<Page> {
    return browser.newPage({ baseURL: origin, viewport, locale: 'en-GB', reducedMotion: 'reduce' })
  }

  async function signIn(page: Page, name: string): Promise<void> {
    await page.goto(link(name))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/today')
  }
} finally {
  for (const end of endings.toReversed()) await end()
}

async function take(page: Page, name: string): Promise<void> {
  await fontsCame(page)
  await page.waitForLoadState('networkidle')
  const { size } = await sharp(await page.screenshot())
    .png({ palette: true, effort: 10 })
    .toFile(join(folder, `${name}.png`))
  console.log(`${name}.png: ${Math.round(size / 1024)} kB`)
}
