import type { FastifyInstance, FastifyReply } from 'fastify'
import { listAccounts } from '../accounts/accounts.ts'
import type { Deps } from '../web/deps.ts'

/** For whoever watches over the service, and for search engines. */
export async function healthRoutes(app: FastifyInstance, { db, settings }: Deps): Promise<void> {
  app.get('/healthz', async (_request, reply) => plain(reply, 'alive\n'))

  /** Ready once the database answers; a throw is a 500. */
  app.get('/readyz', async (_request, reply) => {
    await listAccounts(db.read)
    return plain(reply, 'ready\n')
  })

  app.get('/robots.txt', async (_request, reply) =>
    plain(
      reply,
      settings.mode === 'sandbox'
        ? 'User-agent: *\nDisallow: /\n'
        : 'User-agent: *\nDisallow: /sign-in\nDisallow: /invitations/\n',
    ),
  )
}

function plain(reply: FastifyReply, text: string) {
  return reply.type('text/plain; charset=utf-8').header('cache-control', 'no-store').send(text)
}
