import type { Page } from 'playwright-core'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { saveGrant } from '../../src/accounts/connection.ts'
import type { LivePolicy } from '../../src/accounts/account.ts'
import { buildApp } from '../../src/app.ts'
import { SANDBOX_APP } from '../../src/compose.ts'
import { drafts, sessions } from '../../src/db/schema/index.ts'
import { findDecidable, freezeDecidable, requestChanges } from '../../src/drafts/decide-draft.ts'
import { fingerprint } from '../../src/drafts/freeze.ts'
import { changeLiveWindow } from '../../src/drafts/live/change-live-window.ts'
import { makeSignInLink } from '../../src/people/sign-in.ts'
import { findActor } from '../../src/rota/powers.ts'
import { fontsCame, holdScripts, startBrowser } from '../support/browser.ts'
import { inTime, PATIENCE, until } from '../support/in-time.ts'
import { openLine } from '../support/line.ts'
import { testSandbox } from '../support/sandbox.ts'
import { ACCOUNT, anAccount, APPROVER, LEAD } from '../support/story.ts'
import { anOpenDay, JOSEPH, josephsWeek, WEEK } from '../support/submitted.ts'

const browser = await startBrowser()
t.teardown(() => inTime('the browser to close', browser.close()))
const LIVE = `/weeks/${WEEK}/live`
const PHONE = { width: 390, height: 844 }
/** What is left of it when the keyboard is open. */
const TYPING = { width: 390, height: 420 }
const photo = await sharp({
  create: {
    width: 3000,
    height: 2000,
    channels: 3,
    background: '#2a5',
    noise: { type: 'gaussian', mean: 120, sigma: 40 },
  },
})
  .jpeg({ quality: 90 })
  .toBuffer()

/** Everything but X itself, behind a line that can be cut: the hall’s Wi-Fi. */
async function anEvent(t: Test, live: LivePolicy) {
  const running = await testSandbox(t, '2026-11-18T10:42:00Z')
  const { db, clock } = running.deps
  await anAccount(db, { now: clock.now(), policy: { live, liveStopMinutes: 5 } })
  await josephsWeek(db)
  await anOpenDay(db)
  const x = running.sandbox!.standIn
  const grant = await x.grantFor('NorthDaleHealth', SANDBOX_APP)
  const user = await running.deps.network.me(grant.accessToken)
  if (!user.ok) throw new Error(user.problem.detail)
  await saveGrant(running.deps, { accountId: ACCOUNT, grant, user: user.value, personId: LEAD.id })
  const app = await buildApp(running.deps, running.sandbox)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const line = await openLine(t, (app.server.address() as { port: number }).port)
  t.teardown(() => inTime('the app to close', app.close()))
  const comeIn = async (email: string) => {
    const context = await browser.newContext({
      baseURL: line.origin,
      viewport: PHONE,
      hasTouch: true,
      isMobile: true,
      locale: 'en-GB',
      timezoneId: 'Europe/London',
    })
    t.teardown(() => inTime(`the browser of ${email} to let go of its pages`, context.close()))
    context.setDefaultTimeout(PATIENCE)
    const page = await context.newPage()
    // Not the console: what does not come over a cut line stands there.
    page.on('pageerror', (error) => t.fail(`error in the page: ${error.message}`))
    await page.goto(await makeSignInLink(db, { email, publicUrl: '', machineNow: clock.machine() }))
    await page.locator('main form button[type=submit]').click()
    await page.waitForURL(/\/today/)
    return page
  }
  const said = async () => (await x.timeline('NorthDaleHealth')).map(({ text }) => text)
  return { db, clock, line, comeIn, said }
}

const say = (page: Page, text: string) => page.getByLabel('What is happening?').fill(text)

