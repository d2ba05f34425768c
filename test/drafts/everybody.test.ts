import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import t from 'tap'
import { findDraft } from '../../src/drafts/store.ts'
import { testApp } from '../support/app.ts'
import { violationsOf } from '../support/axe.ts'
import { openBrowser, serve, signInPage } from '../support/browser.ts'
import { ACCOUNT, anAccount, LEAD } from '../support/story.ts'
import { JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'

const NEW = `/drafts/new?week=${WEEK}`
const browser = await openBrowser(t)

async function aGif() {
  const frame = sharp({ create: { width: 60, height: 40, channels: 3, background: '#0b6e69' } })
  const frames = [await frame.png().toBuffer(), await frame.negate().png().toBuffer()]
  return sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer()
}

t.test('a GIF that plays, two polls side by side, their history, another time and a gap', async (t) => {
  const world = await testApp(t)
  const { db } = world
  await anAccount(db, { now: new Date('2026-10-01T09:00:00Z') })
  await josephsWeek(db)
  const origin = await serve(world)
  world.deps.settings.publicUrl = () => origin
  const joseph = await world.visitor(JOSEPH.email)
  const [moving, asking] = [randomUUID(), randomUUID()]
  const gif = { 'part-1-image': { name: 'tour.gif', bytes: await aGif() } }
  const fields = { week: WEEK, 'part-1-text': 'The tour.', when: 'soon', do: 'save' }
  await joseph.upload(NEW, '/drafts', { ...fields, id: moving, 'part-1-alt': 'Two doors' }, gif)
  const poll = { ...fields, 'part-1-poll-1': 'Light', 'part-1-poll-2': 'Heavy', 'part-1-poll-length': '1' }
  await joseph.post(NEW, '/drafts', { ...poll, 'part-1-poll-unit': 'days', id: asking })

  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage(t, origin, { width: 320, colorScheme })
    const check = async (what: string, at: Page = page) => {
      await at.waitForLoadState('networkidle')
      t.same(await violationsOf(at), [], `${what}, ${colorScheme}`)
      const wide = await at.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      t.ok(wide <= 0, `${what} does not scroll sideways`)
    }
    await signInPage(page, world, JOSEPH.email)
    await page.goto(`/drafts/${moving}`)
    await check('a GIF')
    await page.locator('[data-preview]').getByText('Play the GIF').click()
    await check('a GIF that plays')
    const path = `/drafts/${asking}`
    await page.goto(`${path}/time`)
    await check('another time')
    await page.goto(path)
    await page.locator('form[data-works]').waitFor()
    const { version } = (await findDraft(db.read, asking))!
    const theirs = { ...poll, 'part-1-poll-unit': 'hours', 'part-1-poll-2': `Heavy, ${colorScheme}` }
    await joseph.post(path, path, { ...theirs, version: String(version) })
    await page.locator('#part-1-text').fill('The tour, once more.')
    await page.getByRole('button', { name: 'Save the draft' }).click()
    await page.getByRole('heading', { name: 'You were here already' }).waitFor()
    await check('two polls')
    await page.goto(`${path}/history`)
    await check('what became of a poll')

    const lead = await browser.newPage(t, origin, { width: 320, colorScheme })
    await signInPage(lead, world, LEAD.email)
    await lead.goto(`/accounts/${ACCOUNT}/slots/2026-11-23/days`)
    await check('a gap', lead)
  }
})
