import { eq } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { deliveries, drafts } from '../../src/db/schema/index.ts'
import { testApp } from '../support/app.ts'
import { approved } from '../support/approved.ts'
import { openBrowser, serve, signInPage } from '../support/browser.ts'
import { until } from '../support/in-time.ts'
import { anAccount, APPROVER } from '../support/story.ts'
import { aSubmittedDraft, josephsWeek } from '../support/submitted.ts'

const browser = await openBrowser(t)

t.test('the queue becomes another one under the hands of who works in it, and nothing is lost', async (t) => {
  const { db, page, look } = await queueOfTwo(t)
  await page.goto('/queue')
  await look() // by the address of the draft that is read
  t.equal(await look(), 304, 'nothing is new')

  await page.getByText('Comment on the text, or suggest other words').click()
  await page.getByLabel('What you want to say').fill('About the text')
  const comment = page.getByLabel('Comment for Joseph')
  await comment.fill('Say which')
  await comment.press('ArrowLeft')
  await aSubmittedDraft(db, { id: 'zero', text: 'Draft zero', wishedAt: '2026-11-18T12:00:00Z' })
  await look()
  await page.locator('.queue-list').getByText('Draft zero').waitFor()
  t.equal(await page.locator('.queue-list li').count(), 3)
  t.match(await page.title(), /^Queue, 3/)
  t.equal(await page.locator('[data-announce]').textContent(), 'One more draft waits for a decision.')
  t.match(
    await page.locator('.as-posted').textContent(),
    /Draft one/,
    'what is read stays, though another is on top',
  )
  await page.keyboard.type('!')
  t.equal(await comment.inputValue(), 'Say whic!h', 'typed where the cursor stood')
  t.equal(await page.getByLabel('What you want to say').inputValue(), 'About the text', 'in what was opened')

  await page.locator('#item-title').click()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys of the queue' }).waitFor()
  await db.write((tx) =>
    tx
      .update(drafts)
      .set({ content: { parts: [{ text: 'Other words', images: [] }] }, version: 5 })
      .where(eq(drafts.id, 'one')),
  )
  await look()
  await page.locator('.queue-list').getByText('Other words').waitFor()
  t.ok(
    await page.getByRole('dialog', { name: 'Keys of the queue' }).isVisible(),
    'what was opened stays open',
  )
  await page.keyboard.press('Escape')
  t.match(await page.locator('.as-posted').textContent(), /Draft one/, 'what is read is not swapped')
  await page.getByText('Somebody changed or decided this draft while you were reading it.').waitFor()
  await page.locator('.queue-item h2').click()
  await page.keyboard.press('a')
  await page.getByText('This draft changed while you were reading it. Nothing was decided.').waitFor()
  t.match(await page.locator('.as-posted').textContent(), /Other words/)

  await page.goto('/queue?draft=two')
  await page.locator('.queue-list a[aria-current]').focus()
  await db.write((tx) => tx.update(drafts).set({ state: 'writing' }).where(eq(drafts.id, 'zero')))
  await look()
  await page.getByText('Draft zero').waitFor({ state: 'detached' })
  t.equal(
    await page.evaluate(() => document.activeElement?.getAttribute('href')),
    '/queue?draft=two',
    'the focus is where it was',
  )
  await page.keyboard.press('k')
  await page.locator('.as-posted').getByText('Other words').waitFor()
})

