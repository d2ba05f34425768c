import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { dayInWords, dayOf } from '../../calendar.ts'
import { Conflict, NotFound } from '../../errors.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, optionalLine, readForm, refusalOf, version } from '../../web/forms.ts'
import { renderMarkdown } from '../../web/markdown.ts'
import { nextSlot } from '../slot.ts'
import { listWeeks } from '../weeks.ts'
import { answerPage } from './answer-page.ts'
import { confirmRequest, saySo, withdrawRequest } from './answer-request.ts'
import { ownForm, requireSeen, type SampleChecks } from './ask-form.ts'
import { aboutAccount, ownFields, typedOf, weeksToTick, WEEKS_SHOWN, type Typed } from './ask-page.ts'
import { typedOfForm } from './ask-routes.ts'
import { findOpenOffer, inspectLink } from './candidates.ts'
import { chooseWeek, refuseOffer } from './choose-week.ts'
import { freeOf } from './free-slots.ts'

const seen = z.object({ version })
const choosing = z.object({ slot: z.string('Choose one of the weeks.') })
const refusing = z.object({ words: optionalLine('What you write', 300) })
const withdrawal = z.object({ never: z.string().optional() })

/** The page behind the link in a mail to somebody who asks for a week. Opening it changes nothing: mail scanners do. */
export async function answerRoutes(
  app: FastifyInstance,
  { db, clock, settings, wake, sample }: Deps & { sample: SampleChecks },
): Promise<void> {
  await app.register(rateLimit, { global: false })
  const limit = { rateLimit: { max: 60, timeWindow: '10 minutes' } }
  const telling = () => ({ now: clock.now(), machineNow: clock.machine(), publicUrl: settings.publicUrl() })
  const tokenOf = ({ params }: FastifyRequest) => (params as { token: string }).token

  app.get('/take-part/:token', { config: limit }, (request, reply) => show(request, reply))

  app.post('/take-part/:token/confirmation', { config: limit }, (request, reply) =>
    answered(request, reply, async (token) => {
      await confirmRequest(db, { token, ...readForm(seen, request.body), ...telling() })
    }),
  )

  app.post('/take-part/:token', { config: limit }, (request, reply) =>
    answered(request, reply, async (token) => {
      const keys = readForm(seen, request.body)
      const said = readForm(ownForm, request.body)
      const found = await inspectLink(db.read, token)
      if (found)
        requireSeen(sample.check(found.account, said.sample), typedOfForm(request).values['sampleSeen'])
      await saySo(db, { token, ...keys, said, ...telling() })
      void reply.flash('Thank you. The team has it.')
    }),
  )

  app.post('/take-part/:token/choice', { config: limit }, (request, reply) =>
    answered(request, reply, async (token) => {
      await chooseWeek(db, { token, ...readForm(choosing, request.body), ...telling() })
    }),
  )

  app.post('/take-part/:token/refusal', { config: limit }, (request, reply) =>
    answered(request, reply, async (token) => {
      await refuseOffer(db, { token, ...readForm(refusing, request.body), ...telling() })
      void reply.flash('Thank you for your answer. The team knows.')
    }),
  )

  app.post('/take-part/:token/withdrawal', { config: limit }, async (request, reply) => {
    const never = readForm(withdrawal, request.body).never === 'yes'
    try {
      await withdrawRequest(db, { token: tokenOf(request), never, ...telling() })
    } catch (error) {
      // Nothing is there to delete: the page says the same.
      if (!(error instanceof NotFound)) throw error
    }
    return reply.redirect('/take-part/deleted', 303)
  })

  app.get('/take-part/deleted', (_request, reply) =>
    reply.page('rota/asking/dead-link', {
      title: 'It is deleted',
      text: 'Nothing of what was sent with this address is kept here any more. Thank you for your answer.',
      page: 'door',
    }),
  )

  async function answered(
    request: FastifyRequest,
    reply: FastifyReply,
    act: (token: string) => Promise<void>,
  ): Promise<FastifyReply> {
    const token = tokenOf(request)
    try {
      await act(token)
    } catch (error) {
      if (error instanceof NotFound) return show(request, reply)
      const { status, fields } = refusalOf(error)
      return show(request, reply.code(status), {
        typed: error instanceof Conflict ? undefined : typedOfForm(request),
        errors: fields,
      })
    }
    wake.mail()
    wake.handover()
    return reply.redirect(`/take-part/${token}`, 303)
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    { typed, errors }: { typed?: Typed | undefined; errors?: Record<string, string> } = {},
  ): Promise<FastifyReply> {
    const token = tokenOf(request)
    const found = await inspectLink(db.read, token)
    if (!found)
      return reply.code(404).page('rota/asking/dead-link', {
        title: 'This address leads nowhere',
        text: 'What was sent with it was deleted, because its time was over or because somebody asked for that. You can ask again on the account’s pages.',
        page: 'door',
      })
    const { candidate, account, reader } = found
    const now = clock.now()
    const today = dayOf(now, account.timeZone)
    if (account.retiredAt && candidate.state !== 'booked')
      return reply.page('rota/asking/dead-link', {
        title: `@${account.handle} has ended`,
        text: `Nobody has a week there any more, so nothing comes of what was sent. It is deleted on ${dayInWords(dayOf(candidate.eraseAt, account.timeZone), today)}.`,
        page: 'door',
      })
    const weeks = await listWeeks(db.read, account.id, today, nextSlot(today, 60))
    const said = typed ?? typedOf(candidate)
    const open = candidate.state === 'offered' ? await findOpenOffer(db.read, candidate.id) : undefined
    const offer = open && open.endsAt > now ? open : null
    const free = offer ? await freeOf(db.read, account, offer.slots, now) : []
    return reply.page('rota/asking/answer', {
      ...aboutAccount(account, renderMarkdown),
      ...answerPage({ candidate, account, reader, token, offer, free, now }),
      formOpen: typed !== undefined,
      choiceError: errors?.['slot'],
      summary: errors && errorSummary(errors),
      fields: {
        ...ownFields(account, {
          typed: said,
          errors: errors ?? {},
          slots: weeksToTick(account, weeks.slice(0, WEEKS_SHOWN * 2), now),
          sample: sample.check(account, said.values['sample'] ?? ''),
          sampleContext: sample.contextOf(account),
        }),
        email: null,
      },
    })
  }
}
