import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { openBrowser } from '../support/browser.ts'
import { startDemoServer } from '../support/server.ts'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const LOOKS = [
  { width: 1280, height: 900, colorScheme: 'light' },
  { width: 390, height: 844, colorScheme: 'dark' },
  { width: 1280, height: 900, colorScheme: 'dark' },
  { width: 390, height: 844, colorScheme: 'light' },
] as const
/** The narrowest screen: 1280 pixels at four times their size. */
const NARROWEST = { width: 320, height: 640 }
/** Things in different states have different pages; of other pages one of a kind is enough. */
const IN_STATES = /^\/(@:handle\/weeks|weeks|drafts|deliveries)\/:\w+$/
const STATES = 4

// A look takes less than half a second of a processor, and there are more than a hundred.
t.setTimeout(600_000)

const [browser, server] = await Promise.all([openBrowser(t), startDemoServer(t)])
/** Frames that were looked at in every look: what they share needs no second time. */
const framesSeen = new Set<string>()

t.test('followers’ pages need no script, set no cookie, and everybody can read them', async (t) => {
  const follower = await open(t)
  const seen = await walk(t, follower, '/@NorthDaleHealth', {
    also: async () =>
      void t.equal(await follower.locator('script').count(), 0, `${follower.url()} has no script`),
  })
  for (const kind of [
    '/@:handle/rota',
    '/@:handle/recaps',
    '/@:handle/weeks/:slot',
    '/privacy',
    '/accessibility',
  ])
    t.ok(seen.has(kind), `${kind} was looked at`)
  for (const path of ['/@NorthDaleHealth/weeks/1999-01-04', '/@Nobody', '/no-such-page']) {
    t.equal((await follower.goto(path))?.status(), 404)
    await look(t, follower)
  }
  t.same(await follower.context().cookies(), [])
})

t.test('the doors: signing in, invitations, and the sandbox', async (t) => {
  const nobody = await open(t)
  await visit(t, nobody, '/sign-in')
  await send(nobody, 'Send me a link')
  await look(t, nobody, 'no address')
  await nobody.getByLabel('E-mail').fill('tom.garside@northdale.example')
  await send(nobody, 'Send me a link')
  await look(t, nobody, 'the mail is on its way')
  await visit(t, nobody, '/sign-in/invented')
  await visit(t, nobody, '/invitations/invented')
  await visit(t, nobody, '/sandbox')
  await send(nobody, 'Post it')
  await look(t, nobody, 'nothing said')
  await nobody
    .getByRole('link', { name: /^Answer/ })
    .first()
    .click()
  await look(t, nobody, 'an answer')
  await visit(t, nobody, '/sandbox/mail')
  const invitation = nobody.locator('.mail-list > li').filter({ hasText: 'Would you take' }).first()
  await nobody.goto((await invitation.locator('pre a').first().getAttribute('href'))!)
  await look(t, nobody, 'an invitation')
  await nobody.goto(server.link('Tom Garside'))
  await look(t, nobody, 'a sign-in link')
  await send(nobody, 'Sign in')
  await look(t, nobody, 'invited')
  await nobody.getByRole('link', { name: 'Read what is agreed' }).click()
  await look(t, nobody, 'may accept')
})

t.test('a host’s pages', async (t) => {
  const host = await comeIn(t, /^Joseph Adeyemi/)
  await walk(t, host, '/today')
  await host.goto('/today')
  await host
    .getByRole('link', { name: /^Write/ })
    .first()
    .click()
  const form = host.url()
  await host.getByText('Add an image').click()
  await host.getByLabel('Describe the image').fill('A corridor at night.')
  await send(host, 'Add a part')
  await look(t, host, 'a thread')
  await host.getByLabel('At this time').check()
  await host.getByLabel('Day', { exact: true }).fill('2001-01-01')
  await send(host, 'Submit for approval')
  await look(t, host, 'everything wrong')
  await conflict(t, host, form)
  t.equal((await host.goto('/queue'))?.status(), 403)
  await look(t, host, 'not allowed')
})

