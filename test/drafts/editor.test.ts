import fc from 'fast-check'
import twitterText from 'twitter-text'
import { randomUUID } from 'node:crypto'
import type { Locator } from 'playwright-core'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { readEditorForm } from '../../src/drafts/editor/editor-form.ts'
import { draftsOfWeek, findDraft } from '../../src/drafts/store.ts'
import { textsAsPosted, weightOf } from '../../src/drafts/weight.ts'
import { anyText } from '../support/any-text.ts'
import { testApp } from '../support/app.ts'
import { violationsOf } from '../support/axe.ts'
import { holdScripts, openBrowser, serve, signInPage } from '../support/browser.ts'
import { until } from '../support/in-time.ts'
import { anAccount, LEAD } from '../support/story.ts'
import { JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'

const NEW = `/drafts/new?week=${WEEK}`
const browser = await openBrowser(t)

async function midweek(t: Test) {
  const world = await testApp(t)
  await anAccount(world.db, { now: new Date('2026-10-01T09:00:00Z') })
  await josephsWeek(world.db)
  const origin = await serve(world)
  world.deps.settings.publicUrl = () => origin
  return { ...world, world, origin, helen: await world.visitor(LEAD.email) }
}

t.test('the count, the preview and the checks follow what is typed', async (t) => {
  const { world, origin, db } = await midweek(t)
  const page = await browser.newPage(t, origin)
  await signInPage(page, world, JOSEPH.email)
  await page.goto(NEW)
  const area = page.getByLabel('Text', { exact: true })
  const heading = page.getByText('What you want to say')
  t.ok(((await heading.boundingBox())?.height ?? 0) <= 1, 'one post has one label; the other is for the ear')
  await area.fill('See northdale.org')
  await page.getByText('31 of 280 with the sign-off').waitFor()
  t.equal(await page.locator('.as-posted .said').innerText(), 'See northdale.org ^JA')
  t.equal(await page.locator('.as-posted .entity').innerText(), 'northdale.org')
  await page.getByText('It fits, sign-off included.').waitFor()

  await area.evaluate((element: HTMLTextAreaElement) => element.setSelectionRange(3, 3))
  await page.getByRole('button', { name: 'Put #NorthDaleWeek in' }).click()
  t.equal(await area.inputValue(), 'See #NorthDaleWeek northdale.org')
  await area.fill('日'.repeat(150))
  await page.getByRole('status').getByText('24 too long').waitFor()
  await area.fill('Ring 0113 496 0998')
  await page.getByText('0113 496 0998 looks like a phone number.').waitFor()

  await page.getByText('Add images').click()
  const green = await square('#0b6e69')
  await page.getByLabel('Images', { exact: true }).setInputFiles({ ...green, name: 'a.png' })
  await area.pressSequentially(' or write')
  await page.locator('.checks').getByText('Describe the image for people').waitFor()
  t.match(await page.locator('.as-posted .pictures img').getAttribute('src'), /\/images\/[0-9a-f]{64}$/)
  t.equal(await area.inputValue(), 'Ring 0113 496 0998 or write', 'the typing goes on while an image comes')
  await page.getByLabel('Describe the image').fill('A green square')
  await page.getByText('The image has a description.').waitFor()

  const [amber, brick] = await Promise.all([square('#c98a1b'), square('#a63d2f')])
  await paste(area, amber.buffer)
  await page.getByLabel('Describe image 2').fill('An amber square')
  await drop(area, brick.buffer)
  await page.getByLabel('Describe image 3').fill('A brick square')
  await page.getByRole('button', { name: 'Move image 3 to an earlier place' }).click()
  await page.waitForFunction(
    () => document.querySelector<HTMLTextAreaElement>('#part-1-alt-2')?.value === 'A brick square',
  )
  t.equal(await page.locator('.as-posted .pictures').getAttribute('data-count'), '3')
  await page.getByText('All images have descriptions.').waitFor()

  await page.getByLabel('Day').fill('2026-11-19')
  await page.locator('#when-time:checked').waitFor()
  await page.getByLabel('Time', { exact: true }).fill('08:30')
  await page.getByRole('button', { name: 'Submit for approval' }).click()
  await page.getByText('Waits for approval').waitFor()
  const [draft] = await draftsOfWeek(db.read, WEEK)
  t.match(draft, { state: 'submitted', wishedAt: new Date('2026-11-19T08:30:00Z') })
  t.same(
    draft!.content.parts[0]!.images.map(({ alt }) => alt),
    ['A green square', 'A brick square', 'An amber square'],
  )
})

t.test('an image that is chosen before the page’s script has come is taken in when it comes', async (t) => {
  const { world, origin } = await midweek(t)
  const page = await browser.newPage(t, origin)
  await signInPage(page, world, JOSEPH.email)
  const letCome = await holdScripts(page)
  await page.goto(NEW, { waitUntil: 'commit' })
  await page.getByText('Add images').click()
  const amber = await square('#c98a1b')
  await page.getByLabel('Images', { exact: true }).setInputFiles({ ...amber, name: 'early.png' })
  letCome()
  await page.getByLabel('Describe the image').fill('An amber square')
  t.match(await page.locator('.as-posted .pictures img').getAttribute('src'), /\/images\/[0-9a-f]{64}$/)
})

t.test('a thread is split, joined, moved and numbered where one writes', async (t) => {
  const { world, origin } = await midweek(t)
  const page = await browser.newPage(t, origin, { height: 2600 })
  await signInPage(page, world, JOSEPH.email)
  await page.goto(NEW)
  const text = (part: number) => page.locator(`#part-${part}-text`)
  const reads = (part: number, words: string) =>
    page.waitForFunction(
      ([id, value]) => document.querySelector<HTMLTextAreaElement>(`#${id}`)?.value === value,
      [`part-${part}-text`, words],
    )
  await text(1).fill('Morning round. Six beds, four stories. Tea.')
  await text(1).evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(14, 14))
  await page.getByRole('button', { name: 'Split at the cursor' }).click()
  await reads(2, 'Six beds, four stories. Tea.')
  await page.keyboard.type('Then: ')
  await reads(2, 'Then: Six beds, four stories. Tea.')
  await page.getByText('Both parts fit, sign-off included.').waitFor()
  await page.getByRole('button', { name: 'Split at sentences: part two' }).click()
  await reads(3, 'Tea.')
  await page.getByRole('button', { name: 'Number the parts 1/3' }).click()
  await reads(3, 'Tea. 3/3')
  await page.locator('.as-posted').getByText('Tea. 3/3 ^JA').waitFor()
  await page.locator('[data-part="3"] .grip').dragTo(page.locator('#part-1-text'))
  await reads(1, 'Tea. 1/3')
  await page.getByRole('button', { name: 'Join part two with the next' }).click()
  await reads(2, 'Morning round. Then: Six beds, four stories. 2/2')
  await page.keyboard.type('Still here. ')
  await reads(2, 'Morning round. Still here. Then: Six beds, four stories. 2/2')
  t.equal(await page.locator('[data-part]').count(), 2)
})