t.test('a photo and words go out with a few taps, also with the keyboard open', async (t) => {
  const { comeIn, said, db } = await anEvent(t, 'at-once')
  const host = await comeIn(JOSEPH.email)
  await host.getByRole('link', { name: 'Live', exact: true }).tap()
  await host.setViewportSize(TYPING)
  // Without a photo there is nothing to describe.
  await host.getByLabel(/What the photo shows/).waitFor({ state: 'hidden' })
  await host.setInputFiles('#photo', { name: 'lift.jpg', mimeType: 'image/jpeg', buffer: photo })
  await host.getByLabel(/What the photo shows/).fill('A bed in a lift')
  await say(host, 'Ring 01632 960123.')
  await host.getByText('01632 960123 looks like a phone number. If it is somebody’s own').waitFor()
  await say(host, 'It fits, with a hand’s breadth to spare.')
  await host.getByText('01632 960123 looks').waitFor({ state: 'hidden' })
  t.equal(await host.locator('[data-weight]').innerText(), '59')
  const button = host.getByRole('button', { name: 'Post it' })
  await fontsCame(host)
  const box = (await button.boundingBox())!
  t.ok(box.y + box.height <= TYPING.height && box.height >= 44, 'the button is at the thumb')
  await button.tap()
  await until(t, 'it stands there', async () => (await said()).length === 1)
  t.same(await said(), ['It fits, with a hand’s breadth to spare. #NorthDaleOpen ^JA'])
  const [draft] = await db.read.select().from(drafts)
  t.match(draft!.content.parts[0]!.images, [{ alt: 'A bed in a lift' }])
  await host.getByText('Posted', { exact: true }).waitFor()
  t.equal(await host.getByLabel('What is happening?').inputValue(), '', 'ready for the next one')
})

t.test('what is chosen before the script has come counts, and nothing waits for its worker', async (t) => {
  const { comeIn, said, line, db, clock } = await anEvent(t, 'at-once')
  const host = await comeIn(JOSEPH.email)
  const letCome = await holdScripts(host, 'live')
  await host.addInitScript(() => {
    navigator.serviceWorker.register = () => new Promise(() => {}) // on a line that is too slow for it
  })
  await host.goto(LIVE)
  await host.setInputFiles('#photo', { name: 'lift.jpg', mimeType: 'image/jpeg', buffer: photo })
  await host.waitForTimeout(4000)
  letCome()
  await host.locator('img[data-chosen]').waitFor()
  await host.getByLabel(/What the photo shows/).fill('A bed in a lift')
  await say(host, 'It fits.')
  await host.locator('[data-live-form][data-works]').waitFor()
  line.cut()
  const before = clock.now().getTime()
  await host.getByRole('button', { name: 'Post it' }).tap()
  await host.getByText('Not sent yet').waitFor()
  line.mend()
  await until(t, 'it stands there', async () => (await said()).length === 1)
  const [draft] = await db.read.select().from(drafts)
  const early = before - draft!.pressedAt!.getTime()
  t.ok(early < 2500, `pressed when it was pressed, not ${early} ms before`)
})

t.test('without a connection the page opens again, and what was pressed arrives once', async (t) => {
  const { comeIn, said, line, db } = await anEvent(t, 'at-once')
  const host = await comeIn(JOSEPH.email)
  await host.goto(LIVE)
  await until(t, 'the phone has what it needs', () =>
    host.evaluate(async () => Boolean(await caches.match('/live/page'))),
  )
  const ready = host.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await inTime('the page’s worker', ready)
  line.cut()
  await say(host, 'Doors to the boiler room are open.')
  await host.setInputFiles('#photo', { name: 'boiler.jpg', mimeType: 'image/jpeg', buffer: photo })
  await host.getByLabel(/What the photo shows/).fill('A boiler')
  await host.getByRole('button', { name: 'Post it' }).tap()
  await host.getByText('Not sent yet').waitFor()
  t.match(await host.locator('[data-live-waiting]').innerText(), /One post waits for a connection/)

  // Closed and opened again, still without one.
  const again = await host.context().newPage()
  await inTime('the page to close', host.close())
  await again.goto(LIVE)
  await again.getByRole('heading', { level: 1, name: 'Open day' }).waitFor()
  await again.getByText('Not sent yet').waitFor()
  t.match(
    await again.locator('[data-live-waiting]').innerText(),
    /Doors to the boiler room are open\.\s+with a photo/,
  )
  await say(again, 'Never mind.')
  await again.getByRole('button', { name: 'Post it' }).tap()
  await until(t, 'both wait', async () => (await again.getByText('Not sent yet').count()) === 2)
  await again.getByRole('button', { name: /Take back “Never mind/ }).tap()
  await until(t, 'taken back to be changed', async () => {
    return (await again.getByLabel('What is happening?').inputValue()) === 'Never mind.'
  })
  await say(again, 'Ring 01632 960123.')
  await again.getByText('01632 960123 looks like a phone number.').waitFor()
  await say(again, '')
  t.same(await said(), [])

  line.mend()
  await until(t, 'it stands there', async () => (await said()).length === 1)
  await until(t, 'and waits no more', async () => (await again.getByText('Not sent yet').count()) === 0)
  await again.getByText('Posted', { exact: true }).waitFor()
  await again.reload()
  t.same(await said(), ['Doors to the boiler room are open. #NorthDaleOpen ^JA'], 'once')
  const [draft, ...others] = await db.read.select().from(drafts)
  t.same(others, [])
  t.ok(draft!.pressedAt! < draft!.createdAt, 'pressed before it arrived')
  t.match(draft!.content.parts[0]!.images, [{ alt: 'A boiler' }])
})

