import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Deps } from '../../web/deps.ts'
import { readForm } from '../../web/forms.ts'
import { Refused } from '../../errors.ts'
import { decideSeveral } from '../decide-several.ts'
import { VERDICT_KINDS } from '../draft.ts'
import { severalInWords, togetherPage, type TogetherForm } from './queue-together-page.ts'
import { readTogether } from './queue.ts'

const broken = 'This form is broken. Please open its page again.'
const decisionsForm = z.object({
  decision: z.enum(VERDICT_KINDS, broken),
  draft: z.union([z.string(), z.array(z.string()).max(100, broken)], 'Choose at least one draft.'),
  comment: z.string().max(4000, 'The comment has more than 4,000 characters.').default(''),
})
const address = z.object({ page: z.coerce.number().int().min(1).catch(1) })

/** Several drafts that wait, read as a whole and decided with one press. */
export async function queueTogetherRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const { db, clock, settings, wake } = deps

  app.get('/queue/together', (request, reply) => {
    const { page } = readForm(address, request.query)
    return show(request, reply, { page })
  })

  // An address that only takes a form, reloaded.
  app.get('/queue/decisions', (_request, reply) => reply.redirect('/queue/together', 303))

  app.post('/queue/decisions', async (request, reply) => {
    const fields = (request.body ?? {}) as Record<string, string | string[]>
    const chosen = [fields['draft'] ?? []].flat()
    const comment = String(fields['comment'] ?? '')
    try {
      const form = readForm(decisionsForm, fields)
      const all = await decideSeveral(db, {
        kind: form.decision,
        seen: chosen.map((draftId) => ({
          draftId,
          fingerprint: String(fields[`fingerprint-${draftId}`] ?? ''),
        })),
        comment: form.comment,
        actor: request.actor,
        now: clock.now(),
        machineNow: clock.machine(),
        publicUrl: settings.publicUrl(),
      })
      wake.publisher()
      wake.mail()
      const failed = all.filter(({ whyNot }) => whyNot !== null).map(({ draftId }) => draftId)
      if (failed.length > 0)
        return await show(request, reply.code(409), {
          form: { chosen: failed, comment, decided: { kind: form.decision, all } },
        })
      return await reply.flash(severalInWords(form.decision, all.length)).redirect('/queue/together', 303)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return show(request, reply.code(422), { form: { chosen, comment, errors: error.fields } })
    }
  })

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    { page = 1, form = {} }: { page?: number; form?: TogetherForm },
  ): Promise<FastifyReply> {
    const now = clock.now()
    const together = await readTogether(db.read, { actor: request.actor, page, now })
    const model = togetherPage(together, {
      actorId: request.actor.personId,
      sandbox: settings.mode === 'sandbox',
      now,
      form,
    })
    return reply.page('queue/together', { ...model, refreshes: request.url })
  }
}