t.test('the count in the browser, on the server and of X agree, whatever is written', async (t) => {
  const { world, origin } = await midweek(t)
  const page = await browser.newPage(t, origin)
  await signInPage(page, world, LEAD.email)
  await page.goto(NEW)
  await page.locator('form[data-works]').waitFor()
  const texts = fc.sample(anyText({ most: 700 }), { numRuns: 400, seed: 20261118 })
  const shown = await page.evaluate((all) => {
    const area = document.querySelector<HTMLTextAreaElement>('#part-1-text')!
    return all.map((text) => {
      area.value = text
      area.dispatchEvent(new Event('input', { bubbles: true }))
      return Number(document.querySelector('[data-weight]')!.textContent)
    })
  }, texts)
  for (const [at, text] of texts.entries()) {
    const { parts } = readEditorForm({ 'part-1-text': text.replaceAll('\n', '\r\n') })
    const [posted] = textsAsPosted(parts, '')
    const weight = twitterText.parseTweet(text.trim()).weightedLength
    if (weightOf(posted!) !== weight || shown[at] !== weight)
      t.same([text, shown[at], weightOf(posted!)], [text, weight, weight])
  }
  t.ok(new Set(shown).size > 100, 'of many lengths')
})

t.test(
  'what is typed is on the server in a moment: a lost connection and an expired session lose nothing',
  async (t) => {
    const { world, origin, db, helen } = await midweek(t)
    const page = await browser.newPage(t, origin, { mayFail: /autosave|new|drafts\/[0-9a-f-]{36}$/ })
    await signInPage(page, world, JOSEPH.email)
    await page.goto(NEW)
    const area = page.getByLabel('Text', { exact: true })
    const says = (words: string | RegExp) => page.locator('[data-kept]').getByText(words).waitFor()
    const kept = async () => (await draftsOfWeek(db.read, WEEK)).map(({ content }) => content.parts[0]!.text)
    await area.pressSequentially('Good')
    await says('Saved 10:42.')
    t.same(await kept(), ['Good'])
    t.match(page.url(), /\/drafts\/[0-9a-f-]{36}$/, 'a page opened again shows it')

    await page.context().setOffline(true)
    await area.pressSequentially(' morning')
    await says('Not saved yet: no connection. Your words are kept on this device.')
    t.same(await kept(), ['Good'])
    for (const name of ['Submit for approval', 'Add a part', 'Save the draft']) {
      await page.getByRole('button', { name }).click()
      await says('Not sent: no connection.')
      t.equal(await area.inputValue(), 'Good morning', `the page stays: ${name}`)
    }
    await page.context().setOffline(false)
    await says('Saved 10:42. What you pressed was not sent: press again.')
    t.same(await kept(), ['Good morning'])

    await page.context().clearCookies()
    await area.pressSequentially(', all')
    await says(/Not saved yet: you were signed out\. Your words are kept/)
    t.same(await kept(), ['Good morning'])
    const other = await page.context().newPage()
    await signInPage(other, world, JOSEPH.email)
    await other.close()
    await area.pressSequentially('!')
    await says('Saved 10:42.')
    t.same(await kept(), ['Good morning, all!'])

    await page.getByRole('button', { name: 'Save the draft' }).click()
    await page.getByText('Saved.', { exact: true }).waitFor()
    const path = new URL(page.url()).pathname
    await area.pressSequentially(' Mine.')
    const { version } = (await draftsOfWeek(db.read, WEEK))[0]!
    await helen.post(path, path, { version: String(version), 'part-1-text': 'Hers.', when: 'soon' })
    await says(/Somebody changed this meanwhile/)
    await page.getByRole('button', { name: 'Save the draft' }).click()
    await page.getByRole('heading', { name: 'Helen was faster' }).waitFor()
    await page.getByText('Mine.').first().waitFor()
  },
)

