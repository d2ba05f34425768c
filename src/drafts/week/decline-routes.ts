import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { NotFound, Conflict } from '../../errors.ts'
import type { Deps } from '../../web/deps.ts'
import { optionalLine, readForm } from '../../web/forms.ts'
import { declineWeek } from './decline-week.ts'

const declineForm = z.object({ words: optionalLine('What you write', 300) })

/**
 * Saying no by the invitation's link alone, by a button: it gives nothing away, a lead can ask the same person again, and the
 * booked address hears of it. Whatever else a host does needs signing in.
 */
export async function declineByLinkRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  await app.register(rateLimit, { global: false })
  const limit = { rateLimit: { max: 20, timeWindow: '10 minutes' } }

  app.post('/invitations/:token/refusal', { config: limit }, async (request, reply) => {
    const { token } = request.params as { token: string }
    try {
      await declineWeek(deps.db, { token }, { ...readForm(declineForm, request.body), ...moment(deps) })
      deps.wake.mail()
    } catch (error) {
      // Its page says in full what became of the invitation.
      if (!(error instanceof NotFound || error instanceof Conflict)) throw error
    }
    return reply.redirect(`/invitations/${token}`, 303)
  })
}

/** The same for a host who is signed in. */
export async function declineRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  app.post('/weeks/:id/refusal', async ({ params, body, actor }, reply) => {
    const weekId = (params as { id: string }).id
    await declineWeek(deps.db, { weekId, actor }, { ...readForm(declineForm, body), ...moment(deps) })
    deps.wake.mail()
    return reply
      .flash('You said no to that week, and the team has been told. Thank you for your answer.')
      .redirect('/today', 303)
  })
}

function moment({ clock, settings }: Deps) {
  return { publicUrl: settings.publicUrl(), now: clock.now(), machineNow: clock.machine() }
}