t.test('signed out and the event ended while there was no connection: nothing is lost', async (t) => {
  const { comeIn, said, line, db, clock } = await anEvent(t, 'at-once')
  const host = await comeIn(JOSEPH.email)
  await host.goto(LIVE)
  await until(t, 'ready', () => host.evaluate(async () => Boolean(await caches.match('/live/page'))))
  line.cut()
  const press = async (words: string, waiting: number) => {
    await say(host, words)
    await host.getByRole('button', { name: 'Post it' }).tap()
    await until(t, `${words} waits`, async () => (await host.getByText('Not sent yet').count()) === waiting)
  }
  await press('The last tour comes back.', 1)
  const change = { kind: 'end' as const }
  const actor = (await findActor(db.read, LEAD.id, clock.now()))!
  const window = { weekId: WEEK, eventId: 'open-day', version: 0 }
  await changeLiveWindow(db, { ...window, change, actor, now: clock.now() })
  await host.waitForTimeout(1100) // the next press is after the end, on the app's clock too
  await press('Thank you all for coming.', 2)
  await db.write(async (tx) => void (await tx.delete(sessions)))
  line.mend()
  await host.getByText('2 posts wait until you sign in again.').waitFor()
  await host.getByRole('link', { name: 'Sign in' }).tap()
  await host.waitForURL(/\/sign-in\?next=/)
  const link = await makeSignInLink(db, { email: JOSEPH.email, publicUrl: '', machineNow: clock.machine() })
  await host.goto(link)
  await host.locator('main form button[type=submit]').click()
  await host.waitForURL(/\/today/)
  await host.goto(LIVE)
  await until(t, 'what was pressed in time stands there', async () => (await said()).length === 1)
  t.same(await said(), ['The last tour comes back. #NorthDaleOpen ^JA'])
  const parts = host.locator('[data-live-parts]')
  await parts.getByText('Thank you all for coming.').waitFor()
  t.match(
    await parts.innerText(),
    /Thank you all for coming[^]*Waits for approval[^]*The last tour comes back/,
  )
  t.equal(await host.getByText('Not sent yet').count(), 0)
})

t.test(
  'pressed twice while its photo is made smaller it posts once, and what is typed meanwhile stays',
  async (t) => {
    const { comeIn, said, db } = await anEvent(t, 'at-once')
    const host = await comeIn(JOSEPH.email)
    await host.addInitScript(() => {
      const make = window.createImageBitmap.bind(window)
      let made = 0
      // The first is done before the second one, as on a phone with little to spare.
      window.createImageBitmap = async (image: ImageBitmapSource) => {
        await new Promise((resolve) => setTimeout(resolve, (made += 1) * 800))
        return make(image)
      }
    })
    await host.goto(LIVE)
    await host.locator('[data-live-form][data-works]').waitFor()
    await host.setInputFiles('#photo', { name: 'lift.jpg', mimeType: 'image/jpeg', buffer: photo })
    await host.getByLabel(/What the photo shows/).fill('A bed in a lift')
    await say(host, 'It fits.')
    const button = host.getByRole('button', { name: 'Post it' })
    await button.evaluate(async (pressed: HTMLButtonElement) => {
      pressed.click()
      await new Promise((resolve) => setTimeout(resolve, 150))
      pressed.click()
    })
    await say(host, 'And the next one')
    await until(t, 'it stands there', async () => (await said()).length > 0)
    await host.waitForTimeout(2500)
    t.same(await said(), ['It fits. #NorthDaleOpen ^JA'])
    t.equal(await db.read.$count(drafts), 1)
    t.equal(await host.getByLabel('What is happening?').inputValue(), 'And the next one')
    t.equal(await host.getByText('Not taken').count(), 0)
    t.equal(await host.locator('form .field-error').count(), 0)
  },
)

