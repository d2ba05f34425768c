import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Delivery } from '../publishing/deliveries.ts'
import { REMOVAL_SCOPES, type Removal } from '../publishing/delivery.ts'
import type { Deps } from '../web/deps.ts'
import { errorSummary, readForm, refusalOf, typedIn } from '../web/forms.ts'
import { removalPage, type RefusedRemoval } from './removal-page.ts'
import { takeDown } from './take-down.ts'
import { capital, inLetters } from '../words.ts'

const removalForm = z.object({
  scope: z.enum(REMOVAL_SCOPES, 'Choose what goes.'),
  seen: z.string('This form is broken. Please open its page again.'),
  reason: z.string().default(''),
})

/** Taking down what stands on the account. It reaches into our own pages as well as the network. */
export async function removalRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const { db, clock, settings, wake } = deps
  const idOf = (request: FastifyRequest) => (request.params as { id: string }).id

  app.get('/deliveries/:id/removal', (request, reply) => {
    const { scope } = request.query as { scope?: string }
    return show(request, reply, { scope, reason: '', fields: {} })
  })

  app.post('/deliveries/:id/removal', async (request, reply) => {
    const typed = typedIn(request.body)
    const deliveryId = idOf(request)
    try {
      const form = readForm(removalForm, typed)
      const done = await takeDown(
        { db, clock, publicUrl: settings.publicUrl() },
        { ...form, deliveryId, actor: request.actor },
      )
      wake.publisher()
      wake.mail()
      return await reply.flash(doneInWords(done)).redirect(`/deliveries/${deliveryId}`, 303)
    } catch (error) {
      const { status, fields } = refusalOf(error)
      return show(request, reply.code(status), {
        scope: typed['scope'],
        reason: typed['reason'] ?? '',
        fields,
      })
    }
  })

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    typed: RefusedRemoval,
  ): Promise<FastifyReply> {
    const { actor } = request
    const page = await removalPage(db.read, { deliveryId: idOf(request), actor, now: clock.now(), typed })
    const summary = Object.keys(typed.fields).length > 0 ? errorSummary(typed.fields) : null
    return reply.page('listening/removal', { ...page, summary })
  }
}

function doneInWords({ goes, cancelled }: Removal<Delivery>): string {
  const what = goes.length === 1 ? 'It is' : `${capital(inLetters(goes.length))} parts are`
  const rest = cancelled.length === 0 ? '' : ' What had not gone out is cancelled.'
  return `${what} off our pages, and next off X.${rest}`
}
