import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findAccountFor } from '../../accounts/change-account.ts'
import { Conflict, Refused } from '../../errors.ts'
import { findWeekFor } from '../../rota/weeks.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, readForm, typedIn } from '../../web/forms.ts'
import { readWish } from '../wished-time.ts'
import { decidedInWords, decideHeld, type Decided, type Fate, type HeldSet } from './decide-held.ts'
import { heldPostsPage, type RefusedFates } from './held-posts-page.ts'

const seenForm = z.object({ seen: z.string('This form is broken. Please open its page again.') })

/**
 * What becomes of all that is held for one reason, in one form: what the brake holds, which is released with it, and what of a
 * week stepped aside for its live hours.
 */
export async function heldPostsRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const { db, clock, wake } = deps

  app.get('/accounts/:id/brake/release', async (request, reply) => show(request, reply, byBrake(request)))
  app.post('/accounts/:id/brake/release', (request, reply) => decide(request, reply, byBrake(request)))
  app.get('/weeks/:id/live/aside', async (request, reply) => show(request, reply, await aside(request)))
  app.post('/weeks/:id/live/aside', async (request, reply) => decide(request, reply, await aside(request)))

  function byBrake(request: FastifyRequest): HeldSet {
    return { reason: 'brake', accountId: idOf(request) }
  }

  async function aside(request: FastifyRequest): Promise<HeldSet> {
    const { week } = await findWeekFor(db.read, idOf(request), request.actor)
    return { reason: 'live', accountId: week.accountId, weekId: week.id }
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    set: HeldSet,
    more: { refused?: RefusedFates; summary?: ReturnType<typeof errorSummary> } = {},
  ) {
    const page = await heldPostsPage(db.read, {
      set,
      actor: request.actor,
      now: clock.now(),
      refused: more.refused,
    })
    const named = page.wrong && errorSummary(page.wrong)
    return reply.page('drafts/held-posts', { ...page, summary: more.summary ?? named })
  }

  async function decide(request: FastifyRequest, reply: FastifyReply, set: HeldSet): Promise<FastifyReply> {
    const typed = typedIn(request.body)
    try {
      const { seen } = readForm(seenForm, request.body)
      const { timeZone } = await findAccountFor(db.read, set.accountId, request.actor)
      const fates = readFates(typed, timeZone)
      const done = await decideHeld(deps, { set, actor: request.actor, seen, fates })
      wake.mail()
      wake.publisher()
      return await reply.flash(doneInWords(done, set)).redirect('/today', 303)
    } catch (error) {
      if (error instanceof Conflict) {
        const summary = {
          title: 'Nothing was done this time',
          errors: [{ id: null, message: error.message }],
        }
        return show(request, reply.code(409), set, { refused: { typed, fields: {} }, summary })
      }
      if (!(error instanceof Refused)) throw error
      const { fields } = error
      return show(request, reply.code(422), set, { refused: { typed, fields } })
    }
  }
}

function idOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id
}

function doneInWords({ released, ...posts }: Decided & { released: boolean }, { reason }: HeldSet): string {
  const said = decidedInWords(posts)
  const of = reason === 'brake' ? 'it held' : 'stepped aside'
  return [
    ...(released ? ['The brake is off.'] : []),
    ...(said
      ? [released || reason === 'live' ? `Of what ${of}, ${said}.` : `Of what the brake held, ${said}.`]
      : []),
  ].join(' ')
}

/** @throws Refused with a message for each time that is none. */
function readFates(typed: Record<string, string>, zone: string): Map<string, Fate> {
  const fates = new Map<string, Fate>()
  const wrong: Record<string, string> = {}
  for (const [name, chosen] of Object.entries(typed)) {
    if (!name.startsWith('choice-')) continue
    const id = name.slice('choice-'.length)
    const [day, time, which] = ['day', 'time', 'which'].map((field) => typed[`${field}-${id}`] ?? '')
    // It goes in either case, and whoever typed a time wants that one.
    const kind = chosen === 'own' && time ? 'time' : chosen
    // Nothing goes out, or is cancelled, that may have been meant otherwise.
    if ((kind === 'stay' || kind === 'cancel') && time)
      wrong[`time-${id}`] = 'You gave a new time here: choose “It goes at a new time”, or empty this field.'
    if (kind === 'own' || kind === 'stay' || kind === 'cancel') fates.set(id, { kind })
    if (kind !== 'time') continue
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
