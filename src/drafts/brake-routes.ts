import type { FastifyInstance, FastifyRequest } from 'fastify'
import { pullBrake, releaseAndHold } from '../publishing/brake.ts'
import type { Deps } from '../web/deps.ts'

/** The brake of an account: one press, and what is said of it afterwards. */
export async function brakeRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const { wake } = deps
  const braking = (request: FastifyRequest) => ({
    accountId: (request.params as { id: string }).id,
    actor: request.actor,
  })

  app.post('/accounts/:id/brake', async (request, reply) => {
    await pullBrake(deps, braking(request))
    wake.mail()
    return reply
      .flash('The brake is on. Nothing new goes out until somebody releases it.', { level: 'stop' })
      .redirect('/today', 303)
  })

  app.post('/accounts/:id/brake-release', async (request, reply) => {
    await releaseAndHold(deps, braking(request))
    wake.mail()
    wake.publisher()
    return reply
      .flash('The brake is off. What was held meanwhile stays held until you decide about it.')
      .redirect('/today', 303)
  })
}
