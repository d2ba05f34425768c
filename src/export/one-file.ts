import { withAddresses } from './addresses.ts'
import { isElsewhere, type Answer, type SitePlace } from './public-pages.ts'

type Get = (address: string) => Promise<Answer>

/** Whether a page, as it is kept in a folder, is that of a published story: then it leads to its one file. */
export function namesOneFile(html: string, address: string): boolean {
  return html.includes(`"${address}/one-file.html"`)
}

const SOURCE = /<source\b[^>]*>/g
const STYLES = /<link rel="stylesheet" href="([^"]+)">/
/** Links to what lies beside a page in a folder: this one is alone. */
const BESIDE = /<li><a href="[^"]*\/(?:one-file\.html|data\/\w+\.csv)"[^>]*>[^<]*<\/a><\/li>\s*/g
const PRELOAD = /<link rel="preload"[^>]*>\s*/g
/** Nothing is to be fetched, and whoever prints the file at once has every picture. */
const LATER = / (?:loading="lazy"|decoding="async")/g

/**
 * A page that needs nothing beside it: its styles, letters and pictures are within it, so that it can be sent by mail and
 * opened in any browser without a network. What it links to are whole addresses. A picture that is missing is told by its
 * description.
 */
export async function oneFile(html: string, { get, place }: { get: Get; place: SitePlace }): Promise<string> {
  const alone = html
    .replaceAll(PRELOAD, '')
    .replaceAll(SOURCE, '')
    .replaceAll(BESIDE, '')
    .replaceAll(LATER, '')
  const styles = STYLES.exec(alone)?.[1]
  const kept = new Map<string, string | null>()
  for (const address of new Set(alone.match(/\/(?:pictures|assets)\/[\w./-]+/g)))
    if (address !== styles) kept.set(address, await inline(address, get))
  const css = styles ? await withLetters(styles, get) : ''
  return withAddresses(alone, (address) => {
    if (address === styles) return address
    if (kept.has(address)) return kept.get(address)!
    return wholeAddress(address, place)
  }).replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${css}</style>`)
}

async function inline(address: string, get: Get): Promise<string | null> {
  const { status, type, body } = await get(address)
  return status === 200 ? `data:${type};base64,${body.toString('base64')}` : null
}

async function withLetters(styles: string, get: Get): Promise<string> {
  let css = (await get(styles)).body.toString()
  for (const [whole, file] of css.matchAll(CSS_FILE)) {
    const data = await inline(`/assets/${file}`, get)
    if (data) css = css.replace(whole, () => `url("${data}")`)
  }
  return css
}

/** A file that a style sheet of ours names: it lies beside it. */
export const CSS_FILE = /url\(["']?\.\/([\w.-]+)["']?\)/g

/** Of a page that stands alone: where an address of ours leads. Null for what only those who are signed in have. */
export function wholeAddress(address: string, { handle, siteUrl, serverUrl }: SitePlace): string | null {
  if (!address.startsWith('/') || address.startsWith('//')) return address
  const home = `/@${handle}`
  if (address === '/accessibility' || address === '/privacy')
    return `${siteUrl}${isElsewhere({ siteUrl, serverUrl }) ? home : ''}${address}`
  if (address !== home && !address.startsWith(`${home}/`)) return null
  return `${IN_FOLDER.test(address.slice(home.length)) ? siteUrl : serverUrl}${address}`
}

/** What of an account's addresses a folder has; the others are forms, which only the app answers. */
const IN_FOLDER = /^(\/(rota|recaps|weeks|data|feed)\b.*)?(#.*)?$/
