import type { FastifyInstance } from 'fastify'
import type { Deps } from '../web/deps.ts'

/** The first page after signing in: the desk for leads and approvers, their week for hosts. */
export async function todayRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  void deps
  app.get('/today', async (_request, reply) => reply.page('today/nothing', { title: 'Welcome' }))
}
