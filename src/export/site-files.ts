import type { Account } from '../accounts/accounts.ts'
import type { Reader } from '../db/database.ts'
import { listPublicWeeks } from '../followers/public-week.ts'
import { listPublished, publishedPage, type PublishedWeek } from '../recaps/recaps.ts'
import { addressesIn, fileOf, PICTURE_ENDINGS, relative, withAddresses } from './addresses.ts'
import { CSS_FILE, namesOneFile, oneFile } from './one-file.ts'
import { isElsewhere, type Answer, type PublicPages, type SitePlace } from './public-pages.ts'
import { weeksData } from './week-data.ts'

/** A file of an account's site. Without bytes: it is as the caller has it already. */
export interface SiteFile {
  /** Within the account's folder, by slashes. */
  path: string
  bytes: Buffer | null
  /** Of what takes long to make: with it the caller can say next time that it is there. */
  etag?: string | null
}

/** What of the last time may be taken over instead of made anew. */
export interface Before {
  has(path: string): boolean
  etagOf(path: string): string | undefined
}

export const NOTHING_BEFORE: Before = { has: () => false, etagOf: () => undefined }

export interface Exporting {
  pages: PublicPages
  read: Reader
  account: Account
  place: SitePlace
  sandbox: boolean
  now: Date
  before?: Before
}

/** A folder holds them all, one a week: this is a thousand years. */
const WEEKS = 60_000

/**
 * Every file of an account's public site: what its first page leads to, page by page, and what these name, as the app answers
 * it, with addresses between the files; and the published weeks as data. A picture that is missing or damaged is left out,
 * and its description stands in its place.
 */
export async function* siteFiles(exporting: Exporting): AsyncGenerator<SiteFile> {
  const weeks = await listPublished(exporting.read, exporting.account.id, { limit: WEEKS })
  const site = new Site(exporting)
  // To some no page leads: such as were never told, or cancelled in their middle long ago.
  const shown = await listPublicWeeks(exporting.read, exporting.account)
  await site.walk([...weeks, ...shown].map(({ slot }) => slot))
  yield* site.pictures()
  yield* site.texts()
  const published: PublishedWeek[] = []
  for (const { weekId } of weeks) {
    const found = await publishedPage(exporting.read, weekId)
    if (found) published.push(found)
  }
  yield* dataFiles(published, exporting)
}

class Site {
  readonly #exporting: Exporting
  readonly #home: string
  /** HTML as the app gave it, by its address. */
  readonly #pages = new Map<string, string>()
  /** Feeds, calendars, styles, letters. */
  readonly #texts = new Map<string, Answer>()
  /** Pictures are many, and are asked for one after the other when they are written. */
  readonly #pictures = new Set<string>()
  /** The file of each address that has one. */
  readonly #files = new Map<string, string>()

  constructor(exporting: Exporting) {
    this.#exporting = exporting
    this.#home = `/@${exporting.place.handle}`
  }

  /** Goes through all pages, from the ones that nothing need lead to. */
  async walk(slots: string[]): Promise<void> {
    const home = this.#home
    const found = [home, `${home}/rota`, `${home}/recaps`, '/accessibility', '/privacy']
    found.push(...['feed.xml', 'feed.json', 'rota.ics'].map((name) => `${home}/${name}`), '/sitemap.xml')
    found.push(...slots.flatMap((slot) => [`${home}/weeks/${slot}`, `${home}/weeks/${slot}/card`]))
    const seen = new Set<string>()
    for (let address = found.shift(); address !== undefined; address = found.shift()) {
      if (seen.has(address)) continue
      seen.add(address)
      found.push(...(await this.#visit(address)))
    }
  }

  /** Returns what it names. */
  async #visit(address: string): Promise<string[]> {
    if (isPicture(address)) {
      this.#pictures.add(address)
      return []
    }
    const { pages, place } = this.#exporting
    const answer = await pages.get(address)
    const file = answer.status === 200 ? fileOf(address, answer.type, place.handle) : null
    if (file === null) return []
    this.#files.set(address, file)
    const text = answer.type.startsWith('font/') ? '' : answer.body.toString()
    if (answer.type !== 'text/html') {
      this.#texts.set(address, answer)
      if (answer.type === 'text/css') return [...text.matchAll(CSS_FILE)].map(([, name]) => `/assets/${name}`)
      return this.#wholeIn(text)
    }
    this.#pages.set(address, text)
    return [...addressesIn(text).map(withoutPlace).filter(isOurs), ...this.#wholeIn(text)]
  }

  /** Pictures that a text names by their whole address: feeds, and what a page says of itself in its head. */
  #wholeIn(text: string): string[] {
    const { siteUrl } = this.#exporting.place
    return text
      .split(`${siteUrl}/`)
      .slice(1)
      .flatMap((rest) => {
        const path = `/${/^[\w@./-]*/.exec(rest)![0]}`
        return isPicture(path) ? [path] : []
      })
  }

  async *pictures(): AsyncGenerator<SiteFile> {
    const { pages, place, before = NOTHING_BEFORE } = this.#exporting
    for (const address of this.#pictures) {
      const there = this.#keptPicture(address, before)
      if (there) {
        this.#files.set(address, there)
        yield { path: there, bytes: null }
        continue
      }
      const known = fileOf(address, 'image/png', place.handle)
      const knownTag = known && before.has(known) ? before.etagOf(known) : undefined
      const { status, type, etag, body } = await pages.get(address, knownTag)
      const path = status === 304 ? known : status === 200 ? fileOf(address, type, place.handle) : null
      if (path === null) continue
      this.#files.set(address, path)
      yield { path, bytes: status === 304 ? null : body, etag }
    }
  }

  /** A picture under its hash never changes; only the one of an original has its ending from its content. */
  #keptPicture(address: string, before: Before): string | undefined {
    if (!address.startsWith('/pictures/')) return undefined
    const within = address.slice(1)
    const candidates = /\.\w+$/.test(within)
      ? [within]
      : within.endsWith('/moving')
        ? [`${within}.gif`]
        : PICTURE_ENDINGS.map((ending) => `${within}/picture.${ending}`)
    return candidates.find((path) => before.has(path))
  }

