import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import Fastify, { LogController, type FastifyInstance } from 'fastify'
import { findAccount } from './accounts/accounts.ts'
import { installationRoutes } from './accounts/installation-routes.ts'
import { accountRoutes } from './accounts/routes.ts'
import { awayRoutes } from './rota/away/away-routes.ts'
import { answerRoutes } from './rota/asking/answer-routes.ts'
import { askRoutes } from './rota/asking/ask-routes.ts'
import { candidateRoutes } from './rota/asking/candidate-routes.ts'
import { sampleChecks } from './drafts/checks/sample-context.ts'
import { heedRules } from './drafts/policy/heed-rules.ts'
import { standstillRoutes } from './drafts/standstill/standstill-routes.ts'
import { stopRoutes } from './drafts/policy/stop-routes.ts'
import { trustRoutes } from './drafts/policy/trust-routes.ts'
import { brakePassRoutes } from './drafts/brake/brake-pass-routes.ts'
import { brakeRoutes } from './drafts/brake/brake-routes.ts'
import { deliveryRoutes } from './drafts/deliveries/delivery-routes.ts'
import { heldPostsRoutes } from './drafts/deliveries/held-posts-routes.ts'
import { moveRoutes } from './drafts/plan/move-routes.ts'
import { queueRoutes } from './drafts/queue/queue-routes.ts'
import { queueTogetherRoutes } from './drafts/queue/queue-together-routes.ts'
import { heedEvents } from './drafts/live/heed-events.ts'
import { liveRoutes } from './drafts/live/live-routes.ts'
import { wordRoutes } from './drafts/queue/word-routes.ts'
import { editorRoutes } from './drafts/editor/editor-routes.ts'
import { readingRoutes } from './drafts/reading-routes.ts'
import { accountAsked, withAccount } from './desk-account.ts'
import { NotFound } from './errors.ts'
import { exportRoutes } from './export/routes.ts'
import { healthRoutes } from './followers/health-routes.ts'
import { hasPage } from './followers/public-week.ts'
import { followersRoutes } from './followers/routes.ts'
import { declineByLinkRoutes, declineRoutes } from './drafts/week/decline-routes.ts'
import { dropOutRoutes } from './drafts/week/drop-out-routes.ts'
import { swapRoutes } from './drafts/week/swap-routes.ts'
import { moveWeekRoutes } from './drafts/week/move-week-routes.ts'
import { weekEndingRoutes } from './drafts/week/week-routes.ts'
import { askRemovalRoutes } from './listening/ask-removal-routes.ts'
import { answersRoutes } from './listening/answers-routes.ts'
import { helpRoutes } from './listening/help-routes.ts'
import { removalRoutes } from './listening/removal-routes.ts'
import { listeningRoutes } from './listening/routes.ts'
import { imageRoutes } from './images/routes.ts'
import { historyRoutes } from './drafts/history/history-routes.ts'
import { findAnsweredPost } from './listening/answered-post.ts'
import { frameOf } from './navigation.ts'
import { removalRequestRoutes } from './recaps/removal/removal-request-routes.ts'
import { recapHistoryRoutes } from './recaps/history/history-routes.ts'
import { aimsRoutes } from './recaps/aims/aims-routes.ts'
import { reflectionRoutes } from './recaps/reflection/reflection-routes.ts'
import { recapPieceRoutes } from './recaps/editor/piece-routes.ts'
import { recapRoutes } from './recaps/routes.ts'
import { practiceRoutes } from './practice/routes.ts'
import { arriveAtDesk } from './people/people.ts'
import { peopleRoutes } from './people/desk-routes.ts'
import { requirePasskeys, youRoutes } from './people/you-routes.ts'
import { signInRoutes } from './people/routes.ts'
import { listAway } from './rota/away/away-lines.ts'
import { listHosts } from './rota/host-lines.ts'
import { askWhetherSame } from './rota/near-person.ts'
import { invitationRoutes } from './rota/invitations/invitation-routes.ts'
import { findActor } from './rota/powers.ts'
import { addressRoutes } from './rota/invitations/address-routes.ts'
import { mailRoutes } from './rota/mails/mail-routes.ts'
import { certificateRoutes } from './recaps/certificate/certificate-routes.ts'
import { hostingInNumbers } from './recaps/certificate/hosting-numbers.ts'
import { profileRoutes } from './rota/readiness/profile-routes.ts'
import { readinessRoutes } from './rota/readiness/readiness-routes.ts'
import { severalRoutes } from './rota/planner/several-routes.ts'
import { standbyRoutes } from './rota/planner/standby-routes.ts'
import { rotaRoutes } from './rota/routes.ts'
import { calendarFeedRoutes, calendarRoutes } from './today/calendar-routes.ts'
import { todayRoutes } from './today/routes.ts'
import { onRequestRoutes } from './record/on-request-routes.ts'
import { personRoutes } from './record/person-routes.ts'
import { reachRoutes } from './record/reach-routes.ts'
import { recordRoutes } from './record/routes.ts'
import { sandboxRoutes, type Sandbox } from './sandbox/routes.ts'
import { sitesOf } from './still-app.ts'
import type { Deps } from './web/deps.ts'
import { registerErrorPages } from './web/errors.ts'
import { registerForms } from './web/form-bodies.ts'
import { registerHeaders } from './web/headers.ts'
import { checkOrigin } from './web/origin.ts'
import { registerPageCache } from './web/page-cache.ts'
import { registerQuietRefresh } from './web/quiet-refresh.ts'
import { registerRouteTable } from './web/route-table.ts'
import { registerSession } from './web/session.ts'
import { identifyVisitors, requireSignIn } from './web/sign-in-guard.ts'
import { typedWords } from './web/typed-words.ts'
import { registerDeskViews, registerViews } from './web/views.ts'

