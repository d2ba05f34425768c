import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findAccountFor } from '../../accounts/change-account.ts'
import { Conflict, Refused } from '../../errors.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, readForm, typedIn } from '../../web/forms.ts'
import { releaseWithFates, type Fate } from './release-brake.ts'
import { inLetters } from '../../rota/pages.ts'
import { releasePage, type RefusedRelease } from './release-page.ts'
import { readWish } from '../wished-time.ts'

const seenForm = z.object({ seen: z.string('This form is broken. Please open its page again.') })

/** Releasing the brake, with what becomes of all that it held, in one form. */
export async function brakeReleaseRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const { db, clock, wake } = deps
  const idOf = (request: FastifyRequest) => (request.params as { id: string }).id

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    more: { refused?: RefusedRelease; summary?: ReturnType<typeof errorSummary> } = {},
  ) {
    const page = await releasePage(db.read, {
      accountId: idOf(request),
      actor: request.actor,
      now: clock.now(),
      refused: more.refused,
    })
    return reply.page('drafts/brake-release', { ...page, summary: more.summary })
  }

  app.get('/accounts/:id/brake/release', (request, reply) => show(request, reply))

  app.post('/accounts/:id/brake/release', async (request, reply) => {
    const typed = typedIn(request.body)
    try {
      const { seen } = readForm(seenForm, request.body)
      const { id: accountId, timeZone } = await findAccountFor(db.read, idOf(request), request.actor)
      const fates = readFates(typed, timeZone)
      const done = await releaseWithFates(deps, {
        accountId,
        actor: request.actor,
        seen,
        fates,
      })
      wake.mail()
      wake.publisher()
      return await reply.flash(releasedInWords(done)).redirect('/today', 303)
    } catch (error) {
      if (error instanceof Conflict) {
        const errors = [{ id: null, message: error.message }]
        return show(request, reply.code(409), {
          refused: { typed, fields: {} },
          summary: { title: 'The brake was not released this time', errors },
        })
      }
      if (!(error instanceof Refused)) throw error
      const { fields } = error
      return show(request, reply.code(422), { refused: { typed, fields }, summary: errorSummary(fields) })
    }
  })
}

function releasedInWords(posts: { goes: number; found: number; cancelled: number; stays: number }): string {
  const fates = [
    [posts.goes, 'goes out', 'go out'],
    [posts.found, 'stood on the account already', 'stood on the account already'],
    [posts.cancelled, 'is cancelled', 'are cancelled'],
    [posts.stays, 'stays held', 'stay held'],
  ] as const
  const said = fates
    .filter(([count]) => count > 0)
    .map(([count, one, several]) => `${inLetters(count)} ${count === 1 ? one : several}`)
  return said.length === 0 ? 'The brake is off.' : `The brake is off. Of what it held, ${said.join(', ')}.`
}

/** @throws Refused with a message for each time that is none. */
function readFates(typed: Record<string, string>, zone: string): Map<string, Fate> {
  const fates = new Map<string, Fate>()
  const wrong: Record<string, string> = {}
  for (const [name, kind] of Object.entries(typed)) {
    if (!name.startsWith('choice-')) continue
    const id = name.slice('choice-'.length)
    // A time that was typed is never ignored in silence.
    if (kind !== 'time' && typed[`time-${id}`])
      wrong[`time-${id}`] = 'You gave a new time here: choose “It goes at a new time”, or empty this field.'
    if (kind === 'own' || kind === 'stay' || kind === 'cancel') fates.set(id, { kind })
    if (kind !== 'time') continue
    const [day, time, which] = ['day', 'time', 'which'].map((field) => typed[`${field}-${id}`] ?? '')
    try {
      const whichOne = which === 'first' || which === 'second' ? which : ''
      fates.set(id, { kind, at: readWish({ when: 'time', day: day!, time: time!, which: whichOne }, zone)! })
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      for (const [field, message] of Object.entries(error.fields))
        wrong[`${field}-${id}`] = message.replace(/, or “As soon as it is approved”/, '')
    }
  }
  if (Object.keys(wrong).length > 0) throw new Refused(wrong)
  return fates
}