t.test('a page that came back with something wrong saves too, also after signing in again', async (t) => {
  const { world, origin } = await midweek(t)
  const page = await browser.newPage(t, origin, { mayFail: /drafts/ })
  await signInPage(page, world, JOSEPH.email)
  await page.goto(NEW)
  const area = page.getByLabel('Text', { exact: true })
  const says = (words: string | RegExp) => page.locator('[data-kept]').getByText(words).waitFor()
  await area.fill('Good')
  await says('Saved 10:42.')
  await area.fill('x'.repeat(300))
  await page.getByRole('button', { name: 'Submit for approval' }).click()
  await page.waitForURL('**/submission')
  await page.context().clearCookies()
  const other = await page.context().newPage()
  await signInPage(other, world, JOSEPH.email)
  await other.close()
  await area.fill('Good morning')
  await says('Saved 10:42.')
  t.match(page.url(), /\/drafts\/[0-9a-f-]{36}/)
})

t.test('what is done before the page’s script has come is heeded when it comes', async (t) => {
  const { world, origin, db, helen } = await midweek(t)
  const page = await browser.newPage(t, origin, { mayFail: /drafts/ })
  await signInPage(page, world, JOSEPH.email)
  const saved = page.locator('[data-kept]').getByText('Saved 10:42.')
  const draft = async () => (await draftsOfWeek(db.read, WEEK))[0]!
  const comeTo = async (go: () => Promise<unknown>, name?: string) => {
    await page.unrouteAll()
    const letCome = await holdScripts(page, name)
    await go()
    return letCome
  }

  let letCome = await comeTo(() => page.goto(NEW), 'editor')
  await page.getByLabel('Text', { exact: true }).pressSequentially('Early')
  letCome()
  await saved.waitFor()
  t.equal((await draft()).content.parts[0]!.text, 'Early')

  const path = `/drafts/${(await draft()).id}`
  letCome = await comeTo(() => page.goto(path), 'editor')
  await page.getByLabel('Day', { exact: true }).fill('2026-11-19')
  await page.getByLabel('Time', { exact: true }).fill('08:30')
  letCome()
  await saved.waitFor()
  t.same((await draft()).wishedAt, new Date('2026-11-19T08:30:00Z'), 'a day and a time mean that time')

  const area = page.getByLabel('Text', { exact: true })
  await area.fill('x'.repeat(300))
  letCome = await comeTo(() => page.getByRole('button', { name: 'Submit for approval' }).click())
  await page.getByRole('alert').waitFor()
  await area.fill('Early again')
  letCome()
  await page.locator('form[data-works]').waitFor()
  t.equal(
    await page.evaluate(() => document.activeElement?.id),
    'part-1-text',
    'nobody is taken from the field',
  )
  await saved.waitFor()

  await helen.post(path, path, {
    version: String((await draft()).version),
    'part-1-text': 'Hers.',
    when: 'soon',
  })
  await page.goto(path)
  const { version } = await draft()
  await page.locator('form[data-works]').waitFor()
  await helen.post(path, path, { version: String(version), 'part-1-text': 'Hers again.', when: 'soon' })
  await area.fill('Mine.')
  letCome = await comeTo(() => page.getByRole('button', { name: 'Save the draft' }).click())
  const afresh = page.getByRole('group', { name: 'Or afresh' })
  await afresh.getByLabel('Text').fill('Of both.')
  letCome()
  await afresh.locator('input[type="radio"]:checked').waitFor()
  t.pass('writing afresh chooses it')
})