t.test('an answer that is lost on the way does not post twice', async (t) => {
  const { comeIn, said, line, db } = await anEvent(t, 'at-once')
  const host = await comeIn(JOSEPH.email)
  await host.goto(LIVE)
  await until(t, 'ready', () => host.evaluate(async () => Boolean(await caches.match('/live/page'))))
  let lost = 0
  await host.route(`**${LIVE}`, async (route) => {
    if (route.request().method() !== 'POST' || lost > 0) return route.continue()
    lost += 1
    await route.fetch()
    return route.abort('connectionreset')
  })
  await say(host, 'Tour two will get to see the tunnels.')
  await host.getByRole('button', { name: 'Post it' }).tap()
  await until(t, 'it stands there', async () => (await said()).length === 1)
  await until(t, 'the phone knows', async () => (await host.getByText('Not sent yet').count()) === 0)
  t.equal(lost, 1)
  t.equal((await said()).length, 1)
  t.equal(await db.read.$count(drafts), 1)
  line.mend()
})

t.test('an approver stops with one tap what would go out', async (t) => {
  const { comeIn, said } = await anEvent(t, 'delay')
  const [host, approver] = [await comeIn(JOSEPH.email), await comeIn(APPROVER.email)]
  await host.goto(LIVE)
  await approver.goto(LIVE)
  await say(host, 'Somebody’s name, by mistake.')
  await host.getByRole('button', { name: 'Post it' }).tap()
  await host.getByText(/Goes out in/).waitFor()
  await approver.getByRole('button', { name: 'Stop it' }).tap()
  t.match(await approver.getByRole('status').first().innerText(), /Stopped\. Nothing of it goes out/)
  await host.getByText('Waits for approval').waitFor()
  t.same(await said(), [])
})

t.test('in the fast lane the newest waits on top, and one tap lets it go', async (t) => {
  const { comeIn, said } = await anEvent(t, 'lane')
  const [host, approver] = [await comeIn(JOSEPH.email), await comeIn(APPROVER.email)]
  await host.goto(LIVE)
  await approver.goto(LIVE)
  for (const words of ['First tour is off.', 'The tunnels are dry again.']) {
    await say(host, words)
    await host.getByRole('button', { name: 'Send it to be approved' }).tap()
    await host.locator('[data-live-parts]').getByText(words).waitFor()
    await approver.getByText(words === 'First tour is off.' ? words : 'One more post has come.').waitFor()
  }
  t.equal(await approver.getByText('The tunnels are dry again.').count(), 0, 'nothing moves under the finger')
  await approver.getByRole('link', { name: 'Show it' }).tap()
  await approver.getByText('The tunnels are dry again.').waitFor()
  const approve = approver.getByRole('button', { name: 'Approve' }).first()
  t.ok((await approve.boundingBox())!.height >= 44)
  await approve.tap()
  await until(t, 'it stands there', async () => (await said()).length === 1)
  t.same(await said(), ['The tunnels are dry again. #NorthDaleOpen ^JA'])
})