t.test('a lead’s pages', async (t) => {
  const lead = await comeIn(t, /^Helen Marsh/)
  await walk(t, lead, '/today')
  await lead.goto('/rota')
  await lead
    .getByRole('link', { name: /^book / })
    .first()
    .click()
  await lead.getByText('Events in this week').click()
  await send(lead, 'Add an event')
  await send(lead, 'Book and invite')
  await look(t, lead, 'a refused booking')
  await lead.goto('/people')
  await send(lead, 'Add them')
  await look(t, lead, 'a refused person')
  await lead.goto('/queue')
  await send(lead, /^Ask for changes/)
  await look(t, lead, 'no words')
  await send(lead, /^Approve/)
  await look(t, lead, 'approved')
  t.equal((await lead.goto('/weeks/no-such-week'))?.status(), 404)
  await look(t, lead, 'not found')
  await lead.goto('/accounts/demo-account')
  await send(lead, 'Pull the brake')
  await look(t, lead, 'the brake is on')
  await visit(t, lead, '/today')
  await visit(t, lead, '/queue')
})

t.test('an approver’s pages', async (t) => {
  const approver = await comeIn(t, /^Owen Price/)
  await walk(t, approver, '/today', { states: 1 })
})

/** Two tabs with one draft: the later one gets the page with both versions. */
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
  await later.close()
}

async function open(t: Test): Promise<Page> {
  const page = await browser.newPage(t, server.origin)
  page.setDefaultTimeout(30_000)
  return page
}

async function comeIn(t: Test, label: RegExp): Promise<Page> {
  const page = await open(t)
  await page.goto('/sandbox')
  await send(page, label)
  return page
}

async function send(page: Page, name: string | RegExp): Promise<void> {
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name, exact: true }).click()])
}

async function visit(t: Test, page: Page, path: string): Promise<void> {
  await page.goto(path)
  await look(t, page)
}

/** Follows every link from here within the site, and looks at some pages of each kind. Gives the kinds. */
async function walk(
  t: Test,
  page: Page,
  from: string,
  { states = STATES, also = async () => {} } = {},
): Promise<Set<string>> {
  const kinds = new Map<string, number>()
  const paths = [from]
  for (const path of paths) {
    const answer = await page.goto(path)
    t.equal(answer?.status(), 200, path)
    await look(t, page)
    await also()
    for (const next of await linksOf(page)) {
      const seen = kinds.get(kindOf(next)) ?? 0
      if (seen >= (IN_STATES.test(kindOf(next)) ? states : 1) || paths.includes(next)) continue
      kinds.set(kindOf(next), seen + 1)
      paths.push(next)
    }
  }
  return new Set(kinds.keys())
}

/** Links to other pages of the same part of the site: not to files, nor from the desk to the public pages. */
async function linksOf(page: Page): Promise<string[]> {
  const here = new URL(page.url())
  const hrefs = await page
    .locator('a[href]')
    .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href))
  const isPublic = (path: string) => /^\/(@|privacy|accessibility|$)/.test(path)
  return [...new Set(hrefs)]
    .map((href) => new URL(href))
    .filter(
      ({ origin, pathname }) =>
        origin === server.origin && !/\.(ics|xml)$|^\/(sandbox|images)/.test(pathname),
    )
    .filter(({ pathname }) => isPublic(pathname) === isPublic(here.pathname))
    .map(({ pathname, search }) => pathname + search)
}

/** A path without what only says which one: `/weeks/:id/recap`. */
function kindOf(path: string): string {
  return path
    .replace(/\/@\w+/, '/@:handle')
    .replace(/\d{4}-\d{2}(-\d{2})?/g, ':slot')
    .replace(/\/(weeks|drafts|people|accounts|deliveries)\/(?!new|:)[^/?]+/, '/$1/:id')
    .replace(/=[^&]+/g, '=')
}

/** Axe finds nothing, in two looks, in all four where the frame is new; and nothing scrolls sideways when it is narrow. */
async function look(t: Test, page: Page, state = ''): Promise<void> {
  const where = `${new URL(page.url()).pathname}${state && `, ${state}`}`
  const frame = (await page.locator('body').getAttribute('class')) ?? ''
  for (const { colorScheme, ...size } of LOOKS.slice(0, framesSeen.has(frame) ? 2 : 4)) {
    await page.setViewportSize(size)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(RULES).analyze()
    const found = violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
    )
    t.same(found, [], `${where}, ${size.width} ${colorScheme}`)
  }
  framesSeen.add(frame)
  await page.setViewportSize(NARROWEST)
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  t.ok(sideways <= 0, `${where}: ${sideways} px to the side at ${NARROWEST.width}`)
  await page.setViewportSize(LOOKS[0])
}