t.test('what is chosen and typed while an image is on its way is there when it has come', async (t) => {
  const { world, origin } = await midweek(t)
  const page = await browser.newPage(t, origin)
  await signInPage(page, world, JOSEPH.email)
  await page.goto(NEW)
  await page.locator('form[data-works]').waitFor()
  let letGo = () => {}
  const mayGo = new Promise<void>((resolve) => (letGo = resolve))
  await page.route('**/drafts', async (route) => {
    await mayGo
    await route.continue()
  })
  const area = page.getByLabel('Text', { exact: true })
  const [amber, brick] = await Promise.all([square('#c98a1b'), square('#a63d2f')])
  await paste(area, amber.buffer)
  await paste(area, brick.buffer)
  await area.fill('Two squares')
  await page.getByLabel('Day', { exact: true }).fill('2026-11-19')
  letGo()
  await page.getByLabel('Describe image 2').waitFor()
  t.equal(await page.locator('.attached').count(), 2)
  t.equal(await area.inputValue(), 'Two squares')
  t.equal(await page.getByLabel('Day', { exact: true }).inputValue(), '2026-11-19')
  t.ok(await page.getByLabel('At this time').isChecked())
})

async function square(background: string) {
  const image = sharp({ create: { width: 40, height: 30, channels: 3, background } })
  return { name: 'square.png', mimeType: 'image/png', buffer: await image.png().toBuffer() }
}

function paste(area: Locator, bytes: Buffer): Promise<void> {
  return area.evaluate(
    (element, data) => {
      const clipboardData = new DataTransfer()
      clipboardData.items.add(new File([Uint8Array.from(data)], 'pasted.png', { type: 'image/png' }))
      element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    },
    [...bytes],
  )
}

function drop(area: Locator, bytes: Buffer): Promise<void> {
  return area.evaluate(
    (element, data) => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File([Uint8Array.from(data)], 'dropped.png', { type: 'image/png' }))
      element.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
    },
    [...bytes],
  )
}

