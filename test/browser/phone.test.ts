import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { fontsCame, openBrowser } from '../support/browser.ts'
import { startDemoServer } from '../support/server.ts'

const [browser, server] = await Promise.all([openBrowser(t), startDemoServer(t)])
const WIDTHS = [390, 320]

/** The frame over the content, in pixels: the sandbox’s line takes one line of text, the masthead one row or two. */
const ONE_LINE = 44
const ONE_ROW = 56
const TWO_ROWS = 96

t.test('on a phone the frame leaves the screen to the page, and needs no script', async (t) => {
  for (const width of WIDTHS) {
    for (const [who, first] of [
      ['Helen Marsh', 'Today'],
      ['Joseph Adeyemi', 'My week'],
    ] as const) {
      const page = await comeIn(t, who, { width, javaScript: false })
      t.ok((await heightOf(page, '.sandbox-line')) <= ONE_LINE, `${who}, ${width}: the sandbox in one line`)
      t.ok((await heightOf(page, '.masthead')) <= ONE_ROW, `${who}, ${width}: the masthead in one row`)
      t.ok(await page.getByRole('link', { name: first, exact: true }).isVisible(), `${who}: ${first}`)
      t.notOk(await page.getByRole('button', { name: 'sign out' }).isVisible(), 'the rest is folded')
    }
    const follower = await browser.newPage(t, server.origin, { width, height: 780, javaScript: false })
    await follower.goto('/@NorthDaleHealth')
    t.ok((await heightOf(follower, '.sandbox-line')) <= ONE_LINE, `a follower, ${width}: one line`)
    t.ok((await heightOf(follower, '.masthead')) <= TWO_ROWS, `a follower, ${width}: two rows`)
  }
})

t.test('on a phone the brake is one press away, without a script', async (t) => {
  for (const width of WIDTHS) {
    const page = await comeIn(t, 'Helen Marsh', { width, javaScript: false })
    const brake = page.locator('.masthead').getByRole('button', { name: 'Pull the brake' })
    const box = (await brake.boundingBox())!
    t.ok(box.height >= 44 && box.width >= 44, `${width}: there is room for a thumb`)
    t.ok(box.x >= 0 && box.x + box.width <= width && box.y + box.height <= 200, `${width}: without scrolling`)
    if (width !== WIDTHS.at(-1)) continue
    await brake.click()
    await page.getByRole('heading', { name: 'Nothing new goes out' }).waitFor()
    await page.waitForLoadState()
    t.ok(
      (await page.evaluate(() => document.documentElement.scrollWidth)) <= width,
      'nothing scrolls sideways',
    )
    const host = await comeIn(t, 'Joseph Adeyemi', { width, javaScript: false })
    t.equal(await host.getByRole('button', { name: 'Pull the brake' }).count(), 0)
  }
})

t.test('the menu opens and closes by keyboard, leads on, and signs out, without a script', async (t) => {
  const page = await comeIn(t, 'Helen Marsh', { width: 390, javaScript: false })
  const rota = page.getByRole('link', { name: 'Rota', exact: true })
  await page.getByRole('button', { name: 'Menu' }).press('Enter')
  await rota.waitFor()
  await page.keyboard.press('Escape')
  await rota.waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByRole('button', { name: 'Close' }).click()
  await rota.waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'Menu' }).click()
  for (const entry of await page.locator('#menu a, #menu button').all())
    t.ok(((await entry.boundingBox())?.height ?? 0) >= 44, `room for a thumb: ${await entry.textContent()}`)
  await rota.click()
  await page.waitForURL('**/rota')
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByRole('button', { name: 'sign out' }).click()
  await page.waitForURL(/\/sign-in|\/$/)
})

t.test('a host’s week on a phone begins with today, and the way to write stays at the thumb', async (t) => {
  for (const width of WIDTHS) {
    const page = await comeIn(t, 'Joseph Adeyemi', { width, javaScript: false })
    const write = page.getByRole('link', { name: 'Write something' })
    t.equal(await write.filter({ visible: true }).count(), 1, 'offered once')
    const { y, height } = (await write.filter({ visible: true }).boundingBox())!
    t.ok(y > 780 / 2 && y + height <= 780 && height >= 44, `${width}: in reach, at ${y}`)
    const monday = page.locator('.plan > [data-day="past"]').first()
    t.notOk(await monday.locator('.plan-item').first().isVisible(), 'days gone by are folded')
    await monday.locator('summary').click()
    await monday.locator('.plan-item').first().waitFor()
    t.ok(await page.locator('.plan > [data-day="now"] .plan-item').first().isVisible())
  }
})

t.test('a host who can’t, on a Sunday night, on a phone: three presses, and everybody is told', async (t) => {
  const page = await comeIn(t, 'Helen Marsh', { width: 390, javaScript: false })
  await page.goto('/rota/standby')
  await page.getByLabel('Name', { exact: true }).fill('Rosa Quinn')
  await page.getByLabel('E-mail').fill('rosa@northdale.example')
  await page.getByLabel('When they can').fill('Any week')
  await page.getByRole('button', { name: 'Add to the list' }).click()
  await page.goto('/rota')
  const next = page.locator('.slot[data-state="booked"]').getByRole('heading').getByRole('link').first()
  const name = (await next.textContent())!
  await next.click()
  const cant = page.getByRole('link', { name: `${name} can’t host` })
  await cant.click()
  await page.waitForLoadState()
  for (const choice of ['Call in Rosa Quinn', 'I take it over', 'Cancel the week']) {
    const box = (await page.getByRole('button', { name: choice }).boundingBox())!
    t.ok(box.height >= 44 && box.x >= 0 && box.x + box.width <= 390, `${choice}: room for a thumb`)
  }
  t.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390, 'nothing scrolls sideways')
  await page.getByRole('button', { name: 'Call in Rosa Quinn' }).click()
  t.match(
    await page.locator('.flash').textContent(),
    `Rosa Quinn instead of ${name}. Told by mail: ${name}, Rosa Quinn`,
  )
})

t.test('on a desk everything stands in one line, without a menu', async (t) => {
  const page = await comeIn(t, 'Helen Marsh', { width: 1280, javaScript: false })
  for (const name of ['Today', 'Rota', 'People', 'Account', 'Activity'])
    t.ok(await page.getByRole('link', { name, exact: true }).isVisible(), name)
  t.notOk(await page.getByRole('button', { name: 'Menu' }).isVisible())
  t.ok(await page.getByRole('button', { name: 'sign out' }).isVisible())
})

async function comeIn(t: Test, name: string, look: { width: number; javaScript: boolean }): Promise<Page> {
  const page = await browser.newPage(t, server.origin, { height: 780, ...look })
  await page.goto('/sandbox')
  await page.getByRole('button', { name }).first().click()
  await page.waitForURL('**/today')
  await fontsCame(page)
  return page
}

/** With the page's own fonts: others may take more lines, until these are there. */
async function heightOf(page: Page, part: string): Promise<number> {
  await fontsCame(page)
  return (await page.locator(part).boundingBox())?.height ?? Infinity
}
