import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { decisions } from '../../src/db/schema/index.ts'
import { testApp } from '../support/app.ts'
import { violationsOf } from '../support/axe.ts'
import { openBrowser, serve, signInPage } from '../support/browser.ts'
import { anAccount, APPROVER, LEAD } from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, josephsWeek } from '../support/submitted.ts'

const browser = await openBrowser(t)

/** What happened also stands behind it, in the line that is read out. */
const inMain = (page: Page) => page.getByRole('main')

/** Keys do nothing before the page’s script has come, which says so. */
const keysWork = (page: Page) => page.locator('[data-queue="keys"]').waitFor()

/** Nothing decides in the first moment after another draft was decided: a press would be about that one. */
const mayDecide = (page: Page) => page.locator('[data-key="A"]').click({ trial: true })

async function aDesk(t: Test) {
  const world = await testApp(t)
  await anAccount(world.db, { now: new Date('2026-10-01T09:00:00Z') })
  await josephsWeek(world.db)
  const origin = await serve(world)
  world.deps.settings.publicUrl = () => origin
  for (const [id, hour] of [
    ['one', '12'],
    ['two', '13'],
    ['three', '14'],
  ])
    await aSubmittedDraft(world.db, { id: id!, text: `Draft ${id}`, wishedAt: `2026-11-18T${hour}:30:00Z` })
  return { world, origin, db: world.db }
}

t.test('the queue by its keys', async (t) => {
  const { world, origin, db } = await aDesk(t)
  const page = await browser.newPage(t, origin)
  await signInPage(page, world, APPROVER.email)
  const reading = async (draft: string) => {
    await page.locator('.as-posted').getByText(`Draft ${draft} ^JA`).waitFor()
    await keysWork(page)
  }
  await page.goto('/queue')
  await reading('one')
  await page.keyboard.press('j')
  await reading('two')
  await page.keyboard.press('k')
  await reading('one')
  await page.keyboard.press('c')
  const comment = page.getByLabel('Comment for Joseph')
  t.equal(await comment.evaluate((field) => field === document.activeElement), true, 'words are needed first')
  await page.keyboard.type('Dad jokes, a lot')
  t.equal(await comment.inputValue(), 'Dad jokes, a lot', 'keys are silent while one types')
  await page.locator('#item-title').click()
  await page.keyboard.press('c')
  await inMain(page).getByText('Given back. Joseph is told what to change.').waitFor()
  await reading('two')
  await mayDecide(page)
  await page.keyboard.press('Control+a')
  await page.keyboard.press('a')
  await inMain(page).getByText('Approved. It goes out today at 13:30.').waitFor()
  await reading('three')
  await page.getByRole('button', { name: 'Turn the keys off' }).click()
  await page.keyboard.press('a')
  await page.reload()
  await page.getByRole('button', { name: 'Turn the keys on' }).waitFor()
  t.equal(await page.locator('kbd:visible').count(), 0, 'nothing speaks of keys that are off')
  t.equal((await db.read.select().from(decisions)).length, 2)
  await page.getByRole('button', { name: 'Turn the keys on' }).click()
  await page.keyboard.press('?')
  const keys = page.getByRole('dialog', { name: 'Keys of the queue' })
  await keys.waitFor()
  await page.keyboard.press('a')
  await page.keyboard.press('Escape')
  await keys.waitFor({ state: 'hidden' })
  t.equal((await db.read.select().from(decisions)).length, 2, 'no key works behind the list of keys')
  await page.keyboard.press('o')
  await page.waitForURL('**/drafts/three')
})

