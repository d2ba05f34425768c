import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Deps } from '../../web/deps.ts'
import { readForm } from '../../web/forms.ts'
import { momentOf, whenInWords } from '../decision.ts'
import { agreeToPass, findBrakePass, nameForPass, takeNamingBack } from './brake-pass.ts'
import { findPassingPost } from './passing-post.ts'

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

  async function whenItWouldGo(request: FastifyRequest) {
    const { decidable } = (await findBrakePass(db.read, passing(request)))!
    const post = await findPassingPost(db.read, decidable.account, clock.now())
    return { at: post?.at ?? null, zone: decidable.account.timeZone }
  }

  app.post('/drafts/:id/brake-naming', async (request, reply) => {
    const { fingerprint } = readForm(passForm, request.body)
    await nameForPass(db, { ...passing(request), fingerprint })
    wake.mail()
    const { at, zone } = await whenItWouldGo(request)
    return reply
      .flash(
        at
          ? `Asked. Once a second person agrees, it goes out ${momentOf(at, clock.now(), zone)}.`
          : 'Asked. As soon as a second person agrees, it goes out.',
      )
      .redirect(`/drafts/${passing(request).draftId}`, 303)
  })

  app.post('/drafts/:id/brake-agreement', async (request, reply) => {
    const { fingerprint } = readForm(passForm, request.body)
    const { found, goesAt } = await agreeToPass(deps, { ...passing(request), fingerprint })
    const { zone } = await whenItWouldGo(request)
    const when = goesAt && whenInWords(goesAt, clock.now(), zone)
    wake.mail()
    wake.publisher()
    return reply.flash(agreedInWords({ found, when })).redirect(`/drafts/${passing(request).draftId}`, 303)
  })

  app.post('/drafts/:id/brake-naming-withdrawal', async (request, reply) => {
    await takeNamingBack(db, passing(request))
    return reply
      .flash('Taken back. What has not gone out of it stays held with the rest.')
      .redirect(`/drafts/${passing(request).draftId}`, 303)
  })
}

/** `when`: what goes now goes; null: all of it stands already. */
function agreedInWords({ found, when }: { found: boolean; when: string | null }): string {
  if (!found) return `Agreed. It goes out ${when}, and nothing else with it.`
  const stands = 'It stands on the account already: X had taken it before.'
  return when
    ? `Agreed. ${stands} What follows it in its thread goes out ${when}.`
    : `${stands} Nothing more has to go out.`
}