t.test(
  'what moves up when somebody else decides is not approved by the finger that is on its way',
  async (t) => {
    const { comeIn, said, db, clock } = await anEvent(t, 'lane')
    const [host, approver] = [await comeIn(JOSEPH.email), await comeIn(APPROVER.email)]
    await host.goto(LIVE)
    for (const words of ['First tour is off.', 'The tunnels are dry again.']) {
      await say(host, words)
      await host.getByRole('button', { name: 'Send it to be approved' }).tap()
      await host.locator('[data-live-parts]').getByText(words).waitFor()
    }
    await approver.goto(LIVE)
    const upper = approver.locator('[data-decides]').first()
    t.match(await upper.innerText(), 'The tunnels are dry again.')
    const place = (await upper.getByRole('button', { name: 'Approve' }).boundingBox())!
    await approver.evaluate(
      ([x, y]: [number, number]) => {
        new MutationObserver((_changes, observer) => {
          observer.disconnect()
          const under = document.elementFromPoint(x, y)
          if (under instanceof HTMLElement) under.click()
        }).observe(document.querySelector('[data-live-parts]')!, { childList: true })
      },
      [place.x + place.width / 2, place.y + place.height / 2] as [number, number],
    )
    const all = await db.read.select().from(drafts)
    const decided = all.find(({ content }) => content.parts[0]!.text.startsWith('The tunnels'))!
    const actor = (await findActor(db.read, LEAD.id, clock.now()))!
    const seen = fingerprint(freezeDecidable(await findDecidable(db.read, decided.id, actor)))
    await requestChanges(db, {
      draftId: decided.id,
      fingerprint: seen,
      comment: 'Not yet.',
      actor,
      now: clock.now(),
      machineNow: clock.machine(),
      publicUrl: '',
    })
    const lane = approver.locator('[data-decides]')
    await until(t, 'the other one moved up', async () => (await lane.count()) === 1)
    await approver.waitForTimeout(1500)
    t.same(await said(), [])
    t.equal(new URL(approver.url()).pathname, LIVE)
    t.match(await lane.innerText(), 'First tour is off.')
    await approver.getByRole('button', { name: 'Approve' }).tap()
    await until(t, 'who looks again lets it go', async () => (await said()).length === 1)
  },
)

t.test('what is being typed stays, whatever else is pressed meanwhile', async (t) => {
  const { comeIn, said } = await anEvent(t, 'lane')
  const page = await comeIn(JOSEPH.email)
  await page.goto(LIVE)
  const typed = page.getByLabel('What is happening?')
  await page.locator('[data-live-form]').waitFor()
  await page.waitForLoadState('networkidle')
  await typed.fill('The brass band is')
  await page.getByRole('button', { name: 'Let them step aside' }).click()
  await page.getByText('The week’s scheduled posts step aside').waitFor()
  await until(t, 'it is there again', async () => (await typed.inputValue()) === 'The brass band is')
  await page.goto('/today')
  await page.goto(LIVE)
  t.equal(await typed.inputValue(), 'The brass band is', 'also after another page was read')
  await page.waitForLoadState('networkidle')
  await page.getByRole('button', { name: 'Send it to be approved' }).click()
  await page.getByText('Waits for approval').waitFor()
  await page.goto('/today')
  await page.goto(LIVE)
  t.equal(await typed.inputValue(), '', 'what was sent is not typed again')
  t.same(await said(), [])
})

t.test('signing out takes everything off the phone, and asks about what was not sent', async (t) => {
  const { comeIn, line } = await anEvent(t, 'at-once')
  const host = await comeIn(JOSEPH.email)
  await host.goto(LIVE)
  await until(t, 'ready', () => host.evaluate(async () => Boolean(await caches.match('/live/page'))))
  line.cut()
  await say(host, 'Not sent.')
  await host.getByRole('button', { name: 'Post it' }).tap()
  await host.getByText('Not sent yet').waitFor()
  const asked: string[] = []
  let answer = false
  host.on('dialog', (dialog) => {
    asked.push(dialog.message())
    void (answer ? dialog.accept() : dialog.dismiss())
  })
  const out = async () => {
    await host.getByRole('button', { name: 'Menu' }).tap()
    await host.getByRole('button', { name: 'sign out' }).tap()
  }
  await out()
  await until(t, 'asked', async () => asked.length === 1)
  t.match(asked[0], /One post was not sent yet, and is lost/)
  await host.keyboard.press('Escape')
  line.mend()
  answer = true
  await out()
  await host.waitForURL(/\/sign-in/)
  const looked = host.evaluate(async () => ({
    caches: await caches.keys(),
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    note: localStorage.getItem('live-weeks'),
  }))
  const left = await inTime('what is left on the phone', looked)
  t.match(left, { caches: [], workers: 0, note: '{}' })
})
