import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../web/deps.ts'
import { stopDraft } from './stop-draft.ts'

/** Stopping what the account's policy let go. */
export async function stopRoutes(app: FastifyInstance, { db, clock, settings, wake }: Deps): Promise<void> {
  app.post('/drafts/:id/stop', async (request, reply) => {
    const { id } = request.params as { id: string }
    await stopDraft(db, {
      draftId: id,
      actor: request.actor,
      now: clock.now(),
      machineNow: clock.machine(),
      publicUrl: settings.publicUrl(),
    })
    wake.publisher()
    wake.mail()
    return reply
      .flash('Stopped. Nothing of it goes out. It waits for a decision now.', {
        link: { href: `/queue?draft=${encodeURIComponent(id)}`, label: 'Decide it' },
      })
      .redirect(`/drafts/${id}`, 303)
  })
}
