import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Deps } from './deps.ts'

/** A page that is the same for everybody who asks for it. */
export interface CachedPage {
  /** The page's own address: only what the page reads of the query, or strangers fill the memory. */
  key: string
  /** Another one whenever the page would look different. Asked once after each commit and each minute. */
  version(): Promise<string>
  /** Makes the page; asked only when there is none of this version. A throw is not kept. */
  render(): Promise<string>
  /** HTML where none is given. */
  type?: string
}

declare module 'fastify' {
  interface FastifyReply {
    cachedPage(page: CachedPage): Promise<FastifyReply>
  }
}

/** So many pages are kept at most; those made longest ago go first. */
const MOST_PAGES = 300

const compressors = {
  br: (bytes: Buffer) =>
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes),
}
type Encoding = keyof typeof compressors

interface Form {
  bytes: Buffer
  headers: Record<string, string>
}

interface Kept {
  version: string
  /** Until something is committed, and the minute is over, the version need not be asked for. */
  changes: number
  minute: number
  plain: Form
  encoded: Map<Encoding, Promise<Form>>
}

/**
 * Public pages, kept as bytes: `reply.cachedPage`. A page that did not change costs one look at the database's counter.
 * Browsers and proxies ask each time and get 304, so that a post that was taken down is gone at once.
 */
export function registerPageCache(app: FastifyInstance, { db, clock, settings }: Deps): void {
  const pages = new Map<string, Kept>()

  app.decorateReply('cachedPage', async function (page) {
    const { request } = this
    const known = await current(page)
    const encoding = encodingFor(request)
    const form = encoding ? await encoded(known, encoding) : known.plain
    const answer = this.headers(form.headers)
    return isKnownTo(request, form.headers['etag']!) ? answer.code(304).send() : answer.send(form.bytes)
  })

  async function current({ key, version, render, type }: CachedPage): Promise<Kept> {
    const minute = Math.floor(clock.now().getTime() / 60_000)
    const changes = db.changes()
    const known = pages.get(key)
    if (known?.changes === changes && known.minute === minute) return known
    // A sandbox says the time on every page.
    const wanted = settings.mode === 'sandbox' ? `${await version()} ${minute}` : await version()
    if (known?.version === wanted) return Object.assign(known, { changes, minute })
    const fresh = keep(Buffer.from(await render()), type ?? 'text/html; charset=utf-8')
    const kept = { version: wanted, changes, minute, ...fresh }
    pages.delete(key)
    pages.set(key, kept)
    if (pages.size > MOST_PAGES) pages.delete(pages.keys().next().value!)
    return kept
  }
}

function keep(bytes: Buffer, type: string): Pick<Kept, 'plain' | 'encoded'> {
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22)
  const headers = {
    'content-type': type,
    'cache-control': 'public, no-cache',
    vary: 'accept-encoding',
    etag: `"${hash}"`,
  }
  return { plain: { bytes, headers }, encoded: new Map() }
}

/** Compressed once, when the first asks for it. */
function encoded(known: Kept, encoding: Encoding): Promise<Form> {
  const before = known.encoded.get(encoding)
  if (before) return before
  const { bytes, headers } = known.plain
  const form = compressors[encoding](bytes).then((shorter) => ({
    bytes: shorter,
    headers: {
      ...headers,
      'content-encoding': encoding,
      etag: headers['etag']!.replace(/"$/, `-${encoding}"`),
    },
  }))
  known.encoded.set(encoding, form)
  return form
}

function encodingFor({ headers }: FastifyRequest): Encoding | null {
  const accepted = headers['accept-encoding']
  if (!accepted) return null
  if (/\bbr\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted)) return 'br'
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted) ? 'gzip' : null
}

function isKnownTo({ headers }: FastifyRequest, etag: string): boolean {
  const known = headers['if-none-match']
  if (!known) return false
  return known.split(',').some((one) => one.trim().replace(/^W\//, '') === etag || one.trim() === '*')
}
