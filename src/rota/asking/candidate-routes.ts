import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findAccount } from '../../accounts/accounts.ts'
import { addDays, dayOf, isDay } from '../../calendar.ts'
import { Conflict, NotFound } from '../../errors.ts'
import { nextSlot, slotOf } from '../slot.ts'
import { mailsToCandidates } from '../../mail/outbox.ts'
import { mayDecide } from '../../people/person.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, optionalLine, readForm, refusalOf, version } from '../../web/forms.ts'
import type { SampleChecks } from './ask-form.ts'
import type { Typed } from './ask-page.ts'
import { typedOfForm } from './ask-routes.ts'
import { candidatePage, candidatesPage } from './candidate-pages.ts'
import {
  findCandidateFor,
  latestOffers,
  listCandidates,
  listNominated,
  offersTo,
  openOffersOf,
  requireLead,
} from './candidates.ts'
import { nearPerson } from '../near-person.ts'
import { freeOf } from './free-slots.ts'
import { offerWeeks, takeOfferBack } from './offer-weeks.ts'
import { declineCandidate, deleteRequest, keepCandidate, shortlistCandidate } from './sort-candidate.ts'

const seen = z.object({ version })
const withWords = seen.extend({ words: optionalLine('What you write', 1000) })
const offering = withWords.extend({
  weeks: z
    .union([z.string(), z.array(z.string())])
    .default([])
    .transform((chosen) => [...new Set([chosen].flat())].toSorted()),
  until: z.string().refine(isDay, 'Until when does the offer hold? Choose a day.'),
})
const keeping = withWords.extend({ tell: z.string().optional() })

/** Who asks for a week, for the account’s leads. */
export async function candidateRoutes(
  app: FastifyInstance,
  { db, clock, wake, sample }: Deps & { sample: SampleChecks },
): Promise<void> {
  const times = () => ({ now: clock.now(), machineNow: clock.machine() })
  const idOf = ({ params }: FastifyRequest) => (params as { id: string }).id
  const sorting = (request: FastifyRequest) => ({ id: idOf(request), actor: request.actor, ...times() })

  app.get('/accounts/:id/candidates', async (request, reply) => {
    const id = idOf(request)
    const account = mayDecide(request.actor, id) ? await findAccount(db.read, id) : undefined
    if (!account) throw new NotFound()
    requireLead(request.actor, id)
    const candidates = await listCandidates(db.read, id)
    const nominated = { ids: (await listNominated(db.read, id)).map((one) => one.id) }
    const ids = candidates.map((one) => one.id)
    const offers = await latestOffers(db.read, ids)
    const gone: string[] = []
    for (const { id: candidateId, state } of candidates) {
      const offer = state === 'offered' ? offers.get(candidateId) : undefined
      if (offer && (await freeOf(db.read, account, offer.slots, clock.now())).length === 0)
        gone.push(candidateId)
    }
    const page = candidatesPage(candidates, {
      account,
      offers,
      gone,
      mails: await mailsToCandidates(db.read, [...ids, ...nominated.ids]),
      nominated,
      now: clock.now(),
    })
    return reply.page('rota/asking/candidates', page)
  })

  app.get('/candidates/:id', (request, reply) => show(request, reply))

  app.post('/candidates/:id/shortlisting', async (request, reply) => {
    await shortlistCandidate(db, { ...sorting(request), ...readForm(seen, request.body) })
    return done(request, reply, 'On the shortlist.')
  })

  app.post('/candidates/:id/keeping', async (request, reply) => {
    const { tell, ...keys } = readForm(keeping, request.body)
    await keepCandidate(db, { ...sorting(request), ...keys, tell: tell === 'yes' })
    wake.mail()
    return done(request, reply, tell === 'yes' ? 'Kept for later, and they are told.' : 'Kept for later.')
  })

  app.post('/candidates/:id/offer', async (request, reply) => {
    try {
      const { weeks: slots, ...form } = readForm(offering, request.body)
      await offerWeeks(db, { ...sorting(request), ...form, slots })
    } catch (error) {
      const { status, fields } = refusalOf(error)
      if (error instanceof Conflict) throw error
      return show(request, reply.code(status), { typed: typedOfForm(request), errors: fields })
    }
    wake.mail()
    wake.handover()
    return done(request, reply, 'The offer is on its way.')
  })

  app.post('/candidates/:id/offer/withdrawal', async (request, reply) => {
    await takeOfferBack(db, { ...sorting(request), ...readForm(seen, request.body) })
    return done(request, reply, 'Taken back: the link leads to no week any more. They are not told.')
  })

  app.post('/candidates/:id/refusal', async (request, reply) => {
    await declineCandidate(db, { ...sorting(request), ...readForm(withWords, request.body) })
    wake.mail()
    return done(request, reply, 'They are told, kindly.')
  })

  app.post('/candidates/:id/erasure', async (request, reply) => {
    const { candidate } = await findCandidateFor(db.read, idOf(request), request.actor)
    await deleteRequest(db, { ...sorting(request), ...readForm(seen, request.body) })
    return reply
      .flash('Deleted. The record says that somebody asked, and not who.')
      .redirect(`/accounts/${candidate.accountId}/candidates`, 303)
  })

  function done(request: FastifyRequest, reply: FastifyReply, message: string): FastifyReply {
    return reply.flash(message).redirect(`/candidates/${idOf(request)}`, 303)
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    { typed, errors }: { typed?: Typed; errors?: Record<string, string> } = {},
  ): Promise<FastifyReply> {
    const { candidate, account } = await findCandidateFor(db.read, idOf(request), request.actor)
    const now = clock.now()
    const today = dayOf(now, account.timeZone)
    const current = slotOf(today, account.shape)
    const coming = Array.from({ length: OFFERED_AHEAD }, (_, at) => nextSlot(current, at))
    const others = (await openOffersOf(db.read, account.id)).filter(
      (one) => one.candidate.id !== candidate.id,
    )
    const page = candidatePage(candidate, {
      account,
      offers: await offersTo(db.read, candidate.id),
      mails: await mailsToCandidates(db.read, [candidate.id]),
      near: (await nearPerson(db.read, account.id, candidate)) ?? null,
      sample: sample.check(account, candidate.sample),
      free: await freeOf(db.read, account, coming, now),
      othersOffered: others.flatMap(({ offer }) => offer.slots),
      typed: typed ?? { values: { until: addDays(today, OFFER_DAYS) }, weeks: [] },
      errors: errors ?? {},
      now,
    })
    return reply.page('rota/asking/candidate', { ...page, summary: errors && errorSummary(errors) })
  }
}

/** So many weeks ahead can be offered. */
const OFFERED_AHEAD = 53
/** For so many days an offer holds, where a lead says nothing else. */
const OFFER_DAYS = 7
