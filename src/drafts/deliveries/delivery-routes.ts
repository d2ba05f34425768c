import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findAccount } from '../../accounts/accounts.ts'
import { Refused } from '../../errors.ts'
import { findDeliveryFor, type Settling } from '../../publishing/found-delivery.ts'
import { whatKeepsBack } from '../../publishing/outlook.ts'
import { settleSecondPost } from '../../publishing/second-posts.ts'
import { cancelFrom, itIsThere, leaveIt, removeAgain } from '../../publishing/settle-delivery.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, readForm, version } from '../../web/forms.ts'
import { deliveryPage, type RefusedSettling } from './delivery-page.ts'
import { letGo, sendAgain } from './let-go.ts'
import { readWish } from '../wished-time.ts'
import { inLetters } from '../../words.ts'

const settlingForm = z.object({ version })
const seenForm = settlingForm.extend({
  fingerprint: z.string('This form is broken. Please open its page again.'),
})
const timeForm = seenForm.extend({
  when: z.enum(['now', 'time'], 'Choose when: at once, or at a time.'),
  day: z.string().default(''),
  time: z.string().default(''),
  which: z.enum(['first', 'second']).or(z.literal('')).default(''),
})
const addressForm = settlingForm.extend({
  address: z.string().default(''),
  sure: z.literal('yes').optional(),
})

const secondForm = settlingForm.extend({
  networkId: z.string('This form is broken. Please open its page again.'),
  fate: z.enum(['take-down', 'leave'], 'Choose: take the second one down, or leave both.'),
})

const FOUND = 'It was there after all: we found it, and sent nothing again.'

/** One delivery, and what people decide when it did not simply go out. */
export async function deliveryRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const { db, clock, settings, wake } = deps
  const idOf = (request: FastifyRequest) => (request.params as { id: string }).id

  async function show(request: FastifyRequest, reply: FastifyReply, refused?: RefusedSettling) {
    const page = await deliveryPage(db.read, {
      deliveryId: idOf(request),
      actor: request.actor,
      clock,
      refused,
      live: settings.mode === 'live',
      practising: settings.practice !== undefined,
    })
    const summary = refused && errorSummary(refused.fields)
    return reply.page('drafts/delivery', { title: page.heading, ...page, summary, refreshes: request.url })
  }

  app.get('/deliveries/:id', (request, reply) => show(request, reply))

  app.post('/deliveries/:id/release', (request, reply) =>
    settling(request, reply, async (seen) => {
      const { when, fingerprint, ...wish } = readForm(timeForm, request.body)
      const { accountId } = await findDeliveryFor(db.read, seen.deliveryId, seen.actor)
      const { timeZone } = (await findAccount(db.read, accountId))!
      const at = when === 'now' ? null : readWish({ when, ...wish }, timeZone)
      if ((await letGo(deps, { ...seen, fingerprint }, at)) === 'found') return FOUND
      return when === 'now' ? await nowInWords(seen) : 'It goes out at the new time.'
    }),
  )

  app.post('/deliveries/:id/cancellation', (request, reply) =>
    settling(request, reply, async (seen) => {
      const count = await cancelFrom(deps, seen)
      return count === 1
        ? 'Cancelled: it does not go out.'
        : `Cancelled: ${inLetters(count)} posts of the thread do not go out.`
    }),
  )

  app.post('/deliveries/:id/repetition', (request, reply) =>
    settling(request, reply, async (seen) => {
      const { fingerprint } = readForm(seenForm, request.body)
      return (await sendAgain(deps, { ...seen, fingerprint })) === 'found'
        ? FOUND
        : `One more look did not find it. ${await nowInWords(seen)}`
    }),
  )

  app.post('/deliveries/:id/adoption', (request, reply) =>
    settling(request, reply, async (seen) => {
      const { address, sure } = readForm(addressForm, request.body)
      await itIsThere(deps, seen, { address, sure: sure === 'yes' })
      return 'Thank you: it stands there as this post.'
    }),
  )

  app.post('/deliveries/:id/removal-repetition', (request, reply) =>
    settling(request, reply, async (seen) => {
      await removeAgain(deps, seen)
      return 'We ask X once more, now.'
    }),
  )

  app.post('/deliveries/:id/second-post', (request, reply) =>
    settling(request, reply, async (seen) => {
      const second = readForm(secondForm, request.body)
      await settleSecondPost(deps, seen, second)
      return second.fate === 'leave'
        ? 'Both stay where they are.'
        : 'The second one is being taken down. The first one stays.'
    }),
  )

  app.post('/deliveries/:id/abandonment', (request, reply) =>
    settling(request, reply, async (seen) => {
      const count = await leaveIt(deps, seen)
      return count === 0 ? 'Left as it is.' : 'Left as it is. What would have followed it is cancelled.'
    }),
  )

  /** What becomes of what was let go at once: it may still meet a limit, or the budget. */
  async function nowInWords({ deliveryId }: Settling): Promise<string> {
    return (await whatKeepsBack(db.read, clock, deliveryId)) ?? 'It goes out now.'
  }

  async function settling(
    request: FastifyRequest,
    reply: FastifyReply,
    decide: (seen: Settling) => Promise<string>,
  ): Promise<FastifyReply> {
    const deliveryId = idOf(request)
    try {
      const { version } = readForm(settlingForm, request.body)
      const message = await decide({ deliveryId, version, actor: request.actor })
      wake.publisher()
      return await reply.flash(message).redirect(`/deliveries/${deliveryId}`, 303)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const typed = request.body as RefusedSettling['typed']
      return show(request, reply.code(422), { typed, fields: error.fields })
    }
  }
}