t.test('what is typed last, before a page is left, reaches the server', async (t) => {
  const { world, origin, db } = await midweek(t)
  const page = await browser.newPage(t, origin)
  await signInPage(page, world, JOSEPH.email)
  const area = page.getByLabel('Text', { exact: true })
  const arrives = (words: string) =>
    until(
      t,
      `“${words}” in the draft`,
      async () => (await draftsOfWeek(db.read, WEEK))[0]?.content.parts[0]!.text === words,
      10_000,
    )
  await page.goto(NEW)
  await page.locator('form[data-works]').waitFor()
  await area.fill('Typed and left')
  await page.goto('/today')
  await arrives('Typed and left')
  t.equal((await draftsOfWeek(db.read, WEEK)).length, 1)
  await page.goto(NEW)
  await page.waitForLoadState('networkidle')
  t.equal(await page.getByText('This browser has kept it.').count(), 0, 'what arrived is not offered')

  const path = `/drafts/${(await draftsOfWeek(db.read, WEEK))[0]!.id}`
  await page.goto(path)
  await page.locator('form[data-works]').waitFor()
  await area.fill('Loaded again at once')
  await page.reload()
  await arrives('Loaded again at once')
  await page.locator('.part-text').filter({ hasText: 'Loaded again at once' }).waitFor()
  t.equal(await page.getByText('This browser has kept it.').count(), 0)

  await page.locator('form[data-works]').waitFor()
  await area.fill('And the tab closed')
  await page.close({ runBeforeUnload: true })
  await arrives('And the tab closed')
  t.equal((await draftsOfWeek(db.read, WEEK)).length, 1)
})

t.test(
  'what is typed as a page is left is sent, once, and offered only where the server lacks it',
  async (t) => {
    const { world, origin, db, helen } = await midweek(t)
    const page = await browser.newPage(t, origin, { mayFail: /drafts|brake/ })
    await signInPage(page, world, LEAD.email)
    const area = page.getByLabel('Text', { exact: true })
    const drafts = () => draftsOfWeek(db.read, WEEK)
    const kept = async () => (await drafts()).map(({ content }) => content.parts[0]!.text)
    const shelf = () =>
      page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('typed:')))
    const offer = page.getByText('This browser has kept it.')

    await page.goto(NEW)
    await page.locator('form[data-works]').waitFor()
    await area.fill('Before the brake')
    await page.getByRole('button', { name: 'Pull the brake' }).first().click()
    await until(t, 'sent, as the brake does not carry it', async () =>
      (await kept()).includes('Before the brake'),
    )

    const { id } = (await drafts())[0]!
    const path = `/drafts/${id}`
    // Of what is sent the answers are lost.
    await page.addInitScript(() => {
      const { fetch } = window
      window.fetch = (where, init) => {
        if (typeof where !== 'string' || !where.endsWith('/autosave') || localStorage.getItem('connected'))
          return fetch(where, init)
        localStorage.setItem('sent', String(Number(localStorage.getItem('sent')) + 1))
        return fetch(where, init).then(() => new Promise(() => {}))
      }
    })
    const sent = () => page.evaluate(() => Number(localStorage.getItem('sent')))
    await page.goto(path)
    await page.locator('form[data-works]').waitFor()
    await area.fill('First')
    await until(t, 'saved', async () => (await kept()).includes('First'))
    await area.fill('See northdale.org')
    await page.goto('/today')
    t.equal(await sent(), 2, 'what was typed since goes out beside it, once')

    // The same words wait undecided, and the form comes back from being sent.
    const putAside = (words: string) =>
      page.evaluate(
        ([draft, words]) => {
          const person = document.body.dataset['signedIn']
          const typed = { person, draft, at: Date.now(), fields: [['part-1-text', words]] }
          localStorage.setItem(`typed:${draft}:aside:${words.length}`, JSON.stringify(typed))
        },
        [id, words] as const,
      )
    await page.evaluate(() => {
      localStorage.clear()
      localStorage.setItem('connected', 'yes')
    })
    const [now] = await kept()
    await page.goto(path)
    await page.locator('form[data-works]').waitFor()
    await putAside(now!)
    let posts = 0
    page.on('request', (request) => {
      if (request.method() === 'POST' && new URL(request.url()).pathname === path) posts += 1
    })
    await page.getByLabel('Day', { exact: true }).fill('2020-01-01')
    await area.fill('Another thought')
    await page.getByRole('button', { name: 'Save the draft' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByText(/^Saved \d/).waitFor()
    t.equal(posts, 1, 'a form that came back is not sent again')
    t.equal(await offer.count(), 0)

    const { version } = (await drafts())[0]!
    const words = 'See https://northdale.org/menus'
    await helen.post(path, `${path}/submission`, {
      version: String(version),
      'part-1-text': words,
      when: 'soon',
    })
    await page.evaluate(() => localStorage.clear())
    await putAside(words)
    await putAside('Nowhere else')
    await page.goto(path)
    await until(
      t,
      'what the submitted draft says is kept no longer',
      async () => (await shelf()).length === 1,
    )
    await page.evaluate((draft) => {
      const typed = JSON.parse(localStorage.getItem(`typed:${draft}:aside:12`)!)
      typed.fields = [['part-1-text', 'See https://northdale.org/menus']]
      localStorage.clear()
      localStorage.setItem('waits', JSON.stringify(typed))
    }, id)
    await page.goto(NEW)
    const name = await page.locator('form[data-editor]').getAttribute('data-shelf')
    await page.locator('form[data-works]').waitFor()
    await page.evaluate(
      (name) => localStorage.setItem(`typed:${name}:aside:1`, localStorage.getItem('waits')!),
      name,
    )
    await page.reload()
    await until(t, 'nor is it offered beside a new one', async () => (await shelf()).length === 0)
    t.equal(await offer.count(), 0)
  },
)

