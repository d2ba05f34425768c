import { eq } from 'drizzle-orm'
import t from 'tap'
import { deliveries } from '../../src/db/schema/index.ts'
import { testApp } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { violationsOf } from '../support/axe.ts'
import { openBrowser, serve, signInPage } from '../support/browser.ts'
import { OWN_USER } from '../support/network.ts'
import { anAccount, LEAD } from '../support/story.ts'
import { josephsWeek, WEEK } from '../support/submitted.ts'

const browser = await openBrowser(t)
const PARTS = ['What a bed weighs: more than you think.', 'And who pushes it.', 'And where to.']

t.test('taking down a broken thread on a phone, without JavaScript', async (t) => {
  const world = await testApp(t)
  const { db, clock } = world
  await anAccount(db, { now: clock.now() })
  await josephsWeek(db)
  const origin = await serve(world)
  world.deps.settings.publicUrl = () => origin
  const { draftId, deliveries: parts } = await approved(db, {
    parts: PARTS,
    dueAt: clock.now(),
    now: clock.now(),
    weekId: WEEK,
    hosted: true,
    networkUserId: OWN_USER.id,
  })
  const states = ['posted', 'posted', 'failed'] as const
  await db.write(async (tx) => {
    for (const [at, { id }] of parts.entries()) {
      const state = states[at]!
      const stands =
        state === 'posted' ? { networkId: `50${at}`, postedAt: clock.now() } : { trouble: 'X said no.' }
      await tx
        .update(deliveries)
        .set({ state, ...stands })
        .where(eq(deliveries.id, id))
    }
  })
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage(t, origin, { width: 390, height: 844, colorScheme })
    await signInPage(page, world, LEAD.email)
    const removal = `/deliveries/${parts[0]!.id}/removal?scope=thread`
    for (const url of [`/drafts/${draftId}`, `/deliveries/${parts[0]!.id}`, removal]) {
      await page.goto(url)
      t.same(await violationsOf(page), [], `${url}, ${colorScheme}`)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      t.ok(wide <= 0, `${url} does not scroll sideways`)
    }
  }

  const page = await browser.newPage(t, origin, { width: 390, height: 844, javaScript: false })
  await signInPage(page, world, LEAD.email)
  await page.goto(`/drafts/${draftId}`)
  const main = page.locator('main')
  await main.getByText('Parts one and two stand and part three did not go out.').waitFor()
  await main.getByRole('link', { name: 'Take down what stands' }).click()
  await main.getByText('Two parts go. One that has not gone out is cancelled.').waitFor()
  await main.getByRole('button', { name: 'Take it down' }).click()
  await main.getByRole('link', { name: 'Say why' }).waitFor()
  t.equal(
    await main.getByRole('radio', { name: /All of the thread/ }).isChecked(),
    true,
    'the choice is kept',
  )
  await main.getByLabel('Why?').fill('It says which ward.')
  await main.getByRole('button', { name: 'Take it down' }).click()
  await page.getByText('Two parts are off our pages').waitFor()
  await main.getByText('Being taken down').first().waitFor()
  await main.getByText('by Helen Marsh. “It says which ward.”').waitFor()
  const now = (await db.read.select().from(deliveries)).toSorted((a, b) => a.position - b.position)
  t.same(
    now.map(({ state }) => state),
    ['removing', 'removing', 'cancelled'],
  )
})
