import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Conflict, Refused } from '../../errors.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, readForm, typedIn, version } from '../../web/forms.ts'
import { MEASURES, MOST_AIMS, type Aim } from './aim.ts'
import { findAimsPlace, keepAims, reachedSoFar } from './aims.ts'
import { aimsPage, type RefusedAims } from './aims-page.ts'

const seen = z.object({ version })

/** What a host aims for in their week, and what came of it. */
export async function aimsRoutes(app: FastifyInstance, { db, clock }: Deps): Promise<void> {
  const weekOf = (request: FastifyRequest) => (request.params as { id: string }).id

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    refused?: RefusedAims,
  ): Promise<FastifyReply> {
    const place = await findAimsPlace(db.read, weekOf(request), request.actor)
    const reached = await reachedSoFar(db.read, place.week, place.host.id)
    const summary = refused && Object.keys(refused.errors).length > 0 ? errorSummary(refused.errors) : null
    return reply.page('recaps/aims', { ...aimsPage(place, { reached, now: clock.now(), refused }), summary })
  }

  app.get('/weeks/:id/aims', (request, reply) => show(request, reply))

  app.post('/weeks/:id/aims', async (request, reply) => {
    const fields = typedIn(request.body)
    const typed = { aims: readAims(request.body), inRecap: fields['in-recap'] === 'yes' }
    const targets = [fields['aim-1-target'] ?? '', fields['aim-2-target'] ?? '']
    const weekId = weekOf(request)
    try {
      const { version: known } = readForm(seen, request.body)
      await keepAims(db, { weekId, version: known, ...typed, actor: request.actor, now: clock.now() })
    } catch (error) {
      if (error instanceof Refused)
        return show(request, reply.code(422), { ...typed, targets, errors: error.fields })
      if (error instanceof Conflict)
        return show(request, reply.code(409), { ...typed, targets, errors: {}, conflict: error.message })
      throw error
    }
    return reply.flash('Saved.').redirect(`/weeks/${weekId}/aims`, 303)
  })
}

/** `aim-1-words` and so on. What is no number as a target stays wrong, and is told at its field. */
function readAims(body: unknown): Aim[] {
  const typed = typedIn(body)
  return Array.from({ length: MOST_AIMS }, (_none, at) => {
    const field = (what: string) => (typed[`aim-${at + 1}-${what}`] ?? '').replaceAll('\r\n', '\n').trim()
    const hashtag = field('hashtag')
    return {
      words: field('words').replaceAll(/\s+/g, ' '),
      measure: MEASURES.find((known) => known === field('measure')) ?? 'replies',
      target: field('target') === '' ? null : Number(field('target')),
      hashtag: hashtag === '' || hashtag.startsWith('#') ? hashtag : `#${hashtag}`,
      outcome: field('outcome'),
    }
  })
}
