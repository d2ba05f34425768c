import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { comeIn, look, send, visit } from '../support/looks.ts'

const TALK = '/weeks/demo-week-0/conversation'
const LIVE = '/weeks/demo-week-0/live'

/** Unfolds everything on the page that is folded. */
async function unfold(page: Page): Promise<void> {
  await page
    .locator('main details')
    .evaluateAll((all) => all.forEach((one) => ((one as HTMLDetailsElement).open = true)))
}

/** What a thumb presses is large enough for it. */
async function fitsThumb(t: Test, page: Page, what: string): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 })
  const small = await page.locator(what).evaluateAll((all) =>
    all.flatMap((one) => {
      const { width, height } = one.getBoundingClientRect()
      return width > 0 && (height < 44 || width < 44)
        ? [`${one.textContent?.trim()}: ${width} × ${height}`]
        : []
    }),
  )
  t.same(small, [], `${new URL(page.url()).pathname}: room for a thumb`)
}

t.test('the conversation, unfolded and refused, as its host and as the desk', async (t) => {
  const host = await comeIn(t, /^Joseph Adeyemi/)
  await host.goto(TALK)
  await unfold(host)
  await look(t, host, 'all unfolded')
  await fitsThumb(t, host, '.conversation button, .conversation a.button, .conversation summary')
  await host.goto(TALK)
  await host.getByText('I need help with this').first().click()
  const note = host.getByLabel('What worries you?').first()
  await note.evaluate((field) => field.removeAttribute('maxlength'))
  await note.fill('x'.repeat(501))
  await send(host, /^Ask for help/)
  await look(t, host, 'a note that is too long')

  const approver = await comeIn(t, /^Owen Price/)
  await approver.goto(TALK)
  await unfold(approver)
  await look(t, approver, 'all unfolded')
  await visit(t, approver, `${TALK}?show=hidden`)
  await approver.getByRole('link', { name: 'Open it' }).click()
  await approver.getByRole('heading', { level: 1, name: /^Help with a reply/ }).waitFor()
  await look(t, approver, 'closed')
  await host.goto(TALK)
  await host.getByText('I need help with this').first().click()
  await send(host, /^Ask for help/)
  await visit(t, host, TALK)
  await approver.goto('/today')
  await approver.getByRole('link', { name: 'Open it' }).first().click()
  await look(t, approver, 'open')
  await send(approver, /^Close/)
  await look(t, approver, 'without a word')
})

t.test('standard answers, and days away', async (t) => {
  const lead = await comeIn(t, /^Helen Marsh/)
  await lead.goto('/accounts/demo-account/answers')
  await unfold(lead)
  await look(t, lead, 'all unfolded')
  await send(lead, 'Submit for approval')
  await look(t, lead, 'a refused one')
  await lead.getByLabel('Title', { exact: true }).last().fill('Your number')
  await lead.getByLabel('Text', { exact: true }).last().fill('Ring 01632 960123, at any time.')
  await send(lead, 'Submit for approval')
  await look(t, lead, 'with what a check found')
  await visit(t, lead, '/away')
  await send(lead, 'Enter these days')
  await look(t, lead, 'refused days')
})

t.test('several decided together, and nothing chosen', async (t) => {
  const approver = await comeIn(t, /^Owen Price/)
  await visit(t, approver, '/queue/together')
  await send(approver, /^Approve the chosen/)
  await look(t, approver, 'nothing is chosen')
})

t.test('the live page, as its host and as the desk', async (t) => {
  const lead = await comeIn(t, /^Helen Marsh/)
  await lead.goto(LIVE)
  await lead.getByText('Set its times').click()
  await lead.getByLabel('Live from').fill('2001-01-01')
  await send(lead, 'Save the times')
  await look(t, lead, 'refused times')
  const today = (await lead.locator('[data-now]').getAttribute('data-now'))!.slice(0, 10)
  await lead.getByLabel('Live from').fill(today)
  await lead.getByLabel('at', { exact: true }).first().fill('10:00')
  await send(lead, 'Save the times')
  const host = await comeIn(t, /^Joseph Adeyemi/)
  await host.goto(LIVE)
  await host.getByLabel('What is happening?').fill('Ring 01632 960123.')
  await host.getByText('01632 960123 looks like a phone number.').waitFor()
  await look(t, host, 'with what a check found')
  await fitsThumb(t, host, '.live-form button, .live-form label.button')
  await host.getByRole('button', { name: 'Send it to be approved' }).click()
  await host.locator('[data-live-parts]').getByText('Waits for approval').waitFor()
  await look(t, host, 'with what was said')
  await lead.goto(LIVE)
  await look(t, lead, 'with what waits')
  await fitsThumb(t, lead, '.live-lane button')
})
