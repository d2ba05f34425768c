import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from './deps.ts'

/** A page that is the same for everybody who asks for it. */
export interface CachedPage {
  /** The page's own address: only what the page reads of the query, or strangers fill the memory. */
  key: string
  /** Another one whenever the page would look different. Asked once after each commit and each minute. */
  version(): string | Promise<string>
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

/** An answer as it went out, with all its headers, so that the next one needs neither hooks nor handler. */
interface Ready {
  kept: Kept
  bytes: Buffer
  headers: ReturnType<FastifyReply['getHeaders']>
}

/**
 * Public pages, kept as bytes: `reply.cachedPage`. A page that did not change costs one look at the database's counter.
 * Browsers and proxies ask each time and get 304, so that a post that was taken down is gone at once. Register it before
 * every hook: what is kept as it went out, security headers included, is answered first of all.
 */
export function registerPageCache(
  app: FastifyInstance,
  { db, clock, settings }: Pick<Deps, 'db' | 'clock' | 'settings'>,
): void {
  const pages = new Map<string, Kept>()
  const ready = new Map<string, Ready>()

  app.addHook('onRequest', (request, reply, done) => {
    const known = request.method === 'GET' && ready.get(readyKey(request))
    if (!known || !isCurrent(known.kept)) return done()
    void answer(request, reply, known)
  })

  app.decorateReply('cachedPage', async function (page) {
    const { request } = this
    const known = await current(page)
    const encoding = encodingFor(request)
    const { bytes, headers } = encoding ? await encoded(known, encoding) : known.plain
    const whole = {
      kept: known,
      bytes,
      headers: { ...this.raw.getHeaders(), ...this.getHeaders(), ...headers },
    }
    // An address with a query is anybody's invention; those are answered the longer way.
    if (!request.url.includes('?')) remember(ready, readyKey(request), whole)
    return answer(request, this, whole)
  })

  async function current({ key, version, render, type }: CachedPage): Promise<Kept> {
    const { minute, changes } = moment()
    const known = pages.get(key)
    if (known && isCurrent(known)) return known
    // A sandbox says the time on every page.
    const wanted = settings.mode === 'sandbox' ? `${await version()} ${minute}` : await version()
    if (known?.version === wanted) return Object.assign(known, { changes, minute })
    const fresh = keep(Buffer.from(await render()), type ?? 'text/html; charset=utf-8')
    const kept = { version: wanted, changes, minute, ...fresh }
    remember(pages, key, kept)
    return kept
  }

  function moment(): { minute: number; changes: number } {
    return { minute: Math.floor(clock.now().getTime() / 60_000), changes: db.changes() }
  }

  function isCurrent(known: Kept): boolean {
    const { minute, changes } = moment()
    return known.changes === changes && known.minute === minute
  }
}

function answer(request: FastifyRequest, reply: FastifyReply, { bytes, headers }: Ready): FastifyReply {
  const whole = reply.headers(headers)
  return isKnownTo(request, String(headers['etag'])) ? whole.code(304).send() : whole.send(bytes)
}

function readyKey(request: FastifyRequest): string {
  return `${encodingFor(request) ?? ''} ${request.url}`
}

function remember<T>(kept: Map<string, T>, key: string, one: T): void {
  kept.delete(key)
  kept.set(key, one)
  if (kept.size > MOST_PAGES) kept.delete(kept.keys().next().value!)
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
