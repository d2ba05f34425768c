import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { openBrowser } from './browser.ts'
import { look } from './look.ts'
import { startDemoServer } from './server.ts'

/** Things in different states have different pages; of other pages one of a kind is enough. */
const IN_STATES = /^\/(@:handle\/weeks|weeks|drafts|deliveries)\/:\w+$/
const STATES = 4

/** About as many of a lead’s pages as all others: a file of its own looks at them. */
export const OF_WEEKS = /^\/(weeks|drafts|deliveries)\//

export { look }

/** One browser and one demo for a test file that looks at its pages. */
export const [browser, server] = await Promise.all([openBrowser(t), startDemoServer(t)])
export function open(t: Test): Promise<Page> {
  return browser.newPage(t, server.origin)
}

export async function comeIn(t: Test, label: RegExp): Promise<Page> {
  const page = await open(t)
  await page.goto('/sandbox')
  await send(page, label)
  return page
}

export async function send(page: Page, name: string | RegExp): Promise<void> {
  // Where a link has led here, its page is not all there yet: that is not the one that the press leads to.
  await page.waitForLoadState()
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name, exact: true }).click()])
}

export async function visit(t: Test, page: Page, path: string): Promise<void> {
  await page.goto(path)
  await look(t, page)
}

/** Follows every link from here within the site, and looks at some pages of each kind, of these at `only` some. Gives the kinds. */
export async function walk(
  t: Test,
  page: Page,
  from: string,
  { states = STATES, onPhone = false, only = (_path: string): boolean => true, also = async () => {} } = {},
): Promise<Set<string>> {
  const kinds = new Map<string, number>()
  const paths = [from]
  for (const path of paths) {
    const answer = await page.goto(path)
    t.equal(answer?.status(), 200, path)
    if (only(path)) await look(t, page, '', { onPhone })
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

/** Links to other pages of the same part of the site: not to files, to a door, nor from the desk to the public pages. */
async function linksOf(page: Page): Promise<string[]> {
  const here = new URL(page.url())
  const hrefs = await page
    .locator('a[href]:not([download])')
    .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href))
  const isPublic = (path: string) => /^\/(@|privacy|accessibility|$)/.test(path)
  return [...new Set(hrefs)]
    .map((href) => new URL(href))
    .filter(
      ({ origin, pathname }) =>
        origin === server.origin &&
        !/\.(ics|xml)$|^\/(sandbox|images)|\/(removal|take-part|suggestion)$/.test(pathname),
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
    .replace(/\/mails\/[^/?]+/, '/mails/:mail')
    .replace(/=[^&]+/g, '=')
}
