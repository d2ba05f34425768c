import type { Page } from 'playwright-core'
import t from 'tap'
import { pullBrake } from '../../src/publishing/brake.ts'
import { findActor } from '../../src/rota/powers.ts'
import { testApp } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { holdScripts, openBrowser, serve, signInPage } from '../support/browser.ts'
import { ACCOUNT, anAccount, LEAD } from '../support/story.ts'

const browser = await openBrowser(t)

t.test('a new time that is typed is chosen, also before the page’s script has come', async (t) => {
  const world = await testApp(t)
  const { db, clock, deps } = world
  clock.moveTo(new Date('2026-11-18T09:00:00Z'))
  await anAccount(db, { now: clock.now() })
  const dueAt = new Date(clock.now().getTime() + 5 * 60_000)
  for (const parts of [['One'], ['Two'], ['Three']]) await approved(db, { parts, dueAt, now: clock.now() })
  await pullBrake(deps, { accountId: ACCOUNT, actor: (await findActor(db.read, LEAD.id, clock.now()))! })
  clock.pass(60)
  const origin = await serve(world)
  deps.settings.publicUrl = () => origin
  const page = await browser.newPage(t, origin)
  await signInPage(page, world, LEAD.email)

  const letCome = await holdScripts(page)
  await page.goto(`/accounts/${ACCOUNT}/brake/release`, { waitUntil: 'commit' })
  const [one, two, three] = ['One', 'Two', 'Three'].map((text) => post(page, text))
  await one!.getByLabel('New time', { exact: true }).fill('11:00')
  await two!.getByLabel('New day').fill('2026-11-19')
  letCome()
  await page.getByRole('button', { name: /and send 2$/ }).waitFor()
  for (const chosen of [one!, two!]) t.equal(await choice(chosen), 'time')
  t.not(await choice(three!), 'time', 'what nobody touched')
  t.equal(await one!.getByLabel('New time', { exact: true }).inputValue(), '11:00')

  await three!.getByLabel('New day').fill('2026-11-19')
  t.equal(await choice(three!), 'time')
  await page.getByRole('button', { name: /and send 3$/ }).waitFor()
  await one!.locator('input[value="stay"]').check()
  t.equal(await one!.getByLabel('New time', { exact: true }).inputValue(), '', 'another choice empties it')
})

const post = (page: Page, text: string) =>
  page.locator('.held-post').filter({ has: page.locator('.as-posted').getByText(text, { exact: true }) })

const choice = (of: ReturnType<typeof post>) =>
  of.locator('input[type="radio"]:checked').getAttribute('value')
