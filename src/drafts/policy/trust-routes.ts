import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Deps } from '../../web/deps.ts'
import { readForm, version } from '../../web/forms.ts'
import { setBackInWords } from './change-ground.ts'
import { trustHost } from './trust-host.ts'

const trustForm = z.object({
  version,
  trusted: z.enum(['yes', 'no'], 'This form is broken. Please open its page again.'),
})

/** Marking the host of a week as trusted, and taking that back. */
export async function trustRoutes(app: FastifyInstance, { db, clock, settings, wake }: Deps): Promise<void> {
  app.post('/weeks/:id/trust', async (request, reply) => {
    const { id: weekId } = request.params as { id: string }
    const form = readForm(trustForm, request.body)
    const trusted = form.trusted === 'yes'
    const setBack = await trustHost(db, {
      weekId,
      version: form.version,
      trusted,
      actor: request.actor,
      now: clock.now(),
      machineNow: clock.machine(),
      publicUrl: settings.publicUrl(),
    })
    wake.mail()
    const done = trusted
      ? 'Marked as trusted. It counts for what is submitted from now on.'
      : 'Not trusted any more. What they submit from now on waits for a decision.'
    const { said, link } = setBackInWords(setBack)
    return reply
      .flash([done, ...said].join(' '), { ...(link && { link }) })
      .redirect(`/weeks/${weekId}#trust`, 303)
  })
}