t.test('several that are read together stay as they are read, with what was chosen and typed', async (t) => {
  const { db, page, look } = await queueOfTwo(t)
  await page.goto('/queue/together')
  await page.locator('#draft-one').getByText('Choose this one').click()
  await page.getByLabel('A comment on all that you chose').fill('Thank you')
  await aSubmittedDraft(db, { id: 'zero', text: 'Draft zero', wishedAt: '2026-11-18T12:00:00Z' })
  await look()
  await page.getByText('Draft zero').first().waitFor()
  t.same(
    await page.locator('.together > ol > li').evaluateAll((all) => all.map(({ id }) => id)),
    ['draft-zero', 'draft-one', 'draft-two'],
    'what is wanted first is on top',
  )
  t.ok(await page.locator('#draft-one input[name=draft]').isChecked())
  t.notOk(await page.locator('#draft-zero input[name=draft]').isChecked())
  t.equal(await page.locator('[data-chosen-count]').textContent(), '1 chosen')
  t.equal(await page.getByLabel('A comment on all that you chose').inputValue(), 'Thank you')
  t.equal(await page.locator('[data-announce]').textContent(), 'One more draft waits for a decision.')

  await db.write((tx) =>
    tx
      .update(drafts)
      .set({ content: { parts: [{ text: 'Other words', images: [] }] }, version: 5 })
      .where(eq(drafts.id, 'one')),
  )
  await look()
  await page.locator('#draft-one').getByText('while you were reading it').waitFor()
  t.match(await page.locator('#draft-one .as-posted').textContent(), /Draft one/, 'it is not swapped')
  await page.waitForTimeout(800) // as long as anybody needs to see it
  await page.getByRole('button', { name: /Approve the chosen/ }).click()
  await page.locator('#draft-one .field-error').waitFor()
  t.match(await page.locator('#draft-one .as-posted').textContent(), /Other words/)
})

t.test(
  'a button that has moved at this moment is not pressed by the finger that meant another one',
  async (t) => {
    const world = await testApp(t)
    const { db, clock } = world
    await anAccount(db, { now: new Date('2026-10-01T09:00:00Z') })
    const origin = await serve(world)
    world.deps.settings.publicUrl = () => origin
    const { deliveries: parts } = await approved(db, {
      parts: ['Did it go?'],
      dueAt: clock.now(),
      now: clock.now(),
    })
    const { id } = parts[0]!
    const change = async (to: Partial<typeof deliveries.$inferInsert>) =>
      db.write(async (tx) => void (await tx.update(deliveries).set(to).where(eq(deliveries.id, id))))
    await change({ state: 'held', heldReason: 'late' })
    const page = await browser.newPage(t, origin)
    await signInPage(page, world, APPROVER.email)
    await page.goto(`/deliveries/${id}`)
    const cancel = page.getByRole('button', { name: 'Cancel it' })
    await cancel.waitFor()
    await page.evaluate(() =>
      document.addEventListener('refreshed', () => {
        const form = document.querySelector('form[action$="/cancellation"]')
        form
          ?.querySelector('button')
          ?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, detail: 1 }))
      }),
    )
    await change({ state: 'failed', heldReason: null, version: 9, trouble: 'X said no to it. '.repeat(40) })
    t.equal(await lookAgain(page), 200)
    await page.getByText('X said no to it.').first().waitFor()
    await page.waitForTimeout(1500)
    t.equal((await db.read.select().from(deliveries))[0]!.state, 'failed')
    await cancel.click()
    const cancelled = async () => (await db.read.select().from(deliveries))[0]!.state === 'cancelled'
    await until(t, 'a moment later it is', cancelled)
  },
)

/** An approver, and two drafts that wait. */
async function queueOfTwo(t: Test) {
  const world = await testApp(t)
  const { db } = world
  await anAccount(db, { now: new Date('2026-10-01T09:00:00Z') })
  await josephsWeek(db)
  const origin = await serve(world)
  world.deps.settings.publicUrl = () => origin
  await aSubmittedDraft(db, { id: 'one', text: 'Draft one', wishedAt: '2026-11-18T12:30:00Z' })
  await aSubmittedDraft(db, { id: 'two', text: 'Draft two', wishedAt: '2026-11-18T13:30:00Z' })
  const page = await browser.newPage(t, origin)
  await signInPage(page, world, APPROVER.email)
  return { db, page, look: () => lookAgain(page) }
}

/** The page looks whether it is another one, as after twenty seconds: anew where it was busy still with the look before. */
async function lookAgain(page: Page): Promise<number> {
  for (let tries = 0; tries < 30; tries += 1) {
    const answered = page
      .waitForResponse((response) => response.request().headers()['x-quiet'] === '1', { timeout: 2000 })
      .catch(() => null)
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    const answer = await answered
    if (answer) return answer.status()
  }
  throw new Error(`${page.url()} was told 30 times to look, and did not.`)
}
