import { createHash, randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Deps } from './deps.ts'

declare module 'fastify' {
  interface FastifyReply {
    /** What stands on a page that refreshes itself, as a name that changes with it. */
    versionOf(model: object): string
    /** True when the browser asked whether a page is another one, and it is not: then that is answered. */
    isAsKnown(version: string): boolean
  }
}

/** The header of a look that a page takes at itself: it spends no message, and gets a 304 where nothing is new. */
const QUIET = 'x-quiet'
/** Of all who look; older ones are forgotten first, and then answered the longer way. */
const MOST_KNOWN = 1000

interface Known {
  version: string
  /** Of the database, and the minute of product time, when the page was last made. */
  changes: number
  minute: number
}

/**
 * Pages that refresh themselves ask again and again, and mostly nothing is new. As long as nothing was written and the minute
 * is the same, a look with the same cookie at the same address is answered with 304 before anything is read, the session
 * included: an ended session, a role that was taken and a message are written, and so end it. After that the page's model is
 * made again, and rendered only where it says something else.
 */
export function registerQuietRefresh(app: FastifyInstance, { db, clock }: Deps): void {
  const known = new Map<string, Known>()
  // After a start the views may be others.
  const started = randomUUID()

  app.addHook('onRequest', (request, reply, done) => {
    if (!isQuiet(request)) return done()
    const one = known.get(keyOf(request))
    if (!one || one.version !== request.headers['if-none-match'] || !isCurrent(one)) return done()
    void reply.code(304).header('etag', one.version).send()
  })

  app.decorateReply('versionOf', function (model) {
    const said = JSON.stringify(model, (name, value: unknown) => (FRESH_EACH_TIME.has(name) ? null : value))
    const hash = createHash('sha256').update(started).update(said).digest('base64url').slice(0, 22)
    return `"${hash}"`
  })

  app.decorateReply('isAsKnown', function (version) {
    const { request } = this
    if (request.method !== 'GET') return false
    const key = keyOf(request)
    known.delete(key)
    known.set(key, { version, ...moment() })
    if (known.size > MOST_KNOWN) known.delete(known.keys().next().value!)
    if (!isQuiet(request) || request.headers['if-none-match'] !== version) return false
    void this.code(304).header('etag', version).send()
    return true
  })

  function moment(): { changes: number; minute: number } {
    return { changes: db.changes(), minute: Math.floor(clock.now().getTime() / 60_000) }
  }

  function isCurrent(one: Known): boolean {
    const { changes, minute } = moment()
    return one.changes === changes && one.minute === minute
  }
}

/** Ids that a form is made with say nothing about the page. */
const FRESH_EACH_TIME: ReadonlySet<string> = new Set(['formId', 'commentId'])

export function isQuiet({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && headers[QUIET] !== undefined
}

function keyOf({ headers, url }: FastifyRequest): string {
  return `${headers.cookie ?? ''}\n${url}`
}
