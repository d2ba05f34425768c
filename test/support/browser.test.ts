import t from 'tap'
import { anAccount, LEAD } from './story.ts'
import { testApp } from './app.ts'
import { violationsOf } from './axe.ts'
import { findBrowsers, launch, openBrowser, serve, signInPage } from './browser.ts'
import { until } from './in-time.ts'

t.test(
  'the browser that is named is taken, or else the packed one, then those in the usual places',
  async (t) => {
    const there = (path: string) => path === '/opt/mine' || path === '/usr/bin/google-chrome'
    const find = (env: NodeJS.ProcessEnv, packed: string[]) => findBrowsers(env, there, async () => packed)
    t.same(await find({ BROWSER_PATH: '/opt/mine' }, ['/packed']), ['/opt/mine'])
    t.same(await find({}, ['/packed']), ['/packed', '/usr/bin/google-chrome'])
    t.same(await find({}, []), ['/usr/bin/google-chrome'])
    await t.rejects(find({ BROWSER_PATH: '/opt/other' }, []), /nothing at BROWSER_PATH=\/opt\/other/)
    const nowhere = findBrowsers(
      {},
      () => false,
      async () => [],
    )
    await t.rejects(nowhere, /there is none in the usual places/)
  },
)

t.test('one that does not start is told in one line that says what to do', async (t) => {
  const error = await launch('/bin/false').catch((caught: unknown) => caught)
  t.match(error, { message: /^The browser \/bin\/false does not start \(.+\)\. .*BROWSER_PATH\.$/ })
})

t.test('people sign in with a real browser, with and without scripts', async (t) => {
  const browser = await openBrowser(t)
  const world = await testApp(t)
  await anAccount(world.db, { now: world.clock.now() })
  const origin = await serve(world)
  for (const javaScript of [true, false]) {
    const page = await browser.newPage(t, origin, { javaScript, width: 390, colorScheme: 'dark' })
    await signInPage(page, world, LEAD.email)
    await page.getByRole('button', { name: 'Menu' }).click()
    t.match(await page.locator('.masthead').innerText(), LEAD.name)
    const answer = await page.goto('/no-such-page')
    t.equal(answer?.status(), 404, 'a document’s status is the test’s own to judge')
  }
})

t.test('errors in a page and requests to other hosts fail the test', async (t) => {
  const browser = await openBrowser(t)
  const world = await testApp(t)
  world.app.get('/bad-page', async (_request, reply) =>
    reply
      .type('text/html')
      .header('content-security-policy', '')
      .send(
        '<!doctype html><link rel="icon" href="data:,"><script>console.error("one"); setTimeout(() => { throw new Error("two") })</script><img src="http://127.0.0.2:9/three" alt="">',
      ),
  )
  const origin = await serve(world)
  const failures: string[] = []
  const fail = (...[message]: unknown[]) => failures.push(String(message)) > 0
  const page = await browser.newPage({ fail, teardown: (end) => t.teardown(end) }, origin)
  const beside = await page.context().newPage()
  for (const [which, one] of [
    ['the page', page],
    ['a page beside it', beside],
  ] as const) {
    failures.length = 0
    await one.goto('/bad-page')
    for (const what of ['one', 'two', 'three'])
      await until(t, `${what} of ${which}`, async () => failures.some((failure) => failure.includes(what)))
  }
})

t.test(
  'a look at a page tells what breaks a rule, in its frames too, and again after a change',
  async (t) => {
    const browser = await openBrowser(t)
    const world = await testApp(t)
    const frame =
      '<html lang=en><title>In it</title><main><h1>In it</h1><img src=data:image/gif;base64,R0lGODlhAQABAAAAACw=></main>'
    world.app.get('/broken-page', async (_request, reply) =>
      reply
        .type('text/html')
        .header('content-security-policy', '')
        .send(
          `<!doctype html><html lang=en><title>A page</title><link rel="icon" href="data:,">
        <meta name=viewport content="width=device-width">
        <style>@media (prefers-color-scheme: dark) { p { color: #ddd } } a { all: unset; display: block; height: 9px }</style>
        <main><h1>A page</h1><p>Words</p><a href="#a">One</a><a href="#b">Two</a></main>
        <iframe title="Another" srcdoc='${frame}'></iframe>`,
        ),
    )
    const page = await browser.newPage(t, await serve(world))
    await page.goto('/broken-page')
    const broken = async () => (await violationsOf(page)).map((one) => /^[^:]+/.exec(one)![0]).toSorted()
    t.same(await broken(), ['image-alt', 'landmark-unique', 'target-size'])
    await page.emulateMedia({ colorScheme: 'dark' })
    t.same(await broken(), ['color-contrast', 'image-alt', 'landmark-unique', 'target-size'])
    t.same(await violationsOf(page, 'h1'), [])
  },
)
