import type { CDPSession, Locator, Page } from 'playwright-core'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { draftsOfWeek, findDraft } from '../../src/drafts/store.ts'
import { testApp } from '../support/app.ts'
import { openBrowser, serve, signInPage } from '../support/browser.ts'
import { anAccount } from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'

const PHONE = { width: 390, height: 844, touch: true }
/** Where a finger scrolls nothing. */
const CENTRE = { x: 200, y: 420 }
const browser = await openBrowser(t)

async function onAPhone(t: Test) {
  const world = await testApp(t)
  await anAccount(world.db, { now: new Date('2026-10-01T09:00:00Z') })
  await josephsWeek(world.db)
  const origin = await serve(world)
  world.deps.settings.publicUrl = () => origin
  const page = await browser.newPage(t, origin, PHONE)
  await signInPage(page, world, JOSEPH.email)
  return { ...world, page, finger: await aFinger(page) }
}

/** One finger on the screen, as Chromium gets it from the system. */
async function aFinger(page: Page) {
  const session: CDPSession = await page.context().newCDPSession(page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: { x: number; y: number }[]) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: points })
  let at = { x: 0, y: 0 }
  const moveTo = async (to: { x: number; y: number }, steps = 8) => {
    const from = at
    for (let step = 1; step <= steps; step++) {
      at = { x: from.x + ((to.x - from.x) * step) / steps, y: from.y + ((to.y - from.y) * step) / steps }
      await touch('touchMove', [at])
    }
  }
  return {
    moveTo,
    async down(on: { x: number; y: number }) {
      at = on
      await touch('touchStart', [at])
    },
    up: () => touch('touchEnd', []),
  }
}

async function middleOf(element: Locator) {
  const { x, y, width, height } = (await element.boundingBox())!
  return { x: x + width / 2, y: y + height / 2 }
}

const scrolled = (page: Page) => page.evaluate(() => window.scrollY)

t.test('the parts of a thread are moved by a finger, also to one that is off the screen', async (t) => {
  const { page, finger, db } = await onAPhone(t)
  await page.goto(`/drafts/new?week=${WEEK}`)
  await page.locator('form[data-works]').waitFor()
  const words = ['First', 'Second', 'Third']
  for (const [at, word] of words.entries()) {
    if (at > 0) await page.getByRole('button', { name: 'Add a part' }).tap()
    await page.locator(`#part-${at + 1}-text`).fill(word)
  }
  const grip = page.locator('[data-part="3"] .grip')
  await grip.scrollIntoViewIfNeeded()
  const { width, height } = (await grip.boundingBox())!
  t.ok(width >= 44 && height >= 44, 'room for a finger')
  const first = page.locator('[data-part="1"]')
  t.ok((await first.boundingBox())!.y < -100, 'where it is to go is out of sight')

  const before = await scrolled(page)
  await finger.down(await middleOf(grip))
  await finger.moveTo({ x: 200, y: 20 })
  await page.waitForFunction(
    () => document.querySelector('[data-part="1"]')!.getBoundingClientRect().top > 80,
  )
  t.ok((await scrolled(page)) < before, 'the page came along')
  await finger.moveTo(CENTRE)
  await finger.moveTo(await middleOf(page.locator('#part-1-text')))
  await page.locator('[data-part="1"][data-target]').waitFor()
  await finger.up()
  await page.waitForFunction(
    () => document.querySelector<HTMLTextAreaElement>('#part-1-text')?.value === 'Third',
  )
  t.same(
    await page
      .locator('.part-text')
      .evaluateAll((all) => all.map((area) => (area as HTMLTextAreaElement).value)),
    ['Third', 'First', 'Second'],
  )

  // A finger on the words scrolls the page, and moves nothing.
  await page.evaluate(() => window.scrollTo(0, 0))
  await finger.down({ x: 200, y: 700 })
  await finger.moveTo({ x: 200, y: 200 })
  await finger.up()
  await page.waitForFunction(() => window.scrollY > 200)
  t.equal(await page.locator('#part-1-text').inputValue(), 'Third')
  await page.getByRole('button', { name: 'Save the draft' }).click() // a tap would only end the fling
  await page.getByText('Saved.', { exact: true }).waitFor()
  t.same(
    (await draftsOfWeek(db.read, WEEK))[0]!.content.parts.map(({ text }) => text),
    ['Third', 'First', 'Second'],
  )
})

t.test('a phone’s camera gives a picture to a part', async (t) => {
  const { page } = await onAPhone(t)
  await page.goto(`/drafts/new?week=${WEEK}`)
  await page.locator('form[data-works]').waitFor()
  await page.getByText('Add images').tap()
  const camera = page.getByLabel('Or take a photo')
  await camera.waitFor()
  t.equal(await camera.getAttribute('capture'), 'environment')
  const photo = sharp({ create: { width: 60, height: 40, channels: 3, background: '#0b6e69' } })
  const buffer = await photo.jpeg().toBuffer()
  await camera.setInputFiles({ name: 'image.jpg', mimeType: 'image/jpeg', buffer })
  await page.getByLabel('Describe the image').fill('A corridor at night')
  t.equal(await page.locator('.as-posted .pictures img').count(), 1)
})

t.test('a draft is moved in the plan by a finger, and the plan scrolls under one', async (t) => {
  const { page, finger, db } = await onAPhone(t)
  const id = await aSubmittedDraft(db, {
    state: 'writing',
    text: 'Who is coming?',
    wishedAt: '2026-11-19T08:20:00Z',
  })
  await page.goto('/today')
  const grip = page.locator(`[data-draft="${id}"] [data-grip]`)
  await grip.scrollIntoViewIfNeeded()
  const { width, height } = (await grip.boundingBox())!
  t.ok(width >= 44 && height >= 44, 'room for a finger')
  const free = page.locator('[data-to]').last()
  const to = (await free.getAttribute('data-to'))!

  await finger.down(await middleOf(grip))
  await finger.moveTo({ x: 200, y: 830 })
  await page.waitForFunction(
    (name) =>
      document.querySelector(`[data-to="${name}"]`)!.getBoundingClientRect().bottom < innerHeight - 250,
    to,
  )
  await finger.moveTo(CENTRE)
  await finger.moveTo(await middleOf(free))
  await page.locator(`[data-to="${to}"][data-target]`).waitFor()
  await finger.up()
  await page.locator('[data-plan-said]').getByText('stands at').waitFor()
  t.same((await findDraft(db.read, id))!.wishedAt, new Date(to))

  await page.evaluate(() => window.scrollTo(0, 0))
  await finger.down({ x: 200, y: 700 })
  await finger.moveTo({ x: 200, y: 200 })
  await finger.up()
  await page.waitForFunction(() => window.scrollY > 200)
  t.same((await findDraft(db.read, id))!.wishedAt, new Date(to), 'scrolling moves no draft')
})
