import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Deps } from '../../web/deps.ts'
import { readForm } from '../../web/forms.ts'
import { PROFILE_CHANGES, tickProfile } from './tick-profile.ts'

const tickForm = z.object({
  change: z.enum(PROFILE_CHANGES, 'This form is broken. Please open its page again.'),
})

/** What a lead changed by hand on the network. */
export async function profileRoutes(app: FastifyInstance, { db, clock }: Deps): Promise<void> {
  app.post('/weeks/:id/profile', async (request, reply) => {
    const { id: weekId } = request.params as { id: string }
    const { change } = readForm(tickForm, request.body)
    await tickProfile(db, { weekId, change, actor: request.actor, now: clock.now() })
    return reply.flash('Ticked off.').redirect('/today', 303)
  })
}
