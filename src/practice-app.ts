import Fastify, { LogController, type FastifyInstance, type FastifyRequest } from 'fastify'
import { fileURLToPath } from 'node:url'
import { accountAsked } from './desk-account.ts'
import { deliveryRoutes } from './drafts/deliveries/delivery-routes.ts'
import { editorRoutes } from './drafts/editor/editor-routes.ts'
import { historyRoutes } from './drafts/history/history-routes.ts'
import { moveRoutes } from './drafts/plan/move-routes.ts'
import { wordRoutes } from './drafts/queue/word-routes.ts'
import { readingRoutes } from './drafts/reading-routes.ts'
import { Conflict, NotFound } from './errors.ts'
import { imageRoutes } from './images/routes.ts'
import { findAnsweredPost } from './listening/answered-post.ts'
import { listeningRoutes } from './listening/routes.ts'
import { frameOf } from './navigation.ts'
import { findActor } from './rota/powers.ts'
import { todayRoutes } from './today/routes.ts'
import type { Deps } from './web/deps.ts'
import { registerErrorPages } from './web/errors.ts'
import { registerForms } from './web/form-bodies.ts'
import { registerHeaders } from './web/headers.ts'
import { checkOrigin } from './web/origin.ts'
import { registerPageCache } from './web/page-cache.ts'
import { isQuiet, registerQuietRefresh } from './web/quiet-refresh.ts'
import { registerSession } from './web/session.ts'
import { identifyVisitors } from './web/sign-in-guard.ts'
import { typedWords } from './web/typed-words.ts'
import { registerDeskViews, registerViews } from './web/views.ts'

const VIEWS = fileURLToPath(new URL('../views', import.meta.url))

/** Addresses that belong to the installation around a practice, and stay as they are within it. */
const AROUND = String.raw`(?!/|assets/|practice(?:[/"?#]|$))`
const LINKS = new RegExp(
  String.raw`(\s(?:href|src|action|formaction|data-refresh|data-autosave)=")/${AROUND}`,
  'g',
)
const PLACE = new RegExp(`^/${AROUND}`)

/**
 * The pages of a host as they practise: the very routes and views of a real week, on a database of its own. Everybody who gets
 * here is that host, since the installation around it has looked who asks. Its addresses stand below `practice.base`, and what
 * is not part of practising leads back to the week.
 */
export async function buildPracticeApp(
  deps: Deps & { settings: { practice: { base: string; home: string } } },
  {
    hostId,
    answered,
    isFull,
  }: {
    hostId: string
    /** What they did; what is said of it where it was one of the tasks. */
    answered(method: string, address: string): Promise<string | null>
    /** Whether it has taken as much of the disk as it may. */
    isFull(): boolean
  },
): Promise<FastifyInstance> {
  const { base } = deps.settings.practice
  const app = Fastify({
    trustProxy: deps.settings.trustProxy,
    logger: deps.settings.logLevel === 'silent' ? false : { level: deps.settings.logLevel },
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { maxParamLength: 200 },
  })
  registerPageCache(app, deps)
  await registerHeaders(app, deps.settings)
  registerQuietRefresh(app, deps)
  checkOrigin(app, deps.settings.publicUrl)
  await registerViews(app, deps, VIEWS)
  await registerForms(app)
  // Before the session is kept, which holds what the next page says.
  app.addHook('onSend', async (request, reply) => {
    if (request.method === 'POST' && reply.statusCode < 400) await tellTask(request)
  })
  await registerSession(app, deps)
  app.addHook('onRequest', async ({ session }) => {
    if (session.personId !== hostId) session.personId = hostId
  })
  identifyVisitors(
    app,
    (personId) => findActor(deps.db.read, personId, deps.clock.now()),
    (request, of) => accountAsked(deps.db.read, request, of),
  )
  registerDeskViews(app, deps, async (request) => {
    const frame = await frameOf(deps.db.read, request, deps.clock.now())
    return {
      ...frame,
      nav: [...frame.nav, ...frame.more].filter(({ href }) => !href.endsWith('/recap')),
      more: [],
    }
  })
  registerErrorPages(app, (reply, page) =>
    reply.page('errors/error', { ...page, page: 'door', typed: typedWords(reply.request.body) }),
  )
  app.addHook('preHandler', async (request) => {
    if (request.method === 'GET' && !isQuiet(request)) await tellTask(request)
    if (request.method === 'POST' && isFull())
      throw new Conflict(
        'This practice has no room for more, so nothing of this was kept. Delete it on the page Practise, and begin afresh.',
      )
  })
  app.addHook('onSend', async (_request, reply, payload) => {
    const location = reply.getHeader('location')
    if (typeof location === 'string') void reply.header('location', location.replace(PLACE, `${base}/`))
    const isPage = String(reply.getHeader('content-type')).startsWith('text/html')
    return isPage && typeof payload === 'string' ? payload.replace(LINKS, `$1${base}/`) : payload
  })
  app.setNotFoundHandler(async (request, reply) => {
    if (request.method !== 'GET') throw new NotFound('This is not part of practising.')
    if (request.url !== '/')
      void reply.flash('That page is not part of practising. This is your practice week.')
    return reply.redirect('/today', 303)
  })
  await app.register(imageRoutes, deps)
  await app.register(editorRoutes, { ...deps, findAnsweredPost })
  await app.register(readingRoutes, deps)
  await app.register(historyRoutes, deps)
  await app.register(moveRoutes, deps)
  await app.register(todayRoutes, deps)
  await app.register(wordRoutes, deps)
  await app.register(deliveryRoutes, deps)
  await app.register(listeningRoutes, deps)
  await app.ready()
  return app

  async function tellTask({ method, url, session, log }: FastifyRequest): Promise<void> {
    try {
      const said = await answered(method, url)
      if (!said) return
      const { flash } = session
      const link = flash?.link ?? { href: deps.settings.practice.home, label: 'Go on with the tasks' }
      session.flash = { ...flash, link, message: [flash?.message, said].filter(Boolean).join(' ') }
    } catch (error) {
      log.error({ err: error }, 'progress not kept')
    }
  }
}