const root = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** Until a request has arrived as a whole, with pictures over a slow line; without one it may last for ever. Milliseconds. */
const REQUEST_TIMEOUT = 15 * 60_000

/** The web application: every registration, in order, and nothing else. It listens only when told to. */
export async function buildApp(deps: Deps, sandbox: Sandbox | null = null): Promise<FastifyInstance> {
  const app = Fastify({
    requestTimeout: REQUEST_TIMEOUT,
    trustProxy: deps.settings.trustProxy,
    logger: deps.settings.logLevel === 'silent' ? false : { level: deps.settings.logLevel },
    logController: new LogController({ disableRequestLogging: true }), // addresses hold sign-in links
    routerOptions: { maxParamLength: 200 },
  })
  registerRouteTable(app)
  registerPageCache(app, deps)
  await registerHeaders(app, deps.settings)
  registerQuietRefresh(app, deps)
  checkOrigin(app, deps.settings.publicUrl)
  await app.register(fastifyStatic, {
    root: root('dist/assets'),
    prefix: '/assets/',
    immutable: true,
    maxAge: '365d',
  })
  await registerViews(app, deps, root('views'))

  registerErrorPages(app, (reply, page) => reply.publicPage('errors/public', { ...page, home: '/' }))
  app.setNotFoundHandler(() => {
    throw new NotFound()
  })

  await app.register(async (followers) => {
    await followers.register(healthRoutes, deps)
    await followers.register(followersRoutes, deps)
    await followers.register(calendarFeedRoutes, deps)
  })

  await app.register(async (people) => {
    await registerForms(people)
    await registerSession(people, deps)
    identifyVisitors(
      people,
      (personId) => findActor(deps.db.read, personId, deps.clock.now()),
      (request, of) => accountAsked(deps.db.read, request, of),
    )
    registerDeskViews(people, deps, (request) => frameOf(deps.db.read, request, deps.clock.now()))
    // A form from elsewhere is refused before there is a session, and so gets the page without one.
    registerErrorPages(people, (reply, page) =>
      reply.request.session
        ? reply.page('errors/error', { ...page, page: 'door', typed: typedWords(reply.request.body) })
        : reply.publicPage('errors/public', { ...page, home: '/' }),
    )
    await people.register(signInRoutes, deps)
    await people.register(invitationRoutes, deps)
    await people.register(declineByLinkRoutes, deps)
    await people.register(askRemovalRoutes, deps)
    await people.register(askRoutes, { ...deps, sample: sampleChecks })
    await people.register(answerRoutes, { ...deps, sample: sampleChecks })
    if (sandbox) await people.register(sandboxRoutes, { ...deps, sandbox })

    await people.register(async (signedIn) => {
      requireSignIn(signedIn)
      requirePasskeys(signedIn, deps)
      // Or a page that stays open would show another account's desk as soon as that is opened in another window.
      signedIn.addHook('onRequest', async (request, reply) => {
        const address = withAccount(request)
        if (address) await reply.redirect(address, 303)
      })
      signedIn.addHook('preHandler', async ({ actor }) => {
        const [seat] = actor.roles
        if (seat?.called) await arriveAtDesk(deps.db, { personId: actor.personId, accountId: seat.accountId })
      })
      await signedIn.register(youRoutes, deps)
      await signedIn.register(practiceRoutes, deps)
      await signedIn.register(installationRoutes, deps)
      await signedIn.register(accountRoutes, { ...deps, heedRules })
      await signedIn.register(imageRoutes, deps)
      await signedIn.register(editorRoutes, { ...deps, findAnsweredPost })
      await signedIn.register(readingRoutes, deps)
      await signedIn.register(historyRoutes, deps)
      await signedIn.register(moveRoutes, deps)
      await signedIn.register(liveRoutes, deps)
      await signedIn.register(todayRoutes, deps)
      await signedIn.register(calendarRoutes, deps)
      await signedIn.register(queueRoutes, deps)
      await signedIn.register(queueTogetherRoutes, deps)
      await signedIn.register(wordRoutes, deps)
      await signedIn.register(deliveryRoutes, deps)
      await signedIn.register(brakeRoutes, deps)
      await signedIn.register(stopRoutes, deps)
      await signedIn.register(brakePassRoutes, deps)
      await signedIn.register(heldPostsRoutes, deps)
      await signedIn.register(rotaRoutes, { ...deps, heedEvents, hasPage })
      await signedIn.register(candidateRoutes, { ...deps, sample: sampleChecks })
      await signedIn.register(addressRoutes, deps)
      await signedIn.register(awayRoutes, deps)
      await signedIn.register(trustRoutes, deps)
      await signedIn.register(readinessRoutes, deps)
      await signedIn.register(profileRoutes, deps)
      await signedIn.register(mailRoutes, { ...deps, numbersOf: hostingInNumbers })
      await signedIn.register(weekEndingRoutes, deps)
      await signedIn.register(moveWeekRoutes, deps)
      await signedIn.register(standstillRoutes, deps)
      await signedIn.register(dropOutRoutes, deps)
      await signedIn.register(swapRoutes, deps)
      await signedIn.register(severalRoutes, deps)
      await signedIn.register(standbyRoutes, deps)
      await signedIn.register(declineRoutes, deps)
      await signedIn.register(peopleRoutes, {
        ...deps,
        handleOf: async (accountId: string) => (await findAccount(deps.db.read, accountId))!.handle,
        listAway: (accountId: string) => listAway(deps.db.read, accountId, deps.clock.now()),
        listHosts: (accountId: string) => listHosts(deps.db.read, accountId, deps.clock.now()),
        askWhetherSame: (accountId: string, typed: Record<string, string>) =>
          askWhetherSame(deps.db.read, accountId, typed),
      })
      await signedIn.register(listeningRoutes, deps)
      await signedIn.register(answersRoutes, deps)
      await signedIn.register(helpRoutes, deps)
      await signedIn.register(removalRequestRoutes, deps)
      await signedIn.register(removalRoutes, deps)
      await signedIn.register(recapRoutes, deps)
      await signedIn.register(recapHistoryRoutes, deps)
      await signedIn.register(reflectionRoutes, deps)
      await signedIn.register(recapPieceRoutes, deps)
      await signedIn.register(aimsRoutes, deps)
      await signedIn.register(certificateRoutes, deps)
      await signedIn.register(exportRoutes, { ...deps, sites: sitesOf(deps) })
      await signedIn.register(recordRoutes, deps)
      await signedIn.register(personRoutes, deps)
      await signedIn.register(onRequestRoutes, deps)
      await signedIn.register(reachRoutes, deps)
    })
  })
  return app
}