t.test('who presses twice has approved one draft, and not the next one unread', async (t) => {
  const { world, origin, db } = await aDesk(t)
  const page = await browser.newPage(t, origin, { width: 390, height: 844, touch: true })
  await signInPage(page, world, APPROVER.email)
  await page.goto('/queue?draft=one')
  await keysWork(page)
  t.equal(await page.locator('kbd:visible, .keys:visible').count(), 0, 'a phone is told of no keys')
  await page.getByRole('button', { name: 'Approve and read the next' }).click()
  await page.waitForURL('**/queue?draft=two')
  const decide = page.locator('#decide')
  // As soon as it stands there; `force` presses as a finger does, whatever the button is ready for.
  await decide
    .getByRole('button', { name: 'Approve and read the next' })
    .click({ force: true, noWaitAfter: true })
  await decide.evaluate((form) =>
    Promise.all(form.getAnimations({ subtree: true }).map(({ finished }) => finished)),
  )
  t.equal((await db.read.select().from(decisions)).length, 1)
  await decide.getByRole('button', { name: 'Approve and read the next' }).click()
  await page.waitForURL('**/queue?draft=three')
  t.equal((await db.read.select().from(decisions)).length, 2, 'and then it can be pressed')
})

t.test('who presses a key twice, or holds it down, has decided one draft', async (t) => {
  const { world, origin, db } = await aDesk(t)
  const page = await browser.newPage(t, origin)
  await signInPage(page, world, APPROVER.email)
  // The first moment lasts for as long as the test needs it.
  await page.addInitScript(() => {
    const moment = new CSSStyleSheet()
    moment.replaceSync('#decide > .buttons { animation-play-state: paused !important; }')
    document.adoptedStyleSheets = [moment]
  })
  const decide = page.locator('#decide')
  const momentOver = () =>
    decide.evaluate((form) => {
      document.adoptedStyleSheets = []
      return Promise.all(form.getAnimations({ subtree: true }).map(({ finished }) => finished))
    })
  const decided = async () => (await db.read.select().from(decisions)).length

  await page.goto('/queue?draft=one')
  await keysWork(page)
  await page.keyboard.press('a')
  await page.waitForURL('**/queue?draft=two')
  await keysWork(page)
  await page.keyboard.press('a')
  await page.keyboard.press('c')
  t.equal(
    await page.getByLabel('Comment for Joseph').evaluate((field) => field === document.activeElement),
    true,
    'the keys are heard',
  )
  await page.keyboard.press('Escape')
  t.equal(await decided(), 1, 'but decide nothing yet')

  await momentOver()
  await page.keyboard.down('a')
  await page.waitForURL('**/queue?draft=three')
  await keysWork(page)
  await momentOver()
  await page.keyboard.down('a')
  await page.keyboard.up('a')
  await page.locator('#item-title').focus()
  await page.keyboard.down('Enter')
  await decide.getByRole('button', { name: 'Approve' }).focus()
  await page.keyboard.down('Enter')
  await page.keyboard.up('Enter')
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys of the queue' }).waitFor()
  t.equal(await decided(), 2, 'a key that is held down repeats itself, and decides nothing by that')
})

t.test('a comment begun is there after something else was sent, and for nobody else', async (t) => {
  const { world, origin } = await aDesk(t)
  const page = await browser.newPage(t, origin, { width: 390, height: 844, touch: true })
  await signInPage(page, world, APPROVER.email)
  await page.goto('/queue?draft=one')
  await page.waitForLoadState('networkidle')
  const comment = page.getByLabel('Comment for Joseph')
  await comment.fill('Kind, but too long')
  await page.getByText(/^Comment on .*suggest other words/).click()
  await page.getByLabel('What you want to say').fill('This word')
  await page.getByRole('button', { name: 'Send it' }).click()
  await inMain(page).getByText('Sent.', { exact: true }).waitFor()
  await keysWork(page)
  t.equal(await comment.inputValue(), 'Kind, but too long')
  t.equal(await page.getByLabel('What you want to say').inputValue(), '', 'what was sent is not there again')

  await page.goto('/queue?draft=two')
  t.equal(await comment.inputValue(), '', 'it is about the one draft')
  await page.goto('/queue?draft=one')
  t.equal(await comment.inputValue(), 'Kind, but too long', 'also after another page was read')
  await page.goto('/today')
  await signInPage(page, world, LEAD.email)
  await page.goto('/queue?draft=one')
  await page.waitForLoadState('networkidle')
  t.equal(await comment.inputValue(), '', 'who signs in next in this window does not find it')

  await comment.fill('Dad jokes, a lot')
  await page.getByRole('button', { name: 'Ask for changes' }).click()
  await inMain(page).getByText('Given back. Joseph is told what to change.').waitFor()
  t.equal(
    await page.evaluate(
      () => Object.keys(sessionStorage).filter((name) => name.startsWith('unsent:')).length,
    ),
    0,
  )
})

