import t from 'tap'
import { comeIn, look } from '../support/looks.ts'

t.test('a draft is moved in the plan by dragging it, and by keyboard alone', async (t) => {
  const host = await comeIn(t, /^Joseph Adeyemi/)
  await host.goto('/drafts/new')
  await host.locator('textarea.part-text').first().fill('A word about the night porters.')
  await host.getByRole('button', { name: 'Save the draft' }).click()
  await host.waitForURL(/\/drafts\/[\w-]+$/)
  // All of the plan at once: the mouse only reaches what is to be seen.
  await host.setViewportSize({ width: 1280, height: 6000 })
  await host.goto('/today')
  const item = () => host.locator('[data-draft]', { hasText: 'night porters' })
  const said = host.locator('[data-plan-said]')

  const free = host.locator('[data-to]').last()
  const to = (await free.getAttribute('data-to'))!
  await item().scrollIntoViewIfNeeded()
  const grip = (await item().locator('[data-grip]').boundingBox())!
  const place = (await free.boundingBox())!
  await host.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2)
  await host.mouse.down()
  await host.mouse.move(place.x + place.width / 2, place.y + place.height / 2, { steps: 5 })
  t.equal(await host.locator('[data-target]').getAttribute('data-to'), to, 'where it would go is marked')
  await host.mouse.up()
  await said.getByText('stands at').waitFor()
  t.equal(await item().locator('time').first().getAttribute('datetime'), to)
  t.equal(new URL(host.url()).pathname, '/today', 'in place')

  // By keyboard the focus stays with what was moved, and the list offers the other free times.
  t.equal(
    await host.evaluate(() => document.activeElement?.getAttribute('aria-label')),
    'Move: A word about the night porters.',
  )
  await host.keyboard.press('Enter')
  await host.keyboard.press('Tab')
  const chosen = await item().locator('select').inputValue()
  t.not(chosen, to)
  await host.keyboard.press('Tab')
  await host.keyboard.press('Enter')
  await host.locator(`[data-draft] time[datetime="${chosen}"]`).waitFor()
  t.match(await said.textContent(), '“A word about the night porters.” stands at')
  await item().locator('summary').click()
  await look(t, host, 'a draft to be moved')

  // What is wrong is said on the page for it.
  await item().getByRole('link', { name: 'Another time' }).click()
  await host.getByLabel('Day').fill('2001-01-01')
  await host.getByRole('button', { name: 'Move it', exact: true }).last().click()
  await host.getByText('One thing to put right').waitFor()
  await look(t, host, 'a time that is outside the week')
})
