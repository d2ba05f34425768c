import type { Locator, Page } from 'playwright-core'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { draftsOfWeek, findDraft } from '../../src/drafts/store.ts'
import { testApp } from '../support/app.ts'
import { openBrowser, serve, signInPage } from '../support/browser.ts'
import { anAccount, APPROVER, LEAD } from '../support/story.ts'
import { JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'

const NEW = `/drafts/new?week=${WEEK}`
const browser = await openBrowser(t)

/** People of the week, each at a browser without scripts; the host on a phone. */
async function withoutScript(t: Test) {
  const world = await testApp(t)
  await anAccount(world.db, { now: new Date('2026-10-01T09:00:00Z') })
  await josephsWeek(world.db)
  const origin = await serve(world)
  world.deps.settings.publicUrl = () => origin
  const comeIn = async (email: string, size = {}) => {
    const page = await browser.newPage(t, origin, { javaScript: false, ...size })
    await signInPage(page, world, email)
    return page
  }
  const partsOf = async () =>
    (await draftsOfWeek(world.db.read, WEEK))
      .find(({ state }) => state !== 'discarded')!
      .content.parts.map(({ text, images, poll }) => [text, images.map(({ alt }) => alt), poll?.options])
  return { ...world, partsOf, comeIn, host: await comeIn(JOSEPH.email, { width: 390, height: 844 }) }
}

const text = (page: Page, part: number): Locator => page.locator(`#part-${part}-text`)
const press = async (page: Page, name: string | RegExp) => {
  await page.getByRole('button', { name, exact: true }).click()
  await page.waitForLoadState()
}
const idIn = (page: Page) => new URL(page.url()).pathname.split('/')[2]!

async function picture(background: string) {
  const image = sharp({ create: { width: 60, height: 40, channels: 3, background } })
  return { name: `${background}.png`, mimeType: 'image/png', buffer: await image.png().toBuffer() }
}

async function addImage(page: Page, part: number, colour: string, alt: string): Promise<void> {
  const fields = page.locator(`[data-part="${part}"]`)
  const chooser = fields.locator(`#part-${part}-image`)
  if (!(await chooser.isVisible())) await fields.getByText(/^Add (more )?images$/).click()
  await chooser.setInputFiles(await picture(colour))
  await fields.getByLabel('Describe the first of them').fill(alt)
  await fields.getByRole('button', { name: 'Add what was chosen' }).click()
}

t.test('a thread with images and a poll, by buttons alone', async (t) => {
  const { host, partsOf } = await withoutScript(t)
  await host.goto(NEW)
  await text(host, 1).fill('Two doors before noon.\n---\nThen tea. Then the third.')
  await press(host, 'Split at sentences')
  t.equal(await text(host, 2).inputValue(), 'Then tea. Then the third.', 'where the line of dashes stood')
  await press(host, 'Split at sentences: part two')
  t.equal(await text(host, 3).inputValue(), 'Then the third.')
  await press(host, 'Move part three up')
  t.same(
    [await text(host, 2).inputValue(), await text(host, 3).inputValue()],
    ['Then the third.', 'Then tea.'],
  )
  await press(host, 'Join part one with the next')
  t.equal(await text(host, 1).inputValue(), 'Two doors before noon. Then the third.')
  await press(host, 'Add a part')
  await text(host, 3).fill('A part too many.')
  await press(host, 'Remove part three')
  t.equal(await host.locator('[data-part]').count(), 2)

  await addImage(host, 1, '#1d4e89', 'A blue door')
  await addImage(host, 1, '#a63d2f', 'A red door')
  t.equal(await host.getByLabel('Describe image 1').inputValue(), 'A blue door')
  await press(host, 'Move image 2 to an earlier place')
  t.equal(await host.getByLabel('Describe image 1').inputValue(), 'A red door')
  const second = host.locator('[data-part="2"]')
  await second.getByText('Add a poll').click()
  await second.getByLabel('Option 1').fill('Milk')
  await second.getByLabel('Option 2').fill('No milk')
  await press(host, 'Number the parts 1/2')
  await press(host, 'Submit for approval')
  await host.getByText('Waits for approval').waitFor()
  t.same(await partsOf(), [
    ['Two doors before noon. Then the third. 1/2', ['A red door', 'A blue door'], undefined],
    ['Then tea. 2/2', [], ['Milk', 'No milk']],
  ])
})

t.test('an answer to a finding, two people on one draft, its history and the way back', async (t) => {
  const { host, comeIn, partsOf, db } = await withoutScript(t)
  const lead = await comeIn(LEAD.email)
  await host.goto(NEW)
  await text(host, 1).fill('The label said 943 476 5919.')
  await press(host, 'Save the draft')
  await press(host, 'It is a made-up number: 943 476 5919')
  await host.getByText('Joseph Adeyemi, today 10:42: “It is a made-up number.”').waitFor()
  const path = `/drafts/${idIn(host)}`

  await lead.goto(path)
  await text(lead, 1).fill('The label said a number.')
  await press(lead, 'Save the draft')
  await text(host, 1).fill('The label said 943 476 5919. Nobody read it.')
  await press(host, 'Save the draft')
  await host.getByRole('heading', { name: 'Helen was faster' }).waitFor()
  await host.getByRole('group', { name: 'Or afresh' }).getByLabel('Text').fill('A label that nobody read.')
  await press(host, 'Save this as the draft')
  t.match(
    await host.getByRole('alert').innerText(),
    'Which shall it be?',
    'what was written afresh is asked about',
  )
  await host.getByLabel('Take this').check()
  await press(host, 'Save this as the draft')
  await host.getByText('Saved.', { exact: true }).waitFor()
  t.same(await partsOf(), [['A label that nobody read.', [], undefined]])

  await host.getByRole('link', { name: 'How it came about' }).click()
  await host.getByText('Three revisions').waitFor()
  await host.getByRole('link', { name: /^1 Joseph Adeyemi/ }).click()
  await host.getByRole('heading', { name: 'Revision 1' }).waitFor()
  await press(host, 'Go back to revision 1')
  await host.getByText('Revision 1 stands again, as revision 4.').waitFor()
  t.same(await partsOf(), [['The label said 943 476 5919.', [], undefined]])

  await press(host, 'Discard the draft')
  await press(host, 'Take it back')
  await host.getByText('Here it is again.').waitFor()
  t.equal((await findDraft(db.read, path.split('/')[2]!))!.state, 'writing')
})

t.test('asked for changes, changed with the words that were suggested, approved, declined', async (t) => {
  const { host, comeIn, db } = await withoutScript(t)
  const approver = await comeIn(APPROVER.email)
  const stateOf = async (id: string) => (await findDraft(db.read, id))!.state
  const begin = async (words: string) => {
    await host.goto(NEW)
    await text(host, 1).fill(words)
    await press(host, 'Submit for approval')
    await host.getByText('Waits for approval').waitFor()
    return idIn(host)
  }
  const id = await begin('Bed four, window side.')
  await approver.goto('/queue')
  await approver.getByRole('link', { name: /Bed four, window side/ }).click()
  await approver.locator('.about-part summary').click()
  await approver.getByLabel('Suggested words').fill('Bed four, at the window.')
  await press(approver, 'Send it')
  await approver.goto(`/queue?draft=${id}`)
  await approver.getByLabel(/^Comment for/).fill('Which side?')
  await press(approver, /^Ask for changes/)
  t.equal(await stateOf(id), 'changes-requested')

  await host.goto(`/drafts/${id}`)
  await host.getByText('Which side?').waitFor()
  await press(host, 'Use these words')
  t.equal(await text(host, 1).inputValue(), 'Bed four, at the window.')
  await press(host, 'Submit for approval')
  await approver.goto(`/queue?draft=${id}`)
  await press(approver, /^Approve/)
  t.equal(await stateOf(id), 'approved')
  await host.goto(`/drafts/${id}`)
  await press(host, 'Take it back and change it')
  t.equal(await stateOf(id), 'writing')

  const other = await begin('Names of everybody I saw.')
  await approver.goto(`/queue?draft=${other}`)
  await approver.getByLabel(/^Comment for/).fill('No names, please.')
  await press(approver, 'Decline')
  t.equal(await stateOf(other), 'declined')

  const several = [await begin('The first of two.'), await begin('And the second one.')]
  await approver.goto('/queue')
  await approver.getByRole('link', { name: 'Decide several together' }).click()
  for (const box of await approver.getByRole('checkbox').all()) await box.check()
  await press(approver, /^Approve/)
  t.same(await Promise.all(several.map(stateOf)), ['approved', 'approved'])
})
