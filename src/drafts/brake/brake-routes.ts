import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findAccountFor } from '../../accounts/change-account.ts'
import { explainBrake, pullBrake } from '../../publishing/brake.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, optionalLines, readForm, refusalOf, typedIn, version } from '../../web/forms.ts'
import { readBrakeEnd } from './brake-end.ts'
import { brakePage, type RefusedNote } from './brake-page.ts'

const noteForm = z.object({
  version,
  reason: optionalLines('The reason', 400),
  day: z.string().default(''),
  time: z.string().default(''),
  which: z.string().default(''),
})

/** What stood in the queue's form when the brake was pulled from there. */
const carriedForm = z.object({
  about: z.string().max(100).catch(''),
  comment: z.string().max(4000).catch(''),
})

/** The brake of an account: one press, and what is said of it afterwards. */
export async function brakeRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const { db, clock, wake } = deps
  const braking = (request: FastifyRequest) => ({
    accountId: (request.params as { id: string }).id,
    actor: request.actor,
  })

  async function show(request: FastifyRequest, reply: FastifyReply, refused?: RefusedNote) {
    const page = await brakePage(db.read, { ...braking(request), now: clock.now(), refused })
    const { unsent } = request.session
    return reply.page('drafts/brake', {
      ...page,
      unsentHref: unsent && `/queue?draft=${unsent.draftId}`,
      summary: refused && errorSummary(refused.fields),
    })
  }

  app.get('/accounts/:id/brake', (request, reply) => show(request, reply))

  app.post('/accounts/:id/brake', {
    config: { notTaken: 'The brake is not on yet: nothing was stopped.' },
    handler: async (request, reply) => {
      const { accountId } = braking(request)
      await pullBrake(deps, braking(request))
      const { about: draftId, comment } = readForm(carriedForm, request.body)
      if (draftId && comment.trim()) request.session.unsent = { draftId, comment }
      wake.mail()
      return reply.redirect(`/accounts/${accountId}/brake`, 303)
    },
  })

  app.post('/accounts/:id/brake-note', async (request, reply) => {
    const typed = typedIn(request.body)
    try {
      const { version, reason, ...end } = readForm(noteForm, request.body)
      const { timeZone } = await findAccountFor(db.read, braking(request).accountId, request.actor)
      const endsAt = readBrakeEnd(end, { now: clock.now(), zone: timeZone })
      await explainBrake(deps, { ...braking(request), version, reason, endsAt })
      wake.releaser()
      return await reply.flash('Saved.').redirect(`/accounts/${braking(request).accountId}/brake`, 303)
    } catch (error) {
      const { status, fields } = refusalOf(error)
      return show(request, reply.code(status), { typed, fields })
    }
  })
}
