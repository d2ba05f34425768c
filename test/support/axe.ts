import { setTimeout } from 'node:timers/promises'
import axe from 'axe-core'
import type { Frame, Page } from 'playwright-core'
import { inTime } from './in-time.ts'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const OPTIONS: axe.RunOptions = {
  runOnly: { type: 'tag', values: RULES },
  // To write up what is right takes as long as to look; of what is loaded ahead only media concerns a rule of these.
  resultTypes: ['violations'],
  preload: { assets: ['media'] },
}

/** What breaks a rule of WCAG 2.2 AA or a good practice on the page as it stands, or only `within` it: none is as it should be. */
export async function violationsOf(page: Page, within?: string): Promise<string[]> {
  await bringAxe(page.mainFrame())
  const frames = page.mainFrame().childFrames().map(bringAxeInto)
  await inTime(`the frames of ${page.url()}`, Promise.allSettled(frames))
  const looked = page.evaluate(
    async ([within, options]) => (await window.axe.run(within ?? document, options)).violations,
    [within, OPTIONS] as const,
  )
  const violations = await inTime(`axe to look at ${page.url()}`, looked)
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
  )
}

/** A frame that is loaded lazily does not answer before it is: axe does without it then. */
async function bringAxeInto(frame: Frame): Promise<void> {
  const isLazy = (await (await frame.frameElement()).getAttribute('loading')) === 'lazy'
  await Promise.race([bringAxe(frame), ...(isLazy ? [setTimeout(1000, undefined, { ref: false })] : [])])
}

/** It stays with the document: a second look needs it no second time. */
async function bringAxe(frame: Frame): Promise<void> {
  if (!(await frame.evaluate(() => 'axe' in window))) await frame.evaluate(axe.source)
}

declare global {
  interface Window {
    axe: typeof axe
  }
}
