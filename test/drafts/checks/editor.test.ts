import t from 'tap'
import { checkAnswers } from '../../../src/db/schema/index.ts'
import { lookUpDue } from '../../../src/drafts/checks/look-up-due.ts'
import type { AddressAnswer } from '../../../src/networks/guarded-fetch.ts'
import { testApp } from '../../support/app.ts'
import { violationsOf } from '../../support/axe.ts'
import { testClock } from '../../support/clock.ts'
import { scriptedNetwork, testVault } from '../../support/network.ts'
import { openBrowser, serve, signInPage } from '../../support/browser.ts'
import { anAccount, LEAD } from '../../support/story.ts'
import { JOSEPH, josephsWeek, WEEK } from '../../support/submitted.ts'

const browser = await openBrowser(t)

t.test('a finding comes while typing, and is answered by keyboard with what was typed kept', async (t) => {
  const world = await testApp(t)
  await anAccount(world.db, { now: new Date('2026-10-01T09:00:00Z') })
  await josephsWeek(world.db)
  const origin = await serve(world)
  world.deps.settings.publicUrl = () => origin
  const page = await browser.newPage(t, origin, { width: 320, colorScheme: 'dark' })
  await signInPage(page, world, JOSEPH.email)
  await page.goto(`/drafts/new?week=${WEEK}`)
  const area = page.getByLabel('Text', { exact: true })
  await area.fill('The label says 943 476 5919. PLEASE READ IT FIRST. #patientsafety')
  await page.getByText('“PLEASE READ IT FIRST” is in capitals.').waitFor()
  await page.getByText('#patientsafety reads better as #PatientSafety.').waitFor()
  t.same(await violationsOf(page), [])
  t.equal(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0)

  const answer = page.getByRole('button', { name: 'It is a made-up number: 943 476 5919' })
  await answer.focus()
  await page.keyboard.press('Enter')
  await page.getByText('Joseph Adeyemi, today 10:42: “It is a made-up number.”').waitFor()
  t.match(page.url(), /\/drafts\/[0-9a-f-]{36}#checks-title$/)
  t.equal(await area.inputValue(), 'The label says 943 476 5919. PLEASE READ IT FIRST. #patientsafety')
  t.match(await world.db.read.select().from(checkAnswers), [{ kind: 'nhs-number', personId: JOSEPH.id }])

  // What the browser says while typing goes on knowing the answer.
  await area.fill('It says 943-476-5919.')
  await page.getByText('“PLEASE READ IT FIRST” is in capitals.').waitFor({ state: 'detached' })
  await page.getByText('Joseph Adeyemi, today 10:42: “It is a made-up number.”').waitFor()
  t.same(await violationsOf(page), [])
})

t.test('what a look-up brings stands beside the text while one goes on writing', async (t) => {
  const world = await testApp(t)
  await anAccount(world.db, { now: new Date('2026-10-01T09:00:00Z') })
  await josephsWeek(world.db)
  const origin = await serve(world)
  world.deps.settings.publicUrl = () => origin
  let answer: AddressAnswer = { state: 'missing', detail: 'says that there is no such page' }
  world.deps.wake.lookingUp = () =>
    void lookUpDue({ ...world.deps, vault: testVault, askAddress: async () => answer })
  const page = await browser.newPage(t, origin)
  await signInPage(page, world, JOSEPH.email)
  await page.goto(`/drafts/new?week=${WEEK}`)
  const area = page.getByLabel('Text', { exact: true })
  const saying = page.getByText('northdale.org/gone says that there is no such page.')
  await area.pressSequentially('See northdale.org/gone, ')
  await saying.waitFor()
  await page.keyboard.type('please.')
  t.equal(await area.inputValue(), 'See northdale.org/gone, please.', 'and the cursor is where it was')
  t.same(await violationsOf(page), [])

  // Somebody about to answer keeps the button under their hand.
  const button = page.getByRole('button', { name: /northdale\.org\/gone$/ }).first()
  answer = { state: 'there', detail: '' }
  await area.fill('See northdale.org/here.')
  await button.focus()
  await page.locator('[data-kept]').getByText('Saved 10:42.').waitFor()
  t.ok(await button.isVisible())
  await area.focus()
  await saying.waitFor({ state: 'detached' })
})

t.test('a lead sets what binds on a phone, and axe finds nothing', async (t) => {
  const world = await testApp(t, { network: scriptedNetwork(testClock('2026-11-18T10:42:00Z')) })
  await anAccount(world.db, { now: new Date('2026-10-01T09:00:00Z') })
  const origin = await serve(world)
  world.deps.settings.publicUrl = () => origin
  const page = await browser.newPage(t, origin, { width: 390, colorScheme: 'light' })
  await signInPage(page, world, LEAD.email)
  await page.goto('/accounts/account-north')
  await page.getByLabel('NHS numbers').selectOption('never')
  await page.getByRole('button', { name: 'Save the checks' }).click()
  await page.getByText('The checks are saved.').waitFor()
  t.equal(await page.getByLabel('NHS numbers').inputValue(), 'never')
  t.same(await violationsOf(page, '#checks'), [])
})
