import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Conflict, Refused } from '../../errors.ts'
import type { Deps } from '../../web/deps.ts'
import { errorSummary, readForm } from '../../web/forms.ts'
import { approveDraft, declineDraft, requestChanges, type Verdict } from '../decide-draft.ts'
import { decidedInWords, queuePage, shortName, type QueueForm } from './queue-pages.ts'
import { readQueue } from './queue.ts'
import type { Wish } from '../wished-time.ts'

const broken = 'This form is broken. Please open its page again.'
const decisionForm = z.object({
  fingerprint: z.string(broken),
  newTime: z.union([z.literal(''), z.iso.datetime({ error: broken })]).default(''),
  comment: z.string().max(4000, 'The comment has more than 4,000 characters.').default(''),
  next: z.string().max(100).default(''),
})

const address = z.object({
  draft: z.string().optional(),
  page: z.coerce.number().int().min(1).catch(1),
  day: z.string().optional(),
  time: z.string().default(''),
  which: z.enum(['first', 'second']).or(z.literal('')).catch(''),
})

/** What waits for a decision, and deciding it. */
export async function queueRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const { db, clock, settings, wake } = deps

  app.get('/queue', async (request, reply) => {
    const { draft, page, day, time, which } = readForm(address, request.query)
    const wish: Wish | undefined = day === undefined ? undefined : { when: 'time', day, time, which }
    const { unsent } = request.session
    const form = unsent && unsent.draftId === draft ? { comment: unsent.comment } : {}
    return showQueue(request, reply, { draftId: draft, page, wish, form })
  })

  app.post('/drafts/:id/approval', (request, reply) =>
    deciding(request, reply, async (verdict) => {
      const approved = await approveDraft(db, verdict)
      wake.publisher()
      return { kind: 'approved', ...approved }
    }),
  )

  app.post('/drafts/:id/change-request', (request, reply) =>
    deciding(request, reply, async (verdict) => {
      await requestChanges(db, verdict)
      return { kind: 'changes-requested' }
    }),
  )

  app.post('/drafts/:id/refusal', (request, reply) =>
    deciding(request, reply, async (verdict) => {
      await declineDraft(db, verdict)
      return { kind: 'declined' }
    }),
  )

  async function deciding(
    request: FastifyRequest,
    reply: FastifyReply,
    decide: (verdict: Verdict) => Promise<Parameters<typeof decidedInWords>[0]>,
  ): Promise<FastifyReply> {
    const { id } = request.params as { id: string }
    const now = clock.now()
    let form: z.output<typeof decisionForm> | undefined
    try {
      form = readForm(decisionForm, request.body)
      const decided = await decide({
        draftId: id,
        fingerprint: form.fingerprint,
        newTime: form.newTime ? new Date(form.newTime) : undefined,
        comment: form.comment,
        actor: request.actor,
        now,
        machineNow: clock.machine(),
        publicUrl: settings.publicUrl(),
      })
      wake.mail()
      if (request.session.unsent?.draftId === id) delete request.session.unsent
      const { account, open } = await readQueue(db.read, { actor: request.actor, draftId: id, now })
      const said = decidedInWords(decided, open!.draft.authorId === null ? null : shortName(open!.name), {
        zone: account.timeZone,
        now,
      })
      void reply.flash(said, { link: { href: `/drafts/${id}`, label: 'Open it' } })
      return await reply.redirect(form.next ? `/queue?draft=${encodeURIComponent(form.next)}` : '/queue', 303)
    } catch (error) {
      const { comment = '' } = (request.body ?? {}) as { comment?: string }
      const shown = { draftId: id, form: { comment } }
      if (error instanceof Conflict)
        return showQueue(request, reply.code(409), { ...shown, conflict: error.message })
      if (!(error instanceof Refused)) throw error
      return showQueue(request, reply.code(422), { ...shown, form: { comment, errors: error.fields } })
    }
  }

  async function showQueue(
    request: FastifyRequest,
    reply: FastifyReply,
    {
      draftId,
      page = 1,
      wish,
      form = {},
      conflict,
    }: {
      draftId?: string | undefined
      page?: number
      wish?: Wish | undefined
      form?: QueueForm
      conflict?: string
    },
  ): Promise<FastifyReply> {
    const now = clock.now()
    const { actor } = request
    const queue = await readQueue(db.read, { actor, draftId, page, wish, now })
    const errors = { ...form.errors, ...queue.open?.timeErrors }
    return reply.page('queue/queue', {
      ...queuePage(queue, {
        actorId: actor.personId,
        asked: draftId !== undefined,
        sandbox: settings.mode === 'sandbox',
        now,
        form: { ...form, ...(wish ? { wish } : {}), errors },
      }),
      ...(wish ? {} : { refreshes: whereQueueIs(queue.open?.draft.id, page) }),
      summary: conflict
        ? { title: 'Nothing was decided this time', errors: [{ id: null, message: conflict }] }
        : Object.keys(errors).length > 0
          ? errorSummary(errors)
          : null,
    })
  }
}

/** The queue with the draft that is read, also when another one comes to stand on top. */
function whereQueueIs(draftId: string | undefined, page: number): string {
  const query = new URLSearchParams()
  if (draftId) query.set('draft', draftId)
  if (page > 1) query.set('page', String(page))
  return query.size > 0 ? `/queue?${query}` : '/queue'
}
