import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Deps } from '../../web/deps.ts'
import { readForm } from '../../web/forms.ts'
import { agreeToPass, nameForPass, takeNamingBack } from './brake-pass.ts'

const passForm = z.object({ fingerprint: z.string('This form is broken. Please open its page again.') })

/** The one draft that may go out although the brake is on: one person names it, a second one agrees. */
export async function brakePassRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const { db, clock, settings, wake } = deps
  const passing = (request: FastifyRequest) => ({
    draftId: (request.params as { id: string }).id,
    actor: request.actor,
    now: clock.now(),
    machineNow: clock.machine(),
    publicUrl: settings.publicUrl(),
  })

  app.post('/drafts/:id/brake-naming', async (request, reply) => {
    const { fingerprint } = readForm(passForm, request.body)
    await nameForPass(db, { ...passing(request), fingerprint })
    wake.mail()
    return reply
      .flash('Named. It goes out when a second person agrees.')
      .redirect(`/drafts/${passing(request).draftId}`, 303)
  })

  app.post('/drafts/:id/brake-agreement', async (request, reply) => {
    const { fingerprint } = readForm(passForm, request.body)
    const { found, goesAt } = await agreeToPass(deps, { ...passing(request), fingerprint })
    wake.mail()
    wake.publisher()
    return reply.flash(agreedInWords({ found, goesAt })).redirect(`/drafts/${passing(request).draftId}`, 303)
  })

  app.post('/drafts/:id/brake-naming-withdrawal', async (request, reply) => {
    await takeNamingBack(db, passing(request))
    return reply
      .flash('Taken back. What has not gone out stays held with the rest.')
      .redirect(`/drafts/${passing(request).draftId}`, 303)
  })
}

function agreedInWords({ found, goesAt }: { found: boolean; goesAt: Date | null }): string {
  if (!found) return 'Agreed. This one goes out, and nothing else.'
  const stands = 'It stands on the account already: X had taken it before.'
  return goesAt
    ? `Agreed. ${stands} What follows it in its thread goes out.`
    : `${stands} Nothing more has to go out.`
}
