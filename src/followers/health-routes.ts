import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../web/deps.ts'
import { readHealth } from './health.ts'

/** For whoever watches over the service, and for search engines. */
export async function healthRoutes(
  app: FastifyInstance,
  { db, clock, settings, jobs, siteTroubles }: Deps,
): Promise<void> {
  app.get('/healthz', async (_request, reply) => plain(reply, 'alive\n'))

  app.get('/readyz', async (request, reply) => {
    const { ready, checks, problem } = await readHealth(db, {
      jobs: jobs(),
      machineNow: clock.machine(),
      siteTroubles: siteTroubles?.() ?? null,
    })
    if (problem) request.log.error(problem)
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: ready ? 'ready' : 'not ready', checks })
  })

  app.get('/robots.txt', async (_request, reply) =>
    plain(
      reply,
      settings.mode === 'sandbox'
        ? 'User-agent: *\nDisallow: /\n'
        : `User-agent: *\nDisallow: /sign-in\nDisallow: /invitations/\nDisallow: /take-part/\nDisallow: /*/removal\nSitemap: ${settings.publicUrl()}/sitemap.xml\n`,
    ),
  )
}

function plain(reply: FastifyReply, text: string) {
  return reply.type('text/plain; charset=utf-8').header('cache-control', 'no-store').send(text)
}