t.test('what was not saved comes back, to the same person', async (t) => {
  const { world, origin, visitor } = await midweek(t)
  const page = await browser.newPage(t, origin, { mayFail: /drafts\/[0-9a-f-]{36}$/ })
  // What outlives its page goes past what cuts the page’s own connection.
  await page.addInitScript(() => {
    const { fetch } = window
    window.fetch = (where, init) =>
      typeof where === 'string' && where.endsWith('/autosave') && !localStorage.getItem('connected')
        ? Promise.reject(new TypeError('No connection'))
        : fetch(where, init)
  })
  await signInPage(page, world, JOSEPH.email)
  const offer = page.getByText('This browser has kept it.')
  await page.goto(NEW)
  await page.waitForLoadState('networkidle')
  await page.getByLabel('Text', { exact: true }).fill('Half a thought')
  await page.goto('/today')
  await signInPage(page, world, LEAD.email)
  await page.goto(NEW)
  await page.waitForLoadState('networkidle')
  t.equal(await offer.count(), 0, 'somebody else on this device is not offered it')
  await signInPage(page, world, JOSEPH.email)
  await page.goto(NEW)
  await offer.waitFor()
  await page.getByRole('button', { name: 'Put it back' }).click()
  await page.waitForURL('**/drafts')
  t.equal(await page.getByLabel('Text', { exact: true }).inputValue(), 'Half a thought')
  await page.waitForLoadState('networkidle')
  await page.goto('/today')
  await page.goto(NEW)
  await page.getByRole('button', { name: 'Put it back' }).click()
  t.equal(
    await page.getByLabel('Text', { exact: true }).inputValue(),
    'Half a thought',
    'put back and left again, it is still there',
  )
  await page.evaluate(() => localStorage.setItem('connected', 'yes'))
  await page.getByLabel('Text', { exact: true }).press('End')
  await page.getByLabel('Text', { exact: true }).pressSequentially('.')
  await page.getByText(/^Saved \d/).waitFor()
  t.match(page.url(), /\/drafts\/[0-9a-f-]{36}$/, 'put back and stayed with, it is saved by itself')
  await page.getByRole('button', { name: 'Save the draft' }).click()
  await page.waitForURL(/\/drafts\/[0-9a-f-]{36}$/)
  await page.getByText('Saved.', { exact: true }).waitFor()
  const path = new URL(page.url()).pathname
  await page.goto(NEW)
  await page.waitForLoadState('networkidle')
  t.equal(await offer.count(), 0, 'what was saved is not offered again')

  await page.goto(path)
  await page.waitForLoadState('networkidle')
  await page.getByLabel('Text', { exact: true }).fill('A whole thought')
  const helen = await visitor(LEAD.email)
  await helen.post(path, path, { version: '1', 'part-1-text': 'Helen’s thought', when: 'soon' })
  await page.goto(path)
  await page.getByRole('button', { name: 'Put it back' }).click()
  await page.getByRole('button', { name: 'Save the draft' }).click()
  await page.getByRole('heading', { name: 'Helen was faster' }).waitFor()
  await page.getByText('A whole thought').first().waitFor()
  t.pass('and what somebody else wrote is not overwritten')
  const afresh = page.getByRole('group', { name: 'Or afresh' })
  await afresh.getByLabel('Text').fill('A thought of both')
  await afresh.locator('input[type="radio"]:checked').waitFor()
  t.pass('writing afresh chooses it')
})