  async *texts(): AsyncGenerator<SiteFile> {
    for (const [address, { type, body }] of this.#texts) {
      const path = this.#files.get(address)!
      const words = type.startsWith('font/') || type === 'text/css'
      yield {
        path,
        bytes: words ? body : Buffer.from(this.#withWholeAddresses(this.#withoutMissing(body.toString()))),
      }
    }
    const { pages, place } = this.#exporting
    for (const [address, html] of this.#pages) {
      const path = this.#files.get(address)!
      yield { path, bytes: Buffer.from(this.#moved(html, path)) }
      if (!namesOneFile(html, address)) continue
      const whole = await oneFile(html, { get: (one) => pages.get(one), place })
      yield {
        path: fileOf(`${address}/one-file.html`, 'text/html', place.handle)!,
        bytes: Buffer.from(whole),
      }
    }
  }

  /** A page with the addresses of files. Letters are not asked for ahead: a browser refuses that where it opens a file. */
  #moved(html: string, from: string): string {
    const { place } = this.#exporting
    const whole = this.#withWholeAddresses(html.replaceAll(/<link rel="preload"[^>]*>\s*/g, ''))
    return withAddresses(whole, (address) => {
      if (!isOurs(address)) return address
      const bare = withoutPlace(address)
      const file = this.#files.get(bare) ?? (isMade(bare) ? fileOf(bare, '', place.handle) : undefined)
      if (file) return relative(from, file) + address.slice(bare.length)
      // Forms, which only the app answers.
      return bare.startsWith(`${this.#home}/`) ? `${place.serverUrl}${address}` : null
    })
  }

  /** Whole addresses, as feeds, the map of the site and the heads of pages have them: some are elsewhere in a folder. */
  #withWholeAddresses(text: string): string {
    const { siteUrl, serverUrl } = this.#exporting.place
    if (!isElsewhere({ siteUrl, serverUrl })) return text
    const [first = '', ...rest] = text.split(`${siteUrl}/`)
    const moved = rest.map((after) => {
      const [path = ''] = /^[\w/.-]*/.exec(after)!
      const file = this.#files.get(`/${path}`)
      const there = file ? `${this.#home.slice(1)}/${file.replace(/\/index\.html$/, '')}` : path
      return `${siteUrl}/${there}${after.slice(path.length)}`
    })
    return first + moved.join('')
  }

  /** Of a picture that is missing the description stays; in JSON the quotes of HTML have a stroke before them. */
  #withoutMissing(text: string): string {
    return text.replaceAll(
      /<img src=\\?"[^">]*(\/pictures\/[0-9a-f]{64})\\?" alt=\\?"([^">]*?)\\?"[^>]*>/g,
      (image, address: string, alt: string) => (this.#files.has(address) ? image : alt),
    )
  }
}

function isPicture(address: string): boolean {
  return address.startsWith('/pictures/') || address.endsWith('/share.png')
}

/** Not asked of the app: made with the folder. */
function isMade(address: string): boolean {
  return address.endsWith('/one-file.html') || /\/data\/\w+\.(csv|json)$/.test(address)
}

function isOurs(address: string): boolean {
  return address.startsWith('/') && !address.startsWith('//')
}

function withoutPlace(address: string): string {
  return address.split('#')[0]!
}

function* dataFiles(
  weeks: PublishedWeek[],
  { account, place, sandbox, now }: Exporting,
): Generator<SiteFile> {
  const { json, postsCsv, weeksCsv } = weeksData(weeks, { account, place, sandbox })
  yield { path: 'data/weeks.json', bytes: Buffer.from(json) }
  yield { path: 'data/weeks.csv', bytes: Buffer.from(weeksCsv) }
  yield { path: 'data/posts.csv', bytes: Buffer.from(postsCsv) }
  yield { path: 'about.txt', bytes: Buffer.from(about(account, place, now)) }
}

/** For whoever finds the folder without anybody to ask. */
function about({ name, handle }: Account, { siteUrl }: SitePlace, now: Date): string {
  return `The public pages of @${handle} (${name}), as they stood on ${now.toISOString().slice(0, 10)}.

Open index.html in any browser: nothing has to be installed, and no network is needed.
Any web server shows the folder. Its address is ${siteUrl}/@${handle}, which feeds and search engines are told.
Files that end in .br and .gz are the same ones, packed, for servers that send them so; they may be deleted.

weeks/DAY/index.html      a week, by its first day
weeks/DAY/one-file.html   the same, all in one file
pictures/                 what was posted, in several sizes
data/weeks.json           the published weeks with all that stands on their pages, for programs
data/weeks.csv, posts.csv the same as tables, for spreadsheets; UTF-8, times in UTC
feed.xml, feed.json       Atom and JSON Feed
rota.ics                  iCalendar
`
}
