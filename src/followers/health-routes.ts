import type { FastifyInstance, FastifyReply } from 'fastify'
import { listAccounts } from '../accounts/accounts.ts'
import type { Deps } from '../web/deps.ts'

/** For whoever watches over the service, and for search engines. */
export async function healthRoutes(app: FastifyInstance, { db, settings }: Deps): Promise<void> {
  app.get('/healthz', async (_request, reply) => plain(reply, 'alive\n'))

  /** Ready while the database answers, and takes what is to be kept; a throw is a 500. */
  app.get('/readyz', async (_request, reply) => {
    await listAccounts(db.read)
    const trouble = db.diskTrouble()
    if (trouble) return plain(reply.code(503), `not ready: the disk is ${trouble}\n`)
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
