import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { violationsOf } from './axe.ts'

const LOOKS = [
  { width: 1280, height: 900, colorScheme: 'light' },
  { width: 390, height: 844, colorScheme: 'dark' },
  { width: 1280, height: 900, colorScheme: 'dark' },
  { width: 390, height: 844, colorScheme: 'light' },
] as const
/** The narrowest screen: 1280 pixels at four times their size. */
const NARROWEST = { width: 320, height: 640 }
/** Frames that were looked at in every look: what they share needs no second time. */
const framesSeen = new Set<string>()

/**
 * Axe finds nothing, in two looks, in all four where the frame is new, or only as `onPhone`; and nothing scrolls sideways when
 * it is narrow, long words or not.
 */
export async function look(t: Test, page: Page, state = '', { onPhone = false } = {}): Promise<void> {
  const where = `${new URL(page.url()).pathname}${state && `, ${state}`}`
  const frame = (await page.locator('body').getAttribute('class')) ?? ''
  for (const { colorScheme, ...size } of onPhone
    ? [LOOKS[1]]
    : LOOKS.slice(0, framesSeen.has(frame) ? 2 : 4)) {
    await page.setViewportSize(size)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    t.same(await violationsOf(page), [], `${where}, ${size.width} ${colorScheme}`)
  }
  framesSeen.add(frame)
  await page.setViewportSize(NARROWEST)
  for (const { words, sideways, widest } of await page.evaluate(measureSideways))
    t.ok(sideways <= 0, `${where}: ${sideways} px to the side at ${NARROWEST.width} with ${words}: ${widest}`)
  await page.setViewportSize(LOOKS[0])
}

/** How far the page scrolls to the side: as it is, and were what people wrote one long word, such as an address. */
function measureSideways() {
  const { documentElement: root } = document
  const written = [...document.querySelectorAll('h1, h2, h3, .as-typed, .said')].filter(
    (one) => !one.firstElementChild,
  )
  const asItWas = written.map(({ textContent }) => textContent)
  const asItIs = measure('its own words')
  for (const one of written) one.textContent = 'WORD'.repeat(20)
  const withOneWord = measure('one long word')
  for (const [at, one] of written.entries()) one.textContent = asItWas[at]!
  return [asItIs, withOneWord]

  function measure(words: string) {
    const over = [...document.querySelectorAll('body *')]
      .map((element) => ({ element, by: Math.round(element.getBoundingClientRect().right - innerWidth) }))
      .filter(({ by }) => by > 0)
      .map(({ element, by }) => `${element.localName}.${element.className} by ${by}`)
    return { words, sideways: root.scrollWidth - innerWidth, widest: over.slice(0, 10).join(', ') }
  }
}
