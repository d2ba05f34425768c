import { eq, sql } from 'drizzle-orm'
import type { Locator, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { recapBlocks, recaps, reflections, sessions } from '../../src/db/schema/index.ts'
import { closeDueWeeks } from '../../src/recaps/close-weeks.ts'
import { testApp } from '../support/app.ts'
import { violationsOf } from '../support/axe.ts'
import { holdScripts, openBrowser, serve, signInPage, type PageOptions } from '../support/browser.ts'
import { until } from '../support/in-time.ts'
import { openLine, type Line } from '../support/line.ts'
import { ACCOUNT, LEAD } from '../support/story.ts'
import { at, RUTH, ruthsWeek, said, SAYINGS, WEEK } from '../support/told-week.ts'

const browser = await openBrowser(t)
const PAGE = `/weeks/${WEEK}/recap`

async function atTheStory(t: Test, options: PageOptions = {}) {
  const world = await testApp(t, { at: '2026-11-13T18:10:00Z' })
  const { db, deps } = world
  await ruthsWeek(db)
  // Of the picture only the row is there.
  await said(
    db,
    SAYINGS.map((one) => (one.id === '102' ? { ...one, more: {} } : one)),
  )
  const now = at('Fri 18:00')
  await closeDueWeeks(db, { now, machineNow: now, publicUrl: 'https://weeks.example' })
  const line = await openLine(t, Number(new URL(await serve(world)).port))
  deps.settings.publicUrl = () => line.origin
  const page = await browser.newPage(t, line.origin, options)
  await signInPage(page, world, LEAD.email)
  await page.goto(PAGE)
  const story = async () => db.read.select().from(recapBlocks).orderBy(recapBlocks.position)
  return {
    ...world,
    line,
    page,
    story,
    sources: async () => (await story()).map(({ source }) => source),
    piece: (words: string) => page.locator('.block', { hasText: words }).first(),
    found: (words: string) => page.locator('#happened li', { hasText: words }).first(),
  }
}

const behind = (sources: string[], source: string) => sources[sources.indexOf(source) - 1]

async function dragTo(page: Page, handle: Locator, target: Locator): Promise<void> {
  await handle.scrollIntoViewIfNeeded()
  await handle.hover()
  await page.mouse.down()
  await target.scrollIntoViewIfNeeded()
  const { x, y, width, height } = (await target.boundingBox())!
  await page.mouse.move(x + width / 2, y + Math.min(height / 2, 20), { steps: 6 })
  await page.mouse.up()
}

async function accessible(t: Test, page: Page, what: string): Promise<void> {
  t.same(await violationsOf(page), [], what)
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  t.ok(sideways <= 0, `${what}: ${sideways} px to the side`)
}

t.test('by mouse: drag in, drag to order, write, look beside, undo', async (t) => {
  const { page, piece, found, sources, story } = await atTheStory(t)
  await page.locator('.block .handle').first().waitFor()
  await accessible(t, page, '1280')
  await page.emulateMedia({ colorScheme: 'dark' })
  await accessible(t, page, '1280, dark')
  await page.emulateMedia({ colorScheme: 'light' })

  await dragTo(page, piece('Doors open').locator('> .handle'), piece('Good morning'))
  await until(
    t,
    'dragged behind another piece',
    async () => behind(await sources(), 'post:120') === 'post:101',
  )
  await dragTo(page, found('Hill Road').locator('.handle').first(), piece('Last visit done'))
  await piece('Last visit done').getByText('1 Hill Road').waitFor()
  t.pass('what was chosen stands under what it answers')

  const typing = piece('First door')
  await typing.getByText('Write or add here').click()
  await typing.getByLabel('Text').fill('Frost again.')
  await until(t, 'kept by itself', async () =>
    (await story()).some(({ content }) => content.text === 'Frost again.'),
  )
  await typing.getByLabel('Text').fill('Frost again, and a fox.')
  await typing.getByRole('button', { name: 'Hide: post of Monday 8:55' }).click()
  await page.getByText('Hidden: “First door').waitFor()
  const texts = (await story()).filter(({ kind }) => kind === 'text')
  t.match(texts, [{ content: { text: 'Frost again, and a fox.' } }], 'one text, with the last words')
  t.equal(await page.locator('textarea[name^="text."]').inputValue(), 'Frost again, and a fox.')
  t.equal(
    await page
      .locator('[name^="new-text."]')
      .evaluateAll((all) => all.filter((one) => (one as HTMLTextAreaElement).value !== '').length),
    0,
  )

  await page.getByRole('link', { name: 'Preview' }).click()
  const beside = page.frameLocator('.preview iframe')
  await beside.getByText('Frost again, and a fox.').waitFor()
  t.equal(await beside.getByText('First door').count(), 0, 'exactly the page that would be public')
  await page.getByRole('button', { name: 'Undo' }).click()
  await beside.getByText('First door').waitFor()
  t.pass('the page beside it follows')
  await page.getByRole('link', { name: 'Close' }).click()

  const next = piece('Good morning')
  await next.getByText('Write or add here').click()
  await next.getByLabel('Text').fill('Put in by its button.')
  await next.getByRole('button', { name: 'Add to the story' }).click()
  await until(t, 'put in by its button', async () =>
    (await story()).some(({ content }) => content.text === 'Put in by its button.'),
  )
  const heading = page.locator('[name^="heading."]').first()
  await heading.fill('A Monday in words of our own')
  await page.getByRole('button', { name: 'Save', exact: true }).first().click()
  await until(t, 'saved by its button', async () =>
    (await story()).some(({ content }) => content.heading === 'A Monday in words of our own'),
  )
  t.equal((await story()).filter(({ content }) => content.text === 'Put in by its button.').length, 1)
  t.ok(await page.getByRole('heading', { name: 'Not found' }).isHidden(), 'still at the story')

  await page.locator('#find').fill('hoovered')
  await page.locator('#happened').getByLabel('Not used yet').uncheck()
  await page.locator('#happened').getByRole('button', { name: 'Show', exact: true }).click()
  await found('hoovered')
    .getByRole('link', { name: /In the story/ })
    .waitFor()
  t.equal(await page.locator('#happened .found').count(), 1)
  t.match(page.url(), /find=hoovered/, 'its address has what was looked for')
})

t.test('by keyboard: every button stays where it is, and Control and Z undoes', async (t) => {
  const { page, sources } = await atTheStory(t)
  await page.locator('.block .handle').first().waitFor()
  const up = page.getByRole('button', { name: 'Move up: post of Wednesday 9:30' })
  await up.focus()
  await page.keyboard.press('Enter')
  await until(t, 'moved up', async () => behind(await sources(), 'day:2026-11-11') === 'post:120')
  await page.waitForFunction(
    () => document.activeElement?.getAttribute('aria-label') === 'Move up: post of Wednesday 9:30',
  )
  await page.keyboard.press('Control+z')
  await until(t, 'undone', async () => behind(await sources(), 'post:120') === 'day:2026-11-11')
  await page.locator('.step[value="redo"]:enabled').waitFor()
  await page.keyboard.press('Control+Shift+z')
  await until(t, 'done again', async () => behind(await sources(), 'day:2026-11-11') === 'post:120')
  await page.getByRole('button', { name: 'Pin: post of Monday 8:55' }).press('Space')
  await page.getByRole('button', { name: 'Pinned: post of Monday 8:55' }).waitFor()
  t.pass('pinned')
})

t.test('without JavaScript the same by buttons and forms', async (t) => {
  const { page, sources, story, piece } = await atTheStory(t, { javaScript: false })
  await page.getByRole('button', { name: 'Move up: post of Wednesday 9:30' }).click()
  t.equal(behind(await sources(), 'day:2026-11-11'), 'post:120')
  const typing = piece('First door')
  await typing.getByText('Write or add here').click()
  await typing.getByLabel('Text').fill('Kept on the way to a quote.')
  await typing.getByRole('button', { name: 'a quote' }).click()
  await page.getByLabel('What was said').fill('The kettle is part of the kit.')
  await page.getByLabel('Who said it').fill('Ruth')
  await page.getByRole('button', { name: 'Put the quote in' }).click()
  t.match(
    (await story())
      .flatMap(({ kind, content }) => (['text', 'quote'].includes(kind) ? [content.text] : []))
      .toSorted((one, other) => String(one).localeCompare(String(other))),
    ['Kept on the way to a quote.', 'The kettle is part of the kit.'],
  )
  await page.locator('#find').fill('hill')
  await page.locator('#happened').getByRole('button', { name: 'Show', exact: true }).click()
  await page.locator('#happened').getByRole('button', { name: 'Choose: Nobody Chosen' }).click()
  await piece('Last visit done').getByText('1 Hill Road').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  t.equal((await story()).filter(({ kind }) => kind === 'quote').length, 1, 'the choice first')
  await page.getByRole('button', { name: 'Undo' }).click()
  t.equal((await story()).filter(({ kind }) => kind === 'quote').length, 0)
  await page.getByRole('link', { name: 'Preview' }).click()
  await page.frameLocator('.preview iframe').getByText('Kept on the way').waitFor()
  await page.getByRole('link', { name: 'History' }).first().click()
  t.match(await page.locator('.revisions').textContent(), 'put in')
})

t.test('by a finger at 390: add from what happened, drag, look', async (t) => {
  const { page, sources, found, piece } = await atTheStory(t, { width: 390, height: 844, touch: true })
  await page.locator('.block .handle').first().waitFor()
  await accessible(t, page, '390')
  await page.getByRole('link', { name: 'Add', exact: true }).tap()
  await found('Hill Road').getByRole('button', { name: 'Choose: Nobody Chosen' }).tap()
  await page.getByText('Nothing like that').waitFor()
  await accessible(t, page, 'what happened at 390')
  await page.getByRole('link', { name: 'Back to the story' }).tap()
  await piece('Last visit done').getByText('1 Hill Road').waitFor()

  await page.getByRole('link', { name: 'Preview' }).tap()
  await page.frameLocator('.preview iframe').getByText('Good morning').first().waitFor()
  await page.getByRole('link', { name: 'Close' }).tap()

  const session = await page.context().newCDPSession(page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: { x: number; y: number }[]) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: points })
  const handle = piece('What’s in the bag').locator('> .handle')
  await handle.evaluate((one) => one.scrollIntoView({ block: 'center', behavior: 'instant' }))
  const { x, y, width, height } = (await handle.boundingBox())!
  t.ok(width >= 24 && height >= 24, `${width} by ${height}: large enough for a thumb`)
  const from = { x: x + width / 2, y: y + height / 2 }
  await touch('touchStart', [from])
  const target = (await piece('Good morning').boundingBox())!
  const to = { x: 200, y: target.y + target.height - 20 }
  for (let step = 1; step <= 6; step++)
    await touch('touchMove', [
      { x: from.x + ((to.x - from.x) * step) / 6, y: from.y + ((to.y - from.y) * step) / 6 },
    ])
  await touch('touchEnd', [])
  await until(t, 'dragged by a finger', async () => behind(await sources(), 'post:103') === 'post:101')
})

