import type { Page } from 'playwright-core'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { comeIn, look, send, walk } from '../support/looks.ts'

t.test('a host’s pages', async (t) => {
  const host = await comeIn(t, /^Joseph Adeyemi/)
  await walk(t, host, '/today')
  await host.goto('/today')
  await host
    .getByRole('link', { name: /^Write/ })
    .first()
    .click()
  const form = host.url()
  await host.getByText('Add images').click()
  await host.getByLabel('Images', { exact: true }).setInputFiles(await aPicture())
  await host.getByLabel('Describe the image').fill('A corridor at night.')
  await host.getByRole('button', { name: 'Add a part' }).click()
  await host.getByLabel('Text', { exact: true }).nth(1).fill('And another night.')
  await look(t, host, 'a thread')
  await host.getByLabel('At this time').check()
  await host.getByLabel('Day', { exact: true }).fill('2001-01-01')
  await send(host, 'Submit for approval')
  await look(t, host, 'everything wrong')
  await conflict(t, host, form)
  t.equal((await host.goto('/queue'))?.status(), 404)
  await look(t, host, 'not found')
})

t.test('the seven days of a practice week stand beside each other, each within its column', async (t) => {
  const host = await comeIn(t, /^Priya Nair/)
  await host.goto('/practice')
  await send(host, 'Begin to practise')
  await host.goto('/practice/desk/today')
  const days = host.locator('.plan > li')
  t.equal(await days.count(), 7)
  for (const width of [1024, 1120, 1280, 1440]) {
    await host.setViewportSize({ width, height: 900 })
    const outside = await days.evaluateAll((all) =>
      all.flatMap((day) =>
        [...day.querySelectorAll('*')]
          .filter((one) => one.getBoundingClientRect().right > day.getBoundingClientRect().right + 0.5)
          .map((one) => one.textContent),
      ),
    )
    t.same(outside, [], `at ${width} px`)
  }
})

t.test('the pages of a host who has not said yes or no yet', async (t) => {
  const host = await comeIn(t, /^Tom Garside/)
  await walk(t, host, '/today', { states: 1 })
})

/** Two tabs with one draft: the later one gets the page with both versions, and then there is a history. */
async function conflict(t: Test, host: Page, form: string): Promise<void> {
  await host.goto(form)
  await host.getByLabel('Text', { exact: true }).fill('One.')
  await send(host, 'Save the draft')
  const later = await host.context().newPage()
  await later.goto(host.url())
  await host.getByLabel('Text', { exact: true }).fill('Two.')
  await send(host, 'Save the draft')
  await later.getByLabel('Text', { exact: true }).fill('Three.')
  await send(later, 'Save the draft')
  await look(t, later, 'a conflict')
  await later.getByLabel('Take mine').check()
  await send(later, 'Save this as the draft')
  await later.getByRole('link', { name: 'How it came about' }).click()
  await look(t, later, 'three revisions')
  await later.close()
}

async function aPicture() {
  const buffer = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#234' } })
    .png()
    .toBuffer()
  return { name: 'corridor.png', mimeType: 'image/png', buffer }
}