t.test('without a script, on a phone', async (t) => {
  const { world, origin, db } = await midweek(t)
  const page = await browser.newPage(t, origin, { width: 390, height: 844, javaScript: false })
  await signInPage(page, world, JOSEPH.email)
  await page.goto(NEW)
  t.ok(await page.getByRole('button', { name: 'Submit for approval' }).isVisible(), 'in reach at once')
  await page.locator('#part-1-text').fill('First')
  await page.getByRole('button', { name: 'Add a part' }).click()
  await page.locator('#part-2-text').fill('Second')
  await page.getByRole('button', { name: 'Move part two up' }).click()
  t.equal(await page.locator('#part-1-text').inputValue(), 'Second')
  await page
    .locator('#sign-off')
    .count()
    .then((count) => t.equal(count, 0, 'a host’s sign-off is their own'))
  await page.locator('#day').press('Enter')
  await page.waitForURL(/\/drafts\/[0-9a-f-]{36}$/)
  const [draft] = await draftsOfWeek(db.read, WEEK)
  t.same(
    draft!.content.parts.map(({ text }) => text),
    ['Second', 'First'],
    'Enter saves',
  )
})

t.test('everybody can use it', async (t) => {
  const { world, origin, visitor, db } = await midweek(t)
  const joseph = await visitor(JOSEPH.email)
  const id = randomUUID()
  const path = `/drafts/${id}`
  await joseph.post(NEW, '/drafts', {
    id,
    week: WEEK,
    'part-1-text': 'One',
    'part-2-text': 'Two',
    when: 'soon',
  })
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage(t, origin, { width: 320, colorScheme })
    await signInPage(page, world, JOSEPH.email)
    const check = async (what: string) => {
      await page.waitForLoadState('networkidle')
      t.same(await violationsOf(page), [], `${what}, ${colorScheme}`)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      t.ok(wide <= 0, `${what} does not scroll sideways`)
    }
    await page.goto(NEW)
    await check('a new draft')
    await page.getByRole('button', { name: 'Submit for approval' }).click()
    await check('a refused one')
    await page.goto(path)
    await page.locator('#part-2-text').fill('Two, from here')
    const { version } = (await findDraft(db.read, id))!
    const words = { 'part-1-text': 'One', 'part-2-text': `Two, ${colorScheme}`, when: 'soon' }
    await joseph.post(path, path, { version: String(version), ...words })
    await page.getByRole('button', { name: 'Save the draft' }).click()
    await check('two versions')
  }
  const { version } = (await findDraft(db.read, id))!
  await joseph.post(path, `${path}/submission`, { version: String(version) })
  const page = await browser.newPage(t, origin, { width: 320 })
  await signInPage(page, world, JOSEPH.email)
  await page.goto(path)
  t.same(await violationsOf(page), [], 'a submitted one')
})