t.test('signing out asks about a comment that is begun', async (t) => {
  const { world, origin } = await aDesk(t)
  const page = await browser.newPage(t, origin, { width: 390, height: 844, touch: true })
  const comment = page.getByLabel('Comment for Joseph')
  const question = page.getByRole('dialog', { name: 'You typed something that is not saved' })
  const kept = () =>
    page.evaluate(() =>
      [...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((name) =>
        name.includes('unsent:'),
      ),
    )
  const signOut = async () => {
    await page.getByText('Menu', { exact: true }).click()
    await page.getByRole('button', { name: 'sign out' }).click()
  }
  await signInPage(page, world, APPROVER.email)
  await page.goto('/queue?draft=one')
  await page.waitForLoadState('networkidle')
  await comment.fill('Kind, but too long')
  await signOut()
  await question.getByRole('button', { name: 'Keep it' }).click()
  await page.waitForURL(/\/sign-in$/)
  await signInPage(page, world, LEAD.email)
  await page.goto('/queue?draft=one')
  await page.waitForLoadState('networkidle')
  t.equal(await comment.inputValue(), '', 'somebody else does not find it')

  await signInPage(page, world, APPROVER.email)
  await page.goto('/queue?draft=one')
  await page.waitForLoadState('networkidle')
  t.equal(await comment.inputValue(), 'Kind, but too long')
  await page.goto('/today')
  await page.waitForLoadState('networkidle')
  await signOut()
  await question.getByRole('button', { name: 'Throw it away' }).click()
  await page.waitForURL(/\/sign-in$/)
  t.same(await kept(), [], 'also what was begun on another page')
})

t.test(
  'all of deciding by keyboard alone: the focus goes on with the next draft, and what happened is said',
  async (t) => {
    const { world, origin, db } = await aDesk(t)
    const page = await browser.newPage(t, origin)
    await signInPage(page, world, APPROVER.email)
    const focused = () =>
      page.evaluate(() => {
        const { activeElement: at } = document
        return at?.matches(':focus-visible') ? (at.id || at.textContent || '').trim() : 'nothing that is seen'
      })
    /** Goes on by Tab until the focus stands on what is called so. */
    const tabTo = async (name: string | RegExp) => {
      for (let tabs = 0; tabs < 60; tabs += 1) {
        await page.keyboard.press('Tab')
        const there = await focused()
        if (typeof name === 'string' ? there === name : name.test(there))
          return t.pass(`Tab leads to ${there}`)
      }
      return t.fail(`Tab does not lead to ${String(name)}`)
    }
    const heading = async (time: string) => {
      await page.getByRole('heading', { name: `Joseph Adeyemi, for today at ${time}` }).waitFor()
      await keysWork(page)
    }
    const spoken = (words: string) => page.locator('[data-announce]').getByText(words).waitFor()
    const decided = async (words: string, next: string) => {
      await heading(next)
      t.equal(await focused(), 'item-title', `on the next draft, ${next}`)
      await spoken(words)
    }

    await tabTo(/^Queue/)
    await page.keyboard.press('Enter')
    await heading('12:30')
    await page.keyboard.press('j')
    await heading('13:30')
    t.equal(await focused(), 'item-title')
    await page.keyboard.press('k')
    await heading('12:30')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys of the queue' }).waitFor()
    await page.keyboard.press('Escape')
    t.equal(await focused(), 'item-title', 'the focus is where it was')

    await tabTo('Comment on the text, or suggest other words')
    await page.keyboard.press('Enter')
    await tabTo('text-1')
    await page.keyboard.type('Kinder, please.')
    await tabTo('Send it')
    await page.keyboard.press('Enter')
    await page.getByText('Kinder, please.').waitFor()
    await spoken('Sent.')
    t.equal(await focused(), 'item-title')

    await page.keyboard.press('c')
    t.equal(await focused(), 'comment')
    await page.keyboard.type('Which ward?')
    await page.keyboard.press('Escape')
    await mayDecide(page)
    await page.keyboard.press('c')
    await decided('Given back. Joseph is told what to change.', '13:30')
    await mayDecide(page)
    await page.keyboard.press('a')
    await decided('Approved. It goes out today at 13:30.', '14:30')
    await tabTo('comment')
    await page.keyboard.type('Not for the account.')
    await tabTo(/^Decline/)
    await page.keyboard.press('Enter')
    await page.getByText('Everything is decided').waitFor()
    await spoken('Declined. Joseph is told why.')
    t.equal(await focused(), 'Queue')
    t.same(
      (await db.read.select().from(decisions)).map(({ draftId, kind }) => `${draftId} ${kind}`).toSorted(),
      ['one changes-requested', 'three declined', 'two approved'],
    )
  },
)

t.test('J leads over the end of a page, and K back', async (t) => {
  const { world, origin, db } = await aDesk(t)
  for (let at = 0; at < 49; at += 1)
    await aSubmittedDraft(db, { id: `more-${at}`, text: `More ${at}`, wishedAt: '2026-11-18T16:30:00Z' })
  const page = await browser.newPage(t, origin)
  await signInPage(page, world, APPROVER.email)
  await page.goto('/queue')
  await page.locator('.queue-list a').nth(49).click()
  await page.locator('.queue-list li:nth-child(50) a[aria-current]').waitFor()
  await keysWork(page)
  await page.keyboard.press('j')
  await page.waitForURL(/page=2/)
  t.equal(await page.locator('.queue-list li').count(), 2)
  await page.locator('.queue-list li:first-child a[aria-current]').waitFor()
  await keysWork(page)
  await page.keyboard.press('k')
  await page.waitForURL(/page=1/)
})

t.test('several together, by keys alone', async (t) => {
  const { world, origin, db } = await aDesk(t)
  const page = await browser.newPage(t, origin)
  await signInPage(page, world, APPROVER.email)
  await page.goto('/queue/together')
  const press = async (...keys: string[]) => {
    await keysWork(page)
    for (const key of keys) await page.keyboard.press(key)
  }
  await press('j', 'x', 'j', 'j', 'x')
  await page.getByText('2 chosen').waitFor()
  await press('c')
  await page.keyboard.type('Say which ward.')
  await press('Escape', 'c')
  await inMain(page).getByText('Two are given back.').waitFor()
  await press('j', 'x', 'a')
  await inMain(page).getByText('One is approved.').waitFor()
  t.same(
    (await db.read.select().from(decisions)).map(({ draftId, kind }) => `${draftId} ${kind}`).toSorted(),
    ['one changes-requested', 'three changes-requested', 'two approved'],
  )
})

t.test('on a phone the list leads to the draft and back, also without a script', async (t) => {
  const { world, origin } = await aDesk(t)
  const page = await browser.newPage(t, origin, { width: 320, javaScript: false })
  await signInPage(page, world, APPROVER.email)
  await page.goto('/queue')
  await page.locator('.queue-list').waitFor()
  t.equal(await page.locator('.queue-item').isVisible(), false)
  await page.getByRole('link', { name: 'Draft two' }).click()
  await page.locator('.queue-item').waitFor()
  t.equal(await page.locator('.queue-list').isVisible(), false)
  await page.getByRole('button', { name: 'Approve and read the next' }).click()
  await inMain(page).getByText('Approved. It goes out today at 13:30.').waitFor()
  await page.getByRole('link', { name: 'All drafts that wait' }).click()
  await page.locator('.queue-list li').nth(1).waitFor()
  t.equal(await page.locator('.queue-list li').count(), 2)
})

t.test('everybody can read the queue, the desk and the host’s week', async (t) => {
  const { world, origin } = await aDesk(t)
  for (const [who, path] of [
    [APPROVER.email, '/queue'],
    [APPROVER.email, '/queue/together'],
    [APPROVER.email, '/today'],
    [JOSEPH.email, '/today'],
  ] as const) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage(t, origin, { width: 320, colorScheme })
      await signInPage(page, world, who)
      await page.goto(path)
      t.same(await violationsOf(page), [], `${path}, ${who}, ${colorScheme}`)
      t.ok(
        await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
        'nothing scrolls sideways',
      )
    }
  }
})