t.test('what was typed outlives a dead network, a closed tab and a lost session', async (t) => {
  const world = await atTheStory(t, { mayFail: /\/recap\// })
  const { page, story, db, line } = world
  const heading = '[name="heading.ID"]'
  const monday = async () => (await story()).find(({ source }) => source === 'day:2026-11-09')!
  const field = heading.replace('ID', (await monday()).id)
  const context = page.context()
  await page.locator('.block .handle').first().waitFor()

  await lose(page, line)
  await page.locator(field).fill('A Monday nobody heard of')
  const first = page.locator('.block', { hasText: 'First door' }).first()
  await first.getByText('Write or add here').click()
  await first.getByLabel('Text').fill('Frost, and no signal.')
  await page.getByText('no connection. Your words are kept on this device').waitFor()
  await page.getByRole('button', { name: 'Publish' }).click()
  await page.getByText('Not done: no connection').waitFor()
  const again = await closedMeanwhile(page, line)
  await again.goto(PAGE)
  t.not((await monday()).content.heading, 'A Monday nobody heard of', 'nothing came through')
  await again.getByText(/What you typed here at .* was not saved/).waitFor()
  t.not(await again.locator(field).inputValue(), 'A Monday nobody heard of', 'first it is asked')
  await again.getByRole('button', { name: 'Put it back' }).click()
  t.equal(await again.locator(field).inputValue(), 'A Monday nobody heard of')
  await until(t, 'saved by itself', async () =>
    (await story()).some(({ content }) => content.text === 'Frost, and no signal.'),
  )
  t.equal((await monday()).content.heading, 'A Monday nobody heard of')
  await again.getByText(/^Saved/).waitFor()
  await again.reload()
  await again.locator('.block .handle').first().waitFor()
  t.equal(await again.getByText('was not saved').count(), 0, 'what is saved is not offered')

  await db.write(async (tx) => void (await tx.delete(sessions)))
  await again.locator(field).fill('A Monday signed out')
  await again.getByText('you were signed out').waitFor()
  const other = await context.newPage()
  await signInPage(other, world, RUTH.email)
  const refused = again.waitForResponse((response) => response.url().endsWith('/today'))
  await again.evaluate(() => window.dispatchEvent(new Event('online')))
  await refused
  await again.waitForTimeout(1000)
  t.not((await monday()).content.heading, 'A Monday signed out', 'not in the name of who came after them')
  await signInPage(other, world, LEAD.email)
  await other.close()
  await again.evaluate(() => window.dispatchEvent(new Event('online')))
  await until(
    t,
    'goes on when they signed in in another tab',
    async () => (await monday()).content.heading === 'A Monday signed out',
  )

  const reworded = async (heading: string) => {
    const { id, content } = await monday()
    await db.write(async (tx) => {
      await tx
        .update(recapBlocks)
        .set({ content: { ...content, heading } })
        .where(eq(recapBlocks.id, id))
      await tx.update(recaps).set({ version: sql`${recaps.version} + 1` })
    })
  }
  await again.getByText(/^Saved/).waitFor()
  await reworded('Theirs, meanwhile')
  await again.getByRole('button', { name: 'Hide: post of Wednesday 9:30' }).click()
  await again.getByText('Hidden: “Doors open').waitFor()
  t.equal(
    await again.locator(field).inputValue(),
    'Theirs, meanwhile',
    'what they saved is theirs to change: it shows what others made of it',
  )

  await lose(again, line)
  await again.locator(field).fill('Mine, on the train')
  await again.getByText('no connection. Your words are kept on this device').waitFor()
  const theirs = await closedMeanwhile(again, line)
  await reworded('Theirs, at the desk')
  await signInPage(theirs, world, RUTH.email)
  await theirs.goto(PAGE)
  await theirs.locator('.block .handle').first().waitFor()
  t.equal(await theirs.getByText('was not saved').count(), 0, 'who else uses the device is not offered it')
  await signInPage(theirs, world, LEAD.email)
  await theirs.close()
  const third = await context.newPage()
  await third.goto(PAGE)
  await third.getByRole('button', { name: 'Put it back' }).click()
  await third.getByText('Somebody changed the same words meanwhile').waitFor()
  await third.getByRole('button', { name: 'Save', exact: true }).first().click()
  await third.getByText('Theirs, at the desk').waitFor()
  t.equal(await third.getByLabel('Your heading').inputValue(), 'Mine, on the train', 'both are shown')
})

t.test('a piece that was not put in is kept on the device, whatever breaks', async (t) => {
  const world = await atTheStory(t, { mayFail: /\/recap\// })
  const { page, story, db, line } = world
  const quoteForm = `${PAGE}/pieces/new?kind=quote&after=${(await story())[1]!.id}`
  const quotes = async () => (await story()).flatMap(({ kind, content }) => (kind === 'quote' ? content : []))
  const letCome = await holdScripts(page, 'piece-shelf')
  await page.goto(quoteForm)
  await page.getByLabel('What was said').fill('The kettle is part of the kit.')
  letCome() // typed before it came
  await page.getByLabel('Who said it').fill('Ruth')
  await page.waitForFunction(() => Object.keys(localStorage).some((name) => name.startsWith('typed:piece:')))
  await lose(page, line)
  await page.getByRole('button', { name: 'Put the quote in' }).click()
  await page.getByText('Not sent: no connection').waitFor()
  const again = await closedMeanwhile(page, line)
  await again.goto(quoteForm)
  await again.getByText(/What you typed here at .* was not saved/).waitFor()
  t.equal(await again.getByLabel('What was said').inputValue(), '', 'first it is asked')
  await again.getByRole('button', { name: 'Put it back' }).click()
  t.equal(await again.getByLabel('What was said').inputValue(), 'The kettle is part of the kit.')
  await db.write(async (tx) => void (await tx.delete(sessions)))
  await again.getByRole('button', { name: 'Put the quote in' }).click()
  await again.waitForURL(/pieces$/)
  t.same(await quotes(), [], 'signed out, nothing is put in')

  await signInPage(again, world, RUTH.email)
  await again.goto(quoteForm)
  await again.waitForLoadState('networkidle')
  t.equal(await again.getByRole('button', { name: 'Put it back' }).count(), 0, 'not offered to others')
  await signInPage(again, world, LEAD.email)
  await again.goto(quoteForm)
  await again.getByRole('button', { name: 'Put it back' }).click()
  await again.getByRole('button', { name: 'Put the quote in' }).click()
  await again.getByText('It is in the story.').waitFor()
  t.match(await quotes(), [{ text: 'The kettle is part of the kit.', by: 'Ruth' }])
  await again.waitForFunction(
    () => !Object.keys(localStorage).some((name) => name.startsWith('typed:piece:')),
  )
  await again.goto(quoteForm)
  await again.waitForLoadState('networkidle')
  t.equal(await again.getByText('was not saved').count(), 0, 'what is in the story is not offered')
})

t.test('signing out leaves nothing unsaved on the device that nobody wants there', async (t) => {
  const world = await atTheStory(t)
  const { page, story } = world
  const quoteForm = `${PAGE}/pieces/new?kind=quote&after=${(await story())[1]!.id}`
  const typed = () =>
    page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('typed:')))
  const signOut = () => page.getByRole('button', { name: 'sign out' }).click()
  const question = page.getByRole('dialog', { name: 'You typed something that is not saved' })
  const typeAQuote = async () => {
    await page.goto(quoteForm)
    await page.waitForLoadState('networkidle')
    await page.getByLabel('What was said').fill('Ask me about the lifts.')
  }
  await typeAQuote()
  await signOut()
  await question.waitFor()
  await accessible(t, page, 'the question')
  t.same(
    await question
      .getByRole('button')
      .evaluateAll((all) => all.map((one) => [one.textContent, one.dataset['kind']])),
    [
      ['Keep it and sign out', 'main'],
      ['Throw it away and sign out', 'danger'],
      ['Stay signed in', 'plain'],
    ],
  )
  await question.getByRole('button', { name: 'Stay signed in' }).click()
  t.equal(await page.getByLabel('What was said').inputValue(), 'Ask me about the lifts.')

  await signOut()
  await question.getByRole('button', { name: 'Keep it' }).click()
  await page.waitForURL(/\/sign-in$/)
  t.equal((await typed()).length, 1, 'it waits')
  await signInPage(page, world, RUTH.email)
  await signOut()
  await page.waitForURL(/\/sign-in$/)
  t.equal((await typed()).length, 1, 'who comes in between is not asked about it, and does not end it')

  await signInPage(page, world, LEAD.email)
  await page.goto(quoteForm)
  await page.getByRole('button', { name: 'Put it back' }).click()
  await signOut()
  await question.getByRole('button', { name: 'Throw it away' }).click()
  await page.waitForURL(/\/sign-in$/)
  t.same(await typed(), [], 'nothing of it is left')

  await signInPage(page, world, LEAD.email)
  await page.goto(PAGE)
  await page.locator('.block .handle').first().waitFor()
  await page.locator('[name^="heading."]').first().pressSequentially('!')
  await signOut()
  await question.getByRole('button', { name: 'Throw it away' }).click()
  await page.waitForURL(/\/sign-in$/)
  t.same(await typed(), [], 'what was typed a moment before is not kept by the page that goes either')

  await signInPage(page, world, LEAD.email)
  await signOut()
  await page.waitForURL(/\/sign-in$/)
  t.pass('without anything unsaved it is one press')

  // What no shelf keeps is lost, and the question says so.
  const reason = page.getByLabel('Reason')
  await signInPage(page, world, LEAD.email)
  await page.goto(`/accounts/${ACCOUNT}/brake`)
  await page.getByRole('main').getByRole('button', { name: 'Pull the brake' }).click()
  await reason.fill('Fog on the')
  await signOut()
  await question
    .getByText('What you typed under “Reason” can’t be kept: it is lost when you sign out')
    .waitFor()
  await accessible(t, page, 'the question about what is lost')
  t.same(await question.getByRole('button').allTextContents(), ['Stay signed in', 'Lose it and sign out'])
  await question.getByRole('button', { name: 'Stay signed in' }).click()
  t.equal(await reason.inputValue(), 'Fog on the')
  await signOut()
  await question.getByRole('button', { name: 'Lose it' }).click()
  await page.waitForURL(/\/sign-in$/)

  // A line of a form whose words are kept is kept like its longer answers.
  const name = page.getByRole('textbox', { name: 'Name' }).first()
  await signInPage(page, world, LEAD.email)
  await page.goto('/rota/several')
  await name.fill('Mei Lin Chan')
  await signOut()
  await question.getByRole('button', { name: 'Keep it and sign out' }).click()
  await page.waitForURL(/\/sign-in$/)
  await signInPage(page, world, LEAD.email)
  await page.goto('/rota/several')
  await page.waitForLoadState('networkidle')
  t.equal(await name.inputValue(), 'Mei Lin Chan', 'and is there again')
})

t.test('what is typed before the page’s script has come is kept when it comes', async (t) => {
  const { page, story } = await atTheStory(t)
  await page.goto('/today')
  const letCome = await holdScripts(page, 'story')
  await page.goto(PAGE)
  await page.locator('[name^="heading."]').first().fill('An early Monday')
  letCome()
  await page.getByText(/^Saved/).waitFor()
  t.ok((await story()).some(({ content }) => content.heading === 'An early Monday'))
})

t.test('looking back is kept while it is typed, on the server and on the device', async (t) => {
  const world = await atTheStory(t, { mayFail: /\/reflection/ })
  const { page: desk, db, line } = world
  const context = desk.context()
  await context.clearCookies()
  const page = await context.newPage()
  await signInPage(page, world, RUTH.email)
  const place = `/weeks/${WEEK}/reflection`
  const letCome = await holdScripts(page, 'reflection')
  await page.goto(place)
  const kept = async () => (await db.read.select().from(reflections))[0]?.answers[0]?.text
  await page.locator('#answer-1-text').fill('That people would answer.')
  letCome() // typed before it came
  await until(t, 'saved by itself', async () => (await kept()) === 'That people would answer.')
  await page.getByText(/^Saved/).waitFor()

  await lose(page, line)
  await page.locator('#answer-1-text').fill('That people would answer. They did.')
  await page.getByText('Your words are kept on this device').waitFor()
  await page.getByRole('button', { name: 'Hand it in' }).click()
  await page.getByText('Not sent: no connection').waitFor()
  const again = await closedMeanwhile(page, line)
  await again.goto(place)
  t.equal(await again.locator('#answer-1-text').inputValue(), 'That people would answer.')
  await again.getByRole('button', { name: 'Put it back' }).click()
  await again.waitForFunction(
    () => document.querySelector('textarea')?.value === 'That people would answer. They did.',
  )
  await until(t, 'saved after that', async () => (await kept()) === 'That people would answer. They did.')

  await db.write(async (tx) => void (await tx.delete(sessions)))
  await again.locator('#answer-1-text').fill('That people would answer. They did, all week.')
  await again.getByText('you were signed out').waitFor()
  const other = await context.newPage()
  await signInPage(other, world, RUTH.email)
  await other.close()
  await again.evaluate(() => window.dispatchEvent(new Event('online')))
  await until(
    t,
    'goes on when they signed in in another tab',
    async () => (await kept()) === 'That people would answer. They did, all week.',
  )
  await again.setViewportSize({ width: 390, height: 844 })
  await accessible(t, again, 'looking back at 390')

  await lose(again, line)
  await again.locator('#answer-2-text').fill('How many know the lifts')
  await again.getByText('Your words are kept on this device').waitFor()
  const typing = await closedMeanwhile(again, line)
  await typing.goto(place)
  await typing.getByRole('button', { name: 'Put it back' }).waitFor()
  await typing.locator('#answer-3-text').fill('A lady with a teddy.')
  await typing.getByText(/^Saved/).waitFor()
  const third = async () => (await db.read.select().from(reflections))[0]?.answers[2]?.text
  await until(t, 'saved', async () => (await third()) === 'A lady with a teddy.')
  await typing.reload()
  t.equal(await typing.locator('#answer-2-text').inputValue(), '')
  await typing.getByRole('button', { name: 'Put it back' }).click()
  await typing.waitForFunction(
    () => document.querySelector<HTMLTextAreaElement>('#answer-2-text')?.value === 'How many know the lifts',
  )
  t.pass('who types on instead of answering the offer is offered it again')
})

/** The device knows it, and nothing comes through. */
async function lose(page: Page, line: Line): Promise<void> {
  line.cut()
  await page.context().setOffline(true)
}

/** The tab is closed without a connection; gives one that is opened when it is back. */
async function closedMeanwhile(page: Page, line: Line): Promise<Page> {
  const context = page.context()
  // What a page sends as it goes may come out of the browser later than the line is mended here.
  await page.evaluate(() => (globalThis.fetch = () => Promise.reject(new TypeError('Failed to fetch'))))
  await closeTab(page)
  const next = await context.newPage()
  line.mend()
  await context.setOffline(false)
  return next
}

/** As a person closes a tab: what the page does when it goes is done, and the browser has stored it. */
async function closeTab(page: Page): Promise<void> {
  const closed = page.waitForEvent('close')
  await page.close({ runBeforeUnload: true })
  await closed
}
